"""Laws of the event-stream room: what holds for every stream, every event and every cut."""

from __future__ import annotations

import tracemalloc
from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple
from unittest.mock import patch

import pytest
from hypothesis import example, given
from hypothesis import strategies as st

from harness.errors import LimitError, UsageError
from harness.fuzz.strategies import cuts, sse_streams
from harness.sse import Event, SSEParser, encode, encode_comment, encode_event, parser, split_events
from harness.sse.fields import interpret
from harness.sse.lines import BOM
from harness.sse.shortcut import plain_events
from tests.laws import oracle

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

CARRIED = st.characters(exclude_categories=["Cs"], exclude_characters="\r")
LINE = st.characters(exclude_categories=["Cs"], exclude_characters="\r\n")
IDS = st.text(LINE).filter(lambda text: "\0" not in text)
EVENTS = st.builds(
    Event,
    data=st.text(CARRIED),
    event=st.just("message") | st.text(LINE, min_size=1),
    id=st.sampled_from(["", "1"]) | IDS,
    retry=st.none() | st.integers(min_value=0),
)
"""Every event that a stream can carry."""

STREAMS = sse_streams() | st.binary(max_size=60) | st.lists(EVENTS, max_size=5).map(encode)


class Outcome(NamedTuple):
    """All that a parser tells of a stream."""

    events: list[Event]
    last_event_id: str
    retry: int | None
    pending: bytes
    limit: str | None = None


def outcome(pieces: Iterable[bytes], **settings: int | str | None) -> Outcome:
    reader = SSEParser(**settings)
    events: list[Event] = []
    limit = None
    try:
        for piece in pieces:
            events += reader.feed(piece)
        events += reader.close()
    except LimitError as error:
        limit = error.limit
    return Outcome(events, reader.last_event_id, reader.retry, reader.pending, limit)


@given(STREAMS, st.data())
def test_cuts_never_change_what_a_stream_comes_to(stream: bytes, data: st.DataObject) -> None:
    assert outcome(data.draw(cuts(stream))) == outcome([stream])


@given(STREAMS, st.text(LINE, max_size=3))
def test_a_parser_written_from_the_prose_comes_to_the_same(stream: bytes, seed: str) -> None:
    ours, theirs = outcome([stream], last_event_id=seed), oracle.parse(stream, seed)
    assert ours[:3] == (theirs.events, theirs.last_event_id, theirs.reconnection_time)


@given(st.binary())
def test_malformed_utf_8_decodes_as_the_standard_says(data: bytes) -> None:
    assert data.decode("utf-8", "replace") == oracle.utf8_decode_without_bom(data)


@given(st.lists(EVENTS), IDS, st.data())
def test_encode_then_parse_is_the_identity(events: list[Event], seed: str, data: st.DataObject) -> None:
    stream = encode(events, last_event_id=seed)
    told = outcome(data.draw(cuts(stream)), last_event_id=seed)
    assert (told.events, told.pending) == (events, b"")


@given(EVENTS, IDS)
def test_one_event_is_encoded_as_in_a_list(event: Event, seed: str) -> None:
    assert encode_event(event, last_event_id=seed) == encode([event], last_event_id=seed)


@given(st.lists(EVENTS))
def test_an_id_line_is_written_only_where_the_id_changes(events: list[Event]) -> None:
    ids = ["", *(event.id for event in events)]
    changes = sum(before != after for before, after in pairwise(ids))
    assert sum(line.startswith(b"id: ") for line in encode(events).split(b"\n")) == changes


@given(
    st.lists(EVENTS), st.sampled_from(["data", "event", "id"]), st.sampled_from(["\r", "\ud800", "\udfff"])
)
def test_what_no_stream_can_carry_is_refused_by_its_index(
    events: list[Event], field: str, illegal: str
) -> None:
    wrong = Event(**{"data": "", field: f"x{illegal}y"})
    with pytest.raises(UsageError) as refused:
        encode([*events, wrong])
    assert refused.value.where == f"events[{len(events)}].{field}"


