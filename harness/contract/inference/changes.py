"""What moved between two schemas of replies, and how bad it is for readers: two documents in, a report out.

Places that differ in the same way in several phases are one finding. What is not taken apart here (conditions,
patterns) is compared word by word, and a finding says that it differs.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import TYPE_CHECKING, TypeAlias

import msgspec

from harness.contract.inference.flat import (
    DEEPEST,
    Opened,
    Schema,
    properties_of,
    required_of,
    together,
    types_of,
    values_of,
)
from harness.contract.inference.phases import Phase
from harness.contract.inference.rules import RULES
from harness.contract.inference.schema import OBSERVED
from harness.contract.wording import any_path, found
from harness.finding import Evidence, Finding, Report, Severity, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable

Place: TypeAlias = tuple[str | int, ...]
Key: TypeAlias = tuple[str, Place, str]

_LOWER = ("minimum", "exclusiveMinimum", "minLength", "minItems", "minProperties")
_UPPER = ("maximum", "exclusiveMaximum", "maxLength", "maxItems", "maxProperties")

_INNER: Mapping[str, str | int] = {"items": 0, "additionalProperties": "*"}
"""Keywords with one schema for many values, and the step that stands for any of them."""

_WORDS_ONLY = frozenset(
    {
        *("$anchor", "$comment", "$defs", "$id", "$schema", "contentMediaType", "contentSchema", "default"),
        *("deprecated", "description", "examples", "readOnly", "title", "writeOnly", OBSERVED),
    }
)
_TAKEN_APART = frozenset(
    {
        *("type", "const", "enum", "properties", "required", "format", *_INNER),
        *_LOWER,
        *_UPPER,
    }
)


class Change(msgspec.Struct, frozen=True):
    """One difference at one place. `before` and `now` are words; what is said alike of several phases is one."""

    rule: str
    place: Place
    message: str
    before: str | None = None
    now: str | None = None

    @property
    def key(self) -> Key:
        return self.rule, self.place, self.message


def compare_schemas(old: Schema, new: Schema) -> Report:
    """Each difference that matters to readers of what *new* describes, who were used to *old*.

    Where both documents tell phases apart they are compared phase by phase, else as wholes. Raises `UsageError` for a
    reference that leads nowhere.
    """
    one, other = Opened(old), Opened(new)
    before, now = one.phases(), other.phases()
    if before is None or now is None:
        whole = _changes(_whole(one, old), _whole(other, new), (), (one, other))
        return _report({each.key: (each, []) for each in whole})
    told: dict[Key, tuple[Change, list[str]]] = {}
    for phase in [*before, *(name for name in now if name not in before)]:
        for change in _phase(phase, before, now, (one, other)):
            told.setdefault(change.key, (change, []))[1].append(phase)
    return _report(told)


def _phase(
    name: str, before: Mapping[str, Schema], now: Mapping[str, Schema], documents: tuple[Opened, Opened]
) -> Iterator[Change]:
    if name not in now:
        yield Change("phase-removed", (), f"there is no {name} chunk any more", before=_seen(before[name]))
    elif name not in before:
        yield Change("phase-added", (), f"there is a new kind of chunk, {name}", now=_seen(now[name]))
    else:
        yield from _changes(before[name], now[name], (), documents)


def _whole(document: Opened, schema: Schema) -> Schema:
    """A schema in one piece. An error in the place of a chunk is none: it would make every field optional."""
    phases = document.phases()
    if phases is None:
        return schema
    chunks = [each for name, each in phases.items() if name.split(".")[-1] != Phase.ERROR]
    return together(chunks or list(phases.values()), document)


def _changes(old: object, new: object, place: Place, documents: tuple[Opened, Opened]) -> Iterator[Change]:
    if len(place) > DEEPEST:
        return
    pair = documents[0].followed(old), documents[1].followed(new)
    for part in _PARTS:
        yield from part(*pair, place)
    yield from _fields(*pair, place, documents)
    for keyword, step in _INNER.items():
        inner = pair[0].get(keyword), pair[1].get(keyword)
        if isinstance(inner[0], Mapping) and isinstance(inner[1], Mapping):
            yield from _changes(*inner, (*place, step), documents)


def _types(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    before, now = _all_types(old), _all_types(new)
    words = {"before": _listed(before), "now": _listed(now)}
    for rule, more in (("null-added", now - before), ("null-removed", before - now)):
        if "null" in more:
            yield _change(rule, place, "may be null" if rule == "null-added" else "is never null", **words)
    added, removed = now - before - {"null"}, before - now - {"null"}
    if "number" in before:
        added -= {"integer"}
    if "number" in now:
        removed -= {"integer"}
    if added:
        yield _change("type-added", place, f"may be {_listed(added)}", **words)
    if removed:
        yield _change("type-removed", place, f"is never {_listed(removed)}", **words)


def _values(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    before, now = values_of(old), values_of(new)
    if before is not None and now is not None:
        words = {"before": _quoted(before), "now": _quoted(now)}
        if added := _without(now, before):
            yield _change("value-added", place, f"may be {_quoted(added)}", **words)
        if removed := _without(before, now):
            yield _change("value-removed", place, f"is never {_quoted(removed)}", **words)
    elif before is not None:
        yield _change("values-opened", place, "is no closed list any more", before=_quoted(before))
    elif now is not None:
        yield _change("values-closed", place, "is a closed list now", now=_quoted(now))


def _format(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    before, now = old.get("format"), new.get("format")
    if before != now and before is not None:
        yield _change("format-removed", place, f"need not be a {before}", before=str(before))
    if before != now and now is not None:
        yield _change("format-added", place, f"is always a {now}", now=str(now))


def _bounds(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    moved = [keyword for keyword in (*_LOWER, *_UPPER) if old.get(keyword) != new.get(keyword)]
    looser = [keyword for keyword in moved if _is_looser(keyword, old.get(keyword), new.get(keyword))]
    tighter = [keyword for keyword in moved if keyword not in looser]
    for rule, keywords in (("bound-loosened", looser), ("bound-tightened", tighter)):
        if keywords:
            words = {"before": _numbers(old, keywords), "now": _numbers(new, keywords)}
            yield _change(rule, place, f"has another {' and '.join(keywords)}", **words)


def _others(old: Schema, new: Schema, place: Place) -> Iterator[Change]:
    """What is not taken apart, word by word; `items` and the like where only one of the two has them."""
    keywords = sorted((old.keys() | new.keys()) - _TAKEN_APART - _WORDS_ONLY)
    for keyword in _INNER:
        if not (isinstance(old.get(keyword), Mapping) and isinstance(new.get(keyword), Mapping)):
            keywords.append(keyword)
    differ = [keyword for keyword in keywords if _bare(old.get(keyword)) != _bare(new.get(keyword))]
    if differ:
        yield _change("rule-changed", place, f"differs in {', '.join(differ)}")


_PARTS: tuple[Callable[[Schema, Schema, Place], Iterator[Change]], ...] = (
    _types,
    _values,
    _format,
    _bounds,
    _others,
)


def _fields(old: Schema, new: Schema, place: Place, documents: tuple[Opened, Opened]) -> Iterator[Change]:
    before, now = properties_of(old), properties_of(new)
    for name in sorted(before.keys() | now.keys()):
        here = (*place, name)
        if name not in now:
            kind = "field-removed" if name in required_of(old) else "optional-field-removed"
            yield _change(kind, here, "is gone", before=_seen(documents[0].followed(before[name])))
        elif name not in before:
            kind = "field-added" if name in required_of(new) else "optional-field-added"
            yield _change(kind, here, "is new", now=_seen(documents[1].followed(now[name])))
        else:
            yield from _requirement(name, old, new, here)
            yield from _changes(before[name], now[name], here, documents)


def _requirement(name: str, old: Schema, new: Schema, here: Place) -> Iterator[Change]:
    before, now = name in required_of(old), name in required_of(new)
    if before and not now:
        share = _share(name, new)
        yield _change("field-now-optional", here, "may be missing", before="always there", now=share)
    if now and not before:
        yield _change(
            "field-now-required", here, "is always there", before=_share(name, old), now="always there"
        )


def _change(
    rule: str, place: Place, says: str, *, before: str | None = None, now: str | None = None
) -> Change:
    return Change(rule, place, f"{any_path(place)} {says}", before, now)


def _report(told: Mapping[Key, tuple[Change, list[str]]]) -> Report:
    findings = sorted(
        (_finding(change, phases) for change, phases in told.values()),
        key=lambda each: (list(Severity).index(each.severity), each.where, each.rule),
    )
    return Report(_verdict(findings), tuple(findings), {"differences": len(findings)})


def _finding(change: Change, phases: list[str]) -> Finding:
    row = RULES[f"schema-{change.rule}"]
    in_phases = f" (in {', '.join(phases)})" if phases and not change.rule.startswith("phase-") else ""
    return Finding(
        rule=row.id,
        severity=row.severity,
        layer=row.layer,
        where=any_path(change.place),
        message=change.message + in_phases,
        help=row.help,
        evidence=Evidence(before=change.before, now=change.now),
    )


def _verdict(findings: Iterable[Finding]) -> Verdict:
    severities = {finding.severity for finding in findings}
    if severities & {Severity.BREAKING, Severity.RISKY}:
        return Verdict.DRIFT
    return Verdict.BENIGN if severities else Verdict.CLEAN


def _all_types(schema: Schema) -> frozenset[str]:
    """The types a value may have; a schema that names none allows all, unless it lists the values."""
    named = types_of(schema)
    if named:
        return named
    values = values_of(schema)
    if values is None:
        return frozenset({"array", "boolean", "null", "number", "object", "string"})
    return frozenset(_JSON_TYPES.get(type(value), "object") for value in values)


_JSON_TYPES = {
    str: "string",
    bool: "boolean",
    int: "integer",
    float: "number",
    type(None): "null",
    list: "array",
}


def _is_looser(keyword: str, before: object, now: object) -> bool:
    if not isinstance(before, int | float) or not isinstance(now, int | float):
        return now is None
    return now < before if keyword in _LOWER else now > before


def _numbers(schema: Schema, keywords: list[str]) -> str:
    return ", ".join("none" if schema.get(keyword) is None else str(schema[keyword]) for keyword in keywords)


def _without(values: list[object], others: list[object]) -> list[object]:
    """The values that are not among *others*; null is told with the types."""
    return [value for value in values if value is not None and value not in others]


def _listed(words: Iterable[str]) -> str:
    return " or ".join(sorted(words))


def _quoted(values: list[object]) -> str:
    return ", ".join(map(found, values))


def _bare(value: object) -> object:
    """A part of a schema without what only describes it."""
    if isinstance(value, Mapping):
        return {key: _bare(inner) for key, inner in value.items() if key not in _WORDS_ONLY}
    return [_bare(inner) for inner in value] if isinstance(value, list) else value


def _seen(schema: Schema) -> str | None:
    """How often an inferred schema's place was seen, in words."""
    counts = _counts(schema)
    if "values" not in counts or "streams" not in counts:
        return None
    return f"{counts['values']} times, streams: {counts['streams']}"


def _share(name: str, schema: Schema) -> str | None:
    """In how many objects a field was seen, in words."""
    field, objects = _counts(properties_of(schema).get(name)), _counts(schema)
    if "values" not in field or "values" not in objects:
        return None
    kinds = objects.get("types")
    among = kinds.get("object") if isinstance(kinds, Mapping) else objects["values"]
    return f"in {field['values']} of {among} objects"


def _counts(schema: object) -> Schema:
    counts = schema.get(OBSERVED) if isinstance(schema, Mapping) else None
    return counts if isinstance(counts, Mapping) else {}
