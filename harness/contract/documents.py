"""One schema document, ready to use: does a JSON value fit, and if not, where and why.

jsonschema-rs answers first and says which places do not fit; jsonschema, the reference, explains. Nothing is
ever fetched: a `$ref` that leaves the documents it was given is an error when the document is loaded, and so is
a document past the bounds of `harness.contract.bounds`.

Read strictly, a document is taken *closed*: a field it does not list is reported too, as a fault of its own kind,
so that the published schema can stay open and an addition upstream is still seen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from types import MappingProxyType
from typing import TYPE_CHECKING, Any, Literal, NoReturn, TypeAlias, get_args

import jsonschema_rs
import msgspec

from harness.contract.bounds import ENGINE, check_bounds
from harness.contract.reference import additional, best_first, nearest, reference_for
from harness.contract.wording import any_path, found, json_path
from harness.errors import UsageError

if TYPE_CHECKING:
    import jsonschema

Schema: TypeAlias = Mapping[str, object]
Reading: TypeAlias = Literal["strict", "tolerant"]
"""Whether a field that a schema does not list is a finding (strict) or not (tolerant)."""
READINGS: tuple[Reading, ...] = get_args(Reading)

Signature: TypeAlias = frozenset[tuple[object, ...]]
"""Which places of which schema do not fit, without the values: values of one signature have the same faults."""

_KEYWORDS = {
    "required": "field-missing",
    "type": "type-wrong",
    "const": "constant-wrong",
    "enum": "value-unknown",
    "minimum": "value-out-of-range",
    "maximum": "value-out-of-range",
    "exclusiveMinimum": "value-out-of-range",
    "exclusiveMaximum": "value-out-of-range",
    "multipleOf": "value-out-of-range",
    "minLength": "value-out-of-range",
    "maxLength": "value-out-of-range",
    "pattern": "value-out-of-range",
    "format": "value-out-of-range",
    "minItems": "value-out-of-range",
    "maxItems": "value-out-of-range",
    "uniqueItems": "value-out-of-range",
    "minProperties": "value-out-of-range",
    "maxProperties": "value-out-of-range",
    "additionalProperties": "field-unknown",
    "unevaluatedProperties": "field-unknown",
}
"""Keyword of the schema that is broken, and the ending of the rule's id. Any other keyword is `shape-wrong`."""

RULE_ENDINGS = frozenset({*_KEYWORDS.values(), "field-null", "shape-wrong"})
"""Every way in which a value can fail to fit, as the ending of a rule's id."""

_TYPES = {
    "null": "null",
    "boolean": "true or false",
    "integer": "a whole number",
    "number": "a number",
    "string": "a string",
    "array": "an array",
    "object": "an object",
}

_BOUNDS = {
    "minimum": "at least {}",
    "maximum": "at most {}",
    "minLength": "at least {} characters long",
    "maxLength": "at most {} characters long",
    "minItems": "at least {} items long",
    "maxItems": "at most {} items long",
    "pattern": "of the form {}",
}

_MAPS_OF_SCHEMAS = frozenset({"$defs", "properties", "patternProperties", "dependentSchemas"})
_LISTS_OF_SCHEMAS = frozenset({"allOf", "anyOf", "oneOf", "prefixItems"})
_SCHEMAS = frozenset({"items", "contains", "additionalProperties", "not", "if", "then", "else"})
"""Keywords whose value holds schemas; what lies under any other keyword is data."""


class Fault(msgspec.Struct, frozen=True):
    """One place of a value that does not fit. `rule` is the id without the document's prefix."""

    rule: str
    where: str
    message: str


