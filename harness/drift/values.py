"""What stands in the fields: types, lengths of arrays, words of closed sets, formats, sizes of numbers, sums. Pure.

A set of words is closed when a schema lists it, or when it is small and each word of it was seen again and again; only
then is another word news.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.drift.change import share
from harness.drift.layout import ANY
from harness.drift.notes import value_of
from harness.drift.shape import ZERO_STEP
from harness.drift.statistics import fewer, median, more
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Set

    from harness.drift.change import Change
    from harness.drift.shape import Words
    from harness.drift.view import View

CLOSED = 8
"""Words that a closed set has at most."""
SIZE_CHANGE = 300.0
"""Seconds and milliseconds are a thousand apart; counts of tokens seldom differ by more than this."""
USUAL = 0.8
"""Share of the answers that ended in a way, from which on its absence is not the doing of other questions."""
_WORD = re.compile(r"[A-Za-z][A-Za-z_. /-]*\Z")
_SPOKEN = {"text", "words", "token", "empty"}
"""Formats that free text takes as well; only an identifier is held to them."""
_HEADED = re.compile(r"(.+[-_])(words|token|digits|text)\Z")
"""Formats of identifiers with a head."""
_MADE = {"time", "uuid"}
"""Formats that only machines write."""


def type_changes(view: View, phase: str, path: str) -> Iterator[Change]:
    """Types that a place never had."""
    old, new = view.types(phase, path)
    seen, size = view.counts("seen", phase, path)
    for kind in sorted(new.keys() - old.keys()) if seen >= view.least else ():
        words = share(0, seen), share(new[kind], size)
        if phase == ANY and view.is_of_tools("type", path, kind):
            continue
        if kind == "null":
            yield view.change("null", path, *words, f"null in the {phase} chunk" if phase else "")
        elif not _is_allowed(view, path, kind, set(old)):
            detail = f"{' or '.join(sorted(old))} before, {kind} now"
            mild = (
                Severity.RISKY if phase == ANY and old.keys() == {"null"} else None
            )  # something was to come there one day
            yield view.change("type-changed", path, *words, detail, severity=mild)


def length_changes(view: View, phase: str, path: str) -> Iterator[Change]:
    """Arrays that always had so many items, and have another number; but for choices, that is asked for its chance."""
    old, new = view.words("length", phase, path)
    seen, size = view.counts("seen", ANY, "$")
    if not view.is_chunk or not old or not new or len(old) > 1 or seen < view.least:
        return
    for length in sorted(new.keys() - old.keys()):
        kind = "array-empty" if length == "0" else "array-longer"
        words = f"always {next(iter(old))}", f"{length} in {share(new[length], size)}"
        p = None if path == view.paths.get("choices") else more(0, *_having(view, phase, path, new[length]))
        yield view.change(kind, path, *words, p=p)


def _having(view: View, phase: str, path: str, count: int) -> tuple[int, int, int]:
    """How many interactions had this array before; in how many it is so long now, and of how many."""
    before, now = view.counts("seen", phase, path)
    return before, count, now


def value_changes(view: View, path: str) -> Iterator[Change]:
    """Words, formats, sizes and sums at one place of the document."""
    yield from _sums(view, path)
    if view.is_chunk:
        yield from _numbers(view, path)
    elif view.kind == "error":
        yield from _codes(view, path)
    is_stamp = path in {view.paths.get(name) for name in ("id", "created", "model")}
    old, new = view.words("word", path)
    if not is_stamp and old and _is_closed(view, path, old):
        yield from _words(view, path, old, new)
    elif view.is_chunk and (not is_stamp or path == view.paths.get("id")):
        yield from _formats(view, path)


def _is_allowed(view: View, path: str, kind: str, old: set[str]) -> bool:
    """Whole numbers are numbers; a profile may say that a string stands for a number."""
    numbers = {"integer", "number"}
    if kind == "integer" and "number" in old:
        return True
    if view.kind != "request":
        return False
    numeric = path in {f"$.{name}" for name in view.upstream.numeric_strings}
    return {kind, *(old - {"null"})} <= (numbers | {"string"} if numeric else numbers)


def _is_closed(view: View, path: str, words: Mapping[str, int]) -> bool:
    """Whether this is a small set of chosen words of which we have seen all, most likely."""
    if len(words) > CLOSED or not all(_WORD.match(word) for word in words):
        return False
    if path == view.paths.get("finish") or path in view.listed:
        return True
    if view.kind == "request" and words.keys() - {"true", "false"}:
        return False  # what callers say is theirs to choose
    seen, _ = view.counts("seen", ANY, path)
    return seen >= 2 if len(words) == 1 else min(words.values()) >= 2 and seen >= 3 * len(words)


def _words(view: View, path: str, old: Mapping[str, int], new: Words) -> Iterator[Change]:
    before = ", ".join(sorted(old))
    if new is None:
        yield view.change("word-new", path, before, "too many to list")
        return
    strange = sorted(
        new.keys() - old.keys() - view.listed.get(path, frozenset()) - _words_of_tools(view, path)
    )
    lost = [word for word in old if word not in new]
    if strange:
        words = ", ".join(map(repr, strange))
        detail = f"{words} for {before}" if lost else words
        p = _chance_of_words(view, path, max(new[word] for word in strange))
        yield view.change(_kind_of(view, path, old), path, before, ", ".join(sorted(new)), detail, p=p)
    elif view.kind != "error":
        asked = view.words("word-of-tool", path)[0] if view.calls_no_tools else {}
        yield from _lost(view, path, {word: old[word] for word in lost if word not in (asked or {})})


def _words_of_tools(view: View, path: str) -> set[str]:
    """The words that came with the first tool calls."""
    _, new = view.words("word-of-tool", path)
    return set(new or ()) if view.calls_tools else set()


def _chance_of_words(view: View, path: str, count: int) -> float | None:
    """How likely so many new words of a caller are by chance; what upstreams say, and all callers, is certain."""
    seen, size = view.counts("seen", ANY, path)
    return more(0, seen, count, size) if view.kind == "request" and count < size else None


def _kind_of(view: View, path: str, old: Mapping[str, int]) -> str:
    is_set = path == view.paths.get("finish") or len(view.listed.get(path, ())) > 1
    return "constant-changed" if len(old) == 1 and not is_set else "word-new"


def _lost(view: View, path: str, lost: Mapping[str, int]) -> Iterator[Change]:
    """Words that do not come any more. Which words callers use, and how answers end, is not the upstream's choice."""
    is_finish = path == view.paths.get("finish")
    seen, size = _finished(view) if is_finish else view.counts("seen", ANY, path)
    if view.is_chunk and view.now.count("fact", "cut") >= size:
        return  # no stream was read to its end, where the word may have stood
    least = {"request": 1.0}.get(view.kind, USUAL if is_finish else 0.0)
    for word, count in sorted(lost.items()):  # one of them is told, and it must be the same one in every run
        if size and count >= least * seen:
            p = fewer(count, seen, 0, size)
            yield view.change("word-gone", path, share(count, seen), share(0, size), repr(word), p=p)


