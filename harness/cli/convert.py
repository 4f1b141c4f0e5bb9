"""`harness convert`: the same cassette in the other of its two forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cassette.format import Kind
from harness.cli.command import command as command_
from harness.cli.options import File, NearChoice
from harness.cli.screen import result
from harness.cli.tapes import one_cassette
from harness.disk.cassettes import save_cassette
from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = ("harness convert hello.yaml --to json", "harness convert hello.json --to yaml --output new.yaml")


@command_("convert", examples=EXAMPLES)
@click.argument("path", type=File())
@click.option(
    "--to", "kind", type=NearChoice([kind.value for kind in Kind]), required=True, help="The form to write."
)
@click.option("-o", "--output", "out", type=File(), metavar="FILE", help="Where to; beside PATH by default.")
@click.option("--force", is_flag=True, help="Write over a cassette that is there.")
def command(path: Path, kind: str, out: Path | None, force: bool) -> None:
    """Turn a cassette from YAML into JSON, or back. Prints the name of the new file."""
    file, cassette = one_cassette(path)
    target = out or file.with_suffix(f".{kind}")
    if _kind_of(target) is not Kind(kind):
        raise UsageError(f"{target} would not be {kind}.", expected=f"a name that ends in .{kind}")
    if target.exists() and not force:
        raise UsageError(
            "There is a file already.", where=str(target), help="add --force, or name another --output"
        )
    save_cassette(cassette, target)
    result(f"{target}\n")


def _kind_of(file: Path) -> Kind | None:
    return {".yaml": Kind.YAML, ".yml": Kind.YAML, ".json": Kind.JSON}.get(file.suffix)
