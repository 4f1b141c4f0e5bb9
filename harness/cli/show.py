"""`harness show`: one recorded stream, event by event."""

from __future__ import annotations

import shutil
import sys
from typing import TYPE_CHECKING

import click
import msgspec

from harness.cli.command import command as command_
from harness.cli.options import File, Output, output, upstream
from harness.cli.reporting import emit
from harness.cli.screen import say, screen_of
from harness.cli.tapes import one_cassette
from harness.errors import UsageError
from harness.report import Format
from harness.report.document import json_text
from harness.report.listing import listing
from harness.report.stream import rows_of
from harness.report.stream_page import stream_page
from harness.upstreams.registry import get_upstream, upstream_for

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cassette.model import Cassette, Interaction
    from harness.report.stream import Rows

EXAMPLES = (
    "harness show cassettes/vitalentum/hello.yaml",
    "harness show hello.yaml --html hello.html",
    "harness show hello.yaml --interaction 2 --format json",
)


@command_("show", examples=EXAMPLES)
@click.argument("path", type=File())
@click.option(
    "-n", "--interaction", type=click.IntRange(min=1), metavar="N", help="Only this one; 1 is the first."
)
@click.option("--html", type=File(), metavar="FILE", help="Write one HTML page with pictures.")
@upstream
@output(Format.TEXT, Format.JSON)
def command(
    path: Path, interaction: int | None, html: Path | None, upstream: str | None, output: Output
) -> None:
    """Show a stream: its events with times and gaps, its path, its ending."""
    file, cassette = one_cassette(path)
    exchanges = [(number, each, _rows(each, upstream)) for number, each in _chosen(cassette, interaction)]
    if html is not None:
        page = stream_page(file.name, [(each, rows) for _, each, rows in exchanges])
        html.write_text(page, encoding="utf-8", errors="surrogatepass")
        say(f"Written to {html}")
    elif output.format is Format.JSON:
        emit(json_text([_document(number, each, rows) for number, each, rows in exchanges], indent=2), output)
    else:
        emit("\n".join(_listing(file, cassette, exchange) for exchange in exchanges), output)


def _chosen(cassette: Cassette, wanted: int | None) -> list[tuple[int, Interaction]]:
    numbered = list(enumerate(cassette.interactions, start=1))
    if wanted is None or wanted <= len(numbered):
        return numbered if wanted is None else [numbered[wanted - 1]]
    raise UsageError(f"There is no interaction {wanted}.", expected=f"1 to {len(numbered)}")


def _rows(interaction: Interaction, name: str | None) -> Rows:
    request = interaction.request
    profile = get_upstream(name) if name else upstream_for(request.method, request.uri)
    return rows_of(interaction.response, profile)


def _listing(file: Path, cassette: Cassette, exchange: tuple[int, Interaction, Rows]) -> str:
    number, interaction, rows = exchange
    title = f"{file}, interaction {number} of {len(cassette.interactions)}"
    width = shutil.get_terminal_size().columns
    return listing(title, interaction, rows, width=width, signs=screen_of(sys.stdout).signs)


def _document(number: int, interaction: Interaction, rows: Rows) -> dict[str, object]:
    response, stream = interaction.response, interaction.response.stream
    return {
        "interaction": number,
        "request": {"method": interaction.request.method, "uri": interaction.request.uri},
        "status": response.status,
        "end": stream.end if stream else None,
        "end_ms": stream.end_ms if stream else None,
        "text": rows.text,
        "path": [{"says": says, "times": count} for says, count in rows.path],
        "events": [msgspec.structs.asdict(row) for row in rows.rows],
    }
