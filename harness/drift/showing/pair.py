"""The two recordings that show a finding, each cut down to the lines around the place. Pure.

The first reading that one side answers as the other never does decides. Where only before answers (something is gone),
now is shown at the event that says the same; and the other way round. Where both sides say the same, and one says it
more often, that is shown beside a recording that does not say it. Times and sizes have no first difference: for those
both sides show their ordinary recording, the one in the middle.
"""

from __future__ import annotations

import re
from collections import Counter
from itertools import pairwise
from statistics import median
from typing import TYPE_CHECKING, NamedTuple

import msgspec

from harness.drift.showing.paths import steps_of
from harness.drift.showing.sheet import Block, Part, Sheet
from harness.drift.showing.signs import Sign, readings_of

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Iterable, Sequence

    from harness.drift.showing.signs import Reading
    from harness.finding import Finding

BLOCKS_AROUND, LINES_AROUND = 2, 8
"""What is shown before and behind the place."""
FAR = 0.2
"""What is said in so much larger, or smaller, a part of the recordings is what a finding on rates speaks of."""
WIDEST = 600
"""Characters of one line."""


class Shown(msgspec.Struct, frozen=True):
    """One line of an excerpt. `number` and `at_ms` stand at the first line of an event only."""

    text: str
    number: int | None = None
    at_ms: float | None = None
    marked: bool = False
    parts: tuple[str, str, str] | None = None
    """The text in three: what stands before the field in question, the field, and the rest."""


class Excerpt(msgspec.Struct, frozen=True):
    """A part of a recording around a place. `recording` is its number in the list that was given, from 0."""

    recording: int
    part: Part
    event: int | None
    lines: tuple[Shown, ...]
    own: bool = True
    """Whether the marked line itself shows the difference; False where it only answers to the other side's."""

    @property
    def marks(self) -> bool:
        """Whether a line is marked: none is where the place is not there."""
        return any(line.marked for line in self.lines)


class Pair(NamedTuple):
    """The old way and the new one."""

    before: Excerpt
    now: Excerpt


class _Spot(NamedTuple):
    recording: int
    sign: Sign
    own: bool = True


def pair_for(finding: Finding, before: Sequence[Sheet], now: Sequence[Sheet]) -> Pair | None:
    """The pair that shows *finding*; None where it has no place in a recording, or none that could be found."""
    if not before or not now:
        return None
    measure = MEASURES.get(finding.where)
    spots = _middles(measure, before, now) if measure else _first_difference(finding, before, now)
    if spots is None:
        return None
    key = _last_key(finding.where)
    return Pair(*(_excerpt(side, spot, key) for side, spot in zip((before, now), spots, strict=True)))


# Where the sides differ


def _first_difference(
    finding: Finding, before: Sequence[Sheet], now: Sequence[Sheet]
) -> tuple[_Spot, _Spot] | None:
    for reading in readings_of(finding.where, finding.rule):
        olds, news = _spots(reading, before), _spots(reading, now)
        fresh, lost = _unknown(news, olds), _unknown(olds, news)
        if fresh or lost:
            return _matched(fresh, lost, before, now)
    return _more_often(finding, before, now) if finding.evidence.p != "deterministic" else None


def _spots(reading: Reading, sheets: Sequence[Sheet]) -> list[_Spot]:
    return [_Spot(number, sign) for number, sheet in enumerate(sheets) for sign in reading(sheet)]


def _unknown(ours: Iterable[_Spot], theirs: Iterable[_Spot]) -> list[_Spot]:
    """Those whose like the other side never shows."""
    known: set[Hashable] = {spot.sign.says for spot in theirs}
    return [spot for spot in ours if spot.sign.says not in known]


def _matched(
    fresh: list[_Spot], lost: list[_Spot], before: Sequence[Sheet], now: Sequence[Sheet]
) -> tuple[_Spot, _Spot]:
    """A spot for each side; where one has none of its own, the one that answers to the other's."""
    if not fresh or (fresh[0].sign.line is None and lost):
        return lost[0], _answer(lost[0], before, now)
    ours = fresh[0]
    asked = now[ours.recording].question
    same = [spot for spot in lost if before[spot.recording].question == asked]
    theirs = next(iter(same or lost), None) or _answer(ours, now, before)
    if theirs.sign.line is None:
        theirs = _answer(ours, now, before)
    return theirs, ours


