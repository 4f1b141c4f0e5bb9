"""What differs in the heads and outcomes of exchanges: statuses, headers, paths, methods, refusals."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.cassette.headers import media_type
from harness.drift.change import Change, share
from harness.drift.statistics import LEVEL, fewer, more, needed
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.shape import Summary

OF_THE_WAY = re.compile(
    r"(date|age|nel|report-to|reporting-endpoints|server-timing|alt-svc|connection|keep-alive|expires|etag|content-length"
    r"|set-cookie|strict-transport-security|content-security-policy.*|trailer|cf-.*|x-cache.*|x-served-by|x-timer"
    r"|x-amz-.*|x-amzn-.*|x-envoy-.*|x-vercel-.*|fly-.*|x-cloud-trace-context|x-azure-ref|x-forwarded.*|x-real-ip|traceparent"
    r"|tracestate|x-b3-.*|x-datadog-.*|x-harness-.*|proxy-.*|host|origin|referer)\Z"
)
"""Headers of the way, not of the interface: they come and go with the day and the data centre."""
CLIENTS_OWN = re.compile(
    r"(user-agent|accept-encoding|accept-language|cache-control|pragma|sec-.*|dnt|priority|te|upgrade-insecure-requests"
    r"|x-request-id|x-correlation-id|x-client-request-id|idempotency-key|x-stainless-.*|expect|transfer-encoding|if-.*"
    r"|x-trace-.*|baggage|sentry-trace)\Z"
)
"""Headers of questions that are the client library's own affair."""
CREDENTIAL = re.compile(r"cookie|.*auth.*|.*api-?key.*|.*token.*|.*secret.*|.*signature.*|x-.*")
"""Headers of questions without which a service may refuse them."""
THEIR_OWN = {
    *(
        "deprecation",
        "sunset",
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "server",
        "via",
        "warning",
    ),
    *("cache-control", "x-accel-buffering", "access-control-allow-origin"),
}
"""Headers with a rule of their own."""
LIFECYCLE = {"deprecation", "sunset"}
"""Headers of which one is enough."""
PREFIX = {"reply": "header:", "request": "request:header:", "error": "error:header:"}
NAMES = {"reply": "header", "request": "request-header", "error": "error-header"}


def head_changes(before: Summary, now: Summary) -> Iterator[Change]:
    """Every difference outside of the bodies."""
    for side in PREFIX:
        yield from _headers(before, now, side)
    yield from _words(before, now)
    yield from _asked(before, now)
    yield from _statuses(before, now)
    yield from _refusals(before, now)
    yield from _errors(before, now)


def _total(summary: Summary, side: str) -> int:
    return summary.count("all") if side == "request" else summary.count("outcome", side)


def _headers(before: Summary, now: Summary, side: str) -> Iterator[Change]:
    total, size = _total(before, side), _total(now, side)
    if not total or not size:
        return
    names = {key[2] for key in (*before.tallies, *now.tallies) if key[:2] == ("header", side)}
    for name in sorted(names):
        if OF_THE_WAY.match(name) or (side == "request" and CLIENTS_OWN.match(name)):
            continue
        had, has = before.count("header", side, name), now.count("header", side, name)
        before_words, now_words = share(had, total), share(has, size)
        if had and not has and not (side == "reply" and name in THEIR_OWN - {"x-accel-buffering"}):
            yield from _removed(side, name, had, total, size)
        elif not had and (has == size or (side == "reply" and name in LIFECYCLE)):
            yield from _added(now, side, name, before_words, now_words)
        elif had and has:
            yield from _retyped(before, now, side, name)


def _removed(side: str, name: str, had: int, total: int, size: int) -> Iterator[Change]:
    if side == "request" and name == "content-type":
        return
    p = None if had == total and total >= 2 else fewer(had, total, 0, size)
    yield Change(
        f"{NAMES[side]}-removed",
        PREFIX[side] + name,
        share(had, total),
        share(0, size),
        p=p,
        needed=None if p is None else needed(had, total, size),
        severity=Severity.RISKY if side == "request" and name == "accept" else None,
    )


def _added(now: Summary, side: str, name: str, before_words: str, now_words: str) -> Iterator[Change]:
    where = PREFIX[side] + name
    said = ", ".join(sorted(now.vocabulary("header-word", side, name) or {}))
    if side == "reply" and (
        name in ("deprecation", "sunset", "warning") or (name == "link" and _leads_away(said))
    ):
        yield Change(
            "deprecation-announced", where, before_words, now_words, f"{name}: {said}" if said else name
        )
    elif side == "reply" and name == "retry-after":
        yield Change("deprecation-announced", where, before_words, now_words, name)
    elif side == "request" and CREDENTIAL.match(name):
        yield Change("request-credentials-added", where, before_words, now_words)
    elif side == "request" and name == "content-type":
        return
    elif not (side == "reply" and name in THEIR_OWN):
        yield Change(f"{NAMES[side]}-added", where, before_words, now_words)


