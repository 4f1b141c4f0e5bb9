"""How commands look, and that the group loads only what is called."""

from __future__ import annotations

import click
import pytest
from click.testing import CliRunner

from harness.cli.command import Entry, LazyGroup, command, forked, group

TABLE = {"explain": Entry("Check", "Say what a rule means."), "doctor": Entry("Get going", "Look around.")}
GROUP = LazyGroup("harness", table=TABLE, examples=("harness explain x",))


@command("greet", examples=("harness greet",))
def greet() -> None:
    """Say hello."""


@group("people", examples=("harness people greet",))
def people() -> None:
    """See to people."""


@command("name", examples=("harness people name",))
@click.option("--upstream")
def name(upstream) -> None:
    """Say a name."""
    click.echo(upstream)


people.add_command(name)


def test_a_group_begins_with_its_examples_and_lists_what_is_below_it():
    shown = CliRunner().invoke(people, ["--help"]).output
    assert shown.startswith("Examples:\n  harness people greet\n")
    assert shown.index("See to people") < shown.index("name")


def test_settings_hold_for_what_is_below_a_group():
    assert CliRunner().invoke(people, ["name"], default_map={"upstream": "somebody"}).output == "somebody\n"


def test_help_begins_with_the_examples():
    shown = CliRunner().invoke(greet, ["--help"]).output
    assert shown.startswith("Examples:\n  harness greet\n")
    assert shown.index("Examples") < shown.index("Usage") < shown.index("Say hello")


def test_commands_stand_under_their_headings_in_the_tables_order():
    shown = CliRunner().invoke(GROUP, ["--help"]).output
    places = [shown.index(word) for word in ("Check:", "  explain", "Get going:", "  doctor", "Exit status:")]
    assert places == sorted(places)


def test_a_command_is_loaded_by_its_name():
    assert GROUP.get_command(click.Context(GROUP), "explain").name == "explain"
    assert GROUP.get_command(click.Context(GROUP), "status") is None


@pytest.mark.parametrize(
    ("word", "hint"), [("explian", "Did you mean 'explain'?"), ("xyz", "There is no command 'xyz'.")]
)
def test_a_wrong_word_is_answered(word, hint):
    ended = CliRunner().invoke(GROUP, [word])
    assert ended.exit_code == 2
    assert hint in ended.output


@forked("look", examples=("harness look x",))
@click.argument("place")
def look(place) -> None:
    """Look somewhere."""
    click.echo(f"looked at {place}")


look.add_command(name)


@pytest.mark.parametrize(
    ("line", "said"),
    [(["here"], "looked at here"), (["./name"], "looked at ./name"), (["name", "--upstream", "u"], "u")],
)
def test_the_first_word_of_a_forked_command_is_a_command_below_it_or_its_argument(line, said):
    assert CliRunner().invoke(look, line).output == f"{said}\n"


def test_a_forked_command_lists_what_is_below_it():
    assert "Say a name." in CliRunner().invoke(look, ["--help"]).output


def test_the_settings_of_a_forked_command_count_below_it_too():
    parent = click.Group("harness", commands=[look])
    settings = {"look": {"upstream": "from the settings"}}
    ended = CliRunner().invoke(parent, ["look", "name"], default_map=settings)
    assert ended.output == "from the settings\n"
