"""What may follow what in a streamed reply: one table, and the small machine that walks it.

All transitions live in `TABLE`. It checks recordings, it generates streams (`walks`), and the page
`docs/reference/stream-grammar.md` is drawn from it. The table is total: every kind of event has its cell in every
state; a forbidden step names the rule it breaks and where the walk goes on, so no stream makes it raise.

A stream, each of its choices and each of their tool calls walk the same table, each from its own first state:
`WAITING`, `SILENT` and `CALL_SILENT`. Who is above sees all that one below says as one kind: `CHOICE`, `TOOL`.
"""

from __future__ import annotations

from collections.abc import Mapping
from copy import copy
from enum import StrEnum
from typing import TYPE_CHECKING, Literal, TypeAlias

import msgspec

from harness.chat.arguments import Arguments
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
    """How far a stream has come, or one choice in it, or one tool call in that."""

    WAITING = "waiting"
    STREAMING = "streaming"
    COUNTED = "counted"
    DONE = "done"
    BROKEN = "broken"

    SILENT = "silent"
    OPEN = "open"
    FINISHED = "finished"

    CALL_SILENT = "awaited"
    CALL_OPEN = "called"

    ENDED = "ended"


class Kind(StrEnum):
    """What happens. `CHOICE` is what the stream sees of all that a choice says, and `TOOL` what the choice sees of all
    that a tool call says; `END` is the end of the bytes, and for a tool call that of its choice.
    """

    STAMP = "stamp"
    CHOICE = "choice"
    USAGE = "usage"
    DONE = "done"
    FAILED = "failed"

    STARTED = "started"
    DELTA = "delta"
    TOOL = "tool"
    FINISHED = "finished"

    CALL = "call"
    CALL_ID = "call-id"
    CALL_NAME = "call-name"
    CALL_PIECE = "call-piece"
    CALL_SPOILT = "call-spoilt"

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
    TOOL_ID_MISSING = "tool-id-missing"
    TOOL_ID_REPEATED = "tool-id-repeated"
    TOOL_NAME_MISSING = "tool-name-missing"
    TOOL_NAME_REPEATED = "tool-name-repeated"
    TOOL_ARGUMENTS_INVALID = "tool-arguments-invalid"
    INDEX_SKIPPED = "index-skipped"
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
    """One cell of the table: where the walk goes, and the rule that the step breaks, if it breaks one, or even two."""

    to: State
    breaks: Rule | None = None
    also: Rule | None = None


def _to(state: State, breaks: Rule | None = None, also: Rule | None = None) -> Step:
    return Step(state, breaks, also)


Table: TypeAlias = Mapping[State, Mapping[Kind, Step]]
"""A row for each state, and in it a cell for each kind."""

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
    # One tool call of a choice.
    State.CALL_SILENT: {
        Kind.CALL: _to(State.CALL_OPEN),
        Kind.CALL_ID: _to(State.CALL_OPEN, Rule.TOOL_NAME_MISSING),
        Kind.CALL_NAME: _to(State.CALL_OPEN, Rule.TOOL_ID_MISSING),
        Kind.CALL_PIECE: _to(State.CALL_OPEN, Rule.TOOL_ID_MISSING, Rule.TOOL_NAME_MISSING),
        Kind.CALL_SPOILT: _to(State.ENDED, Rule.TOOL_ARGUMENTS_INVALID),
        Kind.END: _to(State.ENDED),
    },
    State.CALL_OPEN: {
        Kind.CALL: _to(State.CALL_OPEN, Rule.TOOL_ID_REPEATED, Rule.TOOL_NAME_REPEATED),
        Kind.CALL_ID: _to(State.CALL_OPEN, Rule.TOOL_ID_REPEATED),
        Kind.CALL_NAME: _to(State.CALL_OPEN, Rule.TOOL_NAME_REPEATED),
        Kind.CALL_PIECE: _to(State.CALL_OPEN),
        Kind.CALL_SPOILT: _to(State.ENDED, Rule.TOOL_ARGUMENTS_INVALID),
        Kind.END: _to(State.ENDED),
    },
}

UNDER_WAY = frozenset({State.WAITING, State.STREAMING, State.COUNTED})
"""States of a stream in which its choices still walk."""

CLOSING = frozenset({Kind.USAGE, Kind.DONE, Kind.END})
"""What a stream may say only when each of its choices may end."""

MISSING = frozenset(
    {
        Rule.ROLE_MISSING,
        Rule.FINISH_MISSING,
        Rule.REPLY_MISSING,
        Rule.TOOL_ID_MISSING,
        Rule.TOOL_NAME_MISSING,
        Rule.TOOL_ARGUMENTS_INVALID,
        Rule.INDEX_SKIPPED,
    }
)
"""What cannot be held against a stream once a chunk of it could not be read."""

CUT_SHORT = frozenset({"length", "max_tokens", "content_filter"})
"""Finish reasons that say that the answer is not whole: then its tool calls need not be."""

