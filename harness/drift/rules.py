"""The rules of drift: one row each, with its id, its severity, why it matters, who breaks, what to do. Data only.

Ids are stable; a rule is never renamed, and its id is never used again. `docs/reference/drift.md` and `harness explain`
are drawn from this table. Rules for documents are written once and stand for requests, chunks and errors; `ALONE` says
why a rule has no mirror on the other way.
"""

from __future__ import annotations

from typing import TypeAlias

import msgspec

from harness.finding import Layer, Severity

BREAKING, RISKY, ADDITIVE, BENIGN = Severity.BREAKING, Severity.RISKY, Severity.ADDITIVE, Severity.BENIGN


class Rule(msgspec.Struct, frozen=True):
    """One kind of change. `where` is empty where the finding knows the place."""

    id: str
    layer: Layer
    severity: Severity
    where: str
    what: str
    why: str
    help: str
    inconclusive: bool = False


_CLIENT = "adapt the clients to it, or take it up with the upstream"
_TOLERATE = "see that your clients pass over what they do not know"
_READER = "read the stream with a full parser of the standard"
_LOOK = "see whether your clients rely on it"
_WATCH = "watch it; if it stays so, adapt time-outs and expectations"
_ASK = "see what the live client sends now, and send the same"
_AGAIN = "record again when the upstream can be reached"

_REQUEST = (
    (
        "path-changed",
        BREAKING,
        "request:path",
        "Requests go to another path.",
        "The old address will not be there for long.",
        _ASK,
    ),
    (
        "method-changed",
        BREAKING,
        "request:method",
        "Requests use another method.",
        "The old method will be refused.",
        _ASK,
    ),
    (
        "body-changed",
        BREAKING,
        "request:$",
        "The body of requests is another kind of text.",
        "Servers read one kind.",
        _ASK,
    ),
    (
        "header-added",
        BREAKING,
        "",
        "Every request carries a header that none had.",
        "What all clients send is often required.",
        _ASK,
    ),
    (
        "credential-added",
        BREAKING,
        "",
        "Every request carries credentials, and none did.",
        "Requests without them will be refused.",
        _ASK,
    ),
    (
        "header-removed",
        RISKY,
        "",
        "No request carries a header that all had.",
        "The service may not look at it any more.",
        _ASK,
    ),
    (
        "header-changed",
        RISKY,
        "",
        "A header of requests has another value.",
        "The service may answer in another form.",
        _ASK,
    ),
)

_TRANSPORT = (
    (
        "status-changed",
        RISKY,
        "status",
        "Replies come with another status.",
        "Clients that wait for one status take the others for failures.",
        _CLIENT,
    ),
    (
        "content-type-changed",
        BREAKING,
        "header:content-type",
        "Replies call themselves something else.",
        "Browsers and careful clients refuse to read them as a stream.",
        _CLIENT,
    ),
    (
        "content-type-vague",
        RISKY,
        "header:content-type",
        "Replies call themselves plain text, or bytes.",
        "Browsers' EventSource and careful clients want text/event-stream.",
        _CLIENT,
    ),
    (
        "charset-changed",
        BENIGN,
        "header:content-type",
        "The parameters of the content type are others.",
        "An event stream is UTF-8 whatever it says.",
        _LOOK,
    ),
    (
        "header-removed",
        RISKY,
        "",
        "A header that every reply had is gone.",
        "Clients that read it find nothing.",
        _LOOK,
    ),
    (
        "header-added",
        ADDITIVE,
        "",
        "Every reply has a header that none had.",
        "Clients pass over headers they do not know.",
        _LOOK,
    ),
    (
        "header-kind-changed",
        RISKY,
        "",
        "A header has another kind of value.",
        "Clients that parse it fail, or read nonsense.",
        _LOOK,
    ),
    (
        "header-changed",
        RISKY,
        "",
        "A header that says how to treat the reply has another value.",
        "Proxies and clients go by it.",
        _LOOK,
    ),
    (
        "deprecation-announced",
        RISKY,
        "",
        "Replies announce the end of this interface (RFC 9745, RFC 8594).",
        "On that day every client breaks.",
        "plan the move before the date",
    ),
    (
        "retry-after-new",
        RISKY,
        "header:retry-after",
        "Successful replies ask to wait.",
        "A limit is near.",
        _WATCH,
    ),
    (
        "coding-changed",
        RISKY,
        "header:content-encoding",
        "Bodies come in another content coding.",
        "Compression can hold a stream back, and simple clients do not undo it.",
        _CLIENT,
    ),
    (
        "transfer-changed",
        RISKY,
        "header:transfer-encoding",
        "Bodies are delimited in another way.",
        "A length in advance means the reply was held back until it was whole.",
        _LOOK,
    ),
    (
        "caching-changed",
        RISKY,
        "header:cache-control",
        "Replies no longer forbid caches to keep or change them.",
        "A proxy may hold the stream back, or answer in the upstream's place.",
        _LOOK,
    ),
    (
        "hop-changed",
        BENIGN,
        "",
        "A header about the way, not the reply, has another value.",
        "Nothing that a client should look at.",
        _LOOK,
    ),
    (
        "http-version-changed",
        BENIGN,
        "http_version",
        "Replies come over another version of HTTP.",
        "Libraries hide the difference.",
        _LOOK,
    ),
    (
        "http-version-lowered",
        RISKY,
        "http_version",
        "Replies come over HTTP/1.0.",
        "It has no chunks: a stream that was cut looks whole.",
        _LOOK,
    ),
)

