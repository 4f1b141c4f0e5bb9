"""Faults put into a recording on replay: scripted, named, repeatable. Pure: a response in, a worse one out.

A fault is a word with settings, `truncate:events=3`, the same in Python, on the command line and in a
request's header. Names are those of Toxiproxy and llmock where these have one. A value alone is the first
setting: `truncate:3`. What looks random takes a seed and gives the same each time.
"""

from __future__ import annotations

import random
import re
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from harness.cassette.framing import Cut, Pace, Piece, Playback, events_of, playback
from harness.cassette.model import End, Frame, Headers, Response, StreamRecord
from harness.errors import UsageError
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import ends
from harness.upstreams.registry import get_upstream, upstream_names

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.upstreams.upstream import Upstream

Settings: TypeAlias = dict[str, str]

FAULT_HEADER = "x-harness-fault"
"""A request to the replay server that carries this header names its faults itself, separated by spaces."""


class Fault(msgspec.Struct, frozen=True):
    """One fault with its settings, as text."""

    name: str
    settings: tuple[tuple[str, str], ...] = ()

    def __str__(self) -> str:
        words = ",".join(f"{key}={value}" for key, value in self.settings)
        return f"{self.name}:{words}" if words else self.name


class Staged(msgspec.Struct, frozen=True):
    """A response on its way to the client, and what is wrong with the way."""

    response: Response
    delay_s: float = 0.0
    """Before anything comes."""
    gap_s: float = 0.0
    """Before each piece, at least."""


class Rule(msgspec.Struct, frozen=True):
    """What a fault does, the settings it takes with their defaults, and one sentence for people."""

    does: Callable[[Staged, Settings], Staged]
    defaults: tuple[tuple[str, str], ...]
    says: str


def parse_faults(faults: str | Fault | Iterable[str | Fault]) -> tuple[Fault, ...]:
    """Faults from their words. Raises UsageError for an unknown word, setting or value, with the nearest
    known one.
    """
    words = (
        faults.split() if isinstance(faults, str) else [faults] if isinstance(faults, Fault) else list(faults)
    )
    return tuple(_checked(word if isinstance(word, Fault) else _parsed(word)) for word in words)


def staged_playback(
    response: Response, faults: tuple[Fault, ...], *, pace: Pace | str, cut: Cut | str
) -> tuple[Response, Playback]:
    """The response with its faults, and how it is handed out. Without faults: `playback`."""
    if not faults:
        return response, playback(response, pace=pace, cut=cut)
    staged = Staged(response)
    for fault in faults:
        staged = FAULTS[fault.name].does(
            staged, {**dict(FAULTS[fault.name].defaults), **dict(fault.settings)}
        )
    return staged.response, _slowed(staged, playback(staged.response, pace=pace, cut=cut))


def _slowed(staged: Staged, shown: Playback) -> Playback:
    pieces, now = [], 0.0
    for piece in shown.pieces:
        now = max(piece.at_s + staged.delay_s, now + staged.gap_s)
        pieces.append(Piece(now, piece.data))
    end_s = max(shown.end_s + staged.delay_s, now)
    return msgspec.structs.replace(shown, pieces=tuple(pieces), end_s=end_s)


# Words to faults --------------------------------------------------------------------------------------------


def _parsed(word: object) -> Fault:
    if not isinstance(word, str):
        raise UsageError("A fault is a word like truncate:events=3.", found=repr(word)[:60])
    name, _, rest = word.partition(":")
    name = name.strip().replace("-", "_")
    name = ALIASES.get(name, name)
    return Fault(name, tuple(_setting(name, part) for part in rest.split(",") if part))


def _setting(fault: str, text: str) -> tuple[str, str]:
    """`key=value`, or a value alone for the fault's first setting: `truncate:3`."""
    key, equals, value = text.partition("=")
    if equals:
        return key.strip(), value.strip()
    first = FAULTS[fault].defaults[:1] if fault in FAULTS else ()
    return (first[0][0] if first else text), text.strip()


def _checked(fault: Fault) -> Fault:
    if fault.name not in FAULTS:
        near = get_close_matches(fault.name, [*FAULTS, *ALIASES], n=1)
        raise UsageError(
            f"{fault.name!r} is no fault.",
            expected=f"one of {', '.join(FAULTS)}",
            help=f"did you mean {near[0]!r}?" if near else None,
        )
    for key, value in fault.settings:
        _check_setting(fault.name, key, value)
    return fault


def _check_setting(name: str, key: str, value: str) -> None:
    known = dict(FAULTS[name].defaults)
    if key not in known:
        raise UsageError(f"The fault {name} has no setting {key!r}.", expected=_expected(known))
    if key in _NUMBERS and not re.fullmatch(r"[0-9]{1,9}", value):
        raise UsageError(
            f"{key}={value!r} of the fault {name} is no number.", expected="a whole number, 0 or more"
        )
    if key == "code" and not 200 <= int(value) <= 599:
        raise UsageError(f"code={value} of the fault {name} is no final HTTP status.", expected="200 to 599")
    if not value.isprintable():
        raise UsageError(f"{key} of the fault {name} holds a character that no header may hold.")


