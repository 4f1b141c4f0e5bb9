"""`harness proxy`: what any client in any language sends through it goes to one upstream, and onto tapes."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from harness.cassette.model import Source
from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import File, NearChoice, Output, output, setting
from harness.cli.reporting import OF_VERDICT
from harness.cli.screen import say
from harness.cli.serving import serve
from harness.cli.status import Status
from harness.errors import NothingRecordedError
from harness.report import Format
from harness.report.context import counted, in_one_line, in_words

if TYPE_CHECKING:
    from pathlib import Path

    from harness.finding import Report

EXAMPLES = (
    "harness proxy --upstream vitalentum --out recorded/ --port 8080",
    "harness proxy --base-url https://api.example/v1 --out recorded/",
    "harness proxy --base-url http://127.0.0.1:4010 --out recorded/ --format json",
    "harness proxy --upstream vitalentum --out recorded/ --validate",
)


@command_("proxy", examples=EXAMPLES)
@options.upstream
@setting("--base-url", metavar="URL", help="Where everything is sent; the upstream's own address by default.")
@click.option(
    "--out", type=File(), metavar="DIR", required=True, help="A folder; each exchange is a file there."
)
@options.port
@options.host
@options.remote
@click.option(
    "--source",
    type=NearChoice([source.value for source in Source]),
    help="What answers, where the address does not tell.",
)
@click.option("--recorded-from", metavar="TEXT", help="Name and version of an independent server.")
@click.option("--validate", is_flag=True, help="Check each exchange while it runs; findings go to stderr.")
@output(Format.TEXT, Format.JSON)
def command(
    upstream: str | None,
    base_url: str | None,
    out: Path,
    port: int,
    host: str,
    allow_remote: bool,
    source: str | None,
    recorded_from: str | None,
    validate: bool,
    output: Output,
) -> int:
    """Record what clients send to one upstream, until Ctrl-C. Streams pass through as they come.

    Point the client at the printed URL instead of the upstream's; with --format json it is one line, {"url": ...}.
    What is still open at Ctrl-C is cut off there and recorded so. With --validate the exit status is that of
    `harness validate` for all that passed.
    """
    from harness.net.proxy import RecordingProxy

    proxy = RecordingProxy(
        upstream,
        base_url,
        out,
        host=host,
        port=port,
        source=source,
        recorded_from=recorded_from,
        allow_remote=allow_remote,
        validate=validate,
        on_finding=lambda finding: say(in_one_line(finding)),
    )
    asyncio.run(serve(proxy, output.format, what=f"Recording {proxy.base_url} into {out}"))
    if not proxy.recorded:
        raise NothingRecordedError(
            "Nothing was recorded: no request was answered through this proxy.",
            where=str(out),
            help="point the client's base URL at the proxy, and look at the lines above",
        )
    say(f"Recorded {counted(proxy.recorded, 'exchange')} into {out}")
    return Status.CLEAN if proxy.report is None else _judged(proxy.report)


def _judged(report: Report) -> Status:
    say(f"Validated: {report.verdict}, {in_words(report.findings)}")
    return OF_VERDICT[report.verdict]
