"""Which compatibility matters: what each rule means for four kinds of clients, who breaks, and where it was seen. Data.

The severities of `rules` are those for an SDK. A row says how they change for the other kinds; where it depends on
whether the client reads the place, `elsewhere` speaks of the places that nobody has to read for the text.
"""

from __future__ import annotations

from enum import StrEnum
from fnmatch import fnmatchcase
from functools import cache
from typing import TYPE_CHECKING

import msgspec

from harness.drift.rules import NEUTRAL, RULES
from harness.drift.stream import paths_of, texts_of
from harness.finding import Severity

if TYPE_CHECKING:
    from collections.abc import Container, Iterator

    from harness.upstreams.upstream import Upstream

ORDER = list(Severity)
AS_IS, WORSE, MILDER = 0, -1, 1
"""Steps on the scale of severities; a severity in their place holds whatever the rule says."""
RISKY, BREAKING, BENIGN = Severity.RISKY, Severity.BREAKING, Severity.BENIGN


class Clients(StrEnum):
    """Kinds of clients."""

    STRICT_TYPED = "strict-typed"
    SDK = "sdk"
    TOLERANT = "tolerant"
    WIRE = "wire"


MEANING = {
    Clients.STRICT_TYPED: "typed models that refuse fields, words and gaps that they do not declare",
    Clients.SDK: "typed but lenient, as openai-python is; the severities of the rules are theirs",
    Clients.TOLERANT: "a real parser of event streams; reads by name, asks first, ignores what it does not know",
    Clients.WIRE: "takes lines and bytes apart by hand, and reads the text only",
}

Effect = Severity | int


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """What some rules mean for clients that are no SDK. `rules` are ids, or families such as `framing-*`."""

    rules: str
    strict: Effect = AS_IS
    tolerant: Effect = AS_IS
    wire: Effect = AS_IS
    elsewhere: tuple[Effect, Effect] | None = None
    """Tolerant clients and by-hand ones, at places that they need not read."""
    who: str
    seen: tuple[str, ...] = ()
    """Threads on GitHub of clients that broke."""