MOST = 1024
"""Choices of a stream, and tool calls of a choice, that are walked; what goes beyond costs no memory."""

Field: TypeAlias = Literal["id", "created", "model"]

CHANGED: dict[Field, Rule] = {
    "id": Rule.ID_CHANGED,
    "created": Rule.CREATED_CHANGED,
    "model": Rule.MODEL_CHANGED,
}
"""The rule that a stream breaks when its chunks disagree about this field."""

BESIDE = frozenset({*CHANGED.values(), Rule.INDEX_SKIPPED})
"""Rules that no single walk can break: they compare what was said with what was said elsewhere."""

_KIND: dict[type[ChatEvent], Kind] = {
    Stamp: Kind.STAMP,
    Started: Kind.STARTED,
    Delta: Kind.DELTA,
    Finished: Kind.FINISHED,
    Usage: Kind.USAGE,
    Done: Kind.DONE,
    Failed: Kind.FAILED,
}

_FRAGMENT = {
    (True, True): Kind.CALL,
    (True, False): Kind.CALL_ID,
    (False, True): Kind.CALL_NAME,
    (False, False): Kind.CALL_PIECE,
}
"""What a fragment of a tool call is, by whether it gives an id and whether it gives a name. Empty ones are none."""


class Breach(msgspec.Struct, frozen=True):
    """A rule that a step broke; `index` is the choice that broke it, None where the whole stream did, and `call` the
    tool call of that choice.
    """

    rule: Rule
    index: int | None = None
    call: int | None = None


class Move(msgspec.Struct, frozen=True):
    """One step of a walk; `index` is the choice that makes it, None where the stream does, and `call` the tool call of
    that choice, None where the choice makes it itself.
    """

    kind: Kind
    index: int | None = None
    call: int | None = None


def move_of(event: ChatEvent) -> Move:
    """The step that an event of the chat is."""
    kind = _KIND.get(type(event))
    if kind is not None:
        return Move(kind, getattr(event, "index", None))
    assert isinstance(event, ToolDelta)  # every other kind stands in the table above
    return Move(_FRAGMENT[bool(event.id), bool(event.name)], event.index, event.call)


