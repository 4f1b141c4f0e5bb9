"""Answers that a tape of plain vcrpy holds in their content-coding: undone on reading, or told why not. Pure.

Such a tape holds a body as its client had it: still coded, or plain under the name of a coding that was undone. The
header is the same, so the body decides: text is plain, and so is what is none of the named coding. Answers with a
stream record are ours, and plain.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from harness.cassette.decoding import decoder
from harness.errors import UsageError

if TYPE_CHECKING:
    from harness.cassette.interaction import Response

MOST = 4
"""Codings one over the other; two are rare already, and a bomb can have thousands."""

_SIGNS = {"gzip": b"\x1f\x8b", "x-gzip": b"\x1f\x8b", "zstd": b"\x28\xb5\x2f\xfd"}
"""How a body of the coding begins (RFC 1952, 2.3.1; RFC 8878, 3.1.1). The others have no sign."""

_TEXTUAL = re.compile(
    r"(text/|application/.*(json|xml|javascript))(?!.*charset=(?!\"?utf-?8))", re.IGNORECASE
)
"""Types whose bodies are UTF-8 unless they say otherwise."""

_LONG = 200
"""Characters of a content type that are read."""


def undone(response: Response) -> Response:
    """The answer with its content-coding undone, and its headers as vcrpy's `decode_compressed_response` leaves them.

    The same answer where there is nothing to undo, or it cannot be undone. Raises LimitError for a bomb.
    """
    codings = _codings(response)
    if not codings:
        return response
    try:
        body = _plain(response.body, codings)
    except (ValueError, UsageError):
        return response
    kept = [
        pair for pair in response.headers if pair[0].lower() not in ("content-encoding", "content-length")
    ]
    length = [(name, str(len(body))) for name, _ in response.headers if name.lower() == "content-length"]
    return msgspec.structs.replace(response, headers=(*kept, *length[:1]), body=body)


def is_coded(response: Response) -> bool:
    """Whether the body is still in the coding that the headers name."""
    codings = _codings(response)
    if not codings:
        return False
    sign = _SIGNS.get(codings[-1])
    return (
        response.body.startswith(sign)
        if sign
        else _TEXTUAL.match(_header(response, "content-type")[:_LONG]) is not None
    )


def why_coded(response: Response) -> str:
    """What hinders to undo the coding of an answer that `is_coded`."""
    codings = _codings(response)
    try:
        _plain(response.body, codings)
    except UsageError as error:
        return f"{', '.join(codings)}: {error.help or error.what}"
    except ValueError as error:
        return f"{', '.join(codings)}: {error}"
    return f"{', '.join(codings)}: loading the tape again undoes it"


def _codings(response: Response) -> list[str]:
    """The codings that may still be on the body, in the order in which they were put on (RFC 9110, 8.4)."""
    named = _header(response, "content-encoding").lower()
    if not named or response.stream is not None or _is_text(response.body):
        return []
    return [word for word in map(str.strip, named.split(",")) if word not in ("", "identity")]


def _plain(body: bytes, codings: list[str]) -> bytes:
    if len(codings) > MOST:
        raise ValueError(f"{len(codings)} codings one over the other")
    for coding in reversed(codings):
        engine = decoder(coding)
        body = engine.decode(body)
        if not engine.is_whole:
            raise ValueError("its end is missing")
    return body


def _header(response: Response, name: str) -> str:
    return ", ".join(value for key, value in response.headers if key.lower() == name)


def _is_text(body: bytes) -> bool:
    try:
        body.decode()
    except UnicodeDecodeError:
        return False
    return True
