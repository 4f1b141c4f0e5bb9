"""Changes of a service, one row each: what is changed, and what a tool should say of it. Data, and small functions.

Severity and place are those that a person would give. Where two places are as good, both are listed.
"""

from __future__ import annotations

import copy
import json
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from harness.cassette.model import End

if TYPE_CHECKING:
    from collections.abc import Callable

    from benchmarks.drift.corpus import Talk

BREAKING, RISKY, ADDITIVE, BENIGN = "breaking", "risky", "additive", "benign"
CONTENT, FINISH, CHOICES = "$.choices[*].delta.content", "$.choices[*].finish_reason", "$.choices"


@dataclass(frozen=True)
class Operator:
    """One named change. *share*: of the new recordings, how many it touches."""

    name: str
    layer: str
    severity: str
    where: tuple[str, ...]
    change: Callable[[Talk], None]
    flavour: str = "plain"
    share: float = 1.0


# How changes are made.


def each(change: Callable[[dict[str, Any]], None]) -> Callable[[Talk], None]:
    """Of every chunk."""

    def apply(soft: Talk) -> None:
        soft.chunks = copy.deepcopy(soft.chunks)
        for chunk in soft.chunks:
            if isinstance(chunk, dict):
                change(chunk)

    return apply


def choice(change: Callable[[dict[str, Any]], None]) -> Callable[[Talk], None]:
    """Of every choice of every chunk."""
    return each(lambda chunk: [change(inner) for inner in chunk.get("choices", ())] and None)


def delta(change: Callable[[dict[str, Any]], None]) -> Callable[[Talk], None]:
    """Of every delta that holds text."""
    return choice(lambda inner: change(inner["delta"]) if inner["delta"].get("content") else None)


def put(path: str, value: Any) -> Callable[[Talk], None]:
    """A field of every chunk; `choices.` begins a field of every choice."""
    if path.startswith("choices."):
        return choice(lambda inner: inner.__setitem__(path.removeprefix("choices."), value))
    return each(lambda chunk: chunk.__setitem__(path, value))


def drop(path: str) -> Callable[[Talk], None]:
    if path.startswith("choices."):
        return choice(lambda inner: inner.pop(path.removeprefix("choices."), None) and None)
    return each(lambda chunk: chunk.pop(path, None) and None)


def rename(path: str, new: str) -> Callable[[Talk], None]:
    def change(where: dict[str, Any]) -> None:
        if (old := path.rpartition(".")[2]) in where:
            where[new] = where.pop(old)

    return choice(change) if path.startswith("choices.") else each(change)


def attr(name: str, value: Any) -> Callable[[Talk], None]:
    return lambda soft: setattr(soft, name, value)


def chunks(change: Callable[[list[Any], Talk], list[Any]]) -> Callable[[Talk], None]:
    """Of the list of chunks."""

    def apply(soft: Talk) -> None:
        soft.chunks = change(copy.deepcopy(soft.chunks), soft)

    return apply


def header(name: str, value: str | None) -> Callable[[Talk], None]:
    """A header of the reply set, or taken away."""

    def apply(soft: Talk) -> None:
        kept = [(key, old) for key, old in soft.headers if key.lower() != name.lower()]
        soft.headers = kept if value is None else [*kept, (name, value)]

    return apply


def sent(name: str, value: str | None) -> Callable[[Talk], None]:
    def apply(soft: Talk) -> None:
        kept = [(key, old) for key, old in soft.request_headers if key.lower() != name.lower()]
        soft.request_headers = kept if value is None else [*kept, (name, value)]

    return apply


def field(name: str, value: Any) -> Callable[[Talk], None]:
    return lambda soft: soft.fields.__setitem__(name, value)


def raw(change: Callable[[bytes], bytes]) -> Callable[[Talk], None]:
    return attr("bytes_", change)


def both(*changes: Callable[[Talk], None]) -> Callable[[Talk], None]:
    def apply(soft: Talk) -> None:
        for change in changes:
            change(soft)

    return apply


def answers(status: int, body: Any, kind: str = "application/json", **headers: str) -> Callable[[Talk], None]:
    """Another answer in the place of the reply."""

    def apply(soft: Talk) -> None:
        soft.status, soft.headers = status, [("Content-Type", kind), *headers.items()]
        soft.body = body.encode() if isinstance(body, str) else json.dumps(body).encode()

    return apply


