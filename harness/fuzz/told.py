"""What a target says of a stream: events in one form, and exceptions as values. Knows no law.

A target may tell less than the standard does: `str` is data alone, and an event need have no `id`. What is not told is
None, and is not compared.
"""

from __future__ import annotations

import traceback
from collections.abc import AsyncIterable, Awaitable, Coroutine, Iterable
from typing import TYPE_CHECKING, Any

import msgspec

from harness.errors import LimitError
from harness.fuzz.targets import Hung

if TYPE_CHECKING:
    from collections.abc import Sequence

    from harness.fuzz.targets import Target

DONE = "[DONE]"
"""Readers of chats may end there; what comes after it is nobody's business."""

_SHOWN = 240


class Unfit(TypeError):
    """What a target gave is nothing that such a target gives."""


class Heard(msgspec.Struct, frozen=True):
    """One event as a target tells it; None where it tells nothing."""

    data: str
    event: str | None = None
    id: str | None = None
    retry: int | str | None = None


class Failure(msgspec.Struct, frozen=True):
    """Why a target gave no more: where, in a few stable words, and what it said."""

    place: str
    words: str
    documented: bool = False
    """Whether it is the one error that our own parser is allowed."""


class Told(msgspec.Struct, frozen=True):
    """All that a target says of one stream."""

    events: tuple[Heard, ...]
    failure: Failure | None = None

    def __str__(self) -> str:
        words = shown(self.events)
        return f"{words}, then {self.failure.words}" if self.failure else words


def tell(target: Target, pieces: Sequence[bytes]) -> Told:
    """Hand *pieces* to the target and write down what it gives. Raises `Hung` when its watch does."""
    events: list[Heard] = []
    at_most = sum(map(len, pieces)) + 16  # each event takes a byte of the stream
    try:
        with target.watch():
            for each in given_by(target.call(iter(pieces))):
                events.append(heard(each))
                if len(events) > at_most:
                    return Told(
                        tuple(events[:3]), Failure("endless", "more events than the stream has bytes")
                    )
    except (Hung, KeyboardInterrupt):
        raise
    except BaseException as error:  # SystemExit, CancelledError, and what a target makes up
        return Told(tuple(events), failure_of(error))
    return Told(tuple(events))


def given_by(given: Any) -> Iterable[object]:
    """What a target gave, as something to go through. Raises Unfit for what is nothing of the kind."""
    if isinstance(given, Coroutine):
        given.close()  # nobody awaits it
    if isinstance(given, Awaitable | AsyncIterable):
        raise Unfit(f"a parser gives an iterable of events; this one is asynchronous: {type(given).__name__}")
    if isinstance(given, str | bytes) or not isinstance(given, Iterable):
        raise Unfit(f"a parser gives an iterable of events; this one gave {type(given).__name__}")
    return given


def heard(each: object) -> Heard:
    """One thing that a target gave. Raises Unfit for what is neither an event nor `str`."""
    if isinstance(each, str):
        return Heard(str(each))
    data = getattr(each, "data", None)
    if not isinstance(data, str):
        found = type(each).__name__ if data is None else f"data of type {type(data).__name__}"
        raise Unfit(f"a parser gives str, or objects with data as str; this one gave {found}")
    return Heard(
        data,
        (each.event or "message") if hasattr(each, "event") else None,
        str(each.id or "") if hasattr(each, "id") else None,
        _number(getattr(each, "retry", None)),
    )


def failure_of(error: BaseException) -> Failure:
    """An exception as a value. Its place is the innermost function, for lines move with every edit."""
    frames = traceback.extract_tb(error.__traceback__)
    where = f"{_file(frames[-1].filename)} {frames[-1].name}" if frames else "nowhere"
    name, text = type(error).__name__, _text_of(error)
    if isinstance(error, Unfit):
        return Failure("result", clipped(text))
    return Failure(
        f"{name} in {where}", clipped(f"{name}: {text}" if text else name), isinstance(error, LimitError)
    )


def _text_of(error: BaseException) -> str:
    """The first line of what it says, where it says anything at all."""
    try:
        return str(error).partition("\n")[0]
    except Exception:  # whoever writes an exception may write a wrong one
        return ""


def _file(path: str) -> str:
    return path.replace("\\", "/").rpartition("/")[2]


def until_done(events: Iterable[Heard]) -> tuple[Heard, ...]:
    """The events before the first whose whole data is `[DONE]`."""
    kept: list[Heard] = []
    for event in events:
        if event.data == DONE:
            break
        kept.append(event)
    return tuple(kept)


def shown(events: Sequence[Heard]) -> str:
    """Events in a line of bounded length."""
    if not events:
        return "no event"
    return clipped("; ".join(map(_one, events)))


def clipped(text: str) -> str:
    """*text*, or the start of it."""
    return text if len(text) <= _SHOWN else f"{text[:_SHOWN]}..."


def _one(event: Heard) -> str:
    parts = [repr(event.data)]
    parts += [f"event {event.event!r}"] if event.event not in (None, "message") else []
    parts += [f"id {event.id!r}"] if event.id else []
    parts += [f"retry {event.retry!r}"] if event.retry is not None else []
    return " ".join(parts)


def _number(value: object) -> int | str | None:
    if value is None or (isinstance(value, int) and not isinstance(value, bool)):
        return value
    text = str(value)
    return int(text) if text.isascii() and text.isdigit() and len(text) < 640 else text
