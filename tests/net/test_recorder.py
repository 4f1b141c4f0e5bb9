"""A recorder adds the meaning of the ending, and its failures are its own."""

import pytest

from harness.cassette.ending import EndingWatch
from harness.net.recorder import Recorder
from harness.net.tap import Head, WireEnd
from harness.upstreams.registry import get_upstream

STREAM = Head(200, "OK", (("Content-Type", "text/event-stream"),), "1.1", "")
CHUNK = b'data: {"choices":[{"index":0,"delta":{"content":"a"}}]}\n\n'
DONE = b"data: [DONE]\n\n"


class Notes:
    """A take that writes nothing to a disk."""

    last_ms = 0.0

    def __init__(self) -> None:
        self.pieces: list[bytes] = []
        self.times: list[float] = []
        self.end_said = ""

    def head(self, status, reason, headers, **_) -> None:
        self.status = status

    def piece(self, at_ms, data) -> None:
        self.pieces.append(data)
        self.times.append(at_ms)

    def end(self, end, end_ms, *, broken_chunk=False) -> None:
        self.end_said, self.end_ms, self.broke_a_chunk = str(end), end_ms, broken_chunk

    def waited(self, until_ms) -> None:
        self.end_ms = until_ms


def recorded(*pieces: bytes, how: WireEnd = WireEnd.CLEAN, head: Head = STREAM) -> Notes:
    take = Notes()
    recorder = Recorder(lambda: (take, EndingWatch(get_upstream("vitalentum"))))
    recorder.head(head)
    for piece in pieces:
        recorder.piece(0.0, piece)
    recorder.over(how, 1.0)
    return take


@pytest.mark.parametrize(
    ("pieces", "how", "end"),
    [
        ([CHUNK, DONE], WireEnd.CLEAN, "complete"),
        ([CHUNK, DONE[:4], DONE[4:]], WireEnd.CLEAN, "complete"),
        ([CHUNK], WireEnd.CLEAN, "truncated"),
        ([CHUNK, DONE[:-1]], WireEnd.CLEAN, "truncated"),
        ([CHUNK, DONE], WireEnd.CLOSED, "complete"),
        ([CHUNK, DONE], WireEnd.TIMEOUT, "complete"),
        ([CHUNK], WireEnd.CLOSED, "closed"),
        ([CHUNK], WireEnd.TIMEOUT, "timeout"),
        ([CHUNK, DONE], WireEnd.RESET, "reset"),
        ([CHUNK], WireEnd.SHORT, "short"),
        ([CHUNK], WireEnd.BROKEN_CHUNK, "short"),
        ([CHUNK, DONE], WireEnd.BROKEN_CHUNK, "short"),
        ([b'{"error":{"message":"no key"}}'], WireEnd.CLEAN, "complete"),
        ([CHUNK, b'data: {"error":{"message":"overloaded"}}\n\n'], WireEnd.CLEAN, "complete"),
        ([b"<html>"], WireEnd.CLEAN, "truncated"),
        ([], WireEnd.CLEAN, "truncated"),
    ],
)
def test_completeness_comes_from_the_protocol(pieces, how, end):
    assert recorded(*pieces, how=how).end_said == end


@pytest.mark.parametrize("how", WireEnd)
def test_a_take_is_told_of_a_broken_chunk_and_of_nothing_else(how):
    assert recorded(CHUNK, how=how).broke_a_chunk is (how is WireEnd.BROKEN_CHUNK)


@pytest.mark.parametrize(
    "head", [STREAM._replace(status=429), STREAM._replace(headers=(("Content-Type", "application/json"),))]
)
def test_an_answer_that_is_no_stream_is_complete_when_it_is_whole(head):
    assert recorded(b'{"message":"slow down"}', head=head).end_said == "complete"


def test_a_stream_of_nobody_we_know_is_complete_when_it_is_whole():
    take = Notes()
    recorder = Recorder(lambda: (take, EndingWatch(None)))
    recorder.head(STREAM)
    recorder.over(WireEnd.CLEAN, 1.0)
    assert take.end_said == "complete"


def test_the_first_failure_is_kept_and_ends_the_recording():
    recorder = Recorder(lambda: (Notes(), EndingWatch(None)))
    recorder.attempt(lambda: 1 / 0)
    recorder.attempt(lambda: pytest.fail("nothing is tried after a failure"))
    assert isinstance(recorder.failure, ZeroDivisionError)


def test_a_failure_in_the_middle_ends_the_exchange_as_a_crash_and_not_as_the_callers_leaving():
    take = Notes()
    recorder = Recorder(lambda: (take, EndingWatch(None)))
    recorder.attempt(lambda: recorder.head(STREAM))
    recorder.attempt(lambda: 1 / 0)
    assert take.end_said == "crash"


def test_without_an_answer_nothing_is_begun():
    recorder = Recorder(lambda: pytest.fail("no answer came"))
    recorder.over(WireEnd.RESET, 1.0)
    recorder.waited(2.0)
