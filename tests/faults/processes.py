"""Recorders in processes of their own, which can be stopped and killed."""

import asyncio
import os
import subprocess
import sys
from pathlib import Path

ROOT = Path(__file__).parents[2]
PATIENCE_S = 50


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the checkout, to its end."""
    return subprocess.run(
        [sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=PATIENCE_S
    )


RECORDER = """
import asyncio, sys
from pathlib import Path
from harness import use_cassette
from tests.faults.asking import ask

with use_cassette(sys.argv[1], mode="new_episodes"):
    print(asyncio.run(ask(sys.argv[2], n=int(sys.argv[3]), timeout=None)).body, flush=True)
"""


def recorder(tape: Path, url: str, n: int = 1) -> subprocess.Popen[str]:
    """A process that records one answer behind what is on the tape."""
    return subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(tape), url, str(n)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def until_pieces_arrive(tape: Path, number: int) -> None:
    """Wait until the journal beside the tape has so many pieces."""
    while True:
        (journal,) = list(tape.parent.glob("*.journal")) or [Path(os.devnull)]
        if journal.read_bytes().count(b'"type":"piece"') >= number:
            return
        await asyncio.sleep(0.01)
