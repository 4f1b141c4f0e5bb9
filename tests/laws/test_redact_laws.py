"""What holds for every secret, in every place, however it is split: nothing of it is left, and nothing else
is touched.
"""

from __future__ import annotations

import base64
import json
from pathlib import Path
from urllib.parse import quote

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.known import is_telling
from harness.cassette.redact import Redactor
from harness.cassette.scan import scan

VECTORS = Path(__file__).parent.parent / "vectors" / "redact"
SHAPES = json.loads((VECTORS / "shapes.json").read_text())["shapes"]
PLACES = json.loads((VECTORS / "places.json").read_text())["places"]
CLEAN = json.loads((VECTORS / "clean.json").read_text())["bodies"]


def escaped(text: str, times: int) -> str:
    for _ in range(times):
        text = json.dumps(text)[1:-1]
    return text


def body_with(shape: dict, place: dict, split: int) -> bytes:
    """The place, with the token in two parts that meet at *split*."""
    token = shape["head"] + shape["secret"]
    parts = [escaped(part, place["escapes"]) for part in (token[:split], token[split:])]
    return (place["before"] + parts[0] + place["between"] + parts[1] + place["after"]).encode()


def redacted(body: bytes, sizes: list[int] | None = None) -> bytes:
    """The body through a stream redactor, in pieces of these sizes; the pieces that come out have the same
    sizes.
    """
    pieces, start = [], 0
    for size in sizes or []:
        pieces.append(body[start : start + size])
        start += size
    pieces.append(body[start:])
    stream = Redactor().stream()
    out = [done for piece in pieces for done in stream.feed(piece)] + stream.close()
    assert [len(piece) for piece in out] == [len(piece) for piece in pieces]
    return b"".join(out)


def texts_of(body: bytes) -> list[str]:
    """All that a reader of the body can put together: the source, and the strings under each key of each
    choice, joined.
    """
    joined: dict[object, str] = {}
    for line in body.decode().splitlines():
        content = line.partition("data: ")[2] or line
        try:
            collect(json.loads(content), (), joined)
        except ValueError:
            joined["text"] = joined.get("text", "") + content
    return [body.decode(), *joined.values()]


def collect(value: object, path: tuple[object, ...], joined: dict[object, str]) -> None:
    if isinstance(value, str):
        joined[path] = joined.get(path, "") + value
    elif isinstance(value, dict):
        for key, item in value.items():
            joined["keys"] = joined.get("keys", "") + key
            collect(item, (*path, key), joined)
    elif isinstance(value, list):
        for number, item in enumerate(value):
            collect(item, (*path, item.get("index", number) if isinstance(item, dict) else number), joined)


def is_json(text: str) -> bool:
    try:
        return json.loads(text) is not None
    except ValueError:
        return False


def data_lines(body: bytes) -> list[str]:
    return [line.partition("data: ")[2] or line for line in body.decode().splitlines()]


def fits(shape: dict, place: dict) -> bool:
    return not (place.get("single_line") and "\n" in shape["secret"])


CASES = [
    pytest.param(shape, place, id=f"{shape['kind']} in {place['name']}")
    for shape in SHAPES
    for place in PLACES
    if fits(shape, place)
]


@pytest.mark.parametrize(("shape", "place"), CASES)
def test_no_secret_is_left_wherever_it_is_split(shape, place):
    tells = [
        part for line in shape["secret"].split("\n") for part in (line[:10], line[-10:]) if len(part) == 10
    ]
    for split in range(len(shape["head"] + shape["secret"]) + 1):
        body = body_with(shape, place, split)
        out = redacted(body)
        assert len(out) == len(body)
        assert [is_json(line) for line in data_lines(out)] == [is_json(line) for line in data_lines(body)]
        assert not [tell for text in texts_of(out) for tell in tells if tell in text], split
        assert scan(out) == []
        assert redacted(out) == out


@pytest.mark.parametrize(("shape", "place"), [case for case in CASES if case.values[1]["between"]])
def test_no_secret_is_left_when_every_character_comes_by_itself(shape, place):
    token = shape["head"] + shape["secret"]
    body = (
        place["before"]
        + place["between"].join(escaped(char, place["escapes"]) for char in token)
        + place["after"]
    )
    out = redacted(body.encode())
    assert not [
        line[:10]
        for text in texts_of(out)
        for line in shape["secret"].split("\n")
        if line and line[:10] in text
    ]
    assert scan(out) == []


@given(st.data())
def test_a_known_value_is_found_in_every_spelling(data):
    alphabet = st.characters(
        exclude_categories=["Cs"], min_codepoint=33, max_codepoint=0x500
    ) | st.sampled_from('"\\/+=<>&%')
    value = data.draw(st.text(alphabet, min_size=8, max_size=30).filter(is_telling), label="value")
    spell = data.draw(st.sampled_from(SPELLINGS), label="spelling")
    around = data.draw(st.sampled_from(["", "a", "ab", "abc"]), label="before")
    body = f"data: {json.dumps({'content': spell(around, value)})}\n\n".encode()
    stream = Redactor(values=[value]).stream()
    out = b"".join(stream.feed(body) + stream.close())
    left = json.loads(out[6:])["content"]
    assert "*" in left or "*" in value
    assert value not in left
    assert len(out) == len(body)


SPELLINGS = [
    lambda before, value: f"{before}{value} after",
    lambda before, value: f"{before} {json.dumps(value)}",
    lambda before, value: f"{before}?key={quote(value, '')}",
    lambda before, value: base64.b64encode(f"{before}{value}after".encode()).decode(),
    lambda before, value: base64.urlsafe_b64encode(f"{before}{value}".encode()).decode(),
    lambda before, value: f"{before}:{value.encode().hex()}",
]


@pytest.mark.parametrize("clean", CLEAN, ids=lambda case: case["name"])
def test_a_clean_body_is_not_touched(clean):
    body = clean["text"].encode()
    assert redacted(body) == body
    assert redacted(body, [1] * len(body)) == body
    assert scan(body) == []


@given(st.data())
def test_how_a_body_is_cut_changes_nothing(data):
    shape, place = data.draw(st.sampled_from([case.values for case in CASES]), label="case")
    split = data.draw(st.integers(0, len(shape["head"] + shape["secret"])), label="split")
    clean = data.draw(st.sampled_from(CLEAN), label="around")["text"].encode()
    body = clean + b"\n\n" + body_with(shape, place, split) + b"\n\n" + clean
    sizes = data.draw(st.lists(st.integers(1, 80), max_size=60), label="sizes")
    assert redacted(body, sizes) == redacted(body)


@given(st.binary(max_size=200), st.lists(st.integers(1, 20), max_size=30))
def test_any_bytes_keep_their_length_and_do_not_depend_on_the_cut(body, sizes):
    assert redacted(body, sizes) == redacted(body)
    assert len(redacted(body)) == len(body)


@given(
    st.recursive(
        st.none() | st.text(max_size=20),
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=8), inner, max_size=3),
        max_leaves=8,
    )
)
def test_json_stays_json(value):
    body = f"data: {json.dumps(value)}\n\n".encode()
    assert redacted(body) == body
