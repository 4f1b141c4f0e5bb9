"""A whole run of pytest: adds up what its tests report, looks for tapes that nobody asks for, and says so at the end.

With pytest-xdist each worker sees all tests and the controller none, so the workers look and the controller
tells. Imports nothing heavy: it is there in every run.
"""

from __future__ import annotations

import os
from typing import TYPE_CHECKING, Any

import pytest

from harness.pytest_plugin.naming import FOLDER
from harness.pytest_plugin.tally import Tally

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

UNUSED = "harness_unused"
"""Under this name a worker tells the controller."""


class Run:
    """The hooks that see the run as a whole."""

    def __init__(self, config: pytest.Config) -> None:
        self._config = config
        self._tally = Tally()
        self._collected: list[pytest.Item] = []

    def pytest_itemcollected(self, item: pytest.Item) -> None:
        """Remember every test, also one that is deselected later: its tape is not unused."""
        self._collected.append(item)

    def pytest_runtest_logreport(self, report: pytest.TestReport) -> None:
        """Add up what a test did; the report of its tear-down is the one that knows all."""
        if report.when == "teardown":
            self._tally.add(report.user_properties)

    @pytest.hookimpl(optionalhook=True)
    def pytest_testnodedown(self, node: Any) -> None:
        """A worker of pytest-xdist is done; one that crashed has nothing to say."""
        self._tally.unused.update(getattr(node, "workeroutput", {}).get(UNUSED, ()))

    def pytest_sessionfinish(self, session: pytest.Session) -> None:
        """Look for tapes that no test asks for; they fail a run in CI."""
        if session.exitstatus in (pytest.ExitCode.OK, pytest.ExitCode.TESTS_FAILED):
            self._tally.unused.update(map(str, self._unused()))
        output = getattr(self._config, "workeroutput", None)
        if output is not None:
            output[UNUSED] = sorted(self._tally.unused)
        elif self._tally.unused and session.exitstatus == pytest.ExitCode.OK and not self._allows_unused():
            session.exitstatus = pytest.ExitCode.TESTS_FAILED

    def pytest_terminal_summary(self, terminalreporter: pytest.TerminalReporter) -> None:
        """The section of the run; none where no test of ours was."""
        lines = list(self._tally.lines(self._config.rootpath))
        if lines:
            terminalreporter.section("harness")
            for line in lines:
                terminalreporter.line(line)
        if self._tally.unused and not self._allows_unused():
            terminalreporter.line("          delete them, or set harness_allow_unused = true", red=True)

    def _unused(self) -> Iterable[Path]:
        if self._config.getoption("lf", False) or self._config.option.collectonly:
            return ()
        if not any((place / FOLDER).is_dir() for place in {item.path.parent for item in self._collected}):
            return ()
        from harness.pytest_plugin.unused import unused_tapes

        return unused_tapes(self._collected, in_part=self._in_part())

    def _in_part(self) -> set[Path]:
        """Modules of which the command line names single tests."""
        files = (argument.partition("::") for argument in self._config.args)
        return {(self._config.invocation_params.dir / file).resolve() for file, test, _ in files if test}

    def _allows_unused(self) -> bool:
        allowed = self._config.getini("harness_allow_unused")
        return not os.environ.get("CI") if allowed is None else bool(allowed)
