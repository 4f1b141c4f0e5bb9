"""Each way a reply can go wrong has its own name, and what came before stays said."""

import itertools
import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.clients.replies import ReplyReader, is_stream, refuse_answer
from harness.errors import ChunkError, NotAStreamError, ReplyError, StatusError, TruncatedError
from harness.upstreams.registry import get_upstream

VITALENTUM = get_upstream("vitalentum")
DONE = b"data: [DONE]\n\n"


def chunk(content=None, finish=None, **more) -> bytes:
    delta = {} if content is None else {"content": content}
    document = {"choices": [{"index": 0, "delta": delta, "finish_reason": finish}], **more}
    return b"data: " + json.dumps(document, ensure_ascii=False).encode() + b"\n\n"


def read(*pieces: bytes, cause: BaseException | None = None) -> list[str]:
    reader, texts = ReplyReader(VITALENTUM), []
    for piece in pieces:
        texts += reader.feed(piece)
    reader.close(cause)
    return texts


REPLY = chunk("") + chunk("Привет") + chunk(", 🙂") + chunk(finish="stop") + DONE


@given(st.lists(st.integers(0, len(REPLY)), max_size=8))
def test_cuts_change_no_text(places):
    edges = [0, *sorted(places), len(REPLY)]
    pieces = [REPLY[a:b] for a, b in itertools.pairwise(edges)]
    assert "".join(read(*pieces)) == "Привет, 🙂"


def test_nothing_is_said_after_the_terminal_event():
    assert read(chunk("a") + DONE + chunk("b")) == ["a"]


def test_a_finish_reason_is_enough_even_when_the_connection_breaks_after_it():
    assert read(chunk("a") + chunk(finish="stop")) == ["a"]
    assert read(chunk("a") + chunk(finish="length"), cause=ConnectionResetError()) == ["a"]


@pytest.mark.parametrize("end", range(1, len(REPLY)))
def test_a_cut_at_any_byte_is_truncated_or_whole_and_never_more(end):
    said = []
    reader = ReplyReader(VITALENTUM)
    said += reader.feed(REPLY[:end])
    assert "Привет, 🙂".startswith("".join(said))
    if b'"stop"' in REPLY[:end] and REPLY[:end].rfind(b"\n\n") >= REPLY.index(b'"stop"'):
        reader.close()
    else:
        with pytest.raises(TruncatedError):
            reader.close()


def test_a_bare_json_error_is_told_in_the_services_words():
    body = json.dumps({"error": {"message": "Rate limit reached", "type": "requests"}}, indent=4).encode()
    with pytest.raises(ReplyError, match="Rate limit reached") as caught:
        read(body[:7], body[7:])
    assert caught.value.status == 200


def test_an_error_inside_the_stream_comes_after_the_text_before_it():
    reader = ReplyReader(VITALENTUM)
    said = []
    with pytest.raises(ReplyError, match="overloaded"):
        for text in reader.feed(chunk("so far") + b'data: {"error": {"message": "overloaded"}}\n\n'):
            said.append(text)  # what came before the error is what is looked at
    assert said == ["so far"]


def test_a_body_without_events_is_no_stream():
    with pytest.raises(NotAStreamError, match="no event stream") as caught:
        read(b"<html>Checking your browser</html>")
    assert "Checking your browser" in caught.value.excerpt


def test_an_empty_body_is_truncated():
    with pytest.raises(TruncatedError):
        read()


@pytest.mark.parametrize("data", [b"data: {broken\n\n", b"data: [1]\n\n", b'data: {"choices": 1}\n\n'])
def test_data_that_is_no_chunk_names_its_event(data):
    with pytest.raises(ChunkError) as caught:
        read(chunk("a"), data)
    assert caught.value.event == 2


def test_a_chunk_without_choices_in_it_says_nothing():
    assert read(b'data: {"choices": []}\n\n' + chunk("a") + DONE) == ["a"]


def test_one_chunk_in_several_data_lines_is_one_chunk():
    assert read(b'data: {"choices": [{"index": 0,\ndata: "delta": {"content": "a"}}]}\n\n' + DONE) == ["a"]


def test_a_last_event_without_its_blank_line_is_named_in_the_error():
    with pytest.raises(TruncatedError) as caught:
        read(chunk("a") + b"data: [DONE]")
    assert "[DONE]" in caught.value.found


def test_an_event_of_two_megabytes_is_ordinary():
    assert read(chunk("x" * 2_000_000), DONE) == ["x" * 2_000_000]


def test_other_choices_are_not_mixed_in():
    second = b'data: {"choices": [{"index": 1, "delta": {"content": "b"}}]}\n\n'
    assert read(chunk("a") + second + DONE) == ["a"]


@pytest.mark.parametrize(
    ("status", "kind", "stream"),
    [
        (200, "text/event-stream", True),
        (200, "text/event-stream;charset=utf-8", True),
        (200, "Text/Event-Stream; charset=utf-8", True),
        (200, "application/json", False),
        (200, "", False),
        (204, "text/event-stream", False),
        (429, "text/event-stream", False),
    ],
)
def test_status_and_type_announce_a_stream(status, kind, stream):
    assert is_stream(VITALENTUM, status, {"Content-Type": kind}) is stream


@pytest.mark.parametrize(
    ("status", "kind", "body", "error", "words"),
    [
        (429, "application/json", b'{"message":"slow down"}', StatusError, "slow down"),
        (500, "text/html", b"<html>oops</html>", StatusError, "oops"),
        (400, "application/json", b'{"message":"Invalid conversation"}', StatusError, "Invalid conversation"),
        (200, "application/json", b'{"error":{"message":"no key"}}', ReplyError, "no key"),
        (200, "text/html", b"<title>Just a moment</title>", NotAStreamError, "Just a moment"),
        (200, "text/html", b"", NotAStreamError, "an empty body"),
    ],
)
def test_an_answer_that_is_no_stream_is_refused_with_its_words(status, kind, body, error, words):
    with pytest.raises(error, match=words) as caught:
        refuse_answer(VITALENTUM, status, {"Content-Type": kind, "Retry-After": "7"}, body)
    assert caught.value.status == status


def test_retry_after_is_handed_on():
    with pytest.raises(StatusError) as caught:
        refuse_answer(VITALENTUM, 429, {"Retry-After": "7"}, b"")
    assert caught.value.retry_after == "7"
    assert "Retry-After: 7" in str(caught.value)
