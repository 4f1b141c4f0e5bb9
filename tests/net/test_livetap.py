"""The tap hands every read on first, and gives the connection back as it was."""

import asyncio

import pytest

from harness.cassette.ending import EndingWatch
from harness.errors import CassetteError
from harness.net.livetap import LiveTap
from harness.net.recorder import Recorder
from tests.net.test_recorder import Notes

ANSWER = b"HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n"


class Client:
    """What aiohttp's handler is to the tap: something that takes data and writes to its transport."""

    def __init__(self, transport: "Wire") -> None:
        self.transport = transport
        self.got: list[bytes] = []

    def data_received(self, data: bytes) -> None:
        self.got.append(data)

    def eof_received(self) -> None:
        self.got.append(b"<eof>")

    def connection_lost(self, error: BaseException | None) -> None:
        self.got.append(b"<lost>")


class Wire(asyncio.Transport):
    """A transport that keeps what is written."""

    def __init__(self) -> None:
        super().__init__()
        self.written: list[bytes] = []
        self.protocol: asyncio.BaseProtocol | None = None
        self.closed = False

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def write(self, data: bytes) -> None:
        self.written.append(data)

    def close(self) -> None:
        self.closed = True


def tapped() -> tuple[Wire, Client, Notes, LiveTap]:
    wire, notes = Wire(), Notes()
    client = Client(wire)
    tap = LiveTap(client, Recorder(lambda: (notes, EndingWatch(None))), method="GET")
    client.transport.write(b"GET / HTTP/1.1\r\n\r\n")
    return wire, client, notes, tap


async def test_the_first_read_is_with_the_caller_before_it_is_noted():
    wire, client, notes, _ = tapped()
    wire.protocol.data_received(ANSWER + b"he")
    assert client.got == [ANSWER + b"he"]
    assert notes.pieces == []
    await asyncio.sleep(0)
    assert notes.pieces == [b"he"]


async def test_later_reads_are_noted_before_the_caller_can_act():
    wire, _, notes, _ = tapped()
    wire.protocol.data_received(ANSWER)
    await asyncio.sleep(0)
    wire.protocol.data_received(b"hel")
    assert notes.pieces == [b"hel"]


async def test_when_the_answer_is_whole_the_connection_is_as_it_was():
    wire, client, notes, _ = tapped()
    assert client.transport is not wire
    wire.protocol.data_received(ANSWER + b"hello")
    await asyncio.sleep(0)
    assert notes.end_said == "complete"
    assert wire.protocol is client
    assert client.transport is wire


async def test_two_reads_before_the_first_turn_stay_two_pieces():
    wire, _, notes, _ = tapped()
    wire.protocol.data_received(ANSWER + b"he")
    wire.protocol.data_received(b"llo")
    await asyncio.sleep(0)
    assert notes.pieces == [b"he", b"llo"]


async def test_closing_in_the_same_turn_loses_nothing():
    wire, client, notes, _ = tapped()
    wire.protocol.data_received(ANSWER + b"he")
    client.transport.close()
    assert (notes.pieces, notes.end_said, wire.closed) == ([b"he"], "closed", True)


async def test_an_answer_that_comes_before_the_request_is_whole_is_no_journey_back_in_time():
    wire, client, notes, _ = tapped()
    wire.protocol.data_received(ANSWER + b"he")
    client.transport.write(b"the rest of the request")
    await asyncio.sleep(0)
    client.transport.write(b"and its end")
    wire.protocol.data_received(b"llo")
    assert 0 <= notes.times[0] <= notes.times[1] <= notes.end_ms


async def test_what_a_client_closes_on_is_noted_with_all_that_came_before_it():
    wire, client, notes, _ = tapped()
    wire.protocol.data_received(ANSWER.replace(b"Content-Length: 5", b"Transfer-Encoding: chunked"))
    await asyncio.sleep(0)
    client.data_received = lambda data: client.transport.close()
    wire.protocol.data_received(b"2\r\nhe\r\nZZ\r\n")
    assert (notes.pieces, notes.end_said, wire.closed) == ([b"he"], "short", True)
    assert notes.broke_a_chunk


async def test_how_long_a_client_waits_on_after_a_broken_chunk_is_noted_once():
    wire, _, notes, tap = tapped()
    wire.protocol.data_received(ANSWER.replace(b"Content-Length: 5", b"Transfer-Encoding: chunked"))
    wire.protocol.data_received(b"2\r\nhe\r\nZZ\r\n")
    assert tap.broke_a_chunk
    broken_ms = notes.end_ms
    await asyncio.sleep(0.02)
    tap.given_back()
    gave_up_ms = notes.end_ms
    assert gave_up_ms >= broken_ms + 15
    tap.stop()
    assert notes.end_ms == gave_up_ms


async def test_a_whole_answer_ended_when_it_ended_however_late_its_connection_is_given_back():
    wire, _, notes, tap = tapped()
    wire.protocol.data_received(ANSWER + b"hello")
    await asyncio.sleep(0)
    ended_ms = notes.end_ms
    await asyncio.sleep(0.01)
    tap.given_back()
    assert notes.end_ms == ended_ms


@pytest.mark.parametrize("has_read", [False, True], ids=["a client that cannot either", "a client that can"])
async def test_a_head_that_cannot_be_read_is_a_failure_where_the_client_says_nothing(has_read):
    wire, notes = Wire(), Notes()
    client, recorder = Client(wire), Recorder(lambda: (notes, EndingWatch(None)))
    LiveTap(client, recorder, method="GET")
    client._payload = object() if has_read else None
    wire.protocol.data_received(b"ICY 200 OK\r\n\r\n")
    await asyncio.sleep(0)
    assert notes.end_said == ""
    assert isinstance(recorder.failure, CassetteError) == has_read


async def test_a_time_out_in_flight_is_why_the_client_closes():
    wire, client, notes, _ = tapped()
    wire.protocol.data_received(ANSWER + b"he")
    try:
        raise TimeoutError
    except TimeoutError:
        client.transport.close()
    assert notes.end_said == "timeout"


async def test_putting_the_cassette_away_ends_an_open_exchange_and_gives_the_connection_back():
    wire, client, notes, tap = tapped()
    wire.protocol.data_received(ANSWER + b"he")
    tap.stop()
    assert notes.end_said == "closed"
    assert wire.protocol is client


async def test_a_lost_connection_is_told_to_both():
    wire, client, notes, _ = tapped()
    wire.protocol.data_received(ANSWER + b"he")
    wire.protocol.connection_lost(None)
    assert client.got[-1] == b"<lost>"
    assert notes.end_said == "short"