@given(st.text(CARRIED), EVENTS)
def test_a_comment_changes_no_event_around_it(text: str, event: Event) -> None:
    stream = encode_comment(text) + encode_event(event) + encode_comment(text)
    assert outcome([stream])[:4] == ([event], event.id, event.retry, b"")


@given(sse_streams(max_size=5) | st.binary(max_size=30))
def test_every_prefix_gives_a_prefix_of_the_events_and_knows_that_it_is_cut(stream: bytes) -> None:
    events = outcome([stream]).events
    for end in range(len(stream) + 1):
        told = outcome([stream[:end]])
        assert told.events == events[: len(told.events)]
        assert told.pending == oracle.unfinished(stream[:end])


@given(STREAMS)
@example(b"x\n\xef\xbb\xbf\n\n")
@example(b"\xef\xbb\xbf\n\n")
def test_split_events_keeps_every_byte_and_every_event(stream: bytes) -> None:
    pieces = split_events(stream)
    assert b"".join(pieces) == stream
    assert outcome(pieces) == outcome([stream])
    assert [outcome([piece]).pending for piece in pieces[:-1]] == [b""] * len(pieces[:-1])


@given(STREAMS, IDS)
@example(b"data: \r\n\n", "")
@example(b"data: x\r\n\rdata: y\n\n", "")
def test_the_fast_path_gives_the_same_events_or_none(stream: bytes, seed: str) -> None:
    for start in range(len(split_events(stream))):
        blocks = b"".join(split_events(stream)[start:]).removeprefix(BOM)
        whole = blocks[: len(blocks) - len(oracle.unfinished(blocks))]
        fast, slow = plain_events(whole, len(whole), seed), interpret(whole or b"\n", seed, None)
        assert fast in ([], slow.events)
        assert not fast or slow[1:] == (seed, None)


@given(st.lists(st.text(LINE, min_size=1), min_size=1), st.sampled_from(["\n", "\r\n"]))
def test_the_fast_path_takes_every_plain_stream(texts: list[str], end: str) -> None:
    stream = "".join(f"data: {text}{end}{end}" for text in texts).encode()
    assert [event.data for event in plain_events(stream, len(stream), "")] == texts


@given(st.lists(st.text(LINE, min_size=1), min_size=1), st.integers(0, 1 << 30), st.data())
def test_the_fast_path_leaves_a_plain_stream_that_any_byte_has_been_put_into(
    texts: list[str], at: int, data: st.DataObject
) -> None:
    end = data.draw(st.sampled_from([b"\n", b"\r\n"]))
    stream = b"".join(b"data: %b" % text.encode() + end + end for text in texts)
    byte = data.draw(st.sampled_from([b"\n", b"\r", b":", b" "]))
    bent = stream[: at % len(stream)] + byte + stream[at % len(stream) :]
    whole = bent[: len(bent) - len(oracle.unfinished(bent))]
    assert plain_events(whole, len(whole), "") in ([], oracle.parse(whole).events)


class Breach(NamedTuple):
    at: int
    limit: str | None


def first_breach(stream: bytes, limits: dict[str, int]) -> Breach:
    """The first byte that is one too many, counted byte by byte in the manner of the oracle."""
    line = event = 0
    for at in range(len(stream)):
        sizes = {"max_event": event, "max_line": line, "max_stream": at}
        over = [name for name, size in sizes.items() if size >= limits.get(name, len(stream))]
        if over:
            return Breach(at, over[0])
        event = len(oracle.unfinished(stream[: at + 1]))
        line = 0 if event == 0 or stream[at] in b"\r\n" else line + 1
    return Breach(len(stream), None)


LIMITS = st.dictionaries(
    st.sampled_from(["max_line", "max_event", "max_stream"]), st.integers(1, 40), min_size=1
)


NEAR = st.sampled_from([1, 3, 256])
"""How near to a limit the parser begins to look at every byte."""


@given(STREAMS, LIMITS, NEAR, st.data())
def test_any_bytes_give_events_or_the_named_limit(
    stream: bytes, limits: dict[str, int], near: int, data: st.DataObject
) -> None:
    breach = first_breach(stream, limits)
    with patch.object(parser, "_LOOSE", near):
        told = outcome(data.draw(cuts(stream)), **limits)
    assert told.limit == breach.limit
    assert told.events == oracle.parse(stream[: breach.at]).events