class Machine:
    """Walks the table beside one stream.

    Feed it what `harness.upstreams.reading.read` says of each event, in order, and close it at the end. The options are
    what the upstream promises: what it never promised is not held against it.

    - *role_first*: the first event of a choice says its role. *role_every*: every event may say it again.
    - *terminal*: a terminal event ends the stream.
    - *finish*: a choice says why it ends.
    - *usage_once*: tokens are counted once, behind all text.
    - *constant*: these fields stay the same.
    - *tool_ids*: a tool call begins with an id. Where it does not, a name behind whole arguments begins another call.
    - *tool_numbers*: the tool calls of a choice are numbered 0, 1, 2 ... as they begin.
    - *choices*: so many answers were asked for.

    *table* stands in for `TABLE`, so that each look at it can be seen.
    """

    def __init__(
        self,
        *,
        role_first: bool = True,
        finish: bool = True,
        role_every: bool = False,
        terminal: bool = True,
        usage_once: bool = True,
        constant: Iterable[Field] = tuple(CHANGED),
        tool_ids: bool = True,
        tool_numbers: bool = True,
        choices: int = 1,
        table: Table = TABLE,
    ) -> None:
        promised = {
            Rule.ROLE_MISSING: role_first,
            Rule.FINISH_MISSING: finish,
            Rule.ROLE_REPEATED: not role_every,
            Rule.TERMINAL_MISSING: terminal,
            Rule.TOOL_ID_MISSING: tool_ids,
            Rule.USAGE_REPEATED: usage_once,
            Rule.CHUNK_AFTER_USAGE: usage_once,
        }
        self._table = table
        self.stream = State.WAITING
        self.choices = dict.fromkeys(range(choices), State.SILENT)
        self.calls: dict[int, dict[int, State]] = {}
        self._waived = frozenset(rule for rule, kept in promised.items() if not kept)
        self._constant = tuple(constant)
        self._tool_ids, self._tool_numbers = tool_ids, tool_numbers
        self._stamp: dict[Field, str | int] = {}
        self._arguments = Arguments()

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
        other.calls = {index: dict(calls) for index, calls in self.calls.items()}
        other._arguments = self._arguments.fork()
        return other

    def _walk(self, event: ChatEvent) -> Iterator[Breach]:
        if isinstance(event, ToolDelta):
            yield from self._walk_call(event)
            return
        if isinstance(event, Finished) and event.reason in CUT_SHORT:
            self._let_go(event.index)
        yield from self.make(move_of(event))
        if isinstance(event, Stamp):
            yield from self._compare(event)

    def _walk_call(self, event: ToolDelta) -> Iterator[Breach]:
        self._begin_again(event)
        yield from self.make(move_of(event))
        if event.call in self.calls.get(event.index, ()):
            self._arguments.add((event.index, event.call), event.arguments)

    def _let_go(self, index: int) -> None:
        """The arguments of this choice are not judged."""
        for call in self.calls.get(index, ()):
            self._arguments.take((index, call))

    def _begin_again(self, event: ToolDelta) -> None:
        """Without ids, a name behind whole arguments begins another call of the same number."""
        calls = self.calls.get(event.index, {})
        known = not self._tool_ids and event.name and event.call in calls
        if known and self._arguments.take((event.index, event.call)):
            calls[event.call] = State.CALL_SILENT

    def _make(self, move: Move) -> Iterator[Breach]:
        under_way = self.stream in UNDER_WAY
        if under_way and move.kind in (Kind.DONE, Kind.END):
            yield from self._end_choices()
        yield from self._step_stream(Kind.CHOICE if move.index is not None else move.kind)
        if under_way and move.index is not None:
            yield from self._step_choice(move.index, move.kind if move.call is None else Kind.TOOL)
            if move.call is not None and self.choices.get(move.index) is State.OPEN:
                yield from self._step_call(move.index, move.call, move.kind)

    def _end_choices(self) -> Iterator[Breach]:
        for index in sorted(self.choices):
            if index > 0 and index - 1 not in self.choices:
                yield from self._told(Rule.INDEX_SKIPPED, index)
            yield from self._step_choice(index, Kind.END)

    def _step_stream(self, kind: Kind) -> Iterator[Breach]:
        step = self._table[self.stream][kind]
        self.stream = step.to
        if step.breaks is not None:
            yield from self._broken(step)

    def _step_choice(self, index: int, kind: Kind) -> Iterator[Breach]:
        if index not in self.choices and len(self.choices) >= MOST:
            return
        step = self._table[self.choices.get(index, State.SILENT)][kind]
        self.choices[index] = step.to
        if step.breaks is not None:
            yield from self._broken(step, index)
        if kind in (Kind.FINISHED, Kind.END):
            yield from self._end_calls(index)

    def _step_call(self, index: int, call: int, kind: Kind) -> Iterator[Breach]:
        calls = self.calls.setdefault(index, {})
        if call not in calls:
            if len(calls) >= MOST:
                return
            if self._tool_numbers and call > 0 and call - 1 not in calls:
                yield from self._told(Rule.INDEX_SKIPPED, index, call)
        step = self._table[calls.get(call, State.CALL_SILENT)][kind]
        calls[call] = step.to
        yield from self._broken(step, index, call)

    def _end_calls(self, index: int) -> Iterator[Breach]:
        """The choice is at its end, and so are its calls: now their arguments must be whole."""
        for call, state in sorted(self.calls.pop(index, {}).items()):
            whole = self._arguments.take((index, call))
            step = self._table[state][Kind.END if whole else Kind.CALL_SPOILT]
            yield from self._broken(step, index, call)

    def _broken(self, step: Step, index: int | None = None, call: int | None = None) -> Iterator[Breach]:
        for rule in (step.breaks, step.also):
            if rule is not None:
                yield from self._told(rule, index, call)

    def _told(self, rule: Rule, index: int | None, call: int | None = None) -> Iterator[Breach]:
        if rule not in self._waived:
            yield Breach(rule, index, call)

    def _compare(self, stamp: Stamp) -> Iterator[Breach]:
        for field in self._constant:
            value = getattr(stamp, field)
            if value is not None and self._stamp.setdefault(field, value) != value:
                yield Breach(CHANGED[field])

    def _may(self, kind: Kind) -> bool:
        """Whether the stream may take this step; to close, each choice must be ready."""
        ready = kind not in CLOSING or self.stream not in UNDER_WAY or self._ready()
        return ready and self._free(TABLE[self.stream][kind])

    def _ready(self) -> bool:
        return all(self._free(TABLE[state][Kind.END]) for state in self.choices.values())

    def _free(self, step: Step) -> bool:
        """Whether this step breaks nothing that was promised."""
        return next(self._broken(step), None) is None

    def _moves_of_choices(self) -> Iterator[Move]:
        for index, state in self.choices.items() if self.stream in UNDER_WAY else ():
            for kind, step in TABLE[state].items():
                if kind is Kind.TOOL and self._free(step):
                    yield from self._moves_of_calls(index)
                elif kind is not Kind.END and self._free(step):
                    yield Move(kind, index)

    def _moves_of_calls(self, index: int) -> Iterator[Move]:
        """What each call of this choice may say, and how the next one may begin."""
        calls = self.calls.get(index, {})
        for call, state in {**calls, max(calls, default=-1) + 1: State.CALL_SILENT}.items():
            for kind, step in TABLE[state].items():
                if kind not in (Kind.END, Kind.CALL_SPOILT) and self._free(step):
                    yield Move(kind, index, call)


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
