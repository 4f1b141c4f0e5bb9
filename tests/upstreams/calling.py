"""An upstream that calls tools: Vitalentum's profile, with OpenAI's places for tool calls. Used by several tests."""

from __future__ import annotations

from msgspec.structs import replace

from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import Promises, Template, ToolMap

_VITALENTUM = get_upstream("vitalentum")
_TEMPLATE = """{
    "id": null, "object": "chat.completion.chunk", "created": null, "model": null,
    "choices": [{
        "index": 0,
        "delta": {"tool_calls": [{"index": 0, "function": {}}]},
        "finish_reason": null
    }]
}"""

CALLING = replace(
    _VITALENTUM,
    events=(
        replace(
            _VITALENTUM.events[0],
            tools=ToolMap(
                calls=("delta", "tool_calls"),
                number=("index",),
                id=("id",),
                name=("function", "name"),
                arguments=("function", "arguments"),
            ),
            templates=(
                Template(says=("role", "text", "tools", "finish", "usage"), json=_TEMPLATE),
                *_VITALENTUM.events[0].templates[1:],
            ),
        ),
    ),
    promises=Promises(role_first=True, constant=("id", "created", "model"), tool_ids=True, tool_numbers=True),
)
