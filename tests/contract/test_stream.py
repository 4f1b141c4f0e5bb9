"""The stream check tells the same whatever the cuts, tells it at once, and keeps its bounds."""

import json
from itertools import pairwise
from pathlib import Path
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.model import End
from harness.contract.contract import Contract
from harness.contract.ledger import AT_MOST
from harness.contract.stream import StreamCheck
from harness.disk.schemas import load_schemas, schema_path
from harness.disk.validation import contract_for
from harness.finding import Finding
from tests.contract.exchange import CHUNKS, HEAD, data
from tests.upstreams.calling import CALLING

CONTRACT = contract_for("vitalentum")
TOOLS = json.loads((Path(__file__).parents[1] / "vectors" / "tools.json").read_text(encoding="utf-8"))[
    "cases"
]
FAULTY = (1, {"choices": [], "x": 1}, 2, "Hello", {"id": "b", "choices": None}, 4, 3, "[DONE]", "[DONE]", 2)


def body(*events: object) -> bytes:
    return b"".join(f"data: {data(event)}\n\n".encode() for event in events)


def checked(pieces: list[bytes], end: End = End.COMPLETE, contract: Contract = CONTRACT) -> StreamCheck:
    check = StreamCheck(contract)
    for piece in pieces:
        check.feed(piece)
    check.close(end)
    return check


def words(findings: list[Finding]) -> list[str]:
    return [f"{finding.event}: {finding.rule}" for finding in findings]


@given(st.sets(st.integers(1, len(body(*FAULTY)) - 1), max_size=8), st.sampled_from([*End]))
def test_the_cuts_between_the_pieces_do_not_matter(cuts: set[int], end: End) -> None:
    whole = body(*FAULTY)
    edges = [0, *sorted(cuts), len(whole)]
    pieces = [whole[start:stop] for start, stop in pairwise(edges)]
    assert checked(pieces, end).findings == checked([whole], end).findings


def test_byte_by_byte_is_no_different() -> None:
    whole = body(*FAULTY)
    assert checked([bytes([byte]) for byte in whole]).findings == checked([whole]).findings


def test_a_finding_comes_with_the_bytes_that_show_it() -> None:
    check = StreamCheck(CONTRACT)
    told = [words(check.feed(body(event))) for event in FAULTY]
    assert told == [
        [],
        ["2: chunk-value-out-of-range", "2: chunk-field-unknown"],
        [],
        ["4: chunk-not-json"],
        ["5: chunk-field-null"],
        [],
        ["7: text-after-finish"],
        [],
        ["9: terminal-repeated"],
        ["10: event-after-terminal"],
    ]
    assert check.complete
    assert check.close() == []


def test_what_is_missing_is_told_when_the_bytes_end() -> None:
    check = StreamCheck(CONTRACT, interaction=7)
    assert check.feed(body(1, 2)) == []
    assert words(check.close()) == ["2: finish-missing", "2: terminal-missing"]
    assert {finding.interaction for finding in check.findings} == {7}


def test_a_fault_of_every_chunk_is_one_finding_that_counts() -> None:
    check = checked([body(1, *({"choices": CHUNKS[1]["choices"], "x": n} for n in range(50)), 4, "[DONE]")])
    (finding,) = check.findings
    assert (finding.rule, finding.where, finding.event) == ("chunk-field-unknown", "$.x", 2)
    assert finding.evidence.now == "50 times in 53 events"


def test_the_second_answer_is_named() -> None:
    second = {"choices": [{"index": 1, "delta": {"content": "x"}, "finish_reason": "stop"}]}
    (finding,) = checked([body(1, 4, second, "[DONE]")]).findings
    assert finding.message == "an answer began without saying its role (choice 1)"


def test_an_error_in_the_stream_is_told_in_its_own_words() -> None:
    (finding,) = checked([body(1, 2, '{"error": {"message": "Overloaded"}}')]).findings
    assert finding.message == "an error object stood in the place of a chunk: Overloaded"


