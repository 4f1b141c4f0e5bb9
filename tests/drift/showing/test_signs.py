"""Signs at places: every place that a finding can name has a reading, or a measure, or a reason."""

from __future__ import annotations

import pytest

from harness.drift.rules import RULES
from harness.drift.showing.pair import MEASURES
from harness.drift.showing.sheet import Part, sheet_of
from harness.drift.showing.signs import readings_of
from tests.report.recordings import VITALENTUM, exchange, reply

SHEET = sheet_of(exchange(reply("a", "b")), VITALENTUM)


def says(where, level=0, sheet=SHEET):
    return [sign.says for sign in readings_of(where)[level](sheet)]


def test_every_place_of_a_rule_can_be_looked_at():
    places = {rule.where for rule in RULES.values() if rule.where}
    assert {where for where in places if not readings_of(where) and where not in MEASURES} == set()


@pytest.mark.parametrize("where", ["nowhere", "sideways:x", ""])
def test_an_unknown_place_has_none(where):
    assert readings_of(where) == ()


def test_types_are_told_before_values():
    assert says("$.choices[*].delta.role") == [frozenset({"string"}), *[frozenset({"missing"})] * 3]
    assert says("$.choices[*].delta.role", level=-1)[0] == frozenset({"'assistant'"})


def test_a_header_that_is_not_there_is_a_sign_too():
    (sign,) = readings_of("header:x-trace")[0](SHEET)
    assert (sign.part, sign.line, sign.says) == (Part.HEAD, None, "missing")
    (sign,) = readings_of("header:content-type")[0](SHEET)
    assert SHEET.lines[sign.line].text.startswith("Content-Type: ")


def test_a_request_is_looked_at_where_its_field_is():
    (sign, *_) = readings_of("request:$.temperature")[0](sheet_of(exchange(reply("a")), VITALENTUM))
    assert (sign.part, sign.line, sign.says) == (Part.REQUEST, None, "missing")


def test_the_end_of_a_stream_says_what_it_is():
    assert says("sentinel") == [("end", 1, True, True)]
    assert says("sentinel", sheet=sheet_of(exchange(reply("a")[:-1]), VITALENTUM)) == [
        ("chunk", 0, True, True)
    ]
