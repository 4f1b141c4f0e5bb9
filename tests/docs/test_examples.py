"""What the documentation shows is run: Python as it stands, console lines with what they print.

The blocks of a page run in order, in one folder and one namespace; one that opens with a file's name becomes that
file. In what is printed `...` stands for anything; ports are exchanged for free ones, so that pages can run beside
each other.
"""

from __future__ import annotations

import asyncio
import doctest
import inspect
import os
import re
import shlex
import socket
import subprocess
import sys
from dataclasses import dataclass, field
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

import pytest

from harness.cli.app import COMMANDS
from tests.cli.conftest import PROGRAM, ROOT

if TYPE_CHECKING:
    from pathlib import Path

PAGES = [
    ROOT / "README.md",
    *sorted((ROOT / "docs").glob("tutorial/*.md")),
    *sorted((ROOT / "docs").glob("how-to/*.md")),
]
BLOCK = re.compile(r"^```(\w+)\n(.*?)^```$", re.MULTILINE | re.DOTALL)
FILE = re.compile(r"(?:#|//) ((?:\w+/)*[\w.]+\.(?:py|toml|json))\n")
COMMAND = re.compile(r"^\$ (.*)\n((?:(?!\$ ).*\n)*)", re.MULTILINE)
IS_INSTALLED = bool(entry_points(group="pytest11", name="harness"))
LEAN = ["-p", "no:anyio", "-p", "no:hypothesispytest"]
"""Plugins of others that no page needs, and that cost every run a second."""
PROGRAMS = {
    "harness": PROGRAM,
    "python": [sys.executable],
    "pytest": [
        sys.executable,
        "-m",
        "pytest",
        *LEAN,
        *([] if IS_INSTALLED else ["-p", "harness.pytest_plugin"]),
    ],
}
"""What pages run."""
CHECKER = doctest.OutputChecker()
HOW = doctest.ELLIPSIS | doctest.NORMALIZE_WHITESPACE


@dataclass
class Page:
    """One page being run: its folder, its names, its running servers, its ports."""

    folder: Path
    names: dict[str, object] = field(default_factory=lambda: {"__name__": "page"})
    servers: list[subprocess.Popen[str]] = field(default_factory=list)
    ports: dict[str, str] = field(default_factory=dict)

    def block(self, kind: str, source: str) -> None:
        """Do what a block says."""
        if named := FILE.match(source):
            self._file(named[1], source.removeprefix(named[0]) if kind == "json" else source)
        elif kind in ("python", "console"):
            getattr(self, kind)(source)

    def _file(self, name: str, source: str) -> None:
        path = self.folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text(self._with_free_ports(source), encoding="utf-8")

    def python(self, source: str) -> None:
        """Run a block, and whatever it defined as a test."""
        before = set(self.names)
        exec(compile(source, "page", "exec"), self.names)
        for name in set(self.names) - before:
            if name.startswith("test_"):
                ended = self.names[name]()
                asyncio.run(ended) if inspect.isawaitable(ended) else None

    def console(self, source: str) -> None:
        """Run the lines behind `$`, and compare what they print."""
        for line, wanted in COMMAND.findall(self._with_free_ports(source)):
            printed = self._run(line)
            assert CHECKER.check_output(wanted, printed, HOW), (
                f"$ {line}\nwanted:\n{wanted}\nprinted:\n{printed}"
            )

    def close(self) -> None:
        """Stop what still runs."""
        while self.servers:
            self._kill()

    def _run(self, line: str) -> str:
        if line == "kill %1":
            return self._kill()
        words = shlex.split(line.removesuffix("&"))
        process = self._start([*PROGRAMS[words[0]], *words[1:]])
        if line.endswith("&"):
            self.servers.append(process)
            return process.stdout.readline() + (process.stderr.readline() if words[0] == "harness" else "")
        return "".join(process.communicate(timeout=60))

    def _start(self, words: list[str]) -> subprocess.Popen[str]:
        outer = {name: value for name, value in os.environ.items() if not name.startswith("PYTEST_")}
        environ = {**outer, "PYTHONPATH": str(ROOT), "COLUMNS": "100"}
        pipes = {"stdout": subprocess.PIPE, "stderr": subprocess.PIPE}
        return subprocess.Popen(words, cwd=self.folder, env=environ, text=True, **pipes)

    def _kill(self) -> str:
        process = self.servers.pop(0)
        process.terminate()
        return "".join(process.communicate(timeout=20))

    def _with_free_ports(self, source: str) -> str:
        return re.sub(r"\b80\d\d\b", self._port, source)

    def _port(self, match: re.Match[str]) -> str:
        if match[0] not in self.ports:
            with socket.create_server(("127.0.0.1", 0)) as free:
                self.ports[match[0]] = str(free.getsockname()[1])
        return self.ports[match[0]]


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_what_a_page_shows_is_true(path, tmp_path, monkeypatch):
    in_repository = path.name == "README.md"
    page = Page(ROOT if in_repository else tmp_path)
    monkeypatch.chdir(page.folder)
    try:
        for kind, source in BLOCK.findall(path.read_text(encoding="utf-8")):
            page.block(kind, source)
    finally:
        page.close()


@pytest.mark.parametrize("path", PAGES, ids=lambda path: path.name)
def test_every_block_of_a_page_has_a_kind(path):
    fences = re.findall(r"^```(\w*)$", path.read_text(encoding="utf-8"), re.MULTILINE)
    assert set(fences[::2]) <= {"python", "console", "sh", "toml", "json", "text"}


def test_shell_blocks_name_sessions_and_commands_that_exist():
    text = "\n".join(path.read_text() for path in [*PAGES, ROOT / "CONTRIBUTING.md"])
    sessions = set(re.findall(r"nox(?:file\.py)? -s (\w+)", text))
    assert {"demo", "tests"} <= sessions
    assert all(f"\ndef {name}(" in (ROOT / "noxfile.py").read_text() for name in sessions)
    assert set(re.findall(r"^(?:\$ )?harness (\w+)", text, re.MULTILINE)) <= set(COMMANDS)
