"""What is to be known of an upstream, as one value: the words that a `profile.toml` may use. Holds no upstream's code.

A profile that says a word not listed here is refused.
"""

from __future__ import annotations

from enum import StrEnum
from typing import Literal, TypeAlias

import msgspec

from harness.errors import UsageError

Path: TypeAlias = tuple[str, ...]
"""The keys that lead from a JSON document to one of its values, outermost first. Empty: the value is not there."""


class Framing(StrEnum):
    """How events lie in the bytes of a reply."""

    SSE = "sse"
    """The event-stream standard (WHATWG HTML 9.2)."""
    NDJSON = "ndjson"
    """Each line is one event, and its text the event's data."""


class _Part(msgspec.Struct, frozen=True, kw_only=True, forbid_unknown_fields=True):
    """A table of the profile: immutable, and strict about its words."""


class ToolMap(_Part, frozen=True):
    """Where the parts of a tool call lie: `calls` within a choice, the others within one call."""

    calls: Path = ()
    """The array of calls. Empty: the choice itself is the one call, where it says anything of one."""
    number: Path = ()
    """Which call it is; where it is not there, the place in the array counts."""
    id: Path = ()
    name: Path = ()
    arguments: Path = ()


class UsageMap(_Part, frozen=True):
    """Where the counts of tokens lie in the data, for upstreams that do not use OpenAI's words for them."""

    prompt_tokens: Path = ()
    completion_tokens: Path = ()
    total_tokens: Path = ()


class Template(_Part, frozen=True):
    """A chunk as it is written: the JSON text of one that says nothing yet.

    `says` is what can be laid into it. An array of choices or of tool calls holds one item, a sample that its items are
    made from. Where the sample's arguments are an object, arguments are written as a value and not as text.
    """

    says: tuple[Literal["role", "text", "tools", "finish", "usage", "error", "done"], ...]
    json: str


class ChunkMap(_Part, frozen=True):
    """Where the parts of a reply lie in the data of one kind of event.

    `choices` leads to the array with one item a choice; where it is empty, the data is itself the only
    choice. `index`, `role`, `text`, `finish` and `tools` lie within a choice; the others within the data.
    """

    name: str = "message"
    """The event's type; "message" is the standard's word for an event that names none."""
    schema: str = "chunk"
    """The schema document that the data is held against."""
    choices: Path = ()
    index: Path = ()
    role: Path = ()
    text: Path = ()
    finish: Path = ()
    tools: ToolMap | None = None
    usage: Path = ()
    """The object with OpenAI's counts."""
    counts: UsageMap | None = None
    """Where each count lies instead; one that is there is enough."""
    id: Path = ()
    created: Path = ()
    model: Path = ()
    error: Path = ()
    done: Path = ()
    """The value `true` here says that this chunk is the stream's last."""
    reasons: tuple[str, ...] = ()
    """Why a choice may end, in the words that stand at `finish`: those that are written."""
    templates: tuple[Template, ...] = ()
    """How such an event is written, by a stand-in and by fuzzing; the first that can say something is taken."""


class Promises(_Part, frozen=True):
    """What the upstream keeps to in every stream, so that its breach is worth a finding."""

    role_first: bool = False
    """The first event of a choice says its role."""
    role_every: bool = False
    """Every chunk of a choice says its role, so that saying it again is nothing new."""
    tool_ids: bool = False
    """A tool call begins with an id of its own."""
    tool_numbers: bool = False
    """The tool calls of a choice are numbered 0, 1, 2 ... in the order in which they begin."""
    usage_once: bool = True
    """Tokens are counted once, after everything else. False: counts may come in any chunk, as running totals."""
    constant: tuple[Literal["id", "created", "model"], ...] = ()
    """These stay the same from the first chunk to the last."""


