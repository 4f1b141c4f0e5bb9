"""The changes that the stand-in can be given: name -> what changes, where that is seen, and how. One table, at the end.

Pure. A row stands for something that a chat service once did to its clients, or may do; what a row changes, it changes
in every answer.
"""

from __future__ import annotations

import json
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from harness.errors import UsageError
from harness.finding import Layer
from harness.upstreams.vitalentum.standin import chunk_edits, question_edits, reply_edits
from harness.upstreams.vitalentum.standin.chunk_edits import (
    Document,
    choices,
    deltas,
    drop,
    every,
    inserted,
    numbered,
    put,
    rename,
    turn,
)
from harness.upstreams.vitalentum.standin.intake import Refusal
from harness.upstreams.vitalentum.standin.mutation import DONE, VITALENTUM, Asked, Chunks, Mutation
from harness.upstreams.vitalentum.standin.question_edits import refusal, refuses, wants_body, wants_header
from harness.upstreams.vitalentum.standin.reply_edits import header, swap
from harness.upstreams.vitalentum.standin.script import Ending, Script

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.upstreams.vitalentum.standin.reply_edits import Steps
    from harness.upstreams.vitalentum.standin.script import Step

NEW_PATH = "/api/v2/converse"
SUNSET = "Sat, 01 May 2027 00:00:00 GMT"
ONE_ID = "chatcmpl-VmABaNGlTduyopvKQ5ld8SmxsUjmz"
GUARD = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking.</body></html>"
GONE_PAGE = "<!DOCTYPE html><html><body><h1>404: This page could not be found.</h1></body></html>"
SPEAKERS = {"user": "human", "assistant": "bot"}


def find_mutations(names: Iterable[str]) -> tuple[Mutation, ...]:
    """The rows of these names. Raises UsageError, with the nearest names, for one that there is not."""
    return tuple(_find(name) for name in names)


def _find(name: str) -> Mutation:
    if name in MUTATIONS:
        return MUTATIONS[name]
    nearest = get_close_matches(name, MUTATIONS) or MUTATIONS
    raise UsageError(f"there is no mutation {name!r}", expected="one of " + ", ".join(nearest))


# Questions: what is taken in the new form only.


def _path_moved(asked: Asked) -> Asked | Refusal:
    if asked.path == NEW_PATH:
        return msgspec.structs.replace(asked, path=VITALENTUM.path)
    return Refusal(404, "text/html; charset=utf-8", GONE_PAGE.encode())


def _method_put(asked: Asked) -> Asked | Refusal:
    if asked.method == "PUT":
        return asked
    return Refusal(405, question_edits.JSON, b'{"message":"Method Not Allowed"}')


def _conversation_object(document: Document) -> Document | None:
    conversation = document.get("conversation")
    if not isinstance(conversation, dict):
        return None
    return {**document, "conversation": json.dumps(conversation)}


def _messages(document: Document) -> Document | None:
    return {**document, "conversation": document["messages"]} if "messages" in document else None


def _temperature_text(document: Document) -> Document | None:
    return document if isinstance(document.get("temperature"), str) else None


def _with_model(document: Document) -> Document | None:
    return document if "model" in document else None


def _user_and_assistant(document: Document) -> Document | None:
    try:
        history = json.loads(document["conversation"])["history"]
        turns = [{**turn, "speaker": SPEAKERS[turn["speaker"]]} for turn in history]
    except (KeyError, TypeError, ValueError):
        return None
    return {**document, "conversation": json.dumps({"history": turns})}


def _no_temperature(document: Document) -> Document | None:
    return None if "temperature" in document else {**document, "temperature": 0.7}


# Streams.


def _role_with_text(chunks: Chunks) -> Chunks:
    if len(chunks) < 3:
        return chunks
    return [chunk_edits.with_text(chunks[0], chunk_edits.text_of(chunks[1])), *chunks[2:]]


