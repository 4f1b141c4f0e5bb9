"""What a sheet says at the place of a finding, as signs that can be compared from side to side. Pure.

`READINGS` is the table: for each place the ways to look at it, from coarse to fine. A type that never came tells more
than a value that never came, so the first look that tells the two sides apart is the one to show.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

from harness.drift.showing.paths import MISSING, Step, steps_of, values_at
from harness.drift.showing.sheet import Block, Part, Sheet
from harness.drift.walk import format_of
from harness.sse.lines import BOM

if TYPE_CHECKING:
    from collections.abc import Hashable

    from harness.cassette.model import Headers


class Sign(NamedTuple):
    """What is said, and on which line; on none where it is said by something that is not there."""

    part: Part
    line: int | None
    says: Hashable


Reading: TypeAlias = Callable[[Sheet], Iterator[Sign]]
Kind: TypeAlias = Callable[[object], "Hashable"]

OF_VALUES = ("word", "constant", "format", "magnitude", "model", "sum")
"""Parts of the names of rules that speak of a value, wherever it stands."""
MOST_VALUE = 80
"""Characters of a value that are compared."""
FIELDS = (b"data", b"event", b"id", b"retry")


def readings_of(where: str, rule: str = "") -> tuple[Reading, ...]:
    """The ways to look at the place *where*; none for a place that no line has. A *rule* on values looks at values."""
    if where in READINGS:
        return READINGS[where]
    if "$" not in where:
        prefix, _, name = where.rpartition(":")
        return _of_header(prefix, name) if prefix.endswith("header") else ()
    prefix, _, path = where.partition("$")
    of_values = any(word in rule for word in OF_VALUES)
    return _of_document(prefix.rstrip(":"), steps_of(path), of_values=of_values)


# Documents: the chunks of a stream, the request, the body of an error


def _of_document(document: str, steps: tuple[Step, ...], *, of_values: bool) -> tuple[Reading, ...]:
    if document == "request":
        return (*(_in_asked(steps, kind) for kind in (_type, _make, _value)), _form_of(steps), _outcome)
    if document == "error":
        return (_failure, *(_in_answered(steps, kind) for kind in (_type, _make, _value)), _outcome)
    by_label = () if of_values else (_by_label(steps),)
    finer = (_in_chunks(steps, _make), _constancy(steps), _in_chunks(steps, _value))
    return (_in_chunks(steps, _type), *by_label, *finer)


def _in_chunks(steps: tuple[Step, ...], kind: Kind) -> Reading:
    def reading(sheet: Sheet) -> Iterator[Sign]:
        for block in sheet.blocks:
            if found := values_at(block.document, steps):
                yield Sign(Part.EVENTS, block.line, frozenset(map(kind, found)))

    return reading


def _by_label(steps: tuple[Step, ...]) -> Reading:
    """The same type may be new for an event that says what this one says."""

    def reading(sheet: Sheet) -> Iterator[Sign]:
        for block in sheet.blocks:
            if found := values_at(block.document, steps):
                yield Sign(Part.EVENTS, block.line, (block.label, frozenset(map(_type, found))))

    return reading


def _constancy(steps: tuple[Step, ...]) -> Reading:
    """Whether the value is that of the event before."""

    def reading(sheet: Sheet) -> Iterator[Sign]:
        before: object = None
        for block in sheet.blocks:
            said = [_value(each) for each in values_at(block.document, steps) if each is not MISSING]
            if said and before is not None:
                yield Sign(Part.EVENTS, block.line, said == before)
            before = said or before

    return reading


def _in_asked(steps: tuple[Step, ...], kind: Kind) -> Reading:
    return lambda sheet: _in_body(sheet, Part.REQUEST, sheet.asked, steps, kind)


def _in_answered(steps: tuple[Step, ...], kind: Kind) -> Reading:
    return lambda sheet: _in_body(sheet, Part.BODY, sheet.answered, steps, kind)


def _in_body(
    sheet: Sheet, part: Part, document: object, steps: tuple[Step, ...], kind: Kind
) -> Iterator[Sign]:
    line = _line_of(sheet, part, steps)
    for found in values_at(document, steps) if document is not None else ():
        yield Sign(part, line, kind(found))


def _line_of(sheet: Sheet, part: Part, steps: tuple[Step, ...]) -> int | None:
    """The last line of the part with the path's last key: below a decoded string that is the one to look at."""
    names = [step for step in steps if isinstance(step, str)]
    if not names:
        return sheet.first(part)
    beginning = f'"{names[-1]}":'
    lines = [place for place, line in enumerate(sheet.lines) if line.part is part]
    return max(
        (place for place in lines if sheet.lines[place].text.lstrip().startswith(beginning)), default=None
    )