_REFUSED = (
    (
        "replies-refused",
        BREAKING,
        "status",
        "No request is answered with a reply any more: all are refused.",
        "Every client stands still.",
        "compare the error's words with what is sent",
    ),
)

_FRAMING = (
    (
        "form-changed",
        BREAKING,
        "framing",
        "The body is no event stream any more.",
        "Readers of event streams find no events.",
        _CLIENT,
    ),
    (
        "line-end-changed",
        RISKY,
        "framing",
        "Lines end in another way.",
        "It is legal, and many clients split at one kind of line end.",
        _READER,
    ),
    (
        "space-changed",
        RISKY,
        "framing",
        "The space after `data:` has come or gone.",
        "It is legal, and many clients look for `data: ` with the space: they see no text and no error.",
        _READER,
    ),
    (
        "bom-new",
        RISKY,
        "framing",
        "Streams begin with a byte order mark.",
        "It is legal, and simple clients miss the first event.",
        _READER,
    ),
    (
        "multi-line-new",
        RISKY,
        "framing",
        "One event has several `data:` lines.",
        "It is legal, and clients that read by line see broken JSON.",
        _READER,
    ),
    (
        "line-strange",
        RISKY,
        "framing",
        "A line is no field of the standard.",
        "It is passed over by the standard; simple clients take it for data.",
        _READER,
    ),
    (
        "event-name-changed",
        RISKY,
        "event",
        "The names of events are others.",
        "A browser's EventSource hands a named event to another listener.",
        _CLIENT,
    ),
    (
        "id-changed",
        BENIGN,
        "id",
        "`id:` lines have come or gone.",
        "They matter to those who reconnect.",
        _LOOK,
    ),
    (
        "retry-changed",
        BENIGN,
        "retry",
        "`retry:` lines have come or gone.",
        "They matter to those who reconnect.",
        _LOOK,
    ),
    (
        "comment-new",
        RISKY,
        "comments",
        "Streams hold comments.",
        "They are legal, and clients that split at blank lines take them for data.",
        _READER,
    ),
    (
        "comment-as-data",
        BREAKING,
        "comments",
        "A sign of life is sent as data.",
        "It is no chunk: most clients raise an error in the middle of the reply.",
        _CLIENT,
    ),
    (
        "sentinel-missing",
        BREAKING,
        "sentinel",
        "Streams end without their terminal event.",
        "Clients wait for it, or cannot tell a whole reply from a cut one.",
        _CLIENT,
    ),
    (
        "sentinel-changed",
        BREAKING,
        "sentinel",
        "Streams end with another terminal event.",
        "Clients take it for a chunk, and fail.",
        _CLIENT,
    ),
    (
        "sentinel-repeated",
        RISKY,
        "sentinel",
        "The terminal event comes more than once.",
        "Clients that read on take it for a chunk.",
        _CLIENT,
    ),
    (
        "data-after-sentinel",
        RISKY,
        "sentinel",
        "Something comes after the terminal event.",
        "Clients have left by then: it is lost.",
        _CLIENT,
    ),
    (
        "sentinel-unfinished",
        RISKY,
        "sentinel",
        "No blank line ends the terminal event.",
        "The standard discards it; others cut off its last byte.",
        _CLIENT,
    ),
    (
        "stream-truncated",
        BREAKING,
        "last-chunk",
        "Streams break off in the middle of the answer.",
        "The answer is not whole.",
        _CLIENT,
    ),
    (
        "utf8-invalid",
        BREAKING,
        "encoding",
        "Bodies are not UTF-8.",
        "Readers replace the broken characters, or fail.",
        _CLIENT,
    ),
    (
        "characters-lost",
        BREAKING,
        "encoding",
        "Characters have been replaced by U+FFFD.",
        "Something before us cut bytes inside characters: text is lost.",
        _CLIENT,
    ),
    (
        "encoded-twice",
        BREAKING,
        "encoding",
        "Text has been encoded twice.",
        "People see \u00c3\u00a9 in place of \u00e9.",
        _CLIENT,
    ),
    (
        "json-in-string",
        BREAKING,
        "encoding",
        "Chunks are strings with JSON inside.",
        "Clients find a string where they look for an object.",
        _CLIENT,
    ),
    (
        "json-broken",
        BREAKING,
        "$",
        "The data of an event is no JSON.",
        "Most clients raise an error in the middle of the reply.",
        _CLIENT,
    ),
)

