"""What an upstream may do, as data: the writes of one answer, how the connection ends, and what must be on
the tape.
"""

import gzip
import json
import zlib
from typing import NamedTuple

import brotli

ONE, TWO, DONE = b"data: one\n\n", b"data: two\n\n", b"data: [DONE]\n\n"
WHOLE = ONE + TWO + DONE
ERROR = json.dumps({"error": {"message": "slow down", "type": "rate_limit"}}).encode()
EVENTS = b"".join(b"data: event %d\n\n" % n for n in range(300)) + DONE
"""Long enough that a coding cannot keep it all to itself."""


class Answer(NamedTuple):
    """One answer. `then`: what the server does after the last write (`tests.net.wire.served`). `body` and `end`: what
    the tape must hold.
    """

    writes: list[bytes]
    then: str
    body: bytes
    end: str


def head(*lines: str, status: str = "HTTP/1.1 200 OK", kind: str = "text/event-stream") -> bytes:
    return "\r\n".join([status, f"Content-Type: {kind}", *lines, "", ""]).encode()


def chunks(*pieces: bytes) -> list[bytes]:
    return [b"%x\r\n%b\r\n" % (len(piece), piece) for piece in pieces]


CHUNKED = head("Transfer-Encoding: chunked")
LAST = b"0\r\n\r\n"
BROKEN = [CHUNKED, *chunks(ONE, TWO)]
"""Two good chunks, and then something else."""


