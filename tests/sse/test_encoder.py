"""Events to bytes: the mirror, golden bytes, and refusals in words."""

import json
from pathlib import Path

import pytest

from harness.errors import UsageError
from harness.sse import Event, SSEParser, encode, encode_comment, encode_event
from harness.sse.fields import RETRY_DIGITS

VECTORS = [
    case
    for path in sorted((Path(__file__).parents[1] / "vectors/sse").glob("*.json"))
    for case in json.loads(path.read_text("utf-8"))["cases"]
    if case["events"]
]


@pytest.mark.parametrize("case", VECTORS, ids=lambda case: case["name"])
def test_what_was_parsed_can_be_encoded_and_parsed_again(case):
    events = [Event(**event) for event in case["events"]]
    seed = case.get("last_event_id_before", "")
    assert SSEParser(last_event_id=seed).feed(encode(events, last_event_id=seed)) == events


@pytest.mark.parametrize(
    ("event", "written"),
    [
        (Event("a"), b"data: a\n\n"),
        (Event(""), b"data: \n\n"),
        (Event("a\nb\n"), b"data: a\ndata: b\ndata: \n\n"),
        (Event(" a"), b"data:  a\n\n"),
        (Event("a", "add"), b"event: add\ndata: a\n\n"),
        (Event("a", id="1"), b"id: 1\ndata: a\n\n"),
        (Event("a", retry=0), b"retry: 0\ndata: a\n\n"),
        (Event("é", "b", "c", 5), b"event: b\nid: c\nretry: 5\ndata: \xc3\xa9\n\n"),
        (Event("a\0", "b\0"), b"event: b\0\ndata: a\0\n\n"),
    ],
    ids=repr,
)
def test_an_event_is_written_so(event, written):
    assert encode_event(event) == written


def test_an_id_is_written_where_it_changes():
    events = [Event("a", id="1"), Event("b", id="1"), Event("c"), Event("d"), Event("e", id="1")]
    assert encode(events) == b"id: 1\ndata: a\n\ndata: b\n\nid: \ndata: c\n\ndata: d\n\nid: 1\ndata: e\n\n"


def test_an_id_that_the_stream_starts_with_is_not_written_again():
    assert encode([Event("a", id="1")], last_event_id="1") == b"data: a\n\n"
    assert encode_event(Event("a"), last_event_id="1") == b"id: \ndata: a\n\n"


def test_no_events_are_no_bytes():
    assert encode([]) == encode(iter(())) == b""


def test_a_comment_is_a_block_of_its_own():
    assert encode_comment("ping") == b": ping\n\n"
    assert encode_comment("") == b": \n\n"
    assert encode_comment("a\nb") == b": a\n: b\n\n"


ILLEGAL = {
    "CR in data": (Event("a\rb"), "data", "U+000D at offset 1"),
    "CRLF in data": (Event("ab\r\nc"), "data", "U+000D at offset 2"),
    "a lone surrogate in data": (Event("\ud800"), "data", "U+D800 at offset 0"),
    "data that is no text": (Event(b"a"), "data", "bytes"),
    "an empty type": (Event("a", ""), "event", "nothing"),
    "LF in a type": (Event("a", "b\n"), "event", "U+000A at offset 1"),
    "CR in a type": (Event("a", "\rb"), "event", "U+000D at offset 0"),
    "a lone surrogate in a type": (Event("a", "b\udfff"), "event", "U+DFFF at offset 1"),
    "NUL in an id": (Event("a", id="1\0"), "id", "U+0000 at offset 1"),
    "LF in an id": (Event("a", id="1\n"), "id", "U+000A at offset 1"),
    "CR in an id": (Event("a", id="1\r"), "id", "U+000D at offset 1"),
    "a lone surrogate in an id": (Event("a", id="\udc00"), "id", "U+DC00 at offset 0"),
    "a negative time": (Event("a", retry=-1), "retry", None),
    "a time that is no integer": (Event("a", retry=1.5), "retry", None),
    "a time that is a truth": (Event("a", retry=True), "retry", None),
    "a time that no parser reads": (Event("a", retry=10**RETRY_DIGITS), "retry", None),
}


@pytest.mark.parametrize(("event", "field", "found"), ILLEGAL.values(), ids=ILLEGAL)
def test_what_no_stream_can_carry_is_refused(event, field, found):
    with pytest.raises(UsageError) as refused:
        encode([Event("fine"), Event("fine"), event])
    assert (refused.value.where, refused.value.found) == (f"events[2].{field}", found)
    with pytest.raises(UsageError) as refused:
        encode_event(event)
    assert refused.value.where == f"event.{field}"


def test_the_refusal_in_full():
    with pytest.raises(UsageError) as refused:
        encode([Event("secret\r")])
    assert str(refused.value) == (
        "A stream cannot carry this data.\n"
        "  where: events[0].data\n"
        "  expected: text without CR; an LF starts a new data line\n"
        "  found: U+000D at offset 6"
    )


@pytest.mark.parametrize("text", ["a\rb", "\ud800", 5], ids=repr)
def test_a_comment_that_no_stream_can_carry_is_refused(text):
    with pytest.raises(UsageError, match="cannot carry this text"):
        encode_comment(text)
