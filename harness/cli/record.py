"""`harness record`: one conversation sent, its reply streamed to the terminal, all of it on a cassette."""

from __future__ import annotations

import asyncio
import json
import sys
from typing import TYPE_CHECKING

import click

from harness.cassette.model import Source
from harness.cassette.modes import RecordMode
from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import File, NearChoice, setting
from harness.cli.reporting import OF_VERDICT
from harness.cli.screen import result, say
from harness.disk.cassettes import load_cassette
from harness.errors import UpstreamError, UsageError
from harness.report.context import counted, in_words
from harness.report.visible import visible_lines
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from pathlib import Path

    from harness.chat.messages import Messages

EXAMPLES = (
    "harness record 'Hello!' --base-url http://127.0.0.1:8080 --out hello.yaml",
    "harness record --messages conversation.json --out conversation.yaml",
    "harness record 'And then?' --out hello.yaml --append",
)
MODES = {"new": RecordMode.ONCE, "append": RecordMode.NEW_EPISODES, "replace": RecordMode.ALL}


@command_("record", examples=EXAMPLES)
@click.argument("prompt", required=False)
@click.option(
    "--messages", type=File(), metavar="FILE", help='JSON: [{"role": "user", "content": "..."}, ...]'
)
@options.upstream
@setting("--base-url", metavar="URL", help="Where to send it; the upstream's own address by default.")
@click.option("-o", "--out", type=File(), metavar="PATH", required=True, help="The cassette to write.")
@click.option("--append", "how", flag_value="append", help="Add to a cassette that is there.")
@click.option("--replace", "how", flag_value="replace", help="Record anew over a cassette that is there.")
@click.option(
    "--source",
    type=NearChoice([source.value for source in Source]),
    help="What answers, where the address does not tell.",
)
@click.option("--recorded-from", metavar="TEXT", help="Name and version of an independent server.")
@click.option("--validate/--no-validate", default=True, show_default=True, help="Check what was recorded.")
def command(
    prompt: str | None,
    messages: Path | None,
    upstream: str | None,
    base_url: str | None,
    out: Path,
    how: str | None,
    source: str | None,
    recorded_from: str | None,
    validate: bool,
) -> int:
    """Send one conversation, stream the reply to the terminal, and record it.

    Give the PROMPT of a single message, or --messages with a whole conversation.
    """
    said = _messages(prompt, messages)
    profile = get_upstream(upstream or "vitalentum")
    mode = _mode(out, how)
    before = 0 if mode is RecordMode.ALL else len(load_cassette(out, missing_ok=True).interactions)
    failure = asyncio.run(
        _record(said, base_url or profile.base_url, out, mode, source=source, recorded_from=recorded_from)
    )
    _say_where(out, before)
    if failure is not None:
        raise failure
    return _validated(out) if validate else 0


def _messages(prompt: str | None, file: Path | None) -> Messages:
    if (prompt is None) == (file is None):
        raise UsageError(
            "There must be one of the two: a PROMPT, or --messages FILE.",
            help="`harness record 'Hello!' --out hello.yaml`",
        )
    if prompt is not None:
        return [{"role": "user", "content": prompt}]
    assert file is not None  # one of the two is there
    return _read_messages(file)


def _read_messages(file: Path) -> Messages:
    text = sys.stdin.read() if str(file) == "-" else file.read_text(encoding="utf-8-sig")
    try:
        document = json.loads(text)
    except ValueError as error:
        raise UsageError(f"The messages are no JSON: {error}.", where=str(file)) from None
    if isinstance(document, list):
        return document
    raise UsageError(
        "The messages are no list.", where=str(file), expected='[{"role": "user", "content": "Hello!"}]'
    )


def _mode(out: Path, how: str | None) -> RecordMode:
    """A cassette that is there is neither added to nor replaced unless that was said."""
    if out.is_dir():
        raise UsageError(
            "--out names a folder.", where=str(out), help=f"name a file: --out {out / 'hello.yaml'}"
        )
    if how is None and out.exists():
        raise UsageError("There is a cassette already.", where=str(out), help="add --append or --replace")
    return MODES[how or "new"]


async def _record(
    messages: Messages,
    base_url: str,
    out: Path,
    mode: RecordMode,
    *,
    source: str | None,
    recorded_from: str | None,
) -> UpstreamError | None:
    """Stream the reply to the terminal. A failure of the upstream is handed back: its recording is worth keeping."""
    from harness.clients.vitalentum import Vitalentum
    from harness.net.seam import use_cassette

    class Client(Vitalentum):
        url = base_url.rstrip("/")

    async with use_cassette(
        out, mode=mode, upstream="vitalentum", source=source, recorded_from=recorded_from
    ):
        try:
            async for piece in Client.create_async_generator("", messages):
                result(visible_lines(piece))
        except UpstreamError as error:
            return error
        finally:
            result("\n")
    return None


def _say_where(out: Path, before: int) -> None:
    """What came of it; *before* is how many interactions the cassette had."""
    interactions = load_cassette(out, missing_ok=True).interactions
    stream = interactions[-1].response.stream if interactions else None
    if len(interactions) == before and stream is not None:
        say(f"Nothing new was recorded: this question was answered by the cassette: {out}")
        return
    if stream is None:
        say("Nothing was recorded.")
        return
    size = sum(frame.size for frame in stream.frames)
    pieces = counted(len(stream.frames), "piece")
    say(f"Recorded {pieces}, {size:,} bytes in {stream.end_ms:,.0f} ms; ended {stream.end}: {out}")


def _validated(out: Path) -> int:
    from harness.disk.validation import validate

    report = validate(load_cassette(out))
    say(f"Validated: {report.verdict}, {in_words(report.findings)}")
    if report.findings:
        say(f"  help: harness validate {out}")
    return OF_VERDICT[report.verdict]
