"""What every check returns: findings, gathered into a report. Values only; nothing here computes or prints.

The names and words are those of the published contract (`docs/reference/findings.md`).
"""

from __future__ import annotations

import hashlib
import re
from datetime import date
from enum import StrEnum
from typing import Literal

import msgspec

_ITEM = re.compile(r"\[\d+\]")


class Severity(StrEnum):
    """How bad a change or breach is for clients of the upstream, worst first."""

    BREAKING = "breaking"
    RISKY = "risky"
    ADDITIVE = "additive"
    BENIGN = "benign"


class Layer(StrEnum):
    """Which layer of the exchange a finding speaks about."""

    REQUEST = "request"
    TRANSPORT = "transport"
    FRAMING = "framing"
    CHUNK = "chunk"
    SEQUENCE = "sequence"
    ERROR = "error"
    TIMING = "timing"


class Verdict(StrEnum):
    """The one word for a whole report."""

    CLEAN = "clean"
    BENIGN = "benign"
    DRIFT = "drift"
    INVALID = "invalid"
    INCONCLUSIVE = "inconclusive"


class Evidence(msgspec.Struct, frozen=True, omit_defaults=True):
    """What a finding rests on: counts before and now, how sure, and how many more recordings would settle it.

    `moved` says of drift who did, by the schema: `upstream`, `baseline` (the recordings are older than the schema),
    `schema` (it refuses both), or `within` (it allows both).
    """

    before: str | None = None
    now: str | None = None
    p: float | Literal["deterministic"] = "deterministic"
    needed: int | None = None
    moved: str | None = None


class Acceptance(msgspec.Struct, frozen=True):
    """Why a finding does not count, who says so, since when and until when."""

    reason: str
    owner: str
    accepted: date
    expires: date
    """The last day on which it holds."""
    first_seen: date


class Finding(msgspec.Struct, frozen=True, kw_only=True, omit_defaults=True):
    """One thing that is wrong or has moved.

    `rule` is a stable id; `where` a JSONPath with `[*]` for array items, or one of the contract's plain words.
    `interaction` and `event` count from 1 and point at the first place that shows it, in the file named by `cassette`.
    """

    rule: str
    severity: Severity
    layer: Layer
    where: str
    message: str
    help: str
    evidence: Evidence = Evidence()
    interaction: int | None = None
    event: int | None = None
    cassette: str | None = None
    line: int | None = None
    """Where it stands in the text of that file, for forms that show findings beside lines."""
    fingerprint: str = ""
    accepted: Acceptance | None = None
    """Set on findings that do not count; a report keeps them apart."""

    def __post_init__(self) -> None:
        if not self.fingerprint:
            msgspec.structs.force_setattr(self, "fingerprint", fingerprint(self.rule, self.layer, self.where))


class Report(msgspec.Struct, frozen=True):
    """A verdict and the findings that led to it, worst first. What was *accepted* stands apart, and does not count."""

    verdict: Verdict
    findings: tuple[Finding, ...] = ()
    summary: dict[str, object] = {}
    accepted: tuple[Finding, ...] = ()


def fingerprint(rule: str, layer: str, where: str, change: str = "") -> str:
    """Twelve hex digits that stay the same over re-recording.

    They know the rule, the layer, the place, and what of the change itself is the same in every recording of it.
    """
    text = "\n".join((rule, layer, place(where), change))
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def place(where: str) -> str:
    """A place as one word for all its spellings: names of headers in lower case, no numbers of array items."""
    prefix, header, name = where.rpartition("header:")
    return f"{prefix}{header}{name.lower()}" if header else _ITEM.sub("[*]", where)