def coded(coding: str, data: bytes) -> list[bytes]:
    """Head, and the data in two halves."""
    return [
        head(f"Content-Encoding: {coding}", f"Content-Length: {len(data)}"),
        data[: len(data) // 2],
        data[len(data) // 2 :],
    ]


def corrupt(data: bytes) -> bytes:
    """The same length, and rubbish from the beginning."""
    return b"\xfe" * len(data)


GZIP, DEFLATE, BR = gzip.compress(EVENTS, mtime=0), zlib.compress(EVENTS), brotli.compress(EVENTS)

NO_ANSWER = {
    "F32-never-answers": ([], "stall"),
    "F33-closes-before-the-status": ([], "fin"),
    "F33-resets-before-the-status": ([], "rst"),
    "F34-garbage": ([b"\x00\x01\x02 what?\r\n\r\n"], "fin"),
    "F34-a-status-that-is-none": ([b"HTTP/1.1 two hundred\r\n\r\n"], "fin"),
    "F34-another-protocol": ([b"SSH-2.0-OpenSSH_9.6\r\n"], "fin"),
    "F34-half-a-head": ([b"HTTP/1.1 200 OK\r\nContent-Ty"], "fin"),
    "F41-length-and-chunked": (
        [head("Content-Length: 11", "Transfer-Encoding: chunked"), *chunks(ONE), LAST],
        "fin",
    ),
}
"""Nothing that a client could read: writes, and what the server does then."""

ANSWERS = {
    "F35-reset-mid-chunk": Answer([*BROKEN, b"20\r\ndata: th"], "rst", ONE + TWO + b"data: th", "reset"),
    "F35-reset-in-a-body-that-ends-by-closing": Answer([head(), ONE, TWO], "rst", ONE + TWO, "reset"),
    "F36-fin-mid-chunk": Answer([*BROKEN, b"20\r\ndata: th"], "fin", ONE + TWO + b"data: th", "short"),
    "F37-fin-between-chunks": Answer(BROKEN, "fin", ONE + TWO, "short"),
    "F38-short-of-its-length": Answer([head("Content-Length: 99"), ONE, TWO], "fin", ONE + TWO, "short"),
    "F39-beyond-its-length": Answer([head("Content-Length: 11"), ONE, TWO], "fin", ONE, "truncated"),
    "F42-closing-ends-the-body-1.0": Answer(
        [head(status="HTTP/1.0 200 OK"), ONE, TWO, DONE], "fin", WHOLE, "complete"
    ),
    "F42-closing-ends-the-body-1.1": Answer(
        [head("Connection: close"), ONE, TWO, DONE], "fin", WHOLE, "complete"
    ),
    "F42-closing-before-the-end": Answer([head(), ONE, TWO], "fin", ONE + TWO, "truncated"),
    "F43-stall": Answer(BROKEN, "stall", ONE + TWO, "timeout"),
    "F44-one-byte-per-read": Answer(
        [CHUNKED, *(bytes([byte]) for byte in b"".join([*chunks(ONE, DONE), LAST]))],
        "fin",
        ONE + DONE,
        "complete",
    ),
    "F45-half-characters": Answer(
        [CHUNKED, *chunks(b"data: \xf0\x9f", b"\x99", b"\x82\n\n", DONE), LAST],
        "fin",
        b"data: \xf0\x9f\x99\x82\n\n" + DONE,
        "complete",
    ),
    "F46-every-line-end-and-a-bom": Answer(
        [CHUNKED, *chunks(b"\xef\xbb\xbfdata: a\r\n\r\n", b"data: b\r", b"\rdata: c\n\n", DONE), LAST],
        "fin",
        b"\xef\xbb\xbfdata: a\r\n\r\ndata: b\r\rdata: c\n\n" + DONE,
        "complete",
    ),
    "F47-gzip": Answer(coded("gzip", GZIP), "fin", EVENTS, "complete"),
    "F47-deflate": Answer(coded("deflate", DEFLATE), "fin", EVENTS, "complete"),
    "F47-deflate-without-its-wrapper": Answer(coded("deflate", DEFLATE[2:-4]), "fin", EVENTS, "complete"),
    "F47-br": Answer(coded("br", BR), "fin", EVENTS, "complete"),
    "F47-gzip-cut": Answer(coded("gzip", GZIP[:-8]), "fin", EVENTS, "complete"),
    "F47-gzip-corrupt": Answer(coded("gzip", corrupt(GZIP)), "fin", b"", "short"),
    "F47-deflate-corrupt": Answer(coded("deflate", corrupt(DEFLATE)), "fin", b"", "short"),
    "F47-br-corrupt": Answer(coded("br", corrupt(BR)), "fin", b"", "short"),
    "F47-corrupt-in-a-body-that-ends-by-closing": Answer(
        [head("Content-Encoding: gzip"), corrupt(GZIP)], "fin", b"", "short"
    ),
    "F48-early-hints": Answer(
        [b"HTTP/1.1 103 Early Hints\r\nLink: </a>\r\n\r\n", CHUNKED, *chunks(ONE, DONE), LAST],
        "fin",
        ONE + DONE,
        "complete",
    ),
    "F48-two-informational-answers": Answer(
        [b"HTTP/1.1 102 Processing\r\n\r\nHTTP/1.1 100 Continue\r\n\r\n", CHUNKED, *chunks(ONE, DONE), LAST],
        "fin",
        ONE + DONE,
        "complete",
    ),
    "F49-trailers": Answer(
        [CHUNKED, *chunks(ONE, DONE), b"0\r\nX-Checksum: 1\r\n\r\n"], "fin", ONE + DONE, "complete"
    ),
    "F50-429": Answer(
        [
            head(
                "Retry-After: 7",
                f"Content-Length: {len(ERROR)}",
                status="HTTP/1.1 429 Too Many Requests",
                kind="application/json",
            ),
            ERROR,
        ],
        "keep",
        ERROR,
        "complete",
    ),
    "F50-503": Answer(
        [head(f"Content-Length: {len(ERROR)}", status="HTTP/1.1 503 Oh no", kind="application/json"), ERROR],
        "keep",
        ERROR,
        "complete",
    ),
    "F51-an-error-inside-200": Answer(
        [CHUNKED, *chunks(ONE, b"data: " + ERROR + b"\n\n"), LAST],
        "fin",
        ONE + b"data: " + ERROR + b"\n\n",
        "complete",
    ),
    "F52-no-terminal-event": Answer([*BROKEN, LAST], "fin", ONE + TWO, "truncated"),
    "F53-events-after-the-terminal-one": Answer(
        [CHUNKED, *chunks(ONE, DONE, TWO), LAST], "fin", ONE + DONE + TWO, "complete"
    ),
}
"""What a client reads, to its end or to an error of its own."""
