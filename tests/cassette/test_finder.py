"""All seekers in one question."""

import time

import pytest

from harness.cassette.finder import Finder
from harness.cassette.shapes import Begun

KEY = "sk-" + "a1B2" * 6


def kinds(finder: Finder, text: str, **options: bool) -> list[str]:
    return [found.kind for found in finder.find(text, **options)]


def test_shapes_and_known_values_are_found_in_one_go():
    finder = Finder(["hunter2-swordfish"])
    assert kinds(finder, f"{KEY} hunter2-swordfish") == ["openai-key", "known-value"]


def test_keys_count_in_json_only():
    assert kinds(Finder(), '{"password": "x"}') == []
    assert kinds(Finder(), '{"password": "x"}', is_json=True) == ["named-value"]
    assert kinds(Finder(secret_keys=["PIN"]), '{"pin": "x"}', is_json=True) == ["named-value"]


def test_in_source_nothing_is_sought_that_could_break_a_quote():
    finder = Finder(['very"quoted"value'])
    assert kinds(finder, 'very"quoted"value') == ["known-value"]
    assert finder.find_in_source('very"quoted"value') == []


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("the key is sk-abc", Begun(11, 14)),
        ("the key is sk-", Begun(11, 14)),
        ("the key is s", Begun(11, 12)),
        ("the key is", Begun(9, 10)),
        ("I say hunter2-", Begun(6, 6)),
        ("the key is: ", None),
    ],
)
def test_the_longest_end_that_could_become_a_secret_is_told(text, begun):
    assert Finder(["hunter2-swordfish"]).begun(text) == begun


def test_what_is_harmless_holds_no_secret_and_begins_none():
    finder = Finder(["hunter2-swordfish"])
    assert finder.is_harmless("chatcmpl-123")
    assert not finder.is_harmless("tasks")
    assert not finder.is_harmless("hunt")
    assert not finder.is_harmless(f"x {KEY} y")


def test_what_is_remembered_is_bounded():
    finder = Finder()
    for number in range(10_000):
        finder.is_harmless(f"{number}")
        finder.is_harmless(f"{number}" * 100)
    assert len(finder._harmless) <= 4096


def test_a_megabyte_without_secrets_is_searched_in_a_moment():
    text = "data: the quick brown fox jumps over the lazy dog, once more and again\n" * 14_000
    before = time.process_time()
    assert Finder().find_in_source(text) == []
    assert time.process_time() - before < 0.3