def _expected(known: Settings) -> str:
    return ", ".join(f"{key} (default {value or 'not set'})" for key, value in known.items()) or "no settings"


# What faults do ---------------------------------------------------------------------------------------------


def _truncate(staged: Staged, settings: Settings) -> Staged:
    return _cut_off(staged, settings, End.TRUNCATED)


def _reset(staged: Staged, settings: Settings) -> Staged:
    return _cut_off(staged, settings, End.RESET)


def _stall(staged: Staged, settings: Settings) -> Staged:
    return _cut_off(staged, settings, End.TIMEOUT)


def _short(staged: Staged, settings: Settings) -> Staged:
    return _cut_off(staged, settings, End.SHORT)


def _bad_chunk_size(staged: Staged, settings: Settings) -> Staged:
    cut = _cut_off(staged, settings, End.SHORT)
    record = _record(cut.response)
    broken = msgspec.structs.replace(record, broken_chunk_ms=record.end_ms)
    return msgspec.structs.replace(cut, response=msgspec.structs.replace(cut.response, stream=broken))


def _latency(staged: Staged, settings: Settings) -> Staged:
    return msgspec.structs.replace(staged, delay_s=staged.delay_s + int(settings["ms"]) / 1000)


def _slow(staged: Staged, settings: Settings) -> Staged:
    return msgspec.structs.replace(staged, gap_s=max(staged.gap_s, int(settings["ms"]) / 1000))


def _garble(staged: Staged, settings: Settings) -> Staged:
    chance = random.Random(int(settings["seed"]))  # noqa: S311  # repeatable on purpose, nothing secret

    def garbled(events: list[bytes], number: int) -> list[bytes]:
        event = bytearray(events[number])
        for place in range(6, max(6, len(event.rstrip(b"\r\n")))):
            if chance.random() < 0.3:
                event[place] = chance.choice(b"#%&?~^<>")
        return [*events[:number], bytes(event), *events[number + 1 :]]

    return _edited(staged, settings, garbled)


def _duplicate(staged: Staged, settings: Settings) -> Staged:
    return _edited(staged, settings, lambda events, n: [*events[: n + 1], *events[n:]])


def _reorder(staged: Staged, settings: Settings) -> Staged:
    return _edited(
        staged, settings, lambda events, n: [*events[:n], *reversed(events[n : n + 2]), *events[n + 2 :]]
    )


def _drop(staged: Staged, settings: Settings) -> Staged:
    return _edited(staged, settings, lambda events, n: [*events[:n], *events[n + 1 :]])


def _drop_done(staged: Staged, settings: Settings) -> Staged:
    upstream = _named(staged.response)
    kept = [event for event in events_of(staged.response) if not _is_done(event, upstream)]
    return _with_body(staged, kept, End.TRUNCATED)


def _named(response: Response) -> Upstream | None:
    """The upstream that the recording names, if it is known here."""
    name = response.stream.upstream if response.stream else None
    return get_upstream(name) if name in upstream_names() else None


def _is_done(block: bytes, upstream: Upstream | None) -> bool:
    """Whether an event ends its stream; where nobody knows the upstream, `[DONE]` does."""
    if upstream is None:
        return block.split(b":", 1)[-1].strip() == b"[DONE]"
    parser = parser_for(upstream, max_stream=None)
    return any(ends(upstream, event) for event in [*parser.feed(block), *parser.close()])


def _status(staged: Staged, settings: Settings) -> Staged:
    code = int(settings["code"])
    more = (("Retry-After", settings["retry_after"]),) if settings["retry_after"] else ()
    body = b'{"message":"fault injected on replay"}'
    return _answered(staged, code, "", "application/json", body, more)


def _html(staged: Staged, settings: Settings) -> Staged:
    page = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body></body></html>"
    return _answered(staged, int(settings["code"]), "", "text/html; charset=utf-8", page, ())


def _content_type(staged: Staged, settings: Settings) -> Staged:
    headers = (*_without(staged.response.headers, "content-type"), ("Content-Type", settings["type"]))
    return msgspec.structs.replace(staged, response=msgspec.structs.replace(staged.response, headers=headers))


_NUMBERS = frozenset({"events", "bytes", "event", "ms", "seed", "code"})
_AFTER = (("events", "1"), ("bytes", ""))
_ONE = (("event", "1"),)

