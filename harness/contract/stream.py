"""Does a streamed reply keep to the contract? Bytes in, findings out as they come.

Each event is held against the chunk's schema, and what it says against the stream grammar (`harness.chat.machine`).
Nothing here waits or reads: whoever has the bytes feeds them, and says how they ended. Memory is bounded by the
parser's limits and by the ledger's.
"""

from __future__ import annotations

import codecs
from functools import partial
from typing import TYPE_CHECKING

import msgspec

from harness.cassette.model import End
from harness.chat.events import Done, Failed
from harness.contract.alike import Alike
from harness.contract.catalog import RULES
from harness.contract.ledger import Ledger, said
from harness.errors import ChunkError, LimitError
from harness.upstreams.jsontext import repeated_keys
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import at, is_terminal, machine_for, parse_chunk, read_document

if TYPE_CHECKING:
    from harness.chat.machine import Breach
    from harness.contract.contract import Contract
    from harness.contract.documents import Document, Fault, Signature
    from harness.finding import Finding
    from harness.sse import Event
    from harness.upstreams.upstream import ChunkMap

_CUT = {
    End.SHORT: "stream-short",
    End.RESET: "stream-reset",
    End.TIMEOUT: "stream-timeout",
    End.CLOSED: "stream-closed",
    End.LIMIT: "stream-limit",
    End.CRASH: "stream-crash",
}
"""Endings that explain why a stream is not whole, so that nothing it lacks is missed."""

_BROKEN = frozenset({End.SHORT, End.RESET, End.TIMEOUT})
"""Endings that a client notices even after the terminal event. The others are then of no account."""

_SIGNATURES = 1000
"""Kinds of misfit remembered for one stream; an upstream that never repeats itself costs time, not memory."""


