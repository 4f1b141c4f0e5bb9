"""What a streamed reply says, one small value a saying. Every upstream's chunks are read into these words.

Values only. `index` is the number of the choice (OpenAI's word for one of several answers), 0 for the first.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec


class Stamp(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """What a chunk says of the whole reply. None stands for what it does not say, or says in a wrong type."""

    id: str | None = None
    created: int | None = None
    model: str | None = None


class Started(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """A choice has begun, and *role* speaks."""

    role: str
    index: int = 0


class Delta(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """The next piece of a choice's text; never empty."""

    text: str
    index: int = 0


class ToolDelta(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """The next piece of a tool call: `call` is its number within the choice, `arguments` a piece of JSON
    text.
    """

    call: int = 0
    id: str | None = None
    name: str | None = None
    arguments: str = ""
    index: int = 0


class Finished(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """A choice has ended, and why: `stop`, `length` or another word of the upstream."""

    reason: str
    index: int = 0


class Usage(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """How many tokens the exchange took, as far as the upstream counts them."""

    prompt_tokens: int | None = None
    completion_tokens: int | None = None
    total_tokens: int | None = None


class Done(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """The terminal event: nothing follows it."""


class Failed(msgspec.Struct, frozen=True, tag=True, tag_field="kind"):
    """An error object stood in the place of a chunk."""

    message: str
    type: str | None = None
    code: str | int | None = None


ChatEvent: TypeAlias = Stamp | Started | Delta | ToolDelta | Finished | Usage | Done | Failed
