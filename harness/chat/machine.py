"""What may follow what in a streamed reply: one table, and the small machine that walks it.

All transitions live in `TABLE`. It checks recordings, it generates streams (`walks`), and the page
`docs/reference/stream-grammar.md` is drawn from it. The table is total: every kind of event has its cell in every
state; a forbidden step names the rule it breaks and where the walk goes on, so no stream makes it raise.

A stream and each of its choices walk the same table, each from its own first state: `WAITING` and `SILENT`.
"""

from __future__ import annotations

from copy import copy
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from harness.chat.events import (
    ChatEvent,
    Delta,
    Done,
    Failed,
    Finished,
    Stamp,
    Started,
    ToolDelta,
    Usage,
)
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Container, Iterable, Iterator


class State(StrEnum):
    """How far a stream, or one choice in it, has come."""

    WAITING = "waiting"
    STREAMING = "streaming"
    COUNTED = "counted"
    DONE = "done"
    BROKEN = "broken"

    SILENT = "silent"
    OPEN = "open"
    FINISHED = "finished"

    ENDED = "ended"


class Kind(StrEnum):
    """What happens. `CHOICE` is what the stream sees of all that a choice says; `END` is the end of the bytes."""

    STAMP = "stamp"
    CHOICE = "choice"
    USAGE = "usage"
    DONE = "done"
    FAILED = "failed"

    STARTED = "started"
    DELTA = "delta"
    TOOL = "tool"
    FINISHED = "finished"

    END = "end"


class Rule(StrEnum):
    """Each way to break the grammar. The words are stable: they are rule ids of findings."""

    ROLE_MISSING = "role-missing"
    ROLE_REPEATED = "role-repeated"
    TEXT_AFTER_FINISH = "text-after-finish"
    TOOL_AFTER_FINISH = "tool-after-finish"
    FINISH_REPEATED = "finish-repeated"
    FINISH_MISSING = "finish-missing"
    REPLY_MISSING = "reply-missing"
    CHUNK_AFTER_USAGE = "chunk-after-usage"
    USAGE_REPEATED = "usage-repeated"
    TERMINAL_MISSING = "terminal-missing"
    TERMINAL_REPEATED = "terminal-repeated"
    EVENT_AFTER_TERMINAL = "event-after-terminal"
    ERROR_IN_STREAM = "error-in-stream"
    EVENT_AFTER_ERROR = "event-after-error"
    ID_CHANGED = "id-changed"
    CREATED_CHANGED = "created-changed"
    MODEL_CHANGED = "model-changed"


class Step(msgspec.Struct, frozen=True):
    """One cell of the table: where the walk goes, and the rule that the step breaks, if it breaks one."""

    to: State
    breaks: Rule | None = None


def _to(state: State, breaks: Rule | None = None) -> Step:
    return Step(state, breaks)


