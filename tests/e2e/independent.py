"""Starts the independent upstream of `tests/e2e/edge`: an edge function over openai-edge, with aimock as the model.

Needs Node 20 and npm. Both servers listen on loopback and end with the process that asked for them.
"""

from __future__ import annotations

import json
import subprocess
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from tests.e2e.npm import install, program

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
    with independent_servers(port) as servers:
        yield servers["url"]


@contextmanager
def independent_servers(port: int = 0) -> Iterator[dict[str, str]]:
    """Base URLs of the running upstream, `url`, and of the model behind it, `model`."""
    install(EDGE)
    command = [program("node"), "server.mjs", str(port)]
    with subprocess.Popen(command, cwd=EDGE, stdin=subprocess.PIPE, stdout=subprocess.PIPE) as node:
        assert node.stdin is not None
        assert node.stdout is not None
        try:
            yield json.loads(node.stdout.readline())
        finally:
            node.stdin.close()  # its sign to end
            _wait(node)


def _wait(node: subprocess.Popen[bytes]) -> None:
    try:
        node.wait(STOPPING_S)
    except subprocess.TimeoutExpired:
        node.kill()
