"""What follows what, and where role, finish and usage stand."""

from __future__ import annotations

import pytest

from harness.drift.chunks import Chunk, Kind
from harness.drift.notes import Notes
from harness.drift.order import label_of, look_at_order


def chunk(phase="text", text="", **said):
    plain = {"role": None, "finish": None, "choices": 1, "usage": False, "choice": 0, "stamps": (None,) * 3}
    return Chunk(Kind(phase, **(plain | said)), text, "")


ROLE = chunk("first", role="assistant")
A, B = chunk(text="a"), chunk(text="b")
STOP = chunk("finish", finish="stop")
USAGE = chunk("usage", usage=True, choices=0)


def seen(*chunks):
    notes = Notes()
    look_at_order(notes, list(chunks))
    found = notes.summary().tallies
    return {key[1] for key in found if key[0] == "fact"}, {key[1:] for key in found if key[0] == "pair"}


def test_an_ordinary_order():
    facts, pairs = seen(ROLE, A, B, STOP)
    assert facts == {"role-first", "finish", "usage-missing"}
    assert pairs == {
        ("start", "role"),
        ("role", "text"),
        ("text", "text"),
        ("text", "finish"),
        ("finish", "end"),
    }


@pytest.mark.parametrize(
    ("chunks", "fact"),
    [
        ([A, STOP], "role-not-first"),
        ([A, ROLE, STOP], "role-late"),
        ([ROLE, A, ROLE, STOP], "role-again"),
        ([chunk("first", "a", role="assistant"), STOP], "role-with-text"),
        ([ROLE, A], "finish-missing"),
        ([ROLE, A, STOP, STOP], "finish-again"),
        ([ROLE, chunk("finish", "a", finish="stop")], "finish-with-text"),
        ([ROLE, A, STOP, B], "text-after-finish"),
        ([ROLE, A, STOP, USAGE], "usage-after-finish"),
        ([ROLE, A, STOP, USAGE], "usage-alone"),
        ([ROLE, USAGE, A, STOP], "usage-before-finish"),
        ([ROLE, A, chunk("finish", finish="stop", usage=True)], "usage-with-finish"),
        ([ROLE, A, chunk("finish", finish="stop", usage=True)], "usage-with-choices"),
        ([ROLE, USAGE, A, USAGE], "usage-again"),
        ([ROLE, A, chunk("error")], "error-in-stream"),
    ],
)
def test_what_is_noteworthy_is_noted(chunks, fact):
    assert fact in seen(*chunks)[0]


def test_two_choices_may_each_end():
    other = chunk("finish", finish="stop", choice=1)
    assert "finish-again" not in seen(ROLE, A, STOP, other)[0]


def test_an_empty_chunk_among_texts_has_a_label_of_its_own():
    assert label_of(chunk()) == "empty"
    assert ("text", "empty") in seen(ROLE, A, chunk(), B, STOP)[1]
    assert label_of(chunk("tool", "a")) == "text+tool"


@pytest.mark.parametrize(
    ("chunks", "facts"),
    [
        ([ROLE, A, STOP], {"role-first", "finish", "usage-missing"}),
        ([A], {"role-not-first", "finish-missing", "usage-missing"}),
        ([ROLE, ROLE, STOP], {"role-first", "role-again", "finish", "usage-missing"}),
        ([A, ROLE, STOP], {"role-not-first", "role-late", "finish", "usage-missing"}),
        ([ROLE, STOP, USAGE], {"role-first", "finish", "usage", "usage-after-finish", "usage-alone"}),
        ([ROLE, USAGE, STOP], {"role-first", "finish", "usage", "usage-before-finish", "usage-alone"}),
        ([ROLE, USAGE], {"role-first", "finish-missing", "usage", "usage-before-finish", "usage-alone"}),
        (
            [ROLE, USAGE, chunk("finish", finish="stop", usage=True)],
            {"role-first", "finish", "usage", "usage-again", "usage-with-finish", "usage-with-choices"},
        ),
        (
            [ROLE, chunk("finish", finish="stop", usage=True), USAGE],
            {"role-first", "finish", "usage", "usage-again", "usage-after-finish", "usage-alone"},
        ),
        ([ROLE, STOP, STOP], {"role-first", "finish", "finish-again", "usage-missing"}),
        ([ROLE, STOP, A, STOP], {"role-first", "finish", "finish-again", "usage-missing"}),
        ([ROLE, STOP, A], {"role-first", "finish", "text-after-finish", "usage-missing"}),
        (
            [ROLE, STOP, chunk("finish", finish="stop", choice=1), A],
            {"role-first", "finish", "usage-missing"},
        ),
        (
            [chunk("first", "a", role="assistant"), chunk("finish", "b", finish="stop")],
            {"role-first", "role-with-text", "finish", "finish-with-text", "usage-missing"},
        ),
        (
            [chunk("text", "a"), chunk("error")],
            {"role-not-first", "finish-missing", "usage-missing", "error-in-stream"},
        ),
    ],
)
def test_every_fact_of_an_order_and_no_other(chunks, facts):
    assert seen(*chunks)[0] == facts


def test_the_reasons_of_all_ends_are_kept():
    notes = Notes()
    look_at_order(notes, [ROLE, STOP, chunk("finish", finish="length", choice=1)])
    assert notes.summary().words == {("finish-reason",): {"length": 1, "stop": 1}}


@pytest.mark.parametrize(
    ("of", "label"),
    [
        (chunk("error"), "error"),
        (chunk("error", "a"), "error+text"),
        (ROLE, "role"),
        (chunk("first", "a", role="assistant", finish="stop", usage=True), "role+text+finish+usage"),
        (chunk("tool"), "tool"),
        (USAGE, "usage"),
        (chunk("finish"), "empty"),
    ],
)
def test_what_a_chunk_brings(of, label):
    assert label_of(of) == label


def test_each_of_two_kinds_in_turn_has_its_own_label():
    kind = chunk(text="a").kind
    said = [
        Chunk(kind, "a", ""),
        Chunk(kind, "b", ""),
        Chunk(kind, "", ""),
        Chunk(kind, "", ""),
        Chunk(kind, "c", ""),
    ]
    assert seen(*said)[1] == {
        ("start", "text"),
        ("text", "text"),
        ("text", "empty"),
        ("empty", "empty"),
        ("empty", "text"),
        ("text", "end"),
    }
    assert seen(*said[:1], chunk("tool", "a"))[1] == {
        ("start", "text"),
        ("text", "text+tool"),
        ("text+tool", "end"),
    }
