"""One event of a stream while it is being written: a template, and what has been laid into it. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import msgspec

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.sse import Event
from harness.upstreams.reading import at

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.upstreams.upstream import ChunkMap, Path, Template, ToolMap

_WORDS: dict[type, str] = {
    Started: "role",
    Delta: "text",
    ToolDelta: "tools",
    Finished: "finish",
    Usage: "usage",
    Failed: "error",
    Done: "done",
}
"""The words that a template says it has a place for."""

_RANKS: dict[type, int] = {Started: 0, Delta: 1, ToolDelta: 2, Finished: 3}
"""The order in which a reader finds what one chunk says of a choice."""

_COUNTS = Usage.__struct_fields__


class Draft:
    """An event that is being written. Arrays of the template hold one item, a sample of what their items look like."""

    def __init__(self, chunk_map: ChunkMap, template: Template, stamp: Stamp) -> None:
        self._map = chunk_map
        self._says = template.says
        self._document: dict[str, Any] = msgspec.json.decode(template.json)
        self._sample = _sample(self._document, chunk_map.choices)
        tools = chunk_map.tools
        self._call = _taken_out(self._sample, tools.calls) if tools and tools.calls else {}
        self._choices: dict[int, dict[str, Any]] = {}
        self._ranks: dict[int, int] = {}
        self._last = -1
        for path in ("id", "created", "model") if "error" not in template.says else ():
            if (value := getattr(stamp, path)) is not None:
                _put(self._document, getattr(chunk_map, path), value)

    def takes(self, said: object) -> bool:
        """Whether this can be said here as well, and would be read in its turn."""
        if _WORDS[type(said)] not in self._says:
            return False
        if isinstance(said, Started | Delta | ToolDelta | Finished):
            return self._last < len(_RANKS) and self._takes_of_choice(said)
        if isinstance(said, Usage) and not self._takes_counts(said):
            return False
        return self._last < _AFTER[type(said)]

    def say(self, said: Any) -> None:
        """Lay it into the data."""
        _SAY[type(said)](self, said)
        self._last = _AFTER.get(type(said), 0)
        if self._last == 0:
            self._ranks[said.index] = _RANKS[type(said)]

    def event(self, indent: int | None) -> Event:
        separators = (",", ":") if indent is None else None
        text = json.dumps(self._document, ensure_ascii=False, separators=separators, indent=indent)
        # Half a character has no UTF-8, and stays an escape.
        return Event(text.encode(errors="backslashreplace").decode(), self._map.name)

    def _takes_of_choice(self, said: Started | Delta | ToolDelta | Finished) -> bool:
        numbered = bool(self._map.choices and self._map.index)
        if not numbered and said.index:
            return False
        if isinstance(said, ToolDelta) and not self._takes_call(said):
            return False
        rank, before = _RANKS[type(said)], self._ranks.get(said.index, -1)
        calls = self._map.tools is not None and self._map.tools.calls
        return rank > before or (isinstance(said, ToolDelta) and rank == before and bool(calls))

    def _takes_call(self, said: ToolDelta) -> bool:
        """Whether there is a path for each part, and the arguments come whole where the sample's do. A piece that gives
        neither id nor name is one of arguments, be it empty.
        """
        tools = self._map.tools
        if tools is None or not all(path or not part for path, part in _parts(tools, said)):
            return False
        if not (said.id or said.name or tools.arguments):
            return False
        return not isinstance(at(self._call, tools.arguments), dict) or _is_whole(said)

    def _takes_counts(self, said: Usage) -> bool:
        return bool(self._map.usage) or all(path or count is None for path, count in self._counts(said))

    def _counts(self, said: Usage) -> list[tuple[Path, int | None]]:
        """Each count with its own path, where there is one."""
        return [(getattr(self._map.counts, name, ()), getattr(said, name)) for name in _COUNTS]

    def _choice(self, index: int) -> dict[str, Any]:
        """The part of the data where this choice speaks, a copy of the sample where it is new."""
        if not self._map.choices:
            return self._document
        if index not in self._choices:
            choice = self._choices[index] = _copy(self._sample)
            _put(choice, self._map.index, index)
            _array(self._document, self._map.choices).append(choice)
        return self._choices[index]

    def _say_role(self, said: Started) -> None:
        """A choice that begins has an empty text until it has another."""
        _put(self._choice(said.index), self._map.role, said.role)
        _put(self._choice(said.index), self._map.text, "")

    def _say_text(self, said: Delta) -> None:
        _put(self._choice(said.index), self._map.text, said.text)

    def _say_tools(self, said: ToolDelta) -> None:
        tools = self._map.tools
        assert tools is not None  # takes() has looked
        call = self._choice(said.index)
        if tools.calls:
            calls = _array(call, tools.calls)
            call = _copy(self._call)
            calls.append(call)
        _lay_call(call, tools, said)

    def _say_finish(self, said: Finished) -> None:
        _put(self._choice(said.index), self._map.finish, said.reason)

    def _say_usage(self, said: Usage) -> None:
        if self._map.usage:
            _put(self._document, self._map.usage, {name: getattr(said, name) for name in _COUNTS})
            return
        for path, count in self._counts(said):
            if count is not None:
                _put(self._document, path, count)

    def _say_error(self, said: Failed) -> None:
        """The parts of an error object; its words alone where the template holds a text in its place."""
        if isinstance(at(self._document, self._map.error), str):
            _put(self._document, self._map.error, said.message)
            return
        for name in Failed.__struct_fields__:
            if (part := getattr(said, name)) is not None:
                _put(self._document, (*self._map.error, name), part)

    def _say_done(self, said: Done) -> None:
        """The terminal event is known by its name, unless the map says where it stands."""
        _put(self._document, self._map.done, True)


_AFTER: dict[type, int] = {Usage: 4, Failed: 5, Done: 6}
"""What comes behind all that the choices say, in this order."""

_SAY: dict[type, Callable[[Draft, Any], None]] = {
    kind: getattr(Draft, f"_say_{word}") for kind, word in _WORDS.items()
}


def _is_whole(said: ToolDelta) -> bool:
    try:
        arguments = msgspec.json.decode(said.arguments or "{}")
    except msgspec.DecodeError:
        return False
    return bool(said.name) and isinstance(arguments, dict)


def _lay_call(call: dict[str, Any], tools: ToolMap, said: ToolDelta) -> None:
    """Arguments are text, or a value where the sample holds one."""
    whole = isinstance(at(call, tools.arguments), dict)
    for path, part in _parts(tools, said):
        if part is not None:
            _put(call, path, part)
    if whole:
        _put(call, tools.arguments, msgspec.json.decode(said.arguments or "{}"))


def _parts(tools: ToolMap, said: ToolDelta) -> tuple[tuple[Path, str | int | None], ...]:
    return (
        (tools.number, said.call),
        (tools.id, said.id),
        (tools.name, said.name),
        (tools.arguments, said.arguments),
    )


def _put(document: dict[str, Any], path: Path, value: object) -> None:
    """Set the value that *path* leads to, with the objects on the way to it; nothing where there is no path."""
    for key in path[:-1]:
        inner = document.get(key)
        if not isinstance(inner, dict):
            inner = document[key] = {}
        document = inner
    if path:
        document[path[-1]] = value


def _array(document: dict[str, Any], path: Path) -> list[Any]:
    """The array that *path* leads to; a new one where there is none."""
    found = at(document, path)
    if not isinstance(found, list):
        found = []
        _put(document, path, found)
    return found


def _sample(document: dict[str, Any], path: Path) -> dict[str, Any]:
    """The one item of the template's array, taken out of it; where the data is the only choice, the data itself."""
    if not path:
        return document
    items = at(document, path)
    return items.pop() if isinstance(items, list) and items else {}


def _taken_out(choice: dict[str, Any], path: Path) -> dict[str, Any]:
    """The one item of an array that is only there when something is in it."""
    items = at(choice, path)
    around = at(choice, path[:-1]) if path[:-1] else choice
    if isinstance(around, dict):
        around.pop(path[-1], None)
    return items[0] if isinstance(items, list) and items else {}


def _copy(sample: dict[str, Any]) -> dict[str, Any]:
    copied: dict[str, Any] = msgspec.json.decode(msgspec.json.encode(sample))
    return copied