def _leads_away(said: str) -> bool:
    return any(word in said for word in ("successor", "deprecation", "sunset"))


def _retyped(before: Summary, now: Summary, side: str, name: str) -> Iterator[Change]:
    old, new = before.vocabulary("header-class", side, name), now.vocabulary("header-class", side, name)
    if side == "request" or not old or not new or old.keys() & new.keys() or name in THEIR_OWN:
        return
    numbers = {"digits", "decimal"}
    if old.keys() <= numbers and new.keys() <= numbers:
        return
    yield Change(f"{NAMES[side]}-type-changed", PREFIX[side] + name, " or ".join(old), " or ".join(new))


WORDED = {
    "content-encoding": ("content-encoding-changed", "content-encoding-changed"),
    "transfer-encoding": ("transfer-changed", "transfer-changed"),
    "server": ("server-changed", "server-changed"),
    "via": ("server-changed", "server-changed"),
    "x-accel-buffering": ("buffering-changed", ""),
    "access-control-allow-origin": ("origin-changed", "origin-changed"),
    "cache-control": ("cache-control-changed", "cache-control-changed"),
}
"""Headers of replies whose words are the contract: the rule for another word, and for none."""


def _words(before: Summary, now: Summary) -> Iterator[Change]:
    total, size = before.count("outcome", "reply"), now.count("outcome", "reply")
    if not total or not size:
        return
    yield from _content_type(before, now)
    for name, (rule, gone) in WORDED.items():
        old = before.vocabulary("header-word", "reply", name) or {}
        new = now.vocabulary("header-word", "reply", name) or {}
        had, has = before.count("header", "reply", name), now.count("header", "reply", name)
        said = (", ".join(sorted(old)) or "none", ", ".join(sorted(new)) or "none")
        if (old and new and not old.keys() & new.keys()) or (not had and has == size):
            cached = (
                name == "cache-control"
                and "no-" not in said[1]
                and ("public" in said[1] or "max-age" in said[1])
            )
            yield Change("caching-allowed" if cached else rule, f"header:{name}", *said)
        elif had == total and not has and gone and total >= 2:
            yield Change(gone, f"header:{name}", *said)
    old, new = before.vocabulary("http-version") or {}, now.vocabulary("http-version") or {}
    if old and new and not old.keys() & new.keys():
        yield Change("http-version-changed", "", ", ".join(sorted(old)), ", ".join(sorted(new)))


def _content_type(before: Summary, now: Summary) -> Iterator[Change]:
    old = before.vocabulary("header-word", "reply", "content-type") or {}
    new = now.vocabulary("header-word", "reply", "content-type") or {}
    strange = sorted(new.keys() - old.keys())
    known = {media_type(word) for word in old}
    others = [word for word in strange if media_type(word) not in known]
    said = (", ".join(sorted(old)) or "none", ", ".join(sorted(new)) or "none")
    if others and old:
        mild = all(media_type(word).startswith("text/plain") for word in others)
        yield Change("content-type-changed", "", *said, severity=Severity.RISKY if mild else None)
    elif (
        old
        and before.count("header", "reply", "content-type") == before.count("outcome", "reply")
        and not new
    ):
        yield Change("content-type-changed", "", *said, severity=Severity.RISKY)
    elif strange and old and {w.replace(" ", "") for w in strange} - {w.replace(" ", "") for w in old}:
        foreign = any("charset" in word and "utf" not in word for word in strange)
        yield Change("charset-changed", "", *said, severity=Severity.RISKY if foreign else None)


def _asked(before: Summary, now: Summary) -> Iterator[Change]:
    for name, rule in (
        ("request-method", "request-method-changed"),
        ("request-path", "request-path-changed"),
    ):
        old, new = before.vocabulary(name), now.vocabulary(name)
        strange = sorted(new.keys() - old.keys()) if old and new else []
        if strange:
            yield Change(rule, "", ", ".join(sorted(old or {})), ", ".join(strange))
    yield from _request_words(before, now)
    if now.count("fact", "request-not-json") and not before.count("fact", "request-not-json"):
        yield Change("request-not-json", "", share(0, before.count("all")), share(1, now.count("all")))
    for key in sorted(key for key in now.tallies if key[0] == "query"):
        if key not in before.tallies and now.tallies[key] == now.count("all"):
            yield Change(
                "query-added",
                "",
                share(0, before.count("all")),
                share(now.tallies[key], now.count("all")),
                key[1],
            )
    for key in sorted(key for key in now.words if key[0] == "form"):
        old, new = before.words.get(key), now.words[key]
        strange = sorted((new or {}).keys() - (old or {}).keys())
        if old and strange:
            yield Change(
                "request-encoding-changed", f"request:$.{key[1]}", ", ".join(old), ", ".join(strange)
            )