def test_a_stream_too_large_for_the_parser_is_told_and_what_came_before_is_checked() -> None:
    large = body(2, 4, "[DONE]") + b"data: " + b"x" * 9_000_000
    for pieces in (
        [large],
        [large, b"more"],
        [large[at : at + 1_000_000] for at in range(0, len(large), 1_000_000)],
    ):
        rules = [finding.rule for finding in checked(pieces).findings]
        assert rules == ["role-missing", "event-too-large"]


def test_an_upstream_that_never_repeats_itself_keeps_the_bounds() -> None:
    chunks = [
        json.dumps(HEAD | {"choices": CHUNKS[1]["choices"], f"field{n}": 1}) for n in range(3 * AT_MOST)
    ]
    assert len(checked([body(1, *chunks, 4, "[DONE]")]).findings) == AT_MOST


@given(st.binary(max_size=200), st.sampled_from([*End]))
def test_any_bytes_are_checked_to_their_end(noise: bytes, end: End) -> None:
    assert isinstance(checked([b"data: " + noise + b"\n\n", noise], end).findings, tuple)


@pytest.mark.parametrize("broken", [b"caf\xe9", b"\xf0\x9f\x98", b"\xc3\x28", b"\xed\xa0\x80"])
def test_broken_utf8_is_told_once_wherever_it_is_cut(broken: bytes) -> None:
    text = body(1, 2).replace(b"Hel", broken) * 2 + body(4, "[DONE]")
    for size in (1, 2, 3, len(text)):
        rules = [f.rule for f in checked([text[at : at + size] for at in range(0, len(text), size)]).findings]
        assert rules.count("utf8-invalid") == 1


@pytest.mark.parametrize("broken", [b"\x80\x80", b"\xc3", b"\xf0\x9f\x98"])
def test_broken_utf8_is_told_of_the_event_it_stands_in_wherever_it_is_cut(broken: bytes) -> None:
    text = body(1, 2) + body(2).replace(b"Hel", broken) + body(2).replace(b"Hel", broken) + body(4, "[DONE]")
    for size in (1, 2, 3, len(text)):
        found = checked([text[at : at + size] for at in range(0, len(text), size)]).findings
        assert [(f.event, f.evidence.now) for f in found if f.rule == "utf8-invalid"] == [(3, None)]


def calling() -> Contract:
    """The contract of an upstream that calls tools: Vitalentum's schemas, and a delta that may hold calls."""
    documents = load_schemas(CALLING)
    chunk = json.loads(schema_path(CALLING.name, "chunk").read_text(encoding="utf-8"))
    chunk["$defs"]["delta"]["properties"]["tool_calls"] = {"type": "array"}
    return Contract(CALLING, {**documents, "chunk": chunk})


def with_calls(calls: list[Any]) -> dict[str, Any]:
    return {"choices": [{"index": 0, "delta": {"tool_calls": calls}, "finish_reason": None}]}


@pytest.mark.parametrize("case", TOOLS, ids=[case["name"] for case in TOOLS])
def test_a_fault_of_a_tool_call_gives_exactly_its_findings(case: dict[str, Any]) -> None:
    late = [with_calls(case["late"])] if "late" in case else []
    stream = body(1, *map(with_calls, case["calls"]), 4, *late, "[DONE]")
    findings = checked([stream], contract=calling()).findings
    assert sorted(f"{each.rule} {each.where}" for each in findings) == case["findings"]


def test_the_second_call_of_the_second_answer_is_named() -> None:
    second = {"choices": [{"index": 1, "delta": {"role": "assistant", "content": ""}, "finish_reason": None}]}
    call = {"index": 1, "id": "a", "function": {"name": "tide"}}
    third = {"choices": [{"index": 1, "delta": {"tool_calls": [call]}, "finish_reason": "stop"}]}
    (finding,) = checked([body(1, 4, second, third, "[DONE]")], contract=calling()).findings
    assert finding.message.endswith("has a number whose predecessor never came (choice 1, tool call 1)")
