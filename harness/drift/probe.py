"""Recorded questions asked again: which, in what order, in what form, and when to stop asking. A plan, no sockets.

Pure. What goes out is what was recorded, but for the address, the headers that name it, and the credentials, which a
tape does not have and the caller hands in.
"""

from __future__ import annotations

from itertools import islice
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from harness.cassette.challenge import is_challenge
from harness.cassette.headers import header
from harness.cassette.match import canonical
from harness.cassette.model import Request
from harness.cassette.redact import PLACEHOLDER
from harness.drift.change import Change
from harness.drift.judge import finding_of, verdict_of
from harness.drift.rules import NEUTRAL
from harness.errors import UsageError
from harness.finding import Report, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.cassette.model import Headers, Interaction, Response
    from harness.finding import Finding
    from harness.upstreams.upstream import Upstream

Recorded = tuple[str, "Interaction"]
"""A recording, with the name of the tape that it is on."""

OF_THE_CONNECTION = frozenset(
    {
        *(
            "host",
            "content-length",
            "transfer-encoding",
            "connection",
            "keep-alive",
            "te",
            "upgrade",
            "expect",
        ),
        *("proxy-authorization", "proxy-connection", "trailer"),
    }
)
"""Headers that belong to a connection, and are made anew with it."""


class Question(msgspec.Struct, frozen=True):
    """One request that will go out; *name* is that of the tape its answer comes on."""

    name: str
    request: Request


class Plan(msgspec.Struct, frozen=True, kw_only=True):
    """What will be asked, in this order. `distinct` questions were recorded; `redacted` of them cannot be asked, for a
    credential was taken out of their address or body; `over_budget` requests are left out.
    """

    questions: tuple[Question, ...]
    distinct: int
    redacted: int = 0
    over_budget: int = 0


def plan(
    recorded: Iterable[Recorded],
    upstream: Upstream,
    base_url: str,
    *,
    headers: Headers = (),
    repeat: int = 1,
    budget: int,
) -> Plan:
    """Each distinct question to *upstream*, *repeat* times, all of them once before any of them again.

    *headers* take the place of recorded ones with their name; one without a value is left out. Raises UsageError for a
    recorded header whose value was taken out and that *headers* do not name, and where nothing can be asked.
    """
    distinct = list(_distinct(recorded, upstream))
    asked = [
        (name, outgoing(request, upstream, base_url, headers))
        for name, request in distinct
        if not _is_redacted(request)
    ]
    if not asked:
        raise _nothing_to_ask(len(distinct), upstream)
    _refuse_what_is_missing(request for _, request in asked)
    rounds = islice(asked * repeat, budget)
    return Plan(
        questions=numbered(Question(f"0-{name}", request) for name, request in rounds),
        distinct=len(distinct),
        redacted=len(distinct) - len(asked),
        over_budget=max(0, len(asked) * repeat - budget),
    )


def numbered(questions: Iterable[Question], *, after: int = 0) -> tuple[Question, ...]:
    """The same questions under new numbers, so that no answer comes onto the tape of another."""
    return tuple(
        Question(f"{number:04d}-{question.name.partition('-')[2]}", question.request)
        for number, question in enumerate(questions, after + 1)
    )


def outgoing(request: Request, upstream: Upstream, base_url: str, headers: Headers = ()) -> Request:
    """The request as it goes to *base_url*."""
    parts, base, origin = urlsplit(request.uri), base_url.rstrip("/"), _origin(base_url)
    path = upstream.path if parts.path.endswith(upstream.path) else parts.path
    given = {name.lower() for name, _ in headers}
    kept = [
        (name, value.replace(f"{parts.scheme}://{parts.netloc}", origin))
        for name, value in request.headers
        if name.lower() not in OF_THE_CONNECTION | given
    ]
    sent = (*kept, *((name, value) for name, value in headers if value))
    if (
        request.body and header(sent, "content-type") is None
    ):  # some recorders leave out what their client adds
        sent = (*sent, ("Content-Type", upstream.content_type))
    uri = base + path + (f"?{parts.query}" if parts.query else "")
    return Request(request.method, uri, sent, request.body)