@given(STREAMS, LIMITS, NEAR, st.data())
def test_a_limit_is_noticed_with_the_first_byte_that_is_one_too_many(
    stream: bytes, limits: dict[str, int], near: int, data: st.DataObject
) -> None:
    reader, breach, seen = SSEParser(**limits), first_breach(stream, limits), 0
    with patch.object(parser, "_LOOSE", near), pytest.raises((LimitError, EOFError)):
        for piece in data.draw(cuts(stream)):
            seen += len(piece)
            if not reader.feed(piece):
                assert seen <= breach.at
        raise EOFError
    assert len(reader.pending) <= limits.get("max_event", len(stream))


@given(STREAMS, st.sampled_from([bytes, bytearray, memoryview]), st.data())
def test_any_kind_of_bytes_is_as_good(stream: bytes, kind: type, data: st.DataObject) -> None:
    pieces = data.draw(cuts(stream))
    assert outcome(kind(piece) for piece in pieces) == outcome(pieces)


@given(STREAMS)
def test_a_buffer_may_be_used_again_after_a_feed(stream: bytes) -> None:
    def overwritten() -> Iterator[bytearray]:
        buffer = bytearray(1)
        for byte in stream:
            buffer[0] = byte
            yield buffer

    assert outcome(overwritten()) == outcome([stream])


ENDLESS = {
    "one line": lambda size: b"data: " + b"x" * size,
    "one event of many lines": lambda size: b"data: x\n" * (size // 8),
    "one event of CRLF lines": lambda size: b"data: x\r\n" * (size // 9),
    "many small events": lambda size: b"data: x\n\n" * (size // 9),
    "many odd events": lambda size: b"id:\ndata:x\n\n" * (size // 12),
    "nothing but line ends": lambda size: b"\n" * size,
    "nothing but comments": lambda size: b":\n\n" * (size // 3),
}
each_endless = pytest.mark.parametrize("shape", ENDLESS)


@pytest.fixture
def work(monkeypatch: pytest.MonkeyPatch) -> Counter[str]:
    """How many bytes each function of the parser was handed, and each buffer was made from or grew by."""
    count: Counter[str] = Counter()

    class Buffer(bytearray):
        def __init__(self, data: bytes = b"") -> None:
            count["made"] += len(data)
            super().__init__(data)

        def __iadd__(self, data: bytes) -> Buffer:
            count["grown"] += len(data)
            return super().__iadd__(data)

    monkeypatch.setattr(parser, "bytearray", Buffer, raising=False)
    for name in ("end_of_blocks", "end_of_lines", "plain_events", "interpret"):
        monkeypatch.setattr(parser, name, _counted(getattr(parser, name), name, count))
    return count


def _counted(function, name: str, count: Counter[str]):
    def counting(data: bytes, *rest: object) -> object:
        count[name] += len(data)
        return function(data, *rest)

    return counting


@each_endless
@pytest.mark.parametrize("piece", [1, 7, 1024])
@pytest.mark.parametrize(
    "limits", [{}, {"max_event": 1 << 16}, {"max_line": 32}], ids=["far", "near", "tight"]
)
def test_the_bytes_looked_at_are_a_few_times_the_bytes_fed(work, shape, piece, limits):
    stream = ENDLESS[shape](1 << 16)
    outcome([stream[at : at + piece] for at in range(0, len(stream), piece)] + [b"\n\n"], **limits)
    assert sum(work.values()) <= 6 * len(stream) + 1024


@each_endless
@pytest.mark.parametrize("piece", [1, 1024])
def test_memory_is_a_few_times_the_unfinished_event(shape, piece):
    stream = ENDLESS[shape](1 << 17)
    reader = SSEParser()
    tracemalloc.start()
    try:
        for at in range(0, len(stream), piece):
            reader.feed(stream[at : at + piece])
        peak = tracemalloc.get_traced_memory()[1]
    finally:
        tracemalloc.stop()
    assert peak <= 3 * len(reader.pending) + (1 << 17)
