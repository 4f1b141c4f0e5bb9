"""Trials with streams that break the contract, one for each named fault of streams (`harness.fuzz.faults`). Pure.

A client need not notice what a reader of its kind can do without: it may fail, or give the text as it came. It has to
fail where text is missing.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

import msgspec

from harness.chat.events import Delta, Done, Failed, Finished, Started
from harness.errors import ChunkError
from harness.fuzz.chats import Tongue, tongue_of
from harness.fuzz.faults import FAULTS, Broken, Choose, Script, broken, can_be_broken, faults_for
from harness.fuzz.trial import STAMP, TEXTS, Expect, Trial, exchange
from harness.sse import encode_event
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import read
from harness.upstreams.upstream import Framing, Upstream

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.chat.events import ChatEvent
    from harness.sse import Event
    from harness.upstreams.writing import Said

MUST_FAIL = frozenset(
    {"truncated-between-events", "truncated-inside-event", "chunk-not-json", "error-in-stream"}
)
"""Faults by which text is missing; by the others it is all there."""


def broken_trials(upstream: Upstream, seed: int) -> list[Trial]:
    """A trial for each fault that fits the upstream; none where it has no words for a whole answer."""
    tongue = tongue_of(upstream)
    if not can_be_broken(tongue):
        return []
    script = _script(tongue)
    return [_trial(upstream, broken(name, script, _choice(seed, name))) for name in faults_for(upstream)]


class _Heard(msgspec.Struct):
    """What a careful reader makes of a broken stream: its text up to the end, and up to the finish if there is one."""

    text: str = ""
    answer: str | None = None


def _script(tongue: Tongue) -> Script:
    upstream = tongue.upstream
    said: list[Said] = [Started("assistant"), *map(Delta, TEXTS), Finished(tongue.reasons[0]), Done()]
    return Script(tongue, said, STAMP, _line if upstream.framing is Framing.NDJSON else encode_event)


def _choice(seed: int, name: str) -> Choose:
    return random.Random(f"{seed} {name}").randint  # noqa: S311  # repeatable on purpose, nothing secret


def _line(event: Event) -> bytes:
    return event.data.encode() + b"\n"


def _trial(upstream: Upstream, stream: Broken) -> Trial:
    heard = _heard(upstream, stream.stream)
    return Trial(
        name=stream.fault,
        says=FAULTS[stream.fault].says,
        interaction=exchange(upstream, stream.stream),
        text=heard.text,
        also=heard.answer,
        expect=_expected(stream.fault, heard),
    )


def _expected(fault: str, heard: _Heard) -> Expect:
    """A stream that ends inside its terminal event has said all of its text."""
    is_whole = fault == "truncated-inside-event" and heard.answer is not None
    return Expect.FAILURE if fault in MUST_FAIL and not is_whole else Expect.EITHER


def _heard(upstream: Upstream, stream: bytes) -> _Heard:
    heard = _Heard()
    for said in _said(upstream, stream):
        if isinstance(said, Done | Failed):
            break
        if isinstance(said, Delta):
            heard.text += said.text
        if isinstance(said, Finished) and heard.answer is None:
            heard.answer = heard.text
    return heard


def _said(upstream: Upstream, stream: bytes) -> Iterator[ChatEvent]:
    """What the events say that can be read."""
    parser = parser_for(upstream)
    for event in [*parser.feed(stream), *parser.close()]:
        try:
            yield from read(upstream, event)
        except ChunkError:
            continue
