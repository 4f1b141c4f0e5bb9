"""JSON text to plain values, for files nobody vouches for: bounded depth, no repeated keys, no NaN. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from harness.cassette.fields import DocumentError
from harness.cassette.yamlread import MAX_DEPTH

if TYPE_CHECKING:
    from collections.abc import Iterable


def read_json(text: str) -> object:
    """The one value in *text*. Raises DocumentError with the line where it is known."""
    try:
        value = json.loads(text, object_pairs_hook=_no_repeats, parse_constant=_no_constant)
    except json.JSONDecodeError as error:
        raise DocumentError("The cassette is not valid JSON.", line=error.lineno, found=error.msg) from None
    except RecursionError:
        raise _too_deep() from None
    except ValueError:  # a whole number of thousands of digits
        raise DocumentError("The cassette holds an impossible number.") from None
    if is_deeper(value, MAX_DEPTH):
        raise _too_deep()
    return value


def _no_repeats(pairs: list[tuple[str, object]]) -> dict[str, object]:
    items = dict(pairs)
    if len(items) != len(pairs):
        raise DocumentError("The cassette has the same key twice in one mapping.")
    return items


def _no_constant(word: str) -> object:
    raise DocumentError("The cassette holds a word that is not JSON.", found=word)


def is_deeper(value: object, levels: int) -> bool:
    """Whether lists and mappings lie in one another deeper than so many levels. Goes down without recursion."""
    layer = [value] if isinstance(value, dict | list) else []
    for _ in range(levels - 1):
        layer = [item for parent in layer for item in _items(parent) if isinstance(item, (dict, list))]
        if not layer:
            return False
    return any(layer)


def _items(parent: Any) -> Iterable[object]:
    return parent.values() if isinstance(parent, dict) else parent


def _too_deep() -> DocumentError:
    return DocumentError(f"The cassette is nested deeper than {MAX_DEPTH} levels.")
