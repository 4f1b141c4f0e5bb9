"""`harness convert`: the same cassette in another of its forms."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

from harness.cli.command import command as command_
from harness.cli.options import File, NearChoice
from harness.cli.screen import result
from harness.cli.tapes import one_cassette
from harness.disk.cassettes import save_cassette
from harness.disk.har import load_har, save_har
from harness.errors import UsageError

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cassette.model import Cassette

EXAMPLES = (
    "harness convert hello.yaml --to json",
    "harness convert hello.yaml --to har --output hello.har",
    "harness convert from-the-browser.har --to yaml",
)
FORMS = ("yaml", "json", "har")


@command_("convert", examples=EXAMPLES)
@click.argument("path", type=File())
@click.option("--to", "form", type=NearChoice(FORMS), required=True, help="The form to write.")
@click.option("-o", "--output", "out", type=File(), metavar="FILE", help="Where to; beside PATH by default.")
@click.option("--force", is_flag=True, help="Write over a cassette that is there.")
def command(path: Path, form: str, out: Path | None, force: bool) -> None:
    """Turn a cassette into YAML, JSON or HAR. Prints the name of the new file.

    A HAR file of another tool becomes a cassette with all that its events and times tell.
    """
    file, cassette = _read(path)
    target = out or file.with_suffix(f".{form}")
    if _form_of(target) != form:
        raise UsageError(f"{target} would not be {form}.", expected=f"a name that ends in .{form}")
    if target.exists() and not force:
        raise UsageError(
            "There is a file already.", where=str(target), help="add --force, or name another --output"
        )
    save = save_har if form == "har" else save_cassette
    save(cassette, target)
    result(f"{target}\n")


def _read(path: Path) -> tuple[Path, Cassette]:
    return (path, load_har(path)) if _form_of(path) == "har" else one_cassette(path)


def _form_of(file: Path) -> str | None:
    return {".yaml": "yaml", ".yml": "yaml", ".json": "json", ".har": "har"}.get(file.suffix.lower())