class StreamCheck:
    """Checks one reply while it arrives.

    `feed` and `close` give the findings that are new; `findings` is all of them, with how often each was seen.
    Without *shortcut* every event goes the long way; the findings are the same.
    """

    def __init__(
        self,
        contract: Contract,
        *,
        interaction: int | None = None,
        ledger: Ledger | None = None,
        shortcut: bool = True,
    ) -> None:
        self.events = 0
        self.complete = False
        """The terminal event has been seen."""
        self._contract = contract
        self._ledger = Ledger(interaction) if ledger is None else ledger
        self._parser = parser_for(contract.upstream)
        self._machine = machine_for(contract.upstream)
        self._utf8, self._is_utf8 = codecs.getincrementaldecoder("utf-8")(), True
        self._stopped = False
        self._explained: dict[tuple[Document, Signature], tuple[Fault, ...]] = {}
        self._alike = Alike(contract, learns=shortcut)

    @property
    def findings(self) -> tuple[Finding, ...]:
        return self._ledger.findings(self.events)

    def feed(self, data: bytes) -> list[Finding]:
        """The next bytes of the body, content-coding undone, cut wherever they were cut."""
        before = len(self._ledger)
        if not self._stopped:
            self._check_bytes(data)
        return self._ledger.since(before)

    def close(self, end: End = End.COMPLETE) -> list[Finding]:
        """The bytes have ended, and how. What is missing is noted only where the ending does not explain it."""
        before = len(self._ledger)
        self._close_parser()
        if end in _CUT:
            self._note_cut(end)
        elif self._parser.pending and not self._stopped:
            self._ledger.note("event-unfinished")
        elif not self._stopped:
            self._note(self._machine.close())
            if end is End.TRUNCATED and self.complete:
                self._ledger.note("end-mismatch")
        return self._ledger.since(before)

    def _note_cut(self, end: End) -> None:
        if not self.complete:
            self._ledger.note(_CUT[end])
        elif end in _BROKEN:
            self._ledger.note("broken-after-terminal")

    def _check_bytes(self, data: bytes) -> None:
        """Bytes that are no UTF-8 are noted once, at the event that the first of them stands in, however the body is
        cut.
        """
        wrong = self._malformed_at(data) if self._is_utf8 else None
        self._check_events(data[:wrong])
        if wrong is None or self._stopped:
            return
        self._is_utf8 = False
        self._ledger.note("utf8-invalid", event=self.events + 1)
        self._check_events(data[wrong:])

    def _malformed_at(self, data: bytes) -> int | None:
        begun = len(self._utf8.getstate()[0])
        try:
            self._utf8.decode(data)
        except UnicodeDecodeError as why:
            return max(why.start - begun, 0)
        return None

    def _check_events(self, data: bytes) -> None:
        try:
            self._check_all(self._parser.feed(data))
        except LimitError as why:
            self._stop(why)

    def _check_all(self, events: list[Event]) -> None:
        before, at = self.events, 0
        while (at := self._alike.passed(events, at)) < len(events):
            event, at = events[at], at + 1
            self.events = before + at
            self._alike.checked(event, self._machine, partial(self._finds_nothing, event))
        self.events = before + at

    def _close_parser(self) -> None:
        try:
            self._check_all(self._parser.close())
        except LimitError as why:  # it gave the events before its limit first
            self._stop(why)

    def _stop(self, why: LimitError) -> None:
        self._stopped = True
        self._ledger.note("event-too-large", why.what)

    def _finds_nothing(self, event: Event) -> bool:
        before = self._ledger.noted
        self._check_event(event)
        return self._ledger.noted == before

    def _check_event(self, event: Event) -> None:
        upstream = self._contract.upstream
        if is_terminal(upstream, event):
            self._check_terminal(event)
            return
        if event.event not in self._contract.event_names:
            self._ledger.note("event-name-unexpected", event=self.events)
        chunk_map = upstream.chunk_map(event.event)
        if chunk_map is not None:
            self._check_data(chunk_map, event)

    def _check_terminal(self, event: Event) -> None:
        """It ends the stream whatever it holds; where it has a kind of its own, its data has a schema too."""
        chunk_map = self._contract.upstream.chunk_map(event.event)
        if event.event == self._contract.upstream.terminal_event and chunk_map is not None:
            self._check_terminal_data(event)
        self.complete = True
        self._note(self._machine.feed((Done(),)))

    def _check_terminal_data(self, event: Event) -> None:
        try:
            self._check_shape(self._contract.chunk(event.event), parse_chunk(event.data))
        except ChunkError as why:
            self._ledger.note("chunk-not-json", why.what, event=self.events)

    def _check_data(self, chunk_map: ChunkMap, event: Event) -> None:
        data = event.data
        try:
            document = parse_chunk(data)
        except ChunkError as why:
            self._ledger.note("chunk-not-json", why.what, event=self.events)
            self._note(self._machine.skip())
            return
        if not _is_as_written(document, data) and repeated_keys(data):
            self._ledger.note("chunk-key-repeated", event=self.events)
        if at(document, chunk_map.error) is None:
            self._check_shape(self._contract.chunk(event.event), document)
        else:
            self._note_faults("error-", "error:", self._contract.error.faults(document))
        self._check_order(chunk_map, document)

    def _check_shape(self, schema: Document, document: dict[str, object]) -> None:
        """Hold a chunk against its schema. A misfit like one before is counted, and not explained again."""
        signature = schema.signature(document)
        if not signature:
            return
        faults = self._explained.get((schema, signature))
        if faults is None:
            faults = schema.faults(document)
        if len(self._explained) < _SIGNATURES:
            self._explained[schema, signature] = faults
        self._note_faults("chunk-", "", faults)

    def _check_order(self, chunk_map: ChunkMap, document: dict[str, object]) -> None:
        try:
            events = read_document(chunk_map, document)
        except ChunkError:  # what no client can read; the schema has said why
            self._note(self._machine.skip())
            if at(document, chunk_map.done) is True:
                self.complete = True
                self._note(self._machine.feed((Done(),)))
        else:
            self.complete = self.complete or any(isinstance(event, Done) for event in events)
            words = next((f": {event.message}" for event in events if isinstance(event, Failed)), "")
            self._note(self._machine.feed(events), words)

    def _note_faults(self, prefix: str, document: str, faults: tuple[Fault, ...]) -> None:
        for fault in faults:
            self._ledger.note(
                prefix + fault.rule, fault.message, where=document + fault.where, event=self.events
            )

    def _note(self, breaches: tuple[Breach, ...], words: str = "") -> None:
        for breach in breaches:
            message = said(RULES[breach.rule]) + _whose(breach) + words
            self._ledger.note(breach.rule.value, message, event=self.events or None)


def _is_as_written(document: dict[str, object], data: str) -> bool:
    """Whether writing the chunk again gives the same text, so that none of its keys was lost."""
    try:
        return msgspec.json.encode(document) == data.encode()
    except (ValueError, RecursionError):
        return False


def _whose(breach: Breach) -> str:
    """Which choice, and which of its tool calls; nothing where it is the first."""
    numbers = {"choice": breach.index, "tool call": breach.call}
    named = ", ".join(f"{what} {number}" for what, number in numbers.items() if number)
    return f" ({named})" if named else ""
