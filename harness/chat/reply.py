"""The finished message: chat events folded into one value. Pure, linear in the text, and forgiving.

Whether the events were in order is the machine's question; here late text is text, and a later finish reason wins.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

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

if TYPE_CHECKING:
    from collections.abc import Iterable


class ToolCall(msgspec.Struct, frozen=True):
    """A whole tool call; `arguments` is the JSON text as it came, joined."""

    number: int
    id: str | None
    name: str | None
    arguments: str


class Choice(msgspec.Struct, frozen=True):
    """One answer of a reply. None: the stream did not say."""

    index: int
    role: str | None
    text: str
    finish_reason: str | None
    tool_calls: tuple[ToolCall, ...] = ()


class Reply(msgspec.Struct, frozen=True):
    """What a stream said in the end. The first choice can be read off directly."""

    choices: tuple[Choice, ...]
    stamp: Stamp
    usage: Usage | None
    error: Failed | None
    done: bool
    """The terminal event was seen."""

    @property
    def complete(self) -> bool:
        """The reply is whole: no error, and the terminal event or the finish reason of every choice was seen.

        This is the protocol's own word. A connection that closed cleanly says nothing about it.
        """
        finished = bool(self.choices) and all(choice.finish_reason is not None for choice in self.choices)
        return self.error is None and (self.done or finished)

    @property
    def text(self) -> str:
        return self.choices[0].text if self.choices else ""

    @property
    def role(self) -> str | None:
        return self.choices[0].role if self.choices else None

    @property
    def finish_reason(self) -> str | None:
        return self.choices[0].finish_reason if self.choices else None


def fold(events: Iterable[ChatEvent]) -> Reply:
    """The reply that these events make up, in the order they came."""
    folding = Folding()
    for event in events:
        folding.feed(event)
    return folding.reply()


class Folding:
    """A fold under way, for who wants to look at the reply while it grows."""

    def __init__(self) -> None:
        self._choices: dict[int, _Choice] = {}
        self._stamp = Stamp()
        self._usage: Usage | None = None
        self._error: Failed | None = None
        self._done = False

    def feed(self, event: ChatEvent) -> None:
        match event:
            case Started() | Delta() | ToolDelta() | Finished():
                self._choices.setdefault(event.index, _Choice()).feed(event)
            case Stamp():
                self._stamp = _filled(self._stamp, event)
            case Usage():
                self._usage = event
            case Failed():
                self._error = self._error or event
            case Done():
                self._done = True

    def reply(self) -> Reply:
        choices = tuple(self._choices[index].choice(index) for index in sorted(self._choices))
        return Reply(choices, self._stamp, self._usage, self._error, self._done)


class _Choice:
    """A choice that grows."""

    def __init__(self) -> None:
        self._role: str | None = None
        self._pieces: list[str] = []
        self._reason: str | None = None
        self._calls: dict[int, list[ToolDelta]] = {}

    def feed(self, event: Started | Delta | ToolDelta | Finished) -> None:
        match event:
            case Started():
                self._role = self._role or event.role
            case Delta():
                self._pieces.append(event.text)
            case ToolDelta():
                self._calls.setdefault(event.call, []).append(event)
            case Finished():
                self._reason = event.reason

    def choice(self, index: int) -> Choice:
        calls = tuple(_call(number, self._calls[number]) for number in sorted(self._calls))
        return Choice(index, self._role, "".join(self._pieces), self._reason, calls)


def _call(number: int, pieces: list[ToolDelta]) -> ToolCall:
    identity = next((piece.id for piece in pieces if piece.id), None)
    name = next((piece.name for piece in pieces if piece.name), None)
    return ToolCall(number, identity, name, "".join(piece.arguments for piece in pieces))


def _filled(old: Stamp, new: Stamp) -> Stamp:
    """*old*, with what only *new* says: the first word on a field counts."""
    return Stamp(
        old.id if old.id is not None else new.id,
        old.created if old.created is not None else new.created,
        old.model if old.model is not None else new.model,
    )