def _form_of(steps: tuple[Step, ...]) -> Reading:
    """Whether a document in a string came as a string: its own line tells."""

    def reading(sheet: Sheet) -> Iterator[Sign]:
        line = _line_of(sheet, Part.REQUEST, steps)
        if line is not None:
            yield Sign(Part.REQUEST, line, sheet.lines[line].text.partition(":")[2].strip()[:1])

    return reading


def _failure(sheet: Sheet) -> Iterator[Sign]:
    for block in sheet.blocks:
        if "error" in block.label:
            yield Sign(Part.EVENTS, block.line, "an error")


_TYPES: dict[type, str] = {
    bool: "boolean",
    str: "string",
    int: "integer",
    float: "number",
    dict: "object",
    list: "array",
    type(None): "null",
}


def _type(value: object) -> str:
    """The JSON type; whole numbers and others are told apart."""
    return "missing" if value is MISSING else _TYPES.get(type(value), "null")


def _make(value: object) -> Hashable:
    """What a value is made of: the class of a string, the size of a number, the length of an array."""
    if isinstance(value, bool) or value is MISSING:
        return _type(value)
    if isinstance(value, str):
        return format_of(value)
    if isinstance(value, int | float):
        return round(math.log10(abs(value) + 1)) if abs(value) < math.inf else math.inf
    return min(len(value), 3) if isinstance(value, list) else _type(value)


def _value(value: object) -> Hashable:
    return "" if value is MISSING else repr(value)[:MOST_VALUE]


# Heads


def _of_header(side: str, name: str) -> tuple[Reading, ...]:
    part = Part.REQUEST if side.startswith("request") else Part.HEAD
    kinds: tuple[Callable[[str], Hashable], ...] = (lambda _: "there", format_of, str.lower)
    return (*(_in_head(part, name.lower(), kind) for kind in kinds), _outcome)


def _in_head(part: Part, name: str, kind: Callable[[str], Hashable]) -> Reading:
    def reading(sheet: Sheet) -> Iterator[Sign]:
        start = sheet.first(part) or 0
        headers: Headers = sheet.request_headers if part is Part.REQUEST else sheet.headers
        lines = [
            (start + place, value) for place, (key, value) in enumerate(headers, 1) if key.lower() == name
        ]
        yield from (Sign(part, line, kind(value)) for line, value in lines)
        if not lines:
            yield Sign(part, None, "missing")

    return reading


def _outcome(sheet: Sheet) -> Iterator[Sign]:
    yield Sign(Part.HEAD, sheet.first(Part.HEAD), sheet.status)


def _answer(sheet: Sheet) -> Iterator[Sign]:
    """Whether events came, or something else."""
    part = Part.EVENTS if sheet.blocks else Part.BODY
    yield Sign(part, sheet.first(part), part)


def _version(sheet: Sheet) -> Iterator[Sign]:
    yield Sign(Part.HEAD, sheet.first(Part.HEAD), sheet.version)


def _first_word(sheet: Sheet) -> Iterator[Sign]:
    yield Sign(Part.REQUEST, 0, sheet.lines[0].text.partition(" ")[0])


def _address(sheet: Sheet) -> Iterator[Sign]:
    yield Sign(Part.REQUEST, 0, sheet.lines[0].text.partition(" ")[2])


# Bytes of a stream


def _framing(sheet: Sheet) -> Iterator[Sign]:
    before: Hashable = None
    for place, line in enumerate(sheet.lines):
        if line.part is Part.EVENTS:
            says = _frame(line.raw)
            yield Sign(Part.EVENTS, place, (says, says[0] == before == "data"))
            before = says[0]


def _frame(raw: bytes) -> tuple[str, bool, bytes, bool]:
    """The field's name, the space after its colon, the line's end, the mark at its beginning."""
    text = raw.removeprefix(BOM)
    end = text[len(text.rstrip(b"\r\n")) :]
    name, colon, value = text.rstrip(b"\r\n").partition(b":")
    known = name.decode() if name in (*FIELDS, b"") else "other"
    return known, bool(colon) and value.startswith(b" "), end, raw.startswith(BOM)