def _text_null(document: Document) -> None:
    for choice in document.get("choices", ()):
        choice.get("delta", {})["content"] = None


def _finish_with_text(chunks: Chunks) -> Chunks:
    last = chunks[-1].document.get("choices", ())
    if len(chunks) < 3 or not last:
        return chunks
    reason = last[0].get("finish_reason")
    return [*chunks[:-2], *choices(put("finish_reason", reason))([chunks[-2]])]


def _finish_early(chunks: Chunks) -> Chunks:
    return [*chunks[:-3], chunks[-1], *chunks[-3:-1]]


def _cumulative(chunks: Chunks) -> Chunks:
    made, so_far = [], ""
    for chunk in chunks:
        said = chunk_edits.text_of(chunk)
        so_far += said
        made.append(chunk_edits.with_text(chunk, so_far) if said else chunk)
    return made


def _doubled(chunks: Chunks) -> Chunks:
    return [twin for chunk in chunks for twin in (chunk, msgspec.structs.replace(chunk, delay_s=0))]


def _usage_first(chunks: Chunks) -> Chunks:
    return [chunks[0], chunks[-1], *chunks[1:-1]]


def _one_more_choice(document: Document) -> None:
    listed = document.get("choices")
    if listed:
        document["choices"] = [*listed, {**listed[0], "index": 1}]


def _counted(document: Document) -> None:
    document["choices"] = []
    document["usage"] = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}


def _miscounted(document: Document) -> None:
    if document.get("usage"):
        document["usage"]["total_tokens"] += 4000


def _text_gone_wrong(steps: Steps) -> list[Step]:
    return list(swap(b'"content":" ', b'"content":" \xff')(steps))


def _without_done(steps: Steps) -> Iterable[Step]:
    return swap(DONE, b"")(steps)


def _unfinished(steps: Steps) -> Iterable[Step]:
    return swap(DONE, DONE.rstrip(b"\n"))(steps)


def _cut(script: Script) -> Script:
    half = len(script.steps) // 2
    return msgspec.structs.replace(script, steps=script.steps[: half + 1], ending=Ending.CLOSED)


def _reset(script: Script) -> Script:
    return msgspec.structs.replace(_cut(script), ending=Ending.RESET)


def _silent(script: Script) -> Script:
    return msgspec.structs.replace(_cut(script), ending=Ending.SILENT)


def _uuid(value: str) -> str:
    digits = "".join(f"{ord(letter) % 16:x}" for letter in value[-20:])
    return f"{digits[:8]}-{digits[8:12]}-4{digits[12:15]}-8{digits[15:18]}-{digits[:12]}"


def _fingerprint(number: int, document: Document) -> None:
    document["id"] = f"{document.get('id', '')[:-3]}{number:03}"


def _later(number: int, document: Document) -> None:
    turn("created", lambda created: created + number, only=int)(document)


def _index_counts(number: int, document: Document) -> None:
    for choice in document.get("choices", ()):
        choice["index"] = number


def _finish_absent(choice: Document) -> None:
    if choice.get("finish_reason") is None:
        choice.pop("finish_reason", None)


_ERROR = {
    "error": {"message": "The server is overloaded.", "type": "server_error", "param": None, "code": None}
}


def _redirected(script: Script) -> Script:
    return Script(status=307, headers=(("Location", NEW_PATH),), steps=())


_REQUEST, _TRANSPORT, _FRAMING, _CHUNK = Layer.REQUEST, Layer.TRANSPORT, Layer.FRAMING, Layer.CHUNK
_SEQUENCE, _ERRORS, _TIMING = Layer.SEQUENCE, Layer.ERROR, Layer.TIMING

