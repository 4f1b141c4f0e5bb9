"""The arguments of tool calls, joined piece by piece until somebody asks whether they are JSON.

Memory is bounded: when more than `ROOM` bytes wait at once, everything is let go, and nothing more is judged.
Time is linear: what was asked about is let go as well, so no character is read twice.
"""

from __future__ import annotations

import json
from typing import NoReturn, TypeAlias

ROOM = 2**20
"""Bytes of arguments that are kept for one stream. Calls of models are a few hundred."""

Call: TypeAlias = tuple[int, int]
"""A tool call: the number of its choice, and its own number in it."""


class Arguments:
    """What the calls of one stream have said so far."""

    def __init__(self, room: int = ROOM) -> None:
        self._room: int | None = room
        self._texts: dict[Call, bytearray] = {}

    def add(self, call: Call, piece: str) -> None:
        """The next piece of this call's arguments."""
        if self._room is None or not piece:
            return
        text = piece.encode(errors="surrogatepass")
        if len(text) > self._room:
            self._room = None
            self._texts.clear()
            return
        self._room -= len(text)
        self._texts.setdefault(call, bytearray()).extend(text)

    def take(self, call: Call) -> bool:
        """Whether the arguments of this call are JSON, or there is nothing to judge. They are let go.

        Empty arguments are none to judge: a function without parameters is called so, and clients pass `{}` on.
        """
        text = self._texts.pop(call, b"")
        if self._room is not None:
            self._room += len(text)
        return not text or is_json(text.decode(errors="surrogatepass"))

    def fork(self) -> Arguments:
        """The same arguments, to go on with apart."""
        other = Arguments()
        other._room = self._room
        other._texts = {call: bytearray(text) for call, text in self._texts.items()}
        return other


def is_json(text: str) -> bool:
    """Whether this is one JSON document. What is nested too deeply to tell gets the benefit of the doubt."""
    try:
        json.loads(text, parse_constant=_refuse, parse_int=str)
    except ValueError:
        return False
    except RecursionError:
        return True
    return True


def _refuse(word: str) -> NoReturn:
    raise ValueError(f"{word} is no JSON value")
