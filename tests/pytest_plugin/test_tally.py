"""The books of a run: counted over all tests, told in a few lines, silent where nothing happened."""

from __future__ import annotations

from pathlib import PurePath

from harness.pytest_plugin.tally import Tally

ROOT = PurePath("/project")


def tally(*tests: dict[str, object], unused: tuple[str, ...] = ()) -> list[str]:
    books = Tally()
    for facts in tests:
        books.add((f"harness_{name}", value) for name, value in facts.items())
    books.unused.update(unused)
    return list(books.lines(ROOT))


def test_a_run_without_cassettes_has_no_report():
    books = Tally()
    books.add([("somebody", "else's")])
    assert list(books.lines(ROOT)) == []


def test_what_was_played_is_counted():
    assert tally(
        {"cassette": "a", "played": 2}, {"cassette": "b", "played": 1}, {"cassette": "a", "played": 1}
    ) == ["played    4 interactions from 2 cassettes"]


def test_recorded_tapes_are_named_as_seen_from_the_project():
    assert tally(
        {"cassette": "/project/c/a.yaml", "recorded": 1}, {"cassette": "/else/b.yaml", "recorded": 2}
    ) == [
        "recorded  3 interactions onto 2 cassettes:",
        "          /else/b.yaml",
        "          c/a.yaml",
    ]


def test_stale_and_unused_tapes_are_named():
    assert tally({"cassette": "a", "stale": True}, unused=("z", "y")) == [
        "stale     1 cassette past the age a test takes:",
        "          a",
        "unused    2 cassettes that no test asks for:",
        "          y",
        "          z",
    ]