ROWS = (
    Row(
        rules="request-* endpoint-gone credentials-required query-added",
        who="Whoever asks; how the reply is read makes no difference.",
    ),
    Row(
        rules="*-field-removed",
        elsewhere=(MILDER, BENIGN),
        who="Code that takes the field without asking, and models that require it.",
        seen=("NVIDIA/TensorRT-Edge-LLM/issues/93", "TabbyML/tabby/issues/3871"),
    ),
    Row(
        rules="*-field-added",
        strict=BREAKING,
        tolerant=BENIGN,
        wire=BENIGN,
        who="Models that forbid what they do not declare; others do not notice.",
    ),
    Row(
        rules="*-field-optional",
        strict=WORSE,
        elsewhere=(BENIGN, BENIGN),
        who="Code that takes the field without asking, and models that require it.",
        seen=("TabbyML/tabby/issues/3871",),
    ),
    Row(
        rules="*-field-everywhere *-field-moved",
        tolerant=MILDER,
        wire=MILDER,
        elsewhere=(BENIGN, BENIGN),
        who="Code that takes a field's presence, or its place in the stream, for a sign.",
        seen=("BerriAI/litellm/pull/9986",),
    ),
    Row(
        rules="*-field-type-changed",
        elsewhere=(MILDER, BENIGN),
        who="Typed decoders refuse the whole chunk; others fail where they use the value.",
        seen=("BoundaryML/baml/pull/1746", "sgl-project/sglang/issues/3912"),
    ),
    Row(
        rules="*-field-null",
        tolerant=MILDER,
        elsewhere=(BENIGN, BENIGN),
        who="Code that reads on below the value or joins it to a text, and models without null.",
        seen=("OpenRouterTeam/typescript-sdk/pull/220", "zed-industries/zed/issues/42893"),
    ),
    Row(
        rules="*-field-constant-changed *-field-word-new *-field-word-gone",
        strict=WORSE,
        wire=MILDER,
        elsewhere=(MILDER, BENIGN),
        who="Closed enumerations, and code that switches over the words it knows.",
        seen=("ollama/ollama/issues/4357", "openai/openai-dotnet/pull/389", "sgl-project/sglang/issues/3912"),
    ),
    Row(
        rules="*-field-format-changed *-field-magnitude-changed *-field-sum-broken",
        tolerant=MILDER,
        wire=BENIGN,
        who="Code that parses, stores or computes with the value.",
    ),
    Row(
        rules="*-field-array-empty",
        tolerant=MILDER,
        who="Code that takes the first item without asking.",
        seen=("pydantic/pydantic-ai/issues/164", "pydantic/logfire/issues/64", "awslabs/llmeter/pull/34"),
    ),
    Row(rules="*-field-array-longer", who="Code that takes the first item and forgets the others."),
    Row(
        rules="header-removed error-header-removed header-type-changed error-header-type-changed",
        tolerant=MILDER,
        wire=MILDER,
        who="Code that reads the header: request ids, limits, times to wait.",
    ),
    Row(
        rules="header-added error-header-added",
        tolerant=BENIGN,
        wire=BENIGN,
        who="Nobody; it may say how the service wants to be used.",
    ),
    Row(
        rules="status-changed content-type-changed charset-changed",
        who="Clients that compare the whole value, or choose their parser by it.",
    ),
    Row(
        rules="content-encoding-changed transfer-changed",
        wire=WORSE,
        who="Code that reads bytes below the HTTP library.",
    ),
    Row(
        rules="cache-control-changed caching-allowed buffering-changed origin-changed server-changed",
        who="What stands between the service and the client: caches, proxies, browsers.",
    ),
    Row(
        rules="http-version-changed deprecation-announced",
        who="All alike: limits differ, or every call fails after a day.",
    ),
    Row(
        rules="framing-*",
        wire=WORSE,
        who="Loops over lines that look for `data: `, and code that splits at two LF.",
        seen=(
            "openai/openai-python/issues/498",
            "farion1231/cc-switch/issues/1787",
            "kubernetes-sigs/inference-perf/pull/781",
        ),
    ),
    Row(
        rules="comments-new comment-as-data",
        wire=WORSE,
        who="Code that expects data in every line.",
        seen=(
            "mistralai/mistral-vibe/pull/774",
            "brainlid/langchain/pull/569",
            "mnfst/llm-gateway/issues/2053",
        ),
    ),
    Row(
        rules="event-field-* event-name-changed",
        wire=WORSE,
        who="Listeners for another type, and code whose events begin with `data`.",
    ),
    Row(
        rules="id-field-changed retry-field-changed",
        wire=RISKY,
        who="Clients that reconnect, and code whose events begin with `data`.",
    ),
    Row(rules="encoding-*", who="Strict decoders fail; others show rubbish."),
    Row(rules="chunk-not-json reply-without-chunks", who="All clients."),
    Row(
        rules="stream-broken",
        who="All clients: some fail, others take half an answer for a whole one.",
        seen=("openclaw/openclaw/issues/4298",),
    ),
    Row(
        rules="sentinel-* data-after-sentinel",
        wire=WORSE,
        who="Clients that wait for the last event, and code that compares the line with it.",
        seen=("cohere-ai/cohere-python/issues/756", "ikawrakow/ik_llama.cpp/issues/467"),
    ),
    Row(
        rules="role-missing role-repeated",
        tolerant=MILDER,
        wire=MILDER,
        who="Clients that begin a message with the role, or add up the deltas.",
        seen=("langwatch/langwatch/issues/6196", "maximhq/bifrost/pull/6541", "BerriAI/litellm/pull/9986"),
    ),
    Row(
        rules="role-with-text finish-with-text",
        who="Clients that take that chunk for a sign, and drop the words in it.",
        seen=("vllm-project/vllm/pull/36944",),
    ),
    Row(
        rules="finish-missing finish-repeated finish-early",
        who="Clients that wait for the reason of the end, or stop at the first one.",
        seen=("openclaw/openclaw/issues/4298",),
    ),
    Row(
        rules="usage-*",
        tolerant=MILDER,
        wire=MILDER,
        who="Bills and limits; and code that takes the first choice of a chunk that has none.",
        seen=(
            "pydantic/pydantic-ai/issues/164",
            "pydantic/logfire/issues/64",
            "zed-industries/zed/issues/42893",
        ),
    ),
    Row(rules="order-changed", who="Clients that walk through states."),
    Row(
        rules="id-varies id-repeated stamp-varies",
        tolerant=MILDER,
        wire=MILDER,
        who="Clients that gather chunks, or keep answers, by the id.",
        seen=("microsoft/foundry-local/issues/144", "microsoft/foundry-local/issues/221"),
    ),
    Row(
        rules="text-cumulative chunks-doubled index-counts-up answer-in-one-piece piece-size-changed",
        who="All clients: the text is another one, or does not stream.",
    ),
    Row(rules="model-changed", who="Nobody's parser; answers, prices and limits differ."),
    Row(
        rules="error-in-stream",
        strict=WORSE,
        who="Clients that look at the status alone, and models that know chunks only.",
        seen=("BerriAI/litellm/pull/25505",),
    ),
    Row(
        rules="error-status-changed error-as-success error-body-changed error-content-type-changed",
        who="Code that decides by it whether to try again, and fails while it handles a failure.",
    ),
    Row(rules="*-slower *-longer stream-buffered", who="Time limits, and people who wait."),
    Row(rules=" ".join(sorted(NEUTRAL)), who="Nobody: nothing was seen."),
)
"""The first row that names a rule speaks of it."""

