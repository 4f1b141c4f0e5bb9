"""The command line. One file a command, each thin; here is where it starts, and where every error ends.

An error of ours becomes its words and its exit status; a traceback is shown only with `--debug`.
"""

from __future__ import annotations

import os
import sys
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    import click

__all__ = ["main", "run"]


def main() -> None:
    """What the `harness` script calls."""
    sys.exit(run(sys.argv[1:]))


def run(arguments: Sequence[str]) -> int:
    """Run the command line with *arguments* and return the exit status."""
    from harness.cli.screen import be_lenient
    from harness.cli.status import Status

    be_lenient()
    try:
        return _invoke(arguments)
    except (KeyboardInterrupt, EOFError):
        sys.stderr.write("\nInterrupted.\n")
        return Status.INTERRUPTED
    except SystemExit as ended:  # click's own, and a reader that has had enough
        return int(ended.code or Status.CLEAN)


def _invoke(arguments: Sequence[str]) -> int:
    import click

    from harness.cli.app import app

    words, debug = _debug_taken(arguments)
    try:
        return int(app.main(words, prog_name="harness", standalone_mode=False) or 0)
    except click.Abort:
        raise KeyboardInterrupt from None
    except click.ClickException as error:
        return _refused(error)
    except Exception as error:
        if debug:
            raise
        return _told(error)


def _debug_taken(arguments: Sequence[str]) -> tuple[list[str], bool]:
    """`--debug` may stand anywhere before `--`; people add it at the end of the line that failed."""
    end = list(arguments).index("--") if "--" in arguments else len(arguments)
    words = [word for place, word in enumerate(arguments) if word != "--debug" or place > end]
    return words, len(words) < len(arguments) or bool(os.environ.get("HARNESS_DEBUG"))


def _refused(error: click.ClickException) -> int:
    """A wrong line in our own form of words, with the help that belongs to it."""
    from harness.cli.screen import say

    say(f"error: {error.format_message()}")
    context = getattr(error, "ctx", None)
    say(f"  help: {context.command_path if context else 'harness'} --help")
    return error.exit_code


def _told(error: Exception) -> int:
    """An error in words: ours as it stands, the operating system's in a line, anything else as our own fault."""
    from harness.cli.screen import say
    from harness.cli.status import Status
    from harness.errors import HarnessError

    if isinstance(error, HarnessError):
        say(f"error: {error}")
        return error.exit_status
    if isinstance(error, OSError):
        say(f"error: {error.strerror or error}{f': {error.filename}' if error.filename else ''}")
        return Status.USAGE
    say(f"error: harness itself failed: {type(error).__name__}: {error}")
    say("  help: run the same line with --debug and report what it shows")
    return Status.FAULT
