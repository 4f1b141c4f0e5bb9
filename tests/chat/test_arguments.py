"""Arguments are judged whole, however they were cut; what is too much or too deep is not judged."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chat.arguments import Arguments, is_json

CALL = (0, 0)

documents = st.recursive(
    st.none() | st.booleans() | st.integers() | st.floats(allow_nan=False, allow_infinity=False) | st.text(),
    lambda inner: st.lists(inner) | st.dictionaries(st.text(), inner),
    max_leaves=8,
)


@given(documents, st.data())
def test_a_document_is_whole_however_it_is_cut(document: object, data: st.DataObject) -> None:
    text, arguments = json.dumps(document), Arguments()
    cuts = sorted(data.draw(st.lists(st.integers(0, len(text)), max_size=4)))
    for begin, end in zip([0, *cuts], [*cuts, len(text)], strict=True):
        arguments.add(CALL, text[begin:end])
    assert arguments.take(CALL)


@given(documents.filter(lambda document: isinstance(document, list | dict)))
def test_a_document_without_its_end_is_not(document: object) -> None:
    assert not is_json(json.dumps(document)[:-1])


@pytest.mark.parametrize("text", ["NaN", "{} {}", "{'a': 1}", "Infinity", "{", " "])
def test_what_json_does_not_allow_is_none(text: str) -> None:
    assert not is_json(text)


@pytest.mark.parametrize("text", ["9" * 5000, "1e999", '"\\ud83c"', " {} ", "[" * 100_000])
def test_what_json_allows_or_nobody_can_tell_is_not_held_against_it(text: str) -> None:
    assert is_json(text)


def test_half_a_character_is_kept_as_it_came() -> None:
    arguments = Arguments()
    arguments.add(CALL, '"\ud83c')
    arguments.add(CALL, '\udf19"')
    assert arguments.take(CALL)


def test_no_arguments_are_none_to_judge() -> None:
    arguments = Arguments()
    arguments.add(CALL, "")
    assert arguments.take(CALL)


def test_each_call_has_its_own_and_what_was_taken_is_gone() -> None:
    arguments = Arguments()
    arguments.add((0, 0), "{")
    arguments.add((0, 1), "{}")
    assert arguments.take((0, 1))
    assert not arguments.take((0, 0))
    assert arguments.take((0, 0))


def test_when_too_much_waits_nothing_is_judged_any_more() -> None:
    arguments = Arguments(room=4)
    arguments.add(CALL, "{{")
    arguments.add((0, 1), "{{{")
    arguments.add((0, 2), "{")
    assert arguments.take(CALL)
    assert arguments.take((0, 2))


def test_what_was_taken_makes_room() -> None:
    arguments = Arguments(room=2)
    for _ in range(3):
        arguments.add(CALL, "{{")
        assert not arguments.take(CALL)


def test_room_that_is_just_enough_is_enough() -> None:
    arguments = Arguments(room=2)
    arguments.add(CALL, "é")
    assert not arguments.take(CALL)
    arguments.add(CALL, "é!")
    assert arguments.take(CALL)


def test_what_waits_takes_room_until_it_is_taken() -> None:
    arguments = Arguments(room=3)
    arguments.add((0, 0), "{")
    arguments.add((0, 1), "{")
    assert not arguments.take((0, 1))
    arguments.add((0, 2), "{{")
    assert not arguments.take((0, 2))
    arguments.add((0, 3), "{{{")
    assert arguments.take((0, 0))


def test_a_fork_has_the_room_that_is_left_and_the_judgement_that_was_given_up() -> None:
    arguments = Arguments(room=3)
    arguments.add((0, 0), "{{")
    other = arguments.fork()
    other.add((0, 1), "{{")
    assert other.take((0, 1))
    assert not arguments.take((0, 0))
    assert other.fork().take((0, 0))


def test_a_fork_goes_on_apart() -> None:
    arguments = Arguments()
    arguments.add(CALL, "{")
    other = arguments.fork()
    other.add(CALL, "}")
    assert other.take(CALL)
    assert not arguments.take(CALL)
