"""What differs in requests' and replies' heads: status, headers, paths, methods. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.drift.difference import Difference, appeared, listed, of, vanished

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.difference import Pair

_HOP = re.compile(
    r"(date|age|via|nel|report-to|reporting-endpoints|server|server-timing|alt-svc|connection|keep-alive|expires|etag"
    r"|content-length|set-cookie|strict-transport-security|content-security-policy.*|trailer|date-ms"
    r"|cf-.*|x-cache.*|x-served-by|x-timer|x-amz-.*|x-amzn-.*|x-envoy-.*|x-vercel-.*|fly-.*|x-cloud-trace-context|x-azure-ref"
    r"|x-forwarded.*|x-real-ip|traceparent|tracestate|x-b3-.*|x-datadog-.*|x-harness-.*|proxy-.*)\Z"
)
"""Headers of the way, not of the interface: they come and go with the day and the data centre."""

_CLIENTS_OWN = re.compile(
    r"(user-agent|accept-language|accept-encoding|host|content-length|connection|origin|referer|sec-.*|dnt|priority|te"
    r"|cache-control|pragma|proxy-connection|upgrade-insecure-requests|x-request-id|x-correlation-id|x-client-request-id"
    r"|idempotency-key|x-stainless-.*|expect|transfer-encoding|if-.*|x-trace-.*|baggage|sentry-trace)\Z"
)
"""Headers of requests that are the client library's own affair."""

_CREDENTIAL = re.compile(r"authorization|cookie|.*api-?key.*|.*auth.*|.*token.*|.*secret.*|.*signature.*")
_ANNOUNCING = ("deprecation", "sunset")
_SPECIAL = {*_ANNOUNCING, "retry-after", "link", "content-type", "content-encoding", "transfer-encoding"}
_SUCCESSOR = re.compile(r"rel=\W?(successor-version|deprecation|sunset|latest-version)", re.IGNORECASE)
_TREATMENT = ("access-control-allow-origin", "x-accel-buffering", "vary")
_PASSED_BY = ("server", "via", "connection", "alt-svc")
_FORBIDDING = ("no-cache", "no-transform", "no-store", "private")
_VAGUE = ("text/plain", "application/octet-stream", "binary/octet-stream")


def request_head_changes(pair: Pair) -> Iterator[Difference]:
    """Path, method, body and headers of requests."""
    for place, rule in (
        ("request-path", "request-path-changed"),
        ("request-method", "request-method-changed"),
    ):
        yield from _new_words(pair, (place,), rule)
    yield from _body_changes(pair)
    for name in sorted(pair.keys("header", "request")):
        if not _HOP.match(name) and not _CLIENTS_OWN.match(name):
            yield from _request_header(pair, name)


def reply_head_changes(pair: Pair) -> Iterator[Difference]:
    """Status and headers of replies."""
    yield from _status_changes(pair)
    yield from _content_type_changes(pair)
    yield from _announcements(pair)
    yield from _coding_changes(pair)
    yield from _version_changes(pair)
    yield from _header_changes(pair, "reply", ("outcome", "reply"))
    yield from _value_changes(pair)


def error_head_changes(pair: Pair) -> Iterator[Difference]:
    """Headers of error replies."""
    yield from _header_changes(pair, "error", ("error",))


def _new_words(pair: Pair, place: tuple[str, ...], rule: str, where: str = "") -> Iterator[Difference]:
    before, now = pair.words(*place)
    if before and now - before:
        yield Difference(rule=rule, where=where, before=listed(before), now=listed(now))


def _body_changes(pair: Pair) -> Iterator[Difference]:
    before, now = pair.words("header-value", "request", "content-type")
    if before and {_media(value) for value in now} - {_media(value) for value in before}:
        where = "request:header:content-type"
        yield Difference(rule="request-body-changed", where=where, before=listed(before), now=listed(now))
    else:
        yield from _new_words(pair, ("request-form",), "request-body-changed")


def _request_header(pair: Pair, name: str) -> Iterator[Difference]:
    where, fact = f"request:header:{name}", ("header", "request", name)
    (before, now), (of_before, of_now) = pair.counts(*fact), pair.counts("exchange")
    if not before and now == of_now:
        rule = "request-credential-added" if _CREDENTIAL.match(name) else "request-header-added"
        yield from appeared(pair, fact, ("exchange",), rule=rule, where=where)
    elif before == of_before and not now:
        yield from vanished(pair, fact, ("exchange",), rule="request-header-removed", where=where)
    elif name == "accept":
        yield from _new_words(pair, ("header-value", "request", name), "request-header-changed", where)


def _status_changes(pair: Pair) -> Iterator[Difference]:
    before, now = pair.words("status", "reply")
    now |= set(pair.now.vocabulary("status", "redirect") or ())
    before |= set(pair.before.vocabulary("status", "redirect") or ())
    if before and now - before:
        yield Difference(rule="transport-status-changed", before=listed(before), now=listed(now))


def _content_type_changes(pair: Pair) -> Iterator[Difference]:
    before, now = pair.words("header-value", "reply", "content-type")
    if not before or not now - before:
        return
    kinds, known = {_media(value) for value in now}, {_media(value) for value in before}
    if kinds <= known:
        rule = "transport-charset-changed"
    else:
        rule = f"transport-content-type-{'vague' if kinds - known <= set(_VAGUE) else 'changed'}"
    yield Difference(rule=rule, before=listed(before), now=listed(now))


