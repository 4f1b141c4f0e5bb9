"""The options that several commands share, with the same words and the same meaning everywhere."""

from __future__ import annotations

import functools
import math
from collections.abc import Callable
from difflib import get_close_matches
from pathlib import Path
from typing import Any, TypeAlias

import click
import msgspec

from harness.cli.screen import COLORS
from harness.report.context import Format

Command: TypeAlias = Callable[..., Any]


class Output(msgspec.Struct, frozen=True):
    """Where a result goes, and in which form."""

    format: Format
    file: Path | None
    color: str
    exit_zero: bool = False


class NearChoice(click.Choice[str]):
    """A choice that answers a wrong word with the nearest right one."""

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> str:
        """The word, if it is one of the choices."""
        if value in self.choices:
            return str(value)
        near = get_close_matches(str(value), list(map(str, self.choices)), n=1)
        hint = f" Did you mean {near[0]!r}?" if near else ""
        expected = ", ".join(map(str, self.choices))
        raise click.BadParameter(f"{value!r} is not one of {expected}.{hint}", ctx, param)

    def get_missing_message(self, param: click.Parameter, ctx: click.Context | None) -> str:
        """The words to choose from, in one line."""
        return f"Choose one of {', '.join(map(str, self.choices))}."


class Duration(click.FloatRange):
    """Seconds: more than none, and a number that somebody could wait for."""

    def __init__(self) -> None:
        super().__init__(min=0, min_open=True)

    def convert(self, value: Any, param: click.Parameter | None, ctx: click.Context | None) -> float:
        """The seconds. `nan` is in no range, and click lets it pass; a search until then has no end."""
        seconds = float(super().convert(value, param, ctx))
        if not math.isfinite(seconds):
            self.fail(f"{value} is no number of seconds.", param, ctx)
        return seconds


class File(click.Path):
    """A path that is looked at by whoever reads it, so that all commands say the same of a missing one."""

    def __init__(self) -> None:
        super().__init__(path_type=Path)


def setting(*names: str, **attributes: Any) -> Callable[[Command], Command]:
    """An option that is also a setting: `HARNESS_<NAME>` and `[tool.harness]` stand in for the flag."""
    variable = "HARNESS_" + names[0].removeprefix("--").replace("-", "_").upper()
    return click.option(*names, envvar=variable, show_envvar=True, **attributes)


color = setting(
    "--color", type=NearChoice(COLORS), default="auto", show_default=True, help="Colour the output."
)
pace = setting(
    "--pace", default="instant", show_default=True, help="instant, recorded, or a factor: 2 is twice as fast."
)
cut = setting(
    "--cut",
    default="recorded",
    show_default=True,
    help="recorded, event, character, byte, whole, or random:SEED.",
)
fault = setting(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT",
    help="Break it on purpose: truncate:events=3, reset_peer, status:code=429 ... Repeatable.",
)
host = setting("--host", default="127.0.0.1", show_default=True, help="Address to listen on.")
port = setting(
    "--port", type=click.IntRange(0, 65535), default=0, show_default=True, help="0 takes a free one."
)
remote = click.option("--allow-remote", is_flag=True, help="Let --host be other than this machine.")


def upstream(command: Command) -> Command:
    """`--upstream`, checked by the registry when it is used."""
    return setting("--upstream", metavar="NAME", help="The upstream whose rules count, such as vitalentum.")(
        command
    )


def output(*formats: Format, exit_zero: bool = False) -> Callable[[Command], Command]:
    """`--format`, `--output` and `--color`, handed to the command as one value named `output`."""
    is_report = set(formats) == set(Format)
    name = (
        "format" if is_report else "form"
    )  # the setting `format` is for reports; other commands know two forms only

    def decorate(command: Command) -> Command:
        @functools.wraps(command)
        def gathered(
            *args: Any, output: Path | None, color: str, exit_zero: bool = False, **others: Any
        ) -> Any:
            chosen = Output(Format(others.pop(name)), output, color, exit_zero)
            return command(*args, output=chosen, **others)

        return _format(name, formats)(_where(gathered, exit_zero=exit_zero))

    return decorate


def _where(command: Command, *, exit_zero: bool) -> Command:
    made = color(command)
    if exit_zero:
        made = click.option("--exit-zero", is_flag=True, help="End with status 0 in spite of findings.")(made)
    return click.option("-o", "--output", type=File(), metavar="FILE", help="Write there instead of stdout.")(
        made
    )


def _format(name: str, formats: tuple[Format, ...]) -> Callable[[Command], Command]:
    words = [word.value for word in formats]
    make = setting if name == "format" else click.option
    return make(
        "--format",
        name,
        type=NearChoice(words),
        default=words[0],
        show_default=True,
        help="Form of the result.",
    )