TABLE: dict[State, dict[Kind, Step]] = {
    # The stream.
    State.WAITING: {
        Kind.STAMP: _to(State.STREAMING),
        Kind.CHOICE: _to(State.STREAMING),
        Kind.USAGE: _to(State.STREAMING),
        Kind.DONE: _to(State.DONE),
        Kind.FAILED: _to(State.BROKEN, Rule.ERROR_IN_STREAM),
        Kind.END: _to(State.ENDED),
    },
    State.STREAMING: {
        Kind.STAMP: _to(State.STREAMING),
        Kind.CHOICE: _to(State.STREAMING),
        Kind.USAGE: _to(State.COUNTED),
        Kind.DONE: _to(State.DONE),
        Kind.FAILED: _to(State.BROKEN, Rule.ERROR_IN_STREAM),
        Kind.END: _to(State.ENDED, Rule.TERMINAL_MISSING),
    },
    State.COUNTED: {
        Kind.STAMP: _to(State.COUNTED),
        Kind.CHOICE: _to(State.STREAMING, Rule.CHUNK_AFTER_USAGE),
        Kind.USAGE: _to(State.COUNTED, Rule.USAGE_REPEATED),
        Kind.DONE: _to(State.DONE),
        Kind.FAILED: _to(State.BROKEN, Rule.ERROR_IN_STREAM),
        Kind.END: _to(State.ENDED, Rule.TERMINAL_MISSING),
    },
    State.DONE: {
        Kind.STAMP: _to(State.DONE, Rule.EVENT_AFTER_TERMINAL),
        Kind.CHOICE: _to(State.DONE, Rule.EVENT_AFTER_TERMINAL),
        Kind.USAGE: _to(State.DONE, Rule.EVENT_AFTER_TERMINAL),
        Kind.DONE: _to(State.DONE, Rule.TERMINAL_REPEATED),
        Kind.FAILED: _to(State.DONE, Rule.EVENT_AFTER_TERMINAL),
        Kind.END: _to(State.ENDED),
    },
    State.BROKEN: {
        Kind.STAMP: _to(State.BROKEN, Rule.EVENT_AFTER_ERROR),
        Kind.CHOICE: _to(State.BROKEN, Rule.EVENT_AFTER_ERROR),
        Kind.USAGE: _to(State.BROKEN, Rule.EVENT_AFTER_ERROR),
        Kind.DONE: _to(State.DONE),
        Kind.FAILED: _to(State.BROKEN, Rule.EVENT_AFTER_ERROR),
        Kind.END: _to(State.ENDED),
    },
    # One choice.
    State.SILENT: {
        Kind.STARTED: _to(State.OPEN),
        Kind.DELTA: _to(State.OPEN, Rule.ROLE_MISSING),
        Kind.TOOL: _to(State.OPEN, Rule.ROLE_MISSING),
        Kind.FINISHED: _to(State.FINISHED, Rule.ROLE_MISSING),
        Kind.END: _to(State.ENDED, Rule.REPLY_MISSING),
    },
    State.OPEN: {
        Kind.STARTED: _to(State.OPEN, Rule.ROLE_REPEATED),
        Kind.DELTA: _to(State.OPEN),
        Kind.TOOL: _to(State.OPEN),
        Kind.FINISHED: _to(State.FINISHED),
        Kind.END: _to(State.ENDED, Rule.FINISH_MISSING),
    },
    State.FINISHED: {
        Kind.STARTED: _to(State.FINISHED, Rule.ROLE_REPEATED),
        Kind.DELTA: _to(State.FINISHED, Rule.TEXT_AFTER_FINISH),
        Kind.TOOL: _to(State.FINISHED, Rule.TOOL_AFTER_FINISH),
        Kind.FINISHED: _to(State.FINISHED, Rule.FINISH_REPEATED),
        Kind.END: _to(State.ENDED),
    },
}

UNDER_WAY = frozenset({State.WAITING, State.STREAMING, State.COUNTED})
"""States of a stream in which its choices still walk."""

CLOSING = frozenset({Kind.USAGE, Kind.DONE, Kind.END})
"""What a stream may say only when each of its choices may end."""

MISSING = frozenset({Rule.ROLE_MISSING, Rule.FINISH_MISSING, Rule.REPLY_MISSING})
"""What cannot be held against a stream once a chunk of it could not be read."""

Field: TypeAlias = Literal["id", "created", "model"]

CHANGED: dict[Field, Rule] = {
    "id": Rule.ID_CHANGED,
    "created": Rule.CREATED_CHANGED,
    "model": Rule.MODEL_CHANGED,
}
"""The rule that a stream breaks when its chunks disagree about this field."""

_KIND: dict[type[ChatEvent], Kind] = {
    Stamp: Kind.STAMP,
    Started: Kind.STARTED,
    Delta: Kind.DELTA,
    ToolDelta: Kind.TOOL,
    Finished: Kind.FINISHED,
    Usage: Kind.USAGE,
    Done: Kind.DONE,
    Failed: Kind.FAILED,
}


class Breach(msgspec.Struct, frozen=True):
    """A rule that a step broke; `index` is the choice that broke it, None where the whole stream did."""

    rule: Rule
    index: int | None = None


class Move(msgspec.Struct, frozen=True):
    """One step of a walk; `index` is the choice that makes it, None where the stream does."""

    kind: Kind
    index: int | None = None


