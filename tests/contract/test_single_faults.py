"""One thing wrong gives exactly its own findings: no fewer, no more, each at its place.

The cases are data (`tests/vectors/contract/`): Vitalentum's in the folder itself, the others' in folders
of their own. Each changes one thing of a valid exchange and names the
findings that this must cause, as "rule place", and sometimes the verdict.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest

from harness.contract.catalog import RULES, TABLE
from harness.contract.stream import StreamCheck
from harness.disk.validation import contract_for, validate
from harness.finding import Severity, Verdict
from harness.upstreams.parsing import split_reply
from tests.contract.exchange import UPSTREAMS, VECTORS, tape

if TYPE_CHECKING:
    from pathlib import Path


def upstream_of(path: Path) -> str:
    """The folder says it; what lies in none is Vitalentum's."""
    return "vitalentum" if path.parent == VECTORS else path.parent.name


FILES = sorted(path for path in VECTORS.rglob("*.json") if path.stem != "valid")
CASES = [
    pytest.param(upstream_of(path), case, id=f"{upstream_of(path)} {path.stem}: {case['name']}")
    for path in FILES
    for case in json.loads(path.read_text(encoding="utf-8"))["cases"]
]


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_the_unchanged_exchange_is_clean(upstream: str) -> None:
    report = validate(tape(upstream=upstream))
    assert report.findings == ()
    assert report.verdict is Verdict.CLEAN


@pytest.mark.parametrize(("upstream", "case"), CASES)
def test_a_single_fault_gives_exactly_its_findings(upstream: str, case: dict[str, Any]) -> None:
    report = validate(tape(case, upstream), upstream=upstream)
    assert sorted(f"{finding.rule} {finding.where}" for finding in report.findings) == sorted(
        case["findings"]
    )
    if "verdict" in case:
        assert report.verdict == case["verdict"]


@pytest.mark.parametrize(("upstream", "case"), CASES)
def test_every_finding_says_what_the_catalogue_says_of_its_rule(upstream: str, case: dict[str, Any]) -> None:
    for finding in validate(tape(case, upstream), upstream=upstream).findings:
        row = RULES[finding.rule]
        assert (finding.severity, finding.layer, finding.help) == (row.severity, row.layer, row.help)
        assert finding.where == row.where or not row.where
        assert finding.message.isprintable()
        assert len(finding.message) < 300
        assert finding.interaction == 1


@pytest.mark.parametrize("path", FILES, ids=lambda path: f"{upstream_of(path)} {path.stem}")
def test_the_cases_of_a_file_have_names_of_their_own(path: Path) -> None:
    names = [case["name"] for case in json.loads(path.read_text(encoding="utf-8"))["cases"]]
    assert len({*names}) == len(names)


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_every_upstream_has_its_table(upstream: str) -> None:
    """The cases are many enough to be a table: requests, chunks, the grammar, whole replies."""
    files = {path.stem for path in FILES if upstream_of(path) == upstream}
    assert {"request", "chunk", "grammar", "response"} <= files
    assert sum(param.values[0] == upstream for param in CASES) >= 120


def test_every_rule_has_a_case_that_breaks_it() -> None:
    expected = {finding.split(" ", 1)[0] for param in CASES for finding in param.values[1]["findings"]}
    missing = {row.id for row in TABLE} - expected - ELSEWHERE.keys() - NEVER.keys()
    assert missing == set()
    assert not expected & (ELSEWHERE.keys() | NEVER.keys())


ELSEWHERE = {
    "nothing-to-check": "needs an empty tape: test_check.py",
    "upstream-unknown": "needs no upstream to be named: test_check.py",
    "event-too-large": "needs a large body: test_stream.py",
}

NEVER = {
    "request-shape-wrong": "the request's documents offer no shapes to choose from",
    "chunk-shape-wrong": "a chunk has one shape",
    "error-value-unknown": "an error lists no words",
    "error-field-null": "covered as error-type-wrong",
}


def test_severities_of_both_ways_differ_where_the_reader_differs() -> None:
    """An unknown field is harmless coming down, and may be refused going up."""
    assert RULES["chunk-field-unknown"].severity is Severity.ADDITIVE
    assert RULES["request-field-unknown"].severity is Severity.RISKY


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_the_short_way_through_a_stream_finds_the_same(upstream: str) -> None:
    """Each event of each case thrice, so that there is something to be alike."""
    contract = contract_for(upstream)
    for param in CASES:
        name, case = param.values
        if name == upstream and "chunk" in case:
            body = tape(case, upstream).interactions[0].response.body
            pieces = [piece for piece in split_reply(body, contract.upstream.reply_type) for _ in range(3)]
            found = []
            for shortcut in (True, False):
                check = StreamCheck(contract, shortcut=shortcut)
                check.feed(b"".join(pieces))
                check.close()
                found.append(check.findings)
            assert found[0] == found[1], case["name"]