def error(change: Callable[[dict[str, Any]], Any]) -> Callable[[Talk], None]:
    """Of the body of an error."""

    def apply(soft: Talk) -> None:
        if soft.status >= 400:
            assert soft.body is not None
            document = json.loads(soft.body)
            soft.body = json.dumps(change(document) or document).encode()

    return apply


def of_errors(change: Callable[[Talk], None]) -> Callable[[Talk], None]:
    return lambda soft: change(soft) if soft.status >= 400 else None


def of_replies(change: Callable[[Talk], None]) -> Callable[[Talk], None]:
    return lambda soft: change(soft) if soft.status < 400 else None


def speakers(words: dict[str, str]) -> Callable[[Talk], None]:
    def apply(soft: Talk) -> None:
        for turn in soft.conversation["history"]:
            turn["speaker"] = words.get(turn["speaker"], turn["speaker"])

    return apply


def turns(old: str, new: str) -> Callable[[Talk], None]:
    return lambda soft: (
        [turn.__setitem__(new, turn.pop(old)) for turn in soft.conversation["history"]] and None
    )


# Changes that need more than a line.


def cumulative(soft: Talk) -> None:
    whole = ""
    for chunk in copy.deepcopy(soft.chunks) and soft.texts:
        whole += chunk["choices"][0]["delta"]["content"]
        chunk["choices"][0]["delta"] = {"content": whole}


def counting(soft: Talk) -> None:
    for number, chunk in enumerate(soft.answer):
        chunk["choices"][0]["index"] = number


def role_everywhere(soft: Talk) -> None:
    for chunk in soft.texts:
        chunk["choices"][0]["delta"]["role"] = "assistant"


def no_role(soft: Talk) -> None:
    soft.answer[0]["choices"][0]["delta"].pop("role")


def role_with_text(items: list[Any], soft: Talk) -> list[Any]:
    first, second, *rest = items
    first["choices"][0]["delta"]["content"] = second["choices"][0]["delta"]["content"]
    return [first, *rest]


def finish_on_text(items: list[Any], soft: Talk) -> list[Any]:
    at = next(
        n for n, chunk in enumerate(items) if isinstance(chunk, dict) and chunk["choices"][0]["finish_reason"]
    )
    items[at - 1]["choices"][0]["finish_reason"] = items[at]["choices"][0]["finish_reason"]
    return items[:at] + items[at + 1 :]


def early_finish(soft: Talk) -> None:
    soft.texts[len(soft.texts) // 2]["choices"][0]["finish_reason"] = "stop"
    soft.answer[-1]["choices"][0]["finish_reason"] = None


def finish_everywhere(soft: Talk) -> None:
    for chunk in soft.texts:
        chunk["choices"][0]["finish_reason"] = "stop"


def no_finish(soft: Talk) -> None:
    soft.answer[-1]["choices"][0]["finish_reason"] = None


def text_last(items: list[Any], soft: Talk) -> list[Any]:
    *rest, text, finish, done = items
    return [*rest, finish, text, done]


def usage(items: list[Any], soft: Talk) -> list[Any]:
    stamp = {key: items[0][key] for key in ("id", "object", "created", "model")}
    counts = {"prompt_tokens": 9, "completion_tokens": len(items), "total_tokens": 9 + len(items)}
    return [*items[:-1], stamp | {"choices": [], "usage": counts}, items[-1]]


def usage_on_finish(items: list[Any], soft: Talk) -> list[Any]:
    *rest, finish, counts, done = items
    return [*rest, finish | {"usage": counts["usage"]}, done]


def ids_each(soft: Talk) -> None:
    for number, chunk in enumerate(chunk for chunk in soft.chunks if isinstance(chunk, dict)):
        chunk["id"] = f"chatcmpl-{soft.dice.randrange(10**12)}{number}"


def one_chunk(items: list[Any], soft: Talk) -> list[Any]:
    first, *texts, finish, done = items
    texts[0]["choices"][0]["delta"]["content"] = "".join(t["choices"][0]["delta"]["content"] for t in texts)
    return [first, texts[0], finish, done]


def coarse(items: list[Any], soft: Talk) -> list[Any]:
    for text in items[1:-2]:
        text["choices"][0]["delta"]["content"] *= 6
    return items


def sometimes(path: str) -> Callable[[Talk], None]:
    return lambda soft: [chunk.pop(path) for chunk in soft.texts[1::3]] and None


def slower(factor: float) -> Callable[[Talk], None]:
    def apply(soft: Talk) -> None:
        soft.gaps = [gap * factor for gap in soft.gaps]

    return apply


def burst(soft: Talk) -> None:
    soft.ttft += sum(soft.gaps)
    soft.gaps = [0.0]


def stall(soft: Talk) -> None:
    soft.gaps[len(soft.gaps) // 2] += 8000


API_ERROR = {
    "error": {"message": "This field is required: stream", "type": "invalid_request_error", "code": "missing"}
}
LOGIN = {
    "error": {"message": "Authentication required. Sign in to continue.", "type": "authentication_error"}
}
WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}}],
}

