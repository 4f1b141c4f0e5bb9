"""What a law is: its id is its name's."""

from __future__ import annotations

from harness.fuzz.laws import law_named
from harness.fuzz.targets import Kind


def test_the_rule_of_a_law_is_its_name():
    assert law_named(Kind.PARSER, "cut").rule == "law-cut"
