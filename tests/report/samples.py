"""Reports that the tests of this room print: a clean one, one with findings, one from an upstream that means harm."""

from __future__ import annotations

from functools import cache

import msgspec

from harness.disk.comparison import compare
from harness.finding import Evidence, Finding, Layer, Report, Severity, Verdict
from harness.report import Context
from tests.drift.operators import OPERATORS

CONTEXT = Context(command="validate", version="0.1.0")

CLEAN = Report(Verdict.CLEAN, (), {"cassettes": 2, "interactions": 3})

REMOVED = Finding(
    rule="chunk-field-removed",
    severity=Severity.BREAKING,
    layer=Layer.CHUNK,
    where="$.choices[*].delta.content",
    message="The chunk has no content any more.",
    help="harness explain chunk-field-removed",
    evidence=Evidence(before="40 of 40", now="0 of 12"),
    interaction=1,
    event=3,
    cassette="cassettes/vitalentum/hello.yaml",
)
SLOWER = Finding(
    rule="inter-chunk-slower",
    severity=Severity.RISKY,
    layer=Layer.TIMING,
    where="inter-chunk",
    message="Gaps are three times as long.",
    help="harness show cassettes/vitalentum/hello.yaml",
    evidence=Evidence(p=0.0123, needed=4),
)
ADDED = Finding(
    rule="header-added",
    severity=Severity.ADDITIVE,
    layer=Layer.TRANSPORT,
    where="header:x-trace",
    message="Заголовок x-trace появился 🙂.",
    help="nothing to do",
    interaction=2,
)
FINDINGS = Report(Verdict.INVALID, (REMOVED, SLOWER, ADDED), {"cassettes": 2, "interactions": 3})

HOSTILE_TEXT = (
    "</script><script>alert(1)</script>\x1b]0;owned\x07\x1b[2J\r\n::error::fake\n| a | b |\n`x` @all "
    "\u202egnp.exe\u2066 \x85\x9b31m half \ud83d end %0A ]]> &lt; <img src=x onerror=alert(1)> \ufeff\x00"
)
HOSTILE = Report(
    Verdict.INVALID,
    (
        Finding(
            rule="chunk-invalid",
            severity=Severity.BREAKING,
            layer=Layer.CHUNK,
            where=f"$.{HOSTILE_TEXT}",
            message=HOSTILE_TEXT,
            help=HOSTILE_TEXT,
            evidence=Evidence(before=HOSTILE_TEXT, now=HOSTILE_TEXT),
            event=1,
            cassette=HOSTILE_TEXT,
        ),
    ),
)
REPORTS = {"clean": CLEAN, "findings": FINDINGS, "hostile": HOSTILE}


@cache
def drift_report():
    """What `harness drift` finds where the text is gone, the finish reason is missing and answers are slow."""
    mutated = ("text gone", "finish missing", "field new")
    found = [report for name in mutated for report in compare(*OPERATORS[name].sides(1)).findings]
    named = [msgspec.structs.replace(each, cassette="new/0.yaml", interaction=1) for each in found]
    return Report(Verdict.DRIFT, tuple(named), {"baseline": 8, "current": 8})


def every_report():
    """The samples by name, and a report as `harness drift` makes it."""
    return {**REPORTS, "drift": drift_report()}
