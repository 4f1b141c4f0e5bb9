"""A JSON document as places: every value with its JSONPath, array items under `[*]`. Pure, and linear.

Keys that look made up for the occasion (a number, an id) become `[*]` too: an object with such keys is a map, and its
keys are content.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

MAX_KEYS = 40
"""An object with more keys is a map."""

MAX_DEPTH = 12

_NAME = re.compile(r"[A-Za-z_$][A-Za-z_$\-]*[0-9]{0,2}\Z")
_PLAIN = re.compile(r"[A-Za-z_$][A-Za-z_$0-9]*\Z")

_OF_TYPE = {
    type(None): "null",
    bool: "boolean",
    int: "integer",
    float: "number",
    str: "string",
    dict: "object",
    list: "array",
}


class Node(NamedTuple):
    """One value of a document: where it is, in what, what it is."""

    path: str
    parent: str
    value: object


def kind_of(value: object) -> str:
    """The JSON Schema word for the type of a value; a number without a fraction part is an `integer`."""
    return _OF_TYPE[type(value)]


def nodes(document: object, root: str = "$") -> Iterator[Node]:
    """Every value of the document, outermost first; the root's parent is the empty path."""
    waiting = [(Node(root, "", document), 0)]
    while waiting:
        node, depth = waiting.pop()
        yield node
        if depth < MAX_DEPTH:
            waiting += [(inner, depth + 1) for inner in _inner(node)]


def parent_of(path: str) -> str:
    """The path of what holds this value; empty for the root."""
    if path.endswith("]"):
        return path[: path.rindex("[")]
    return path.rpartition(".")[0]


def key_of(path: str) -> str:
    """The last key of a path."""
    return path.rpartition(".")[2]


def is_below(path: str, above: str) -> bool:
    """Whether *path* lies inside *above*, or is it."""
    return path == above or path.startswith((f"{above}.", f"{above}["))


def path_of(keys: tuple[str, ...], root: str = "$") -> str:
    """The JSONPath that keys lead to."""
    return root + "".join(map(_step, keys))


def _inner(node: Node) -> list[Node]:
    path, value = node.path, node.value
    if isinstance(value, dict):
        steps = _steps(value)
        return [Node(path + step, path, inner) for step, inner in zip(steps, value.values(), strict=True)]
    if isinstance(value, list):
        return [Node(f"{path}[*]", path, inner) for inner in value]
    return []


def _steps(value: dict[str, object]) -> list[str]:
    if len(value) > MAX_KEYS:
        return ["[*]"] * len(value)
    return [_step(key) if _NAME.match(key) else "[*]" for key in value]


def _step(key: str) -> str:
    return f".{key}" if _PLAIN.match(key) else f"['{key}']"
