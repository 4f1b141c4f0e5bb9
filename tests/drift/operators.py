"""What an upstream can do to its clients: named operators on recordings, each with the finding it must cause."""

from __future__ import annotations

import copy
import json
import re

import msgspec

from harness.cassette.model import Frame, Interaction, Response
from tests.drift.corpus import Style, corpus

BREAKING, RISKY, ADDITIVE, BENIGN = "breaking", "risky", "additive", "benign"
TEXT, ROLE = "$.choices[*].delta.content", "$.choices[*].delta.role"
FINISH, USAGE = "$.choices[*].finish_reason", "$.usage"
CONVERSATION = "request:$.conversation"


class Operator(msgspec.Struct):
    """`change` turns one recording into what it would be after the change."""

    room: str
    where: str
    severity: str
    change: object
    style: Style = msgspec.field(default_factory=Style)
    before: object = None
    most: int = 2

    def sides(self, seed, size=8):
        """Recordings before and after."""
        before, now = corpus(seed, size, self.style), corpus(seed + 500, size, self.style)
        before = [self.before(each) for each in before] if self.before else before
        return before, [self.change(each) for each in now]


def cases_of(room):
    return [name for name, operator in OPERATORS.items() if operator.room == room]


def replaced(interaction, **changes):
    return Interaction(interaction.request, msgspec.structs.replace(interaction.response, **changes))


def with_body(interaction, body):
    """Another body, its pieces stretched over the same time."""
    stream = interaction.response.stream
    last = stream.frames[-1].at_ms
    ends = [match.end() for match in re.finditer(rb"\r\n\r\n|\n\n|\r\r", body)]
    ends = [*ends, len(body)] if not ends or ends[-1] != len(body) else ends
    sizes = [end - start for start, end in zip([0, *ends], ends, strict=False)]
    first = stream.frames[0].at_ms
    step = (last - first) / max(len(sizes) - 1, 1)
    frames = tuple(Frame(first + step * number, size) for number, size in enumerate(sizes))
    return replaced(interaction, body=body, stream=msgspec.structs.replace(stream, frames=frames))


def bytes_(change):
    return lambda interaction: with_body(interaction, change(interaction.response.body))


def swap(old, new):
    return bytes_(lambda body: body.replace(old, new))


def documents(change):
    """An operator on the list of chunks."""

    def mutate(body):
        head, *_ = re.match(rb"(?:: .*\n\n)?", body)[0], 0
        texts = [line[6:] for line in body.decode().split("\n") if line.startswith("data: {")]
        made = change([json.loads(text) for text in texts])
        lines = [json.dumps(each, ensure_ascii=False, separators=(",", ":")) for each in made]
        return head + ("".join(f"data: {line}\n\n" for line in lines) + "data: [DONE]\n\n").encode()

    return bytes_(mutate)


def each(change):
    """An operator on every chunk."""

    def mutate(chunks):
        for number, chunk in enumerate(chunks):
            change(number, chunk, len(chunks))
        return chunks

    return documents(mutate)


def choice(change):
    def mutate(number, chunk, size):
        for item in chunk.get("choices", []):
            change(number, item, size)

    return each(mutate)


def deltas(change):
    return choice(lambda number, item, size: change(number, item["delta"], size))


def header(name, value):
    def mutate(interaction):
        kept = tuple(pair for pair in interaction.response.headers if pair[0].lower() != name.lower())
        return replaced(interaction, headers=kept if value is None else (*kept, (name, value)))

    return mutate


def asked(change):
    def mutate(interaction):
        document = json.loads(interaction.request.body)
        changed = change(document) or document
        request = msgspec.structs.replace(interaction.request, body=json.dumps(changed).encode())
        return Interaction(request, interaction.response)

    return mutate


def history(change):
    def mutate(document):
        conversation = json.loads(document["conversation"])
        for turn in conversation["history"]:
            change(turn)
        document["conversation"] = json.dumps(conversation)

    return asked(mutate)


def request_header(name, value):
    def mutate(interaction):
        request = msgspec.structs.replace(
            interaction.request, headers=(*interaction.request.headers, (name, value))
        )
        return Interaction(request, interaction.response)

    return mutate


def request_parts(**changes):
    return lambda found: Interaction(msgspec.structs.replace(found.request, **changes), found.response)


def refused(status, body=b'{"message":"Invalid conversation"}', kind="application/json"):
    response = Response(status, "No", (("Content-Type", kind),), body)
    return lambda interaction: Interaction(interaction.request, response)


