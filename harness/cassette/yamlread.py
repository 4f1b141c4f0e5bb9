"""YAML text to plain values, for files nobody vouches for: bounded depth and count, no recursion, and of aliases
only what cannot grow. Pure.

Works on libyaml's events and builds the values itself: PyYAML's own C loader overruns the C stack on 30,000
nested lists and takes the process with it. What tags and scalars mean is the business of `yamlvalues`.
"""

from __future__ import annotations

import re
import sys
from typing import TYPE_CHECKING, Any

import yaml

from harness.cassette.fields import DocumentError, Place
from harness.cassette.yamlvalues import (
    LIST_TAGS,
    MAPPING_TAGS,
    check_tag,
    line_of_event,
    mapping_value,
    scalar_value,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

MAX_DEPTH = 64
"""Levels of nesting. A vcrpy tape has 7, plus those of a JSON body that was stored as a mapping."""
MAX_NODES = 5_000_000
"""Scalars and collections. A tape of 10,000 exchanges has some 600,000."""
MAX_REPEATED = 8 * 1024 * 1024
"""Characters that all aliases together may stand for. vcrpy writes one where a request's body names one object
twice.
"""

MAX_PREFIXES = 100
"""%TAG lines. No recorder writes one, and libyaml compares each with all before it: 80,000 of them took 15 s."""

_PREFIX = re.compile(rb"(?:\A|[\r\n]|\xc2\x85|\xe2\x80[\xa8\xa9])%TAG")

_MAX_KEY = sys.hash_info.modulus
"""From here on numbers share a hash, which is no secret as that of text is: 80,000 keys chosen so took 126 s."""

_DEEPER = f"The cassette is nested deeper than {MAX_DEPTH} levels."
_TOO_DEEP = "exceeded maximum nesting depth"
"""libyaml's own word for it, since PyYAML 6.0.4: it reads ahead, and meets its limit of 1,000 before ours is met."""

_LOADER: Any = getattr(yaml, "CSafeLoader", yaml.SafeLoader)


def read_yaml(text: str | bytes) -> object:
    """The one document in *text*, which is UTF-8 where it is bytes. Raises DocumentError with the line."""
    _refuse_prefixes(text.encode("utf-8", "replace") if isinstance(text, str) else text)
    tree = _Tree()
    for event in _events(text):
        step = tree.steps.get(type(event))
        if step is not None:
            step(event)
    return tree.document()


def line_of(text: str | bytes, place: Place) -> int | None:
    """The line (1 is the first) of the value at *place*, or of the nearest value around it."""
    line = None
    try:
        for here, number in _places(text):
            if here == place[: len(here)]:
                line = number
    except DocumentError:  # JSON that is no YAML: the place alone has to do
        return None
    return line


def _events(text: str | bytes) -> Iterator[Any]:
    try:
        loader = _LOADER(text)
        while (event := loader.get_event()) is not None:
            yield event
    except yaml.MarkedYAMLError as error:
        line = error.problem_mark.line + 1 if error.problem_mark else None
        if error.problem == _TOO_DEEP:
            raise DocumentError(_DEEPER, line=line) from None
        raise DocumentError("The cassette is not valid YAML.", line=line, found=error.problem) from None
    except yaml.reader.ReaderError as error:
        raise _forbidden(_line_at(text, error.position)) from None
    except (yaml.YAMLError, UnicodeEncodeError):
        raise _forbidden(None) from None


def _forbidden(line: int | None) -> DocumentError:
    return DocumentError(
        "The cassette holds characters that YAML forbids.", line=line, expected="printable text, UTF-8"
    )


def _line_at(text: str | bytes, position: int) -> int | None:
    return text.count(b"\n", 0, position) + 1 if isinstance(text, bytes) else None


def _refuse_prefixes(text: bytes) -> None:
    if text.count(b"%TAG") > MAX_PREFIXES < len(_PREFIX.findall(text)):
        raise DocumentError(f"The cassette has more than {MAX_PREFIXES} %TAG directives.", expected="none")


# Building -------------------------------------------------------------------------------------------------------------


class _Tree:
    """Grows one document out of events. Everything open at the moment lies on a stack, whose height is
    bounded.
    """

    def __init__(self) -> None:
        self._open: list[_List | _Mapping] = []
        self._roots: list[object] = []
        self._nodes = 0
        self._aliases = 0
        self._repeated = 0
        self._began: list[tuple[Any, int]] = []
        self._anchors: dict[str, tuple[object, int]] = {}
        self.steps: dict[type[Any], Callable[[Any], None]] = {
            yaml.ScalarEvent: self._scalar,
            yaml.SequenceStartEvent: lambda event: self._start(event, _List(event)),
            yaml.MappingStartEvent: lambda event: self._start(event, _Mapping(event)),
            yaml.SequenceEndEvent: self._end,
            yaml.MappingEndEvent: self._end,
            yaml.AliasEvent: self._alias,
        }
        """What each kind of event does; the others say nothing about values."""

    def document(self) -> object:
        if len(self._roots) != 1:
            raise DocumentError(
                "The cassette is empty." if not self._roots else "The file holds several YAML documents.",
                expected="one cassette",
            )
        return self._roots[0]

    def _scalar(self, event: Any) -> None:
        if event.anchor:
            self._anchors.pop(event.anchor, None)
        self._put(scalar_value(event), event)

    def _start(self, event: Any, collection: _List | _Mapping) -> None:
        if len(self._open) >= MAX_DEPTH:
            raise DocumentError(_DEEPER, line=line_of_event(event))
        self._anchors.pop(event.anchor, None)  # the name means this one from here on
        self._open.append(collection)
        self._began.append((event, self._aliases))

    def _end(self, event: Any) -> None:
        value = self._open.pop().value()
        began, aliases = self._began.pop()
        if began.anchor and aliases == self._aliases:  # what holds an alias itself could grow without end
            self._anchors[began.anchor] = value, event.end_mark.index - began.start_mark.index
        self._put(value, event)

    def _alias(self, event: Any) -> None:
        value, size = self._anchors.get(event.anchor, (None, MAX_REPEATED))
        self._aliases += 1
        self._repeated += size
        if self._repeated >= MAX_REPEATED:
            raise DocumentError(
                "The cassette uses a YAML alias for more than a short list or mapping without one.",
                line=line_of_event(event),
                help="write the value out in full where the alias stands",
            )
        self._put(value, event)

    def _put(self, value: object, event: Any) -> None:
        self._nodes += 1
        if self._nodes > MAX_NODES:
            raise DocumentError(f"The cassette has more than {MAX_NODES} values.", line=line_of_event(event))
        if self._open:
            self._open[-1].put(value, event)
        else:
            self._roots.append(value)


class _List:
    def __init__(self, event: Any) -> None:
        check_tag(event.tag, LIST_TAGS, event)
        self._items: list[object] = []

    def put(self, value: object, _: Any) -> None:
        self._items.append(value)

    def value(self) -> object:
        return self._items


class _Mapping:
    def __init__(self, event: Any) -> None:
        check_tag(event.tag, MAPPING_TAGS, event)
        self._began = event
        self._items: dict[Any, object] = {}
        self._key: object = _NO_KEY

    def put(self, value: object, event: Any) -> None:
        if self._key is _NO_KEY:
            self._key = self._checked_key(value, event)
        else:
            self._items[self._key], self._key = value, _NO_KEY

    def value(self) -> object:
        return mapping_value(self._items, self._began)

    def _checked_key(self, value: object, event: Any) -> object:
        if isinstance(value, (list, dict)):
            raise DocumentError("The cassette uses a collection as a key.", line=line_of_event(event))
        if isinstance(value, int) and abs(value) >= _MAX_KEY:
            raise DocumentError("The cassette uses a huge number as a key.", line=line_of_event(event))
        if value in self._items:
            raise DocumentError(
                "The cassette has the same key twice in one mapping.", line=line_of_event(event)
            )
        return value


_NO_KEY = object()


# Places ---------------------------------------------------------------------------------------------------------------


def _places(text: str | bytes) -> Iterator[tuple[Place, int]]:
    """The place and the line of each value. For error messages only."""
    steps: list[
        list[Any]
    ] = []  # of each open collection: the current key or index, and whether a key comes next
    for event in _events(text):
        if isinstance(event, yaml.CollectionEndEvent):
            steps.pop()
        elif isinstance(event, yaml.NodeEvent) and not _is_key(steps, event):
            yield tuple(step for step, *_ in steps), line_of_event(event)
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