_DOCUMENT = (
    (
        "field-removed",
        (RISKY, BREAKING, BREAKING),
        "A field that was always there is gone.",
        "Clients that read it fail.",
    ),
    (
        "field-renamed",
        (BREAKING, BREAKING, BREAKING),
        "A field has another name.",
        "Who goes by the old name finds nothing.",
    ),
    (
        "field-moved",
        (BREAKING, BREAKING, BREAKING),
        "A field is at another place.",
        "Who looks at the old place finds nothing.",
    ),
    (
        "field-rare-removed",
        (RISKY, RISKY, RISKY),
        "A field that was there at times has not been seen again.",
        "Clients that use it where it is do without.",
    ),
    (
        "field-added",
        (RISKY, ADDITIVE, ADDITIVE),
        "A field is new.",
        "Tolerant readers pass over it; strict ones, and closed schemas, do not.",
    ),
    (
        "type-changed",
        (BREAKING, BREAKING, BREAKING),
        "A value has another type.",
        "Typed clients refuse it, others compute nonsense.",
    ),
    (
        "null-new",
        (BREAKING, BREAKING, BREAKING),
        "A value can be null, and could not.",
        "Clients that use the value without a look fail.",
    ),
    (
        "value-new",
        (BREAKING, RISKY, RISKY),
        "A word is new in a closed vocabulary.",
        "Clients that switch over the known words fall through.",
    ),
    (
        "constant-changed",
        (RISKY, BREAKING, BREAKING),
        "A value that never changed is another one.",
        "Clients tell kinds of documents apart by it.",
    ),
    (
        "field-optional",
        (RISKY, RISKY, RISKY),
        "A field that was always there is missing at times.",
        "Clients that rely on it fail now and then.",
    ),
)
"""Suffix; severity in a request, a chunk, an error; what; why."""

_CHUNK = (
    (
        "core-optional",
        BREAKING,
        "",
        "A field that carries the answer is missing at times.",
        "Clients index into it, and fail.",
        _CLIENT,
    ),
    (
        "null-replaced",
        BREAKING,
        "",
        "What was null until there is a value is something else now.",
        "Clients ask whether it is null, and take the rest for the value.",
        _CLIENT,
    ),
    (
        "null-absent",
        BREAKING,
        "",
        "A field that was null is left out.",
        "Typed clients that demand the key fail.",
        _CLIENT,
    ),
    (
        "field-spread",
        RISKY,
        "",
        "A field is in parts of the stream where it was not.",
        "Clients that take its presence for a sign are misled.",
        _LOOK,
    ),
    (
        "model-changed",
        RISKY,
        "",
        "Another model answers.",
        "Bills, limits and behaviour are the model's.",
        "see whether this is the model you want",
    ),
    (
        "format-changed",
        RISKY,
        "",
        "A string has another form.",
        "Clients that match or parse it fail.",
        _LOOK,
    ),
    (
        "magnitude-changed",
        RISKY,
        "",
        "Numbers are of another magnitude.",
        "Seconds may have become milliseconds.",
        _LOOK,
    ),
    (
        "array-empty",
        BREAKING,
        "",
        "An array that always had items is empty.",
        "Clients take the first item without a look, and fail.",
        _CLIENT,
    ),
    (
        "array-length-changed",
        RISKY,
        "",
        "An array has another number of items.",
        "Clients that read the first item lose the others.",
        _CLIENT,
    ),
    (
        "total-wrong",
        RISKY,
        "",
        "The total is not the sum of its parts.",
        "Whoever bills by one of them is wrong by the other.",
        _LOOK,
    ),
)

