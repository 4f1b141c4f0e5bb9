"""What was seen in many streams, by phase: summaries side by side, a monoid as they are."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import msgspec

from harness.contract.inference.phases import Phase
from harness.contract.inference.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Iterable

MOST_PHASES: Final = 40
"""More names of events than any upstream has; with more, the names are data, and all is one phase."""


class Corpus(msgspec.Struct):
    """What was seen. `Corpus()` is nothing, the neutral one."""

    streams: int = 0
    documents: int = 0
    unread: int = 0
    """Data that was no JSON, or nothing that the upstream's readers could read."""
    phases: dict[str, Summary] = {}
    is_crowded: bool = False
    """There were too many phases to keep; all documents are of one, which knows nothing of streams."""

    def absorb(self, other: Corpus) -> None:
        """Take in *other*, of other streams, which stays as it is."""
        self.streams += other.streams
        self.documents += other.documents
        self.unread += other.unread
        if other.is_crowded:
            self._crowd()
        for phase, summary in other.phases.items():
            self._place(phase).absorb(summary, weight=self._mark)
        self._cap()

    def add(self, phase: str, document: object) -> None:
        """One more document of the stream that this corpus is of."""
        self.documents += 1
        self._place(phase).add(document, mark=self._mark)
        self._cap()

    @property
    def _mark(self) -> int:
        return 0 if self.is_crowded else 1

    def _place(self, phase: str) -> Summary:
        name = Phase.OTHER if self.is_crowded else phase
        return self.phases.setdefault(str(name), Summary())

    def _cap(self) -> None:
        if len(self.phases) > MOST_PHASES:
            self._crowd()

    def _crowd(self) -> None:
        phases, self.phases, self.is_crowded = self.phases, {}, True
        for summary in phases.values():
            self._place(Phase.OTHER).absorb(summary, weight=0)


def of_stream(documents: Iterable[tuple[str, object] | None]) -> Corpus:
    """One stream's corpus, of its documents with their phases; None stands for data that could not be read."""
    corpus = Corpus(streams=1)
    for document in documents:
        if document is None:
            corpus.unread += 1
        else:
            corpus.add(*document)
    return corpus


def merged(*parts: Corpus) -> Corpus:
    """One corpus of several, none of which is changed. The streams of one part must not be those of another."""
    whole = Corpus()
    for part in parts:
        whole.absorb(part)
    return whole
