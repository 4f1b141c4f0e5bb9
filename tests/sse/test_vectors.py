"""The vectors of the event-stream standard, each under many cuts. A new case is a new entry in a file, and no code."""

from __future__ import annotations

import base64
import json
import operator
import random
import re
from itertools import pairwise
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import pytest
from jsonschema import Draft7Validator

from harness import sse
from harness.sse import Event, SSEParser
from tests.laws import oracle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

ROOT = Path(__file__).parents[2]
FILES = sorted((ROOT / "tests/vectors/sse").glob("*.json"))
SCHEMA = json.loads((ROOT / "schemas/harness/sse-vectors.schema.json").read_text("utf-8"))
PAGE = ROOT / "docs/reference/supported-sse.md"

ALL_TWO_WAY = 120  # bytes up to which every cut in two is tried
RANDOM_CUTS = 20


class Outcome(NamedTuple):
    events: list[Event]
    retry: int | None
    last_event_id: str


def load(path: Path) -> dict[str, Any]:
    return json.loads(path.read_text("utf-8"))


CASES = [case for path in FILES for case in load(path)["cases"]]
each_case = pytest.mark.parametrize("case", CASES, ids=[case["name"] for case in CASES])


def stream_of(case: dict[str, Any]) -> bytes:
    if "input" in case:
        return case["input"].encode()
    return base64.b64decode(case["input_base64"])


def expected(case: dict[str, Any]) -> Outcome:
    return Outcome([Event(**event) for event in case["events"]], case["retry"], case["last_event_id"])


def outcome(case: dict[str, Any], cuts: Iterable[int]) -> Outcome:
    """What our parser makes of the case, cut at these offsets."""
    stream = stream_of(case)
    parser = SSEParser(last_event_id=case.get("last_event_id_before", ""))
    events: list[Event] = []
    for start, end in pairwise([0, *cuts, len(stream)]):
        events += parser.feed(stream[start:end])
    events += parser.close()
    return Outcome(events, parser.retry, parser.last_event_id)


def random_cuts(name: str, length: int) -> Iterator[list[int]]:
    dice = random.Random(name)
    for _ in range(RANDOM_CUTS):
        yield sorted(dice.randint(0, length) for _ in range(dice.randint(1, 6)))


@each_case
def test_the_oracle_agrees_with_the_vector(case):
    stream = oracle.parse(stream_of(case), case.get("last_event_id_before", ""))
    assert Outcome(stream.events, stream.reconnection_time, stream.last_event_id) == expected(case)


@each_case
def test_a_stream_in_one_piece(case):
    assert outcome(case, []) == expected(case)


@each_case
def test_a_stream_in_its_own_pieces(case):
    assert outcome(case, case.get("cuts", [])) == expected(case)


@each_case
def test_a_stream_byte_by_byte(case):
    assert outcome(case, range(len(stream_of(case)))) == expected(case)


@each_case
def test_a_stream_cut_in_two_anywhere(case):
    length = len(stream_of(case))
    step = -(-length // ALL_TWO_WAY) or 1
    assert {cut: outcome(case, [cut]) for cut in range(0, length, step)} == {
        cut: expected(case) for cut in range(0, length, step)
    }


@each_case
def test_a_stream_cut_at_random(case):
    for cuts in random_cuts(case["name"], len(stream_of(case))):
        assert outcome(case, cuts) == expected(case), cuts


@pytest.mark.parametrize("path", FILES, ids=lambda path: path.stem)
def test_a_file_keeps_to_its_schema(path):
    errors = Draft7Validator(SCHEMA).iter_errors(load(path))
    assert [f"{error.json_path}: {error.message}" for error in errors] == []


@pytest.mark.parametrize("case", [case for case in CASES if "cuts" in case], ids=lambda case: case["name"])
def test_cuts_ascend_within_the_stream(case):
    assert [0, *case["cuts"], len(stream_of(case))] == sorted([0, *case["cuts"], len(stream_of(case))])


def test_no_two_cases_share_a_name():
    assert len({case["name"] for case in CASES}) == len(CASES)


def test_no_two_cases_share_everything_else():
    told = {
        json.dumps({key: case[key] for key in case if key not in ("name", "why", "source")}) for case in CASES
    }
    assert len(told) == len(CASES)


def test_every_clause_has_a_vector():
    assert {case["clause"] for case in CASES} == set(SCHEMA["definitions"]["clause"]["enum"])


def test_the_page_names_every_clause():
    page = PAGE.read_text("utf-8")
    assert [clause for clause in SCHEMA["definitions"]["clause"]["enum"] if f"`{clause}`" not in page] == []


def test_the_page_names_vectors_that_exist():
    names = {case["name"] for case in CASES}
    assert [name for name in _told("Vectors") if name not in names] == []


def test_the_page_names_places_that_exist():
    assert [place for place in _told("Where") if not operator.attrgetter(place)(sse)] == []


def _told(what: str) -> list[str]:
    """What the page's items that start with this word hold in backticks."""
    items = re.findall(rf"^- {what}: (.*(?:\n  .*)*)", PAGE.read_text("utf-8"), re.MULTILINE)
    return [name for item in items for name in re.findall("`([^`]+)`", item)]
