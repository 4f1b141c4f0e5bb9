"""A recorded answer as HTTP/1.1 bytes again: head, framed pieces, ending. Pure; shared by the replay in
process and the server.

Framing is rebuilt, never repeated: hop-by-hop headers (RFC 9110, 7.6.1) and the recorded Content-Length
describe a connection that is gone, and repeating them verbatim lets a cassette cut or smuggle a body.
"""

from __future__ import annotations

import re
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from harness.cassette.coded import is_coded
from harness.cassette.framing import breaks_a_chunk
from harness.cassette.model import End, Response
from harness.errors import CassetteError

if TYPE_CHECKING:
    from collections.abc import Collection

HOP_BY_HOP = frozenset(
    {"connection", "keep-alive", "proxy-authenticate", "proxy-authorization", "proxy-connection", "te", "trailer",
     "transfer-encoding", "upgrade"}
)  # fmt: skip
"""Headers that speak about one connection only (RFC 9110, 7.6.1)."""

NO_FURTHER = {
    end: f"The recording goes no further: {why}"
    for end, why in {
        End.CLOSED: "the recorded caller closed the connection here",
        End.LIMIT: "it grew past what a cassette may hold",
        End.CRASH: "the recorder was killed here",
    }.items()
}
"""Endings that were not the upstream's: what a client is told that gets so far."""

_VISIBLE = frozenset({End.SHORT, *NO_FURTHER})
"""Endings that a client must see, however the answer was framed."""

_REBUILT = HOP_BY_HOP | {"content-length", "content-encoding"}
_NAME = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
_VALUE = re.compile(r"[^\x00\r\n]*")
_BODYLESS = frozenset({204, 304})


class Framing(StrEnum):
    """How the receiver learns where the body ends (RFC 9112, 6.3)."""

    CHUNKED = "chunked"
    LENGTH = "length"
    CLOSE = "close"
    NONE = "none"


def framing_of(response: Response, method: str = "GET") -> Framing:
    """The framing the answer was recorded with. A tape that does not say gets one that ends with the connection, but
    not where that would make a recording that goes no further look like a whole answer.
    """
    names = {name.lower() for name, _ in response.headers}
    if method == "HEAD" or response.status in _BODYLESS or response.status < 200:
        return Framing.NONE
    if "transfer-encoding" in names or breaks_a_chunk(response.stream):
        return Framing.CHUNKED
    if "content-length" in names:
        return Framing.LENGTH
    return Framing.CHUNKED if response.stream and response.stream.end in _VISIBLE else Framing.CLOSE


def headers_to_send(response: Response, framing: Framing) -> list[tuple[str, str]]:
    """The recorded headers without those that are rebuilt, and the rebuilt ones; a content-coding that is still on
    the body stays named. Raises CassetteError for a bad header.
    """
    left_out = _REBUILT - {"content-encoding"} if is_coded(response) else _REBUILT
    kept = [checked(name, value) for name, value in response.headers if name.lower() not in left_out]
    return [*kept, *_framing_headers(response, framing)]


def checked(name: str, value: str) -> tuple[str, str]:
    """One header, refused when it could break out of its line (RFC 9110, 5.5)."""
    if not _NAME.fullmatch(name) or not _VALUE.fullmatch(value):
        raise CassetteError(
            f"The cassette holds a response header that cannot be sent: {name!r}.",
            expected="a token as the name, and a value without CR, LF and NUL (RFC 9110, 5.5)",
            help="correct the header in the cassette, or record it again",
        )
    return name, value.strip(" \t")


def led_back(response: Response, url: str, hosts: Collection[str]) -> Response:
    """The same answer, a redirect to one of *hosts* (names with ports, as in their addresses) leading to *url*, the
    base of the server that answers for them: who follows it must not end up at the live service.
    """
    return msgspec.structs.replace(
        response,
        headers=tuple(
            (name, _moved(value, url, hosts) if name.lower() == "location" else value)
            for name, value in response.headers
        ),
    )


def head_bytes(response: Response, framing: Framing) -> bytes:
    """Status line and headers, up to and with the blank line."""
    lines = [f"HTTP/1.1 {response.status} {_reason(response)}"]
    lines += [f"{name}: {value}" for name, value in headers_to_send(response, framing)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1", "replace")


def framed(piece: bytes, framing: Framing) -> bytes:
    """One body piece as it goes over the wire; empty pieces would end a chunked body, so they are not sent."""
    if framing is not Framing.CHUNKED or not piece:
        return b"" if framing is Framing.NONE else piece
    return b"%x\r\n%b\r\n" % (len(piece), piece)


def terminator(framing: Framing) -> bytes:
    """What says that the body is whole."""
    return b"0\r\n\r\n" if framing is Framing.CHUNKED else b""


def ends_cleanly(end: End) -> bool:
    """Whether the receiver's framing was satisfied at the recorded end."""
    return end in (End.COMPLETE, End.TRUNCATED)


def host_of(address: str) -> str:
    """Name and port of an absolute address; empty for others."""
    try:
        return urlsplit(address).netloc
    except ValueError:  # no address at all
        return ""


def _moved(location: str, url: str, hosts: Collection[str]) -> str:
    host = host_of(location)
    return url + location.partition("//")[2].removeprefix(host) if host and host in hosts else location


def _framing_headers(response: Response, framing: Framing) -> list[tuple[str, str]]:
    """Without a body the length is that of the one which a GET would have got, and says nothing of a framing (RFC 9110,
    8.6).
    """
    if framing is Framing.CHUNKED:
        return [("Transfer-Encoding", "chunked")]
    if framing is Framing.LENGTH:
        return [("Content-Length", str(_promised_length(response)))]
    if framing is Framing.NONE and response.status >= 200 and response.status != 204:
        return [("Content-Length", str(size)) for size in _recorded_lengths(response)[:1]]
    return [("Connection", "close")] if framing is Framing.CLOSE else []


def _promised_length(response: Response) -> int:
    """The body's length; more than that where the recording ended before the promise was kept."""
    size = len(response.body)
    if response.stream is None or ends_cleanly(response.stream.end):
        return size
    return max([size + 1, *_recorded_lengths(response)])


def _recorded_lengths(response: Response) -> list[int]:
    return [
        int(value)
        for name, value in response.headers
        if name.lower() == "content-length" and value.isdecimal()
    ]


def _reason(response: Response) -> str:
    """The recorded one, also where it is none (HTTP/2 has none); other recorders' tapes may not say."""
    is_ours = response.stream is not None
    if (response.reason or is_ours) and _VALUE.fullmatch(response.reason):
        return response.reason
    known = {status.value: status.phrase for status in HTTPStatus}
    return known.get(response.status, "")
