"""A fake at the edge: a loopback server that writes exactly the bytes it is told, and ends as it is told."""

import asyncio
import socket
import struct
from collections.abc import AsyncIterator, Sequence
from contextlib import asynccontextmanager

GAP_S = 0.025
"""Between two writes: enough for loopback to hand them over as two reads."""
CHUNKED = (
    b"HTTP/1.1 200 OK\r\nContent-Type: text/event-stream;charset=utf-8\r\nTransfer-Encoding: chunked\r\n\r\n"
)


class Served:
    """What the server that was started last has seen."""

    last_request = b""
    connections = 0
    client_left: asyncio.Event


def chunked(*pieces: bytes, whole: bool = True) -> list[bytes]:
    """Head and pieces as they go over the wire, one write a piece."""
    framed = [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]
    return [CHUNKED, *framed, *([b"0\r\n\r\n"] if whole else [])]


def length(*pieces: bytes, promised: int) -> list[bytes]:
    """Head and pieces of a body of a length that is promised and may not be kept."""
    return [CHUNKED.replace(b"Transfer-Encoding: chunked", b"Content-Length: %d" % promised), *pieces]


PIECES = [b"data: \xd0", b"\x9f\n\n", b"data: two\n\n: ping\n\n", b"data: [DONE]\n\n"]

ENDINGS = {
    "whole": (chunked(*PIECES), "fin", "complete"),
    "kept alive": (chunked(*PIECES), "keep", "complete"),
    "no terminal event": (chunked(*PIECES[:-1]), "fin", "truncated"),
    "fin in a chunked body": (chunked(*PIECES[:-1], whole=False), "fin", "short"),
    "short of its length": (length(*PIECES[:-1], promised=999), "fin", "short"),
    "reset": (chunked(*PIECES[:-1], whole=False), "rst", "reset"),
    "close-delimited": (
        [CHUNKED.replace(b"Transfer-Encoding: chunked", b"Connection: close"), *PIECES],
        "fin",
        "complete",
    ),
    "stall": (chunked(*PIECES[:-1], whole=False), "stall", "timeout"),
}
"""What is served, how the server ends it, and the end that a tape says then, of an upstream that ends with [DONE]."""


@asynccontextmanager
async def served(
    writes: Sequence[bytes | asyncio.Event], *, then: str = "keep", gap_s: float = GAP_S
) -> AsyncIterator[str]:
    """The base URL of a server that answers every request with `writes`, then: keep, fin, rst or stall. Where
    an event stands, it waits for it. What still answers when the caller leaves is cut off: left behind, it would
    hold a socket that is found open in a later test, one that knows nothing of it.
    """
    answering: set[asyncio.Task[None] | None] = set()
    Served.client_left = asyncio.Event()
    Served.connections = 0

    async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
        Served.connections += 1
        answering.add(asyncio.current_task())
        try:
            while True:
                Served.last_request = await _request(reader)
                for step in writes:
                    await _take(step, writer, gap_s)
                if then != "keep":
                    break
            await _ENDINGS[then](reader, writer)
        except (ConnectionError, asyncio.IncompleteReadError, asyncio.CancelledError):
            pass
        finally:
            Served.client_left.set()
            writer.close()

    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    try:
        yield f"http://127.0.0.1:{server.sockets[0].getsockname()[1]}"
    finally:
        server.close()
        for task in answering:
            task.cancel()
        await asyncio.gather(*answering, return_exceptions=True)
        await asyncio.sleep(0)  # a closed transport lets go of its socket a turn later


async def _take(step: bytes | asyncio.Event, writer: asyncio.StreamWriter, gap_s: float) -> None:
    if isinstance(step, asyncio.Event):
        await step.wait()
        return
    writer.write(step)
    await writer.drain()
    await asyncio.sleep(gap_s)


async def _request(reader: asyncio.StreamReader) -> bytes:
    """One request with a Content-Length, or in chunks. Raises IncompleteReadError when the client has left."""
    head = await reader.readuntil(b"\r\n\r\n")
    lines = head.lower().split(b"\r\n")
    if b"transfer-encoding: chunked" in lines:
        return head + await reader.readuntil(b"0\r\n\r\n")
    length = next((line.split(b":")[1] for line in lines if line.startswith(b"content-length")), b"0")
    return head + await reader.readexactly(int(length))


async def _fin(_: asyncio.StreamReader, __: asyncio.StreamWriter) -> None:
    """Closing the writer is all there is to it."""


async def _stall(reader: asyncio.StreamReader, _: asyncio.StreamWriter) -> None:
    await reader.read()


async def _rst(_: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    raw = writer.get_extra_info("socket")
    raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
    writer.transport.abort()


_ENDINGS = {"fin": _fin, "rst": _rst, "stall": _stall}