def slower(factor, *, first=1.0):
    def mutate(interaction):
        stream = interaction.response.stream
        start = stream.frames[0].at_ms
        frames = tuple(
            Frame(start * first + (frame.at_ms - start) * factor, frame.size) for frame in stream.frames
        )
        changed = msgspec.structs.replace(stream, frames=frames, end_ms=frames[-1].at_ms + 2)
        return replaced(interaction, stream=changed)

    return mutate


def buffered(interaction):
    stream = interaction.response.stream
    frames = tuple(Frame(stream.end_ms, frame.size) for frame in stream.frames)
    return replaced(interaction, stream=msgspec.structs.replace(stream, frames=frames))


def pop(*names):
    def change(number, part, size):
        for name in names:
            part.pop(name, None)

    return change


def put(name, value):
    def change(number, part, size):
        part[name] = value

    return change


def rename(old, new):
    def change(number, part, size):
        if old in part:
            part[new] = part.pop(old)

    return change


def turn(name, change_value):
    def change(number, part, size):
        if name in part:
            part[name] = change_value(part[name])

    return change


def only(where, change):
    """A change to one chunk: `first`, `last`, or a middle one."""

    def mutate(number, part, size):
        place = {"first": 0, "last": size - 1, "middle": size // 2}[where]
        if number == place:
            change(number, part, size)

    return mutate


def usage_of(change):
    def mutate(number, chunk, size):
        if chunk.get("usage"):
            change(number, chunk["usage"], size)

    return each(mutate)


def insert(make, place):
    def mutate(chunks):
        number = {"first": 0, "middle": len(chunks) // 2, "end": len(chunks)}[place]
        return [*chunks[:number], make(copy.deepcopy(chunks[number - 1])), *chunks[number:]]

    return documents(mutate)


def bare(chunk):
    return {**chunk, "choices": [{"index": 0, "delta": {}, "finish_reason": None}]}


def said(text):
    def make(chunk):
        return {**chunk, "choices": [{"index": 0, "delta": {"content": text}, "finish_reason": None}]}

    return make


def cumulative(chunks):
    so_far = ""
    for chunk in chunks:
        delta = chunk["choices"][0]["delta"]
        if delta.get("content"):
            so_far += delta["content"]
            delta["content"] = so_far
    return chunks


def joined(chunks, count):
    texts = [chunk for chunk in chunks if chunk["choices"][0]["delta"].get("content")]
    made = []
    for number in range(0, len(texts), count):
        part = copy.deepcopy(texts[number])
        part["choices"][0]["delta"]["content"] = "".join(
            each["choices"][0]["delta"]["content"] for each in texts[number : number + count]
        )
        made.append(part)
    return [chunks[0], *made, chunks[-1]]


def finish_with_text(chunks):
    chunks[-2]["choices"][0]["finish_reason"] = chunks[-1]["choices"][0]["finish_reason"]
    return chunks[:-1]


def role_with_text(chunks):
    chunks[0]["choices"][0]["delta"]["content"] = chunks[1]["choices"][0]["delta"]["content"]
    return [chunks[0], *chunks[2:]]


def truncated(body):
    return b"\n\n".join(body.split(b"\n\n")[:-4]) + b"\n\n"


def finish_early(chunks):
    return [*chunks[:-3], chunks[-1], *chunks[-3:-1]]


def usage_first(chunks):
    return [chunks[0], chunks[-1], *chunks[1:-1]]


def usage_on_finish(chunks):
    chunks[-2]["usage"] = chunks[-1]["usage"]
    return chunks[:-1]


def usage_chunk(chunk):
    usage = {"prompt_tokens": 5, "completion_tokens": 7, "total_tokens": 12}
    return {**chunk, "choices": [], "usage": usage}


def some(change, *, of=3):
    """The change in one of so many recordings; by the text, so that it is the same each time."""
    return lambda found: change(found) if len(found.response.body) % of == 0 else found


WITH_USAGE, NULLABLE = Style(usage=True), Style(nullable=True)
FINGERPRINT, NEVER_LONG = Style(optional=1.0), Style(lengths=False)
RATE = (("X-RateLimit-Reset", "30"), ("X-RateLimit-Limit", "60"))

_ROWS = {
    # request
    "endpoint gone": ("heads", "request:path", BREAKING, refused(404)),
    "endpoint retired": ("heads", "request:path", BREAKING, refused(410)),
    "refused 422": ("heads", "status", BREAKING, refused(422)),
    "refused 400": ("heads", "status", BREAKING, refused(400)),
    "key required": ("heads", "request:header:authorization", BREAKING, refused(401)),
    "key required 403": ("heads", "request:header:authorization", BREAKING, refused(403)),
    "path moved": ("heads", "request:path", BREAKING, request_parts(uri="https://a.example/v2/chat")),
    "method": ("heads", "request:method", BREAKING, request_parts(method="PUT")),
    "key sent": (
        "heads",
        "request:header:authorization",
        BREAKING,
        request_header("Authorization", "Bearer x"),
    ),
    "request field": ("fields", "request:$.plan", RISKY, asked(lambda d: {**d, "plan": "free"})),
    "request field gone": (
        "fields",
        "request:$.temperature",
        RISKY,
        asked(lambda d: {"conversation": d["conversation"]}),
    ),
    "request type": ("fields", "request:$.temperature", BREAKING, asked(lambda d: {**d, "temperature": []})),
    "request encoding": (
        "heads",
        CONVERSATION,
        BREAKING,
        asked(lambda d: {**d, "conversation": json.loads(d["conversation"])}),
    ),
    "speaker": (
        "fields",
        f"{CONVERSATION}.history[*].speaker",
        BREAKING,
        history(lambda turn: turn.update(speaker={"human": "user"}.get(turn["speaker"], turn["speaker"]))),
    ),
    "turn field renamed": (
        "fields",
        f"{CONVERSATION}.history[*].speaker",
        BREAKING,
        history(lambda turn: turn.update(role=turn.pop("speaker"))),
    ),
    # transport
    "status 201": ("heads", "status", RISKY, lambda found: replaced(found, status=201)),
    "content type json": (
        "heads",
        "header:content-type",
        BREAKING,
        header("Content-Type", "application/json"),
    ),
    "content type plain": ("heads", "header:content-type", RISKY, header("Content-Type", "text/plain")),
    "charset gone": ("heads", "header:content-type", BENIGN, header("Content-Type", "text/event-stream")),
    "header gone": (
        "heads",
        "header:x-request-id",
        RISKY,
        header("X-Request-Id", None),
    ),
    "header new": ("heads", "header:x-region", ADDITIVE, header("X-Region", "fra1")),
    "header type": (
        "heads",
        "header:x-ratelimit-reset",
        RISKY,
        header("X-RateLimit-Reset", "Thu, 26 Nov 2026 12:00:00 GMT"),
        Style(headers=RATE),
    ),
    "sunset": ("heads", "header:sunset", RISKY, header("Sunset", "Sat, 01 May 2027 00:00:00 GMT")),
    "deprecation": ("heads", "header:deprecation", RISKY, header("Deprecation", "@1800000000")),
    "coding": ("heads", "header:content-encoding", RISKY, header("Content-Encoding", "gzip")),
    "server": ("heads", "header:server", BENIGN, header("Server", "nginx")),
    "caching": ("heads", "header:cache-control", RISKY, header("Cache-Control", "public, max-age=60")),
    "transfer": ("heads", "header:transfer-encoding", RISKY, header("Transfer-Encoding", None)),
    "http version": (
        "heads",
        "http_version",
        BENIGN,
        lambda found: replaced(
            found, stream=msgspec.structs.replace(found.response.stream, http_version="2")
        ),
    ),
    # framing
    "no space": ("diff", "framing", RISKY, swap(b"data: ", b"data:")),
    "crlf": ("diff", "framing", RISKY, swap(b"\n", b"\r\n")),
    "cr": ("diff", "framing", RISKY, swap(b"\n", b"\r")),
    "bom": ("diff", "framing", RISKY, bytes_(lambda body: b"\xef\xbb\xbf" + body)),
    "data lines": ("diff", "framing", RISKY, swap(b',"choices"', b'\ndata: ,"choices"')),
    "ndjson": (
        "diff",
        "framing",
        BREAKING,
        bytes_(
            lambda body: (
                body.replace(b"data: [DONE]\n\n", b"").replace(b"data: ", b"").replace(b"\n\n", b"\n")
            )
        ),
    ),
    "comments": ("diff", "comments", RISKY, bytes_(lambda body: b": keep-alive\n\n" + body)),
    "comment as data": ("diff", "comments", BREAKING, bytes_(lambda body: b"data: ping\n\n" + body)),
    "event lines": ("diff", "event", RISKY, swap(b"data: {", b"event: chunk\ndata: {")),
    "id lines": ("diff", "id", BENIGN, swap(b"data: {", b"id: 7\ndata: {")),
    "retry line": ("diff", "retry", BENIGN, bytes_(lambda body: b"retry: 3000\n" + body)),
    "sentinel missing": ("diff", "sentinel", BREAKING, swap(b"data: [DONE]\n\n", b"")),
    "sentinel missing now and then": ("diff", "sentinel", BREAKING, some(swap(b"data: [DONE]\n\n", b""))),
    "sentinel changed": ("diff", "sentinel", BREAKING, swap(b"[DONE]", b"[END]")),
    "sentinel doubled": ("diff", "sentinel", RISKY, bytes_(lambda body: body + b"data: [DONE]\n\n")),
    "sentinel unfinished": ("diff", "sentinel", RISKY, bytes_(lambda body: body[:-2])),
    "data after": (
        "diff",
        "sentinel",
        RISKY,
        bytes_(lambda body: body + b'data: {"choices":[]}\n\n'),
        None,
        3,
    ),
    "truncated": ("diff", "sentinel", BREAKING, bytes_(truncated)),
    "cut": ("diff", "framing", BREAKING, bytes_(lambda body: body[:-60]), None, 3),
    "invalid utf-8": ("diff", "encoding", BREAKING, swap(b'"content":" ', b'"content":" \xff')),
    "replacement": ("diff", "encoding", BREAKING, swap(b'"content":" ', '"content":" \ufffd'.encode())),
    "double encoding": (
        "diff",
        "encoding",
        BREAKING,
        bytes_(
            lambda body: re.sub(
                rb"data: (\{.*\})", lambda match: b"data: " + json.dumps(match[1].decode()).encode(), body
            )
        ),
    ),
    # chunk
    "text gone": ("fields", TEXT, BREAKING, deltas(pop("content"))),
    "text renamed": ("fields", TEXT, BREAKING, deltas(rename("content", "text"))),
    "object gone": ("fields", "$.object", BREAKING, each(pop("object"))),
    "id gone": ("fields", "$.id", BREAKING, each(pop("id"))),
    "field new": ("fields", "$.service_tier", ADDITIVE, each(put("service_tier", "default"))),
    "choice field new": ("fields", "$.choices[*].logprobs", ADDITIVE, choice(put("logprobs", None))),
    "optional gone": (
        "fields",
        "$.system_fingerprint",
        RISKY,
        each(pop("system_fingerprint")),
        Style(optional=0.8),
    ),
    "now and then gone": (
        "fields",
        "$.system_fingerprint",
        RISKY,
        some(each(pop("system_fingerprint"))),
        FINGERPRINT,
    ),
    "created float": ("fields", "$.created", BREAKING, each(turn("created", lambda value: value + 0.5))),
    "created string": ("fields", "$.created", BREAKING, each(turn("created", str))),
    "text list": ("fields", TEXT, BREAKING, deltas(turn("content", lambda value: [value]))),
    "text null": ("fields", TEXT, BREAKING, deltas(only("first", put("content", None)))),
    "text null mid-way": ("fields", TEXT, BREAKING, deltas(only("middle", put("content", None)))),
    "finish empty": ("fields", FINISH, BREAKING, choice(turn("finish_reason", lambda value: value or ""))),
    "finish absent": (
        "fields",
        FINISH,
        BREAKING,
        choice(lambda number, item, size: item.pop("finish_reason") if not item["finish_reason"] else None),
    ),
    "logprobs absent": ("fields", "$.choices[*].logprobs", BREAKING, choice(pop("logprobs")), NULLABLE),
    "object changed": ("fields", "$.object", BREAKING, each(put("object", "chat.chunk"))),
    "role changed": ("fields", ROLE, BREAKING, deltas(turn("role", lambda value: "bot"))),
    "finish word": (
        "fields",
        FINISH,
        RISKY,
        choice(turn("finish_reason", lambda value: value and "end_turn")),
    ),
    "finish case": (
        "fields",
        FINISH,
        RISKY,
        choice(turn("finish_reason", lambda value: value and value.upper())),
    ),
    "created in ms": ("fields", "$.created", RISKY, each(turn("created", lambda value: value * 1000))),
    "created zero": ("fields", "$.created", RISKY, each(put("created", 0))),
    "id format": (
        "fields",
        "$.id",
        RISKY,
        each(turn("id", lambda value: f"{value[9:17]}-0000-4000-8000-000000000000".lower())),
    ),
    "choices empty": (
        "fields",
        "$.choices",
        BREAKING,
        insert(lambda chunk: {**chunk, "choices": []}, "middle"),
    ),
    "two choices": (
        "fields",
        "$.choices",
        RISKY,
        each(turn("choices", lambda items: [*items, {**items[0], "index": 1}])),
        None,
        4,
    ),
    "sum": ("fields", "$.usage.total_tokens", RISKY, usage_of(put("total_tokens", 9999)), WITH_USAGE),
    "model": ("diff", "$.model", RISKY, each(put("model", "gpt-4o-mini"))),
    # sequence
    "role missing": ("diff", "first-chunk", BREAKING, deltas(pop("role"))),
    "role repeated": ("diff", "first-chunk", RISKY, deltas(put("role", "assistant"))),
    "role with text": ("diff", "first-chunk", RISKY, documents(role_with_text)),
    "first chunk gone": ("diff", "first-chunk", BREAKING, documents(lambda chunks: chunks[1:])),
    "finish missing": ("diff", "last-chunk", BREAKING, choice(put("finish_reason", None))),
    "finish twice": ("diff", "last-chunk", RISKY, documents(lambda chunks: [*chunks, chunks[-1]])),
    "finish early": ("diff", "chunk-sequence", BREAKING, documents(finish_early)),
    "finish with text": ("diff", "last-chunk", RISKY, documents(finish_with_text)),
    "usage new": ("diff", "usage-chunk", BREAKING, insert(usage_chunk, "end")),
    "usage gone": (
        "diff",
        "usage-chunk",
        RISKY,
        documents(lambda chunks: chunks[:-1]),
        WITH_USAGE,
    ),
    "usage first": ("diff", "usage-chunk", RISKY, documents(usage_first), WITH_USAGE, 3),
    "usage on finish": ("diff", "usage-chunk", RISKY, documents(usage_on_finish), WITH_USAGE),
    "empty chunk": ("diff", "chunk-sequence", RISKY, insert(bare, "middle")),
    "text after finish": ("diff", "chunk-sequence", BREAKING, insert(said(" bye"), "end")),
    "chunk without choices": (
        "fields",
        "$.choices",
        BREAKING,
        insert(lambda c: {**c, "choices": None}, "end"),
    ),
    "choices gone from one": (
        "fields",
        "$.choices",
        BREAKING,
        insert(lambda c: {name: value for name, value in c.items() if name != "choices"}, "end"),
    ),
    "ids vary": (
        "diff",
        "$.id",
        BREAKING,
        each(lambda number, chunk, size: chunk.update(id=f"{chunk['id'][:-3]}{number:03}")),
    ),
    "created varies": (
        "diff",
        "$.created",
        RISKY,
        each(lambda number, chunk, size: chunk.update(created=chunk["created"] + number)),
    ),
    "one id for all": ("diff", "$.id", BREAKING, each(put("id", "chatcmpl-VmABaNGlTduyopvKQ5ld8SmxsUjmz"))),
    "cumulative": ("diff", TEXT, BREAKING, documents(cumulative)),
    "doubled": (
        "diff",
        "chunk-sequence",
        BREAKING,
        documents(lambda chunks: [chunk for chunk in chunks for _ in range(2)]),
    ),
    "index counts": (
        "diff",
        "$.choices[*].index",
        BREAKING,
        choice(lambda number, item, size: item.update(index=number)),
    ),
    "one piece": ("diff", "chunk-count", RISKY, documents(lambda chunks: joined(chunks, 1000))),
    "larger pieces": ("diff", "chunk-size", RISKY, documents(lambda chunks: joined(chunks, 6))),
    # errors
    "error in stream": (
        "diff",
        "error:$.error",
        RISKY,
        insert(lambda chunk: {"error": {"message": "boom", "type": "x", "code": None}}, "middle"),
    ),
    "error as success": (
        "heads",
        "error:status",
        BREAKING,
        refused(200, b'{"error":{"message":"bad request"}}'),
    ),
    "error status": ("heads", "error:status", RISKY, refused(422), None, 2, refused(400)),
    "error page": (
        "heads",
        "error:$",
        BREAKING,
        refused(400, b"<html>no</html>", "text/html"),
        None,
        2,
        refused(400),
    ),
    "error field": (
        "fields",
        "error:$.message",
        BREAKING,
        refused(400, b'{"error":"Invalid"}'),
        None,
        2,
        refused(400),
    ),
    "error type": (
        "fields",
        "error:$.message",
        BREAKING,
        refused(400, b'{"message":{"text":"Invalid"}}'),
        None,
        2,
        refused(400),
    ),
    # timing
    "slow start": ("diff", "ttft", RISKY, slower(1.0, first=5.0)),
    "slow chunks": ("diff", "inter-chunk", RISKY, slower(4.0)),
    "all at once": ("diff", "inter-chunk", RISKY, buffered),
}  # name: room, where, severity, change, style, most findings, change of the baseline

OPERATORS = {
    name: Operator(
        room,
        where,
        severity,
        change,
        (rest[0] if rest and rest[0] else Style()),
        rest[2] if len(rest) > 2 else None,
        rest[1] if len(rest) > 1 else 2,
    )
    for name, (room, where, severity, change, *rest) in _ROWS.items()
}
