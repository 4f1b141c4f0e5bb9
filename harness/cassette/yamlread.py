"""YAML text to plain values, for files nobody vouches for: no code, no aliases, bounded depth and count.
Pure.

Works on libyaml's events and builds the values itself, without recursion: PyYAML's own C loader overruns the
C stack on 30,000 nested lists and takes the process with it. Plain scalars become what PyYAML's SafeLoader
makes of them (YAML 1.1).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import yaml

from harness.cassette.fields import DocumentError, Place

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_DEPTH = 64
"""Levels of nesting. A vcrpy tape has 7, plus those of a JSON body that was stored as a mapping."""
MAX_NODES = 5_000_000
"""Scalars and collections. A tape of 10,000 exchanges has some 600,000."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)
_STANDARD = "tag:yaml.org,2002:"
STRING_TAG = _STANDARD + "str"


def read_yaml(text: str) -> object:
    """The one document in *text*. Raises DocumentError with the line."""
    tree = _Tree()
    for event in _events(text):
        tree.take(event)
    return tree.document()


def line_of(text: str, place: Place) -> int | None:
    """The line (1 is the first) of the value at *place*, or of the nearest value around it."""
    line = None
    try:
        for here, number in _places(text):
            if here == place[: len(here)]:
                line = number
    except DocumentError:  # JSON that is no YAML: the place alone has to do
        return None
    return line


def _events(text: str) -> Iterator[Any]:
    try:
        yield from yaml.parse(text, Loader=_LOADER)
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        raise DocumentError("The cassette is not valid YAML.", line=line, found=error.problem) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise DocumentError(
            "The cassette holds characters that YAML forbids.", expected="printable text, UTF-8"
        ) from None


# Building -------------------------------------------------------------------------------------------------------------


