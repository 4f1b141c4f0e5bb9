"""`harness replay`: recordings served over HTTP, to any client in any language."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import File, Output, output
from harness.cli.serving import serve
from harness.cli.tapes import cassette_paths
from harness.report import Format
from harness.report.context import counted

if TYPE_CHECKING:
    from pathlib import Path

EXAMPLES = (
    "harness replay cassettes/vitalentum --port 8080",
    "harness replay hello.yaml --pace recorded --cut random:7",
    "harness replay hello.yaml --fault truncate:events=3",
    "harness replay hello.yaml --format json",
)


@command_("replay", examples=EXAMPLES)
@click.argument("path", type=File())
@options.port
@options.host
@options.remote
@options.pace
@options.cut
@options.fault
@options.upstream
@output(Format.TEXT, Format.JSON)
def command(
    path: Path,
    port: int,
    host: str,
    allow_remote: bool,
    pace: str,
    cut: str,
    faults: tuple[str, ...],
    upstream: str | None,
    output: Output,
) -> None:
    """Serve a cassette, or a folder of them, until Ctrl-C.

    The URL is printed once the server listens; with --format json as one line, {"url": ...}.
    """
    from harness.net.replay_server import ReplayServer

    paths = cassette_paths(path)
    server = ReplayServer(
        paths,
        host=host,
        port=port,
        pace=pace,
        cut=cut,
        faults=faults,
        upstream=upstream,
        allow_remote=allow_remote,
    )
    asyncio.run(serve(server, output.format, what=f"Serving {counted(len(paths), 'cassette')}"))
