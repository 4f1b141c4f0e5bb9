"""What differs in headers: which came, went, or have another kind of value; and the few whose words are the contract.

Headers that belong to the way of an exchange, or to the client's library, are left alone. Pure.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.cassette.headers import media_type
from harness.drift.change import Change, share
from harness.drift.statistics import fewer, needed
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
ENDS = {"deprecation", "sunset", "warning", "retry-after"}
"""Headers of replies by which a service says that it will go away."""
PREFIX = {"reply": "header:", "request": "request:header:", "error": "error:header:"}
NAMES = {"reply": "header", "request": "request-header", "error": "error-header"}


def head_changes(before: Summary, now: Summary) -> Iterator[Change]:
    """Every difference in headers, and in the version of HTTP."""
    for side in PREFIX:
        yield from _headers(before, now, side)
    yield from _words(before, now)


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
        else:
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
    if side == "reply" and (name in ENDS or (name == "link" and _leads_away(said))):
        detail = f"{name}: {said}" if said else name
        yield Change("deprecation-announced", where, before_words, now_words, detail)
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
    if old.keys() | new.keys() <= {"digits", "decimal"}:
        return
    words = " or ".join(sorted(old)), " or ".join(sorted(new))
    yield Change(f"{NAMES[side]}-type-changed", PREFIX[side] + name, *words)


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
    said = (", ".join(sorted(old)), ", ".join(sorted(new)) or "none")
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
