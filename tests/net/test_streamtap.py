"""The tap of an httpx answer: the first piece is the caller's before it is noted, every later one is noted first."""

import pytest

from harness.cassette.ending import EndingWatch
from harness.net import streamtap
from harness.net.recorder import Recorder
from harness.net.streamtap import StreamTap
from harness.net.tap import WireEnd, head_of
from tests.net.test_recorder import Notes

CHUNKED = (b"Transfer-Encoding", b"chunked")


def tapped(*headers: tuple[bytes, bytes], method: str = "POST", status: int = 200) -> tuple[StreamTap, Notes]:
    notes = Notes()
    tap = StreamTap(Recorder(lambda: (notes, EndingWatch(None))), method=method)
    tap.answered(head_of(status, b"OK", headers, "1.1"))
    return tap, notes


def test_the_first_piece_is_noted_when_the_caller_comes_back():
    tap, notes = tapped(CHUNKED)
    tap.arrived(b"one")
    assert notes.pieces == []
    tap.caught_up()
    assert notes.pieces == [b"one"]


def test_later_pieces_are_noted_as_they_come():
    tap, notes = tapped(CHUNKED)
    tap.arrived(b"one")
    tap.caught_up()
    tap.arrived(b"two")
    assert notes.pieces == [b"one", b"two"]


def test_an_end_right_after_the_first_piece_loses_nothing():
    tap, notes = tapped(CHUNKED)
    tap.arrived(b"one")
    tap.over(WireEnd.RESET)
    tap.left()
    assert (notes.pieces, notes.end_said) == ([b"one"], "reset")


@pytest.mark.parametrize(
    ("headers", "method", "status", "came", "end"),
    [
        ([CHUNKED], "POST", 200, b"hello", "closed"),
        ([], "POST", 200, b"hello", "closed"),
        ([(b"Content-Length", b"5")], "POST", 200, b"hell", "closed"),
        ([(b"Content-Length", b"5")], "POST", 200, b"hello", "complete"),
        ([(b"content-length", b"five")], "POST", 200, b"hello", "closed"),
        ([(b"Content-Length", b"5")], "HEAD", 200, b"", "complete"),
        ([(b"Content-Length", b"5")], "GET", 304, b"", "complete"),
    ],
    ids=["chunked", "close-delimited", "short of its length", "all of it", "no length", "HEAD", "304"],
)
def test_whoever_leaves_missed_something_or_nothing_as_the_framing_says(headers, method, status, came, end):
    tap, notes = tapped(*headers, method=method, status=status)
    if came:
        tap.arrived(came)
    tap.left()
    assert notes.end_said == end


def test_times_count_from_the_last_step_of_sending_and_not_from_connecting(monkeypatch):
    now = [10.0]
    monkeypatch.setattr(streamtap.time, "perf_counter", lambda: now[0])
    times: list[float] = []
    notes = Notes()
    notes.piece = lambda at_ms, data: times.append(at_ms)
    tap = StreamTap(Recorder(lambda: (notes, EndingWatch(None))), method="POST")
    for now[0], event in (
        (11.0, "connection.connect_tcp.complete"),
        (12.0, "http11.send_request_headers.complete"),
        (13.0, "http11.send_request_body.complete"),
        (14.0, "http11.receive_response_headers.complete"),
    ):
        tap.traced(event)
    tap.answered(head_of(200, b"OK", [CHUNKED], "1.1"))
    tap.arrived(b"one")
    tap.caught_up()
    assert times == [1000.0]


def test_a_tap_whose_recording_failed_holds_nothing_up():
    def fail():
        raise OSError(28, "No space left on device")

    recorder = Recorder(fail)
    tap = StreamTap(recorder, method="POST")
    tap.answered(head_of(200, b"OK", [CHUNKED], "1.1"))
    tap.arrived(b"one")
    tap.caught_up()
    tap.arrived(b"two")
    tap.over(WireEnd.CLEAN)
    assert isinstance(recorder.failure, OSError)
