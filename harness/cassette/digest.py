"""A checksum over an interaction: finds accidents (a flipped bit, a hand edit), and is no signature. Pure.

It covers what a rewrite by vcrpy keeps, so that such a rewrite does not break it: vcrpy keeps the first of a
request's repeated headers, and no order between headers of different names.
"""

from __future__ import annotations

import hashlib
import json

import msgspec

from harness.cassette import frames
from harness.cassette.model import Cassette, Headers, Interaction, Request, Response, StreamRecord

_PREFIX = "sha256:"


def digest(interaction: Interaction) -> str:
    """`sha256:` and 64 hex digits over the interaction's content; the digest it may already carry does not
    count.
    """
    content = [_request(interaction.request), _response(interaction.response)]
    text = json.dumps(content, sort_keys=True, separators=(",", ":"))
    return _PREFIX + hashlib.sha256(text.encode()).hexdigest()


def digest_matches(interaction: Interaction) -> bool | None:
    """Whether the interaction is what was sealed; None where it carries no digest."""
    stream = interaction.response.stream
    return None if stream is None or stream.digest is None else stream.digest == digest(interaction)


def sealed(interaction: Interaction) -> Interaction:
    """The interaction with its digest; one without a stream record has no place for it, and stays as it is."""
    response = interaction.response
    if response.stream is None:
        return interaction
    stream = msgspec.structs.replace(response.stream, digest=digest(interaction))
    return Interaction(interaction.request, msgspec.structs.replace(response, stream=stream))


def seal(cassette: Cassette) -> Cassette:
    """Every interaction sealed."""
    return Cassette(tuple(map(sealed, cassette.interactions)))


def _request(request: Request) -> list[object]:
    first = {name: values[0] for name, values in _by_name(request.headers).items()}
    return [request.method, request.uri, first, _hash(request.body)]


def _response(response: Response) -> list[object]:
    return [
        response.status,
        response.reason,
        _by_name(response.headers),
        _hash(response.body),
        _stream(response.stream),
    ]


def _stream(stream: StreamRecord | None) -> dict[str, object] | None:
    """What the record says, by name; what it does not say has no part in it, so a later version may say more."""
    if stream is None:
        return None
    said = {name: getattr(stream, name) for name in stream.__struct_fields__ if name not in _NOT_COVERED}
    broken = stream.broken_chunk_ms
    exact = {
        "frames": frames.to_text(stream.frames),
        "end_ms": float(stream.end_ms),
        "broken_chunk_ms": None if broken is None else float(broken),
    }
    return {name: value for name, value in {**said, **exact}.items() if value is not None}


_NOT_COVERED = frozenset({"digest", "frames", "end_ms", "broken_chunk_ms"})
"""The digest itself; times and pieces go in as the file spells them."""


def _by_name(headers: Headers) -> dict[str, list[str]]:
    found: dict[str, list[str]] = {}
    for name, value in headers:
        found.setdefault(name.lower(), []).append(value)
    return found


def _hash(body: bytes | None) -> str | None:
    return None if body is None else hashlib.sha256(body).hexdigest()
