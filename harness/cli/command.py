"""How commands look: help that starts with examples, and a group that loads a command's code only when it is called.

`COMMANDS` in `harness.cli.app` is the table; this module knows none of the commands.
"""

from __future__ import annotations

from difflib import get_close_matches
from importlib import import_module
from typing import TYPE_CHECKING, Any, NamedTuple

import click

from harness.cli.status import MEANING

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

WIDTH = 80


class Entry(NamedTuple):
    """One command of the table: under which heading it stands, and what it does in one line."""

    heading: str
    does: str


class ExampleCommand(click.Command):
    """A command whose help starts with lines to copy."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, then click's own parts."""
        write_examples(formatter, self.examples)
        super().format_help(ctx, formatter)


class LazyGroup(click.Group):
    """A group over a table of modules: `harness.cli.<name>` holds the command of that name."""

    def __init__(
        self, *args: Any, table: Mapping[str, Entry], examples: Sequence[str] = (), **attributes: Any
    ) -> None:
        super().__init__(*args, **attributes)
        self.table = table
        self.examples = examples

    def list_commands(self, ctx: click.Context) -> list[str]:
        """The names, in the table's order."""
        return list(self.table)

    def get_command(self, ctx: click.Context, cmd_name: str) -> click.Command | None:
        """The command, loaded now; None for a name that is not in the table."""
        if cmd_name not in self.table:
            return None
        command = import_module(f"harness.cli.{cmd_name}").command
        assert isinstance(command, click.Command)  # each module of the table keeps to this
        return command

    def resolve_command(
        self, ctx: click.Context, args: list[str]
    ) -> tuple[str | None, click.Command | None, list[str]]:
        """The command that the first word names; a wrong word is answered with the nearest right one."""
        if args and args[0] not in self.table and not ctx.resilient_parsing:
            near = get_close_matches(args[0], self.table, n=1)
            hint = f" Did you mean {near[0]!r}?" if near else ""
            raise click.UsageError(f"There is no command {args[0]!r}.{hint}", ctx)
        return super().resolve_command(ctx, args)

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, usage, commands under their headings, options, exit statuses."""
        write_examples(formatter, self.examples)
        super().format_help(ctx, formatter)
        with formatter.section("Exit status"):
            formatter.write_dl([(f"{status:>3d}", words) for status, words in MEANING.items()])

    def format_commands(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """The table, heading by heading. No command is loaded for it."""
        for heading in dict.fromkeys(entry.heading for entry in self.table.values()):
            with formatter.section(heading):
                formatter.write_dl(
                    [(name, entry.does) for name, entry in self.table.items() if entry.heading == heading]
                )


class ExampleGroup(click.Group):
    """A command with commands below it. They are few and light, so they are loaded together, with their group."""

    def __init__(self, *args: Any, examples: Sequence[str] = (), **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.examples = examples

    def format_help(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Examples, then click's own parts."""
        write_examples(formatter, self.examples)
        super().format_help(ctx, formatter)

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The group's context; what the settings say, they say to each command below it."""
        context = super().make_context(info_name, args, parent, **extra)
        context.default_map = dict.fromkeys(self.commands, context.default_map or {})
        return context


class ForkedCommand(ExampleCommand):
    """A command of its own with commands below it: the first word chooses, and what is none of theirs is its argument.

    A file that is called like one of them is written as a path: `./accept`.
    """

    def __init__(self, *args: Any, **attributes: Any) -> None:
        super().__init__(*args, **attributes)
        self.commands: dict[str, click.Command] = {}

    def add_command(self, command: click.Command) -> None:
        """Put a command below this one."""
        assert command.name is not None  # `command` gives each a name
        self.commands[command.name] = command

    def make_context(
        self, info_name: str | None, args: list[str], parent: click.Context | None = None, **extra: Any
    ) -> click.Context:
        """The context of the command that the first word names, or this one's. The settings are the same for both."""
        below = self.commands.get(args[0]) if args else None
        if below is None:
            return super().make_context(info_name, args, parent, **extra)
        if parent is not None and parent.default_map:
            extra["default_map"] = parent.default_map.get(info_name or "")
        return below.make_context(f"{info_name} {args[0]}", args[1:], parent, **extra)

    def invoke(self, ctx: click.Context) -> Any:
        """Run the command that the context was made for."""
        return super().invoke(ctx) if ctx.command is self else ctx.command.invoke(ctx)

    def format_options(self, ctx: click.Context, formatter: click.HelpFormatter) -> None:
        """Options, then the commands below."""
        super().format_options(ctx, formatter)
        with formatter.section("Commands"):
            formatter.write_dl(
                [(name, command.get_short_help_str(WIDTH)) for name, command in self.commands.items()]
            )


def forked(name: str, *, examples: Sequence[str]) -> Callable[[Callable[..., Any]], ForkedCommand]:
    """A command named *name* that may have others below it; its help is the function's docstring."""
    limits = {"max_content_width": WIDTH, "help_option_names": ["-h", "--help"]}
    return click.command(name, cls=ForkedCommand, examples=examples, context_settings=limits)


def group(name: str, *, examples: Sequence[str]) -> Callable[[Callable[..., Any]], ExampleGroup]:
    """A group of commands named *name*; its help is the function's docstring."""
    limits = {"max_content_width": WIDTH, "help_option_names": ["-h", "--help"]}
    return click.group(name, cls=ExampleGroup, examples=examples, context_settings=limits)


def command(name: str, *, examples: Sequence[str]) -> Callable[[Callable[..., Any]], ExampleCommand]:
    """A command named *name*; its help is the function's docstring."""
    limits = {"max_content_width": WIDTH, "help_option_names": ["-h", "--help"]}
    return click.command(name, cls=ExampleCommand, examples=examples, context_settings=limits)


def write_examples(formatter: click.HelpFormatter, examples: Sequence[str]) -> None:
    """The lines as they are typed."""
    with formatter.section("Examples"):
        for line in examples:
            formatter.write(f"  {line}\n")
    formatter.write_paragraph()
