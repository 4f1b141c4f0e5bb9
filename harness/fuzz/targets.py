"""What is fuzzed: a callable, what kind of thing it is, and what the edge hands in to watch it. Values only."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager, nullcontext
from enum import StrEnum
from typing import Any, TypeAlias

import msgspec

from harness.errors import UsageError
from harness.sse import Event, SSEParser
from harness.upstreams.vitalentum import encode_conversation

Reference: TypeAlias = Callable[[bytes], Sequence[Event]]
"""A whole stream -> the events that it holds."""
Watch: TypeAlias = Callable[[], AbstractContextManager[object]]
"""A guard around one call of the target, which raises `Hung` inside it when that takes too long."""


class Kind(StrEnum):
    """What a target takes and gives."""

    PARSER = "parser"
    """An iterable of bytes -> an iterable of events, or of `str` data."""
    ENCODER = "encoder"
    """Messages -> `str`."""


class Hung(BaseException):
    """The target did not come back in time. No `Exception`, so that a target's own `except` lets it pass."""


class Target(msgspec.Struct, frozen=True, kw_only=True):
    """One thing under test.

    `ours` is whether it keeps the limits of this package as well. `reference` says what a stream holds. `watch` guards
    each call; `work` tells the seconds of processor time used so far, and without it no law counts work.
    """

    name: str
    kind: Kind
    call: Callable[..., Any]
    ours: bool = False
    reference: Reference
    watch: Watch = nullcontext
    work: Callable[[], float] | None = None


def by_our_parser(stream: bytes) -> list[Event]:
    """The events of a whole stream, as `harness.sse` reads them."""
    return SSEParser(max_line=None, max_event=None, max_stream=None).feed(stream)


def parse(pieces: Iterable[bytes]) -> Iterable[Event]:
    """Our own parser in the form of a target."""
    parser = SSEParser()
    for piece in pieces:
        yield from parser.feed(piece)
    yield from parser.close()


OURS: dict[str, tuple[Kind, Callable[..., Any]]] = {
    "parser": (Kind.PARSER, parse),
    "encoder": (Kind.ENCODER, encode_conversation),
}
"""The targets that have a name."""


def our_target(name: str, *, watch: Watch = nullcontext, work: Callable[[], float] | None = None) -> Target:
    """`parser` or `encoder`: this package's own. Raises UsageError for another name."""
    if name not in OURS:
        raise UsageError(
            f"There is no target {name!r}.", expected=f"{', '.join(OURS)}, or module:callable for your own"
        )
    kind, call = OURS[name]
    return Target(name=name, kind=kind, call=call, ours=True, reference=by_our_parser, watch=watch, work=work)