def _finished(view: View) -> tuple[int, int]:
    """How many streams came to an end that they gave a reason for."""
    return view.before.count("fact", "finish"), view.now.count("fact", "finish")


def _formats(view: View, path: str) -> Iterator[Change]:
    old, new = view.words("format", path)
    if not old or not new or view.counts("seen", ANY, path)[0] < view.least:
        return
    is_same = bool({*map(_make, old)} & {*map(_make, new)})
    if not is_same and (path == view.paths.get("id") or not _is_spoken(old.keys(), new.keys())):
        yield view.change("format-changed", path, " or ".join(sorted(old)), " or ".join(sorted(new)))


def _is_spoken(old: Set[str], new: Set[str]) -> bool:
    """Whether this may be free text; what was a time or an identifier each time is none."""
    return bool(_SPOKEN & old or (_SPOKEN & new and not old <= _MADE))


def _make(form: str) -> str:
    """A format without what the dice decide: whether an identifier happens to hold a digit."""
    found = _HEADED.match(form)
    return f"{found[1]}token" if found else form


def _numbers(view: View, path: str) -> Iterator[Change]:
    old, new = view.numbers(path)
    if not old or not new or view.counts("seen", ANY, path)[0] < view.least:
        return
    one, other = _middle(old), _middle(new)
    negative = (
        view.now.count("negative", view.document, path),
        view.before.count("negative", view.document, path),
    )
    if path == view.paths.get("index") and len(old) == 1 and not old.keys() & new.keys():
        yield view.change("constant-changed", path, f"{one:.0f}", f"{other:.0f}")
    elif negative[0] and not negative[1]:
        yield view.change("magnitude-changed", path, "never below zero", "below zero")
    elif max(new) == ZERO_STEP and min(old) > ZERO_STEP:
        yield view.change("magnitude-changed", path, f"about {one:.3g}", "0")
    elif _is_other_size(old, new):
        yield view.change("magnitude-changed", path, f"about {one:.3g}", f"about {other:.3g}")


def _codes(view: View, path: str) -> Iterator[Change]:
    """A number in an error that was always the same is a code, and another one is another code."""
    old, new = view.numbers(path)
    if len(old) == 1 and new and not old.keys() & new.keys() and view.counts("seen", ANY, path)[0] >= 2:
        yield view.change("constant-changed", path, f"about {_middle(old):.3g}", f"about {_middle(new):.3g}")


def _is_other_size(old: Mapping[int, int], new: Mapping[int, int]) -> bool:
    """Whether all numbers are larger, or all smaller, and by far."""
    if ZERO_STEP in old or ZERO_STEP in new or not (min(new) > max(old) or max(new) < min(old)):
        return False
    ratio = _middle(new) / _middle(old)
    return max(ratio, 1 / ratio) >= SIZE_CHANGE


def _middle(steps: Mapping[int, int]) -> float:
    return value_of(round(median([step for step, count in steps.items() for _ in range(count)])))


def _sums(view: View, path: str) -> Iterator[Change]:
    key = view.broken_sums.get(path)
    if key is None:
        return
    held = view.before.count("sum", *key[1:])
    if held >= 2 and not view.before.count(*key):
        yield view.change("sum-broken", path, share(held, held), f"wrong in {view.now.count(*key)}", key[3])
