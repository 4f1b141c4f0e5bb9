"""The texts that run through a stream, one for each JSON path: what the deltas add up to, and what is secret
in it. Pure.

A secret that a model writes comes in two deltas or in ten. Each strand keeps the end of its text that could
still become one.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.leaves import Reading

if TYPE_CHECKING:
    import re

    from harness.cassette.finder import Finder

MAX_OPEN = 1024
"""Strands with an open end at a time; beyond that the one that waits longest is let go."""
MAX_WAIT = 64
"""Lines for which an open end waits to be continued. The deltas of interleaved choices come back sooner."""


class Strands:
    """The strands of one stream that have an open end. Lines are counted: an end that nobody continues must
    not hold for ever.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._open: dict[str, _Strand] = {}
        self._line = 0

    @property
    def open_ends(self) -> tuple[str, ...]:
        """The ends that the next text could complete."""
        return tuple(strand.end for strand in self._open.values())

    @property
    def held_from(self) -> int | None:
        """The first byte that may still turn out to be secret."""
        held = [strand.secret_at for strand in self._open.values() if strand.secret_at is not None]
        return min(held, default=None)

    def next_line(self) -> None:
        """Another line of the stream begins."""
        self._line += 1
        while self._open and self._oldest.line < self._line - MAX_WAIT:
            self._let_go()

    def append(self, path: str, reading: Reading, *, is_json: bool = False) -> list[Reading]:
        """More text of the strand *path*; what of it, and of the text before, turns out to be secret.

        `is_json`: the strand is itself the text of a JSON document, so that its keys count.
        """
        if (
            path not in self._open
            and self._finder.is_harmless(reading.text)
            and not (is_json and '"' in reading.text)
        ):
            return []
        strand = self._open.pop(path, None) or _Strand(self._finder, is_json)
        secrets = strand.append(reading)
        strand.line = self._line
        if strand.is_open:
            self._open[path] = strand
        if len(self._open) > MAX_OPEN:
            self._let_go()
        return secrets

    @property
    def _oldest(self) -> _Strand:
        return next(iter(self._open.values()))

    def _let_go(self) -> None:
        del self._open[next(iter(self._open))]


class _Strand:
    """One text that grows. Of its open end it keeps a character more: a token does not begin inside a word."""

    def __init__(self, finder: Finder, is_json: bool) -> None:
        self._finder = finder
        self._is_json = is_json
        self._end = Reading("", (), ())
        self._begins = 0
        self._running: tuple[re.Pattern[str], ...] = ()
        self.secret_at: int | None = None
        self.line = 0

    @property
    def is_open(self) -> bool:
        return bool(self._end.text or self._running)

    @property
    def end(self) -> str:
        """What a completion would go on from; empty where a secret has come already and may run on."""
        return "" if self._running else self._end.text[self._begins :]

    def append(self, reading: Reading) -> list[Reading]:
        """What is secret in the text that comes, by itself and with the open end before it."""
        secrets = self._run_on(reading)
        secrets += self._found(reading, 0)
        text = reading
        if self._end.text:
            text = self._end.then(reading)
            secrets += self._found(text, self._begins)
        self._keep_end(text)
        return secrets

    def _run_on(self, reading: Reading) -> list[Reading]:
        """What of the new text still belongs to secrets that reached the end of the old one."""
        ends = [(run, len(match[0])) for run in self._running if (match := run.match(reading.text))]
        self._running = tuple(run for run, end in ends if end == len(reading.text))
        return [reading.part(0, end) for _, end in ends if end]

    def _found(self, text: Reading, start: int) -> list[Reading]:
        found = self._finder.find(text.text, start, is_json=self._is_json)
        self._running += tuple(each.runs_on for each in found if each.runs_on)
        return [text.part(each.start, each.end) for each in found]

    def _keep_end(self, text: Reading) -> None:
        end = self._finder.begun(text.text, self._begins, is_json=self._is_json)
        self.secret_at = None if end is None or end.secret >= len(text.text) else text.starts[end.secret]
        start = len(text.text) if end is None else max(end.start - 1, 0)
        self._begins = 0 if end is None else end.start - start
        self._end = text.part(start)
