"""JavaScript's own conversions, as far as the server leans on them: `String`, `parseFloat` and `JSON.parse`.

Pure. The server hands the text of a `JSON.parse` error on to its clients, so that text is part of the wire.
It is Node 20's, measured (`tests/vectors/javascript-json-parse.json`); only where Node has finer words for a
broken number or a misspelt literal, this module has those of an unexpected token.
"""

from __future__ import annotations

import json
import math
import re
from functools import partial
from typing import TYPE_CHECKING, Final, NoReturn

if TYPE_CHECKING:
    from collections.abc import Callable

UNDEFINED: Final = object()
"""What JavaScript finds where a key is missing."""

_SPECIAL = ("undefined", "[object Object]")
_NUMBER = re.compile(r"\s*([+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?)", re.ASCII)
_STRING_OR_BRACKET = re.compile(r'"(?:[^"\\]|\\.)*"|[\[\]{}]', re.DOTALL)
_HEX = re.compile(r"[0-9a-fA-F]*")

_FINITE = 310
"""No whole number that JavaScript can hold has more digits and a sign."""

_CONTEXT = 10
"""V8's kMaxContextCharacters: so many characters are quoted on each side of an unexpected token."""


class JsonError(ValueError):
    """What `JSON.parse` throws; its text is Node's."""


def to_string(value: object) -> str:
    """`String(value)` for a value that came out of JSON, or UNDEFINED."""
    if isinstance(value, str):
        return value
    if isinstance(value, dict):
        return "[object Object]"
    if isinstance(value, list):
        return ",".join("" if item is None else to_string(item) for item in value)
    return "undefined" if value is UNDEFINED else json.dumps(value)


def parse_float(value: object) -> float:
    """`parseFloat(value)`: the number that the text begins with, else NaN."""
    found = _NUMBER.match(to_string(value))
    return float(found[1]) if found else math.nan


def json_parse(value: object) -> object:
    """`JSON.parse(value)`; JsonError where it throws, and on text nested deeper than Python reads."""
    text = to_string(value)
    if text in _SPECIAL:
        raise JsonError(f'"{text}" is not valid JSON')
    try:
        return json.loads(text, parse_constant=_refuse, parse_int=_integer)
    except json.JSONDecodeError as error:
        raise JsonError(_words(error.msg, text, error.pos)) from None
    except _ConstantError as name:
        raise JsonError(_unexpected(text, text.index(str(name)))) from None
    except RecursionError:
        raise JsonError("JSON nested too deeply") from None


def _integer(digits: str) -> float:
    """Exact while JavaScript's number is finite; behind that Python would refuse to read at some length."""
    return int(digits) if len(digits) <= _FINITE else float(digits)


class _ConstantError(Exception):
    """NaN or Infinity, which Python takes for JSON and JavaScript does not."""


def _refuse(name: str) -> NoReturn:
    raise _ConstantError(name)


def _words(python: str, text: str, at: int) -> str:
    for beginning, say in _SAYINGS.items():
        if python.startswith(beginning):
            return say(text, at)
    return _unexpected(text, at)


def _unexpected(text: str, at: int) -> str:
    if at >= len(text) or any(word.startswith(text[at:]) for word in ("true", "false", "null")):
        return "Unexpected end of JSON input"
    return f"Unexpected token '{text[at]}', {_quoted(text, at)} is not valid JSON"


def _quoted(text: str, at: int) -> str:
    if len(text) <= 2 * _CONTEXT:
        return f'"{text}"'
    start, end = max(0, at - _CONTEXT), at + _CONTEXT
    if at < _CONTEXT:
        return f'"{text[:end]}"...'
    return f'..."{text[start:end]}"' + ("..." if end < len(text) else "")


def _separator(text: str, at: int) -> str:
    if _innermost(text, at) == "{":
        return _at("Expected ',' or '}' after property value in JSON", text, at)
    return _at("Expected ',' or ']' after array element in JSON", text, at)


def _innermost(text: str, at: int) -> str:
    """The bracket that is open at `at`, nearest to it."""
    opened: list[str] = []
    for found in _STRING_OR_BRACKET.findall(text[:at]):
        if found in "[{":
            opened.append(found)
        elif found in "]}":
            opened.pop()
    return opened[-1]


def _property(text: str, at: int) -> str:
    if text[:at].rstrip().endswith(","):
        return _at("Expected double-quoted property name in JSON", text, at)
    return _at("Expected property name or '}' in JSON", text, at)


def _trailing_comma(text: str, at: int) -> str:
    """Python 3.13 and newer point at the comma, Node at the bracket behind it."""
    bracket = at + 1 + len(text[at + 1 :]) - len(text[at + 1 :].lstrip())
    return _property(text, bracket) if text[bracket] == "}" else _unexpected(text, bracket)


def _unterminated(text: str, at: int) -> str:
    if (len(text) - len(text.rstrip("\\"))) % 2:
        return "Unexpected end of JSON input"
    return _at("Unterminated string in JSON", text, len(text))


def _unicode_escape(text: str, at: int) -> str:
    digits = _HEX.match(text, at + 1)
    return _at("Bad Unicode escape in JSON", text, digits.end() if digits else at)


def _at(words: str, text: str, at: int) -> str:
    """JavaScript counts UTF-16 units where Python counts characters."""
    return f"{words} at position {len(text[:at].encode('utf-16-le', 'surrogatepass')) // 2}"


_SAYINGS: dict[str, Callable[[str, int], str]] = {
    "Expecting ',' delimiter": _separator,
    "Expecting ':' delimiter": partial(_at, "Expected ':' after property name in JSON"),
    "Expecting property name": _property,
    "Illegal trailing comma": _trailing_comma,
    "Unterminated string": _unterminated,
    "Invalid control character": partial(_at, "Bad control character in string literal in JSON"),
    "Invalid \\escape": lambda text, at: _at("Bad escaped character in JSON", text, at + 1),
    "Invalid \\uXXXX escape": _unicode_escape,
    "Extra data": partial(_at, "Unexpected non-whitespace character after JSON"),
}
"""How a message of Python's decoder begins -> the same fault in Node's words."""
