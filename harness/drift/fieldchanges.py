"""What differs in documents: fields, types, nulls, words, forms, sizes. Summaries in, differences out; pure.

Only the outermost place of a change is told: what lies below a field that is gone, new or of another type is gone, new
or other with it. An object whose keys are its content is a map, and its keys are passed over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.drift.difference import Difference, Pair, appeared, listed, of, vanished
from harness.drift.fields import ALL
from harness.drift.jsonpaths import is_below, key_of, parent_of
from harness.drift.pieces import Phase
from harness.drift.places import places_of

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.places import Listed
    from harness.upstreams.upstream import Upstream

CLOSED = 8
"""Words that a closed vocabulary has at most."""
MAP = 4
"""Keys, each of them rare, from which on an object is a map."""
TIMESTAMP = 8
"""Power of ten from which on a number is likely a time, whose unit may change."""
_OPEN_KEYS = frozenset(
    (
        *("name", "arguments", "id", "text", "content", "fingerprint", "user", "title"),
        *("message", "msg", "detail", "details", "description", "param", "reason"),
    )
)
"""Last keys of places whose words are content, whatever they look like."""
_SPEAKERS = frozenset(("speaker", "role", "type"))
_FORMS = ("empty", "uuid", "digits", "decimal", "date", "hex", "address")
_PHASES = (Phase.OPENER, Phase.TEXT, Phase.TOOL, Phase.FINISH, Phase.USAGE)


class View(msgspec.Struct, frozen=True):
    """Documents of one kind on both sides."""

    pair: Pair
    kind: str
    """`chunk`, `request` or `error`: the first word of the rules."""
    scope: str
    phases: tuple[str, ...]
    """Scopes that are looked at apart; none for documents without phases."""

    def counts(self, path: str, scope: str | None = None) -> tuple[int, int]:
        """How many exchanges had this place."""
        return self.pair.counts("path", scope or self.scope, path)

    def types(self, path: str, scope: str | None = None) -> tuple[set[str], set[str]]:
        """The types at a place."""
        scope = scope or self.scope
        return _types(self.pair.before.facts, scope, path), _types(self.pair.now.facts, scope, path)

    def parents(self, path: str, scope: str | None = None) -> tuple[int, int]:
        """How many exchanges had what holds this place."""
        return self.counts(parent_of(path) or path, scope)

    def is_always(self, path: str, side: int, scope: str | None = None) -> bool:
        """Whether each document that could have this place had it."""
        gaps = self.pair.counts("gap", scope or self.scope, path)[side]
        return not gaps and self.counts(path, scope)[side] == self.parents(path, scope)[side]


def chunk_changes(pair: Pair, upstream: Upstream, words: Listed) -> list[Difference]:
    """What differs in the chunks of replies."""
    view, places = View(pair, "chunk", ALL, tuple(_PHASES)), places_of(upstream)
    found = [*_type_changes(view)]
    told = {difference.where for difference in found}
    found += _field_changes(view, told)
    told |= {difference.where for difference in found}
    found += _presence_changes(view, told | {places.role}, places.core)
    found += _word_changes(
        view,
        told | {places.index, places.id, places.created},
        words,
        places.model,
        (places.finish, places.role),
    )
    found += _index_changes(view, places.index)
    found += _number_changes(view, told)
    found += _length_changes(view, places.choices)
    found += _constancy_changes(view, places.id, places.usage)
    return [
        difference
        for difference in found
        if difference.where != places.role or "removed" not in difference.rule
    ]


def request_changes(pair: Pair, upstream: Upstream, words: Listed) -> list[Difference]:
    """What differs in the bodies of requests."""
    view = View(pair, "request", "request", ())
    found = [*_encoding_changes(view, upstream), *_type_changes(view)]
    told = {difference.where for difference in found}
    found += [
        change
        for change in _field_changes(view, told)
        if change.rule != "request-field-added" or view.is_always(change.where, 1)
    ]
    found += _speaker_changes(view, told, words)
    return found


def error_changes(pair: Pair) -> list[Difference]:
    """What differs in error bodies: status by status, as far as both sides know the same; else all together."""
    before, now = _statuses(pair, 0), _statuses(pair, 1)
    scopes = sorted(before & now) or ["error"]
    found: dict[tuple[str, str], Difference] = {}
    for scope in scopes:
        view = View(pair, "error", scope if scope == "error" else f"error-{scope}", ())
        changes = [*_type_changes(view)]
        changes += _field_changes(view, {change.where for change in changes})
        if before == now:
            changes += _word_changes(view, {change.where for change in changes}, {}, "")
        for change in changes:
            found.setdefault((change.rule, change.where), change)
    return list(found.values())


def _statuses(pair: Pair, side: int) -> set[str]:
    return set(pair.words("error-status")[side])


def _paths(view: View) -> list[str]:
    return sorted(view.pair.keys("path", view.scope))


# Types and nulls.


def _type_changes(view: View) -> Iterator[Difference]:
    told: list[str] = []
    for path in _paths(view):
        if any(is_below(path, above) for above in told):
            continue
        for scope in (*view.phases, view.scope):
            if change := _type_change(view, path, scope):
                told.append(path)
                yield change
                break


def _type_change(view: View, path: str, scope: str) -> Difference | None:
    before, now = view.types(path, scope)
    new = now - before
    if not before or not new or (new == {"integer"} and "number" in before):
        return None
    rule = _type_rule(view, before, now)
    if rule is None:
        return None
    return Difference(rule=f"{view.kind}-{rule}", where=path, before=listed(before), now=listed(now))


def _type_rule(view: View, before: set[str], now: set[str]) -> str | None:
    """How bad new types are: what was always null may well have a value one day, but not for good."""
    if "null" in now - before:
        return "null-new"
    if before != {"null"}:
        return "type-changed"
    return "null-replaced" if view.kind == "chunk" and "null" not in now else None


def _encoding_changes(view: View, upstream: Upstream) -> Iterator[Difference]:
    """A JSON document in a string that is a document now, or the other way."""
    for name in upstream.json_strings:
        path = f"request:$.{name}"
        before, now = view.pair.words("encoding", path)
        if before and now - before:
            yield Difference(rule="request-type-changed", where=path, before=listed(before), now=listed(now))


def _types(facts: dict[tuple[str, ...], int], scope: str, path: str) -> set[str]:
    return {kind for kind in _KINDS if ("type", scope, path, kind) in facts}


_KINDS = ("null", "boolean", "integer", "number", "string", "object", "array")


# Fields that have come, gone or moved.


def _field_changes(view: View, told: set[str]) -> Iterator[Difference]:
    gone = [path for path in _paths(view) if _is_gone(view, path, 0) and not _below_any(path, told)]
    new = [path for path in _paths(view) if _is_gone(view, path, 1) and not _below_any(path, told)]
    for path in gone:
        if successor := _successor(view, path, new):
            new = [other for other in new if not is_below(other, successor)]
            same = parent_of(successor) == parent_of(path)
            rule = f"{view.kind}-field-{'renamed' if same else 'moved'}"
            yield from vanished(
                *_presence(view, path), rule=rule, where=path, detail=f"it is {successor} now"
            )
        else:
            always = view.is_always(path, 0) or _is_core_like(view, path)
            rule = f"{view.kind}-field-{'removed' if always else 'rare-removed'}"
            yield from vanished(*_presence(view, path), rule=rule, where=path)
    for path in new:
        if _parent_was_there(view, path):
            yield from appeared(*_presence(view, path), rule=f"{view.kind}-field-added", where=path)


def _is_core_like(view: View, path: str) -> bool:
    """Whether each exchange had the place, if not each document: text is not in every chunk, but in every reply."""
    return view.counts(path)[0] == view.parents(path)[0]


def _presence(view: View, path: str) -> tuple[Pair, tuple[str, ...], tuple[str, ...]]:
    return view.pair, ("path", view.scope, path), ("path", view.scope, parent_of(path) or path)


def _is_gone(view: View, path: str, side: int) -> bool:
    """Whether a place is on this *side* only, and no map's key; what held it is on both, or the root itself."""
    counts, parents = view.counts(path), view.parents(path)
    if not counts[side] or counts[1 - side] or _in_map(view, path):
        return False
    return bool(parents[1 - side]) or side == 1


