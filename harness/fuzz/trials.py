"""What a client is tried with: one reply in every legal dress, and spoilt in every way a network and a service have.

Pure. The streams are written here, by an upstream's own templates; what spoils them are the faults of replays
(`harness.cassette.faults`) and those of streams (`harness.fuzz.faults`). What is to be expected of the client stands
with each trial.
"""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from harness.chat.events import Delta, Done, Finished, Started
from harness.fuzz.brokentrials import broken_trials
from harness.fuzz.trial import RETRY_AFTER_S, STAMP, TEXTS, Expect, Trial, exchange
from harness.sse import Event, encode_comment, encode_event
from harness.upstreams.upstream import Framing, Upstream
from harness.upstreams.writing import Said, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

_CHARACTERS = 'ab \n"\\:{}é日🙂\u2028\ufeff'


def trials_for(upstream: Upstream, *, examples: int = 4, seed: int = 0) -> tuple[Trial, ...]:
    """All trials, the plain one first; *examples* of them are streams that chance wrote, from *seed* on.

    *seed* also says where the streams are broken that a fault breaks somewhere.
    """
    return (
        *_dressed(upstream),
        *_by_chance(upstream, examples, seed),
        *_spoilt(upstream),
        *broken_trials(upstream, seed),
    )


def _dressed(upstream: Upstream) -> list[Trial]:
    """The same reply in every framing that the standard allows."""
    dresses = _DRESSES if upstream.framing is Framing.SSE else _LINES
    return [
        Trial(
            name=name,
            says=says,
            interaction=exchange(upstream, start + b"".join(map(frame, _events(upstream, TEXTS, indent)))),
            text="".join(TEXTS),
            expect=Expect.WHOLE,
            cut="random:1" if name == "cuts" else "event",
            faults="slow:ms=2" if name == "cuts" else "",
        )
        for name, (says, frame, start, indent) in dresses.items()
    ]


def _by_chance(upstream: Upstream, examples: int, seed: int) -> list[Trial]:
    frame = _DRESSES["plain"][1] if upstream.framing is Framing.SSE else _LINES["plain"][1]
    trials = []
    for number in range(seed, seed + examples):
        chance = random.Random(number)  # noqa: S311  # repeatable on purpose, nothing secret
        texts = ["".join(chance.choices(_CHARACTERS, k=chance.randint(1, 9))) for _ in range(12)]
        body = b"".join(map(frame, _events(upstream, (*texts, "."))))
        trials.append(
            Trial(
                name=f"chance-{number}",
                says="a reply written by chance, cut anywhere",
                interaction=exchange(upstream, body),
                text="".join([*texts, "."]),
                expect=Expect.WHOLE,
                cut=f"random:{number}",
                faults="slow:ms=1",
            )
        )
    return trials


def _spoilt(upstream: Upstream) -> list[Trial]:
    frame = _DRESSES["plain"][1] if upstream.framing is Framing.SSE else _LINES["plain"][1]
    plain = exchange(upstream, b"".join(map(frame, _events(upstream, TEXTS))))
    return [
        Trial(name=name, says=says, interaction=plain, text="".join(TEXTS), expect=expect, faults=faults)
        for name, (says, faults, expect) in _FAULTS.items()
    ]


def _events(upstream: Upstream, texts: tuple[str, ...], indent: int | None = None) -> list[Event]:
    """A whole reply, a chunk for each piece of text; its end is one chunk where the upstream has it so."""
    begun = write(upstream, [Started("assistant"), Delta(texts[0])], STAMP, indent=indent)
    reasons = next((each.reasons for each in upstream.events if each.reasons), ("stop",))
    return [
        *begun,
        *_written(upstream, map(Delta, texts[1:]), indent),
        *write(upstream, [Finished(reasons[0]), Done()], STAMP, indent=indent),
    ]


def _written(upstream: Upstream, said: Iterable[Said], indent: int | None = None) -> list[Event]:
    return [event for each in said for event in write(upstream, [each], STAMP, indent=indent)]


def _ended(line_end: bytes, before: bytes = b"") -> Callable[[Event], bytes]:
    return lambda event: (before + encode_event(event)).replace(b"\n", line_end)


def _no_space(event: Event) -> bytes:
    return encode_event(event).replace(b"data: ", b"data:", 1)


def _with_fields(event: Event) -> bytes:
    return b"id: 7\nretry: 3000\nother: x\n" + encode_event(event)


def _line(event: Event) -> bytes:
    return event.data.encode() + b"\n"


_DRESSES: dict[str, tuple[str, Callable[[Event], bytes], bytes, int | None]] = {
    "plain": ("a good reply", encode_event, b"", None),
    "cuts": ("a good reply, cut anywhere", encode_event, b"", None),
    "crlf": ("lines end with CRLF", _ended(b"\r\n"), b"", None),
    "cr": ("lines end with CR", _ended(b"\r"), b"", None),
    "comments": ("a comment before each event", _ended(b"\n", encode_comment("keep-alive")), b"", None),
    "multi-line": ("the data of an event on several lines", encode_event, b"", 1),
    "no-space": ("no space behind the colon", _no_space, b"", None),
    "other-fields": ("ids, reconnection times and unknown fields", _with_fields, b"", None),
    "bom": ("a byte order mark before all", encode_event, b"\xef\xbb\xbf", None),
}
_LINES: dict[str, tuple[str, Callable[[Event], bytes], bytes, int | None]] = {
    "plain": ("a good reply", _line, b"", None),
    "cuts": ("a good reply, cut anywhere", _line, b"", None),
    "crlf": ("lines end with CRLF", lambda event: event.data.encode() + b"\r\n", b"", None),
}

_FAULTS: dict[str, tuple[str, str, Expect]] = {
    "cut-between-events": ("the stream ends behind an event", "truncate:events=4", Expect.FAILURE),
    "cut-inside-event": ("the stream ends inside an event", "truncate:bytes=700", Expect.FAILURE),
    "cut-at-once": ("the stream ends before it begins", "truncate:events=0", Expect.FAILURE),
    "reset": ("the connection is reset", "reset_peer:events=4", Expect.FAILURE),
    "short": ("the connection closes, more being promised", "short:events=4", Expect.FAILURE),
    "bad-chunk-size": ("a chunk size that is no number", "bad_chunk_size:events=4", Expect.FAILURE),
    "garbage": ("the data of one event is rubbish", "garble:event=4", Expect.FAILURE),
    "silence": ("the stream falls silent", "timeout:events=4", Expect.END),
    "silence-at-once": ("nothing comes after the head", "timeout:events=0", Expect.END),
    "page": ("a web page with status 200", "html", Expect.REFUSAL),
    "unavailable": ("status 503", "status:code=503", Expect.REFUSAL),
    "retry-after": (
        f"status 429, to be asked again after {RETRY_AFTER_S} s",
        f"status:code=429,retry_after={RETRY_AFTER_S}",
        Expect.WAIT,
    ),
}
