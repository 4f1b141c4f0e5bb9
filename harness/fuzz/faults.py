"""Strategies for broken chat streams: a valid stream of one answer in text, and one named fault. Pure.

`FAULTS` is the table: what each fault does, to whom it can be done, and the rules of the contract that it breaks, all
of them and no other. That the check finds exactly these is a law of the tests, for every upstream.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from hypothesis import strategies as st

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, Usage
from harness.chat.machine import Kind
from harness.errors import UsageError
from harness.fuzz.chats import STAMPS, Tongue, framings, tongue_of, walks
from harness.sse import Event
from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import Framing, Upstream
from harness.upstreams.writing import Said, can_say, write

if TYPE_CHECKING:
    from collections.abc import Iterable

_ANSWER = frozenset({Kind.STARTED, Kind.DELTA, Kind.FINISHED, Kind.USAGE, Kind.DONE})
_MARK = "broken-character"


class Broken(msgspec.Struct, frozen=True):
    """A broken stream: its bytes, the name of its fault, and the rules that it breaks."""

    stream: bytes
    fault: str
    rules: frozenset[str]


class Script(msgspec.Struct, frozen=True):
    """A stream before it is bytes: what it says, in which upstream's words, under which stamp, in which framing."""

    tongue: Tongue
    said: list[Said]
    stamp: Stamp
    frame: Callable[[Event], bytes]

    @property
    def upstream(self) -> Upstream:
        return self.tongue.upstream

    def chunks(self) -> list[list[Said]]:
        """A chunk for each saying; where the last chunk says that it is the last, all from the finish on is one."""
        if not self.tongue.ends_in_chunk:
            return [[each] for each in self.said]
        last = self.place(Finished)
        return [*([each] for each in self.said[:last]), self.said[last:]]

    def events(self) -> list[Event]:
        """The events, one for each chunk."""
        return [event for chunk in self.chunks() for event in write(self.upstream, chunk, self.stamp)]

    def blocks(self) -> list[bytes]:
        """The bytes, a piece for each event."""
        return [self.frame(event) for event in self.events()]

    def block(self, said: Said, stamp: Stamp | None = None) -> bytes:
        """One more event."""
        return b"".join(map(self.frame, write(self.upstream, [said], stamp or self.stamp)))

    def place(self, kind: type[Said]) -> int:
        """Where the stream says a thing of this kind first; behind all where it does not."""
        return next((n for n, each in enumerate(self.said) if isinstance(each, kind)), len(self.said))

    def saying(self, said: Iterable[Said]) -> bytes:
        """The bytes of the same stream with other words."""
        return b"".join(msgspec.structs.replace(self, said=list(said)).blocks())

    def with_more(self, at: int, *more: Said) -> bytes:
        """The bytes of the same stream with more said at a place."""
        return self.saying([*self.said[:at], *more, *self.said[at:]])

    def without(self, kind: type[Said]) -> bytes:
        """The bytes of the same stream, which says nothing of this kind."""
        return self.saying(each for each in self.said if not isinstance(each, kind))


Choose: TypeAlias = Callable[[int, int], int]
"""Where the fault goes: a whole number from the first to the second, both among them."""

Does: TypeAlias = Callable[[Choose, Script], bytes]


class Fault(msgspec.Struct, frozen=True):
    """One way to break a stream; `fits` is whether it can be done to an upstream's streams."""

    does: Does
    breaks: tuple[str, ...]
    says: str
    fits: Callable[[Tongue], bool] = lambda _: True


def broken_streams(
    upstream: str | Upstream = "vitalentum", *, faults: Iterable[str] | None = None, longest: int = 12
) -> st.SearchStrategy[Broken]:
    """Broken streams of *upstream*, each with the name of its fault and the rules that it breaks.

    *faults* are names from `FAULTS`; without them all that fit the upstream. Raises `UsageError` for an unknown name,
    for a fault that does not fit, and for an upstream without templates.
    """
    tongue = tongue_of(get_upstream(upstream) if isinstance(upstream, str) else upstream)
    if not can_be_broken(tongue):
        raise UsageError(
            f"no broken streams are known for {tongue.upstream.name!r}", help="give it templates"
        )
    plain = msgspec.structs.replace(tongue, kinds=tongue.kinds & _ANSWER, several=False)
    fitting = faults_for(tongue.upstream)
    chosen = list(fitting if faults is None else faults)
    if unknown := [name for name in chosen if name not in fitting]:
        raise UsageError(
            f"{unknown[0]!r} is no fault of {tongue.upstream.name} streams",
            expected=f"one of {', '.join(fitting)}",
        )
    return _broken(plain, chosen, longest)


def broken(name: str, script: Script, choose: Choose) -> Broken:
    """What a script becomes by the fault of this name; *choose* says where."""
    return Broken(FAULTS[name].does(choose, script), name, frozenset(FAULTS[name].breaks))


def can_be_broken(tongue: Tongue) -> bool:
    """Whether an upstream has words for a whole answer in text: role, text, finish and end."""
    return {Kind.STARTED, Kind.DELTA, Kind.FINISHED, Kind.DONE} <= tongue.kinds


def faults_for(upstream: str | Upstream) -> tuple[str, ...]:
    """The names of the faults that fit an upstream."""
    tongue = tongue_of(get_upstream(upstream) if isinstance(upstream, str) else upstream)
    return tuple(name for name, fault in FAULTS.items() if fault.fits(tongue))


@st.composite
def _broken(draw: st.DrawFn, tongue: Tongue, faults: list[str], longest: int) -> Broken:
    name = draw(st.sampled_from(faults))
    script = Script(tongue, draw(walks(tongue, longest)), draw(STAMPS), draw(framings(tongue.upstream)))
    return broken(name, script, lambda low, high: draw(st.integers(low, high)))