def _announcements(pair: Pair) -> Iterator[Difference]:
    for name in _ANNOUNCING:
        _, said = pair.words("header-value", "reply", name)
        yield from appeared(
            pair,
            ("header", "reply", name),
            ("outcome", "reply"),
            rule="transport-deprecation-announced",
            where=f"header:{name}",
            detail=listed(said),
        )
    yield from appeared(
        pair, ("header", "reply", "retry-after"), ("outcome", "reply"), rule="transport-retry-after-new"
    )
    yield from _links(pair)


def _links(pair: Pair) -> Iterator[Difference]:
    before, now = pair.words("header-value", "reply", "link")
    fact, base = ("header", "reply", "link"), ("outcome", "reply")
    if any(map(_SUCCESSOR.search, now - before)) and not any(map(_SUCCESSOR.search, before)):
        yield Difference(
            rule="transport-deprecation-announced",
            where="header:link",
            detail=listed(now),
            before=of(pair.before.count(*fact), pair.before.count(*base)),
            now=of(pair.now.count(*fact), pair.now.count(*base)),
        )
    elif pair.counts(*fact)[1] == pair.counts(*base)[1]:
        yield from appeared(pair, fact, base, rule="transport-header-added", where="header:link")


def _coding_changes(pair: Pair) -> Iterator[Difference]:
    before, now = _codings(pair)
    if pair.before.count("outcome", "reply") and now - before:
        yield Difference(rule="transport-coding-changed", before=listed(before), now=listed(now))
    fact, base = ("header", "reply", "transfer-encoding"), ("outcome", "reply")
    was, is_ = pair.words("header-value", "reply", "transfer-encoding")
    if pair.counts(*fact)[0] == pair.counts(*base)[0]:
        gone = list(vanished(pair, fact, base, rule="transport-transfer-changed"))
        length = ("header", "reply", "content-length")
        if gone and pair.is_new(*length):
            yield from gone
        elif gone and "2" not in pair.words("http-version")[1]:
            yield from vanished(
                pair, fact, base, rule="transport-header-removed", where="header:transfer-encoding"
            )
    if was and is_ - was:
        yield Difference(rule="transport-transfer-changed", before=listed(was), now=listed(is_))


def _codings(pair: Pair) -> tuple[set[str], set[str]]:
    """The content codings of either side: of the header, and of what was undone for the tape."""
    sides = []
    for side in (pair.before, pair.now):
        words = {
            *(side.vocabulary("content-encoding") or ()),
            *(side.vocabulary("header-value", "reply", "content-encoding") or ()),
        }
        sides.append(words - {"identity"})
    return sides[0], sides[1]


def _version_changes(pair: Pair) -> Iterator[Difference]:
    before, now = pair.words("http-version")
    if before and now - before:
        rule = "transport-http-version-lowered" if "1.0" in now - before else "transport-http-version-changed"
        yield Difference(rule=rule, before=listed(before), now=listed(now))


def _header_changes(pair: Pair, scope: str, base: tuple[str, ...]) -> Iterator[Difference]:
    """Headers that have come, gone, or have another kind of value."""
    prefix, layer = ("", "transport") if scope == "reply" else ("error:", "error")
    for name in sorted(pair.keys("header", scope)):
        if _HOP.match(name) or (scope == "reply" and name in _SPECIAL and name != "content-type"):
            continue
        where, fact = f"{prefix}header:{name}", ("header", scope, name)
        (before, now), (of_before, of_now) = pair.counts(*fact), pair.counts(*base)
        if not before and now == of_now and of_now:
            yield from appeared(pair, fact, base, rule=f"{layer}-header-added", where=where)
        elif before == of_before:
            yield from vanished(pair, fact, base, rule=f"{layer}-header-removed", where=where)
        yield from _kind_changes(pair, (scope, name), f"{layer}-header-kind-changed", where)


def _kind_changes(pair: Pair, place: tuple[str, str], rule: str, where: str) -> Iterator[Difference]:
    before, now = pair.words("header-kind", *place)
    if before and now - before and len(before) == 1 and place[1] != "content-type":
        yield Difference(rule=rule, where=where, before=listed(before), now=listed(now))


def _value_changes(pair: Pair) -> Iterator[Difference]:
    for name in _TREATMENT:
        yield from _new_words(
            pair, ("header-value", "reply", name), "transport-header-changed", f"header:{name}"
        )
    for name in _PASSED_BY:
        yield from _new_words(
            pair, ("header-value", "reply", name), "transport-hop-changed", f"header:{name}"
        )
    before, now = pair.words("header-value", "reply", "cache-control")
    if not before or not now - before:
        return
    lost = any(
        all(word in old for old in before) and any(word not in new for new in now) for word in _FORBIDDING
    )
    rule = "transport-caching-changed" if lost else "transport-hop-changed"
    yield Difference(rule=rule, where="header:cache-control", before=listed(before), now=listed(now))


def _media(value: str) -> str:
    return value.partition(";")[0].strip()