class Machine:
    """Walks the table beside one stream.

    Feed it what `harness.upstreams.reading.read` says of each event, in order, and close it at the end. *role_first*,
    *terminal*, *finish*, *role_every*, *usage_once* and *constant* are what the upstream promises: what it never
    promised is not held against it.
    """

    def __init__(
        self,
        *,
        role_first: bool = True,
        terminal: bool = True,
        finish: bool = True,
        role_every: bool = False,
        usage_once: bool = True,
        constant: Iterable[Field] = tuple(CHANGED),
        choices: int = 1,
    ) -> None:
        promised = {
            Rule.ROLE_MISSING: role_first,
            Rule.TERMINAL_MISSING: terminal,
            Rule.FINISH_MISSING: finish,
            Rule.ROLE_REPEATED: not role_every,
            Rule.USAGE_REPEATED: usage_once,
            Rule.CHUNK_AFTER_USAGE: usage_once,
        }
        self.stream = State.WAITING
        self.choices = dict.fromkeys(range(choices), State.SILENT)
        self._waived = frozenset(rule for rule, kept in promised.items() if not kept)
        self._constant = tuple(constant)
        self._stamp: dict[Field, str | int] = {}

    def feed(self, said: Iterable[ChatEvent]) -> tuple[Breach, ...]:
        """Walk what one event of the stream said. Gives the breaches, each once."""
        breaches = (breach for event in said for breach in self._walk(event))
        return tuple(dict.fromkeys(breaches))

    def skip(self) -> tuple[Breach, ...]:
        """An event went by unread: from now on nothing is missed, for it may have been in there."""
        self._waived |= MISSING
        return self.make(Move(Kind.STAMP))

    def close(self, *, cut: bool = False) -> tuple[Breach, ...]:
        """The bytes have ended. *cut*: for a reason that is known and told elsewhere, so nothing is missed."""
        if cut:
            self._waived |= MISSING | {Rule.TERMINAL_MISSING}
        return self.make(Move(Kind.END))

    def make(self, move: Move) -> tuple[Breach, ...]:
        """Walk one step. Gives the breaches: one, as a rule, but each choice may be unfinished when the stream ends."""
        if self.stream is State.ENDED:
            raise UsageError("this stream has been closed", help="take a new Machine for each stream")
        return tuple(self._make(move))

    def moves(self) -> tuple[Move, ...]:
        """Every step that breaks no rule here."""
        if self.stream is State.ENDED:
            return ()
        row = TABLE[self.stream]
        of_stream = [Move(kind) for kind in row if kind is not Kind.CHOICE and self._may(kind)]
        return (*of_stream, *(self._moves_of_choices() if self._may(Kind.CHOICE) else ()))

    def fork(self) -> Machine:
        """Another machine at the same place, to try a step on."""
        other = copy(self)
        other.choices, other._stamp = dict(self.choices), dict(self._stamp)
        return other

    def _walk(self, event: ChatEvent) -> Iterator[Breach]:
        yield from self.make(Move(_KIND[type(event)], getattr(event, "index", None)))
        if isinstance(event, Stamp):
            yield from self._compare(event)

    def _make(self, move: Move) -> Iterator[Breach]:
        under_way = self.stream in UNDER_WAY
        if under_way and move.kind in (Kind.DONE, Kind.END):
            for index in sorted(self.choices):
                yield from self._step_choice(index, Kind.END)
        yield from self._step_stream(Kind.CHOICE if move.index is not None else move.kind)
        if under_way and move.index is not None:
            yield from self._step_choice(move.index, move.kind)

    def _step_stream(self, kind: Kind) -> Iterator[Breach]:
        step = TABLE[self.stream][kind]
        self.stream = step.to
        if rule := self._broken(step):
            yield Breach(rule)

    def _step_choice(self, index: int, kind: Kind) -> Iterator[Breach]:
        step = TABLE[self.choices.get(index, State.SILENT)][kind]
        self.choices[index] = step.to
        if rule := self._broken(step):
            yield Breach(rule, index)

    def _broken(self, step: Step) -> Rule | None:
        return None if step.breaks in self._waived else step.breaks

    def _compare(self, stamp: Stamp) -> Iterator[Breach]:
        for field in self._constant:
            value = getattr(stamp, field)
            if value is not None and self._stamp.setdefault(field, value) != value:
                yield Breach(CHANGED[field])

    def _may(self, kind: Kind) -> bool:
        """Whether the stream may take this step; to close, each choice must be ready."""
        ready = kind not in CLOSING or self.stream not in UNDER_WAY or self._ready()
        return ready and self._broken(TABLE[self.stream][kind]) is None

    def _ready(self) -> bool:
        return all(self._broken(TABLE[state][Kind.END]) is None for state in self.choices.values())

    def _moves_of_choices(self) -> Iterator[Move]:
        for index, state in self.choices.items():
            for kind, step in TABLE[state].items() if self.stream in UNDER_WAY else ():
                if kind is not Kind.END and self._broken(step) is None:
                    yield Move(kind, index)


def walks(
    machine: Machine, *, longest: int, leave_out: Container[Kind] = (Kind.STAMP,)
) -> Iterator[tuple[Move, ...]]:
    """Every way to the end that breaks no rule, in at most *longest* steps, the `END` included. *machine* stays put.

    Stamps are left out unless asked for: they stand beside what is said, and would only multiply the walks.
    """
    for move in machine.moves() if longest else ():
        if move.kind in leave_out:
            continue
        ahead = machine.fork()
        ahead.make(move)
        if ahead.stream is State.ENDED:
            yield (move,)
        yield from ((move, *rest) for rest in walks(ahead, longest=longest - 1, leave_out=leave_out))