class _Tree:
    """Grows one document out of events. Everything open at the moment lies on a stack, whose height is
    bounded.
    """

    def __init__(self) -> None:
        self._open: list[_List | _Mapping] = []
        self._roots: list[object] = []
        self._nodes = 0
        self._steps: dict[type[Any], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.SequenceStartEvent: lambda event: self._start(event, _List(event.tag, _line(event))),
            yaml.MappingStartEvent: lambda event: self._start(event, _Mapping(event.tag, _line(event))),
            yaml.SequenceEndEvent: self._end,
            yaml.MappingEndEvent: self._end,
            yaml.AliasEvent: self._alias,
        }

    def take(self, event: Any) -> None:
        step = self._steps.get(type(event))
        if step is not None:
            step(event)

    def document(self) -> object:
        if len(self._roots) != 1:
            raise DocumentError(
                "The cassette is empty." if not self._roots else "The file holds several YAML documents.",
                expected="one cassette",
            )
        return self._roots[0]

    def _scalar(self, event: Any) -> None:
        self._put(_scalar_value(event), event)

    def _start(self, event: Any, collection: _List | _Mapping) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise DocumentError(f"The cassette is nested deeper than {MAX_DEPTH} levels.", line=_line(event))
        self._open.append(collection)

    def _end(self, event: Any) -> None:
        self._put(self._open.pop().value(), event)

    def _alias(self, event: Any) -> None:
        raise DocumentError(
            "The cassette uses a YAML alias.",
            line=_line(event),
            help="write the value out in full where the alias stands",
        )

    def _put(self, value: object, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise DocumentError(f"The cassette has more than {MAX_NODES} values.", line=_line(event))
        if self._open:
            self._open[-1].put(value, event)
        else:
            self._roots.append(value)


class _List:
    def __init__(self, tag: str | None, line: int) -> None:
        _check_tag(tag, _PLAIN_LISTS, line)
        self._items: list[object] = []

    def put(self, value: object, _: Any) -> None:
        self._items.append(value)

    def value(self) -> object:
        return self._items


class _Mapping:
    def __init__(self, tag: str | None, line: int) -> None:
        _check_tag(tag, _PLAIN_MAPPINGS | _BENIGN_OBJECTS.keys(), line)
        self._finish = _BENIGN_OBJECTS.get(tag or "")
        self._line = line
        self._items: dict[Any, object] = {}
        self._key: object = _NO_KEY

    def put(self, value: object, event: Any) -> None:
        if self._key is _NO_KEY:
            self._key = self._checked_key(value, event)
        else:
            self._items[self._key], self._key = value, _NO_KEY

    def value(self) -> object:
        if self._finish is None:
            return self._items
        try:
            return self._finish(self._items)
        except (TypeError, ValueError, IndexError, AttributeError):
            raise DocumentError("The cassette holds a damaged stored object.", line=self._line) from None

    def _checked_key(self, value: object, event: Any) -> object:
        if isinstance(value, (list, dict)):
            raise DocumentError("The cassette uses a collection as a key.", line=_line(event))
        if value in self._items:
            raise DocumentError("The cassette has the same key twice in one mapping.", line=_line(event))
        return value


_NO_KEY = object()


def _line(event: Any) -> int:
    return int(event.start_mark.line) + 1


def _check_tag(tag: str | None, allowed: frozenset[str | None], line: int) -> None:
    if tag not in allowed:
        raise DocumentError(
            "The cassette uses a YAML tag that is not plain data.", line=line, found=repr(str(tag)[:80])
        )


def _bytes_io(items: dict[Any, Any]) -> bytes:
    """A file-like request body of older vcrpy: the buffer's content, and nothing else of the object."""
    content = (items.get("state") or (b"",))[0]
    return content.encode() if isinstance(content, str) else bytes(content or b"")


def _iterator(items: dict[Any, Any]) -> bytes:
    """A request body that was given as an iterator: its parts joined."""
    parts: list[Any] = (items.get("args") or ([],))[0] or []
    return b"".join(map(_part, parts))


def _part(part: Any) -> bytes:
    if isinstance(part, int):
        return bytes([part])
    return part.encode() if isinstance(part, str) else bytes(part)


# The benign ones of vcrpy's own safe loader (vcr/serializers/yamlserializer.py). They become data here, no objects.
_PLAIN_LISTS: frozenset[str | None] = frozenset({None, "!", _STANDARD + "seq", _STANDARD + "python/tuple"})
_PLAIN_MAPPINGS: frozenset[str | None] = frozenset({None, "!", _STANDARD + "map"})
_TEXT_TAGS = frozenset({STRING_TAG, _STANDARD + "python/str", _STANDARD + "python/unicode"})
_BENIGN_OBJECTS: dict[str, Callable[[dict[Any, Any]], object]] = {
    _STANDARD + "python/object/new:_io.BytesIO": _bytes_io,
    _STANDARD + "python/object/apply:builtins.iter": _iterator,
}


# Scalars --------------------------------------------------------------------------------------------------------------

_CONSTRUCTOR = yaml.constructor.SafeConstructor()
_RESOLVERS: dict[str, list[tuple[str, Any]]] = yaml.resolver.Resolver.yaml_implicit_resolvers
_SCALARS: dict[str, Callable[[Any], object]] = {
    _STANDARD + "null": _CONSTRUCTOR.construct_yaml_null,
    _STANDARD + "bool": _CONSTRUCTOR.construct_yaml_bool,
    _STANDARD + "int": _CONSTRUCTOR.construct_yaml_int,
    _STANDARD + "float": _CONSTRUCTOR.construct_yaml_float,
    _STANDARD + "binary": _CONSTRUCTOR.construct_yaml_binary,
    _STANDARD + "timestamp": _CONSTRUCTOR.construct_yaml_timestamp,
}


def _scalar_value(event: Any) -> object:
    tag = event.tag
    if tag in (None, "!"):  # as PyYAML resolves them
        tag = implicit_tag(event.value) if event.implicit[0] else STRING_TAG
    if tag in _TEXT_TAGS:
        return event.value
    if tag not in _SCALARS:
        raise DocumentError(
            "The cassette uses a YAML tag that is not plain data.", line=_line(event), found=repr(tag[:80])
        )
    try:
        return _SCALARS[tag](yaml.ScalarNode(tag, event.value))
    except (yaml.YAMLError, ValueError, KeyError, OverflowError, AttributeError):
        raise DocumentError(
            "The cassette holds a scalar that is not what its tag says.",
            line=_line(event),
            found=repr(tag[:80]),
        ) from None


def implicit_tag(value: str) -> str:
    """What a plain scalar means without a tag, by the rules of YAML 1.1 as PyYAML has them."""
    for tag, pattern in _RESOLVERS.get(value[:1], ()):
        if pattern.match(value):
            return tag
    return STRING_TAG


# Places ---------------------------------------------------------------------------------------------------------------


def _places(text: str) -> Iterator[tuple[Place, int]]:
    """The place and the line of each value. For error messages only."""
    steps: list[
        list[Any]
    ] = []  # of each open collection: the current key or index, and whether a key comes next
    for event in _events(text):
        if isinstance(event, yaml.CollectionEndEvent):
            steps.pop()
        elif isinstance(event, yaml.NodeEvent) and not _is_key(steps, event):
            yield tuple(step for step, *_ in steps), _line(event)
        if isinstance(event, yaml.CollectionStartEvent):
            steps.append([-1, isinstance(event, yaml.MappingStartEvent), False])


def _is_key(steps: list[list[Any]], event: Any) -> bool:
    """Advance to the next key or item; whether this event was only the key."""
    if not steps:
        return False
    step, is_mapping, has_key = steps[-1]
    if is_mapping and not has_key:
        steps[-1] = [getattr(event, "value", None), True, True]
        return True
    steps[-1] = [step if is_mapping else step + 1, is_mapping, False]
    return False
