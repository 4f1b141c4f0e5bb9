"""What a proxy passes on, and as what. Pure: a request or an answer in, the one for the other side out.

The upstream is fixed. Nothing a client sends can change the host: its target is put behind the base URL, never
joined with it, and checked afterwards. Headers that speak about one connection stay with that connection (RFC
9110, 7.6.1), and framing is rebuilt on both sides; the order, case and repeats of all others are kept.
"""

from __future__ import annotations

import functools
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from yarl import URL

from harness.cassette.decoding import decoder
from harness.errors import HarnessError, UsageError
from harness.net.answer import HOP_BY_HOP, Framing
from harness.net.guard import LOCAL_NAMES

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.model import Headers

_TARGET = re.compile(r"/[!\"$-~]*")
"""Origin-form (RFC 9112, 3.2.1) as far as it matters here: visible ASCII, without a fragment."""

OURS = "x-harness-"
"""Headers that speak to this program begin so; no upstream sees them."""

_NOT_PASSED_UP = HOP_BY_HOP | {"host", "expect"}
"""Beside what is hop-by-hop: the upstream has a host of its own, and `100 Continue` has been answered already."""


def parse_base(base_url: str) -> URL:
    """The upstream's base URL. Raises UsageError for anything that is not scheme, host and perhaps a path."""
    if "@" in base_url.partition("://")[2].partition("/")[0]:
        raise UsageError(
            "The base URL holds a user name or a password.", help="have the client send it in a header"
        )
    try:
        parts, url = urlsplit(base_url), URL(base_url.rstrip("/"))
        is_base = parts.scheme in ("http", "https") and parts.hostname and not (parts.query or parts.fragment)
    except ValueError:  # a port that is no number, a bracket too many
        is_base = False
    if not is_base:
        raise UsageError(
            f"{base_url!r} is no base URL.",
            expected="scheme, host and perhaps a path, like https://api.example/v1",
        )
    return url


def target(base: URL, asked: str) -> URL:
    """Where a request for *asked* goes: path and query as the client wrote them, behind those of *base*. Raises
    ValueError for what is no path.
    """
    if not _TARGET.fullmatch(asked):
        raise ValueError("the request's target is no path")
    path, _, query = asked.partition("?")
    url = URL.build(
        scheme=base.scheme,
        authority=base.raw_authority,
        path=base.raw_path.rstrip("/") + path,
        query_string=query,
        encoded=True,
    )
    if url.origin() != base.origin():
        raise ValueError("the request's target would leave the upstream")
    return url


def request_headers(headers: Iterable[tuple[str, str]], base: URL, own: str) -> Headers:
    """A request's headers, for the upstream at *base*; *own* is the proxy's URL, which its clients took for the
    upstream's. A repeated header is spelled as the first one of it. Raises ValueError for a value that is no UTF-8,
    which aiohttp cannot send.
    """
    received = [(name, _utf8(name, value)) for name, value in headers]
    dropped = _NOT_PASSED_UP | _nominated(received)
    spelled: dict[str, str] = {}
    return tuple(
        (spelled.setdefault(name.lower(), name), _REWRITTEN.get(name.lower(), _as_it_is)(value, base, own))
        for name, value in received
        if name.lower() not in dropped and not name.lower().startswith(OURS)
    )


def plain_body(headers: Headers, body: bytes, *, at_most: int) -> bytes:
    """A request's body for the tape: without its content-coding, whole or begun. Secrets are found in it then, and a
    client that sends it plain, or coded by another library, is answered all the same. It stays coded where the coding
    is not known or not kept to, and where it would grow past *at_most* bytes.
    """
    codings = [
        word for name, value in headers if name.lower() == "content-encoding" for word in value.split(",")
    ]
    plain = body
    try:
        for coding in reversed(codings):
            plain = decoder(coding).decode(plain)
    except (ValueError, HarnessError):  # no such coding here, or not in that coding at all
        return body
    return plain if len(plain) <= at_most else body


def answer_head(
    status: int, reason: str, headers: Iterable[tuple[str, str]], framing: Framing, *, closes: bool
) -> bytes:
    """An answer's status line and headers, for the client. *closes* says that the connection ends with it."""
    received = list(headers)
    dropped = (
        HOP_BY_HOP | _nominated(received) | ({"content-length"} if framing is Framing.CHUNKED else set())
    )
    kept = [(name, value) for name, value in received if name.lower() not in dropped]
    kept += [("Transfer-Encoding", "chunked")] if framing is Framing.CHUNKED else []
    kept += [("Connection", "close")] if closes else []
    lines = [f"HTTP/1.1 {status} {reason}", *(f"{name}: {value}" for name, value in kept)]
    return ("\r\n".join(lines) + "\r\n\r\n").encode("latin-1")


def led_back(headers: Headers, base: URL, own: str) -> Headers:
    """An answer's headers, a redirect within the upstream leading back through the proxy: past it the client would be
    sent to another host, and leave its key behind.
    """
    return tuple(
        (name, _moved(value, base, own) if name.lower() == "location" else value) for name, value in headers
    )


def _moved(location: str, base: URL, own: str) -> str:
    path = base.raw_path.rstrip("/") + "/"
    for start, instead in ((str(base.origin()) + path, own + "/"), (path, "/")):
        if location.startswith(start):
            return instead + location.removeprefix(start)
    return location


def _nominated(headers: list[tuple[str, str]]) -> set[str]:
    """Headers that a Connection header names: they speak about the connection as well."""
    named = (value for name, value in headers if name.lower() == "connection")
    return {word.strip().lower() for value in named for word in value.split(",")}


def _utf8(name: str, value: str) -> str:
    if not value.isascii():
        try:
            value.encode()
        except UnicodeEncodeError:
            raise ValueError(f"the header {name} is no UTF-8") from None
    return value


def _as_it_is(value: str, _: URL, __: str) -> str:
    return value


def _page(value: str, base: URL, own: str) -> str:
    """The address of a page on the proxy is one on the upstream, which may turn others away."""
    proxy = urlsplit(own)
    try:
        page = urlsplit(value)
        is_ours = page.port == proxy.port and page.hostname in LOCAL_NAMES | {proxy.hostname}
    except ValueError:  # no address at all
        return value
    return page._replace(scheme=base.scheme, netloc=base.raw_authority).geturl() if is_ours else value


def _codings(value: str, _: URL, __: str) -> str:
    """The content-codings that can be undone here, or else the answer could not be kept."""
    kept = [word for word in value.split(",") if _can_undo(word.partition(";")[0].strip())]
    return ",".join(kept).strip() or "identity"


@functools.lru_cache(maxsize=64)
def _can_undo(coding: str) -> bool:
    try:
        decoder(coding)
    except UsageError:
        return False
    return True


_REWRITTEN = {"origin": _page, "referer": _page, "accept-encoding": _codings}
"""Headers whose values change on the way up."""