_SEQUENCE = (
    (
        "role-missing",
        BREAKING,
        "first-chunk",
        "Answers begin without a role.",
        "Clients that build a message from the stream have no speaker for it.",
        _CLIENT,
    ),
    (
        "role-repeated",
        RISKY,
        "chunk-sequence",
        "Answers say their role again.",
        "Clients that begin a message at each role split the answer.",
        _CLIENT,
    ),
    (
        "role-with-text",
        RISKY,
        "first-chunk",
        "The first chunk holds text beside the role.",
        "Clients that skip the first chunk lose text.",
        _CLIENT,
    ),
    (
        "finish-missing",
        BREAKING,
        "last-chunk",
        "Answers end without a finish reason.",
        "Nobody can tell a whole answer from a cut one.",
        _CLIENT,
    ),
    (
        "finish-repeated",
        RISKY,
        "chunk-sequence",
        "Answers give more than one finish reason.",
        "Clients that stop at the first one lose the rest.",
        _CLIENT,
    ),
    (
        "finish-with-text",
        RISKY,
        "last-chunk",
        "The finish reason comes with the last text.",
        "Clients that ignore the finishing chunk's text lose it.",
        _CLIENT,
    ),
    (
        "text-after-finish",
        BREAKING,
        "chunk-sequence",
        "Text comes after the finish reason.",
        "Clients stop there, and lose it.",
        _CLIENT,
    ),
    (
        "chunk-after-finish",
        RISKY,
        "chunk-sequence",
        "Chunks come after the finish reason.",
        "Clients stop there.",
        _CLIENT,
    ),
    (
        "usage-new",
        BREAKING,
        "usage-chunk",
        "A chunk of token counts, without choices, is new.",
        "Clients take the first choice without a look, and fail.",
        _CLIENT,
    ),
    (
        "usage-added",
        RISKY,
        "usage-chunk",
        "Chunks of the answer hold token counts.",
        "Clients that wait for a chunk of its own count twice, or not at all.",
        _LOOK,
    ),
    (
        "usage-gone",
        RISKY,
        "usage-chunk",
        "The token counts are gone.",
        "Whoever bills by them has nothing.",
        _CLIENT,
    ),
    (
        "usage-moved",
        RISKY,
        "usage-chunk",
        "The token counts are at another place.",
        "Clients look for them at the old one.",
        _LOOK,
    ),
    (
        "usage-repeated",
        RISKY,
        "usage-chunk",
        "The token counts come more than once.",
        "Clients that add them up charge twice.",
        _LOOK,
    ),
    (
        "document-strange",
        BREAKING,
        "chunk-sequence",
        "A document that is no chunk stands among the chunks.",
        "Clients look for choices in it, and fail.",
        _CLIENT,
    ),
    (
        "answer-missing",
        BREAKING,
        "chunk-sequence",
        "Streams end without having said anything.",
        "Clients show an empty answer, and nobody sees an error.",
        _CLIENT,
    ),
    (
        "id-varies",
        BREAKING,
        "",
        "The id changes within a reply.",
        "Clients that file the pieces under their id tear the answer apart.",
        _CLIENT,
    ),
    (
        "id-reused",
        BREAKING,
        "",
        "Different replies have the same id.",
        "Clients that file replies under their id mix them up.",
        _CLIENT,
    ),
    (
        "value-varies",
        RISKY,
        "",
        "A value that was the same throughout a reply changes within it.",
        "Clients that take it from the first chunk miss the rest.",
        _LOOK,
    ),
    (
        "text-cumulative",
        BREAKING,
        "",
        "Each chunk repeats the whole text so far.",
        "Clients that append see everything many times.",
        _CLIENT,
    ),
    (
        "chunk-repeated",
        BREAKING,
        "chunk-sequence",
        "Chunks come twice.",
        "Clients that append see the text twice.",
        _CLIENT,
    ),
    (
        "index-counts",
        BREAKING,
        "",
        "The index of the answer counts the chunks.",
        "Clients take each chunk for another answer.",
        _CLIENT,
    ),
    ("one-chunk", RISKY, "chunk-count", "Answers come in one chunk.", "Nothing streams any more.", _WATCH),
    (
        "chunk-size-changed",
        RISKY,
        "chunk-size",
        "Chunks hold another amount of text.",
        "The stream is coarser or finer than clients are tuned for.",
        _WATCH,
    ),
)