class Document:
    """A schema document, compiled.

    *beside* holds the documents that it may refer to, by URI; nothing else is ever looked up. Raises `UsageError`
    for what is no schema or points elsewhere, and `LimitError` for one past a bound.
    """

    def __init__(
        self,
        schema: Schema | bool,
        *,
        reading: Reading = "strict",
        beside: Mapping[str, Schema | bool] = MappingProxyType({}),
    ) -> None:
        plain = dict(schema) if isinstance(schema, Mapping) else schema
        for document in (plain, *beside.values()):
            check_bounds(document, dialects=beside)
        self.schema = _closed_if(plain) if checked_reading(reading) == "strict" else plain
        """The document as it is used, closed or not."""
        _compiled(
            _pinned(self.schema), beside
        )  # refuses what the fast validator would look up only when used
        self._fast = _compiled(self.schema, beside)
        self._reference = reference_for(self.schema, beside)

    def fits(self, value: object) -> bool:
        """Whether *value* has no fault at all."""
        try:
            return bool(self._fast.is_valid(value))
        except ValueError:  # half a surrogate pair: JSON and Python hold it, Rust's strings do not
            return not self._explained(value)

    def signature(self, value: object) -> Signature:
        """Which faults there are, told apart without their values; empty where *value* fits."""
        try:
            errors = () if self._fast.is_valid(value) else self._fast.iter_errors(value)
            return frozenset(_sign(error) for error in errors)
        except ValueError:
            return frozenset((fault.rule, fault.where) for fault in self._explained(value))

    def faults(self, value: object) -> tuple[Fault, ...]:
        """Each place that does not fit, in words, the best first: what is wrong before what is unknown, near the top
        before deep within. A wrong type hides what else is wrong at its place.
        """
        faults = self._explained(value)
        return faults or (() if self.fits(value) else (_UNEXPLAINED,))

    def first(self, value: object) -> Fault | None:
        """The best of its faults, for whoever wants one; None where *value* fits."""
        return next(iter(self.faults(value)), None)

    def _explained(self, value: object) -> tuple[Fault, ...]:
        try:
            errors = sorted(self._reference.iter_errors(value), key=best_first)
        except RecursionError:
            return (_ENDLESS,)
        mistyped = {tuple(error.absolute_path) for error in errors if error.validator == "type"}
        kept = (e for e in errors if e.validator == "type" or tuple(e.absolute_path) not in mistyped)
        return tuple(dict.fromkeys(fault for error in kept for fault in _faults(error)))


_ENDLESS = Fault("shape-wrong", "$", "$ goes deeper than it can be compared with the schema")
_UNEXPLAINED = Fault("shape-wrong", "$", "$ is not what the schema asks for")


def checked_reading(reading: str) -> Reading:
    """The word, if it is one of the readings. Raises `UsageError`."""
    for known in READINGS:
        if reading == known:
            return known
    raise UsageError(f"there is no reading {reading!r}", expected=" or ".join(READINGS))


def _compiled(
    schema: dict[str, Any] | bool, beside: Mapping[str, Schema | bool]
) -> jsonschema_rs.Draft202012Validator:
    others: Any = [(uri, document) for uri, document in beside.items()]
    options: dict[str, Any] = {"retriever": _refuse, "pattern_options": ENGINE}
    if others:
        options["registry"] = jsonschema_rs.Registry(others, retriever=_refuse)
    try:
        return jsonschema_rs.Draft202012Validator(schema, **options)
    except (ValueError, jsonschema_rs.ReferencingError) as why:
        raise UsageError(
            f"this is no usable schema document: {str(why).splitlines()[0]}", help=_help(why)
        ) from None


def _pinned(value: Any) -> Any:
    """The document with a `$ref` beside each `$dynamicRef` that names a document: to be resolved, never used."""
    if isinstance(value, list):
        return [_pinned(item) for item in value]
    if not isinstance(value, Mapping):
        return value
    pinned = {key: _pinned(item) for key, item in value.items()}
    named = value.get("$dynamicRef")
    if isinstance(named, str) and not named.startswith("#"):
        others = pinned.get("$defs")
        pinned["$defs"] = {**(others if isinstance(others, dict) else {}), "$dynamicRef": {"$ref": named}}
    return pinned