def _request_words(before: Summary, now: Summary) -> Iterator[Change]:
    for name, rule in (("accept", "request-header-changed"), ("content-type", "request-type-changed")):
        old = {media_type(word) for word in before.vocabulary("header-word", "request", name) or {}}
        new = {media_type(word) for word in now.vocabulary("header-word", "request", name) or {}}
        if old and new and not old & new:
            words = ", ".join(sorted(old)), ", ".join(sorted(new))
            yield Change(rule, f"request:header:{name}", *words)


def _statuses(before: Summary, now: Summary) -> Iterator[Change]:
    total = before.count("outcome", "reply")
    old = before.vocabulary("status", "reply") or {}
    new = {**(now.vocabulary("status", "reply") or {}), **(now.vocabulary("status", "redirect") or {})}
    strange = sorted(new.keys() - old.keys() - (before.vocabulary("status", "redirect") or {}).keys())
    if old and strange:
        yield Change(
            "status-changed",
            "",
            share(0, total),
            share(sum(new[word] for word in strange), now.count("all")),
            f"{', '.join(sorted(old))} before, {', '.join(strange)} now",
        )


def _refusals(before: Summary, now: Summary) -> Iterator[Change]:
    """Questions that were answered and are refused."""
    refused = _known_refused(before, now)
    total, size = before.count("outcome", "reply"), now.count("all")
    errors = now.count("outcome", "error")
    if not refused and total and errors and not before.count("outcome", "error"):
        p = more(0, before.count("all"), errors, size)
        if errors == size or p < LEVEL:
            refused = set(now.vocabulary("status", "error") or {})
    for status in sorted(refused):
        words = (share(0, before.count("all")), share(errors, size))
        if status.startswith("2"):
            yield Change("error-as-success", "", *words)
            continue
        yield Change("request-refused", "", *words, f"status {status}")
        rule = {"404": "endpoint-gone", "410": "endpoint-gone", "401": "credentials-required"}.get(status)
        rule = "credentials-required" if status == "403" else rule
        if rule:
            yield Change(rule, "", *words, f"status {status}")


def _known_refused(before: Summary, now: Summary) -> set[str]:
    found: set[str] = set()
    for key, answers in now.words.items():
        known = before.words.get(key)
        if key[0] == "answer" and known and answers:
            was_fine = all(word.startswith("reply") for word in known)
            is_refused = all(word.startswith("error") for word in answers)
            found |= {word.split()[1] for word in answers} if was_fine and is_refused else set()
    return found


def _errors(before: Summary, now: Summary) -> Iterator[Change]:
    """Errors that come in another dress."""
    old = before.vocabulary("error-status") or {}
    new = now.vocabulary("error-status") or {}
    if not old:
        return
    gone = not old.keys() & new.keys()
    strange = {word for word in new.keys() - old.keys() if word != "429" and not _is_failure(word, now)}
    if (strange and gone) or (moved := _known_moved(before, now)):
        strange = strange or moved
        yield Change(
            "error-as-success" if any(word.startswith("2") for word in strange) else "error-status-changed",
            "",
            ", ".join(sorted(old)),
            ", ".join(sorted(strange)),
        )
    bodies, others = before.vocabulary("error-body") or {}, now.vocabulary("error-body") or {}
    if bodies and others.keys() - bodies.keys():
        yield Change("error-body-changed", "", ", ".join(sorted(bodies)), ", ".join(sorted(others)))
    kinds = {media_type(word) for word in before.vocabulary("header-word", "error", "content-type") or {}}
    new_kinds = {media_type(word) for word in now.vocabulary("header-word", "error", "content-type") or {}}
    if kinds and new_kinds - kinds:
        yield Change("error-content-type-changed", "", ", ".join(sorted(kinds)), ", ".join(sorted(new_kinds)))


def _is_failure(status: str, now: Summary) -> bool:
    """Whether this status says that something broke down; as a JSON error, and more than once, it says more."""
    in_dress = now.count("seen", f"error {status}", "", "$")
    return status.startswith("5") and in_dress < 2


def _known_moved(before: Summary, now: Summary) -> set[str]:
    """The new statuses of questions that were refused before and are refused otherwise now."""
    found: set[str] = set()
    for key, answers in now.words.items():
        known = before.words.get(key)
        if key[0] == "answer" and known and answers:
            were = {word.split()[1] for word in known if not word.startswith("reply")}
            are = {word.split()[1] for word in answers if not word.startswith("reply")}
            found |= are - were if were and not are & were else set()
    return found