def _parent_was_there(view: View, path: str) -> bool:
    return bool(view.parents(path)[0])


def _below_any(path: str, told: set[str]) -> bool:
    return any(is_below(path, above) for above in told if above)


def _in_map(view: View, path: str) -> bool:
    """Whether this key, or one above it, is a key of a map on the side that knows it better."""
    while parent := parent_of(path):
        if _is_map(view, parent):
            return True
        path = parent
    return False


def _is_map(view: View, parent: str) -> bool:
    keys = [path for path in _paths(view) if parent_of(path) == parent and not path.endswith("[*]")]
    return len(keys) >= MAP and all(sum(view.counts(key)) * 2 <= sum(view.counts(parent)) for key in keys)


def _successor(view: View, path: str, new: list[str]) -> str | None:
    """The new place that has what was at *path*: a sibling of the same types, or the same key elsewhere."""
    types = view.types(path)[0]
    alike = [other for other in new if view.types(other)[1] == types and _is_as_common(view, path, other)]
    siblings = [other for other in alike if parent_of(other) == parent_of(path)]
    moved = [other for other in alike if key_of(other) == key_of(path)]
    return next(iter(moved or siblings), None)


def _is_as_common(view: View, path: str, other: str) -> bool:
    before, now = view.counts(path)[0], view.counts(other)[1]
    of_before, of_now = view.counts(_root(path))[0], view.counts(_root(other))[1]
    return before * of_now * 2 > now * of_before and now * of_before * 2 > before * of_now


