"""One request and its answer, and how the answer arrived: immutable values, and the words they use. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TypeAlias

import msgspec

from harness.cassette import migrate
from harness.cassette.frames import Frame

Headers: TypeAlias = tuple[tuple[str, str], ...]


class End(StrEnum):
    """How a stream ended."""

    COMPLETE = "complete"
    TRUNCATED = "truncated"
    """The transport ended cleanly, without the protocol's terminal event."""
    SHORT = "short"
    RESET = "reset"
    TIMEOUT = "timeout"
    CLOSED = "closed"
    """The client went away."""
    LIMIT = "limit"
    """A limit of the recorder was reached."""
    CRASH = "crash"
    """The recorder was killed; this is what it had written down."""


class Source(StrEnum):
    """Where a recording comes from. What is not the live service never claims to be."""

    LIVE = "live"
    INDEPENDENT = "independent"
    STAND_IN = "stand-in"
    IMPORTED = "imported"


class StreamRecord(msgspec.Struct, frozen=True):
    """How a body arrived. Frame sizes add up to the body's length, unless somebody edited it by hand."""

    frames: tuple[Frame, ...]
    end: End
    end_ms: float
    version: int = migrate.STREAM
    recorded_at: str | None = None
    """RFC 3339, UTC."""
    upstream: str | None = None
    source: Source | None = None
    recorded_from: str | None = None
    """Name and version of an independent server that stood for the live one."""
    http_version: str | None = None
    """Of the answer, as "1.1"."""
    content_encoding: str | None = None
    """The coding that the body came in, and that was undone for the tape."""
    broken_chunk_ms: float | None = None
    """When something came in place of a chunk that is none; what it was is not kept. The stream is `short` then,
    and `end_ms` says how long its reader waited after that, for some clients are told nothing of it.
    """
    digest: str | None = None
    """`sha256:...` over the interaction (`harness.cassette.digest`); finds accidents, is no signature."""


class Request(msgspec.Struct, frozen=True):
    """What was asked. `body` is None where the request had none."""

    method: str
    uri: str
    headers: Headers = ()
    body: bytes | None = None


class Response(msgspec.Struct, frozen=True):
    """What was answered; `body` with its content-coding undone. `stream` is None on tapes that kept no
    pieces.
    """

    status: int
    reason: str
    headers: Headers = ()
    body: bytes = b""
    stream: StreamRecord | None = None


class Interaction(msgspec.Struct, frozen=True):
    """One request and its answer."""

    request: Request
    response: Response
