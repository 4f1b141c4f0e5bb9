"""Answers speak the prompt's language and name its topic; their pieces lose nothing."""

from __future__ import annotations

import random

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.upstreams.vitalentum.standin.talk import (
    ENGLISH,
    RUSSIAN,
    TOPIC,
    Dice,
    answer,
    language_of,
    pieces,
    topic_of,
)


def dice(seed: int = 0) -> Dice:
    return random.Random(seed).random


@given(st.text())
def test_pieces_joined_are_the_text(text: str) -> None:
    assert "".join(pieces(text)) == text


@given(st.text())
def test_no_piece_is_empty(text: str) -> None:
    assert all(pieces(text))


@given(st.text(), st.integers())
def test_every_prompt_gets_an_answer(prompt: str, seed: int) -> None:
    assert answer(prompt, dice(seed))


@given(st.text())
def test_a_topic_is_one_short_line(prompt: str) -> None:
    topic = topic_of(prompt)

    assert 0 < len(topic) <= TOPIC + 1
    assert len(topic.splitlines()) == 1


@pytest.mark.parametrize(
    ("prompt", "language"),
    [
        ("How are you?", ENGLISH),
        ("Как дела?", RUSSIAN),
        ("Что такое SSE и зачем оно?", RUSSIAN),
        ("What does «привет» mean in English?", ENGLISH),
        ("你好", ENGLISH),
        ("", ENGLISH),
    ],
)
def test_the_language_is_that_of_most_letters(prompt: str, language: object) -> None:
    assert language_of(prompt) is language


def test_an_answer_names_the_topic() -> None:
    assert "“Why is the sky blue”" in answer("Why is the\nsky blue?", dice())


def test_a_russian_prompt_gets_a_russian_answer() -> None:
    said = answer("Почему небо синее?", dice())

    assert "Почему небо синее" in said
    assert language_of(said.replace("Почему небо синее", "")) is RUSSIAN


def test_a_long_topic_is_cut_at_a_word() -> None:
    assert (
        topic_of("please tell me at length about tides and the moons")
        == "please tell me at length about tides and the…"
    )


def test_an_answer_repeats_no_thought() -> None:
    said = answer("", dice(), thoughts=len(ENGLISH.thoughts))

    assert all(said.count(thought) == 1 for thought in ENGLISH.thoughts)


def test_words_keep_the_space_before_them() -> None:
    assert pieces("One, two  extraordinary!") == ["One", ",", " two", "  extrao", "rdinar", "y", "!"]
