"""Secrets out of an exchange before any of it reaches the disk. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlencode, urlsplit, urlunsplit

import msgspec

from harness.cassette.model import Headers, Interaction, Request
from harness.cassette.names import is_kept_header, is_secret_parameter

if TYPE_CHECKING:
    from collections.abc import Iterable

PLACEHOLDER = "REDACTED"


class StreamRedactor:
    """Body bytes in as they arrive, the same number of bytes out."""

    def feed(self, piece: bytes) -> list[bytes]:
        return [piece]

    def close(self) -> list[bytes]:
        return []


class Redactor:
    """Removes secrets from the parts of one exchange after the other."""

    def __init__(self, *, values: Iterable[str] = (), secret_keys: Iterable[str] = ()) -> None:
        self._values = tuple(values)
        self._secret_keys = frozenset(secret_keys)

    def request(self, request: Request) -> Request:
        return msgspec.structs.replace(request, uri=_uri(request.uri), headers=_headers(request.headers))

    def response_head(self, headers: Headers) -> Headers:
        return _headers(headers)

    def stream(self) -> StreamRedactor:
        return StreamRedactor()

    def interaction(self, interaction: Interaction) -> Interaction:
        response = msgspec.structs.replace(
            interaction.response, headers=_headers(interaction.response.headers)
        )
        return Interaction(self.request(interaction.request), response)


def _headers(headers: Headers) -> Headers:
    return tuple((name, value if is_kept_header(name) else PLACEHOLDER) for name, value in headers)


def _uri(uri: str) -> str:
    parts = urlsplit(uri)
    if not parts.query:
        return uri
    query = [
        (name, PLACEHOLDER if is_secret_parameter(name) else value)
        for name, value in parse_qsl(parts.query, keep_blank_values=True)
    ]
    return urlunsplit(parts._replace(query=urlencode(query)))
