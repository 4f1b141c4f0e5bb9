"""The rules of drift: one row each, with its id, layer, severity, place, what it means and why it matters. Data only.

Ids are stable; a rule is never renamed, and its id is never used again. Rules about the fields of a document exist
for the chunk, the request and the error body, with the severity that each direction deserves.
"""

from __future__ import annotations

import msgspec

from harness.finding import Layer, Severity

BREAKING, RISKY, ADDITIVE, BENIGN = Severity.BREAKING, Severity.RISKY, Severity.ADDITIVE, Severity.BENIGN
REQUEST, TRANSPORT, FRAMING, CHUNK = Layer.REQUEST, Layer.TRANSPORT, Layer.FRAMING, Layer.CHUNK
SEQUENCE, ERROR, TIMING = Layer.SEQUENCE, Layer.ERROR, Layer.TIMING


class Rule(msgspec.Struct, frozen=True):
    """One rule. `where` is the place of its findings where it is always the same."""

    id: str
    layer: Layer
    severity: Severity
    where: str
    what: str
    why: str
    help: str


HELP = {
    REQUEST: "ask again with the new form; if the service takes no other, change the client and record a new baseline",
    TRANSPORT: "look at the answer's head: harness show FILE; if the change is meant, record a new baseline",
    FRAMING: "feed the new recording to your parser: harness replay FILE; if it bears it, record a new baseline",
    CHUNK: "replay the new recording to your client: harness replay FILE; mend what breaks, then record a new baseline",
    SEQUENCE: "look at the order of the stream: harness show FILE; mend what breaks, then record a new baseline",
    ERROR: "replay the new error to your client: harness replay FILE; mend what breaks, then record a new baseline",
    TIMING: "record some more, at another time of day; if it stays so, look at time limits and at proxies that buffer",
}

OWN_HELP = {
    "nothing-to-compare": "look at both folders: harness validate FOLDER; record what is missing",
    "could-not-look": "look at what came: harness show FILE; hand in a key if one is wanted, and ask again later",
    "probe-stopped": "ask again later; where the upstream wants it, more slowly: --rate 5",
}
"""Of rules that say why nothing could be seen, there is nothing to record anew."""

_FIELDS = (
    # what happened, (chunk, request, error), what, why
    ("removed", (BREAKING, RISKY, BREAKING), "A field that was there is gone.", "Clients that read it fail."),
    (
        "added",
        (ADDITIVE, RISKY, ADDITIVE),
        "A field is there that was not.",
        "Strict readers refuse what they do not know.",
    ),
    (
        "optional",
        (RISKY, None, RISKY),
        "A field that was always there is missing now and then.",
        "Clients read it without asking first.",
    ),
    (
        "everywhere",
        (RISKY, None, None),
        "A field that stood in some objects of a stream stands in all of them.",
        "Clients take its presence for a sign.",
    ),
    (
        "moved",
        (RISKY, None, None),
        "A known field stands at another place of the stream.",
        "Clients look for it where it was.",
    ),
    (
        "type-changed",
        (BREAKING, BREAKING, BREAKING),
        "A value is of another JSON type.",
        "Typed clients refuse the document; others fail where they use it.",
    ),
    (
        "null",
        (BREAKING, RISKY, BREAKING),
        "A value is null that never was.",
        "Clients read on below it, or join it to a text, and fail.",
    ),
    (
        "constant-changed",
        (BREAKING, BREAKING, RISKY),
        "A value that was always the same is another one.",
        "The constant is how a reader knows what it looks at.",
    ),
    (
        "word-new",
        (RISKY, BREAKING, RISKY),
        "A word is new in a small, closed set.",
        "Clients that switch over the known words fall through.",
    ),
    (
        "word-gone",
        (RISKY, RISKY, None),
        "A word that was common does not come any more.",
        "What waits for it waits for ever.",
    ),
    (
        "format-changed",
        (RISKY, None, RISKY),
        "A string is of another make: another head, another kind of identifier.",
        "Identifiers are parsed, stored in columns and compared.",
    ),
    (
        "magnitude-changed",
        (RISKY, None, RISKY),
        "A number is of another size altogether.",
        "Seconds read as milliseconds give dates far away.",
    ),
    (
        "sum-broken",
        (RISKY, None, None),
        "A total is no longer the sum of its parts.",
        "Bills and limits are computed from it.",
    ),
    (
        "array-empty",
        (BREAKING, None, None),
        "An array is empty that never was.",
        "Clients take its first item without asking.",
    ),
    (
        "array-longer",
        (RISKY, None, None),
        "An array has another number of items.",
        "Clients take its first item and lose the others.",
    ),
)

