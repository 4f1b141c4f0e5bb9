"""`harness schema`: a schema written from recordings, two compared, an upstream exported as OpenAPI."""

from __future__ import annotations

from typing import TYPE_CHECKING

import click

import harness
from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.command import group
from harness.cli.options import File, NearChoice, Output, output
from harness.cli.reporting import emit, emit_report
from harness.cli.screen import say
from harness.cli.status import Status
from harness.cli.tapes import cassette_paths
from harness.contract.inference.compare import compare_schemas
from harness.contract.inference.documents import Kind
from harness.contract.inference.openapi import openapi_of
from harness.contract.inference.schema import free_fields, schema_of
from harness.disk.corpus import CorpusReader
from harness.disk.schemafile import read_schema
from harness.disk.schemas import load_schemas
from harness.errors import UsageError
from harness.report import Format
from harness.report.context import counted
from harness.report.document import json_text
from harness.upstreams.registry import get_upstream, upstream_names

if TYPE_CHECKING:
    from pathlib import Path

INFER = (
    "harness schema infer cassettes/",
    "harness schema infer cassettes/ --output chunk.schema.json",
    "harness schema infer cassettes/ --of request",
)
DIFF = (
    "harness schema diff old.schema.json --against new.schema.json",
    "harness schema diff old.schema.json --against new.schema.json --format json",
)
EXPORT = (
    "harness schema export --upstream vitalentum --output api.json",
    "harness schema export chunk.schema.json --upstream vitalentum",
)
EVERY = 500
"""Cassettes between two words of progress."""

_out = click.option(
    "-o", "--output", "out", type=File(), metavar="FILE", help="Write there instead of stdout."
)


@group("schema", examples=(INFER[0], DIFF[0], EXPORT[0]))
def command() -> None:
    """Write a schema from recordings, compare two, export one."""


@command_("infer", examples=INFER)
@click.argument("path", type=File())
@click.option(
    "--of",
    "kind",
    type=NearChoice([kind.value for kind in Kind]),
    default=Kind.CHUNK.value,
    show_default=True,
    help="Which documents: the chunks of replies, requests, or error replies.",
)
@click.option("--flat", is_flag=True, help="One schema for all chunks, phases not told apart.")
@options.upstream
@_out
def infer(path: Path, kind: str, flat: bool, upstream: str | None, out: Path | None) -> int:
    """Write a JSON Schema (2020-12) of what was recorded.

    PATH is a cassette, or a folder of them.
    """
    paths = cassette_paths(path)
    reader = CorpusReader(upstream, kind=Kind(kind), flat=flat)
    reader.read_all(paths, progress=lambda number: _tell_progress(number, len(paths)))
    for error in reader.damaged:
        say(f"error: {error}")
    if reader.corpus.documents:
        emit(json_text(_inferred(reader), indent=2), _json_to(out))
        say(_read_in_words(reader))
    elif not reader.damaged:
        raise UsageError(
            f"There is no {kind} in these recordings.",
            where=str(path),
            found=_read_in_words(reader),
            help="`harness show PATH` shows what a cassette holds",
        )
    return Status.DAMAGED if reader.damaged else Status.CLEAN


@command_("diff", examples=DIFF)
@click.argument("old", type=File())
@click.option(
    "--against", "new", type=File(), required=True, metavar="NEW", help="The schema to compare with OLD."
)
@output(*Format, exit_zero=True)
def diff(old: Path, new: Path, output: Output) -> int:
    """Say what moved from the schema OLD to another, and how bad it is for readers of the reply."""
    report = compare_schemas(read_schema(old), read_schema(new))
    return emit_report(report, command="schema diff", output=output)


@command_("export", examples=EXPORT)
@click.argument("chunk", type=File(), required=False)
@options.upstream
@_out
def export(chunk: Path | None, upstream: str | None, out: Path | None) -> None:
    """Write an upstream as OpenAPI 3.2, each event of its stream described by itemSchema.

    The schemas are the published ones; CHUNK, such as an inferred schema, stands for that of the chunks.
    """
    if upstream is None:
        raise UsageError("It takes an upstream.", help=f"--upstream NAME: {', '.join(upstream_names())}")
    profile = get_upstream(upstream)
    own = {"chunk": read_schema(chunk)} if chunk is not None else {}
    document = openapi_of(profile, {**load_schemas(profile), **own}, version=harness.__version__)
    emit(json_text(document, indent=2), _json_to(out))


for each in (infer, diff, export):
    command.add_command(each)


def _inferred(reader: CorpusReader) -> dict[str, object]:
    upstream, kind = reader.upstream, reader.kind
    return schema_of(
        reader.corpus,
        title=f"{upstream.title if upstream else 'Unknown upstream'}: {kind}",
        identifier=f"urn:stream-harness:inferred:{upstream.name if upstream else 'unknown'}:{kind}",
        free=free_fields(upstream) if upstream else (),
    )


def _read_in_words(reader: CorpusReader) -> str:
    corpus = reader.corpus
    words = [f"read {counted(corpus.documents, reader.kind)} of {counted(corpus.streams, 'exchange')}"]
    if corpus.unread:
        words.append(f"{counted(corpus.unread, 'event')} could not be read")
    if reader.passed_over:
        words.append(f"{counted(reader.passed_over, 'exchange')} with other upstreams passed over")
    return "; ".join(words).capitalize() + "."


def _tell_progress(number: int, total: int) -> None:
    if number % EVERY == 0 and number < total:
        say(f"{number:,} of {counted(total, 'cassette')} read")


def _json_to(file: Path | None) -> Output:
    return Output(Format.JSON, file, "never")
