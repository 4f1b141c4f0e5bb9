"""Starts the independent upstream of `tests/e2e/edge`: an edge function over openai-edge, with aimock as the model.

Needs Node 20 and npm. The packages are installed once, from the lock file, into a folder that git ignores;
both servers listen on loopback and end with the process that asked for them.
"""

from __future__ import annotations

import json
import shutil
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

EDGE = Path(__file__).parent / "edge"
STOPPING_S = 10
PACKAGES = ("openai-edge", "@copilotkit/aimock")


def recorded_from() -> str:
    """Names and versions of the servers, as they stand in the lock file."""
    lock = json.loads((EDGE / "package-lock.json").read_text(encoding="utf-8"))["packages"]
    edge, model = (f"{name} {lock[f'node_modules/{name}']['version']}" for name in PACKAGES)
    return f"{edge} over {model}"


@contextmanager
def independent_upstream(port: int = 0) -> Iterator[str]:
    """The base URL of the running upstream."""
    _install()
    command = [_program("node"), "server.mjs", str(port)]
    with subprocess.Popen(command, cwd=EDGE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        try:
            yield json.loads(node.stdout.readline())["url"]
        finally:
            node.stdin.close()  # its sign to end
            _wait(node)


def _wait(node: subprocess.Popen[bytes]) -> None:
    try:
        node.wait(STOPPING_S)
    except subprocess.TimeoutExpired:
        node.kill()


def _install() -> None:
    lock, done = EDGE / "package-lock.json", EDGE / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([_program("npm"), "ci", "--silent"], cwd=EDGE, check=True)


def _program(name: str) -> str:
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is missing: the independent upstream needs Node 20 and npm")
    return found
