"""Recorders that are struck before their first call of the disk, their second, and so on, until one comes through.

A script, because a process with threads must not fork: `python -m tests.faults.dying FOLDER SIGKILL`. Each recorder
has a folder of its own, named by its number, with a tape that was there before. Prints of each how many pieces it had
taken in.
"""

import os
import signal
import sys
from itertools import count
from pathlib import Path

from tests.faults.failing import FailingDisk
from tests.faults.tapes import old_tape, record

TAPE = "t.yaml"


def main(folder: Path, how: signal.Signals) -> None:
    for at in count(1):
        tape = folder / str(at) / TAPE
        old_tape(tape)
        told, died = _forked(tape, at, how)
        print(at, told, flush=True)
        if not died:
            return


def _forked(tape: Path, at: int, how: signal.Signals) -> tuple[int, bool]:
    """How many pieces a recorder had taken in, and whether it died of its call number *at*."""
    listening, telling = os.pipe()
    child = os.fork()
    if child == 0:
        _recorder(tape, at, how, telling)
    os.close(telling)
    _, status = os.waitpid(child, 0)
    told = len(os.read(listening, 1000))
    os.close(listening)
    return told, status != 0


def _recorder(tape: Path, at: int, how: signal.Signals, telling: int) -> None:
    """Record and leave; never returns."""
    tell = os.write  # the real one: telling is no call of the disk
    try:
        with FailingDisk(lambda: os.kill(os.getpid(), how), at=at):
            record(tape, told=lambda _: tell(telling, b"."))
    except KeyboardInterrupt:
        os._exit(130)
    os._exit(0)


if __name__ == "__main__":
    main(Path(sys.argv[1]), signal.Signals[sys.argv[2]])
