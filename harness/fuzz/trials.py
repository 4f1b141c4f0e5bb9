"""What a client is tried with: one reply in every legal dress, and spoilt in every way a network and a service have.

Pure. The streams are written here, by an upstream's own templates; what spoils them are the faults of replays
(`harness.cassette.faults`). What is to be expected of the client stands with each trial.
"""

from __future__ import annotations

import random
from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec

from harness.cassette.cases import ADDRESS, CLIENT
from harness.cassette.faults import parse_faults, staged_playback
from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, Source, StreamRecord
from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started
from harness.sse import Event, encode_comment, encode_event
from harness.upstreams.upstream import Framing, Upstream
from harness.upstreams.writing import Said, can_say, write

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

RETRY_AFTER_S = 2
"""How long the service asks to be left alone."""

TEXTS = ("Good ", "morning", '! "Привет', ' 🙂", ', "data: [DONE]\n\n", "she said.")
"""One reply, in pieces that are no friends of careless readers."""

_CHARACTERS = 'ab \n"\\:{}é日🙂\u2028\ufeff'
_STAMP = Stamp(id="chatcmpl-1", created=1690000000, model="gpt-3.5-turbo")


class Expect(StrEnum):
    """What a good client does."""

    WHOLE = "whole"
    """Give the whole text, and no failure."""
    FAILURE = "failure"
    """Fail, and give nothing that was not said."""
    END = "end"
    """Fail in the end, by its own read time-out."""
    REFUSAL = "refusal"
    """Fail: the answer is no reply at all."""
    EITHER = "either"
    """Give the whole text; it may fail as well."""
    WAIT = "wait"
    """Fail, or ask again when it is time."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to whatever is asked: its name, its bytes, how they are spoilt and cut, and what is expected."""

    name: str
    says: str
    interaction: Interaction
    text: str
    expect: Expect
    faults: str = ""
    cut: str = "event"


def trials_for(upstream: Upstream, *, examples: int = 4, seed: int = 0) -> tuple[Trial, ...]:
    """All trials, the plain one first; *examples* of them are streams that chance wrote, from *seed* on."""
    return (*_dressed(upstream), *_by_chance(upstream, examples, seed), *_spoilt(upstream))


def tape_of(trial: Trial, client: str, rule: str) -> Cassette:
    """The answer as the client got it, as a cassette that names client, trial and rule in its address."""
    response, _ = staged_playback(
        trial.interaction.response, parse_faults(trial.faults), pace="instant", cut="event"
    )
    words = {"kind": CLIENT, "case": trial.name, "rule": rule, "target": client}
    uri = f"{ADDRESS}?{urlencode(words, quote_via=quote)}"
    return Cassette((Interaction(Request("GET", uri), response),))


def _dressed(upstream: Upstream) -> list[Trial]:
    """The same reply in every framing that the standard allows."""
    dresses = _DRESSES if upstream.framing is Framing.SSE else _LINES
    return [
        Trial(
            name=name,
            says=says,
            interaction=_exchange(upstream, start + b"".join(map(frame, _events(upstream, TEXTS, indent)))),
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
                interaction=_exchange(upstream, body),
                text="".join([*texts, "."]),
                expect=Expect.WHOLE,
                cut=f"random:{number}",
                faults="slow:ms=1",
            )
        )
    return trials


def _spoilt(upstream: Upstream) -> list[Trial]:
    frame = _DRESSES["plain"][1] if upstream.framing is Framing.SSE else _LINES["plain"][1]
    plain = _exchange(upstream, b"".join(map(frame, _events(upstream, TEXTS))))
    broken = [
        Trial(name=name, says=says, interaction=plain, text="".join(TEXTS), expect=expect, faults=faults)
        for name, (says, faults, expect) in _FAULTS.items()
    ]
    if not can_say(upstream, Failed("out of order")):
        return broken
    said: list[Said] = [Started("assistant"), Delta(TEXTS[0])]
    events = [*_written(upstream, said), *write(upstream, [Failed("out of order")], _STAMP)]
    error = Trial(
        name="error-in-stream",
        says="an error stands where the answer should go on",
        interaction=_exchange(upstream, b"".join(map(frame, events))),
        text=TEXTS[0],
        expect=Expect.FAILURE,
    )
    return [*broken, error]


def _events(upstream: Upstream, texts: tuple[str, ...], indent: int | None = None) -> list[Event]:
    """A whole reply, a chunk for each piece of text; its end is one chunk where the upstream has it so."""
    begun = write(upstream, [Started("assistant"), Delta(texts[0])], _STAMP, indent=indent)
    reasons = next((each.reasons for each in upstream.events if each.reasons), ("stop",))
    return [
        *begun,
        *_written(upstream, map(Delta, texts[1:]), indent),
        *write(upstream, [Finished(reasons[0]), Done()], _STAMP, indent=indent),
    ]


def _written(upstream: Upstream, said: Iterable[Said], indent: int | None = None) -> list[Event]:
    return [event for each in said for event in write(upstream, [each], _STAMP, indent=indent)]


def _exchange(upstream: Upstream, body: bytes) -> Interaction:
    """The answer with the upstream's headers. What was asked is nobody's business here."""
    headers = upstream.reply_headers or (("Content-Type", upstream.reply_type),)
    record = StreamRecord(
        (Frame(0.0, len(body)),),
        End.COMPLETE,
        0.0,
        upstream=upstream.name,
        source=Source.STAND_IN,
        recorded_from="harness fuzz",
    )
    request = Request(upstream.method, upstream.url("http://127.0.0.1"))
    return Interaction(request, Response(200, "OK", headers, body, record))


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
    "no-terminal": ("the terminal event is missing", "drop_done", Expect.EITHER),
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
