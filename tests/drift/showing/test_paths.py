"""Paths of findings, in documents."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.drift.layout import join
from harness.drift.showing.paths import ITEMS, MISSING, steps_of, values_at

CHUNK = {
    "choices": [{"delta": {"content": "a"}}, {"delta": {}}],
    "odd name": {"x.y": 1},
    "map": {"a1": 1, "b2": 2},
}


@pytest.mark.parametrize(
    ("path", "found"),
    [
        ("$", [CHUNK]),
        ("$.choices[*].delta.content", ["a", MISSING]),
        ("$['odd name']['x.y']", [1]),
        ("$.map.*", [1, 2]),
        ("$.nothing.below", []),
        ("$.choices.delta", []),
    ],
)
def test_a_path_leads_to_its_values(path, found):
    assert values_at(CHUNK, steps_of(path.removeprefix("$"))) == found


def test_a_name_that_a_path_has_cut_is_found_by_its_beginning():
    name = "an odd name " * 5
    steps = steps_of(join("$", name)[1:])
    assert values_at({"another": 0, name: 1}, steps) == [1]
    assert values_at({"another": 0}, steps) == [MISSING]


@given(st.lists(st.text(min_size=1, max_size=20).filter(lambda name: name != "*"), max_size=4))
def test_what_the_detector_writes_is_read(names):
    path = "$"
    for name in names:
        path = join(path, name) + "[*]"
    steps = [step for step in steps_of(path[1:]) if step != ITEMS]
    assert [step for step in steps if isinstance(step, str)] == [name[:40] for name in names]
