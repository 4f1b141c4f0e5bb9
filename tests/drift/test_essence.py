"""What stays of a change when it is recorded again, and what tells it from another change at the same place."""

from __future__ import annotations

import pytest

from harness import compare
from harness.drift.change import Change
from harness.drift.essence import ESSENCES, essence
from harness.drift.judge import finding_of
from harness.drift.rules import RULES
from tests.drift.operators import OPERATORS

SAME = {
    "counts": (
        Change("chunk-field-removed", "$.id", "8 of 8", "0 of 8"),
        Change("chunk-field-removed", "$.id", "31 of 40", "0 of 12", p=0.001),
    ),
    "what was seen before": (
        Change("chunk-field-type-changed", "$.a", "0 of 8", "8 of 8", "null or string before, integer now"),
        Change("chunk-field-type-changed", "$.a", "0 of 9", "3 of 3", "string before, integer now"),
    ),
    "words of which some were met": (
        Change(
            "chunk-field-word-new", "$.a", "length, stop", "LENGTH, STOP", "'LENGTH', 'STOP' for length, stop"
        ),
        Change("chunk-field-word-new", "$.a", "stop", "STOP", "'STOP' for stop"),
    ),
    "heads of identifiers": (
        Change("chunk-field-format-changed", "$.id", "chatcmpl-token", "abcdefgh-text or text"),
        Change("chunk-field-format-changed", "$.id", "chatcmpl-token", "hgfedcba-text or bbbbbbbb-text"),
    ),
    "times": (
        Change("chunk-field-magnitude-changed", "$.created", "about 1.7e+09", "about 1.7e+12"),
        Change("chunk-field-magnitude-changed", "$.created", "about 1.79e+09", "about 1.81e+12"),
    ),
    "dates": (
        Change("deprecation-announced", "header:sunset", "0 of 8", "8 of 8", "sunset: sat, 01 may 2027"),
        Change("deprecation-announced", "header:sunset", "0 of 8", "8 of 8", "sunset: sun, 02 may 2027"),
    ),
    "milliseconds": (
        Change("ttft-slower", "", "median 300 ms", "median 900 ms", "3.0 times"),
        Change("ttft-slower", "", "never above 318 ms", "8 of 8", "636 ms"),
    ),
    "versions of a server": (
        Change("server-changed", "header:server", "vercel", "nginx/1.25.3"),
        Change("server-changed", "header:server", "vercel", "nginx/1.27.0"),
    ),
    "ids in a path": (
        Change("request-path-changed", "", "/api/chat", "/v2/threads/th_81f2aa/runs"),
        Change("request-path-changed", "", "/api/chat", "/v2/threads/th_77c01d/runs"),
    ),
    "names of headers in another case": (
        Change("header-added", "header:X-Region", "0 of 8", "8 of 8"),
        Change("header-added", "header:x-region", "0 of 3", "3 of 3"),
    ),
}
OTHER = {
    "types": (
        Change("chunk-field-type-changed", "$.a", "0 of 8", "8 of 8", "string before, integer now"),
        Change("chunk-field-type-changed", "$.a", "0 of 8", "8 of 8", "string before, object now"),
    ),
    "layers": (Change("chunk-field-removed", "$.a"), Change("error-field-removed", "$.a")),
    "places": (Change("chunk-field-removed", "$.a"), Change("chunk-field-removed", "$.b")),
    "words": (
        Change("chunk-field-word-new", "$.a", "stop", "end_turn, stop", "'end_turn'"),
        Change("chunk-field-word-new", "$.a", "stop", "refusal, stop", "'refusal'"),
    ),
    "one word and two": (
        Change("chunk-field-word-new", "$.a", "stop", "end_turn, stop", "'end_turn'"),
        Change("chunk-field-word-new", "$.a", "stop", "end_turn, refusal, stop", "'end_turn', 'refusal'"),
    ),
    "constants": (
        Change("chunk-field-constant-changed", "$.index", "0", "1"),
        Change("chunk-field-constant-changed", "$.index", "0", "2"),
    ),
    "statuses": (
        Change("status-changed", "", "0 of 8", "8 of 8", "200 before, 201 now"),
        Change("status-changed", "", "0 of 8", "8 of 8", "200 before, 202 now"),
    ),
    "refusals": (
        Change("request-refused", "", "0 of 8", "8 of 8", "status 400"),
        Change("request-refused", "", "0 of 8", "8 of 8", "status 422"),
    ),
    "sizes": (
        Change("chunk-field-magnitude-changed", "$.created", "about 1.7e+09", "about 1.7e+12"),
        Change("chunk-field-magnitude-changed", "$.created", "about 1.7e+09", "0"),
    ),
    "directions": (
        Change("piece-size-changed", "", "4.6 bytes", "24.7 bytes"),
        Change("piece-size-changed", "", "24.7 bytes", "4.6 bytes"),
    ),
    "numbers of items": (
        Change("chunk-field-array-longer", "$.choices", "always 1", "2 in 8 of 8"),
        Change("chunk-field-array-longer", "$.choices", "always 3", "2 in 8 of 8"),
    ),
    "line ends": (
        Change("framing-line-ends", "", "0 of 8", "8 of 8", "lines cr"),
        Change("framing-line-ends", "", "0 of 8", "8 of 8", "lines crlf"),
    ),
    "models": (
        Change("model-changed", "", "gpt-3.5-turbo-0613", "gpt-4o-mini"),
        Change("model-changed", "", "gpt-3.5-turbo-0613", "gpt-4o"),
    ),
    "media types": (
        Change("content-type-changed", "", "text/event-stream", "application/json"),
        Change("content-type-changed", "", "text/event-stream", "text/plain"),
    ),
    "come and gone": (
        Change("id-field-changed", "", "0 of 8", "8 of 8", "field id"),
        Change("id-field-changed", "", "8 of 8", "0 of 8", "no field id"),
    ),
}


@pytest.mark.parametrize("name", SAME)
def test_it_is_the_same_whatever_happens_to_differ(name):
    one, other = map(finding_of, SAME[name])
    assert one.fingerprint == other.fingerprint


@pytest.mark.parametrize("name", OTHER)
def test_another_change_at_the_same_place_has_another_fingerprint(name):
    one, other = map(finding_of, OTHER[name])
    assert one.fingerprint != other.fingerprint


def test_a_rule_without_an_essence_of_its_own_keeps_its_detail_but_for_numbers():
    assert (
        essence(Change("framing-space", detail="data tight, 17 times at 12:30")) == "data tight, # times at #"
    )


@pytest.mark.parametrize("pattern", [each for patterns, _ in ESSENCES for each in patterns.split()])
def test_every_row_speaks_of_some_rule(pattern):
    from fnmatch import fnmatchcase

    assert any(fnmatchcase(rule, pattern) for rule in RULES)


def fingerprints(name, seeds):
    """The fingerprints that each rule and place had when the same change was recorded again and again."""
    found = {}
    for seed in seeds:
        for each in compare(*OPERATORS[name].sides(seed)).findings:
            found.setdefault((each.rule, each.where), set()).add(each.fingerprint)
    return found


@pytest.mark.parametrize("name", OPERATORS)
def test_a_fingerprint_outlives_the_recording(name):
    assert {key: len(each) for key, each in fingerprints(name, (1, 2)).items() if len(each) > 1} == {}


@pytest.mark.slow
@pytest.mark.parametrize("name", OPERATORS)
def test_a_fingerprint_outlives_twenty_recordings(name):
    found = fingerprints(name, range(3, 23))
    assert found
    assert {key: len(each) for key, each in found.items() if len(each) > 1} == {}
