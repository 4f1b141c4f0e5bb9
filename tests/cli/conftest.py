"""What the tests of this room share: a way to run the command line as a person would, and see all of it."""

from __future__ import annotations

from dataclasses import dataclass

import pytest

from harness.cli import run


@dataclass(frozen=True)
class Ended:
    """What a run of the command line left behind."""

    status: int
    out: str
    err: str


@pytest.fixture
def cli(capsys, monkeypatch, tmp_path):
    """Run `harness ...` in an empty folder, with an environment that says nothing."""
    for name in (
        "HARNESS_FORMAT",
        "HARNESS_COLOR",
        "HARNESS_DEBUG",
        "HARNESS_PACE",
        "FORCE_COLOR",
        "NO_COLOR",
    ):
        monkeypatch.delenv(name, raising=False)
    monkeypatch.chdir(tmp_path)

    def call(*arguments: str) -> Ended:
        capsys.readouterr()
        status = run([str(argument) for argument in arguments])
        return Ended(status, *capsys.readouterr())

    return call
