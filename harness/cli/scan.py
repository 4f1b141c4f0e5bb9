"""`harness scan`: is there a secret in a cassette? Names kinds and places, never values."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import click

from harness.cli.command import command as command_
from harness.cli.options import File, Output, output
from harness.cli.reporting import emit_report
from harness.cli.status import Status
from harness.cli.tapes import cassette_paths
from harness.disk.cassettes import load_cassette
from harness.disk.environment import environment_redactor
from harness.finding import Finding, Layer, Report, Severity, Verdict
from harness.report import Format

if TYPE_CHECKING:
    from pathlib import Path

    from harness.cassette.scan import Hit

EXAMPLES = ("harness scan cassettes/", "harness scan hello.yaml --format github")

PLACE = re.compile(r"interactions\[(\d+)\]\.(\w+\.\w+) ?(.*)", re.DOTALL)
PARTS: dict[str, tuple[Layer, str, str]] = {
    "request.uri": (Layer.REQUEST, "request:path", ""),
    "request.headers": (Layer.REQUEST, "request:header:", ""),
    "request.body": (Layer.REQUEST, "request:", "$"),
    "response.headers": (Layer.TRANSPORT, "header:", ""),
    "response.body": (Layer.CHUNK, "", "$"),
}
"""Part of an interaction -> the layer, how the contract's places begin there, and the place when none is known."""


@command_("scan", examples=EXAMPLES)
@click.argument("path", type=File())
@output(*Format, exit_zero=True)
def command(path: Path, output: Output) -> int:
    """Look for secrets: token shapes, names of credentials, and the values of secrets in this environment.

    PATH is a cassette, or a folder of them. Ends with status 5 where something was found.
    """
    paths = cassette_paths(path)
    findings = tuple(finding for each in paths for finding in scanned(each))
    verdict = Verdict.INVALID if findings else Verdict.CLEAN
    emit_report(Report(verdict, findings, {"cassettes": len(paths)}), command="scan", output=output)
    return Status.SECRET if findings and not output.exit_zero else Status.CLEAN


def scanned(file: Path) -> list[Finding]:
    """A finding for each secret in the cassette at *file*."""
    return [_finding(hit, file) for hit in environment_redactor().left_in(load_cassette(file))]


def _finding(hit: Hit, file: Path) -> Finding:
    number, layer, where = _place(hit.where)
    return Finding(
        rule="secret-found",
        severity=Severity.BREAKING,
        layer=layer,
        where=where,
        message=f"There is a secret here: {hit.kind}.",
        help=f"harness redact {file}; then revoke the secret, for whoever had the file has it",
        interaction=number,
        cassette=str(file),
    )


def _place(where: str) -> tuple[int | None, Layer, str]:
    """`interactions[0].request.headers X-Key` in the contract's words: 1, request, `request:header:x-key`."""
    match = PLACE.fullmatch(where)
    if match is None or match[2] not in PARTS:
        return None, Layer.TRANSPORT, where
    layer, begins, unknown = PARTS[match[2]]
    within = match[3].lower() if begins.endswith("header:") else match[3]
    inside = "" if match[2] == "request.uri" else re.sub(r"\[\d+\]", "[*]", within) or unknown
    return int(match[1]) + 1, layer, f"{begins}{inside}"
