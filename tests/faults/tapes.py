"""A tape with one old exchange, a new one to record behind it, and the question whether both are there."""

from collections.abc import Callable, Sequence
from pathlib import Path

from harness import Cassette, Interaction, Request, Response, load_cassette, save_cassette
from harness.cassette.model import End
from harness.disk.tape import TapeWriter

OLD = b"data: old\n\ndata: [DONE]\n\n"
PIECES = (b"data: \xd0", b"\x9f\n\n", b"data: two\n\n: ping\n\n", b"data: [DONE]\n\n")
NEW = b"".join(PIECES)
HALF = b"".join(PIECES[:2])
HEAD = (200, "OK", (("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")))
NOW = "2026-11-22T12:00:00Z"


def old_tape(path: Path) -> bytes:
    """Put a tape with one exchange at *path*; returns its bytes."""
    path.parent.mkdir(parents=True, exist_ok=True)
    save_cassette(Cassette((Interaction(Request("GET", "http://recorded/old"), Response(*HEAD, OLD)),)), path)
    return path.read_bytes()


def record(
    path: Path, pieces: Sequence[bytes] = PIECES, *, told: Callable[[int], object] = lambda _: None
) -> None:
    """Record one exchange behind what is there; *told* hears the number of each piece that was taken in."""
    writer = TapeWriter(path)
    take = writer.begin(Request("POST", "http://recorded/new", (), b"{}"), recorded_at=NOW)
    take.head(*HEAD)
    for number, piece in enumerate(pieces, 1):
        take.piece(float(number), piece)
        told(number)
    take.end(End.COMPLETE, float(len(pieces)))
    writer.finish()


def half_recorded(path: Path) -> TapeWriter:
    """A recorder in the middle of an exchange."""
    writer = TapeWriter(path)
    take = writer.begin(Request("POST", "http://recorded/new", (), b"{}"), recorded_at=NOW)
    take.head(*HEAD)
    for number, piece in enumerate(PIECES[:2], 1):
        take.piece(float(number), piece)
    return writer


def bodies(path: Path) -> list[bytes]:
    """The bodies on the tape, those of orphaned journals with them."""
    return [item.response.body for item in load_cassette(path).interactions]


def litter(path: Path) -> list[str]:
    """Files beside the tape that should not be there when a recording is over."""
    return sorted(file.name for file in path.parent.iterdir() if file != path)
