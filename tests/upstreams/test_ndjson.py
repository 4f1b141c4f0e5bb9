"""Lines of JSON: cuts never matter, nothing is lost at a limit, and a line that lacks only its end is a line."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.errors import LimitError, UsageError
from harness.fuzz.strategies import cuts
from harness.sse import Event
from harness.sse.limits import MAX_LINE, MAX_STREAM
from harness.upstreams.ndjson import NDJSONParser, split_ndjson

VALUES = st.recursive(st.none() | st.booleans() | st.integers() | st.text(), st.lists, max_leaves=5)
OBJECTS = st.dictionaries(st.text(max_size=3), VALUES, max_size=3)
BREAKS = st.sampled_from(["\n", "\r\n", "\n\n", " \n", "\t\r\n\n"])
STREAMS = st.lists(st.tuples(OBJECTS.map(lambda value: json.dumps(value, ensure_ascii=False)), BREAKS)).map(
    lambda lines: "".join(text + end for text, end in lines).encode("utf-8", "surrogatepass")
) | st.binary(max_size=40)


def outcome(pieces, **limits):
    """Events, what is left, and the limit that was met with its place."""
    parser, events, limit = NDJSONParser(**limits), [], None
    try:
        for piece in pieces:
            events += parser.feed(piece)
        events += parser.close()
    except LimitError as error:
        limit = (error.limit, error.where)
    return events, parser.pending, limit


@given(STREAMS, st.data())
def test_cuts_never_change_what_a_stream_comes_to(stream, data):
    assert outcome(data.draw(cuts(stream))) == outcome([stream])


@given(STREAMS, st.data(), st.integers(1, 20), st.integers(1, 60))
def test_cuts_never_move_a_limit(stream, data, line, whole):
    limits = {"max_line": line, "max_stream": whole}
    assert outcome(data.draw(cuts(stream)), **limits) == outcome([stream], **limits)


@given(st.lists(OBJECTS, max_size=5), BREAKS)
def test_what_is_written_a_line_each_is_read_back(objects, end):
    stream = "".join(json.dumps(value) + end for value in objects).encode()
    events, pending, limit = outcome([stream])
    assert [json.loads(event.data) for event in events] == objects
    assert (pending, limit) == (b"", None)


@given(st.binary(max_size=60))
def test_any_bytes_give_events_and_never_a_stray_error(data):
    events, _, _ = outcome([data])
    assert all(event.event == "message" and event.data.strip(" \t") for event in events)


@given(STREAMS)
def test_the_pieces_of_a_split_are_its_events_and_join_to_the_stream(stream):
    pieces = split_ndjson(stream)
    assert b"".join(pieces) == stream
    parser = NDJSONParser()
    assert all(len(parser.feed(piece)) == 1 for piece in pieces[:-1])


def test_a_line_end_within_a_character_or_after_cr_is_told_apart():
    stream = '{"a":"ä\u2028\x85"}\r\n{"b":"\\r"}\n'.encode()
    assert [event.data for event in outcome([stream])[0]] == ['{"a":"ä\u2028\x85"}', '{"b":"\\r"}']


def test_a_cr_within_a_line_ends_nothing():
    assert outcome([b'{"a":\r1}\n'])[0] == [Event('{"a":\r1}')]


def test_a_line_of_white_space_that_json_does_not_know_is_an_event():
    assert outcome([b"\x0c\n"])[0] == [Event("\x0c")]


def test_malformed_utf_8_becomes_the_replacement_character():
    assert outcome([b'{"a":"\xff"}\n'])[0] == [Event('{"a":"\ufffd"}')]


def test_a_byte_order_mark_at_the_start_is_passed_over_and_elsewhere_not():
    mark = b"\xef\xbb\xbf"
    assert [event.data for event in outcome([mark + b"{}\n" + mark + b"{}\n"])[0]] == ["{}", "\ufeff{}"]


@pytest.mark.parametrize("rest", [b'{"done":true}', b'{"done":true}\r', b' {"done":true} '])
def test_a_last_line_that_lacks_only_its_end_is_given_at_the_close(rest):
    events, pending, _ = outcome([b"{}\n", rest])
    assert (json.loads(events[-1].data), pending) == ({"done": True}, b"")


@given(OBJECTS.map(lambda value: json.dumps(value).encode()), st.data())
def test_a_last_line_that_is_cut_is_never_given(line, data):
    part = line[: data.draw(st.integers(0, len(line) - 1))]
    assert outcome([part]) == ([], part, None)


def test_events_before_a_limit_are_not_lost():
    parser = NDJSONParser(max_line=4)
    assert parser.feed(b"{}\n{} xyz\n") == [Event("{}")]
    with pytest.raises(LimitError, match="byte 7 of the stream") as caught:
        parser.feed(b"{}\n")
    assert "NDJSONParser(max_line=...)" in str(caught.value)


@pytest.mark.parametrize(("name", "words"), [("max_line", "one line"), ("max_stream", "a whole stream")])
def test_the_refusal_at_a_limit_says_how_much_is_allowed(name, words):
    parser = NDJSONParser(**{name: 4})
    with pytest.raises(LimitError) as caught:
        parser.feed(b"{} xyz\n")
    assert caught.value.at_most == 4
    assert f"{words} of at most 4 bytes" in str(caught.value)


def test_a_line_may_be_as_long_as_its_limit_with_its_end():
    assert outcome([b"{}\n"], max_line=3) == ([Event("{}")], b"", None)
    assert outcome([b"{}\n"], max_line=2)[2] == ("max_line", "byte 2 of the stream")


def test_a_closed_parser_takes_nothing_more():
    parser = NDJSONParser()
    parser.close()
    with pytest.raises(UsageError, match="closed"):
        parser.feed(b"{}\n")


@pytest.mark.parametrize("limits", [{"max_line": 0}, {"max_stream": "8"}])
def test_a_limit_is_a_number_of_bytes(limits):
    with pytest.raises(UsageError, match="number of bytes"):
        NDJSONParser(**limits)


def test_refusals_in_full():
    parser = NDJSONParser()
    with pytest.raises(UsageError) as text:
        parser.feed("{}\n")
    assert str(text.value) == (
        "feed takes bytes, not str.\n  help: hand over the bytes as they came; the parser decodes them itself"
    )
    parser.close()
    with pytest.raises(UsageError) as closed:
        parser.feed(b"{}\n")
    assert str(closed.value) == "The parser is closed.\n  help: make a new NDJSONParser for each stream"


def test_the_default_limits_are_those_of_event_streams():
    assert NDJSONParser().feed(b"0" * (MAX_LINE - 1) + b"\n")
    with pytest.raises(LimitError, match="max_line"):
        NDJSONParser().feed(b"0" * MAX_LINE + b"\n")
    parser = NDJSONParser()
    for _ in range(MAX_STREAM // 2**22):
        parser.feed(b" " * (2**22 - 1) + b"\n")
    with pytest.raises(LimitError, match="max_stream"):
        parser.feed(b"0")


def test_a_limit_that_was_met_is_told_again_and_ever_after():
    parser = NDJSONParser(max_line=4)
    for call in (lambda: parser.feed(b"{} xyz\n"), lambda: parser.feed(b""), parser.close):
        with pytest.raises(LimitError, match="byte 4 of the stream"):
            call()
    assert parser.pending == b"{} x"


def test_a_blank_rest_is_nothing_pending():
    assert outcome([b"{}\n \t\r"]) == ([Event("{}")], b"", None)


def test_what_a_mark_stands_before_is_a_line_at_the_close_too():
    assert outcome([b"\xef\xbb\xbf{}"])[0] == [Event("{}")]


def test_a_closed_parser_gives_its_last_line_once():
    parser = NDJSONParser()
    parser.feed(b"{}")
    assert parser.close() == [Event("{}")]
    assert parser.close() == []


@pytest.mark.parametrize(
    ("stream", "pieces"),
    [
        (b"", []),
        (b"{}\n{}\n", [b"{}\n", b"{}\n"]),
        (b"\n \r\n{}\n\n\n{}", [b"\n \r\n{}\n", b"\n\n{}"]),
        (b"\x0c\n{}\n", [b"\x0c\n", b"{}\n"]),
        (b"{}\n\n \n", [b"{}\n", b"\n \n"]),
    ],
)
def test_blank_lines_stay_with_the_line_behind_them(stream, pieces):
    assert split_ndjson(stream) == pieces


def test_text_is_refused():
    with pytest.raises(UsageError, match="feed takes bytes, not str"):
        NDJSONParser().feed("{}\n")