def _encoding(sheet: Sheet) -> Iterator[Sign]:
    for place, line in enumerate(sheet.lines):
        if line.part is Part.EVENTS:
            whole = line.raw.decode("utf-8", "replace")
            yield Sign(
                Part.EVENTS, place, ("\ufffd" in whole, "\\ufffd" in whole.lower(), _is_text(line.raw))
            )


def _is_text(raw: bytes) -> bool:
    """Whether the data is JSON in a JSON string."""
    return raw.partition(b":")[2].lstrip().startswith(b'"')


def _comments(sheet: Sheet) -> Iterator[Sign]:
    for place, line in enumerate(sheet.lines):
        if line.raw.removeprefix(BOM).startswith(b":"):
            yield Sign(Part.EVENTS, place, "a comment")
    for block in sheet.blocks:
        if block.event is not None and block.document is None and block.label != "end":
            yield Sign(Part.EVENTS, block.line, "a comment as data")


def _field(name: bytes, *, values: bool) -> Reading:
    def reading(sheet: Sheet) -> Iterator[Sign]:
        for place, line in enumerate(sheet.lines):
            key, _, value = line.raw.partition(b":")
            if line.part is Part.EVENTS and key.strip() == name:
                yield Sign(Part.EVENTS, place, value.strip() if values else name)

    return reading


# The order of a stream


def _ending(sheet: Sheet) -> Iterator[Sign]:
    """What the stream ends with, and whatever follows its first end."""
    ends = 0
    for place, block in enumerate(sheet.blocks):
        is_last = place + 1 == len(sheet.blocks)
        ends += block.label == "end"
        if ends or is_last:
            kind = "end" if block.label == "end" else "chunk" if block.document is not None else "other"
            yield Sign(Part.EVENTS, block.line, (kind, ends, is_last, block.event is not None))


def _beginning(sheet: Sheet) -> Iterator[Sign]:
    """The first event, and every later one that says a role."""
    events = _events(sheet)
    yield from (Sign(Part.EVENTS, block.line, block.label) for block in events[:1])
    yield from (
        Sign(Part.EVENTS, block.line, "a role again") for block in events[1:] if "role" in block.label
    )


def _finish(sheet: Sheet) -> Iterator[Sign]:
    """Every event that says a finish, and the last one before the end."""
    chunks = [block for block in _events(sheet) if block.label != "end"]
    finishes = [block for block in chunks if "finish" in block.label]
    yield from (Sign(Part.EVENTS, block.line, (place, block.label)) for place, block in enumerate(finishes))
    for block in chunks[-1:]:
        yield Sign(Part.EVENTS, block.line, ("last", bool(finishes), "usage" in block.label))


def _usage(sheet: Sheet) -> Iterator[Sign]:
    events = _events(sheet)
    counted = [block for block in events if "usage" in block.label]
    over = [block.line for block in events if "finish" in block.label]
    for place, block in enumerate(counted):
        yield Sign(Part.EVENTS, block.line, (place, block.label, bool(over) and block.line > over[0]))
    if not counted:
        yield Sign(Part.EVENTS, None, "no usage")


def _order(sheet: Sheet) -> Iterator[Sign]:
    """Each event with the one before it."""
    before = "start"
    for block in _events(sheet):
        yield Sign(Part.EVENTS, block.line, (before, block.label))
        before = block.label


def _repetition(sheet: Sheet) -> Iterator[Sign]:
    """Whether an event is that before it once more."""
    before = None
    for block in _events(sheet):
        data = block.event.data if block.event else None
        yield Sign(Part.EVENTS, block.line, data == before)
        before = data


def _events(sheet: Sheet) -> list[Block]:
    return [block for block in sheet.blocks if block.event is not None]


READINGS: dict[str, tuple[Reading, ...]] = {
    "status": (_outcome, _answer),
    "error:status": (_outcome, _answer),
    "http_version": (_version,),
    "request:method": (_first_word,),
    "request:path": (_address, _outcome),
    "framing": (_framing,),
    "encoding": (_encoding,),
    "comments": (_comments,),
    "event": (_field(b"event", values=False), _field(b"event", values=True)),
    "id": (_field(b"id", values=False),),
    "retry": (_field(b"retry", values=False), _field(b"retry", values=True)),
    "sentinel": (_ending,),
    "first-chunk": (_beginning,),
    "last-chunk": (_finish,),
    "usage-chunk": (_usage,),
    "chunk-sequence": (_order, _repetition),
}
"""Words that name a place. A path or a header has its readings made for it."""