def _more_often(
    finding: Finding, before: Sequence[Sheet], now: Sequence[Sheet]
) -> tuple[_Spot, _Spot] | None:
    for reading in readings_of(finding.where, finding.rule):
        olds, news = _spots(reading, before), _spots(reading, now)
        turn = _turned(olds, len(before), news, len(now))
        if turn is None:
            continue
        spot, is_new = turn
        theirs, others = (olds, before) if is_new else (news, now)
        showing = {each.recording for each in theirs if each.sign.says == spot.sign.says}
        silent = [number for number in range(len(others)) if number not in showing]
        other = _answer(spot, now if is_new else before, others, silent)
        return (other, spot) if is_new else (spot, other)
    return None


def _turned(olds: list[_Spot], total: int, news: list[_Spot], size: int) -> tuple[_Spot, bool] | None:
    """The first spot of what came to be said more often, or less: by far the most; and whether now says it more."""
    was, has = _shares(olds, total), _shares(news, size)
    moved = {says: has.get(says, 0.0) - was.get(says, 0.0) for says in was | has}
    spots = [(spot, is_new) for side, is_new in ((news, True), (olds, False)) for spot in side]
    told = [(spot, is_new) for spot, is_new in spots if moved[spot.sign.says] * (1 if is_new else -1) >= FAR]
    seen = [each for each in told if each[0].sign.line is not None] or told
    return max(seen, key=lambda each: abs(moved[each[0].sign.says]), default=None)


def _shares(spots: list[_Spot], size: int) -> dict[Hashable, float]:
    """In which part of so many recordings each thing is said."""
    counts = Counter(says for _, says in {(spot.recording, spot.sign.says) for spot in spots})
    return {says: count / size for says, count in counts.items()}


def _answer(
    spot: _Spot, sheets: Sequence[Sheet], others: Sequence[Sheet], among: Sequence[int] = ()
) -> _Spot:
    """The place in another recording (*among* these) that answers to this one; the same question goes first."""
    sheet, sign, known = sheets[spot.recording], spot.sign, among or range(len(others))
    number = next((each for each in known if others[each].question == sheet.question), known[0])
    return _Spot(number, Sign(sign.part, _counterpart(sheet, sign, others[number]), ""), own=False)


def _counterpart(sheet: Sheet, sign: Sign, other: Sheet) -> int | None:
    if sign.line is None:
        return None
    if sign.part is Part.EVENTS:
        return _same_event(sheet, sheet.lines[sign.line].block or 0, other)
    start = _name(sheet.lines[sign.line].text)
    return next(
        (at for at, line in enumerate(other.lines) if line.part is sign.part and _name(line.text) == start),
        None,
    )


def _same_event(sheet: Sheet, place: int, other: Sheet) -> int | None:
    """The event that says the same for the same time; where none does, the one behind that of the nearest neighbour."""
    for at in range(place, -1, -1):
        label = sheet.blocks[at].label
        like = [block for block in other.blocks if label and block.label == label]
        if like:
            nth = sum(block.label == label for block in sheet.blocks[:at])
            found = like[min(nth, len(like) - 1)]
            return found.line if at == place else _behind(found, other)
    return other.blocks[0].line if other.blocks else None


def _behind(block: Block, sheet: Sheet) -> int:
    return next((each.line for each in sheet.blocks if each.line > block.line), block.line)


def _name(text: str) -> str:
    """What a line of a head or a body is about."""
    return text.partition(":")[0].strip().lower() if ":" in text else ""


# Times and sizes


def _middles(measure: Measure, before: Sequence[Sheet], now: Sequence[Sheet]) -> tuple[_Spot, _Spot] | None:
    spots = [_middle(measure, side) for side in (before, now)]
    return (spots[0], spots[1]) if spots[0] and spots[1] else None


def _middle(measure: Measure, sheets: Sequence[Sheet]) -> _Spot | None:
    """The recording whose measure lies nearest to the median of all."""
    found = [(number, *told) for number, sheet in enumerate(sheets) if (told := measure(sheet)) is not None]
    if not found:
        return None
    ordinary = median(value for _, value, _ in found)
    number, _, block = min(found, key=lambda each: abs(each[1] - ordinary))
    return _Spot(number, Sign(Part.EVENTS, block.line, ""))


def _first_event(sheet: Sheet) -> tuple[float, Block] | None:
    block = next((block for block in sheet.blocks if block.event is not None), None)
    return None if block is None or block.at_ms is None else (block.at_ms, block)


def _longest_gap(sheet: Sheet) -> tuple[float, Block] | None:
    timed = [(block.at_ms, block) for block in sheet.blocks if block.at_ms is not None]
    gaps = [(later - at, block) for (at, _), (later, block) in pairwise(timed)]
    return max(gaps, key=lambda gap: gap[0], default=None)


def _last_event(sheet: Sheet) -> tuple[float, Block] | None:
    block = sheet.blocks[-1] if sheet.blocks else None
    return None if block is None or block.at_ms is None else (block.at_ms, block)


