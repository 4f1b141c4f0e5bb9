"""What the tests of this room share: a project of its own, whose tests are run by a pytest of its own."""

from __future__ import annotations

import os
import shutil
from pathlib import Path
from textwrap import dedent

import pytest

# Imported here so that a pytest inside this one does not import them anew for each test.
import harness.net.proxy
import harness.net.replay_server
import harness.net.seam
import harness.net.standin
import harness.pytest_plugin.taking
import harness.pytest_plugin.unused  # noqa: F401

ROOT = Path(__file__).parents[2]
HELLO = ROOT / "cassettes" / "vitalentum" / "hello.yaml"

TALK = """
import asyncio
import harness

HELLO = "How does a tide work? (hello)"


async def ask(question=HELLO):
    messages = [{"role": "user", "content": question}]
    return "".join([piece async for piece in harness.Vitalentum.create_async_generator("", messages)])


def ask_now(question=HELLO):
    return asyncio.run(ask(question))
"""
"""The project's own code, which knows nothing of cassettes. `HELLO` is what the committed cassette was asked."""

PLUGINS = (
    "-p",
    "harness.pytest_plugin",
    "-p",
    "no:cacheprovider",
    "-p",
    "no:doctest",
    "-W",
    "ignore::pytest.PytestAssertRewriteWarning",
)


class Project:
    """A folder with a module `talk` and whatever tests are written into it."""

    def __init__(self, pytester: pytest.Pytester) -> None:
        self._pytester = pytester
        self.path = pytester.path
        pytester.makepyfile(talk=TALK)
        self.ini("")

    def ini(self, lines: str) -> None:
        """Write the ini file."""
        self._pytester.makeini(
            "[pytest]\nasyncio_mode = auto\nasyncio_default_fixture_loop_scope = function\n" + dedent(lines)
        )

    def tests(self, source: str, *, module: str = "test_chat") -> None:
        """Write a module of tests."""
        header = "import pytest\nimport harness\nfrom talk import HELLO, ask, ask_now\n"
        self._pytester.makepyfile(**{module: header + dedent(source)})

    def tape(self, test: str, *, module: str = "test_chat", of: Path = HELLO) -> Path:
        """Put a copy of a cassette where the tape of a test is looked for."""
        path = self.path / "cassettes" / module / f"{test}.yaml"
        path.parent.mkdir(parents=True, exist_ok=True)
        shutil.copy(of, path)
        return path

    def collected(self, *arguments: str) -> tuple[list[pytest.Item], pytest.HookRecorder]:
        """The tests as pytest sees them."""
        return self._pytester.inline_genitems(*PLUGINS, *arguments)

    def run(self, *arguments: str, plugins: tuple[str, ...] = ("pytest_asyncio.plugin",)) -> pytest.RunResult:
        """Run pytest in this process."""
        named = [word for plugin in plugins for word in ("-p", plugin)]
        return self._pytester.runpytest_inprocess(*PLUGINS, *named, *arguments)

    def run_apart(self, *arguments: str, plugins: tuple[str, ...] = ()) -> pytest.RunResult:
        """Run pytest in a process of its own."""
        named = [word for plugin in plugins for word in ("-p", plugin)]
        return self._pytester.runpytest_subprocess(*PLUGINS, *named, *arguments)


@pytest.fixture
def project(pytester, monkeypatch) -> Project:
    """An empty project; only the plugins that are named are loaded, and nobody says that this is CI."""
    for name in [name for name in os.environ if name.startswith("PYTEST_XDIST")] + ["CI", "PYTEST_ADDOPTS"]:
        monkeypatch.delenv(name, raising=False)
    monkeypatch.setenv("PYTEST_DISABLE_PLUGIN_AUTOLOAD", "1")
    monkeypatch.setenv("PYTHONPATH", str(ROOT))
    return Project(pytester)