FAULTS: dict[str, Rule] = {
    "truncate": Rule(_truncate, _AFTER, "a clean end after so many events or bytes"),
    "reset_peer": Rule(_reset, _AFTER, "the connection is reset after so many events or bytes"),
    "timeout": Rule(_stall, _AFTER, "silence after so many events or bytes"),
    "short": Rule(_short, _AFTER, "the connection closes after so many events or bytes, more being promised"),
    "bad_chunk_size": Rule(
        _bad_chunk_size, _AFTER, "a chunk size that is no number after so many events or bytes"
    ),
    "latency": Rule(_latency, (("ms", "1000"),), "so long before the answer's first piece"),
    "slow": Rule(_slow, (("ms", "200"),), "at least so long before each piece"),
    "garble": Rule(_garble, (*_ONE, ("seed", "0")), "one event's data is rubbish"),
    "duplicate": Rule(_duplicate, _ONE, "one event comes twice"),
    "reorder": Rule(_reorder, _ONE, "one event and the next change places"),
    "drop": Rule(_drop, _ONE, "one event is missing"),
    "drop_done": Rule(_drop_done, (), "the terminal event is missing"),
    "status": Rule(_status, (("code", "503"), ("retry_after", "")), "an error status instead of the stream"),
    "html": Rule(_html, (("code", "200"),), "a web page instead of the stream"),
    "content_type": Rule(_content_type, (("type", "text/plain"),), "another content type for the same bytes"),
}
"""Every fault by its name."""

ALIASES = {
    "reset": "reset_peer",
    "stall": "timeout",
    "limit_data": "truncate",
    "wrong_content_type": "content_type",
}
"""Other words for some of them, as users and their other tools have them."""


def _cut_off(staged: Staged, settings: Settings, end: End) -> Staged:
    """The body up to a place, with another ending. `bytes` wins over `events`."""
    body = staged.response.body
    size = (
        int(settings["bytes"])
        if settings["bytes"]
        else sum(map(len, events_of(staged.response)[: int(settings["events"])]))
    )
    frames = _frames_up_to(_record(staged.response).frames, size)
    at_ms = frames[-1].at_ms if frames else 0.0
    return _with(staged, body[:size], frames, end, at_ms)


def _frames_up_to(frames: tuple[Frame, ...], size: int) -> tuple[Frame, ...]:
    kept, left = [], size
    for frame in frames:
        if left <= 0:
            break
        kept.append(Frame(frame.at_ms, min(frame.size, left)))
        left -= frame.size
    return tuple(kept)


def _edited(staged: Staged, settings: Settings, edit: Callable[[list[bytes], int], list[bytes]]) -> Staged:
    """The body with one event (1 for the first) edited; unchanged where there is no such event."""
    events = events_of(staged.response)
    number = int(settings["event"]) - 1
    if not 0 <= number < len(events):
        return staged
    return _with_body(staged, edit(events, number), _record(staged.response).end)


def _with_body(staged: Staged, events: list[bytes], end: End) -> Staged:
    """Other events in the rhythm of the recorded ones: the n-th comes when the n-th came."""
    rhythm = [piece.at_s * 1000 for piece in playback(staged.response, pace="recorded", cut="event").pieces]
    last = rhythm[-1] if rhythm else 0.0
    times = [rhythm[n] if n < len(rhythm) else last for n in range(len(events))]
    frames = tuple(Frame(at_ms, len(event)) for at_ms, event in zip(times, events, strict=True))
    record = _record(staged.response)
    broken_ms = record.broken_chunk_ms if end is record.end else None
    return _with(staged, b"".join(events), frames, end, max(last, record.end_ms), broken_ms)


def _answered(staged: Staged, status: int, reason: str, kind: str, body: bytes, more: Headers) -> Staged:
    headers = (("Content-Type", kind), ("Content-Length", str(len(body))), *more)
    stream = StreamRecord((Frame(0.0, len(body)),), End.COMPLETE, 0.0)
    return msgspec.structs.replace(staged, response=Response(status, reason, headers, body, stream))


def _with(
    staged: Staged,
    body: bytes,
    frames: tuple[Frame, ...],
    end: End,
    end_ms: float,
    broken_ms: float | None = None,
) -> Staged:
    stream = msgspec.structs.replace(
        _record(staged.response), frames=frames, end=end, end_ms=end_ms, broken_chunk_ms=broken_ms
    )
    return msgspec.structs.replace(
        staged, response=msgspec.structs.replace(staged.response, body=body, stream=stream)
    )


def _record(response: Response) -> StreamRecord:
    """The stream record; that of one piece for a plain tape, and where the frames do not add up."""
    whole = StreamRecord((Frame(0.0, len(response.body)),), End.COMPLETE, 0.0)
    if response.stream is None:
        return whole
    if sum(frame.size for frame in response.stream.frames) != len(response.body):
        return msgspec.structs.replace(response.stream, frames=whole.frames)
    return response.stream


def _without(headers: Headers, *names: str) -> Headers:
    return tuple(pair for pair in headers if pair[0].lower() not in names)
