"""Request bodies that are forms, as values that can be compared: the pairs of one, the parts of another. Pure.

Clients draw the boundary between the parts anew for each request, so it has no part in the value. A body that is no
form of the type it says gives none, and is compared as bytes.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

if TYPE_CHECKING:
    from harness.cassette.interaction import Headers

_BOUNDARY = re.compile(r';\s*boundary=(?:"([^"]+)"|([^\s;",]+))', re.IGNORECASE)
"""RFC 2046, 5.1.1."""

_PAIRS = "application/x-www-form-urlencoded"


def read_form(headers: Headers, body: bytes) -> list[object] | None:
    """What the form says: `[name, value]` of each pair, by name and else in its order (WHATWG URL, 5.1); or
    `{"head", "content"}` of each part (RFC 2046, 5.1), in its order. None where the body is no form.
    """
    label = next((value for name, value in headers if name.lower() == "content-type"), "")
    kind = label.partition(";")[0].strip().lower()
    try:
        if kind == _PAIRS:
            return _pairs(body)
        return _parts(label, body) if kind.startswith("multipart/") else None
    except ValueError:
        return None


def _pairs(body: bytes) -> list[object]:
    pairs = parse_qsl(body.decode("ascii"), keep_blank_values=True, errors="strict")
    return [list(pair) for pair in sorted(pairs, key=lambda pair: pair[0])]


def _parts(label: str, body: bytes) -> list[object]:
    found = _BOUNDARY.search(label)
    if found is None:
        raise ValueError("no boundary")
    between = b"\r\n--" + (found[1] or found[2]).encode("latin-1")
    before, *parts, after = (b"\r\n" + body).split(between)
    if before or after not in (b"--", b"--\r\n") or not all(part.startswith(b"\r\n") for part in parts):
        raise ValueError("no parts between the boundaries")
    return [_part(part) for part in parts]


def _part(part: bytes) -> dict[str, object]:
    head, blank, content = part.partition(b"\r\n\r\n")
    if not blank:
        raise ValueError("a part without its blank line")
    return {"head": head.removeprefix(b"\r\n").decode(), "content": _text_or_digits(content)}


def _text_or_digits(content: bytes) -> object:
    """Text as such; other bytes in a way that no text is taken for."""
    try:
        return content.decode()
    except UnicodeDecodeError:
        return {"hex": content.hex()}
