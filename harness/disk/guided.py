"""atheris as an engine: libFuzzer in a process of its own, which it takes over, and what that process says. An edge.

The child is `harness.disk.guided_child`. It writes a line of JSON for each hit and a few times a second the number of
its examples; it is ended with whoever stops reading.
"""

from __future__ import annotations

import importlib.util
import math
import os
import random
import select
import subprocess
import sys
import tempfile
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.disk import found
from harness.errors import HarnessError, UsageError
from harness.fuzz.bytewise import Hit, given_of
from harness.fuzz.campaign import HANG, Seen
from harness.fuzz.laws import law_named
from harness.fuzz.telling import in_words

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from typing import BinaryIO

    from harness.fuzz.campaign import Budget
    from harness.fuzz.law import Law
    from harness.fuzz.targets import Target

SEEDS, SEED_SIZE = 4, 512
"""Inputs to begin with for each law, by chance: with so many bytes each is whole, and libFuzzer need not grow one."""

_STARTING = 60.0
"""Seconds until the child says its first word: it imports the target, and changes its code."""

_TELLING = 2.0
"""Seconds beyond the target's patience after which a silent child is ended: it speaks every fifth of a second."""


class Order(msgspec.Struct, frozen=True, kw_only=True):
    """What the child is told: what to fuzz with which laws, how, and where to write."""

    target: str
    kind: str
    laws: list[str]
    flags: list[str]
    runs: int | None
    channel: int
    current: str
    """Where it keeps the input that it is at."""
    patience: float


class Said(msgspec.Struct, frozen=True, omit_defaults=True):
    """One line of the child: a hit or none, and what was seen since the last line."""

    seen: Seen = Seen()
    hit: Hit | None = None


def ensure_atheris() -> None:
    """Raises UsageError where atheris is not installed."""
    if importlib.util.find_spec("atheris") is None:
        raise UsageError(
            "--engine atheris needs atheris, which is not installed.",
            help="pip install 'stream-harness[atheris]', or --engine hypothesis",
        )


def atheris_engine(target: Target, laws: Sequence[Law], budget: Budget, *, seed: int) -> Iterator[Hit | Seen]:
    """Fuzz *target* until the budget is spent or it hangs. Raises HarnessError where the child ends in another way."""
    with tempfile.TemporaryDirectory(prefix="harness-fuzz-") as name:
        folder = Path(name)
        _sow(folder / "corpus", len(laws), seed)
        with _child(target, laws, budget, seed, folder) as (process, channel):
            for said in _heard(process, channel, target, folder):
                yield said
                if budget.is_spent():  # starting took its time
                    return


def _sow(corpus: Path, laws: int, seed: int) -> None:
    chance = random.Random(seed)  # noqa: S311  # repeatable on purpose, nothing secret
    corpus.mkdir()
    for number in range(laws * SEEDS):
        (corpus / f"{number:04}").write_bytes(bytes([number % laws]) + chance.randbytes(SEED_SIZE))


def _flags(laws: int, budget: Budget, seed: int, folder: Path) -> tuple[list[str], int | None]:
    """libFuzzer's own words. Its time-out is never: the target's watch rings the same alarm."""
    runs = None if budget.examples is None else budget.examples * laws
    left = None if budget.until is None else max(1, math.ceil(budget.until - budget.clock()))
    limits = [f"-runs={runs}"] if runs else []
    limits += [f"-max_total_time={left}"] if left else []
    quiet = ("-verbosity=0", "-print_final_stats=0", f"-timeout={10**8}", "-len_control=0", "-max_len=4096")
    return [
        *limits,
        f"-seed={seed % 2**32 or 1}",
        *quiet,
        f"-artifact_prefix={folder}/",
        f"{folder}/corpus",
    ], runs


@contextmanager
def _child(
    target: Target, laws: Sequence[Law], budget: Budget, seed: int, folder: Path
) -> Iterator[tuple[subprocess.Popen[bytes], BinaryIO]]:
    """The child, and what it writes; ended in any case."""
    reader, writer = os.pipe()
    flags, runs = _flags(len(laws), budget, seed, folder)
    order = Order(
        target=target.name,
        kind=target.kind,
        laws=[law.name for law in laws],
        flags=flags,
        runs=runs,
        channel=writer,
        current=str(folder / "current"),
        patience=found.PATIENCE,
    )
    words = [sys.executable, "-m", "harness.disk.guided_child", msgspec.json.encode(order).decode()]
    with os.fdopen(reader, "rb", buffering=0) as channel, (folder / "errors").open("wb") as errors:
        process = subprocess.Popen(  # noqa: S603  # our own module
            words,
            stdin=subprocess.DEVNULL,
            stdout=subprocess.DEVNULL,
            stderr=errors,
            pass_fds=(writer,),
            env={**os.environ, "PYTHONPATH": os.pathsep.join(filter(None, sys.path))},
        )
        os.close(writer)
        try:
            yield process, channel
        finally:
            process.kill()
            process.wait()


def _heard(
    process: subprocess.Popen[bytes], channel: BinaryIO, target: Target, folder: Path
) -> Iterator[Hit | Seen]:
    """What the child says, until it has ended; where it falls silent, the input that it is at hangs."""
    for line in _lines(channel):
        if line is None:
            yield Seen()
            yield from _stuck(folder)
            return
        said = msgspec.json.decode(line, type=Said)
        yield said.seen
        if said.hit:
            yield said.hit
            if said.hit.hung:
                return
    if process.wait() != 0:
        raise _ended(process.returncode, target, folder)


def _lines(channel: BinaryIO) -> Iterator[bytes | None]:
    """Whole lines as they come; None, and no more, where none comes in time."""
    held, patience = b"", _STARTING
    while True:
        ready, _, _ = select.select([channel], [], [], patience)
        if not ready:
            yield None
            return
        piece = channel.read(1 << 16)
        if not piece:
            return
        *lines, held = (held + piece).split(b"\n")
        yield from lines
        patience = found.PATIENCE + _TELLING


def _stuck(folder: Path) -> Iterator[Hit]:
    law, data = _current(folder)
    if law:
        yield Hit(law, data, HANG, lost=True)


def _current(folder: Path) -> tuple[str, bytes]:
    """The law and the bytes that the child is at, or was at when it ended; nothing where it never began."""
    path = folder / "current"
    if not path.exists() or not (kept := path.read_bytes()):
        return "", b""
    size = int.from_bytes(kept[:4], "big")
    law, _, data = kept[4 : 4 + size].partition(b"\n")
    return law.decode(), data


def _ended(status: int, target: Target, folder: Path) -> HarnessError:
    """libFuzzer ends with 0; whatever else, it was the target, or atheris could not begin."""
    law, data = _current(folder)
    last = (folder / "errors").read_text(errors="replace").strip().rpartition("\n")[2]
    if not law:
        return UsageError("atheris could not begin.", where=target.name, found=last or f"status {status}")
    given = given_of(law_named(target.kind, law), data)
    return UsageError(
        "The target ended the process that it was called in.",
        where=f"{target.name}, given {in_words(given)}",
        found=f"signal {-status}" if status < 0 else f"exit status {status}",
        help="let it raise an exception where it cannot go on",
    )
