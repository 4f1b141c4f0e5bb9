"""A check of a running exchange finds what a check of its recording finds, and finds it when it comes."""

from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.model import Cassette, End, Interaction, Response
from harness.contract.live import MAX_HELD, ExchangeCheck
from harness.disk.validation import contract_for, validate
from harness.finding import Finding
from tests.contract.exchange import EXCHANGES, events, record, request, response
from tests.contract.test_single_faults import CASES as FAULTS

CASES = [
    param
    for param in FAULTS
    if not any(
        found.startswith("coding-left") for found in param.values[1]["findings"]
    )  # only a tape can hold such
]
REPLY_HEADERS = response({}).headers
OF_TAPES = {"digest-mismatch", "frames-mismatch", "no-stream-record"}
"""Rules about a recording, of which a running exchange knows nothing."""


def live(
    asked: Any, answer: Response, end: End, size: int = 100, *, upstream: str = "vitalentum"
) -> ExchangeCheck:
    check = ExchangeCheck(contract_for(upstream), asked, number=1)
    check.head(answer.status, answer.reason, answer.headers)
    for at in range(0, len(answer.body), size):
        check.piece(answer.body[at : at + size])
    check.over(end)
    return check


def keys(findings: tuple[Finding, ...]) -> list[tuple[object, ...]]:
    return sorted((f.rule, f.where, f.message, f.event or 0, f.evidence.now or "") for f in findings)


@pytest.mark.parametrize(("upstream", "case"), CASES)
def test_the_findings_are_those_of_the_recording(upstream: str, case: dict[str, Any]) -> None:
    asked, answer = request(case, EXCHANGES[upstream]), response(case, upstream)
    end = End.COMPLETE if answer.stream is None else answer.stream.end
    report = validate(Cassette((Interaction(asked, answer),)), upstream=upstream)
    found = tuple(finding for finding in report.findings if finding.rule not in OF_TAPES)
    for size in (1, 100, 10_000):
        assert keys(live(asked, answer, end, size, upstream=upstream).findings) == keys(found)


@given(st.binary(max_size=300), st.sampled_from([200, 400, 503]), st.sampled_from([*End]), st.integers(1, 50))
def test_any_body_is_checked_as_its_recording_is(body: bytes, status: int, end: End, size: int) -> None:
    answer = Response(status, "", REPLY_HEADERS, body, record([len(body)] if body else [], end))
    report = validate(Cassette((Interaction(request({}), answer),)), upstream="vitalentum")
    assert keys(live(request({}), answer, end, size).findings) == keys(report.findings)


def test_a_finding_is_news_once_and_when_its_bytes_have_come() -> None:
    check = ExchangeCheck(contract_for("vitalentum"), request({}), number=3)
    check.head(200, "OK", REPLY_HEADERS)
    first, *rest = (f"data: {text}\n\n".encode() for text in events({"events": [1, "Hello", 4, "[DONE]"]}))
    check.piece(first)
    assert check.news() == []
    check.piece(rest[0])
    (finding,) = check.news()
    assert (finding.rule, finding.event, finding.interaction) == ("chunk-not-json", 2, 3)
    for piece in rest[1:]:
        check.piece(piece)
    check.over(End.COMPLETE)
    assert check.news() == []
    assert check.events == 4


def test_an_exchange_without_an_answer_has_no_findings() -> None:
    check = ExchangeCheck(contract_for("vitalentum"), request({"head": {"method": "GET"}}))
    check.over(End.RESET)
    assert check.findings == ()


def test_an_upstream_that_nobody_knows_is_told() -> None:
    check = ExchangeCheck(None, request({}))
    check.head(200, "OK", REPLY_HEADERS)
    check.piece(b"data: x\n\n")
    check.over(End.COMPLETE)
    assert [finding.rule for finding in check.findings] == ["upstream-unknown"]


def test_an_answer_that_is_no_stream_is_held_to_a_bound() -> None:
    check = ExchangeCheck(contract_for("vitalentum"), request({}))
    check.head(500, "", (("Content-Type", "text/plain"),))
    for _ in range(40):
        check.piece(b"x" * (MAX_HELD // 16))
    assert len(check._held) <= MAX_HELD + 1
    check.over(End.COMPLETE)
    assert [finding.rule for finding in check.findings] == ["stream-limit"]