_REQUEST = (
    ("path", BREAKING, ("request:path",), attr("uri", "http://127.0.0.1:8080/api/v2/chat")),
    ("method", BREAKING, ("request:method",), attr("method", "PUT")),
    ("gone-404", BREAKING, ("status", "error:status"), answers(404, {"message": "Not found"})),
    ("gone-410", BREAKING, ("status", "error:status"), answers(410, "gone", "text/plain")),
    ("field-new", RISKY, ("request:$.stream",), field("stream", True)),
    ("field-gone", RISKY, ("request:$.temperature",), lambda soft: soft.fields.pop("temperature") and None),
    ("temperature-string", BREAKING, ("request:$.temperature",), field("temperature", "0.7")),
    ("conversation-object", BREAKING, ("request:$.conversation",), attr("in_string", False)),
    (
        "speaker-words",
        BREAKING,
        ("request:$.conversation.history[*].speaker",),
        speakers({"human": "user", "bot": "assistant"}),
    ),
    (
        "speaker-one-word",
        BREAKING,
        ("request:$.conversation.history[*].speaker",),
        speakers({"human": "user"}),
    ),
    ("speaker-renamed", BREAKING, ("request:$.conversation.history[*].speaker",), turns("speaker", "role")),
    ("text-renamed", BREAKING, ("request:$.conversation.history[*].text",), turns("text", "content")),
    ("refused-422", BREAKING, ("status", "error:status"), answers(422, API_ERROR)),
    ("refused-401", BREAKING, ("status", "error:status"), answers(401, LOGIN)),
    (
        "refused-403",
        BREAKING,
        ("status", "error:status"),
        answers(403, {"error": {"message": "Country not supported"}}),
    ),
    ("refused-400", BREAKING, ("status", "error:status"), answers(400, {"message": "Invalid conversation"})),
    ("credential", BREAKING, ("request:header:authorization",), sent("Authorization", "Bearer x")),
    ("api-key", BREAKING, ("request:header:x-api-key",), sent("X-Api-Key", "x")),
    ("header-required", BREAKING, ("request:header:x-app-version",), sent("X-App-Version", "12")),
    ("accept-gone", RISKY, ("request:header:accept",), sent("Accept", None)),
    ("accept-json", RISKY, ("request:header:accept",), sent("Accept", "application/json")),
    ("form-body", BREAKING, ("request:header:content-type",), sent("Content-Type", "text/plain")),
)
_TRANSPORT = (
    ("status-201", RISKY, ("status",), attr("status", 201)),
    ("redirect", RISKY, ("status",), answers(307, "", "text/plain", Location="/v2")),
    ("json-type", BREAKING, ("header:content-type",), header("Content-Type", "application/json")),
    ("json-whole", BREAKING, ("header:content-type",), answers(200, WHOLE)),
    ("plain-type", RISKY, ("header:content-type",), header("Content-Type", "text/plain")),
    ("charset-gone", BENIGN, ("header:content-type",), header("Content-Type", "text/event-stream")),
    ("type-gone", RISKY, ("header:content-type",), header("Content-Type", None)),
    ("header-gone", RISKY, ("header:x-ratelimit-remaining",), header("X-RateLimit-Remaining", None)),
    ("request-id-gone", RISKY, ("header:x-request-id",), header("X-Request-Id", None)),
    ("header-new", ADDITIVE, ("header:x-model-region",), header("X-Model-Region", "eu")),
    ("header-kind", RISKY, ("header:x-ratelimit-remaining",), header("X-RateLimit-Remaining", "plenty")),
    ("deprecation", RISKY, ("header:deprecation",), header("Deprecation", "@1798761600")),
    ("sunset", RISKY, ("header:sunset",), header("Sunset", "Fri, 01 Jan 2027 00:00:00 GMT")),
    ("retry-after", RISKY, ("header:retry-after",), header("Retry-After", "3")),
    ("successor", RISKY, ("header:link",), header("Link", '</v2>; rel="successor-version"')),
    ("gzip", RISKY, ("header:content-encoding",), header("Content-Encoding", "gzip")),
    (
        "length",
        RISKY,
        ("header:transfer-encoding",),
        both(header("Transfer-Encoding", None), header("Content-Length", "999")),
    ),
    ("cacheable", RISKY, ("header:cache-control",), header("Cache-Control", "public, max-age=60")),
    ("buffering", RISKY, ("header:x-accel-buffering",), header("X-Accel-Buffering", "yes")),
    ("server", BENIGN, ("header:server",), header("Server", "nginx")),
    ("http-2", BENIGN, ("http_version",), attr("http_version", "2")),
    (
        "cors",
        RISKY,
        ("header:access-control-allow-origin",),
        header("Access-Control-Allow-Origin", "https://a.example"),
    ),
)
_FRAMING = (
    ("no-space", RISKY, ("framing",), attr("prefix", "data:")),
    ("crlf", RISKY, ("framing",), attr("line_end", "\r\n")),
    ("cr", RISKY, ("framing",), attr("line_end", "\r")),
    ("bom", RISKY, ("framing",), raw(lambda body: b"\xef\xbb\xbf" + body)),
    ("multi-line", RISKY, ("framing",), attr("indent", 1)),
    ("event-name", RISKY, ("event",), attr("before", lambda number: "event: chunk\n")),
    ("id-lines", BENIGN, ("id",), attr("before", lambda number: f"id: {number}\n")),
    ("retry-line", BENIGN, ("retry",), attr("before", lambda number: "" if number else "retry: 3000\n")),
    (
        "comments",
        RISKY,
        ("comments",),
        attr("before", lambda number: ": ping\n\n" if number % 4 == 1 else ""),
    ),
    (
        "comment-data",
        BREAKING,
        ("comments",),
        chunks(lambda items, _: [items[0], ": keep-alive", *items[1:]]),
    ),
    ("ping-data", BREAKING, ("comments",), chunks(lambda items, _: [items[0], "ping", *items[1:]])),
    ("done-gone", BREAKING, ("sentinel",), chunks(lambda items, _: items[:-1])),
    ("done-changed", BREAKING, ("sentinel",), chunks(lambda items, _: [*items[:-1], "[END]"])),
    ("done-json", BREAKING, ("sentinel",), chunks(lambda items, _: [*items[:-1], {"done": True}])),
    ("done-twice", RISKY, ("sentinel",), chunks(lambda items, _: [*items, "[DONE]"])),
    ("data-after-done", RISKY, ("sentinel",), chunks(lambda items, _: [*items, items[-2]])),
    ("done-unfinished", RISKY, ("sentinel",), raw(lambda body: body.rstrip(b"\n"))),
    ("truncated", BREAKING, ("last-chunk", "sentinel", "framing"), raw(lambda body: body[: len(body) // 2])),
    (
        "truncated-end",
        BREAKING,
        ("last-chunk", "sentinel"),
        both(raw(lambda body: body[: len(body) // 2]), attr("end", End.RESET)),
    ),
    (
        "latin-1",
        BREAKING,
        ("encoding",),
        raw(lambda body: body.replace("й".encode(), b"\xe9").replace(b"an", b"\xe9n")),
    ),
    (
        "u-fffd",
        BREAKING,
        ("encoding",),
        delta(lambda d: d.__setitem__("content", d["content"][:-1] + "\ufffd")),
    ),
    (
        "mojibake",
        BREAKING,
        ("encoding",),
        delta(lambda d: d.__setitem__("content", (d["content"] + "éé").encode().decode("latin-1"))),
    ),
    (
        "ndjson",
        BREAKING,
        ("framing",),
        raw(lambda body: b"".join(line[6:] + b"\n" for line in body.split(b"\n\n") if line[6:7] == b"{")),
    ),
    (
        "string-json",
        BREAKING,
        ("encoding", "$"),
        chunks(lambda items, _: [json.dumps(json.dumps(c)) if isinstance(c, dict) else c for c in items]),
    ),
    (
        "bad-json",
        BREAKING,
        ("$", "framing"),
        chunks(lambda items, _: [items[0], json.dumps(items[1])[:-4], *items[2:]]),
    ),
)
_CHUNK = (
    ("content-renamed", BREAKING, (CONTENT,), delta(lambda d: d.__setitem__("text", d.pop("content")))),
    ("delta-renamed", BREAKING, ("$.choices[*].delta",), rename("choices.delta", "message")),
    ("id-gone", BREAKING, ("$.id",), drop("id")),
    ("object-gone", BREAKING, ("$.object",), drop("object")),
    ("finish-gone", BREAKING, (FINISH,), drop("choices.finish_reason")),
    ("index-gone", BREAKING, ("$.choices[*].index",), drop("choices.index")),
    ("choices-renamed", BREAKING, (CHOICES,), rename("choices", "outputs")),
    ("model-moved", BREAKING, ("$.model",), each(lambda c: c.__setitem__("meta", {"model": c.pop("model")}))),
    ("created-renamed", BREAKING, ("$.created",), rename("created", "created_at")),
    ("field-new", ADDITIVE, ("$.service_tier",), put("service_tier", "default")),
    ("field-new-deep", ADDITIVE, ("$.choices[*].logprobs",), put("choices.logprobs", None)),
    ("object-new", ADDITIVE, ("$.meta",), put("meta", {"region": "eu", "n": 1})),
    ("created-float", BREAKING, ("$.created",), each(lambda c: c.__setitem__("created", c["created"] + 0.5))),
    ("created-string", BREAKING, ("$.created",), each(lambda c: c.__setitem__("created", str(c["created"])))),
    ("index-string", BREAKING, ("$.choices[*].index",), put("choices.index", "0")),
    (
        "content-list",
        BREAKING,
        (CONTENT,),
        delta(lambda d: d.__setitem__("content", [{"type": "text", "text": d["content"]}])),
    ),
    ("choices-object", BREAKING, (CHOICES,), each(lambda c: c.__setitem__("choices", c["choices"][0]))),
    ("id-null", BREAKING, ("$.id",), put("id", None)),
    (
        "content-null",
        BREAKING,
        (CONTENT,),
        lambda soft: soft.texts[3]["choices"][0]["delta"].__setitem__("content", None),
    ),
    (
        "finish-empty",
        BREAKING,
        (FINISH,),
        choice(lambda c: c.__setitem__("finish_reason", c["finish_reason"] or "")),
    ),
    ("finish-absent", BREAKING, (FINISH,), choice(lambda c: c["finish_reason"] or c.pop("finish_reason"))),
    ("model-sometimes", RISKY, ("$.model",), sometimes("model")),
    ("object-word", BREAKING, ("$.object",), put("object", "chat.chunk")),
    (
        "role-word",
        BREAKING,
        ("$.choices[*].delta.role",),
        choice(lambda c: "role" in c["delta"] and c["delta"].__setitem__("role", "bot")),
    ),
    (
        "finish-word",
        RISKY,
        (FINISH,),
        choice(lambda c: c["finish_reason"] and c.__setitem__("finish_reason", "end_turn")),
    ),
    (
        "finish-case",
        RISKY,
        (FINISH,),
        choice(lambda c: c["finish_reason"] and c.__setitem__("finish_reason", c["finish_reason"].upper())),
    ),
    ("created-ms", RISKY, ("$.created",), each(lambda c: c.__setitem__("created", c["created"] * 1000))),
    ("created-zero", RISKY, ("$.created",), put("created", 0)),
    (
        "id-form",
        RISKY,
        ("$.id",),
        each(lambda c: c.__setitem__("id", f"{c['created']:08x}-0000-4000-8000-{c['created']:012x}")),
    ),
    ("choices-empty", BREAKING, (CHOICES,), chunks(lambda items, _: [items[0] | {"choices": []}, *items])),
    (
        "choices-two",
        RISKY,
        (CHOICES,),
        each(lambda c: c.__setitem__("choices", c["choices"] + [c["choices"][0] | {"index": 1}])),
    ),
    ("index-one", BREAKING, ("$.choices[*].index",), put("choices.index", 1)),
    ("model", RISKY, ("$.model",), put("model", "gpt-4o-mini")),
    ("model-dated", RISKY, ("$.model",), put("model", "gpt-3.5-turbo-1106")),
)
_RICH = (
    ("fingerprint-gone", BREAKING, ("$.system_fingerprint",), drop("system_fingerprint")),
    ("logprobs-gone", BREAKING, ("$.choices[*].logprobs",), drop("choices.logprobs")),
    (
        "total-wrong",
        RISKY,
        ("$.usage.total_tokens",),
        lambda soft: soft.chunks[-2]["usage"].__setitem__("total_tokens", 5),
    ),
    (
        "tokens-string",
        BREAKING,
        ("$.usage.total_tokens",),
        lambda soft: soft.chunks[-2]["usage"].__setitem__("total_tokens", "5"),
    ),
    (
        "usage-renamed",
        BREAKING,
        ("$.usage.prompt_tokens",),
        lambda soft: soft.chunks[-2]["usage"].__setitem__(
            "input_tokens", soft.chunks[-2]["usage"].pop("prompt_tokens")
        ),
    ),
    ("fingerprint-null", BREAKING, ("$.system_fingerprint",), put("system_fingerprint", None)),
)
_SEQUENCE = (
    ("role-missing", BREAKING, ("first-chunk",), no_role),
    ("opener-gone", BREAKING, ("first-chunk",), chunks(lambda items, _: items[1:])),
    ("role-repeated", RISKY, ("chunk-sequence",), role_everywhere),
    ("role-with-text", RISKY, ("first-chunk",), chunks(role_with_text)),
    ("finish-missing", BREAKING, ("last-chunk",), no_finish),
    ("finish-chunk-gone", BREAKING, ("last-chunk",), chunks(lambda items, _: [*items[:-2], items[-1]])),
    (
        "finish-twice",
        RISKY,
        ("chunk-sequence",),
        chunks(lambda items, _: [*items[:-1], items[-2], items[-1]]),
    ),
    ("finish-everywhere", RISKY, ("chunk-sequence", FINISH), finish_everywhere),
    ("finish-on-text", RISKY, ("last-chunk",), chunks(finish_on_text)),
    ("finish-early", BREAKING, ("chunk-sequence", "last-chunk"), early_finish),
    ("text-after-finish", BREAKING, ("chunk-sequence",), chunks(text_last)),
    ("usage-new", BREAKING, ("usage-chunk",), chunks(usage)),
    (
        "stray",
        BREAKING,
        ("chunk-sequence",),
        chunks(lambda items, _: [items[0], {"type": "metadata", "trace": 1}, *items[1:]]),
    ),
    (
        "no-choices",
        BREAKING,
        ("chunk-sequence",),
        chunks(
            lambda items, _: [items[0], {k: v for k, v in items[1].items() if k != "choices"}, *items[2:]]
        ),
    ),
    ("no-answer", BREAKING, ("chunk-sequence",), chunks(lambda items, _: items[-1:])),
    ("id-varies", BREAKING, ("$.id",), ids_each),
    (
        "created-varies",
        RISKY,
        ("$.created",),
        lambda soft: [c.__setitem__("created", c["created"] + n) for n, c in enumerate(soft.answer)] and None,
    ),
    (
        "model-varies",
        RISKY,
        ("$.model",),
        lambda soft: [c.__setitem__("model", "gpt-4") for c in soft.answer[1::2]] and None,
    ),
    ("id-reused", BREAKING, ("$.id",), put("id", "chatcmpl-0000000000000000000000000000A")),
    ("cumulative", BREAKING, (CONTENT,), cumulative),
    (
        "doubled",
        BREAKING,
        ("chunk-sequence",),
        chunks(
            lambda items, _: [c for item in items for c in ((item, item) if item in items[1:-2] else (item,))]
        ),
    ),
    ("index-counts", BREAKING, ("$.choices[*].index",), counting),
    ("one-chunk", RISKY, ("chunk-count",), chunks(one_chunk)),
    ("coarse", RISKY, ("chunk-size",), chunks(coarse)),
)
_RICH_SEQUENCE = (
    ("usage-gone", RISKY, ("usage-chunk",), chunks(lambda items, _: [*items[:-2], items[-1]])),
    ("usage-moved", RISKY, ("usage-chunk",), chunks(usage_on_finish)),
    (
        "usage-early",
        RISKY,
        ("usage-chunk",),
        chunks(lambda items, _: [items[0], items[-2], *items[1:-2], items[-1]]),
    ),
    ("usage-twice", RISKY, ("usage-chunk",), chunks(lambda items, _: [*items[:-1], items[-2], items[-1]])),
)
_ERROR = (
    (
        "shape",
        BREAKING,
        ("error:$.error", "error:$.error.message"),
        error(lambda d: {"detail": d["error"]["message"]}),
    ),
    ("flat", BREAKING, ("error:$.error",), error(lambda d: {"error": d["error"]["message"]})),
    (
        "message-renamed",
        BREAKING,
        ("error:$.error.message",),
        error(lambda d: d["error"].__setitem__("msg", d["error"].pop("message"))),
    ),
    (
        "code-string",
        BREAKING,
        ("error:$.error.code",),
        error(lambda d: d["error"].__setitem__("code", "forty")),
    ),
    ("type-gone", BREAKING, ("error:$.error.type",), error(lambda d: d["error"].pop("type") and None)),
    (
        "page",
        BREAKING,
        ("error:header:content-type", "error:$"),
        of_errors(answers(400, "<html><body>Bad Request</body></html>", "text/html")),
    ),
    ("status", RISKY, ("error:status",), of_errors(attr("status", 422))),
    ("status-500", RISKY, ("error:status",), of_errors(attr("status", 500))),
    ("retry-after-gone", RISKY, ("error:header:retry-after",), of_errors(header("Retry-After", None))),
    (
        "retry-after-date",
        RISKY,
        ("error:header:retry-after",),
        of_errors(header("Retry-After", "Fri, 01 Jan 2027 00:00:00 GMT")),
    ),
    (
        "in-stream",
        RISKY,
        ("error:$", "error:status"),
        of_replies(chunks(lambda items, _: [*items[:5], {"error": {"message": "overloaded"}}])),
    ),
)
_TIMING = (
    ("ttft", RISKY, ("ttft",), lambda soft: setattr(soft, "ttft", soft.ttft * 3)),
    ("gaps", RISKY, ("inter-chunk",), slower(3)),
    ("burst", RISKY, ("inter-chunk",), burst),
    ("end-late", RISKY, ("duration",), attr("tail", 5000.0)),
    ("all-slower", RISKY, ("duration",), both(slower(3), lambda soft: setattr(soft, "ttft", soft.ttft * 3))),
)


def _rows(layer: str, rows: Any, **more: Any) -> tuple[Operator, ...]:
    return tuple(
        Operator(f"{layer}-{name}", layer, severity, where, change, **more)
        for name, severity, where, change in rows
    )


OPERATORS: tuple[Operator, ...] = (
    *_rows("request", _REQUEST),
    *_rows("transport", _TRANSPORT),
    *_rows("framing", _FRAMING),
    *_rows("chunk", _CHUNK),
    *_rows("chunk", _RICH, flavour="rich"),
    *_rows("sequence", _SEQUENCE),
    *_rows("sequence", _RICH_SEQUENCE, flavour="rich"),
    *_rows("error", _ERROR, flavour="mixed"),
    *_rows("timing", _TIMING),
    Operator("timing-stalls", "timing", RISKY, ("inter-chunk",), stall, share=0.5),
    Operator("timing-tail", "timing", RISKY, ("ttft", "duration", "inter-chunk"), slower(10), share=0.5),
    *_rows(
        "sequence",
        (("some-truncated", BREAKING, ("last-chunk", "sentinel"), raw(lambda body: body[: len(body) // 2])),),
        share=0.3,
    ),
    *_rows(
        "framing",
        (("some-done-gone", BREAKING, ("sentinel",), chunks(lambda items, _: items[:-1])),),
        share=0.3,
    ),
)
"""Every change of the benchmark."""
