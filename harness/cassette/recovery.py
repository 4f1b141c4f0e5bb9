"""The journal's records as lines of text, and what a journal that was never finished still tells. Pure: bytes
in, values out.

A line is a checksum and a JSON record. Each checksum runs on from the line before, so that a cut, a flipped
bit or a lost line ends the reading exactly there: what is recovered is always a prefix of what was written.
"""

from __future__ import annotations

import zlib
from typing import TypeAlias

import msgspec

from harness.cassette.frames import Frame
from harness.cassette.model import End, Headers, Interaction, Request, Response, Source, StreamRecord
from harness.cassette.provenance import corrected

VERSION = 1


class Opened(msgspec.Struct, frozen=True, tag="journal"):
    """The first line: what this file is."""

    version: int = VERSION


class Began(msgspec.Struct, frozen=True, tag="begin"):
    """A request was sent. `take` numbers the exchanges of this journal; they may overlap."""

    take: int
    request: Request
    recorded_at: str
    upstream: str | None = None
    source: Source | None = None
    recorded_from: str | None = None


class Answered(msgspec.Struct, frozen=True, tag="head"):
    """The answer's status line and headers came."""

    take: int
    status: int
    reason: str
    headers: Headers
    http_version: str | None = None
    content_encoding: str | None = None


class Arrived(msgspec.Struct, frozen=True, tag="piece"):
    """A piece of the body came."""

    take: int
    at_ms: float
    data: bytes


class Ended(msgspec.Struct, frozen=True, tag="end"):
    """The stream ended. Said again, the last one counts: a reader can wait on after a chunk that is none."""

    take: int
    end: End
    end_ms: float
    broken_chunk_ms: float | None = None


Record: TypeAlias = Opened | Began | Answered | Arrived | Ended


class Recovered(msgspec.Struct, frozen=True):
    """What a journal tells: interactions in the order they began. `is_damaged`: there is more in it that
    cannot be trusted.

    A last line that was cut short is no damage: that is how a recorder dies.
    """

    interactions: tuple[Interaction, ...] = ()
    is_damaged: bool = False


class Lines:
    """Records to lines. Keeps the running checksum, so one per journal."""

    def __init__(self) -> None:
        self._checksum = 0

    def encode(self, record: Record) -> bytes:
        """One line that ends with a newline."""
        text = msgspec.json.encode(record)
        self._checksum = zlib.crc32(text, self._checksum)
        return b"%08x %b\n" % (self._checksum, text)


class Exchange:
    """One exchange as it grows, from its request to its end."""

    def __init__(self, began: Began) -> None:
        self._began = began
        self._answer: Answered | None = None
        self._frames: list[Frame] = []
        self._pieces: list[bytes] = []
        self._ended: Ended | None = None

    def note(self, record: Answered | Arrived | Ended) -> None:
        """What came next."""
        match record:
            case Answered():
                self._answer = record
            case Arrived():
                self._frames.append(Frame(record.at_ms, len(record.data)))
                self._pieces.append(record.data)
            case Ended():
                self._ended = record

    def interaction(self) -> Interaction | None:
        """What is known of the exchange; None while there is no answer. One without an end was killed with
        its recorder.
        """
        if self._answer is None:
            return None
        began, answer = self._began, self._answer
        ended = self._ended or Ended(began.take, End.CRASH, self._frames[-1].at_ms if self._frames else 0.0)
        stream = StreamRecord(
            tuple(self._frames),
            ended.end,
            ended.end_ms,
            recorded_at=began.recorded_at,
            upstream=began.upstream,
            source=corrected(began.source, answer.headers),
            recorded_from=began.recorded_from,
            http_version=answer.http_version,
            content_encoding=answer.content_encoding,
            broken_chunk_ms=ended.broken_chunk_ms,
        )
        return Interaction(
            began.request,
            Response(answer.status, answer.reason, answer.headers, b"".join(self._pieces), stream),
        )


def recover(data: bytes) -> Recovered:
    """The exact prefix of a journal that is whole, as interactions."""
    records, is_damaged = _records(data)
    exchanges: dict[int, Exchange] = {}
    for record in records:
        _apply(record, exchanges)
    found = (exchange.interaction() for _, exchange in sorted(exchanges.items()))
    return Recovered(tuple(item for item in found if item is not None), is_damaged)


_DECODER = msgspec.json.Decoder(Record)


def _records(data: bytes) -> tuple[list[Record], bool]:
    """The records before the first line that is not whole, and whether that line was damaged rather than cut
    short.
    """
    records: list[Record] = []
    checksum = 0
    for line in data.split(b"\n")[:-1]:
        checksum = zlib.crc32(line[9:], checksum)
        record = _record(line[9:]) if line[:9] == b"%08x " % checksum else None
        if record is None:
            return records, True
        records.append(record)
    return records, False


def _record(text: bytes) -> Record | None:
    """One record; None for one of a later version, after which nothing can be sure to be understood."""
    try:
        record = _DECODER.decode(text)
    except (msgspec.DecodeError, RecursionError):
        return None
    return None if isinstance(record, Opened) and record.version != VERSION else record


def _apply(record: Record, exchanges: dict[int, Exchange]) -> None:
    if isinstance(record, Began):
        exchanges[record.take] = Exchange(record)
    elif not isinstance(record, Opened) and record.take in exchanges:
        exchanges[record.take].note(record)
