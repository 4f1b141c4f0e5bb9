"""The picture shows the whole table, and the page in the docs shows the picture as it is now."""

from pathlib import Path

from harness.chat.machine import TABLE, State
from harness.chat.picture import render_grammar

PAGE = Path(__file__).parents[2] / "docs" / "reference" / "stream-grammar.md"


def test_every_state_has_a_row_and_every_broken_rule_stands_in_it() -> None:
    rows = [line for line in render_grammar().splitlines() if line.startswith("| **")]
    assert [row.split("**")[1] for row in rows] == [state.value for state in TABLE]
    for row, steps in zip(rows, TABLE.values(), strict=True):
        broken = {rule for step in steps.values() for rule in (step.breaks, step.also) if rule}
        assert all(f"`{rule}`" in row for rule in broken)


def test_every_state_can_be_reached_in_the_diagrams() -> None:
    arrows = [line.strip() for line in render_grammar().splitlines() if "-->" in line]
    reached = {arrow.split(" --> ")[1].split(":")[0] for arrow in arrows}
    assert {state.value for state in State} - {"ended"} <= reached


def test_the_page_in_the_docs_is_current() -> None:
    """Which also means: no cell of the table changes without somebody reading the page."""
    assert render_grammar() in PAGE.read_text(encoding="utf-8")