_ERROR = (
    (
        "request-refused",
        BREAKING,
        "error:status",
        "A known request is refused, in the interface's own words.",
        "The contract of requests has changed.",
        "compare the error's words with what is sent",
    ),
    (
        "status-changed",
        RISKY,
        "error:status",
        "Errors come with another status.",
        "Clients decide by the status whether to try again.",
        _CLIENT,
    ),
    (
        "form-changed",
        BREAKING,
        "",
        "The body of errors is another kind of text.",
        "Clients that want to show the error's words fail a second time.",
        _CLIENT,
    ),
    (
        "in-stream-new",
        RISKY,
        "",
        "An error stands in the place of a chunk, in a reply with status 200.",
        "Clients that look at the status see a success.",
        _CLIENT,
    ),
    (
        "header-removed",
        RISKY,
        "",
        "A header that every error had is gone.",
        "Clients that wait as long as it says do not wait.",
        _LOOK,
    ),
    (
        "header-added",
        ADDITIVE,
        "",
        "Every error has a header that none had.",
        "Clients pass over headers they do not know.",
        _LOOK,
    ),
    (
        "header-kind-changed",
        RISKY,
        "",
        "A header of errors has another kind of value.",
        "Clients that parse it fail.",
        _LOOK,
    ),
)

_SLOW = "People wait, and time-outs strike."
_SILENT = "Time-outs between pieces strike."
_HELD = "Something holds the stream back."

_TIMING = (
    ("ttft-slower", RISKY, "ttft", "The first piece comes later.", _SLOW, _WATCH),
    ("gap-slower", RISKY, "inter-chunk", "The pieces come slower.", _SLOW, _WATCH),
    ("gap-tail", RISKY, "inter-chunk", "The slowest pieces come later.", _SILENT, _WATCH),
    (
        "burst-new",
        RISKY,
        "inter-chunk",
        "The pieces come all at once.",
        _HELD,
        "look for a proxy that buffers",
    ),
    ("stall-new", RISKY, "inter-chunk", "Streams fall silent in the middle.", _SILENT, _WATCH),
    ("duration-longer", RISKY, "duration", "Replies take longer.", _SLOW, _WATCH),
)

_NOTHING = (
    (
        "unseen",
        RISKY,
        "status",
        "The upstream could not be looked at.",
        "A guard, a limit or a failure answered in its place, which is neither good nor bad news.",
        _AGAIN,
    ),
    (
        "nothing-recorded",
        RISKY,
        "chunk-count",
        "There is nothing to compare.",
        "A check that did not run must not look like one that passed.",
        _AGAIN,
    ),
)

ALONE: dict[str, str] = {
    "request-path-changed": "a reply has no path",
    "request-method-changed": "a reply has no method",
    "request-body-changed": "the mirror is framing-form-changed",
    "request-credential-added": "replies carry no credentials",
    "transport-header-kind-changed": "what clients put into a header is their own",
}
"""Rules of requests or of heads without a mirror of their name, and why."""

_Row: TypeAlias = tuple[str, Severity, str, str, str, str]

_ROWS: tuple[tuple[Layer, str, tuple[_Row, ...]], ...] = (
    (Layer.REQUEST, "request", _REQUEST),
    (Layer.TRANSPORT, "transport", (*_TRANSPORT, *_REFUSED)),
    (Layer.FRAMING, "framing", _FRAMING),
    (Layer.CHUNK, "chunk", _CHUNK),
    (Layer.SEQUENCE, "sequence", _SEQUENCE),
    (Layer.ERROR, "error", _ERROR),
    (Layer.TIMING, "timing", _TIMING),
    (Layer.TRANSPORT, "upstream", _NOTHING),
)
_DOCUMENTS = (
    (Layer.REQUEST, "request", _ASK),
    (Layer.CHUNK, "chunk", _CLIENT),
    (Layer.ERROR, "error", _CLIENT),
)


def _rules() -> tuple[Rule, ...]:
    own = [
        Rule(f"{prefix}-{name}", layer, severity, where, what, why, help_, prefix == "upstream")
        for layer, prefix, rows in _ROWS
        for name, severity, where, what, why, help_ in rows
    ]
    documents = [
        Rule(f"{prefix}-{name}", layer, severities[way], "", what, why, help_)
        for way, (layer, prefix, help_) in enumerate(_DOCUMENTS)
        for name, severities, what, why in _DOCUMENT
    ]
    order = list(Layer)
    return tuple(sorted([*own, *documents], key=lambda rule: order.index(rule.layer)))


TABLE: tuple[Rule, ...] = _rules()
"""Every rule, along the way of an exchange."""

RULES: dict[str, Rule] = {rule.id: rule for rule in TABLE}
