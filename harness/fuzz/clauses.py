"""The laws of parsers, a law for each clause of the standard (WHATWG HTML 9.2.5 and 9.2.6). Pure.

Two kinds of check. `as_the_standard` compares with the reference. `as_without` compares the target with itself: the
same stream without the odd thing has to give the same, so that a parser is blamed for that thing and for no other.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, TypeAlias

from hypothesis import strategies as st

from harness.fuzz import streams
from harness.fuzz.edges import chats
from harness.fuzz.law import Breach, Law, Part
from harness.fuzz.streams import PLAIN, VARIED, WORDS, Stream, blocks, joined, line, whole
from harness.fuzz.targets import Kind
from harness.fuzz.told import Heard, Told, heard, shown, tell, until_done
from harness.sse import split_events

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from harness.fuzz.law import Check
    from harness.fuzz.targets import Target

Fields: TypeAlias = tuple[str, ...]

_PLACE = {"data": "framing", "event": "event", "id": "id"}
"""Field of an event -> the contract's word for the place."""


def crashed(told: Told, expected: str) -> Breach | None:
    """The breach of a target that failed."""
    if told.failure is None:
        return None
    return Breach(told.failure.place, expected, str(told), crash=told.failure.place != "endless")


def difference(told: Told, expected: Sequence[Heard], fields: Fields = ("data",)) -> Breach | None:
    """Where a target does not tell what it should; *fields* are those that count, the data first."""
    before = until_done(expected)
    if told.failure:
        return crashed(told, shown(before))
    now = until_done(told.events)
    for field in fields:
        if any(_differ(field, one, other) for one, other in _pairs(now, before)):
            return Breach(_PLACE[field], shown(before), shown(now))
    return None


def _pairs(now: Sequence[Heard], before: Sequence[Heard]) -> list[tuple[Heard | None, Heard | None]]:
    longest = max(len(now), len(before))
    return [(_at(now, number), _at(before, number)) for number in range(longest)]


def _at(events: Sequence[Heard], number: int) -> Heard | None:
    return events[number] if number < len(events) else None


def _differ(field: str, now: Heard | None, before: Heard | None) -> bool:
    if now is None or before is None:
        return True
    told, wanted = getattr(now, field), getattr(before, field)
    return told is not None and wanted is not None and told != wanted


def as_the_standard(*more: str) -> Check:
    """The check that a target tells what the reference does: the data, and what *more* fields it tells."""

    def check(target: Target, stream: Stream) -> Breach | None:
        expected = [heard(event) for event in target.reference(stream.body)]
        return difference(tell(target, stream.pieces), expected, ("data", *more))

    return check


def of_each_event(field: str) -> Check:
    """The check that a target tells *field* as the reference does. Who dispatches a block without data is not asked."""
    check = as_the_standard(field)

    def checked(target: Target, stream: Stream) -> Breach | None:
        found = check(target, stream)
        other = found and found.place == "framing" and any(map(_has_no_data, split_events(stream.body)))
        return None if other else found

    return checked


def _has_no_data(block: bytes) -> bool:
    return b"data" not in block


def as_without(change: Callable[[bytes], bytes], *, instead: str) -> Check:
    """The check that a target tells the same of a stream and of the one that *change* makes of it."""

    def check(target: Target, stream: Stream) -> Breach | None:
        return _as_with(target, [change(stream.body)], stream, instead)

    return check


def _as_with(target: Target, plain: Sequence[bytes], stream: Stream, instead: str) -> Breach | None:
    """Where a target tells something else of *stream* than of the *plain* pieces."""
    before, told = tell(target, plain), tell(target, stream.pieces)
    if before.failure:
        return None  # this stream tells nothing of what was changed
    found = difference(told, before.events, ("data", "event", "id"))
    return found and Breach(found.place, f"{found.expected}, as {instead}", found.got, found.crash)


def as_without_empty_pieces(target: Target, stream: Stream) -> Breach | None:
    """The check that a target tells the same of a stream where its empty pieces are left out; the cuts stay."""
    return _as_with(target, [piece for piece in stream.pieces if piece], stream, "without the empty pieces")


