"""What no cassette may hold, because HTTP cannot carry it, or because it would break out of its line on
replay. Pure.

Checked when a document is read and when one is written, so that neither lets pass what the other refuses.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.cassette.fields import DocumentError, Place

if TYPE_CHECKING:
    from harness.cassette.interaction import Headers, Request, Response, StreamRecord

_TOKEN = re.compile(r"[!#$%&'*+.^_`|~0-9A-Za-z-]+")
"""A method or a header's name (RFC 9110, 5.6.2)."""
_BREAKS_OUT = re.compile("[\r\n\x00\ud800-\udfff]")
"""A line break or NUL would make a second header on replay (RFC 9110, 5.5); half a surrogate pair is no
character at all.
"""


def check_request(request: Request, place: Place) -> None:
    """Raise DocumentError for a request that cannot be sent. *place* is where it stands in its document."""
    if not _TOKEN.fullmatch(request.method):
        raise DocumentError(
            "The cassette holds an impossible method.",
            place=(*place, "method"),
            expected="a token like GET or POST",
        )
    _check_line(request.uri, (*place, "uri"))
    _check_address(request.uri, (*place, "uri"))
    _check_headers(request.headers, (*place, "headers"))


def check_response(response: Response, place: Place) -> None:
    """Raise DocumentError for an answer that cannot be played."""
    if not 100 <= response.status <= 999:
        code = (*place, "status", "code")
        raise DocumentError(
            "The cassette holds an impossible status.",
            place=code,
            expected="100 to 999",
            found=str(response.status)[:20],
        )
    _check_line(response.reason, (*place, "status", "message"))
    _check_headers(response.headers, (*place, "headers"))
    if response.stream is not None:
        _check_record(response.stream, (*place, "stream"))


def _check_record(stream: StreamRecord, place: Place) -> None:
    """Its words are shown and sent in lines too; half a surrogate pair could not even be written down."""
    for name in stream.__struct_fields__:
        value = getattr(stream, name)
        if isinstance(value, str):
            _check_line(value, (*place, name))


def _check_headers(headers: Headers, place: Place) -> None:
    for name, value in headers:
        if not _TOKEN.fullmatch(name):
            raise DocumentError(
                "The cassette holds an impossible header name.",
                place=place,
                expected="a token",
                found=repr(name[:40]),
            )
        _check_line(value, (*place, name))


def _check_address(uri: str, place: Place) -> None:
    try:
        urlsplit(uri)
    except ValueError:
        raise DocumentError(
            "The cassette holds an impossible address.", place=place, expected="a URL (RFC 3986)"
        ) from None


def _check_line(value: str, place: Place) -> None:
    if _BREAKS_OUT.search(value):
        raise DocumentError(
            "The cassette holds a value with a line break or another character that HTTP cannot carry.",
            place=place,
            expected="one line",
        )
