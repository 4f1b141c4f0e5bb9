"""jsonschema, the reference that explains, made safe for foreign documents: patterns run in an engine of linear time,
the same one that the fast validator has, and no document is ever fetched.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import lru_cache
from typing import TYPE_CHECKING, Any, TypeAlias

import jsonschema
import jsonschema_rs
from jsonschema import validators
from jsonschema_specifications import REGISTRY as META_SCHEMAS  # type: ignore[import-untyped]
from referencing.jsonschema import DRAFT202012

from harness.contract.bounds import ENGINE

if TYPE_CHECKING:
    import referencing

Errors: TypeAlias = Iterator[jsonschema.ValidationError]


def reference_for(schema: object, beside: Mapping[str, Any]) -> Any:
    """A validator of jsonschema's interface. References lead into *schema*, into *beside* by URI, or nowhere."""
    others = [(uri, DRAFT202012.create_resource(document)) for uri, document in beside.items()]
    registry: referencing.Registry[Any] = META_SCHEMAS.with_resources(others)
    return _Reference(schema, registry=registry)


def best_first(error: jsonschema.ValidationError) -> tuple[object, ...]:
    """Sorts errors: wrong before unknown, near the top before deep within, and a choice of shapes last of its depth."""
    unknown = error.validator in ("additionalProperties", "unevaluatedProperties")
    return unknown, len(error.absolute_path), error.validator in ("anyOf", "oneOf")


def nearest(error: jsonschema.ValidationError) -> jsonschema.ValidationError | None:
    """Of the shapes that a value could have had, what the one that comes nearest has against it."""
    by_shape: dict[object, list[jsonschema.ValidationError]] = {}
    for inner in error.context or ():
        by_shape.setdefault(next(iter(inner.schema_path), None), []).append(inner)
    closest = min(by_shape.values(), key=_distance, default=None)
    return None if closest is None else min(closest, key=best_first)


def _distance(errors: list[jsonschema.ValidationError]) -> tuple[object, ...]:
    """How far a shape is from the value: one of another type is farthest, then many errors, then errors at the top."""
    mistyped = any(not error.path and error.validator == "type" for error in errors)
    return mistyped, len(errors), -min((len(error.path) for error in errors), default=0)


def matches(pattern: str, text: str) -> bool:
    """Whether *pattern* is found in *text*, in time linear in the text. Half a surrogate pair matches as U+FFFD."""
    try:
        return bool(_searcher(pattern)(text))
    except ValueError:
        whole = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
        return bool(_searcher(pattern)(whole))


@lru_cache(maxsize=1000)
def _searcher(pattern: str) -> Callable[[str], bool]:
    return jsonschema_rs.Draft202012Validator({"pattern": pattern}, pattern_options=ENGINE).is_valid


def _pattern(validator: Any, pattern: str, instance: Any, _: Any) -> Errors:
    if validator.is_type(instance, "string") and not matches(pattern, instance):
        yield jsonschema.ValidationError("the text is not of the form")


def _pattern_properties(validator: Any, patterns: Mapping[str, Any], instance: Any, _: Any) -> Errors:
    if not validator.is_type(instance, "object"):
        return
    for pattern, inner in patterns.items():
        for key, value in instance.items():
            if matches(pattern, key):
                yield from validator.descend(value, inner, path=key, schema_path=pattern)


def _additional_properties(validator: Any, inner: Any, instance: Any, schema: Any) -> Errors:
    extras = additional(instance, schema) if validator.is_type(instance, "object") else []
    if inner is False and extras:
        yield jsonschema.ValidationError("properties that are not listed")
    for key in extras if inner is not False else ():
        yield from validator.descend(instance[key], inner, path=key)


def additional(instance: Mapping[str, object], schema: Mapping[str, Any]) -> list[str]:
    """The keys of an object that neither `properties` nor `patternProperties` of its schema speak of."""
    listed, patterns = schema.get("properties", {}), schema.get("patternProperties", {})
    return [
        key
        for key in instance
        if key not in listed and not any(matches(pattern, key) for pattern in patterns)
    ]


_Reference = validators.extend(  # type: ignore[no-untyped-call]
    jsonschema.Draft202012Validator,
    {
        "pattern": _pattern,
        "patternProperties": _pattern_properties,
        "additionalProperties": _additional_properties,
    },
)
