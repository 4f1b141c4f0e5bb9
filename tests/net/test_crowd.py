"""Who is let in, who is refused in words, who without: by the number of the connection's descriptor."""

import asyncio
import resource
import subprocess
import sys
from types import SimpleNamespace

import pytest

from harness.net.crowd import IN_WORDS, RESERVE, Door, room

MOST = 100


class Caller(asyncio.Transport):
    """A connection with a descriptor of that number; keeps what happens to it."""

    def __init__(self, descriptor: int) -> None:
        super().__init__({"socket": SimpleNamespace(fileno=lambda: descriptor)})
        self.protocol: asyncio.BaseProtocol | None = None
        self.heard: list[bytes] = []

    def set_protocol(self, protocol: asyncio.BaseProtocol) -> None:
        self.protocol = protocol

    def write(self, data: bytes) -> None:
        self.heard.append(data)

    def write_eof(self) -> None:
        self.heard.append(b"<eof>")

    def abort(self) -> None:
        self.heard.append(b"<rst>")


class Server(asyncio.Protocol):
    """The server's own protocol."""

    def connection_made(self, transport: asyncio.BaseTransport) -> None:
        self.transport = transport


def at_the_door(descriptor: int) -> Caller:
    caller = Caller(descriptor)
    Door(Server, most=MOST).connection_made(caller)
    return caller


async def test_while_there_is_room_the_connection_is_the_servers():
    caller = at_the_door(MOST - 1)
    assert isinstance(caller.protocol, Server)
    assert caller.protocol.transport is caller


@pytest.mark.parametrize("descriptor", [MOST, MOST + IN_WORDS - 1])
async def test_then_a_request_is_answered_once_with_503(descriptor):
    caller = at_the_door(descriptor)
    assert caller.heard == []
    caller.protocol.data_received(b"POST / HTTP/1.1\r\n")
    caller.protocol.data_received(b"\r\n")
    said, end = caller.heard
    assert said.startswith(b"HTTP/1.1 503 ")
    assert end == b"<eof>"
    caller.protocol.connection_lost(None)


async def test_who_is_refused_and_stays_is_put_out(monkeypatch):
    monkeypatch.setattr("harness.net.crowd.REFUSING_S", 0.01)
    caller = at_the_door(MOST)
    await asyncio.sleep(0.05)
    assert caller.heard == [b"<rst>"]


async def test_beyond_that_nobody_is_heard():
    assert at_the_door(MOST + IN_WORDS).heard == [b"<rst>"]


def test_the_last_descriptors_are_kept_back():
    most, _ = resource.getrlimit(resource.RLIMIT_NOFILE)
    assert room() == most - RESERVE


@pytest.mark.parametrize(("most", "at_most", "allowed"), [(64, 128, 128), (128, 128, 128)])
def test_a_process_can_have_all_that_it_may_have(most, at_most, allowed):
    code = (
        "from resource import *; from harness.net.crowd import make_room\n"
        f"setrlimit(RLIMIT_NOFILE, ({most}, {at_most})); make_room(); print(getrlimit(RLIMIT_NOFILE)[0])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert int(done.stdout) == allowed