def _root(path: str) -> str:
    return path[: path.index("$") + 1]


# Presence within a phase.


def _presence_changes(view: View, told: set[str], core: frozenset[str]) -> Iterator[Difference]:
    seen: set[str] = set()
    for path in _paths(view):
        if (
            _below_any(path, told | seen)
            or not all(view.counts(path))
            or path.endswith("[*]")
            or _in_map(view, path)
        ):
            continue
        for scope in view.phases:
            if change := _presence_change(view, path, scope, core):
                seen.add(path)
                yield change
                break


def _presence_change(view: View, path: str, scope: str, core: frozenset[str]) -> Difference | None:
    if not all(view.parents(path, scope)):
        return None
    (before, now), (of_before, of_now) = view.counts(path, scope), view.parents(path, scope)
    if view.is_always(path, 0, scope) and not view.is_always(path, 1, scope):
        whole = now - view.pair.now.count("gap", scope, path)
        rule = _missing_rule(view, path, scope, core)
        return Difference(
            rule=rule,
            where=path,
            detail=f"in the {scope} chunk",
            before=of(before, of_before),
            now=of(whole, of_now),
        )
    if _spread(view, path, scope):
        return Difference(
            rule="chunk-field-spread",
            where=path,
            detail=f"in the {scope} chunk",
            before=of(before, of_before),
            now=of(now, of_now),
        )
    return None


def _missing_rule(view: View, path: str, scope: str, core: frozenset[str]) -> str:
    if view.types(path, scope)[0] == {"null"}:
        return "chunk-null-absent"
    return "chunk-core-optional" if path in core and scope == Phase.TEXT else "chunk-field-optional"


def _spread(view: View, path: str, scope: str) -> bool:
    """Whether a field is in each chunk of a phase that had it nowhere, or in one only."""
    if key_of(path) in ("role", "content"):
        return False  # the order of the stream speaks of these
    before, now = view.counts(path, scope)
    if not before:
        return bool(now) and view.is_always(path, 1, scope)
    partly, full = view.pair.before.count("gap", scope, path), view.pair.counts("full", scope, path)
    return partly > 0 and not full[0] and full[1] > 0 and not view.pair.now.count("gap", scope, path)


# Words, forms, numbers.


def _word_changes(
    view: View, told: set[str], words: Listed, model: str, lists: tuple[str, ...] = ()
) -> Iterator[Difference]:
    for path in _paths(view):
        if _below_any(path, told) or not all(view.counts(path)) or _in_map(view, path):
            continue
        if path in lists or _is_closed(view, path):
            yield from _new_words(view, path, words.get(path, frozenset()), model)
        elif path != model:
            yield from _form_changes(view, path)
    for path in (path for path in told if path in _paths(view) and key_of(path) == "id"):
        yield from _form_changes(view, path)