def why_stop(response: Response) -> str | None:
    """Why nobody should go on asking after this answer; None where one may."""
    if response.status == 429:
        later = header(response.headers, "retry-after")
        return "429, too many requests" + (f"; Retry-After: {later[:40]}" if later else "")
    return "the page of a guard" if is_challenge(response) else None


def rests_on_chance(report: Report) -> bool:
    """Whether a second batch could change what is told."""
    return any(_is_chancy(finding) for finding in report.findings)


def confirmed(first: Report, second: Report) -> Report:
    """What two batches say together: what rests on chance must be in both, anything else in one of them."""
    both = {finding.fingerprint for finding in first.findings} & {
        finding.fingerprint for finding in second.findings
    }
    found = {finding.fingerprint: finding for finding in (*second.findings, *first.findings)}
    kept = [each for each in found.values() if not _is_chancy(each) or each.fingerprint in both]
    order = list(Severity)
    kept.sort(key=lambda each: (order.index(each.severity), each.layer, each.where))
    return Report(verdict_of(kept), tuple(kept), first.summary)


def _is_chancy(finding: Finding) -> bool:
    return finding.evidence.p != "deterministic"


def stopped(report: Report, why: str, *, answered: int, planned: int) -> Report:
    """The report of a probe that ended early: what was found stays, and the verdict is `inconclusive`."""
    change = Change("probe-stopped", "", before=f"{planned} planned", now=f"{answered} answered", detail=why)
    found = [finding for finding in report.findings if finding.rule not in NEUTRAL]
    return Report(Verdict.INCONCLUSIVE, (finding_of(change), *found), report.summary)


def _distinct(recorded: Iterable[Recorded], upstream: Upstream) -> Iterator[tuple[str, Request]]:
    """Each question once, however it was spelt."""
    seen: set[object] = set()
    for name, interaction in recorded:
        request = interaction.request
        key = canonical(request, upstream).key
        if key in seen or not _is_for(interaction, upstream):
            continue
        seen.add(key)
        yield name, request


def _is_for(interaction: Interaction, upstream: Upstream) -> bool:
    """Whether this was asked of that upstream, as far as the tape says."""
    stream = interaction.response.stream
    said = stream.upstream if stream is not None else None
    return said == upstream.name if said else urlsplit(interaction.request.uri).path.endswith(upstream.path)


def _is_redacted(request: Request) -> bool:
    return PLACEHOLDER in urlsplit(request.uri).query or PLACEHOLDER.encode() in (request.body or b"")


def _refuse_what_is_missing(requests: Iterable[Request]) -> None:
    missing = {
        name.lower() for request in requests for name, value in request.headers if PLACEHOLDER in value
    }
    if missing:
        name = min(missing)
        raise UsageError(
            f"The recorded questions have headers whose values are not on the tape: {', '.join(sorted(missing))}.",
            expected="a value for each, which is sent and not kept",
            help=f'--header "{name}: VALUE", or --header "{name}:" to ask without it',
        )


def _nothing_to_ask(distinct: int, upstream: Upstream) -> UsageError:
    if distinct:
        return UsageError(
            "None of the recorded questions can be asked again: credentials were taken out of them.",
            help="record the baseline with the credentials in a header",
        )
    return UsageError(
        f"The baseline holds no question to {upstream.title}.",
        help="name its upstream: --upstream NAME",
    )


def _origin(base_url: str) -> str:
    """Scheme and host of a base URL, without a name and password in it. Raises UsageError for what is none."""
    try:
        parts = urlsplit(base_url)
        port = parts.port
    except ValueError:  # a bracket that never closes, a port beyond 65535
        raise _no_base_url(base_url) from None
    host = parts.netloc.rpartition("@")[2]
    if (
        parts.scheme not in ("http", "https")
        or not parts.hostname
        or port == 0
        or parts.query
        or parts.fragment
    ):
        raise _no_base_url(base_url)
    return f"{parts.scheme}://{host}"


def _no_base_url(base_url: str) -> UsageError:
    """Said without what may be a name and password in it."""
    return UsageError(
        f"{base_url.rpartition('@')[2]!r} is no base URL.", expected="http://HOST[:PORT] or https://HOST"
    )
