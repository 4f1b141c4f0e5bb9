"""Whole recordings against the contract: each exchange on a tape, one verdict for all. Contracts are handed in."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from typing import TYPE_CHECKING, TypeAlias

from harness.cassette.digest import digest_matches
from harness.cassette.framing import frames_add_up
from harness.contract.catalog import RULES
from harness.contract.contract import Contract
from harness.contract.ledger import Ledger
from harness.contract.request import check_request
from harness.contract.response import check_response
from harness.contract.stream import StreamCheck
from harness.finding import Finding, Report, Severity, Verdict
from harness.upstreams.excerpt import excerpt
from harness.upstreams.registry import get_upstream, upstream_for, upstream_names, uri_path

if TYPE_CHECKING:
    from harness.cassette.model import Cassette, Interaction
    from harness.upstreams.upstream import Upstream

__all__ = ["ContractFor", "StreamCheck", "report", "validate", "verdict"]

ContractFor: TypeAlias = Callable[["Upstream"], Contract]
"""Gives the contract of an upstream; the edge that can read schema documents makes one."""

_WORST_FIRST = tuple(Severity)
_HEAVIEST_LAST = (Verdict.CLEAN, Verdict.BENIGN, Verdict.INCONCLUSIVE, Verdict.INVALID)


def validate(cassette: Cassette, contract_for: ContractFor, *, upstream: str | None = None) -> Report:
    """Each interaction against its upstream's contract.

    The upstream is *upstream*, or what the recording names, or what its address tells; see
    `docs/reference/validation.md`. Raises `UsageError` where *upstream* names none.
    """
    given = get_upstream(upstream) if upstream is not None else None
    findings: list[Finding] = [] if cassette.interactions else _nothing_to_check()
    events = 0
    for number, interaction in enumerate(cassette.interactions, 1):
        ledger = Ledger(number)
        seen = _check(interaction, given, contract_for, ledger)
        findings += ledger.findings(seen)
        events += seen
    return report(findings, interactions=len(cassette.interactions), events=events)


def verdict(findings: Iterable[Finding]) -> Verdict:
    """The one word for these findings of the contract.

    A breach that speaks about the upstream outweighs one that kept it from being judged, and that outweighs
    what is harmless.
    """
    return max(map(_weight, findings), key=_HEAVIEST_LAST.index, default=Verdict.CLEAN)


def _weight(finding: Finding) -> Verdict:
    """The verdict if this were the only finding."""
    if RULES[finding.rule].inconclusive:
        return Verdict.INCONCLUSIVE
    harmless = finding.severity in (Severity.ADDITIVE, Severity.BENIGN)
    return Verdict.BENIGN if harmless else Verdict.INVALID


def _nothing_to_check() -> list[Finding]:
    ledger = Ledger()
    ledger.note("nothing-to-check")
    return ledger.since(0)


def _check(
    interaction: Interaction, given: Upstream | None, contract_for: ContractFor, ledger: Ledger
) -> int:
    _check_record(interaction, ledger)
    upstream = given or _recognised(interaction, ledger)
    if upstream is None:
        return 0
    contract = contract_for(upstream)
    kept = check_request(contract, interaction.request, ledger)
    return check_response(contract, interaction.response, ledger, request_kept=kept)


def _check_record(interaction: Interaction, ledger: Ledger) -> None:
    """Whether the tape agrees with itself, whatever the upstream and its answer."""
    response = interaction.response
    if digest_matches(interaction) is False:
        ledger.note("digest-mismatch")
    if response.stream is not None and not frames_add_up(response):
        total = sum(frame.size for frame in response.stream.frames)
        ledger.note("frames-mismatch", f"the frames hold {total} bytes, the body {len(response.body)}")


def _recognised(interaction: Interaction, ledger: Ledger) -> Upstream | None:
    """The upstream that the recording names, or else the one its address tells; where neither does, a finding."""
    request, stream = interaction.request, interaction.response.stream
    named = None if stream is None else stream.upstream
    if named in upstream_names():
        return get_upstream(named)
    found = upstream_for(request.method, request.uri) if named is None else None
    if found is None:
        where = (
            f"at {excerpt(uri_path(request.uri))}" if named is None else f"by the name of {excerpt(named)}"
        )
        ledger.note("upstream-unknown", f"no upstream is known {where}")
    return found


def report(findings: Iterable[Finding], *, interactions: int, events: int) -> Report:
    """The findings of so many interactions, worst first, with their verdict."""
    findings = sorted(
        findings, key=lambda f: (_WORST_FIRST.index(f.severity), f.interaction or 0, f.event or 0)
    )
    counts = {severity.value: sum(f.severity is severity for f in findings) for severity in Severity}
    return Report(
        verdict=verdict(findings),
        findings=tuple(findings),
        summary={"interactions": interactions, "events": events, **counts},
    )
