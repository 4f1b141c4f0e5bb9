"""Chunks that differ in their text only are read the short way; what is seen must be what the long way sees."""

from __future__ import annotations

import json
import random

import pytest

from harness.drift import chunks
from harness.drift.notes import Notes
from harness.drift.stream import look_at_stream, texts_of
from harness.upstreams import get_upstream
from tests.drift.corpus import Style, documents, write

UPSTREAM = get_upstream("vitalentum")
HARD = [
    *(
        "a",
        "b",
        "",
        "c",
        '"',
        "\\",
        "\\n",
        "\n",
        "\u2028",
        "\x7f",
        "é",
        "😀",
        "data: x",
        "[DONE]",
    ),
    *(
        "assistant",
        "stop",
        "chat.completion.chunk",
        '","finish_reason":"stop',
        "\x00",
        "\t",
        " ",
        "null",
        "content",
    ),
]


def looked_at(body, monkeypatch, patience):
    monkeypatch.setattr(chunks, "PATIENCE", patience)
    notes = Notes()
    return look_at_stream(notes, UPSTREAM, body), notes.summary()


@pytest.mark.parametrize("seed", range(40))
@pytest.mark.parametrize("ascii_only", [False, True], ids=["utf-8", "escaped"])
def test_the_short_way_sees_what_the_long_way_sees(seed, ascii_only, monkeypatch):
    rng = random.Random(seed)
    texts = rng.choices(HARD, k=rng.randint(1, 30))
    body = write(documents(rng, Style(usage=seed % 2 == 0), texts))
    if ascii_only:
        lines = [line[6:] for line in body.decode().split("\n") if line.startswith("data: {")]
        body = (
            "".join(f"data: {json.dumps(json.loads(line))}\n\n" for line in lines).encode()
            + b"data: [DONE]\n\n"
        )
    assert looked_at(body, monkeypatch, 0) == looked_at(body, monkeypatch, 8)


@pytest.mark.parametrize("text", [r"\ud800", r"\ud83d\ude00", r"\q", r"\u12", "a\tb"])
def test_a_string_that_is_hard_to_read_is_read_the_same_way(text, monkeypatch):
    body = write(documents(random.Random(1), Style(lengths=False), [" a", " b", " QQ", " d"]))
    body = body.replace(b" QQ", text.encode())
    assert looked_at(body, monkeypatch, 8) == looked_at(body, monkeypatch, 0)


def test_an_ordinary_stream_is_read_the_short_way(monkeypatch):
    taken = []
    monkeypatch.setattr(chunks, "parse_json", lambda text: taken.append(text) or json.loads(text))
    body = write(documents(random.Random(1), Style(lengths=False), [f" word{n}" for n in range(50)]))
    chunks.read_stream(Notes(), UPSTREAM, body, texts_of(UPSTREAM))
    assert len(taken) == 4  # the first, one text, another word in its place, and the last


@pytest.mark.parametrize("change", [{"id": "x"}, {"created": 1}, {"n": None}])
def test_a_chunk_that_differs_elsewhere_is_looked_at(change, monkeypatch):
    made = documents(random.Random(1), Style(lengths=False), [" a", " b", " c", " d"])
    made[4] |= change
    body = write(made)
    assert looked_at(body, monkeypatch, 8) == looked_at(body, monkeypatch, 0)


def test_a_body_past_all_limits_has_no_chunks():
    assert chunks.events_of(UPSTREAM, b"data: " + b"x" * 50_000_000) == ([], b"")