def _texts(sheet: Sheet) -> list[Block]:
    return [block for block in sheet.blocks if "text" in block.label]


def _count(sheet: Sheet) -> tuple[float, Block] | None:
    texts = _texts(sheet)
    return (float(len(texts)), texts[0]) if texts else None


def _size(sheet: Sheet) -> tuple[float, Block] | None:
    texts = _texts(sheet)
    sizes = [len(block.event.data) for block in texts if block.event]
    return (sum(sizes) / len(sizes), texts[0]) if sizes else None


if TYPE_CHECKING:
    Measure = Callable[[Sheet], tuple[float, Block] | None]

MEASURES: dict[str, Measure] = {
    "ttft": _first_event,
    "inter-chunk": _longest_gap,
    "duration": _last_event,
    "chunk-count": _count,
    "chunk-size": _size,
}
"""How large it is, and the event to look at."""


# What is shown


def _excerpt(sheets: Sequence[Sheet], spot: _Spot, key: str | None) -> Excerpt:
    sheet = sheets[spot.recording]
    sign = spot.sign if sheet.first(spot.sign.part) is not None else _instead(spot.sign)
    start, stop = _window(sheet, sign)
    marked = _marked(sheet, sign.line)
    lines = [_shown(sheet, at, at in marked, key) for at in range(start, stop)]
    block = _block(sheet, sign.line)
    number = None if block is None else block.number
    return Excerpt(spot.recording, sign.part, number, tuple(line for line in lines if line), spot.own)


def _instead(sign: Sign) -> Sign:
    """Where there are no events there is a body, and the other way round."""
    return Sign(Part.BODY if sign.part is Part.EVENTS else Part.EVENTS, None, sign.says)


def _window(sheet: Sheet, sign: Sign) -> tuple[int, int]:
    first = sheet.first(sign.part)
    if first is None:
        return 0, 0
    end = 1 + max(at for at, line in enumerate(sheet.lines) if line.part is sign.part)
    block = _block(sheet, sign.line)
    if block is not None:
        return _blocks_around(sheet, sheet.blocks.index(block))
    middle = first if sign.line is None else sign.line
    return max(first, middle - LINES_AROUND), min(end, middle + LINES_AROUND + 1)


def _blocks_around(sheet: Sheet, place: int) -> tuple[int, int]:
    after = sheet.blocks[place + BLOCKS_AROUND + 1 :]
    start = sheet.blocks[max(0, place - BLOCKS_AROUND)].line
    return start, after[0].line if after else len(sheet.lines)


def _block(sheet: Sheet, line: int | None) -> Block | None:
    place = None if line is None else sheet.lines[line].block
    return None if place is None else sheet.blocks[place]


def _marked(sheet: Sheet, line: int | None) -> set[int]:
    """The line itself; of an event that is marked at its first line, its data as well."""
    block = _block(sheet, line)
    if line is None or block is None or line != block.line:
        return set() if line is None else {line}
    place = sheet.lines[line].block
    return {at for at, each in enumerate(sheet.lines) if each.block == place and each.text.strip()}


def _shown(sheet: Sheet, at: int, marked: bool, key: str | None) -> Shown | None:
    """A line as it is shown; a blank line goes without saying."""
    line, block = sheet.lines[at], _block(sheet, at)
    if not line.text and not marked and line.part is Part.EVENTS:
        return None
    first = block is not None and block.line == at
    parts = _parts(line.text, key) if marked and key else None
    text = line.text if len(line.text) <= WIDEST else f"{line.text[:WIDEST]}…"
    return Shown(
        text,
        block.number if first and block else None,
        block.at_ms if first and block else None,
        marked,
        parts,
    )


def _last_key(where: str) -> str | None:
    keys = (
        [step for step in steps_of(where.partition("$")[2]) if isinstance(step, str)] if "$" in where else []
    )
    return keys[-1] if keys and keys[-1] != "*" else None


def _parts(text: str, key: str) -> tuple[str, str, str] | None:
    """The line in three around the field, what is too far away cut off; None where the field is not on it."""
    found = re.search(
        rf'"{re.escape(key)}"\s*:\s*(?:"(?:[^"\\]|\\.)*"|[\[{{][^\[\]{{}}]*[\]}}]|[^,\[{{}}\]\s]+)?', text
    )
    if found is None:
        return None
    left, field, right = text[: found.start()], found[0], text[found.end() :]
    half = WIDEST // 2
    left = left if len(left) <= half else f"…{left[-half:]}"
    return left, field[:WIDEST], right if len(right) <= half else f"{right[:half]}…"
