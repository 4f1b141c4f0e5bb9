"""What the server does with a request's body first: it takes the question, or refuses in its own words.

Pure: a body in, a value out. Each refusal was seen on the wire of the open-source app that Vitalentum's path
and body come from, and is seen again by `tests/e2e`. The checks are JavaScript's, and so are their gaps.
"""

from __future__ import annotations

import json

import msgspec

from harness.upstreams.vitalentum.standin.javascript import UNDEFINED, JsonError, json_parse, parse_float

SERVER_ERROR = b"<!DOCTYPE html><html><body><h1>500: Internal Server Error</h1></body></html>"
"""The page of the framework, when the function itself throws."""


class Question(msgspec.Struct, frozen=True):
    """A conversation that the server will answer: (speaker, text) pairs, and what the last human said."""

    history: tuple[tuple[str, str], ...]

    @property
    def prompt(self) -> str:
        return next((text for speaker, text in reversed(self.history) if speaker == "human"), "")


class Refusal(msgspec.Struct, frozen=True):
    """An answer that is no stream."""

    status: int
    content_type: str
    body: bytes


CRASH = Refusal(500, "text/html; charset=utf-8", SERVER_ERROR)


def take_in(body: bytes) -> Question | Refusal:
    """The question in a request's body; a Refusal where the server has one."""
    try:
        fields = json_parse(body.decode("utf-8-sig", "replace"))
    except JsonError:
        return CRASH
    try:
        return _question(_history(fields))
    except (JsonError, _CheckError) as fault:
        return _refuse({"message": str(fault)})
    except (
        TypeError,
        RecursionError,
    ):  # thrown behind the checks: the app shows the error object, {} as JSON
        return _refuse({})


class _CheckError(Exception):
    """A check of the app's own did not pass."""


def _history(fields: object) -> object:
    if fields is None:
        raise _CheckError("Cannot read properties of null (reading 'conversation')")
    conversation = json_parse(_get(fields, "conversation"))
    history = _get(conversation, "history")
    if not _truthy(history):
        raise _CheckError("Invalid conversation")
    if not 0 <= parse_float(_get(fields, "temperature")) <= 1:
        raise _CheckError("Invalid temperature")
    return history


def _question(history: object) -> Question:
    if not isinstance(history, list) or None in history:
        raise TypeError("the history cannot be walked")
    return Question(tuple((_text(entry, "speaker"), _text(entry, "text")) for entry in history))


def _get(value: object, key: str) -> object:
    return value.get(key, UNDEFINED) if isinstance(value, dict) else UNDEFINED


def _text(entry: object, key: str) -> str:
    value = _get(entry, key)
    return value if isinstance(value, str) else ""


def _truthy(value: object) -> bool:
    """Empty lists and objects are true in JavaScript."""
    return value is not UNDEFINED and (isinstance(value, list | dict) or bool(value))


def _refuse(answer: dict[str, str]) -> Refusal:
    text = json.dumps(answer, separators=(",", ":"), ensure_ascii=False)
    return Refusal(400, "application/json", text.encode(errors="backslashreplace"))
