"""Findings of what was found: the rule, the place, the input, and the line to run."""

from __future__ import annotations

import pytest

from harness.finding import Layer, Verdict
from harness.fuzz.encoding import History
from harness.fuzz.found import Found
from harness.fuzz.law import Breach
from harness.fuzz.laws import law_named
from harness.fuzz.streams import Stream
from harness.fuzz.targets import Kind
from harness.fuzz.telling import again, finding_of, in_words, report_of

CASE = Found(law=law_named(Kind.PARSER, "cut"), target="m:f", seed=7, given=Stream((b"data: a", b"\n\n")))
TURN = Found(law=law_named(Kind.ENCODER, "text"), target="m:f", seed=7, given=History((("user", " "),)))
BREACH = Breach("framing", "one", "other")


def test_a_finding_says_which_law_where_and_with_what():
    finding = finding_of(CASE, BREACH, cassette="a.yaml")
    assert (finding.rule, finding.where, finding.layer) == ("law-cut", "framing", Layer.FRAMING)
    assert finding.message.endswith(r"Broken by m:f with b'data: a' then b'\n\n'")
    assert (finding.evidence.before, finding.evidence.now) == ("one", "other")
    assert finding_of(TURN, BREACH).layer is Layer.REQUEST


@pytest.mark.parametrize(
    ("found", "cassette", "line"),
    [
        (CASE, "a.yaml", "harness fuzz m:f --replay --out a.yaml"),
        (CASE, None, "harness fuzz m:f --seed 7"),
        (TURN, None, "harness fuzz m:f --as encoder --seed 7"),
    ],
)
def test_the_line_to_run_is_whole(found, cassette, line):
    assert again(found, cassette) == line


def test_findings_are_invalid_and_nothing_tried_is_not_clean():
    finding = finding_of(CASE, BREACH)
    assert report_of([finding], {}).verdict is Verdict.INVALID
    assert report_of([], {"examples": 5}).verdict is Verdict.CLEAN
    assert report_of([], {}, tried=False).verdict is Verdict.INCONCLUSIVE


def test_an_input_is_one_bounded_line():
    assert in_words(TURN.given) == "[('user', ' ')]"
    assert len(in_words(Stream((b"a" * 9999,)))) < 300
