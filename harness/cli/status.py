"""The exit statuses: one table, printed by `harness --help` and kept by every command. Values only."""

from __future__ import annotations

from enum import IntEnum


class Status(IntEnum):
    """What the process ends with."""

    CLEAN = 0
    FINDINGS = 1
    USAGE = 2
    INCONCLUSIVE = 3
    DAMAGED = 4
    SECRET = 5
    FAULT = 70
    """A fault of this program; the number is EX_SOFTWARE of BSD's sysexits."""
    INTERRUPTED = 130


MEANING: dict[Status, str] = {
    Status.CLEAN: "clean, or only benign findings",
    Status.FINDINGS: "findings, or no recording answers a request",
    Status.USAGE: "wrong usage or settings",
    Status.INCONCLUSIVE: "inconclusive, or the upstream cannot be reached",
    Status.DAMAGED: "a cassette is damaged or was refused",
    Status.SECRET: "a secret was found",
    Status.FAULT: "a fault of harness itself",
    Status.INTERRUPTED: "interrupted",
}