_DOCUMENTS = (("chunk", CHUNK), ("request", REQUEST), ("error", ERROR))

_HEADERS = (
    (
        "removed",
        (RISKY, ADDITIVE, RISKY),
        "A header that came is gone.",
        "Clients that read it fall back to a guess.",
    ),
    (
        "added",
        (ADDITIVE, RISKY, ADDITIVE),
        "A header is always there that never was.",
        "It may say how the service wants to be used.",
    ),
    (
        "type-changed",
        (RISKY, None, RISKY),
        "A header's value is of another kind.",
        "Clients parse it: a number is no date.",
    ),
)
_SIDES = (("header", TRANSPORT), ("request-header", REQUEST), ("error-header", ERROR))

_OTHERS = (
    # requests
    (
        "endpoint-gone",
        REQUEST,
        BREAKING,
        "request:path",
        "The endpoint answers that it is not there.",
        "Every call fails.",
    ),
    (
        "request-path-changed",
        REQUEST,
        BREAKING,
        "request:path",
        "Questions go to another path.",
        "The old path may be on its way out.",
    ),
    (
        "request-method-changed",
        REQUEST,
        BREAKING,
        "request:method",
        "Questions are asked with another method.",
        "The old one may be refused.",
    ),
    (
        "credentials-required",
        REQUEST,
        BREAKING,
        "request:header:authorization",
        "A question that needed no key is refused for want of one.",
        "Every call without a key fails.",
    ),
    (
        "request-credentials-added",
        REQUEST,
        BREAKING,
        "",
        "Every question brings credentials that none brought before.",
        "Clients without them are refused, most likely.",
    ),
    (
        "request-refused",
        REQUEST,
        BREAKING,
        "status",
        "A question that was answered is refused.",
        "The same call works no more.",
    ),
    (
        "request-encoding-changed",
        REQUEST,
        BREAKING,
        "",
        "A part of the request is encoded in another way, such as an object for JSON in a string.",
        "Services refuse, or silently misread, the other form.",
    ),
    (
        "request-header-changed",
        REQUEST,
        RISKY,
        "",
        "A header of the question has another value.",
        "It is how a client says what it wants back.",
    ),
    (
        "request-type-changed",
        REQUEST,
        BREAKING,
        "request:header:content-type",
        "Questions come under another media type.",
        "Services choose their parser by it, and refuse any other.",
    ),
    (
        "request-not-json",
        REQUEST,
        BREAKING,
        "request:$",
        "The request's body is no JSON any more.",
        "Services refuse the other form.",
    ),
    (
        "query-added",
        REQUEST,
        RISKY,
        "request:path",
        "Questions bring a query parameter that none brought before.",
        "It may be required.",
    ),
    # transport
    (
        "status-changed",
        TRANSPORT,
        RISKY,
        "status",
        "Replies come with another status.",
        "Clients compare it with 200; others do not follow redirects.",
    ),
    (
        "content-type-changed",
        TRANSPORT,
        BREAKING,
        "header:content-type",
        "Replies come under another media type.",
        "Clients choose their parser by it, and some refuse any other.",
    ),
    (
        "charset-changed",
        TRANSPORT,
        BENIGN,
        "header:content-type",
        "The content type has other parameters.",
        "Only clients that compare the whole value notice.",
    ),
    (
        "content-encoding-changed",
        TRANSPORT,
        RISKY,
        "header:content-encoding",
        "Replies are compressed in another way.",
        "A client that cannot undo it reads noise, and compression buffers.",
    ),
    (
        "transfer-changed",
        TRANSPORT,
        RISKY,
        "header:transfer-encoding",
        "Replies are transferred in another way.",
        "Some clients read chunked bodies only; a length means that the reply was buffered.",
    ),
    (
        "cache-control-changed",
        TRANSPORT,
        BENIGN,
        "header:cache-control",
        "Caches are told something else.",
        "A cache could answer in the service's place.",
    ),
    (
        "caching-allowed",
        TRANSPORT,
        RISKY,
        "header:cache-control",
        "Caches may keep replies now.",
        "A cache could answer in the service's place.",
    ),
    (
        "buffering-changed",
        TRANSPORT,
        RISKY,
        "header:x-accel-buffering",
        "Proxies are told something else about buffering.",
        "A proxy that buffers hands the reply over in one piece.",
    ),
    (
        "server-changed",
        TRANSPORT,
        BENIGN,
        "",
        "Another server, or another way to it, answers.",
        "Good to know when something else moves.",
    ),
    (
        "origin-changed",
        TRANSPORT,
        RISKY,
        "header:access-control-allow-origin",
        "Other web pages may read the replies.",
        "Clients in browsers are refused.",
    ),
    (
        "http-version-changed",
        TRANSPORT,
        BENIGN,
        "http_version",
        "Replies come over another version of HTTP.",
        "Limits on connections and headers differ.",
    ),
    (
        "deprecation-announced",
        TRANSPORT,
        RISKY,
        "",
        "The service says that it will go away.",
        "There is a date after which every call fails.",
    ),
    # framing
    (
        "framing-line-ends",
        FRAMING,
        RISKY,
        "framing",
        "Lines end in another way.",
        "Legal; clients that split at two LF find no events.",
    ),
    (
        "framing-space",
        FRAMING,
        RISKY,
        "framing",
        "The space after `data:` came or went.",
        "Legal; clients that look for `data: ` find nothing.",
    ),
    (
        "framing-bom",
        FRAMING,
        RISKY,
        "framing",
        "The byte order mark at the head of a stream came or went.",
        "Legal; many clients lose the first event.",
    ),
    (
        "framing-data-lines",
        FRAMING,
        RISKY,
        "framing",
        "The data of one event came to spread over several lines, or no longer does.",
        "Legal; clients that read line by line get broken JSON.",
    ),
    (
        "framing-field-unknown",
        FRAMING,
        RISKY,
        "framing",
        "A line holds a field that the standard does not know.",
        "Readers that do not keep to the standard fail on it.",
    ),
    (
        "framing-lost",
        FRAMING,
        BREAKING,
        "framing",
        "Lines of JSON stand without `data:`, or came to have it; this is no stream of the kind that it was.",
        "Clients find no event.",
    ),
    (
        "framing-cut",
        FRAMING,
        BREAKING,
        "framing",
        "The last event is not finished.",
        "By the standard it is dropped.",
    ),
    (
        "comments-new",
        FRAMING,
        RISKY,
        "comments",
        "There are comment lines, such as keep-alives, where there were none.",
        "Clients that expect data in every line fail.",
    ),
    (
        "comment-as-data",
        FRAMING,
        BREAKING,
        "comments",
        "Data comes that is no JSON, as if a comment were data.",
        "Clients read it as JSON and fail.",
    ),
    (
        "event-field-new",
        FRAMING,
        RISKY,
        "event",
        "Events name a type.",
        "Clients that follow the standard hand them to another listener.",
    ),
    (
        "event-field-gone",
        FRAMING,
        RISKY,
        "event",
        "Events name no type any more.",
        "Clients that listen to the type hear nothing.",
    ),
    (
        "event-name-changed",
        FRAMING,
        RISKY,
        "event",
        "Events name another type.",
        "Clients that listen to the old one hear nothing.",
    ),
    (
        "id-field-changed",
        FRAMING,
        BENIGN,
        "id",
        "Events came to have an id, or lost it.",
        "Only clients that reconnect use it.",
    ),
    (
        "retry-field-changed",
        FRAMING,
        BENIGN,
        "retry",
        "The stream came to set a reconnection time, or no longer does.",
        "Only clients that reconnect use it.",
    ),
    (
        "encoding-invalid",
        FRAMING,
        BREAKING,
        "encoding",
        "The stream holds bytes that are no UTF-8.",
        "Clients that decode strictly fail; others show rubbish.",
    ),
    (
        "encoding-replacement",
        FRAMING,
        BREAKING,
        "encoding",
        "The text holds U+FFFD, the mark of characters that were lost.",
        "The upstream cuts characters in two.",
    ),
    (
        "encoding-twice",
        FRAMING,
        BREAKING,
        "encoding",
        "The text was taken for another encoding and encoded again: UTF-8 read as Latin-1.",
        "Clients show `Ã©` for `é`, and nobody notices but the reader.",
    ),
    (
        "encoding-doubled",
        FRAMING,
        BREAKING,
        "encoding",
        "Data is a JSON string that holds the JSON.",
        "Clients get a string where they expect an object.",
    ),
    # chunk
    ("chunk-not-json", CHUNK, BREAKING, "$", "Data is no JSON object.", "Clients read it as one and fail."),
    # sequence
    (
        "reply-without-chunks",
        SEQUENCE,
        BREAKING,
        "chunk-sequence",
        "A reply holds no chunk.",
        "Clients show an empty answer.",
    ),
    (
        "stream-broken",
        SEQUENCE,
        BREAKING,
        "last-chunk",
        "The connection broke before the reply was whole.",
        "Clients fail, or take half an answer for a whole one.",
    ),
    (
        "sentinel-missing",
        SEQUENCE,
        BREAKING,
        "sentinel",
        "The event that ends a stream does not come.",
        "Clients cannot tell a whole answer from a cut one, or wait.",
    ),
    (
        "sentinel-changed",
        SEQUENCE,
        BREAKING,
        "sentinel",
        "The stream ends with another word.",
        "Clients read it as a chunk and fail.",
    ),
    (
        "sentinel-doubled",
        SEQUENCE,
        RISKY,
        "sentinel",
        "The event that ends a stream comes twice.",
        "Clients that read on take the second for a chunk.",
    ),
    (
        "sentinel-unfinished",
        SEQUENCE,
        RISKY,
        "sentinel",
        "The last event lacks its blank line.",
        "By the standard it is dropped.",
    ),
    (
        "data-after-sentinel",
        SEQUENCE,
        RISKY,
        "sentinel",
        "Data follows the event that ends a stream.",
        "Most clients have gone by then.",
    ),
    (
        "role-missing",
        SEQUENCE,
        BREAKING,
        "first-chunk",
        "The first chunk says no role.",
        "Clients that begin a message by it have none.",
    ),
    (
        "role-repeated",
        SEQUENCE,
        RISKY,
        "first-chunk",
        "The role comes again after the first chunk.",
        "Clients that add up deltas get `assistantassistant`, or a new message each time.",
    ),
    (
        "role-with-text",
        SEQUENCE,
        RISKY,
        "first-chunk",
        "The first chunk came to bring role and text at once, or no longer does.",
        "Clients that skip the first chunk lose the first word.",
    ),
    (
        "finish-missing",
        SEQUENCE,
        BREAKING,
        "last-chunk",
        "No chunk gives a reason for the end.",
        "Clients wait for it, or retry a whole answer.",
    ),
    (
        "finish-repeated",
        SEQUENCE,
        RISKY,
        "last-chunk",
        "The reason for the end comes more than once.",
        "Clients close the answer twice.",
    ),
    (
        "finish-early",
        SEQUENCE,
        BREAKING,
        "chunk-sequence",
        "Text follows the chunk that gives the reason for the end.",
        "Clients that stop there lose the rest.",
    ),
    (
        "finish-with-text",
        SEQUENCE,
        RISKY,
        "last-chunk",
        "The reason for the end comes with the last text.",
        "Clients that end at it lose the last words.",
    ),
    (
        "usage-missing",
        SEQUENCE,
        RISKY,
        "usage-chunk",
        "The chunk that counts the tokens does not come.",
        "What is billed or limited by it stands still.",
    ),
    (
        "usage-new",
        SEQUENCE,
        BREAKING,
        "usage-chunk",
        "A chunk counts the tokens where none did.",
        "Clients meet a chunk they have not seen, often without choices.",
    ),
    (
        "usage-repeated",
        SEQUENCE,
        RISKY,
        "usage-chunk",
        "More than one chunk counts the tokens.",
        "Clients that add them up count too many.",
    ),
    (
        "usage-moved",
        SEQUENCE,
        RISKY,
        "usage-chunk",
        "The chunk that counts the tokens stands at another place.",
        "Clients look for it where it was.",
    ),
    (
        "order-changed",
        SEQUENCE,
        RISKY,
        "chunk-sequence",
        "Chunks follow one another in an order not seen before.",
        "Clients walk through states and get lost.",
    ),
    (
        "id-varies",
        SEQUENCE,
        BREAKING,
        "$.id",
        "The id changes within one stream.",
        "Clients take every chunk for a new answer.",
    ),
    (
        "stamp-varies",
        SEQUENCE,
        RISKY,
        "",
        "A value that stayed the same within a stream changes.",
        "Clients take it from any chunk.",
    ),
    (
        "id-repeated",
        SEQUENCE,
        BREAKING,
        "$.id",
        "Different streams have the same id.",
        "Stores that are keyed by it overwrite answers.",
    ),
    (
        "text-cumulative",
        SEQUENCE,
        BREAKING,
        "$.choices[*].delta.content",
        "Each piece of text repeats what came before.",
        "Clients that join the pieces show everything many times.",
    ),
    (
        "chunks-doubled",
        SEQUENCE,
        BREAKING,
        "chunk-sequence",
        "Chunks come twice.",
        "Clients show every word twice.",
    ),
    (
        "index-counts-up",
        SEQUENCE,
        BREAKING,
        "$.choices[*].index",
        "The number of the choice counts the chunks.",
        "Clients take every chunk for another answer.",
    ),
    (
        "answer-in-one-piece",
        SEQUENCE,
        RISKY,
        "chunk-count",
        "The whole text comes in one chunk.",
        "Nothing streams any more.",
    ),
    (
        "piece-size-changed",
        SEQUENCE,
        RISKY,
        "chunk-size",
        "Chunks bring much more, or much less, text.",
        "Rendering and limits on the rate of chunks are built for the old size.",
    ),
    # lifecycle
    (
        "model-changed",
        CHUNK,
        RISKY,
        "$.model",
        "Another model answers.",
        "Answers, prices and limits differ.",
    ),
    # errors
    (
        "error-status-changed",
        ERROR,
        RISKY,
        "error:status",
        "Errors come with another status.",
        "Clients decide by it whether to try again.",
    ),
    (
        "error-in-stream",
        ERROR,
        RISKY,
        "error:$.error",
        "An error comes inside of a stream, under status 200.",
        "Clients that look at the status alone miss it.",
    ),
    (
        "error-as-success",
        ERROR,
        RISKY,
        "error:status",
        "An error comes under status 200.",
        "Clients that look at the status alone miss it.",
    ),
    (
        "error-body-changed",
        ERROR,
        BREAKING,
        "error:$",
        "Errors have a body of another kind, such as a page for JSON.",
        "Clients that parse it fail while they handle an error.",
    ),
    (
        "error-content-type-changed",
        ERROR,
        RISKY,
        "error:header:content-type",
        "Errors come under another media type.",
        "Clients choose their parser by it.",
    ),
    # timing
    (
        "ttft-slower",
        TIMING,
        RISKY,
        "ttft",
        "The first piece comes later.",
        "Time limits and people's patience are set by it.",
    ),
    (
        "inter-chunk-slower",
        TIMING,
        RISKY,
        "inter-chunk",
        "Chunks come further apart.",
        "Time limits between chunks are set by it.",
    ),
    (
        "stalls-longer",
        TIMING,
        RISKY,
        "inter-chunk",
        "The longest wait within a stream has grown.",
        "Time limits between chunks are set by it.",
    ),
    (
        "stream-buffered",
        TIMING,
        RISKY,
        "inter-chunk",
        "All chunks come at once.",
        "Something on the way holds the reply back; nothing streams any more.",
    ),
    ("duration-longer", TIMING, RISKY, "duration", "A reply takes longer.", "Time limits are set by it."),
    # could not look
    (
        "nothing-to-compare",
        TRANSPORT,
        BENIGN,
        "chunk-count",
        "On one side there is nothing that could be compared.",
        "A check that did not run must not look like one that passed.",
    ),
    (
        "could-not-look",
        TRANSPORT,
        BENIGN,
        "status",
        "Every new recording is a refusal, a page of a guard or a failure behind the service.",
        "Nothing can be told about the shape of answers that did not come.",
    ),
    (
        "probe-stopped",
        TRANSPORT,
        BENIGN,
        "status",
        "Questions were asked again, and that ended before all were answered.",
        "What was not asked may have moved; a check that ended early must not look like one that passed.",
    ),
)

NEUTRAL = {"nothing-to-compare", "could-not-look", "probe-stopped"}
"""Rules that say why nothing was found."""


def _mirrored() -> list[Rule]:
    made = []
    for families, rows, word in ((_DOCUMENTS, _FIELDS, "-field-"), (_SIDES, _HEADERS, "-")):
        for change, severities, what, why in rows:
            for (name, layer), severity in zip(families, severities, strict=True):
                if severity is not None:
                    made.append(Rule(f"{name}{word}{change}", layer, severity, "", what, why, HELP[layer]))
    return made


RULES = {
    rule.id: rule
    for rule in (
        *_mirrored(),
        *(
            Rule(name, layer, severity, where, what, why, OWN_HELP.get(name, HELP[layer]))
            for name, layer, severity, where, what, why in _OTHERS
        ),
    )
}
"""Every rule by its id."""
