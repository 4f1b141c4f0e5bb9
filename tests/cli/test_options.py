"""The options that commands share."""

from __future__ import annotations

from pathlib import Path

import click
import pytest
from click.testing import CliRunner

from harness.cli import options
from harness.cli.options import NearChoice, Output, output
from harness.report import Format


@click.command()
@output(*Format, exit_zero=True)
def report(output: Output) -> None:
    """A command with every form of a report."""
    click.echo(repr(output))


@click.command()
@output(Format.TEXT, Format.JSON)
def other(output: Output) -> None:
    """A command that knows two forms."""
    click.echo(repr(output))


@pytest.mark.parametrize(
    ("line", "environ", "given"),
    [
        ([], {}, Output(Format.TEXT, None, "auto")),
        (["--format", "sarif", "-o", "x", "--exit-zero"], {}, Output(Format.SARIF, Path("x"), "auto", True)),
        ([], {"HARNESS_FORMAT": "junit", "HARNESS_COLOR": "never"}, Output(Format.JUNIT, None, "never")),
        (["--format", "json"], {"HARNESS_FORMAT": "junit"}, Output(Format.JSON, None, "auto")),
    ],
    ids=["defaults", "flags", "environment", "flags win"],
)
def test_where_and_how_comes_as_one_value(line, environ, given):
    assert CliRunner().invoke(report, line, env=environ).output == f"{given!r}\n"


def test_the_setting_for_reports_does_not_trip_a_command_that_knows_two_forms():
    assert "Format.TEXT" in CliRunner().invoke(other, env={"HARNESS_FORMAT": "junit"}).output


def test_a_wrong_choice_is_answered_with_the_nearest():
    with pytest.raises(click.BadParameter, match="Did you mean 'instant'"):
        NearChoice(["instant", "recorded"]).convert("instnat", None, None)


def test_a_hopeless_choice_is_answered_with_the_list():
    with pytest.raises(click.BadParameter, match=r"'xyz' is not one of instant, recorded\.$"):
        NearChoice(["instant", "recorded"]).convert("xyz", None, None)


def test_a_setting_is_named_after_its_flag():
    @click.command()
    @options.pace
    def play(pace: str) -> None:
        click.echo(pace)

    assert CliRunner().invoke(play, env={"HARNESS_PACE": "2"}).output == "2\n"
    assert "HARNESS_PACE" in CliRunner().invoke(play, ["--help"]).output