def as_with_one_line_end(target: Target, stream: Stream) -> Breach | None:
    """The check that a target tells the same where each line ends in its own way, and where all end in LF.

    It says nothing of a target that does not know one of these line ends by itself.
    """
    plain = _with_lf(stream.body)
    for end in (b"\r\n", b"\r"):
        if tell(target, [plain.replace(b"\n", end)]) != tell(target, [plain]):
            return None
    return as_without(_with_lf, instead="with LF")(target, stream)


def as_in_one_piece(target: Target, stream: Stream) -> Breach | None:
    """The check that a target tells the same of a stream however it is cut."""
    if len(stream.pieces) == 1:
        return None
    return as_without(lambda body: body, instead="in one piece")(target, stream)


def fails_nowhere(target: Target, stream: Stream) -> Breach | None:
    """The check that a target gives events, or the one documented error."""
    told = tell(target, stream.pieces)
    if told.failure and told.failure.documented and target.ours:
        return None
    return crashed(told, "events, and no error")


def _lines_kept(body: bytes, kept: Callable[[bytes], bool]) -> bytes:
    return b"".join(each for each in body.splitlines(keepends=True) if kept(each))


def _without_comments(body: bytes) -> bytes:
    return _lines_kept(body, lambda each: not each.startswith(b":"))


def _without_unknown(body: bytes) -> bytes:
    known = re.compile(rb"(?:data|event|id|retry)?(?::.*)?\n", re.DOTALL)
    return _lines_kept(body, lambda each: known.fullmatch(each) is not None)


def _with_lf(body: bytes) -> bytes:
    return body.replace(b"\r\n", b"\n").replace(b"\r", b"\n")


def _tells_reconnection_times(target: Target, stream: Stream) -> Breach | None:
    """A target may tell no reconnection time; where it does, a line that is no number has changed nothing."""
    told = tell(target, stream.pieces)
    plain = tell(target, [_lines_kept(stream.body, lambda each: not each.startswith(b"retry:"))])
    if plain.failure:
        return None
    if found := difference(told, plain.events):
        return found
    times: set[int | None] = {event.retry for event in target.reference(stream.body)}
    for now, before in zip(told.events, plain.events, strict=False):
        if now.retry not in times | {None, before.retry}:
            known = sorted(time for time in times if time is not None)
            return Breach("retry", f"reconnection times {known or 'none'}", shown(told.events))
    return None


_NUMBERS = (b"+5", b"-1", b"5ms", b"1.5", b"1_000", b"", b" 7", b"1e3", "\u0665".encode(), b"3000", b"007")
_BETWEEN = ("\u2028", "\x85", "\x0b", "\x0c", "\u2029", "\x1c", "\x1d", "\x1e")
"""What `str.splitlines` and regular expressions take for line ends, and the standard does not."""
_SENTINELS = (b"say [DONE] now", b"[DONE]!", b'"[DONE]"', b"[DONE] ", b"a[DONE]")

_COMMENT = st.sampled_from((b": a", b":", b":data: a", b": data: a"))
_SPELT = (b"A", b"a:b", b" a", b"a ")
"""Values that somebody may want to tidy up."""

_OTHER_NAMES = st.sampled_from(
    (b"foo: a", b"Data: a", b"DATA: a", b" data: a", b"data : a", b"datax: a", b"dat", b"da ta: a", b"foo")
)

