"""`harness record`: one conversation sent, its reply streamed to the terminal, all of it on a cassette."""

from __future__ import annotations

import asyncio
import json
import sys
from pathlib import Path
from typing import Any

import click
import msgspec

from harness.cassette.model import Source
from harness.cassette.modes import RecordMode
from harness.chat.messages import Messages
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
def command(prompt: str | None, messages: Path | None, validate: bool, **where: Any) -> int:
    """Send one conversation, stream the reply to the terminal, and record it.

    Give the PROMPT of a single message, or --messages with a whole conversation.
    """
    job = _job(_messages(prompt, messages), **where)
    failure = _run(job)
    _say_where(job, failure)
    if failure is not None:
        raise failure
    return _validated(job.out) if validate else 0


class Job(msgspec.Struct, frozen=True, kw_only=True):
    """What is to be sent, where to, and onto which cassette, as it was when we came."""

    messages: Messages
    base_url: str
    out: Path
    mode: RecordMode
    before: int
    """How many interactions will stay on it."""
    replaces: bool
    source: str | None
    recorded_from: str | None


def _job(
    messages: Messages,
    *,
    upstream: str | None,
    base_url: str | None,
    out: Path,
    how: str | None,
    **labels: str | None,
) -> Job:
    profile = get_upstream(upstream or "vitalentum")
    if profile.name != "vitalentum":
        raise UsageError(
            f"There is no client of {profile.title} here to send a conversation with.",
            expected="--upstream vitalentum",
            help=f"harness proxy --upstream {profile.name} records what your own client sends through it",
        )
    mode = _mode(out, how)
    return Job(
        messages=messages,
        base_url=(base_url or profile.base_url).rstrip("/"),
        out=out,
        mode=mode,
        before=0 if mode is RecordMode.ALL else len(load_cassette(out, missing_ok=True).interactions),
        replaces=mode is RecordMode.ALL and out.exists(),
        source=labels["source"],
        recorded_from=labels["recorded_from"],
    )


def _run(job: Job) -> UpstreamError | None:
    """Send and record; say what became of the cassette where that ends early."""
    try:
        return asyncio.run(_record(job))
    except UpstreamError:
        say(f"The cassette was left as it was: {job.out}")
        raise
    except KeyboardInterrupt:
        kept = "left as it was" if job.replaces else "kept with what had come"
        say(f"The cassette was {kept}: {job.out}" if job.out.exists() else "Nothing was recorded.")
        raise


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
    """A cassette that is there, be it only what a killed recorder left, is neither added to nor replaced unless that
    was said.
    """
    if out.is_dir():
        raise UsageError(
            "--out names a folder.", where=str(out), help=f"name a file: --out {out / 'hello.yaml'}"
        )
    if how is None and (out.exists() or load_cassette(out, missing_ok=True).interactions):
        raise UsageError("There is a cassette already.", where=str(out), help="add --append or --replace")
    return MODES[how or "new"]


async def _record(job: Job) -> UpstreamError | None:
    """Stream the reply to the terminal. A failure of the upstream is handed back, for its recording is worth keeping;
    unless a good cassette would be replaced by it.
    """
    from harness.clients.vitalentum import Vitalentum
    from harness.net.seam import use_cassette

    class Client(Vitalentum):
        url = job.base_url

    recording = use_cassette(
        job.out, mode=job.mode, upstream="vitalentum", source=job.source, recorded_from=job.recorded_from
    )
    async with recording:
        try:
            async for piece in Client.create_async_generator("", job.messages):
                result(visible_lines(piece))
        except UpstreamError as error:
            if job.replaces:
                raise
            return error
        finally:
            result("\n")
    return None


def _say_where(job: Job, failure: UpstreamError | None) -> None:
    """What came of it."""
    interactions = load_cassette(job.out, missing_ok=True).interactions
    stream = interactions[-1].response.stream if len(interactions) > job.before else None
    if stream is None:
        why = "" if failure or not interactions else f": this question was answered by the cassette {job.out}"
        say(f"Nothing was recorded{why}.")
        return
    size = sum(frame.size for frame in stream.frames)
    pieces = counted(len(stream.frames), "piece")
    say(f"Recorded {pieces}, {size:,} bytes in {stream.end_ms:,.0f} ms; ended {stream.end}: {job.out}")


def _validated(out: Path) -> int:
    from harness.disk.validation import validate

    report = validate(load_cassette(out))
    say(f"Validated: {report.verdict}, {in_words(report.findings)}")
    if report.findings:
        say(f"  help: harness validate {out}")
    return OF_VERDICT[report.verdict]
