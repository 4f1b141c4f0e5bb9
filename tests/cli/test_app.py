"""The command line as a whole: where every command starts and every error ends, and what its help looks like."""

from __future__ import annotations

import os
import subprocess
import sys

import click
import pytest

from harness.cli import app as app_module
from harness.cli import run
from harness.cli.app import COMMANDS
from harness.cli.status import MEANING, Status
from harness.errors import (
    CassetteError,
    CassetteMiss,
    HarnessError,
    SecretError,
    UpstreamUnreachable,
    UsageError,
)

HEAVY = {"aiohttp", "jsonschema", "hypothesis", "rich"}
NEVER_FOR_THE_LIST = HEAVY | {"asyncio", "msgspec", "yaml", "harness.report"}


def fail_with(monkeypatch, error):
    """A command `doctor` that does nothing but raise."""

    @click.command("doctor")
    def command() -> None:
        raise error

    monkeypatch.setattr(app_module.app, "get_command", lambda *_: command)


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (HarnessError("x"), Status.FINDINGS),
        (CassetteMiss("x"), Status.FINDINGS),
        (UsageError("x"), Status.USAGE),
        (UpstreamUnreachable("x"), Status.INCONCLUSIVE),
        (CassetteError("x"), Status.DAMAGED),
        (SecretError("x"), Status.SECRET),
        (KeyboardInterrupt(), Status.INTERRUPTED),
        (click.Abort(), Status.INTERRUPTED),
        (ZeroDivisionError("x"), Status.FAULT),
        (PermissionError(13, "Permission denied", "/x"), Status.USAGE),
        (click.UsageError("x"), Status.USAGE),
    ],
    ids=lambda value: type(value).__name__ if isinstance(value, BaseException) else "",
)
def test_every_error_has_its_status_and_no_traceback(cli, monkeypatch, error, status):
    fail_with(monkeypatch, error)
    ended = cli("doctor")
    assert ended.status == status
    assert ended.out == ""
    assert ended.err
    assert "Traceback" not in ended.err


def test_an_error_is_told_with_all_its_parts(cli, monkeypatch):
    fail_with(
        monkeypatch, UsageError("It broke.", where="here", expected="this", found="that\x1b[2J", help="do so")
    )
    assert cli("doctor").err.splitlines() == [
        "error: It broke.",
        "  where: here",
        "  expected: this",
        "  found: that\\x1b[2J",
        "  help: do so",
    ]


@pytest.mark.parametrize("line", [("--debug", "doctor"), ("doctor", "--debug")], ids=["before", "behind"])
def test_debug_lets_the_traceback_through_wherever_it_stands(cli, monkeypatch, line):
    fail_with(monkeypatch, UsageError("It broke."))
    with pytest.raises(UsageError):
        cli(*line)


def test_behind_two_dashes_debug_is_a_word_like_any_other(cli):
    assert cli("explain", "--", "--debug").err.startswith("error: There is no rule '--debug'")


def test_a_wrong_command_is_answered_with_the_nearest(cli):
    ended = cli("valdate")
    assert ended.status == Status.USAGE
    assert "Did you mean 'validate'?" in ended.err


def test_a_wrong_choice_is_answered_with_the_nearest(cli):
    ended = cli("doctor", "--format", "jsn")
    assert (ended.status, "Did you mean 'json'?" in ended.err) == (Status.USAGE, True)


def test_the_bare_name_shows_the_help(cli):
    ended = cli()
    assert ended.status == Status.USAGE
    assert ended.out.startswith("Examples:")


def test_help_tells_every_command_and_every_status(cli):
    out = cli("--help").out
    assert all(f"  {name} " in out for name in COMMANDS)
    assert all(words in out for words in MEANING.values())


@pytest.mark.parametrize("line", ["--help", "--version", "replay --help", "record --help", "standin --help"])
def test_help_loads_nothing_heavy(line):
    question = f"from harness.cli import run; run({line.split()!r}); import sys; print('\\n', *sys.modules)"
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    loaded = set(answer.stdout.splitlines()[-1].split())
    assert not loaded & (HEAVY if " " in line else NEVER_FOR_THE_LIST)


@pytest.mark.parametrize("name", [None, *COMMANDS])
def test_help_begins_with_examples_and_fits_80_columns(cli, name):
    out = cli(*filter(None, [name]), "--help").out
    assert out.startswith("Examples:\n  harness ")
    assert max(map(len, out.splitlines())) <= 80


@pytest.mark.parametrize("name", COMMANDS)
def test_a_command_is_called_what_the_table_calls_it(name):
    context = click.Context(app_module.app)
    command = app_module.app.get_command(context, name)
    assert command.name == name
    assert sum(isinstance(each, click.Argument) for each in command.params) <= 1


@pytest.mark.parametrize("name", COMMANDS)
def test_the_examples_of_a_command_are_lines_it_understands(name):
    command = app_module.app.get_command(click.Context(app_module.app), name)
    for example in command.examples:
        import shlex

        words = shlex.split(example)
        assert words[:2] == ["harness", name] or name not in words
        app_module.app.get_command(click.Context(app_module.app), words[1]).make_context(
            words[1], words[2:], resilient_parsing=True
        )


def test_a_reader_that_has_enough_is_no_error():
    """`harness ... | head -1` closes the pipe under the writer."""
    question = "import sys; from harness.cli import run; sys.exit(run(['explain']))"
    reader, writer = os.pipe()
    os.close(reader)
    ended = subprocess.run([sys.executable, "-c", question], stdout=writer, stderr=subprocess.PIPE, text=True)
    os.close(writer)
    assert (ended.returncode, ended.stderr) == (0, "")


def test_run_returns_the_status():
    assert run(["--version"]) == 0
