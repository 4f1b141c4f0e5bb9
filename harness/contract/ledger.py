"""The findings of one exchange, written down as they come: each rule and place once, with how often it was seen."""

from __future__ import annotations

from itertools import islice

from msgspec.structs import replace

from harness.contract.catalog import RULES, Rule
from harness.finding import Evidence, Finding

AT_MOST = 200
"""Different findings of one exchange. An upstream that makes up a new field in every chunk must not fill the memory."""


class Ledger:
    """Findings by rule and place, in the order they were first seen. *interaction* is the number they all bear."""

    def __init__(self, interaction: int | None = None) -> None:
        self._interaction = interaction
        self._findings: dict[tuple[str, str], Finding] = {}
        self._times: dict[tuple[str, str], int] = {}
        self.noted = 0
        """Breaches written down, each as often as it was seen."""

    def __len__(self) -> int:
        return len(self._findings)

    def note(
        self, rule: str, message: str | None = None, *, where: str | None = None, event: int | None = None
    ) -> None:
        """Write down a breach. What the catalogue knows need not be said: the place, and a sentence."""
        self.noted += 1
        row = RULES[rule]
        key = (rule, where or row.where)
        if key in self._times:
            self._times[key] += 1
        elif len(self) < AT_MOST:
            self._times[key] = 1
            self._findings[key] = Finding(
                rule=rule,
                severity=row.severity,
                layer=row.layer,
                where=key[1],
                message=message or said(row),
                help=row.help,
                interaction=self._interaction,
                event=event,
            )

    def since(self, count: int) -> list[Finding]:
        """The findings that came after the first *count*, as they were when they came."""
        return list(islice(self._findings.values(), count, None))

    def findings(self, events: int) -> tuple[Finding, ...]:
        """All of them. One that was seen more than once says how often; in a stream, in one of how many *events*."""
        return tuple(self._counted(key, finding, events) for key, finding in self._findings.items())

    def _counted(self, key: tuple[str, str], finding: Finding, events: int) -> Finding:
        times = self._times[key]
        if times == 1:
            return finding
        among = f" in {events} events" if finding.event is not None else ""
        return replace(finding, evidence=Evidence(now=f"{times} times{among}"))


def said(row: Rule) -> str:
    """The rule's own sentence, as a message reads: no capital, no full stop."""
    return row.what[0].lower() + row.what[1:].removesuffix(".")
