"""Strategies for whole cassettes: every value a file may hold, the awkward ones often."""

from __future__ import annotations

import itertools
from urllib.parse import urlsplit

from hypothesis import strategies as st

from harness.cassette.frames import Frame
from harness.cassette.model import Cassette, End, Interaction, Request, Response, Source, StreamRecord

AWKWARD = [
    "\n",
    "\r",
    "\r\n",
    "\x85",
    "\u2028",
    "\u2029",
    "\ufeff",
    "\t",
    " ",
    "  ",
    "\x00",
    "\x7f",
    "\x1b",
    "\ufffe",
]
SPECIAL = [
    *"'\"\\:#-?&*!|>%@`{}[],=~",
    "🙂",
    "Привет",
    "é",
    "\U0010ffff",
    "data: ",
    ": ",
    " #",
    "---",
    "...",
    "<<",
    "yes",
]
WORDS = [
    "null",
    "~",
    "true",
    "no",
    "0x1f",
    "1_000",
    "12:30:45",
    "1e3",
    ".inf",
    "2026-11-22",
    "=",
    "- a",
    "? b",
    "*a",
    "&a",
]

texts = st.one_of(
    st.text(st.characters(exclude_categories=["Cs"]), max_size=30),
    st.lists(st.sampled_from([*AWKWARD, *SPECIAL, "a", "b"]), max_size=12).map("".join),
    st.sampled_from(WORDS),
)
bodies = st.one_of(texts.map(str.encode), st.binary(max_size=40))
lines = texts.map(lambda text: text.translate({0: None, 10: None, 13: None}))
tokens = st.text("abcXYZ019-_!#$%&'*+.^`|~", min_size=1, max_size=12)
headers = st.dictionaries(tokens, st.lists(lines, min_size=1, max_size=3), max_size=4).map(
    lambda found: tuple((name, value) for name, values in found.items() for value in values)
)
times = st.one_of(
    st.floats(0, 1e6).map(lambda ms: round(ms, 1)),
    st.floats(0, 1e308),
    st.sampled_from([0.0, 5e-324, 1e-5, 1e22]),
)


def is_address(text: str) -> bool:
    try:
        return urlsplit(text) is not None
    except ValueError:
        return False


def frames_of(body: bytes) -> st.SearchStrategy[tuple[Frame, ...]]:
    """Frames that add up to the body; sometimes, as after a hand edit, they do not."""
    cuts = st.lists(st.integers(0, len(body)), max_size=6).map(lambda found: sorted({0, len(body), *found}))
    sizes = cuts.map(lambda found: [end - start for start, end in itertools.pairwise(found)])
    loose = st.lists(st.integers(0, 1000), max_size=5)
    return st.one_of(sizes, sizes, loose).flatmap(
        lambda found: st.lists(times, min_size=len(found), max_size=len(found)).map(
            lambda moments: tuple(Frame(ms, size) for ms, size in zip(sorted(moments), found, strict=True))
        )
    )


def streams_of(body: bytes) -> st.SearchStrategy[StreamRecord]:
    return st.builds(
        StreamRecord,
        frames=frames_of(body),
        end=st.sampled_from(End),
        end_ms=times,
        recorded_at=st.none() | st.just("2026-11-22T12:00:00Z") | lines,
        upstream=st.none() | st.just("vitalentum"),
        source=st.none() | st.sampled_from(Source),
        recorded_from=st.none() | lines,
        http_version=st.none() | lines,
        content_encoding=st.none() | st.just("gzip"),
        broken_chunk_ms=st.none() | times,
        digest=st.none() | lines,
    )


requests = st.builds(
    Request, method=tokens, uri=lines.filter(is_address), headers=headers, body=st.none() | bodies
)
responses = bodies.flatmap(
    lambda body: st.builds(
        Response, st.integers(100, 999), lines, headers, st.just(body), st.none() | streams_of(body)
    )
)
interactions = st.builds(Interaction, requests, responses)
cassettes = st.lists(interactions, max_size=3).map(tuple).map(Cassette)