# What the faults do ---------------------------------------------------------------------------------------------------


def _cut_between(choose: Choose, script: Script) -> bytes:
    """Before the finish, so that both it and the terminal event are missing."""
    return b"".join(script.blocks()[: choose(1, script.place(Finished))])


def _cut_inside(choose: Choose, script: Script) -> bytes:
    """Within the data of an event, at least one byte of it there and one missing."""
    blocks = script.blocks()
    number = choose(0, len(blocks) - 1)
    block = blocks[number]
    begin = block.index(b"data:") + 6 if script.upstream.framing is Framing.SSE else 0
    return b"".join(blocks[:number]) + block[: choose(begin + 1, len(block.rstrip(b"\r\n")) - 1)]


def _again(_: Choose, script: Script) -> bytes:
    blocks = script.blocks()
    return b"".join([*blocks, blocks[-1]])


def _late(_: Choose, script: Script) -> bytes:
    return b"".join([*script.blocks(), script.block(Delta("late"))])


def _not_json(choose: Choose, script: Script) -> bytes:
    events = script.events()
    number = choose(0, len(events) - 2)
    events[number] = msgspec.structs.replace(events[number], data="no JSON")
    return b"".join(map(script.frame, events))


def _not_utf8(_: Choose, script: Script) -> bytes:
    return script.with_more(script.place(Finished), Delta(_MARK)).replace(_MARK.encode(), b"\xff")


def _failed(choose: Choose, script: Script) -> bytes:
    said = script.said[: choose(1, script.place(Finished))]
    blocks = [script.block(each) for each in [*said, Failed("out of order")]]
    return b"".join(blocks)


def _counted_twice(_: Choose, script: Script) -> bytes:
    count = Usage(1, 1, 2)
    plain = [each for each in script.said if not isinstance(each, Usage)]
    return script.saying([*plain[:-1], count, count, plain[-1]])


def _stamped(**other: str) -> Does:
    """One event more whose stamp differs in one field."""

    def does(choose: Choose, script: Script) -> bytes:
        blocks = script.blocks()
        at = choose(1, script.place(Finished))
        stamp = msgspec.structs.replace(script.stamp, **other)
        return b"".join([*blocks[:at], script.block(Delta("x"), stamp), *blocks[at:]])

    return does


# Whom they fit --------------------------------------------------------------------------------------------------------


def _ends_apart(tongue: Tongue) -> bool:
    """The end is an event of its own."""
    return not tongue.ends_in_chunk


def _says_role_once(tongue: Tongue) -> bool:
    return not tongue.upstream.promises.role_every


def _counts_once(tongue: Tongue) -> bool:
    return Kind.USAGE in tongue.kinds and tongue.upstream.promises.usage_once and _ends_apart(tongue)


def _says_errors(tongue: Tongue) -> bool:
    return can_say(tongue.upstream, Failed("out of order"))


def _stamps(field: str) -> Callable[[Tongue], bool]:
    """Each event of text carries this field."""

    def fits(tongue: Tongue) -> bool:
        stamp = Stamp(id="a", created=1, model="a")
        stamps = stamp, msgspec.structs.replace(stamp, **{field: "b"})
        plain, other = (write(tongue.upstream, [Delta("x")], each) for each in stamps)
        return plain != other

    return fits


FAULTS: dict[str, Fault] = {
    "truncated-between-events": Fault(
        _cut_between, ("finish-missing", "terminal-missing"), "the stream ends behind an event, in mid-answer"
    ),
    "truncated-inside-event": Fault(_cut_inside, ("event-unfinished",), "the stream ends inside an event"),
    "terminal-missing": Fault(
        lambda _, script: script.without(Done),
        ("terminal-missing",),
        "the terminal event is missing",
        _ends_apart,
    ),
    "terminal-twice": Fault(_again, ("terminal-repeated",), "the terminal event comes twice", _ends_apart),
    "event-after-terminal": Fault(_late, ("event-after-terminal",), "text comes after the terminal event"),
    "text-after-finish": Fault(
        lambda _, script: script.with_more(script.place(Finished) + 1, Delta("late")),
        ("text-after-finish",),
        "text comes after the answer has said why it ends",
        _ends_apart,
    ),
    "finish-twice": Fault(
        lambda _, script: script.with_more(script.place(Finished) + 1, script.said[script.place(Finished)]),
        ("finish-repeated",),
        "the answer says twice why it ends",
        _ends_apart,
    ),
    "finish-missing": Fault(
        lambda _, script: script.without(Finished),
        ("finish-missing",),
        "the answer does not say why it ends",
        _ends_apart,
    ),
    "role-missing": Fault(
        lambda _, script: script.without(Started), ("role-missing",), "nobody says the role", _says_role_once
    ),
    "role-twice": Fault(
        lambda _, script: script.with_more(script.place(Started) + 1, Started("assistant")),
        ("role-repeated",),
        "the role is said twice",
        _says_role_once,
    ),
    "id-changed": Fault(
        _stamped(id="chatcmpl-another"), ("id-changed",), "one event has another id", _stamps("id")
    ),
    "model-changed": Fault(
        _stamped(model="another-model"), ("model-changed",), "one event names another model", _stamps("model")
    ),
    "chunk-not-json": Fault(_not_json, ("chunk-not-json",), "the data of one event is no JSON"),
    "invalid-utf8": Fault(_not_utf8, ("utf8-invalid",), "a byte in the text is no UTF-8"),
    "error-in-stream": Fault(
        _failed, ("error-in-stream",), "an error stands where the answer should go on", _says_errors
    ),
    "usage-twice": Fault(_counted_twice, ("usage-repeated",), "tokens are counted twice", _counts_once),
}
"""Every fault by its name."""