MUTATIONS: dict[str, Mutation] = {
    # questions
    "path-moved": Mutation(_REQUEST, f"answers at {NEW_PATH} only; 404 elsewhere", admit=_path_moved),
    "endpoint-gone": Mutation(_REQUEST, "410 for every question", admit=refuses(410, '{"message":"Gone"}')),
    "method-put": Mutation(_REQUEST, "takes PUT only; 405 for POST", admit=_method_put),
    "key-required": Mutation(
        _REQUEST,
        "401 without an Authorization header",
        admit=wants_header("authorization", 401, '{"message":"Missing API key"}'),
    ),
    "api-key-required": Mutation(
        _REQUEST,
        "403 without an x-api-key header",
        admit=wants_header("x-api-key", 403, '{"message":"An API key is required"}'),
    ),
    "client-required": Mutation(
        _REQUEST,
        "400 without an x-client-id header",
        admit=wants_header("x-client-id", 400, '{"message":"Missing client id"}'),
    ),
    "conversation-object": Mutation(
        _REQUEST,
        "conversation must be an object; 400 for JSON in a string",
        admit=wants_body(_conversation_object, 400, '{"message":"Invalid conversation"}'),
    ),
    "conversation-renamed": Mutation(
        _REQUEST,
        "the field is called messages; 422 without it",
        admit=wants_body(_messages, 422, '{"message":"messages is required"}'),
    ),
    "speaker-renamed": Mutation(
        _REQUEST,
        "speakers are user and assistant; 400 for human and bot",
        admit=wants_body(_user_and_assistant, 400, '{"message":"Invalid speaker"}'),
    ),
    "temperature-text": Mutation(
        _REQUEST,
        "temperature must be a string; 422 for a number",
        admit=wants_body(_temperature_text, 422, '{"message":"Invalid temperature"}'),
    ),
    "temperature-refused": Mutation(
        _REQUEST,
        "400 for a question with a temperature",
        admit=wants_body(_no_temperature, 400, '{"message":"Unknown field: temperature"}'),
    ),
    "model-required": Mutation(
        _REQUEST,
        "400 without a field called model",
        admit=wants_body(_with_model, 400, '{"message":"model is required"}'),
    ),
    # status and headers
    "status-201": Mutation(
        _TRANSPORT, "replies come with 201", reply=lambda script: msgspec.structs.replace(script, status=201)
    ),
    "redirected": Mutation(_TRANSPORT, f"307 to {NEW_PATH}", reply=_redirected),
    "type-json": Mutation(
        _TRANSPORT, "Content-Type application/json", reply=header("Content-Type", question_edits.JSON)
    ),
    "type-plain": Mutation(
        _TRANSPORT, "Content-Type text/plain", reply=header("Content-Type", "text/plain; charset=utf-8")
    ),
    "type-binary": Mutation(
        _TRANSPORT,
        "Content-Type application/octet-stream",
        reply=header("Content-Type", "application/octet-stream"),
    ),
    "charset-gone": Mutation(
        _TRANSPORT, "Content-Type without its charset", reply=header("Content-Type", "text/event-stream")
    ),
    "header-new": Mutation(_TRANSPORT, "a header X-Region", reply=header("X-Region", "fra1")),
    "header-gone": Mutation(_TRANSPORT, "no X-Accel-Buffering", reply=header("X-Accel-Buffering", None)),
    "buffering-allowed": Mutation(
        _TRANSPORT, "X-Accel-Buffering yes", reply=header("X-Accel-Buffering", "yes")
    ),
    "cache-allowed": Mutation(
        _TRANSPORT, "caches may keep replies", reply=header("Cache-Control", "public, max-age=60")
    ),
    "origin-closed": Mutation(
        _TRANSPORT,
        "one web page only may read replies",
        reply=header("Access-Control-Allow-Origin", VITALENTUM.base_url),
    ),
    "deprecated": Mutation(_TRANSPORT, "a Deprecation header", reply=header("Deprecation", "@1800000000")),
    "sunset": Mutation(_TRANSPORT, "a Sunset header", reply=header("Sunset", SUNSET)),
    "through-a-proxy": Mutation(_TRANSPORT, "a Via header", reply=header("Via", "1.1 varnish")),
    "length": Mutation(_TRANSPORT, "a Content-Length, and one piece", reply=reply_edits.measured),
    "gzip": Mutation(_TRANSPORT, "replies under gzip", reply=reply_edits.compressed),
    # bytes and events
    "no-space": Mutation(_FRAMING, "data: without the space", steps=swap(b"data: ", b"data:")),
    "crlf": Mutation(_FRAMING, "lines end with CR LF", steps=swap(b"\n", b"\r\n")),
    "cr": Mutation(_FRAMING, "lines end with CR", steps=swap(b"\n", b"\r")),
    "bom": Mutation(
        _FRAMING, "a byte order mark at the beginning", steps=reply_edits.before_first(b"\xef\xbb\xbf")
    ),
    "data-lines": Mutation(
        _FRAMING, "chunks over two data: lines", steps=swap(b',"choices"', b'\ndata: ,"choices"')
    ),
    "comments": Mutation(
        _FRAMING, "a comment at the beginning", steps=reply_edits.before_first(b": keep-alive\n\n")
    ),
    "comment-as-data": Mutation(
        _FRAMING, "ping as data at the beginning", steps=reply_edits.before_first(b"data: ping\n\n")
    ),
    "event-lines": Mutation(
        _FRAMING, "an event: line for each chunk", steps=reply_edits.before_each(b"event: chunk\n")
    ),
    "id-lines": Mutation(_FRAMING, "an id: line for each chunk", steps=reply_edits.before_each(b"id: 7\n")),
    "retry-line": Mutation(_FRAMING, "a retry: line", steps=reply_edits.before_first(b"retry: 3000\n")),
    "field-unknown": Mutation(
        _FRAMING, "a line that is no field", steps=reply_edits.before_each(b"trace: 1\n")
    ),
    "json-lines": Mutation(_FRAMING, "a chunk a line, without data:", steps=reply_edits.bare),
    "bytes-broken": Mutation(_FRAMING, "bytes that are no UTF-8", steps=_text_gone_wrong),
    "characters-lost": Mutation(
        _FRAMING, "U+FFFD in texts", steps=swap(b'"content":" ', '"content":" \ufffd'.encode())
    ),
    "json-in-a-string": Mutation(_FRAMING, "chunks as JSON in a string", steps=reply_edits.quoted),
    # chunks
    "id-gone": Mutation(_CHUNK, "no id", chunks=every(drop("id"))),
    "object-gone": Mutation(_CHUNK, "no object", chunks=every(drop("object"))),
    "object-renamed": Mutation(_CHUNK, "object is called type", chunks=every(rename("object", "type"))),
    "object-changed": Mutation(_CHUNK, "object is chat.chunk", chunks=every(put("object", "chat.chunk"))),
    "choices-renamed": Mutation(
        _CHUNK, "choices are called outputs", chunks=every(rename("choices", "outputs"))
    ),
    "text-renamed": Mutation(_CHUNK, "content is called text", chunks=deltas(rename("content", "text"))),
    "text-listed": Mutation(_CHUNK, "content is a list", chunks=deltas(turn("content", lambda text: [text]))),
    "text-null": Mutation(_CHUNK, "content is null in one chunk", chunks=chunk_edits.middle(_text_null)),
    "delta-renamed": Mutation(_CHUNK, "delta is called message", chunks=choices(rename("delta", "message"))),
    "index-gone": Mutation(_CHUNK, "no index", chunks=choices(drop("index"))),
    "field-new": Mutation(_CHUNK, "a field service_tier", chunks=every(put("service_tier", "default"))),
    "created-text": Mutation(_CHUNK, "created is a string", chunks=every(turn("created", str))),
    "created-fraction": Mutation(
        _CHUNK,
        "created has a fraction",
        chunks=every(turn("created", lambda created: created + 0.5, only=int)),
    ),
    "created-milliseconds": Mutation(
        _CHUNK,
        "created in milliseconds",
        chunks=every(turn("created", lambda created: created * 1000, only=int)),
    ),
    "created-zero": Mutation(_CHUNK, "created is 0", chunks=every(put("created", 0))),
    "id-uuid": Mutation(_CHUNK, "id is a UUID", chunks=every(turn("id", _uuid, only=str))),
    "finish-empty": Mutation(
        _CHUNK,
        'finish_reason is "" where it was null',
        chunks=choices(turn("finish_reason", lambda reason: reason or "")),
    ),
    "finish-absent": Mutation(
        _CHUNK, "finish_reason is absent where it was null", chunks=choices(_finish_absent)
    ),
    "finish-word": Mutation(
        _CHUNK,
        "finish_reason end_turn",
        chunks=choices(turn("finish_reason", lambda reason: reason and "end_turn")),
    ),
    "choices-empty": Mutation(
        _CHUNK, "a chunk with empty choices half-way", chunks=inserted(put("choices", []))
    ),
    "choices-gone": Mutation(_CHUNK, "a chunk without choices half-way", chunks=inserted(drop("choices"))),
    "two-choices": Mutation(_CHUNK, "two choices in each chunk", chunks=every(_one_more_choice)),
    "model-other": Mutation(_CHUNK, "another model", chunks=every(put("model", "gpt-4o-mini-2024-07-18"))),
    "usage-miscounted": Mutation(
        _CHUNK, "total_tokens is no sum", chunks=every(_miscounted), scenario="choices-empty"
    ),
    # order
    "done-gone": Mutation(_SEQUENCE, "no [DONE]", steps=_without_done),
    "done-renamed": Mutation(_SEQUENCE, "[END] for [DONE]", steps=swap(DONE, b"data: [END]\n\n")),
    "done-twice": Mutation(_SEQUENCE, "[DONE] twice", steps=reply_edits.behind(DONE)),
    "done-unfinished": Mutation(_SEQUENCE, "[DONE] without its blank line", steps=_unfinished),
    "data-after-done": Mutation(
        _SEQUENCE, "a chunk after [DONE]", steps=reply_edits.behind(b'data: {"choices":[]}\n\n')
    ),
    "role-gone": Mutation(_SEQUENCE, "no role", chunks=deltas(drop("role"))),
    "role-repeated": Mutation(_SEQUENCE, "role in every chunk", chunks=deltas(put("role", "assistant"))),
    "role-with-text": Mutation(_SEQUENCE, "the first chunk brings role and text", chunks=_role_with_text),
    "first-gone": Mutation(_SEQUENCE, "no first chunk", chunks=lambda chunks: chunks[1:]),
    "finish-gone": Mutation(_SEQUENCE, "no finish_reason", chunks=choices(put("finish_reason", None))),
    "finish-twice": Mutation(_SEQUENCE, "the last chunk twice", chunks=lambda chunks: [*chunks, chunks[-1]]),
    "finish-early": Mutation(_SEQUENCE, "two texts after finish_reason", chunks=_finish_early),
    "finish-with-text": Mutation(_SEQUENCE, "finish_reason with the last text", chunks=_finish_with_text),
    "text-after-finish": Mutation(
        _SEQUENCE, "a text after finish_reason", chunks=inserted(chunk_edits.says(" Bye!"), at_end=True)
    ),
    "empty-chunk": Mutation(
        _SEQUENCE,
        "an empty delta half-way",
        chunks=inserted(put("choices", [{"index": 0, "delta": {}, "finish_reason": None}])),
    ),
    "usage-new": Mutation(_SEQUENCE, "a usage chunk at the end", chunks=inserted(_counted, at_end=True)),
    "usage-gone": Mutation(
        _SEQUENCE, "no usage chunk", chunks=lambda chunks: chunks[:-1], scenario="choices-empty"
    ),
    "usage-first": Mutation(
        _SEQUENCE, "the usage chunk comes second", chunks=_usage_first, scenario="choices-empty"
    ),
    "id-varies": Mutation(_SEQUENCE, "another id in each chunk", chunks=numbered(_fingerprint)),
    "id-repeated": Mutation(_SEQUENCE, "the same id in every reply", chunks=every(put("id", ONE_ID))),
    "created-varies": Mutation(_SEQUENCE, "created counts up in a reply", chunks=numbered(_later)),
    "index-counts": Mutation(_SEQUENCE, "index counts the chunks", chunks=numbered(_index_counts)),
    "text-repeats": Mutation(_SEQUENCE, "each text repeats those before", chunks=_cumulative),
    "chunks-twice": Mutation(_SEQUENCE, "each chunk twice", chunks=_doubled),
    "one-chunk": Mutation(
        _SEQUENCE, "the text in one chunk", chunks=lambda chunks: chunk_edits.joined(chunks, 100_000)
    ),
    "chunks-larger": Mutation(
        _SEQUENCE, "six texts in one chunk", chunks=lambda chunks: chunk_edits.joined(chunks, 6)
    ),
    "cut-off": Mutation(_SEQUENCE, "the connection closes half-way", reply=_cut),
    "reset": Mutation(_SEQUENCE, "the connection is reset half-way", reply=_reset),
    "silent": Mutation(_SEQUENCE, "silence half-way, on an open connection", reply=_silent),
    # errors
    "error-in-stream": Mutation(
        _ERRORS, "an error object half-way", chunks=inserted(chunk_edits.becomes(_ERROR))
    ),
    "error-422": Mutation(_ERRORS, "refusals come with 422", refuse=refusal(status=422)),
    "error-as-success": Mutation(_ERRORS, "refusals come with 200", refuse=refusal(status=200)),
    "error-page": Mutation(
        _ERRORS,
        "refusals are pages of HTML",
        refuse=refusal(content_type="text/html; charset=utf-8", body=b"<html><h1>400</h1></html>"),
    ),
    "error-renamed": Mutation(
        _ERRORS, "message is called detail", refuse=question_edits.words(lambda text: {"detail": text})
    ),
    "error-object": Mutation(
        _ERRORS,
        "message is an object",
        refuse=question_edits.words(lambda text: {"message": {"code": "invalid", "text": text}}),
    ),
    "error-field-new": Mutation(
        _ERRORS, "a field code", refuse=question_edits.words(lambda text: {"message": text, "code": 4001})
    ),
    # pauses
    "starts-late": Mutation(
        _TIMING, "ten times as long to the first piece", steps=reply_edits.paced(first=10)
    ),
    "slow": Mutation(_TIMING, "six times as long between pieces", steps=reply_edits.paced(others=6)),
    "pauses": Mutation(_TIMING, "one long pause half-way", steps=reply_edits.pausing(12)),
    "at-once": Mutation(_TIMING, "everything at the end, at once", steps=reply_edits.at_once),
    # who cannot look does not know
    "rate-limited": Mutation(
        _TRANSPORT,
        "429 for every question",
        admit=refuses(429, '{"message":"Too many requests"}'),
    ),
    "overloaded": Mutation(
        _TRANSPORT, "503 for every question", admit=refuses(503, '{"message":"Service unavailable"}')
    ),
    "guarded": Mutation(
        _TRANSPORT,
        "403 and the page of a guard",
        admit=refuses(403, GUARD.decode(), "text/html; charset=utf-8"),
    ),
}
"""Questions first, then from the outside of an answer to its inside, then pauses, then what hides the rest."""

BLINDING = frozenset({"rate-limited", "overloaded", "guarded"})
"""After these nothing can be told: `harness drift` must say so, and neither alarm nor pass."""
