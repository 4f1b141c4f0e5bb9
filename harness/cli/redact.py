"""`harness redact`: secrets out of cassettes that are there already."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.command import command as command_
from harness.cli.options import File
from harness.cli.screen import result, say
from harness.cli.tapes import cassette_paths
from harness.disk.cassettes import load_cassette, save_cassette
from harness.disk.environment import environment_redactor
from harness.report.context import counted

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ("harness redact hello.yaml", "harness redact cassettes/")


@command_("redact", examples=EXAMPLES)
@click.argument("path", type=File())
def command(path: Path) -> None:
    """Remove secrets from a cassette, or from a folder of them, in place. Prints the files that were changed.

    Headers that nobody needs for a replay go as well; the pieces of a stream keep their sizes.
    """
    changed = [each for each in cassette_paths(path) if _redact(each)]
    if not changed:
        say("There was nothing to remove.")
        return
    say(
        f"Changed {counted(len(changed), 'cassette')}. A secret that was in one is known to whoever had it: revoke it."
    )


def _redact(file: Path) -> bool:
    """Rewrite the file, if redaction changes anything in it."""
    cassette = load_cassette(file)
    redactor = environment_redactor()
    clean = tuple(map(redactor.interaction, cassette.interactions))
    if clean == cassette.interactions:
        return False
    save_cassette(cassette, file, redactor=redactor)
    result(f"{file}\n")
    return True
