"""From what was seen to a JSON Schema (2020-12). Deterministic: the same corpus gives the same document.

The schema accepts every document of its corpus. It says more than types only where enough was seen to say it, and it
never repeats what people wrote: no examples, and words only of a list that is closed.

How much was seen stands beside each place as `x-observed`, a keyword that validators pass over.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Final, TypeAlias
from urllib.parse import quote

from harness.contract.inference.phases import in_order
from harness.contract.inference.summary import Summary

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping

    from harness.contract.inference.corpus import Corpus
    from harness.upstreams.upstream import ChunkMap, Upstream

Schema: TypeAlias = dict[str, object]

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
OBSERVED: Final = "x-observed"

ENOUGH_STREAMS: Final = 20
ENOUGH_VALUES: Final = 50
"""One of the two is enough to say more of a place than its types."""
LONGEST_LIST: Final = 8
"""Different words of a closed list: finish reasons, roles and kinds of objects are fewer."""
MANY_NAMES: Final = 24
"""Different names in objects of which none is in every object: such names are data, and the object is a map."""

_KINDS = ("array", "boolean", "integer", "null", "number", "object", "string")

_FREE: Final = frozenset(
    {
        *(
            "arguments",
            "content",
            "created",
            "created_at",
            "delta",
            "description",
            "email",
            "id",
            "input",
            "key",
        ),
        *("message", "model", "name", "output", "partial_json", "prompt", "query", "reasoning", "refusal"),
        *("signature", "summary", "system_fingerprint", "text", "thinking", "title", "token", "url", "user"),
    }
)
"""Fields that are never a closed list, however few words were seen: names, ids, and what people and models write."""
_FREE_ENDINGS = ("_id", "Id", "ID", "_name", "_text", "_at", "fingerprint")


def schema_of(corpus: Corpus, *, title: str, identifier: str, free: Collection[str] = ()) -> Schema:
    """The schema of a corpus: one definition for each phase, any of which a document may be.

    *free* are further fields that are never a closed list, such as those an upstream's text lies in.
    """
    free = _FREE | frozenset(free)
    phases = {name: _schema(corpus.phases[name], free) for name in in_order(list(corpus.phases))}
    seen: Schema = {"streams": corpus.streams, "documents": corpus.documents, "unread": corpus.unread}
    head: Schema = {
        "$schema": DIALECT,
        "$id": identifier,
        "title": title,
        "description": "Written from recordings: what was seen, not what was promised.",
        OBSERVED: seen,
    }
    if len(phases) < 2:
        only = next(iter(phases.values()), {})
        return head | only | {OBSERVED: _counts(only) | seen}
    return head | {
        "anyOf": [{"$ref": reference(name)} for name in phases],
        "$defs": phases,
    }


def reference(definition: str) -> str:
    """The `$ref` to a definition; names of events may hold what pointers and addresses escape (RFC 6901, 3 and 6)."""
    return "#/$defs/" + quote(definition.replace("~", "~0").replace("/", "~1"), errors="replace")


def free_fields(upstream: Upstream) -> frozenset[str]:
    """The fields in which the upstream's texts and ids lie, by their last key."""
    return frozenset(path[-1] for kind in upstream.events for path in _free_paths(kind) if path)


def _free_paths(kind: ChunkMap) -> tuple[tuple[str, ...], ...]:
    tools = kind.tools
    calls = (tools.id, tools.name, tools.arguments) if tools is not None else ()
    return (kind.text, kind.id, kind.created, kind.model, *calls)


def _schema(seen: Summary, free: Collection[str], name: str = "") -> Schema:
    """The schema of a place; *name* is that of the field it is in, empty where it is in none."""
    schema: Schema = {"type": _types(seen)} if seen.values else {}
    if "string" in seen.kinds:
        schema |= _words(seen, is_free=name in free or name.endswith(_FREE_ENDINGS))
    if seen.numbers is not None and seen.numbers[0] >= 0 and _is_enough(seen):
        schema["minimum"] = 0
    if "array" in seen.kinds:
        schema |= _array(seen, free, name)
    if "object" in seen.kinds:
        schema |= _object(seen, free)
    return schema | {OBSERVED: _observed(seen)}


def _types(seen: Summary) -> str | list[str]:
    kinds = [kind for kind in _KINDS if kind in seen.kinds]
    if "number" in kinds and "integer" in kinds:  # every integer is a number
        kinds.remove("integer")
    return kinds[0] if len(kinds) == 1 else list(kinds)


def _is_enough(seen: Summary) -> bool:
    return seen.streams >= ENOUGH_STREAMS or seen.values >= ENOUGH_VALUES


def _words(seen: Summary, *, is_free: bool) -> Schema:
    if not is_free and _is_closed(seen):
        words: list[object] = [*sorted(seen.words or ())]
        null: list[object] = [None] if "null" in seen.kinds else []
        return {"const": words[0]} if len(words) == 1 and not null else {"enum": [*words, *null]}
    formats = sorted(seen.formats or ()) if _is_enough(seen) else []
    return {"format": formats[0]} if formats else {}


def _is_closed(seen: Summary) -> bool:
    """Whether the words are all there are. One that a single stream said may be the first of many."""
    words = seen.words or {}
    return (
        0 < len(words) <= LONGEST_LIST
        and _is_enough(seen)
        and min(words.values()) > 1
        and seen.kinds.keys() <= {"string", "null"}
    )


def _array(seen: Summary, free: Collection[str], name: str) -> Schema:
    items: Schema = {} if seen.items is None else {"items": _schema(seen.items, free, name)}
    always = seen.sizes is not None and seen.sizes[0] > 0 and _is_enough(seen)
    return {**({"minItems": 1} if always else {}), **items}


def _object(seen: Summary, free: Collection[str]) -> Schema:
    fields = seen.fields
    if fields is None or _is_map(fields, seen.kinds["object"]):
        return {"additionalProperties": _schema(_all_values(seen), free)}
    if not fields:  # an empty object, or one deeper than was looked
        return {}
    required = sorted(name for name, inner in fields.items() if inner.values == seen.kinds["object"])
    properties = {name: _schema(fields[name], free, name) for name in sorted(fields)}
    return {"properties": properties, **({"required": required} if required else {})}


def _is_map(fields: Mapping[str, Summary], objects: int) -> bool:
    return len(fields) > MANY_NAMES and max(inner.values for inner in fields.values()) < objects


def _all_values(seen: Summary) -> Summary:
    """What was seen under any name; streams are not told apart, for one may hold several names."""
    whole = Summary()
    for inner in [*(seen.fields or {}).values(), *([seen.rest] if seen.rest is not None else [])]:
        whole.absorb(inner, weight=0)
    return whole


def _counts(schema: Schema) -> Schema:
    counts = schema.get(OBSERVED, {})
    return dict(counts) if isinstance(counts, dict) else {}


def _observed(seen: Summary) -> Schema:
    """Counts of a place. Lengths and sizes are told, values are not."""
    observed: Schema = {"values": seen.values, "streams": seen.streams}
    if len(seen.kinds) > 1:
        observed["types"] = {kind: seen.kinds[kind] for kind in _KINDS if kind in seen.kinds}
    if seen.lengths is not None:
        observed["lengths"] = list(seen.lengths)
    if seen.sizes is not None:
        observed["sizes"] = list(seen.sizes)
    return observed