class ErrorMap(_Part, frozen=True):
    """How an error object of the service is known."""

    messages: tuple[Path, ...] = ()
    """Where its words lie; the first place that holds some counts."""
    own_upstream: tuple[str, ...] = ()
    """Keys at the top of an error object that say the failure lay behind the service, whatever the status."""


class ErrorReply(_Part, frozen=True):
    """One error reply of the service, as it comes over the wire."""

    name: str
    status: int
    content_type: str
    body: str


class Upstream(_Part, frozen=True):
    """An upstream: how to ask it, how to read it, what it promises."""

    name: str
    title: str
    base_url: str
    method: str
    path: str
    content_type: str
    """Of the request's body."""
    reply_type: str
    """The media type of a streamed reply, without parameters."""
    framing: Framing = Framing.SSE
    own_path: bool = True
    """The path is this service's alone and tells the upstream under any base URL. False: others use it too, and host
    or port of the base URL must fit as well."""
    terminal: str | None = None
    """The data of the event that ends a stream, or None."""
    terminal_event: str | None = None
    """The type of the event that ends a stream, or None."""
    json_strings: tuple[str, ...] = ()
    """Fields of the request whose string is itself a JSON document; each has a schema of its own name."""
    numeric_strings: tuple[str, ...] = ()
    """Fields of the request where the string "0.7" means the number 0.7."""
    volatile: tuple[str, ...] = ()
    """Fields of the request that differ from call to call, and are left out when requests are matched."""
    secret_keys: tuple[str, ...] = ()
    """Keys of JSON objects, on the way up or down, whose values never reach the disk."""
    schemas: tuple[str, ...] = ("request", "chunk", "error")
    """Names of the schema documents that belong to this upstream."""
    defaults: tuple[tuple[str, str | int | float | bool], ...] = ()
    """Fields of the request that the client fills in where the caller says nothing."""
    headers: tuple[tuple[str, str], ...] = ()
    """Headers the client sends; `{base_url}` stands for the base URL without a trailing slash."""
    reply_headers: tuple[tuple[str, str], ...] = ()
    """Headers of a streamed reply."""
    events: tuple[ChunkMap, ...] = ()
    """One map for each kind of event that carries a part of a reply."""
    strange_events: Literal["read", "skip"] = "read"
    """What a client does with an event of another kind: read it like the first kind listed, or skip it."""
    promises: Promises = Promises()
    errors: ErrorMap = ErrorMap()
    error_replies: tuple[ErrorReply, ...] = ()

    def url(self, base_url: str | None = None) -> str:
        """The address of the endpoint, under *base_url* or under the service's own."""
        return (base_url or self.base_url).rstrip("/") + self.path

    def request_headers(self, base_url: str | None = None) -> tuple[tuple[str, str], ...]:
        """The headers of a request; those that name the base URL (Origin, Referer) follow it."""
        base = (base_url or self.base_url).rstrip("/")
        return tuple((name, value.replace("{base_url}", base)) for name, value in self.headers)

    def error_reply(self, name: str) -> ErrorReply:
        """The service's own error reply of this *name*."""
        for reply in self.error_replies:
            if reply.name == name:
                return reply
        known = ", ".join(reply.name for reply in self.error_replies)
        raise UsageError(f"{self.title} has no error reply {name!r}", expected=f"one of {known}")

    @property
    def chunk_schemas(self) -> tuple[str, ...]:
        """Names of the schema documents that the data of events is held against."""
        return tuple(dict.fromkeys(kind.schema for kind in self.events))

    @property
    def has_end(self) -> bool:
        """Whether a stream says of itself that it is over."""
        says_so = self.terminal is not None or self.terminal_event is not None
        return says_so or any(kind.done for kind in self.events)

    def chunk_map(self, event: str) -> ChunkMap | None:
        """How to read an event of type *event*; None where it says nothing about the reply."""
        for kind in self.events:
            if kind.name == event:
                return kind
        return self.events[0] if self.events and self.strange_events == "read" else None
