"""YAML's tags and plain scalars to Python values: only data, nothing is ever built or called. Pure.

Plain scalars mean what PyYAML's SafeLoader makes of them (YAML 1.1). Of the tags for Python objects those are
read that vcrpy's own safe loader lets pass; they become text, lists and bytes.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any

import yaml

from harness.cassette.fields import DocumentError

if TYPE_CHECKING:
    from collections.abc import Callable, Container

MAX_SCALAR = 1000
"""Characters of a number, date or word. PyYAML's numbers of base 60 take quadratic time."""

_STANDARD = "tag:yaml.org,2002:"
STRING_TAG = _STANDARD + "str"
_BINARY_TAG = _STANDARD + "binary"

LIST_TAGS: frozenset[str | None] = frozenset({None, "!", _STANDARD + "seq", _STANDARD + "python/tuple"})
_MAPPING_TAGS: frozenset[str | None] = frozenset({None, "!", _STANDARD + "map"})
_TEXT_TAGS = frozenset({STRING_TAG, _STANDARD + "python/str", _STANDARD + "python/unicode"})

_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_RESOLVERS: dict[str, list[tuple[str, Any]]] = yaml.resolver.Resolver.yaml_implicit_resolvers
_SCALARS: dict[str, Callable[[Any], object]] = {
    _STANDARD + "null": _CONSTRUCTOR.construct_yaml_null,
    _STANDARD + "bool": _CONSTRUCTOR.construct_yaml_bool,
    _STANDARD + "int": _CONSTRUCTOR.construct_yaml_int,
    _STANDARD + "float": _CONSTRUCTOR.construct_yaml_float,
    _STANDARD + "timestamp": _CONSTRUCTOR.construct_yaml_timestamp,
    _BINARY_TAG: _CONSTRUCTOR.construct_yaml_binary,
}


def line_of_event(event: Any) -> int:
    """The line an event stands in, 1 being the first."""
    return int(event.start_mark.line) + 1


def scalar_value(event: Any) -> object:
    """What a scalar means. Raises DocumentError for a tag that is not plain data, and for a value that is not
    what its tag says.
    """
    tag = event.tag
    if tag in (None, "!"):  # as PyYAML resolves them
        tag = implicit_tag(event.value) if event.implicit[0] else STRING_TAG
    if tag in _TEXT_TAGS:
        return event.value
    check_tag(tag, _SCALARS.keys(), event)
    try:
        if len(event.value) > MAX_SCALAR and tag != _BINARY_TAG:
            raise ValueError("too long")
        return _SCALARS[tag](yaml.ScalarNode(tag, event.value))
    except (yaml.YAMLError, ValueError, LookupError, OverflowError, AttributeError):
        raise DocumentError(
            "The cassette holds a scalar that is not what its tag says.",
            line=line_of_event(event),
            found=repr(tag[:80]),
        ) from None


def implicit_tag(value: str) -> str:
    """What a plain scalar means without a tag, by the rules of YAML 1.1 as PyYAML has them."""
    return _tag_of_word(value) if len(value) <= _WORD else _tag_of(value)


def _tag_of(value: str) -> str:
    for tag, pattern in _RESOLVERS.get(value[:1], ()):
        if pattern.match(value):
            return tag
    return STRING_TAG


_WORD = 40
"""Characters of the names and words that every interaction repeats."""
_tag_of_word = lru_cache(maxsize=4096)(_tag_of)


def check_tag(tag: str | None, allowed: Container[str | None], event: Any) -> None:
    """Raise DocumentError for a tag that is not among those allowed."""
    if tag not in allowed:
        raise DocumentError(
            "The cassette uses a YAML tag that is not plain data.",
            line=line_of_event(event),
            found=repr(str(tag)[:80]),
        )


# Mappings that stand for an object ------------------------------------------------------------------------------------


def _bytes_io(items: dict[Any, Any]) -> bytes:
    """A file-like request body of older vcrpy: the buffer's content, and nothing else of the object."""
    return _part((items.get("state") or (b"",))[0] or b"")


def _iterator(items: dict[Any, Any]) -> bytes:
    """A request body that was given as an iterator: its parts joined, a number being one byte."""
    parts: list[Any] = (items.get("args") or ([],))[0] or []
    return b"".join(bytes([part]) if isinstance(part, int) else _part(part) for part in parts)


def _part(part: Any) -> bytes:
    if not isinstance(part, str | bytes):
        raise TypeError("neither text nor bytes")
    return part.encode() if isinstance(part, str) else part


_OBJECTS: dict[str | None, Callable[[dict[Any, Any]], object]] = {
    _STANDARD + "python/object/new:_io.BytesIO": _bytes_io,
    _STANDARD + "python/object/apply:builtins.iter": _iterator,
}
"""The benign ones of vcrpy's own safe loader (vcr/serializers/yamlserializer.py)."""

MAPPING_TAGS = _MAPPING_TAGS | _OBJECTS.keys()


def mapping_value(items: dict[Any, Any], event: Any) -> object:
    """What a mapping means that began with *event*: itself, or the bytes of the object it stands for."""
    if event.tag not in _OBJECTS:
        return items
    try:
        return _OBJECTS[event.tag](items)
    except (TypeError, ValueError, IndexError, AttributeError, KeyError):
        raise DocumentError(
            "The cassette holds a damaged stored object.", line=line_of_event(event)
        ) from None
