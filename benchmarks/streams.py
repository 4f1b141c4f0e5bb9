"""Odd streams as data, and the loopback server that writes them: which bytes, in which writes, after which
pauses, and how the connection ends.

    python benchmarks/streams.py            serves them; prints its port

`GET` or `POST /...?stream=NAME` is answered with the stream of that name. One entry of `writes` is one write
to the socket, so with pauses between them one write is one read of the client.
"""

from __future__ import annotations

import asyncio
import gzip
import itertools
import json
import socket
import struct
import sys
import zlib
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import parse_qs, urlsplit

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

GAP = 0.012
"""Seconds between two writes where a stream says nothing else: enough to keep two reads apart."""

SILENCE_S = 5.0
"""How long a stream that stalls stays silent; the clients give up earlier."""


class Stream(NamedTuple):
    """One answer. `framing`: chunked, length (of `promised` bytes) or close. `ending`: clean, fin (close without
    saying that the body is whole), reset, stall."""

    name: str
    writes: tuple[bytes, ...]
    gaps: tuple[float, ...] = (GAP,)
    """Seconds before each write, the last one repeated; the pause before the ending is one more."""
    framing: str = "chunked"
    ending: str = "clean"
    status: str = "200 OK"
    headers: tuple[str, ...] = ("Content-Type: text/event-stream",)
    promised: int | None = None
    before: bytes = b""
    """Sent before the status line."""
    rubbish: bytes = b""
    """Sent raw after the last write."""
    extension: bytes = b""
    """A chunk extension, after each chunk's size."""


# Making bodies ---------------------------------------------------------------------


def chunk(text: str | None = None, *, finish: str | None = None, index: int = 0) -> dict[str, object]:
    choice = {"index": index, "delta": {} if text is None else {"content": text}, "finish_reason": finish}
    return {
        "id": "chatcmpl-7",
        "object": "chat.completion.chunk",
        "created": 1700000000,
        "model": "gpt-3.5-turbo",
        "choices": [choice],
    }


def event(data: object, *, end: str = "\n", field: str = "data: ") -> bytes:
    text = data if isinstance(data, str) else json.dumps(data, ensure_ascii=False, separators=(",", ":"))
    return f"{field}{text}{end}{end}".encode()


WORDS = [
    "Once",
    "upon",
    "a",
    "time",
    "there",
    "was",
    "a",
    "stream",
    "that",
    "nobody",
    "could",
    "keep",
    "whole",
]
CHUNKS = [*(chunk(f"{word} ") for word in WORDS), chunk(finish="stop")]
EVENTS = (*map(event, CHUNKS), event("[DONE]"))
FOREIGN = tuple(event(chunk(text)) for text in ("Привет", "你好，", "世界", "naïve", "👩‍👩‍👧", "🇺🇦", "𝄞"))


def cut(body: bytes, size: int) -> tuple[bytes, ...]:
    return tuple(body[start : start + size] for start in range(0, len(body), size))


def cut_inside_characters(events: Iterable[bytes]) -> tuple[bytes, ...]:
    """Every write ends one byte before the end of the event's last character of several bytes."""
    body = b"".join(events)
    ends = [i for i in range(1, len(body)) if body[i] & 0xC0 == 0x80 and body[i + 1] & 0xC0 != 0x80]
    return tuple(body[a:b] for a, b in itertools.pairwise([0, *ends, len(body)]))


def deflated(events: Iterable[bytes], wbits: int) -> tuple[bytes, ...]:
    """Each event compressed and flushed, the end of the compressed stream with the last one."""
    squeeze = zlib.compressobj(wbits=wbits)
    parts = [squeeze.compress(each) + squeeze.flush(zlib.Z_SYNC_FLUSH) for each in events]
    return (*parts[:-1], parts[-1] + squeeze.flush())


def ended(end: str) -> tuple[bytes, ...]:
    return tuple(event(data, end=end) for data in (*CHUNKS, "[DONE]"))


def coded(name: str) -> tuple[str, ...]:
    return ("Content-Type: text/event-stream", f"Content-Encoding: {name}")


def of_type(kind: str, *more: str) -> tuple[str, ...]:
    return (f"Content-Type: {kind}", *more)


