"""What differs in the shape of a document: its fields, types, words, formats, numbers and arrays, path by path.

First for the whole stream; only what is silent there is looked at phase by phase. Objects whose keys are data (maps)
are left alone, and so are sets of words that are open.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import msgspec

from harness.drift.change import Change, share
from harness.drift.notes import value_of
from harness.drift.shape import ZERO_STEP
from harness.drift.statistics import LEVEL, fewer, median, more, needed
from harness.drift.walk import ANY, join
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.shape import Summary, Words
    from harness.drift.words import Listed
    from harness.upstreams.upstream import Upstream

PREFIX = {"chunk": "", "request": "request:", "error": "error:"}
MAP_KEYS = 5
"""Keys from which on an object without a constant one may be a map."""
STRANGER = 3
"""Fields that are missing together, from which on it is the object that is new."""
SIZE_CHANGE = 300.0
"""Seconds and milliseconds are a thousand apart; counts of tokens seldom differ by more than this."""
_WORD = re.compile(r"[A-Za-z][A-Za-z_. /-]*\Z")


def document_changes(
    before: Summary, now: Summary, document: str, paths: dict[str, str], upstream: Upstream, words: Listed
) -> list[Change]:
    """Every difference in this kind of document."""
    found = _Fields(before, now, document, paths, upstream, words)
    return [*found.pooled(), *found.phased()] if found.total and found.size else []


class _Fields:
    """Two summaries of one kind of document."""

    def __init__(
        self,
        before: Summary,
        now: Summary,
        document: str,
        paths: dict[str, str],
        upstream: Upstream,
        words: Listed,
    ) -> None:
        self.before, self.now, self.document, self.upstream = before, now, document, upstream
        self.kind = document.partition(" ")[0]
        prefix = PREFIX[self.kind]
        self.listed = {
            place.removeprefix(prefix): each for place, each in words.items() if place.startswith(prefix)
        }
        self.least = 1 if self.kind == "error" else 2  # errors are few, and machines write them
        self.paths = paths if document == "chunk" else {}
        self.total, self.size = (
            before.count("seen", document, ANY, "$"),
            now.count("seen", document, ANY, "$"),
        )
        self.read = {
            self.paths[name] for name in ("choices", "role", "text", "finish", "index") if name in self.paths
        }
        self.maps = self._maps()
        self.told: set[str] = set()

    def pooled(self) -> Iterator[Change]:
        """Differences that do not depend on the place in the stream."""
        for change in self._presence(ANY):
            yield self._tell(change)
        for path in self._shared(ANY):
            for change in (*self._types(ANY, path), *self._lengths(ANY, path), *self._values(path)):
                yield self._tell(change)

    def phased(self) -> Iterator[Change]:
        """Differences at one place of the stream, about paths of which nothing was said."""
        if self.document != "chunk":
            return
        for phase in ("text", "first", "finish", "usage", "tool"):
            if self.before.count("seen", "chunk", phase, "$") < 2 or not self.now.count(
                "seen", "chunk", phase, "$"
            ):
                continue
            told = set(self.told)
            for change in self._presence(phase):
                if change.where not in told:
                    yield self._tell(change)
            for path in self._shared(phase):
                if path not in told:
                    for change in (*self._types(phase, path), *self._lengths(phase, path)):
                        yield self._tell(change)

    def _tell(self, change: Change) -> Change:
        self.told.add(change.where.removeprefix(PREFIX[self.kind]))
        return change

    def _change(
        self, kind: str, path: str, before: str, now: str, detail: str = "", **more: object
    ) -> Change:
        rule = f"{self.kind}-field-{kind}"
        return Change(rule, PREFIX[self.kind] + path, before, now, detail, **more)  # type: ignore[arg-type]

    def _maps(self) -> set[str]:
        """Paths of objects whose keys are data: many keys, none of which is always there."""
        keys: dict[str, dict[str, int]] = {}
        objects: dict[str, int] = {}
        for summary in (self.before, self.now):
            for key, count in summary.tallies.items():
                if key[:2] == ("field", self.document):
                    names = keys.setdefault(key[2], {})
                    names[key[3]] = names.get(key[3], 0) + count
                elif key[:2] == ("object", self.document):
                    objects[key[2]] = objects.get(key[2], 0) + count
        return {
            path
            for path, names in keys.items()
            if "*" in names or (len(names) >= MAP_KEYS and max(names.values()) <= 0.5 * objects[path])
        }

    def _fields(self, phase: str) -> list[tuple[str, str]]:
        """Parent and path of every field that either side knows, parents first."""
        found = {
            (key[2], join(key[2], key[3]))
            for summary in (self.before, self.now)
            for key in summary.tallies
            if key[:2] == ("field", self.document)
        }
        return sorted(pair for pair in found if not self._within_map(pair[1]))

    def _within_map(self, path: str) -> bool:
        return any(path.startswith((f"{each}.", f"{each}[")) for each in self.maps)

    def _shared(self, phase: str) -> list[str]:
        paths = sorted(
            key[3]
            for key in self.before.tallies
            if key[:3] == ("seen", self.document, phase) and key in self.now.tallies
        )
        return [path for path in paths if not self._within_map(path)]

    def _presence(self, phase: str) -> Iterator[Change]:
        changes = [change for pair in self._fields(phase) for change in self._field(phase, *pair)]
        gone = [change for change in changes if change.rule.endswith("-removed")]
        strangers = _of_a_stranger(changes)
        gone = gone or strangers
        names = {change.where for change in changes if change.rule.endswith("-added")}
        for change in changes:
            if change in strangers:
                continue
            if change in gone and self.document == "request" and (new := _renamed(change.where, names)):
                yield msgspec.structs.replace(change, severity=Severity.BREAKING, detail=f"{new} now", p=None)
                continue
            if not (gone and change.rule.endswith(("-field-added", "-field-moved"))):
                yield change  # what is new beside something lost is its new name or place

    def _field(self, phase: str, parent: str, path: str) -> Iterator[Change]:
        document = self.document
        total = self.before.count("type", document, phase, parent, "object")
        size = self.now.count("type", document, phase, parent, "object")
        if not total or not size:
            return
        had, has = (each.count("present", document, phase, path) for each in (self.before, self.now))
        always, still = (each.count("every", document, phase, path) for each in (self.before, self.now))
        if had and not has:
            yield from self._gone(phase, path, (had, total), size, always=always == total)
        elif has and not had:
            yield from self._new(phase, path, total, (has, size))
        elif always == total >= self.least and still < size:
            yield self._optional(phase, path, total, (still, size))
        elif phase == ANY and had == total and has < size and document == "chunk":
            p = fewer(had, total, has, size)
            if p < LEVEL and path not in (self.paths.get("usage"),):
                yield self._change("optional", path, share(had, total), share(has, size), p=p)
        elif phase == ANY:
            yield from self._everywhere(path)

    def _gone(
        self, phase: str, path: str, before: tuple[int, int], size: int, *, always: bool
    ) -> Iterator[Change]:
        had, total = before
        words = share(had, total), share(0, size)
        if phase != ANY:
            if always and total >= self.least and path in self.read:
                kind = "removed" if phase == "text" else "moved"
                yield self._change(kind, path, *words, f"no longer in the {phase} chunk")
            elif always and total >= 2:
                yield self._change("optional", path, *words, f"no longer in the {phase} chunk")
        elif had == total >= self.least:
            yield self._change("removed", path, *words)
        else:
            p, short = fewer(had, total, 0, size), needed(had, total, size)
            yield self._change("removed", path, *words, p=p, needed=short, severity=Severity.RISKY)

    def _new(self, phase: str, path: str, total: int, now: tuple[int, int]) -> Iterator[Change]:
        has, size = now
        p = more(0, total, has, size)
        is_rate = self.kind == "request" or p >= LEVEL  # how often callers set a field is theirs to choose
        if (is_rate and has < size) or (p >= 0.05 and self.kind != "error"):
            return
        if phase == ANY:
            yield self._change("added", path, share(0, total), share(has, size))
        else:
            yield self._change("moved", path, share(0, total), share(has, size), f"now in the {phase} chunk")

    def _optional(self, phase: str, path: str, total: int, now: tuple[int, int]) -> Change:
        was_null = self.before.count("type", self.document, phase, path, "null")
        bad = self.document == "chunk" and (bool(was_null) or path in self.read)
        detail = "absent where it was null" if was_null else f"in the {phase} chunk" if phase else ""
        severity = Severity.BREAKING if bad else None
        if self.document == "request":
            return self._change(
                "removed", path, share(total, total), share(*now), p=fewer(total, total, *now)
            )
        return self._change("optional", path, share(total, total), share(*now), detail, severity=severity)

    def _everywhere(self, path: str) -> Iterator[Change]:
        key = (self.document, ANY, path)
        several, many = self.before.count("several", *key), self.now.count("several", *key)
        if self.document != "chunk" or several < 2 or not many:
            return
        was, every = self.before.count("every", *key), self.now.count("every", *key)
        if (
            not was
            and every == many == self.now.count("present", *key)
            and path not in self.read - {self.paths.get("role")}
        ):
            yield self._change("everywhere", path, share(0, several), share(every, many))

    def _types(self, phase: str, path: str) -> Iterator[Change]:
        old, new = (self._types_of(each, phase, path) for each in (self.before, self.now))
        seen = self.before.count("seen", self.document, phase, path)
        size = self.now.count("seen", self.document, phase, path)
        if seen < self.least:
            return
        for kind in sorted(new.keys() - old.keys()):
            words = share(0, seen), share(new[kind], size)
            if kind == "null":
                yield self._change("null", path, *words, f"null in the {phase} chunk" if phase else "")
            elif not self._is_allowed(path, kind, set(old)):
                detail = f"{' or '.join(sorted(old))} before, {kind} now"
                yield self._change("type-changed", path, *words, detail)

    def _types_of(self, summary: Summary, phase: str, path: str) -> dict[str, int]:
        kinds = ("array", "boolean", "integer", "null", "number", "object", "string")
        counts = {kind: summary.count("type", self.document, phase, path, kind) for kind in kinds}
        return {kind: count for kind, count in counts.items() if count}

    def _is_allowed(self, path: str, kind: str, old: set[str]) -> bool:
        """Whole numbers are numbers; a profile may say that a string stands for a number."""
        numbers = {"integer", "number"}
        if kind == "integer" and "number" in old:
            return True
        if self.document == "request":
            if {kind, *(old - {"null"})} <= numbers:
                return True
            numeric = {f"$.{name}" for name in self.upstream.numeric_strings}
            return path in numeric and {kind, *old} <= {"string", "integer", "number"}
        return False

    def _lengths(self, phase: str, path: str) -> Iterator[Change]:
        old = self.before.vocabulary("length", self.document, phase, path)
        new = self.now.vocabulary("length", self.document, phase, path)
        seen = self.before.count("seen", self.document, phase, path)
        if self.document != "chunk" or not old or not new or len(old) > 1 or seen < 2:
            return
        for size in sorted(new.keys() - old.keys()):
            kind = "array-empty" if size == "0" else "array-longer"
            words = f"always {next(iter(old))}", f"{size} in {share(new[size], self.size)}"
            yield self._change(kind, path, *words)

    def _values(self, path: str) -> Iterator[Change]:
        key = (self.document, path)
        yield from self._sums(path)
        if self.kind == "chunk":
            yield from self._numbers(path)
        if path in (self.paths.get("id"), self.paths.get("created"), self.paths.get("model")):
            if path == self.paths.get("id"):
                yield from self._formats(path)
            return
        old, new = self.before.vocabulary("word", *key), self.now.vocabulary("word", *key)
        if self._is_closed(path, old):
            yield from self._words(path, old or {}, new)
        elif self.kind == "chunk":
            yield from self._formats(path)

    def _is_closed(self, path: str, words: Words) -> bool:
        """Whether this is a small set of chosen words of which we have seen all, most likely."""
        if not words or len(words) > 8 or not all(_WORD.match(word) for word in words):
            return False
        seen = self.before.count("seen", self.document, ANY, path)
        if path == self.paths.get("finish") or path in self.listed:
            return True
        if self.kind == "request" and words.keys() - {"true", "false"}:
            return False  # what callers say is theirs to choose
        if len(words) == 1:
            return seen >= 2
        return min(words.values()) >= 2 and seen >= 3 * len(words)

    def _words(self, path: str, old: dict[str, int], new: Words) -> Iterator[Change]:
        seen = self.before.count("seen", self.document, ANY, path)
        size = self.now.count("seen", self.document, ANY, path)
        before = ", ".join(sorted(old))
        if new is None:
            yield self._change("word-new", path, before, "too many to list")
            return
        strange = sorted(new.keys() - old.keys())
        lost = [word for word in old if word not in new]
        strange = [word for word in strange if word not in self.listed.get(path, ())]
        if strange:
            is_set = path == self.paths.get("finish") or len(self.listed.get(path, ())) > 1
            words = ", ".join(map(repr, strange))
            yield self._change(
                "constant-changed" if len(old) == 1 and not is_set else "word-new",
                path,
                before,
                ", ".join(sorted(new)),
                f"{words} for {before}" if lost else words,
            )
        elif self.kind != "error" and path != self.paths.get("finish"):  # how answers end, questions decide
            usual = [word for word in lost if self.kind == "chunk" or old[word] == seen]
            for word in usual:  # which words callers use, and how often, is theirs to choose
                p = fewer(old[word], seen, 0, size)
                yield self._change("word-gone", path, share(old[word], seen), share(0, size), repr(word), p=p)

    def _formats(self, path: str) -> Iterator[Change]:
        old = self.before.vocabulary("format", self.document, path)
        new = self.now.vocabulary("format", self.document, path)
        if not old or not new or self.before.count("seen", self.document, ANY, path) < 2:
            return
        if {*map(_make, old)} & {*map(_make, new)}:
            return
        if {"text", "words", "token", "empty"} & (old.keys() | new.keys()) and path != self.paths.get("id"):
            return
        yield self._change("format-changed", path, " or ".join(sorted(old)), " or ".join(sorted(new)))

    def _numbers(self, path: str) -> Iterator[Change]:
        old, new = (
            self.before.scale("number", self.document, path),
            self.now.scale("number", self.document, path),
        )
        if not old or not new or self.before.count("seen", self.document, ANY, path) < 2:
            return
        if path == self.paths.get("index") and len(old) == 1 and not old.keys() & new.keys():
            yield self._change(
                "constant-changed", path, f"{value_of(min(old)):.0f}", f"{value_of(min(new)):.0f}"
            )
            return
        ends = [min(old), max(old), min(new), max(new)]
        one, other = _middle(old), _middle(new)
        negative = self.now.count("negative", self.document, path) and not self.before.count(
            "negative", self.document, path
        )
        if negative:
            yield self._change("magnitude-changed", path, "never below zero", "below zero")
        elif ends[3] == ZERO_STEP and ends[0] > ZERO_STEP:
            yield self._change("magnitude-changed", path, f"about {one:.3g}", "0")
        elif ends[0] > ZERO_STEP and ends[2] > ZERO_STEP and max(one / other, other / one) >= SIZE_CHANGE:
            is_apart = ends[2] > ends[1] or ends[3] < ends[0]
            if is_apart:
                yield self._change("magnitude-changed", path, f"about {one:.3g}", f"about {other:.3g}")

    def _sums(self, path: str) -> Iterator[Change]:
        for key, count in self.now.tallies.items():
            if key[:3] != ("no-sum", self.document, path):
                continue
            held = self.before.count("sum", *key[1:])
            if held >= 2 and not self.before.count(*key):
                yield self._change("sum-broken", path, share(held, held), f"wrong in {count}", key[3])


def _middle(steps: dict[int, int]) -> float:
    return value_of(round(median([step for step, count in steps.items() for _ in range(count)])))


def _make(form: str) -> str:
    """A format without what the dice decide: whether an identifier happens to hold a digit."""
    head, mark, kind = form.rpartition("-") if "-" in form else form.rpartition("_")
    return f"{head}{mark}token" if mark and kind in ("words", "token", "digits", "text") else form


def _renamed(where: str, names: set[str]) -> str | None:
    """The new sibling of a field that is gone, if there is just one."""
    parent = where.rpartition(".")[0]
    found = [name for name in names if name.rpartition(".")[0] == parent]
    return found[0] if len(found) == 1 else None


def _of_a_stranger(changes: list[Change]) -> list[Change]:
    """Where several fields are missing equally often, an object of another kind came: all but the worst of them."""
    optional = [change for change in changes if change.rule.endswith("-optional")]
    alike = [
        change
        for change in optional
        if sum((other.before, other.now) == (change.before, change.now) for other in optional) >= STRANGER
    ]
    return sorted(alike, key=lambda change: change.severity is not Severity.BREAKING)[1:]