PARSER_LAWS: tuple[Law, ...] = tuple(
    Law(name=name, says=says, why=why, kind=Kind.PARSER, inputs=inputs, check=check, part=part)
    for name, says, why, inputs, check, part in (
        (
            "plain",
            "A line `data: text` and a blank line are an event.",
            "Nothing else can be told of a parser that does not read the plainest stream.",
            streams.streams(PLAIN),
            as_the_standard(),
            Part.FIRST,
        ),
        (
            "empty-pieces",
            "An empty piece changes nothing.",
            "Some transports hand on empty reads; one that is taken for the end loses the rest.",
            streams.with_empty_pieces(),
            as_without_empty_pieces,
            Part.CLAUSE,
        ),
        (
            "cut",
            "Wherever the bytes are cut, the events are the same.",
            "A network cuts where it likes; text is lost on the day that it cuts elsewhere.",
            streams.cut_anywhere(),
            as_in_one_piece,
            Part.CLAUSE,
        ),
        (
            "cut-characters",
            "A cut inside a character changes nothing.",
            "Decoding each piece by itself breaks every language but English, now and then.",
            streams.cut_in_characters(),
            as_in_one_piece,
            Part.CLAUSE,
        ),
        (
            "cut-crlf",
            "A cut between CR and LF changes nothing.",
            "The two halves are taken for two line ends, and an event is dispatched too early.",
            streams.cut_in_line_ends(),
            as_in_one_piece,
            Part.CLAUSE,
        ),
        (
            "crlf",
            "CRLF ends a line as LF does.",
            "Servers on some platforms write it, and proxies do.",
            streams.streams(*VARIED, end=b"\r\n"),
            as_without(_with_lf, instead="with LF"),
            Part.CLAUSE,
        ),
        (
            "cr",
            "CR alone ends a line as LF does.",
            "The standard names three line ends, and this is the forgotten one.",
            streams.streams(*VARIED, end=b"\r"),
            as_without(_with_lf, instead="with LF"),
            Part.CLAUSE,
        ),
        (
            "mixed-line-ends",
            "Each line may end in its own way: LF, CRLF and CR may stand in one stream.",
            "A proxy adds its lines to those of the service; a parser that looks for two equal ends hears nothing.",
            streams.mixed_line_ends(),
            as_with_one_line_end,
            Part.CLAUSE,
        ),
        (
            "other-line-ends",
            "Nothing but CR, LF and CRLF ends a line: not U+2028, U+0085, VT or FF.",
            "JSON may hold U+2028 as it is; `str.splitlines` tears such a chunk apart.",
            streams.streams(PLAIN, blocks(line(b"data", *(f"a{each}b".encode() for each in _BETWEEN)))),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "bom",
            "One byte order mark at the very start is no part of the stream.",
            "The first event is lost, or its field gets a name that nobody knows.",
            streams.with_marks(),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "comments",
            "A line that starts with a colon is a comment, and changes nothing.",
            "Servers keep idle connections open with comments.",
            streams.streams(
                PLAIN,
                st.just([b":"]),
                blocks(_COMMENT, line(b"data")),
                blocks(line(b"event"), _COMMENT, line(b"data")),
                blocks(line(b"data"), _COMMENT, line(b"data")),
            ),
            as_without(_without_comments, instead="without the comments"),
            Part.CLAUSE,
        ),
        (
            "no-data",
            "A block without a data line dispatches no event.",
            "The event that nobody sent has no JSON in it, and the client fails on it.",
            streams.streams(
                PLAIN, st.just([]), blocks(line(b"event")), blocks(line(b"id")), blocks(line(b"retry", b"3"))
            ),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "empty-data",
            "A data line with an empty value is an event with empty data.",
            "The standard dispatches it; a parser that counts characters loses it.",
            streams.streams(PLAIN, st.just([b"data: "])),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "space-optional",
            "The space after the colon may be missing.",
            "Some servers write `data:{...}`; the naive reader hears nothing at all.",
            streams.streams(PLAIN, blocks(WORDS.map(lambda word: b"data:" + word)), st.just([b"data:\ta"])),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "one-space",
            "One space after the colon is removed, and no other.",
            "Tokens of a chat begin with spaces; words run together without them.",
            streams.streams(
                PLAIN,
                blocks(line(b"data", b" a", b"a ", b"  a", b"\ta", b" ", b" a b ")),
            ),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "multi-line",
            "The data lines of one event are joined by LF; each of them counts, also an empty one.",
            "Data with line breaks in it comes as several lines.",
            streams.streams(PLAIN, st.lists(line(b"data", b"a", b"b", b""), min_size=2, max_size=3)),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "no-colon",
            "A line without a colon is a field with an empty value.",
            "Rare; a parser that cuts lines at the colon without looking fails here.",
            streams.streams(PLAIN, blocks(line(b"data"), st.just(b"data"))),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "unfinished",
            "What no blank line ends is not dispatched.",
            "Half an event of a broken stream is taken for a whole one.",
            st.tuples(
                st.lists(PLAIN, max_size=2).map(joined), WORDS, st.sampled_from((b"\n", b"", b"\nda"))
            ).map(lambda drawn: whole(drawn[0] + b"data: " + drawn[1] + drawn[2])),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "event-type",
            "An event has the type that its own block names, or `message`.",
            "A type that sticks sends every later event to the wrong listener.",
            streams.streams(
                PLAIN,
                blocks(line(b"event"), line(b"data")),
                blocks(st.just(b"event: "), line(b"data")),
                blocks(line(b"event"), st.just(b""), line(b"data")),
                blocks(line(b"event"), line(b"event", b"a", b""), line(b"data")),
                blocks(line(b"event", *_SPELT), line(b"data")),
            ),
            of_each_event("event"),
            Part.CLAUSE,
        ),
        (
            "id-kept",
            "An id stays until another takes its place; an empty one takes it away.",
            "After a broken connection the client asks for what follows the last id.",
            streams.streams(
                PLAIN,
                blocks(line(b"id"), line(b"data")),
                blocks(st.just(b"id: "), line(b"data")),
                blocks(line(b"id"), st.just(b""), line(b"data")),
                blocks(line(b"id", b"007", *_SPELT), line(b"data")),
            ),
            of_each_event("id"),
            Part.CLAUSE,
        ),
        (
            "id-null",
            "An id with a NUL in it is ignored.",
            "The id comes back as a header on reconnection, and no header may hold a NUL.",
            streams.streams(PLAIN, blocks(line(b"id", b"a\0b", b"\0"), line(b"data"))),
            as_the_standard("id"),
            Part.CLAUSE,
        ),
        (
            "retry-digits",
            "A reconnection time is ASCII digits and nothing else; any other is ignored.",
            "`int` takes `+5`, ` 7` and `1_000`, and fails on the rest in the middle of a reply.",
            streams.streams(PLAIN, blocks(line(b"retry", *_NUMBERS), line(b"data"))),
            _tells_reconnection_times,
            Part.CLAUSE,
        ),
        (
            "unknown-fields",
            "A field of another name is ignored; names are compared letter by letter.",
            "The standard grows by new fields, and `Data` is not `data`.",
            streams.streams(PLAIN, blocks(_OTHER_NAMES, line(b"data")), blocks(_OTHER_NAMES)),
            as_without(_without_unknown, instead="without them"),
            Part.CLAUSE,
        ),
        (
            "malformed-utf-8",
            "Malformed UTF-8 becomes U+FFFD and stops nothing.",
            "One broken byte ends the whole reply with a UnicodeDecodeError.",
            streams.streams(PLAIN, blocks(line(b"data", b"a\xffb", b"\x80", b"\xc3", b"\xe2\x80a"))),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "sentinel",
            "`[DONE]` ends a stream only where it is the whole data of an event.",
            "A reply that speaks of `[DONE]` is cut off there.",
            streams.streams(PLAIN, blocks(line(b"data", *_SENTINELS))),
            as_the_standard(),
            Part.CLAUSE,
        ),
        (
            "chat",
            "A chat in the plainest framing gives all its chunks up to `[DONE]`, whatever they say.",
            "Tool calls, several answers, counts and errors in mid-stream are chunks like any other.",
            chats(),
            as_the_standard("event"),
            Part.CLAUSE,
        ),
        (
            "total",
            "Any bytes, in any pieces, give events and no error.",
            "An exception in the parser is the end of the reply.",
            streams.RUBBISH,
            fails_nowhere,
            Part.CLAUSE,
        ),
        (
            "standard",
            "Any stream, in any pieces, gives the events that the standard says.",
            "What no clause above has caught.",
            streams.ANY,
            as_the_standard("event", "id"),
            Part.CATCH_ALL,
        ),
    )
)