BODY = b"".join(EVENTS)
ERROR = b'{"error":{"message":"Rate limit reached","type":"requests","code":"rate_limit_exceeded"}}'
PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking</body></html>\n"
MULTI_LINE = "\ndata: ".join(json.dumps(chunk("lines"), indent=1).split("\n"))
TWO = [chunk(f"{word} ", index=n % 2) for n, word in enumerate(WORDS)]
USAGE = {**chunk(), "choices": [], "usage": {"prompt_tokens": 9, "completion_tokens": 13, "total_tokens": 22}}
JITTER = (0.005, 0.09, 0.01, 0.004, 0.06, 0.02, 0.13, 0.005, 0.045, 0.03)

STREAMS = (
    # cuts and times
    Stream("plain", EVENTS),
    Stream("jitter", EVENTS[:10] + EVENTS[-2:], gaps=JITTER),
    Stream("utf8_cuts", cut_inside_characters((*FOREIGN, EVENTS[-1]))),
    Stream("coalesced", tuple(b"".join(EVENTS[n : n + 5]) for n in range(0, len(EVENTS), 5))),
    Stream("odd_137", cut(BODY, 137)),
    Stream("one_byte", cut(b"".join(FOREIGN[:1]), 1)[-70:], gaps=(0.008,)),
    Stream("cut_in_crlf", cut(b"".join(ended("\r\n")[:3]), 1)[-40:], gaps=(0.008,)),
    Stream("many", tuple(event(chunk(str(n))) for n in range(150)), gaps=(0.008,)),
    Stream("big_event", cut(event(chunk("x" * 1_000_000)), 16_000) + EVENTS[-1:], gaps=(0.01,)),
    Stream("slow_start", EVENTS[-5:], gaps=(0.3, GAP)),
    Stream(
        "keep_alives", (b": ping\n\n", *EVENTS[:2], b": ping\n\n", b":\n\n", *EVENTS[-2:]), gaps=(0.08, GAP)
    ),
    # the event stream's own ways
    Stream("comments", tuple(itertools.chain(*((b": note\n", each) for each in EVENTS[-6:])))),
    Stream("crlf", ended("\r\n")),
    Stream("cr", ended("\r")),
    Stream("bom", (b"\xef\xbb\xbf" + EVENTS[0], *EVENTS[1:])),
    Stream("multi_line", (event(MULTI_LINE), *EVENTS[-3:])),
    Stream(
        "fields", (b"retry: 250\nid: 1\nevent: message\n" + EVENTS[0], b"id: 2\n" + EVENTS[1], *EVENTS[-2:])
    ),
    Stream("no_space", tuple(event(data, field="data:") for data in (*CHUNKS, "[DONE]"))),
    Stream("blank_lines", (b"\n\n\n", EVENTS[0], b"\n\n", *EVENTS[-2:], b"\n")),
    # what chat upstreams say
    Stream("usage", (*EVENTS[:-1], event(USAGE), EVENTS[-1])),
    Stream("two_choices", (*map(event, TWO), EVENTS[-1])),
    Stream("finish_length", (*EVENTS[:4], event(chunk(finish="length")), EVENTS[-1])),
    Stream("malformed", (*EVENTS[:3], b'data: {"choices":[{"delta":{"cont\n\n', *EVENTS[-2:])),
    Stream("error_event", (*EVENTS[:3], b"event: error\n" + event(ERROR.decode()))),
    Stream("no_done", EVENTS[:-1]),
    Stream("truncated", EVENTS[:6]),
    Stream("cut_in_event", (*EVENTS[:5], EVENTS[5][:40])),
    Stream("after_done", (*EVENTS, EVENTS[0], b": bye\n\n")),
    # bytes that are no text
    Stream(
        "bad_utf8", (*EVENTS[:3], b'data: {"x":"\xff\xfe\xc3"}\n\n', b"data: \xf0\x9f\x92\n\n", *EVENTS[-2:])
    ),
    Stream(
        "control_bytes", (*EVENTS[:2], b"data: \x00\x01\x7f\x1b[31m\xc2\x85\xe2\x80\xa8\n\n", *EVENTS[-2:])
    ),
    # content-codings
    Stream("gzip", deflated(EVENTS, 31), headers=coded("gzip")),
    Stream("gzip_cut", deflated(EVENTS, 31)[:6], headers=coded("gzip")),
    Stream("deflate", deflated(EVENTS, 15), headers=coded("deflate")),
    Stream("gzip_whole", (gzip.compress(BODY, mtime=0),), headers=coded("gzip"), framing="length"),
    # framing and endings
    Stream("length", EVENTS, framing="length"),
    Stream("short_length", EVENTS[:6], framing="length", promised=len(BODY), ending="fin"),
    Stream("close_delimited", EVENTS, framing="close"),
    Stream("close_in_event", (*EVENTS[:4], EVENTS[4][:30]), framing="close"),
    Stream("fin", EVENTS[:6], ending="fin"),
    Stream("reset", EVENTS[:6], ending="reset"),
    Stream("reset_at_once", (), gaps=(0.04,), ending="reset"),
    Stream("stall", EVENTS[:4], ending="stall"),
    Stream("bad_chunk_size", EVENTS[:4], rubbish=b"ZZ\r\n", ending="fin"),
    Stream("chunk_extension", EVENTS[-5:], extension=b";x=1"),
    Stream("early_hints", EVENTS[-5:], before=b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n"),
    Stream("empty", ()),
    Stream("empty_length", (), framing="length"),
    # no stream at all
    Stream(
        "rate_limited",
        (ERROR,),
        status="429 Too Many Requests",
        headers=of_type("application/json", "Retry-After: 7"),
        framing="length",
    ),
    Stream(
        "unavailable",
        (PAGE,),
        status="503 Service Unavailable",
        headers=of_type("text/html", "Retry-After: 1"),
    ),
    Stream("html", cut(PAGE, 40), headers=of_type("text/html; charset=utf-8")),
)


# Writing them ---------------------------------------------------------------------


def head_of(stream: Stream) -> bytes:
    framing = {
        "chunked": "Transfer-Encoding: chunked",
        "length": f"Content-Length: {stream.promised or sum(map(len, stream.writes))}",
        "close": "Connection: close",
    }[stream.framing]
    lines = [f"HTTP/1.1 {stream.status}", *stream.headers, framing, "", ""]
    return stream.before + "\r\n".join(lines).encode()


def framed(data: bytes, stream: Stream) -> bytes:
    if stream.framing != "chunked":
        return data
    return b"%x%b\r\n%b\r\n" % (len(data), stream.extension, data)


def gaps_of(stream: Stream) -> Iterator[float]:
    yield from stream.gaps
    yield from itertools.repeat(stream.gaps[-1])


async def write(stream: Stream, writer: asyncio.StreamWriter) -> None:
    """Head at once, then each write at its moment; late ones do not push the later ones."""
    loop = asyncio.get_running_loop()
    due, gaps = loop.time(), gaps_of(stream)
    writer.write(head_of(stream))
    for data in stream.writes:
        due += next(gaps)
        await asyncio.sleep(due - loop.time())
        writer.write(framed(data, stream))
    await asyncio.sleep(due + next(gaps) - loop.time())
    writer.write(stream.rubbish)
    await end(stream, writer)


async def end(stream: Stream, writer: asyncio.StreamWriter) -> None:
    if stream.ending == "stall":
        await asyncio.sleep(SILENCE_S)
    elif stream.ending == "reset":
        raw = writer.get_extra_info("socket")
        raw.setsockopt(socket.SOL_SOCKET, socket.SO_LINGER, struct.pack("ii", 1, 0))
        writer.transport.abort()
    elif stream.ending == "clean" and stream.framing == "chunked":
        writer.write(b"0\r\n\r\n")
    writer.close()


async def answer(reader: asyncio.StreamReader, writer: asyncio.StreamWriter) -> None:
    """One request a connection: the kept-alive ones are not what is looked at here."""
    try:
        head = await reader.readuntil(b"\r\n\r\n")
        if b"content-length:" in head.lower():
            await reader.readexactly(int(head.lower().split(b"content-length:")[1].split(b"\r\n")[0]))
        await write(named(head.split()[1].decode()), writer)
    except (asyncio.IncompleteReadError, ConnectionError):
        writer.close()


def named(target: str) -> Stream:
    wanted = parse_qs(urlsplit(target).query)["stream"][0]
    return next(stream for stream in STREAMS if stream.name == wanted)


async def serve() -> None:
    server = await asyncio.start_server(answer, "127.0.0.1", 0)
    print(server.sockets[0].getsockname()[1], flush=True)
    await server.serve_forever()


if __name__ == "__main__":
    try:
        asyncio.run(serve())
    except KeyboardInterrupt:
        sys.exit(130)