UNSEEN = Row(rules="", who="Nothing is known about it.")


@cache
def row_of(rule: str) -> Row:
    """The row that speaks of a rule."""
    return next((row for row in ROWS if any(fnmatchcase(rule, name) for name in row.rules.split())), UNSEEN)


def severity_for(clients: Clients, rule: str, severity: Severity, *, read: bool = True) -> Severity:
    """What *severity* is for these clients. *read*: whether they have to read the place."""
    row = row_of(rule)
    tolerant, wire = row.elsewhere if row.elsewhere and not read else (row.tolerant, row.wire)
    effects = {Clients.STRICT_TYPED: row.strict, Clients.TOLERANT: tolerant, Clients.WIRE: wire}
    effect = effects.get(clients, AS_IS)
    if isinstance(effect, Severity):
        return effect
    return ORDER[min(max(ORDER.index(severity) + effect, 0), len(ORDER) - 1)]


def broken_by(rule: str) -> list[Clients]:
    """The kinds of clients that break."""
    return [each for each in Clients if severity_for(each, rule, RULES[rule].severity) is BREAKING]


def read_places(upstream: Upstream) -> frozenset[str]:
    """The places of a chunk that a client has to read: those of text, finish reason and error, and all above them."""
    maps = map(paths_of, upstream.events)
    ends = {found[name] for found in maps for name in ("text", "finish", "error") if name in found}
    return frozenset(place for end in ends | texts_of(upstream) for place in _above(end))


def is_read(where: str, places: Container[str]) -> bool:
    """Whether a client has to read there; whatever is no place of a chunk counts as read."""
    return not where.startswith("$") or where in places


def _above(path: str) -> Iterator[str]:
    """The path and all that holds it: `$.a[*].b` lies in `$.a[*]` and in `$.a`."""
    while path not in ("$", ""):
        yield path
        path = path.removesuffix("[*]") if path.endswith("[*]") else path.rpartition(".")[0]