def _help(why: Exception) -> str | None:
    if "retrieving it failed" in str(why):
        return "put what it refers to under $defs of the same document, and write #/$defs/NAME"
    if str(why).splitlines()[0].endswith('is not a "regex"'):
        return (
            "patterns have no look-around and no back references here, and repeat a bounded number of times"
        )
    return None


def _closed(schema: Schema) -> dict[str, object]:
    """The schema, with every object that lists its properties closed, unless it says itself how open it is."""
    closed: dict[str, object] = {}
    for keyword, value in schema.items():
        if keyword in _MAPS_OF_SCHEMAS and isinstance(value, Mapping):
            closed[keyword] = {name: _closed_if(item) for name, item in value.items()}
        elif keyword in _LISTS_OF_SCHEMAS and isinstance(value, list):
            closed[keyword] = [_closed_if(item) for item in value]
        else:
            closed[keyword] = _closed_if(value) if keyword in _SCHEMAS else value
    if "properties" in closed and "type" in closed:
        closed.setdefault("additionalProperties", False)
    return closed


def _closed_if(value: object) -> Any:
    return _closed(value) if isinstance(value, Mapping) else value


def _refuse(uri: str) -> NoReturn:
    raise ValueError(f"a schema document may not point outside of itself, and this one points to {uri}")


_NAMING = ("required", "additionalProperties", "unevaluatedProperties")
"""Keywords whose error is about keys: which ones, belongs to the kind of fault."""


def _sign(error: jsonschema_rs.ValidationError) -> tuple[object, ...]:
    detail = error.kind.as_dict() if error.kind.name in _NAMING else None
    path = tuple("*" if isinstance(key, int) else key for key in error.instance_path)
    return (error.kind.name, path, tuple(error.schema_path), error.instance is None, str(detail))


def _faults(error: jsonschema.ValidationError) -> Iterator[Fault]:
    path = list(error.absolute_path)
    keyword = str(error.validator)
    rule = _KEYWORDS.get(keyword, "shape-wrong")
    if rule == "field-missing":
        for name in _missing(error):
            yield Fault(rule, any_path([*path, name]), f"{json_path([*path, name])} is missing")
    elif keyword == "additionalProperties":
        for name in _unknown(error):
            yield Fault(rule, any_path([*path, name]), f"{json_path([*path, name])} is not in the schema")
    elif keyword == "type" and error.instance is None:
        yield Fault("field-null", any_path(path), f"{json_path(path)} is null, not {_expected(error)}")
    else:
        said = f"{json_path(path)} is {found(error.instance)}, not {_expected(error)}"
        yield Fault(rule, any_path(path), said)


def _missing(error: jsonschema.ValidationError) -> list[str]:
    required: Any = error.validator_value
    there: Any = error.instance
    return [name for name in required if name not in there]


def _unknown(error: jsonschema.ValidationError) -> list[str]:
    schema: Any = error.schema
    there: Any = error.instance
    return additional(there, schema)


def _expected(error: jsonschema.ValidationError) -> str:
    value: Any = error.validator_value
    match error.validator:
        case "type":
            return " or ".join(_TYPES[name] for name in (value if isinstance(value, list) else [value]))
        case "const":
            return found(value)
        case "enum":
            return "one of " + ", ".join(map(found, value))
        case "anyOf" | "oneOf":
            return _offered(error)
        case "unevaluatedProperties":
            return "without fields that the schema does not speak of"
    return _BOUNDS.get(str(error.validator), f"what the schema asks for: {error.validator} {{}}").format(
        value
    )


def _offered(error: jsonschema.ValidationError) -> str:
    """A choice of shapes, and what the nearest of them misses."""
    if error.validator == "oneOf" and not error.context:
        return "one alone of the shapes the schema offers"
    closest = nearest(error)
    missed = None if closest is None else next(_faults(closest), None)
    tail = "" if missed is None else f"; the nearest: {missed.message}"
    return f"any of the shapes the schema offers{tail}"
