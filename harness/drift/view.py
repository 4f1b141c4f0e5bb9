"""Two summaries, as far as they speak of one kind of document: the questions that every comparison of fields asks.

Objects whose keys are data (maps) are left out. Pure: counts in, counts out.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from harness.drift.change import Change
from harness.drift.layout import ANY, join
from harness.drift.walk import TOOL

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.drift.shape import Summary, Words
    from harness.drift.words import Listed
    from harness.upstreams.upstream import Upstream

PREFIX = {"chunk": "", "request": "request:", "error": "error:"}
KINDS = ("array", "boolean", "integer", "null", "number", "object", "string")
PHASES = ("text", "first", "finish", "usage", "tool")
"""The phases that are looked at apart, in this order."""
MAP_KEYS = 5
"""Keys from which on an object without a constant one may be a map."""
CORE = ("choices", "role", "text", "finish", "index")
"""The parts of a chunk, by the names of the upstream's map, that clients read without asking."""


class View:
    """What two summaries say of the documents of one kind: `chunk`, `request`, or `error` and a status."""

    def __init__(
        self,
        sides: tuple[Summary, Summary],
        document: str,
        upstream: Upstream,
        *,
        paths: Mapping[str, str],
        words: Listed,
    ) -> None:
        self.before, self.now = sides
        self.document, self.upstream, self.paths = document, upstream, paths
        self.kind = document.partition(" ")[0]
        prefix = PREFIX[self.kind]
        self.listed = {
            place.removeprefix(prefix): each for place, each in words.items() if place.startswith(prefix)
        }
        self.core = {paths[name] for name in CORE if name in paths}
        self.least = 1 if self.kind == "error" else 2
        """Documents from which on *always* means something: errors are few, and machines write them."""

    @property
    def is_chunk(self) -> bool:
        """Whether these are the chunks of replies."""
        return self.kind == "chunk"

    def counts(self, fact: str, phase: str, path: str, *more: str) -> tuple[int, int]:
        """In how many interactions the fact was seen, before and now."""
        key = (fact, self.document, phase, path, *more)
        return self.before.tallies.get(key, 0), self.now.tallies.get(key, 0)

    def words(self, *key: str) -> tuple[Words, Words]:
        """The vocabularies under a key; the name of the document comes after its first word."""
        place = (key[0], self.document, *key[1:])
        return self.before.words.get(place, {}), self.now.words.get(place, {})

    def numbers(self, path: str) -> tuple[dict[int, int], dict[int, int]]:
        """The scales of the numbers at a place."""
        return self.before.scale("number", self.document, path), self.now.scale("number", self.document, path)

    def types(self, phase: str, path: str) -> tuple[dict[str, int], dict[str, int]]:
        """The types at a place, with the number of interactions that had them."""
        found = {kind: self.counts("type", phase, path, kind) for kind in KINDS}
        old = {kind: before for kind, (before, _) in found.items() if before}
        return old, {kind: now for kind, (_, now) in found.items() if now}

    @cached_property
    def calls_tools(self) -> bool:
        """Whether tools are called now and never were before: what only such chunks show is for those who ask."""
        before, now = self.counts("seen", TOOL, "$")
        return bool(now and not before)

    def is_of_tools(self, *key: str) -> bool:
        """Whether a fact, given by its name and what follows the phase, is one of new tool calls and nothing else."""
        fact, *place = key
        where = [phase for phase in PHASES if self.counts(fact, phase, *place)[1]]
        return self.calls_tools and where == [TOOL]

    def is_kept(self, parent: str, path: str) -> bool:
        """Whether a field stands in every object of each phase that it did: what is missing then are phases."""
        phases = [phase for phase in PHASES if self.counts("type", phase, parent, "object")[1]]
        known = [phase for phase in phases if phase != TOOL or not self.calls_tools]
        return bool(phases) and not any(self._is_rarer(phase, parent, path) for phase in known)

    def _is_rarer(self, phase: str, parent: str, path: str) -> bool:
        total, size = self.counts("type", phase, parent, "object")
        had, _ = self.counts("present", phase, path)
        was, still = self.counts("every", phase, path)
        return still < size and (not total or (had > 0 and was == total))

    def was_everywhere(self, parent: str, path: str) -> bool:
        """Whether a field stood in every object already, in each phase that still comes."""
        phases = [phase for phase in PHASES if self.counts("type", phase, parent, "object")[1]]
        pairs = [
            (self.counts("every", each, path), self.counts("type", each, parent, "object")) for each in phases
        ]
        return bool(pairs) and all(was == total for (was, _), (total, _) in pairs)

    def is_lost_with_phase(self, path: str) -> bool:
        """Whether the part of the stream that the field stood in does not come any more, with all that it brought.

        The order of the stream speaks of that, or callers ask for it no more.
        """
        had = {phase for phase in PHASES if self.counts("present", phase, path)[0]}
        return bool(had) and all(path in self._lost.get(phase, ()) for phase in had)

    @property
    def calls_no_tools(self) -> bool:
        """Whether tools were called and are no more, because nobody asks for it."""
        return TOOL in self._lost

    @cached_property
    def _lost(self) -> dict[str, set[str]]:
        """The fields of each phase that is gone, where no field that was its own is left."""
        places = {path for _, path in self.fields}
        found: dict[str, set[str]] = {}
        for phase in ("finish", "usage", TOOL):
            before, now = self.counts("seen", phase, "$")
            own = {path for path in places if self._phases_before(path) == {phase}}
            is_left = any(self.counts("present", ANY, path)[1] for path in own)
            if before and not now and not is_left and (phase != TOOL or self._is_asked_less):
                found[phase] = own
        return found

    def _phases_before(self, path: str) -> set[str]:
        return {phase for phase in PHASES if self.counts("present", phase, path)[0]}

    @cached_property
    def _is_asked_less(self) -> bool:
        """Whether there is something that some questions said before and that none says now."""
        asked = (key for key in self.before.tallies if key[:3] == ("present", "request", ANY))
        return any(key not in self.now.tallies for key in asked)

    def shared(self, phase: str) -> list[str]:
        """The places that both sides have in this phase."""
        keys = (key for key in self.before.tallies if key[:3] == ("seen", self.document, phase))
        return sorted(key[3] for key in keys if key in self.now.tallies and not self.is_in_map(key[3]))

    @cached_property
    def fields(self) -> list[tuple[str, str]]:
        """Parent and place of every field that either side knows, parents first."""
        found = {(key[2], join(key[2], key[3])) for key in self._keys("field")}
        return sorted(pair for pair in found if not self.is_in_map(pair[1]))

    @cached_property
    def maps(self) -> set[str]:
        """Places of objects whose keys are data: many keys, none of which is always there."""
        names: dict[str, dict[str, int]] = {}
        for key in self._keys("field"):
            names.setdefault(key[2], {})[key[3]] = self._sum(key)
        return {
            path
            for path, counts in names.items()
            if "*" in counts
            or (
                len(counts) >= MAP_KEYS
                and 2 * max(counts.values()) <= self._sum(("object", self.document, path))
            )
        }

    @cached_property
    def broken_sums(self) -> dict[str, tuple[str, ...]]:
        """Places of totals that are not the sum of their parts now, with the key that says of which."""
        return {key[2]: key for key in self.now.tallies if key[:2] == ("no-sum", self.document)}

    def is_in_map(self, path: str) -> bool:
        """Whether the place lies within a map."""
        return any(path.startswith((f"{each}.", f"{each}[")) for each in self.maps)

    def change(self, kind: str, path: str, before: str, now: str, detail: str = "", **more: Any) -> Change:
        """A difference at a place of this document, by the rule of this *kind*."""
        return Change(f"{self.kind}-field-{kind}", PREFIX[self.kind] + path, before, now, detail, **more)

    def _keys(self, fact: str) -> Iterable[tuple[str, ...]]:
        both = dict.fromkeys((*self.before.tallies, *self.now.tallies))
        return (key for key in both if key[:2] == (fact, self.document))

    def _sum(self, key: tuple[str, ...]) -> int:
        return self.before.tallies.get(key, 0) + self.now.tallies.get(key, 0)
