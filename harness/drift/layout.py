"""The shape of a JSON document, and what follows from it: places, types, lengths, which number may be the sum of which.

A place is a JSONPath with `[*]` for the items of an array; keys that nobody chose (numbers, hashes) are `*`. A document
is taken apart into its shape and its scalars, so that all of this is worked out once for each shape. Pure.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass
from functools import lru_cache
from itertools import combinations
from typing import TYPE_CHECKING, NamedTuple, TypeAlias

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_DEPTH = 16
MAX_ITEMS = 64
"""Items of one array that are looked at."""
ANY = ""
"""The phase that stands for all phases."""

_NAME = re.compile(r"[A-Za-z_$][A-Za-z0-9_$-]*\Z")
_MADE_UP = re.compile(r"[0-9a-f]{8}[0-9a-f-]*\Z|[A-Za-z_-]*\d[A-Za-z0-9_-]{7,}\Z|\d")
"""Keys that a person did not choose: numbers, hashes, identifiers."""
_KINDS: dict[type, str] = {
    str: "string",
    int: "integer",
    float: "number",
    bool: "boolean",
    dict: "object",
    list: "array",
    type(None): "null",
}
_DEEP = "deep"
"""The shape of what lies too deep to be looked at."""

Shape: TypeAlias = "str | tuple[object, ...]"
"""A kind of scalar; or `("{", name, shape, ...)`; or `("[", length, shape, ...)`."""


class Sum(NamedTuple):
    """Which scalar may be the sum of which two, by their numbers; where it stands, and the names of the two."""

    total: int
    one: int
    other: int
    path: str
    parts: str


@dataclass(frozen=True, slots=True, eq=False)
class Layout:
    """What follows from a shape: the places of its values, how often an object and a field stood there, its scalars."""

    kinds: tuple[tuple[str, str], ...]
    lengths: tuple[tuple[str, str], ...]
    objects: dict[str, int]
    fields: dict[tuple[str, str], int]
    scalars: tuple[tuple[str, str], ...]
    """Place and kind of each scalar, in the order in which `take_apart` gives them; nulls are none."""
    sums: tuple[Sum, ...]


def take_apart(value: object, scalars: list[object], depth: int) -> Shape:
    """The shape of a document. Its scalars, but for nulls, are added to *scalars*, in the order of the document."""
    if isinstance(value, dict):
        if depth >= MAX_DEPTH:
            return _DEEP
        parts: list[object] = ["{"]
        for name, each in value.items():
            parts.append(_chosen(name))
            parts.append(take_apart(each, scalars, depth + 1))
        return tuple(parts)
    if isinstance(value, list):
        if depth >= MAX_DEPTH:
            return _DEEP
        items = [take_apart(each, scalars, depth + 1) for each in value[:MAX_ITEMS]]
        return ("[", min(len(value), 3), *items)
    if value is None:
        return "null"
    scalars.append(value)
    return _KINDS[type(value)]


@lru_cache(maxsize=1024)
def layout_of(shape: Shape) -> Layout:
    """What follows from this shape."""
    plan = _Plan()
    plan.visit(shape, "$")
    return Layout(
        tuple(plan.kinds),
        tuple(plan.lengths),
        plan.objects,
        plan.fields,
        tuple(plan.scalars),
        tuple(plan.sums),
    )


class _Plan:
    """A layout that is being worked out."""

    def __init__(self) -> None:
        self.kinds: dict[tuple[str, str], None] = {}
        self.lengths: dict[tuple[str, str], None] = {}
        self.objects: Counter[str] = Counter()
        self.fields: Counter[tuple[str, str]] = Counter()
        self.scalars: list[tuple[str, str]] = []
        self.sums: list[Sum] = []

    def visit(self, shape: Shape, path: str) -> None:
        """Walk in the order in which `take_apart` did."""
        if isinstance(shape, str):
            self.kinds[path, "object" if shape == _DEEP else shape] = None
            self.scalars += [] if shape in ("null", _DEEP) else [(path, shape)]
        elif shape[0] == "[":
            self.kinds[path, "array"] = None
            self.lengths[path, str(shape[1])] = None
            for item in shape[2:]:
                self.visit(item, f"{path}[*]")  # type: ignore[arg-type]
        else:
            self.visit_object(
                [(str(name), inner) for name, inner in zip(shape[1::2], shape[2::2], strict=True)], path
            )

    def visit_object(self, parts: list[tuple[str, object]], path: str) -> None:
        """The fields of an object, each with its shape."""
        self.kinds[path, "object"] = None
        self.objects[path] += 1
        self.fields.update({(path, name): 1 for name, _ in parts})
        whole: dict[str, int] = {}
        for name, inner in parts:
            whole |= {name: len(self.scalars)} if inner == "integer" else {}
            self.visit(inner, join(path, name))  # type: ignore[arg-type]
        self.sums += _sums_of(whole, path)


MAX_NAME = 40
"""Characters of an odd name that a path keeps; such names come from outside, and paths stand in reports."""


def join(path: str, name: str) -> str:
    """The path of a field; names that are no plain words are quoted."""
    return f"{path}.{name}" if _NAME.match(name) or name == "*" else f"{path}[{name[:MAX_NAME]!r}]"


def _sums_of(whole: dict[str, int], path: str) -> Iterator[Sum]:
    """Pairs of whole numbers that may add up to one called total."""
    for total in (name for name in whole if "total" in name.lower()) if len(whole) <= 8 else ():
        for one, other in combinations([name for name in whole if name != total], 2):
            yield Sum(whole[total], whole[one], whole[other], join(path, total), f"{one} + {other}")


@lru_cache(maxsize=4096)
def _chosen(name: str) -> str:
    """The name of a field; `*` for one that nobody chose."""
    return "*" if _MADE_UP.match(name) else name