def _is_closed(view: View, path: str) -> bool:
    """Whether the words of a place look like a list that somebody wrote down."""
    words = view.pair.before.vocabulary("value", path)
    if not words or view.pair.before.count("wordless", path) or key_of(path) in _OPEN_KEYS:
        return False
    if all(word.replace(".", "").isdigit() for word in words):
        return False
    if len(words) == 1:
        return view.kind == "chunk" or view.counts(path)[0] > 1
    return len(words) <= CLOSED and 2 * len(words) <= view.counts(path)[0]


def _new_words(view: View, path: str, excused: frozenset[str], model: str) -> Iterator[Difference]:
    before, now = view.pair.words("value", path)
    strange = bool(view.pair.now.count("wordless", path))
    new = now - before - excused
    if not new and not strange:
        return
    replaced = len(before) == 1 and not now & before and "null" not in view.types(path)[0]
    rule = f"{view.kind}-{'constant-changed' if replaced else 'value-new'}"
    if path == model:
        rule = "chunk-model-changed"
    yield Difference(
        rule=rule, where=path, before=listed(before), now=listed(now | ({"(no word)"} if strange else set()))
    )


def _form_changes(view: View, path: str) -> Iterator[Difference]:
    before, now = view.pair.words("format", path)
    if not before or not now or before & now or view.kind != "chunk":
        return
    if any(form in _FORMS or form.endswith("*") for form in before | now):
        yield Difference(rule="chunk-format-changed", where=path, before=listed(before), now=listed(now))


def _speaker_changes(view: View, told: set[str], words: Listed) -> Iterator[Difference]:
    for path in _paths(view):
        if key_of(path) in _SPEAKERS and "[*]" in path and not _below_any(path, told):
            before, now = view.pair.words("value", path)
            if before and (new := now - before - words.get(path, frozenset())):
                yield Difference(rule="request-value-new", where=path, before=listed(before), now=listed(new))
        elif view.types(path) == ({"boolean"}, {"boolean"}) and parent_of(path) == _root(path):
            before, now = view.pair.words("value", path)
            if len(before) == 1 and not before & now:
                yield Difference(
                    rule="request-constant-changed", where=path, before=listed(before), now=listed(now)
                )


def _index_changes(view: View, path: str) -> Iterator[Difference]:
    before, now = view.pair.words("value", path)
    single = not {"2", "3", "many"} & view.pair.words("length", parent_of(path).removesuffix("[*]"))[1]
    if before == {"0"} and now - before and single:
        yield Difference(rule="chunk-constant-changed", where=path, before=listed(before), now=listed(now))


def _number_changes(view: View, told: set[str]) -> Iterator[Difference]:
    for path in _paths(view):
        if path in told or _in_map(view, path) or key_of(path) == "index":
            continue
        before, now = view.pair.words("magnitude", path)
        if before and now and _is_other_magnitude(before, now):
            yield Difference(
                rule="chunk-magnitude-changed", where=path, before=listed(before), now=listed(now)
            )


def _is_other_magnitude(before: set[str], now: set[str]) -> bool:
    odd = {"zero", "negative"}
    if (now & odd) - before:
        return now <= odd or "negative" in now - before
    powers, known = ([int(word[1:]) for word in words - odd] for words in (now, before))
    if not powers or not known:
        return False
    far = 2 if min(known) >= TIMESTAMP else 4
    return min(powers) - max(known) >= far or min(known) - max(powers) >= far


def _length_changes(view: View, choices: str) -> Iterator[Difference]:
    before, now = view.pair.words("length", choices)
    if before and now - before - {"0"}:
        yield Difference(
            rule="chunk-array-length-changed", where=choices, before=listed(before), now=listed(now)
        )
    for path in _paths(view):
        before, now = view.pair.words("length", path)
        if path != choices and before and "0" not in before and now == {"0"}:
            yield Difference(rule="chunk-array-empty", where=path, before=listed(before), now=listed(now))


def _constancy_changes(view: View, id_: str, usage: str) -> Iterator[Difference]:
    for path in sorted(view.pair.keys("varies")):
        if parent_of(path) == "$" and path != usage and all(view.counts(path)):
            rule = "sequence-id-varies" if path == id_ else "sequence-value-varies"
            yield from appeared(
                view.pair, ("varies", path), ("path", view.scope, path), rule=rule, where=path
            )
