"""Chat events to the events of Vitalentum's stream: OpenAI's chunks of 2023, field by field.

Pure, and the way back from `harness.upstreams.reading`: reading what was written here gives the stamp and the
chat event again. The fields and their order are those of `gpt-3.5-turbo-0613` in recordings that others
published in June 2023: no `logprobs`, no `system_fingerprint`. Text is written as UTF-8, not escaped.
"""

from __future__ import annotations

import json
from typing import assert_never

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, Usage
from harness.sse import Event

Said = Started | Delta | Finished | Usage | Failed | Done
"""The chat events that this server has words for: it calls no tools."""


def write(said: Said, stamp: Stamp, *, indent: int | None = None) -> Event:
    """The stream event that says *said*. With *indent* the JSON is spread over lines, hence over `data:` lines."""
    if isinstance(said, Done):
        return Event("[DONE]")
    separators = (",", ":") if indent is None else None
    text = json.dumps(_document(said, stamp), ensure_ascii=False, separators=separators, indent=indent)
    return Event(text.encode(errors="backslashreplace").decode())  # half a character stays an escape


def _document(said: Started | Delta | Finished | Usage | Failed, stamp: Stamp) -> dict[str, object]:
    match said:
        case Started(role, index):
            return _chunk(stamp, _choice(index, {"role": role, "content": ""}))
        case Delta(text, index):
            return _chunk(stamp, _choice(index, {"content": text}))
        case Finished(reason, index):
            return _chunk(stamp, _choice(index, {}, reason))
        case Usage():
            return _chunk(stamp) | {"usage": {name: getattr(said, name) for name in Usage.__struct_fields__}}
        case Failed(message, type_, code):
            return {"error": {"message": message, "type": type_, "param": None, "code": code}}
    assert_never(said)


def _chunk(stamp: Stamp, *choices: dict[str, object]) -> dict[str, object]:
    return {
        "id": stamp.id,
        "object": "chat.completion.chunk",
        "created": stamp.created,
        "model": stamp.model,
        "choices": list(choices),
    }


def _choice(index: int, delta: dict[str, str], reason: str | None = None) -> dict[str, object]:
    return {"index": index, "delta": delta, "finish_reason": reason}
