"""The rules of the contract: one row each, with its id, its severity, what it means and what to do. Data
only.

Ids are stable; a rule is never renamed, and its id is never used again. The page `docs/reference/findings.md`
and `harness explain` are drawn from this table.
"""

from __future__ import annotations

import msgspec

from harness.chat.machine import Rule as Grammar
from harness.finding import Layer, Severity

BREAKING, RISKY, ADDITIVE, BENIGN = Severity.BREAKING, Severity.RISKY, Severity.ADDITIVE, Severity.BENIGN


class Rule(msgspec.Struct, frozen=True, kw_only=True):
    """One rule. `where` is the place of its findings where it is always the same, empty where the finding
    knows it.

    `inconclusive`: the breach keeps the contract from being judged, and says nothing about whether it holds.
    """

    id: str
    layer: Layer
    severity: Severity
    where: str = ""
    what: str
    why: str
    help: str
    inconclusive: bool = False


_RERECORD = "record it again; if it stays so, the upstream has changed"
_SCHEMA = "record it again; if it stays so, change the schema on purpose and say why"
_REQUEST = "mend the client that sent the request, or the schema if the service takes it"

_REQUESTS = (
    Rule(
        id="nothing-to-check",
        layer=Layer.REQUEST,
        severity=RISKY,
        where="chunk-count",
        what="The tape holds no interaction.",
        why="A check that did not run must not look like one that passed.",
        help="record something: `harness record`, or `use_cassette(path, mode='once')`",
        inconclusive=True,
    ),
    Rule(
        id="upstream-unknown",
        layer=Layer.REQUEST,
        severity=RISKY,
        where="request:path",
        what="No known upstream answers at this address, so nothing of the exchange was checked.",
        why="A check that did not run must not look like one that passed.",
        help="name the upstream: `harness validate PATH --upstream vitalentum`",
        inconclusive=True,
    ),
    Rule(
        id="request-method-wrong",
        layer=Layer.REQUEST,
        severity=BREAKING,
        where="request:method",
        what="The request was made with another method than the upstream's.",
        why="The service answers other methods with an error of its framework.",
        help=_REQUEST,
    ),
    Rule(
        id="request-path-wrong",
        layer=Layer.REQUEST,
        severity=BREAKING,
        where="request:path",
        what="The request went to another path than the upstream's.",
        why="Whatever answers there is not the endpoint that this contract describes.",
        help=_REQUEST,
    ),
    Rule(
        id="request-content-type-wrong",
        layer=Layer.REQUEST,
        severity=RISKY,
        where="request:header:content-type",
        what="The request's body was sent under another media type than the upstream's.",
        why="Services may refuse a body by its label alone.",
        help=_REQUEST,
    ),
    Rule(
        id="request-body-missing",
        layer=Layer.REQUEST,
        severity=BREAKING,
        where="request:$",
        what="The request had no body.",
        why="The question is in the body.",
        help=_REQUEST,
    ),
    Rule(
        id="request-not-json",
        layer=Layer.REQUEST,
        severity=BREAKING,
        what="The request's body, or a JSON document in one of its strings, is no JSON.",
        why="The service refuses it. A text pasted into JSON without escaping is the usual cause.",
        help="build the JSON with a JSON encoder, never by pasting text together",
    ),
    Rule(
        id="request-key-repeated",
        layer=Layer.REQUEST,
        severity=RISKY,
        what="An object of the request holds the same key twice.",
        why="Readers differ in which of the two values they take.",
        help=_REQUEST,
    ),
)

_SCHEMA_RULES = (
    (
        "field-missing",
        (BREAKING, BREAKING),
        "A field that must be there is missing.",
        "Clients read the field without asking first, and fail where it is not there.",
    ),
    (
        "field-null",
        (BREAKING, BREAKING),
        "A field is null that may not be.",
        "Clients read on below the field, or join its text, and fail on null.",
    ),
    (
        "type-wrong",
        (BREAKING, BREAKING),
        "A value is of another JSON type than the schema's.",
        "Typed clients refuse the whole document; others fail where they use the value.",
    ),
    (
        "constant-wrong",
        (BREAKING, BREAKING),
        "A value that is always the same is another one.",
        "The constant is how a reader knows what it is looking at.",
    ),
    (
        "value-unknown",
        (BREAKING, RISKY),
        "A value is not one of the words the schema lists.",
        "Clients that switch over the known words fall through.",
    ),
    (
        "value-out-of-range",
        (BREAKING, RISKY),
        "A value is of the right type, but outside of the bounds the schema sets.",
        "Clients rely on the bounds: an index counts from 0, a time is in seconds.",
    ),
    (
        "field-unknown",
        (RISKY, ADDITIVE),
        "A field is there that the schema does not list.",
        "Tolerant readers pass over it; strict ones, and closed documents, do not.",
    ),
    (
        "shape-wrong",
        (BREAKING, BREAKING),
        "A value fits none of the shapes the schema offers.",
        "A reader cannot tell which kind of document this is.",
    ),
)
"""Suffix of the id, severity on the way up and on the way down, what it says, why it matters."""


def _of_schema(prefix: str, layer: Layer, help: str) -> tuple[Rule, ...]:
    way = 0 if layer is Layer.REQUEST else 1
    return tuple(
        Rule(id=f"{prefix}-{suffix}", layer=layer, severity=severities[way], what=what, why=why, help=help)
        for suffix, severities, what, why in _SCHEMA_RULES
    )


_TRANSPORT = (
    Rule(
        id="status-unexpected",
        layer=Layer.TRANSPORT,
        severity=BREAKING,
        where="status",
        what="The status is neither 200 nor an error.",
        why="A redirect or an empty answer is no stream, and most clients do not look for one.",
        help=_RERECORD,
    ),
    Rule(
        id="content-type-wrong",
        layer=Layer.TRANSPORT,
        severity=BREAKING,
        where="header:content-type",
        what="A reply with status 200 does not call itself an event stream.",
        why="Browsers and careful clients refuse to read it.",
        help=_RERECORD,
    ),
    Rule(
        id="charset-wrong",
        layer=Layer.TRANSPORT,
        severity=BENIGN,
        where="header:content-type",
        what="The content type names another charset than UTF-8.",
        why="An event stream is UTF-8 whatever it says, but generic readers believe the label.",
        help=_RERECORD,
    ),
    Rule(
        id="coding-left",
        layer=Layer.TRANSPORT,
        severity=RISKY,
        where="header:content-encoding",
        what="The body is still in its content-coding, and that cannot be undone, so nothing of it was checked.",
        why="Another recorder wrote it so. It plays as it is, and each client undoes the coding, or fails to.",
        help="install what is missing, or record it again",
        inconclusive=True,
    ),
    Rule(
        id="stream-short",
        layer=Layer.TRANSPORT,
        severity=BREAKING,
        where="last-chunk",
        what="The connection closed before the bytes that had been announced.",
        why="The reply is not whole.",
        help=_RERECORD,
    ),
    Rule(
        id="stream-reset",
        layer=Layer.TRANSPORT,
        severity=BREAKING,
        where="last-chunk",
        what="The connection was reset in the middle of the reply.",
        why="The reply is not whole.",
        help=_RERECORD,
    ),
    Rule(
        id="stream-timeout",
        layer=Layer.TRANSPORT,
        severity=BREAKING,
        where="last-chunk",
        what="The upstream fell silent in the middle of the reply, until a time-out of the recorder.",
        why="The reply is not whole, and a client without a time-out of its own would wait for ever.",
        help=_RERECORD,
    ),
    Rule(
        id="stream-closed",
        layer=Layer.TRANSPORT,
        severity=BENIGN,
        where="last-chunk",
        what="The client went away before the end; what the rest would have been is not known.",
        why="It is no fault of the upstream. What was recorded has been checked.",
        help="record it again with a client that reads to the end",
    ),
    Rule(
        id="stream-limit",
        layer=Layer.TRANSPORT,
        severity=RISKY,
        where="last-chunk",
        what="A limit of the recorder ended the recording before the end of the reply.",
        why="What was recorded has been checked; whether the stream keeps the contract to its end cannot be told.",
        help="record a shorter reply",
        inconclusive=True,
    ),
    Rule(
        id="stream-crash",
        layer=Layer.TRANSPORT,
        severity=RISKY,
        where="last-chunk",
        what="The recorder was killed before the end of the reply.",
        why="What was recorded has been checked; whether the stream keeps the contract to its end cannot be told.",
        help="record it again",
        inconclusive=True,
    ),
    Rule(
        id="broken-after-terminal",
        layer=Layer.TRANSPORT,
        severity=BENIGN,
        where="last-chunk",
        what="The connection broke, but only after the terminal event.",
        why="The reply is whole; clients that wait for the end of the body see an error all the same.",
        help=_RERECORD,
    ),
    Rule(
        id="end-mismatch",
        layer=Layer.TRANSPORT,
        severity=BENIGN,
        where="sentinel",
        what="The tape says that the stream was cut off, and yet its terminal event is there.",
        why="The tape was edited, or the upstream of the recording was another one.",
        help="record it again, or correct `end` in the tape",
    ),
)

_FRAMING = (
    Rule(
        id="frames-mismatch",
        layer=Layer.FRAMING,
        severity=BENIGN,
        where="framing",
        what="The recorded piece sizes do not add up to the body, so it plays as one piece.",
        why="The body was edited by hand; pieces and times of the recording are lost.",
        help="record it again, or correct `frames` in the tape",
    ),
    Rule(
        id="digest-mismatch",
        layer=Layer.FRAMING,
        severity=BENIGN,
        where="framing",
        what="The interaction is not what was recorded: its digest does not fit it.",
        why="Somebody edited the tape, or it was damaged. The digest finds accidents; it is no signature.",
        help="after an edit on purpose: `harness convert PATH --to yaml --force`; otherwise restore the tape",
    ),
    Rule(
        id="no-stream-record",
        layer=Layer.FRAMING,
        severity=BENIGN,
        where="framing",
        what="The tape holds no pieces, no times and no ending for this stream.",
        why="It was not recorded by this package: how the stream arrived and ended cannot be checked.",
        help="record it again with `harness record` or `use_cassette`",
    ),
    Rule(
        id="event-unfinished",
        layer=Layer.FRAMING,
        severity=BREAKING,
        where="framing",
        what="The bytes end inside an event: no blank line ends it.",
        why="The standard discards such an event (WHATWG HTML 9.2.6), so clients never see it.",
        help=_RERECORD,
    ),
    Rule(
        id="event-too-large",
        layer=Layer.FRAMING,
        severity=BREAKING,
        where="framing",
        what="A line, an event or the stream went past a limit of the parser; the rest was not checked.",
        why="Clients have limits too (aiohttp's line reader stops at 512 KiB), or run out of memory.",
        help=_RERECORD,
    ),
    Rule(
        id="utf8-invalid",
        layer=Layer.FRAMING,
        severity=BREAKING,
        where="encoding",
        what="The body is not UTF-8.",
        why="Readers replace the broken characters or fail; either way text is lost.",
        help=_RERECORD,
    ),
    Rule(
        id="event-name-unexpected",
        layer=Layer.FRAMING,
        severity=RISKY,
        where="event",
        what="An event names a type that this upstream does not use.",
        why="A browser's EventSource hands it to another listener, and the text is lost.",
        help=_RERECORD,
    ),
)

_CHUNKS = (
    Rule(
        id="chunk-not-json",
        layer=Layer.CHUNK,
        severity=BREAKING,
        where="$",
        what="The data of an event is no JSON.",
        why="Most clients raise an error in the middle of the reply.",
        help=_RERECORD,
    ),
    Rule(
        id="chunk-key-repeated",
        layer=Layer.CHUNK,
        severity=RISKY,
        where="$",
        what="An object of a chunk holds the same key twice.",
        why="Readers differ in which of the two values they take.",
        help=_RERECORD,
    ),
)

_GRAMMAR = (
    (
        Grammar.ROLE_MISSING,
        RISKY,
        "first-chunk",
        "An answer began without saying its role.",
        "Clients that build a message from the stream have no speaker for it.",
    ),
    (
        Grammar.ROLE_REPEATED,
        RISKY,
        "chunk-sequence",
        "An answer said its role a second time.",
        "Clients that begin a new message at each role split the answer in two.",
    ),
    (
        Grammar.TEXT_AFTER_FINISH,
        BREAKING,
        "chunk-sequence",
        "Text came after the answer's finish reason.",
        "Clients stop reading an answer at its finish reason, and lose the text.",
    ),
    (
        Grammar.TOOL_AFTER_FINISH,
        BREAKING,
        "chunk-sequence",
        "A tool call came after the answer's finish reason.",
        "Clients run the calls at the finish reason, and lose the late one.",
    ),
    (
        Grammar.FINISH_REPEATED,
        RISKY,
        "chunk-sequence",
        "An answer gave a second finish reason.",
        "Clients that count finish reasons end the reply too early.",
    ),
    (
        Grammar.FINISH_MISSING,
        BREAKING,
        "last-chunk",
        "An answer ended without a finish reason.",
        "Nobody can tell a whole answer from one that was cut off.",
    ),
    (
        Grammar.REPLY_MISSING,
        BREAKING,
        "chunk-sequence",
        "The stream ended without having said anything.",
        "Clients show an empty answer, and nobody sees an error.",
    ),
    (
        Grammar.TOOL_ID_MISSING,
        BREAKING,
        "chunk-sequence",
        "A tool call began without an id.",
        "Clients send the tool's answer back under the call's id, and the service refuses one without.",
    ),
    (
        Grammar.TOOL_ID_REPEATED,
        RISKY,
        "chunk-sequence",
        "A tool call gave an id a second time, the same or another.",
        "Clients that join what the pieces say write the id twice; others take the last one.",
    ),
    (
        Grammar.TOOL_NAME_MISSING,
        BREAKING,
        "chunk-sequence",
        "A tool call began without the name of its function.",
        "Nobody knows which function to call.",
    ),
    (
        Grammar.TOOL_NAME_REPEATED,
        RISKY,
        "chunk-sequence",
        "A tool call gave the name of its function a second time.",
        "Clients that join what the pieces say write the name twice, and find no such function.",
    ),
    (
        Grammar.TOOL_ARGUMENTS_INVALID,
        BREAKING,
        "last-chunk",
        "The arguments of a tool call, joined, are no JSON.",
        "Clients parse them when the answer is finished, and fail.",
    ),
    (
        Grammar.INDEX_SKIPPED,
        RISKY,
        "chunk-sequence",
        "A choice, or a tool call of a choice, has a number whose predecessor never came.",
        "Clients that keep them in a list by their number fail, or show an empty one.",
    ),
    (
        Grammar.CHUNK_AFTER_USAGE,
        RISKY,
        "usage-chunk",
        "An answer went on after the token counts.",
        "Clients that take the counts as the end lose what follows.",
    ),
    (
        Grammar.USAGE_REPEATED,
        RISKY,
        "usage-chunk",
        "The token counts came a second time.",
        "Clients that add the counts up charge twice.",
    ),
    (
        Grammar.TERMINAL_MISSING,
        BREAKING,
        "sentinel",
        "The stream ended without its terminal event.",
        "It is the only sign that the stream is whole: a cut connection can look like a clean end.",
    ),
    (
        Grammar.TERMINAL_REPEATED,
        RISKY,
        "sentinel",
        "The terminal event came a second time.",
        "Clients that read on take it for a chunk, and fail on its data.",
    ),
    (
        Grammar.EVENT_AFTER_TERMINAL,
        RISKY,
        "sentinel",
        "An event came after the terminal event.",
        "Clients have left by then: what follows is lost.",
    ),
    (
        Grammar.EVENT_AFTER_ERROR,
        RISKY,
        "chunk-sequence",
        "The stream went on after an error object.",
        "Clients give up at the error, and lose what follows.",
    ),
    (
        Grammar.ID_CHANGED,
        BREAKING,
        "$.id",
        "The reply's id changed in the middle of the stream.",
        "Clients that file the pieces under their id tear the answer apart.",
    ),
    (
        Grammar.CREATED_CHANGED,
        RISKY,
        "$.created",
        "The reply's time changed in the middle of the stream.",
        "Clients that show or sort by it see the message jump.",
    ),
    (
        Grammar.MODEL_CHANGED,
        RISKY,
        "$.model",
        "The reply's model changed in the middle of the stream.",
        "Bills and logs name a model that wrote only a part.",
    ),
)

_SEQUENCE = tuple(
    Rule(
        id=rule.value,
        layer=Layer.SEQUENCE,
        severity=severity,
        where=where,
        what=what,
        why=why,
        help=_RERECORD,
    )
    for rule, severity, where, what, why in _GRAMMAR
)

_ERRORS = (
    Rule(
        id=Grammar.ERROR_IN_STREAM.value,
        layer=Layer.ERROR,
        severity=RISKY,
        where="error:$",
        what="An error object stood in the place of a chunk.",
        why="The upstream failed in the middle of its reply. That happens, and says nothing about the contract.",
        help="record it again when the upstream is well",
        inconclusive=True,
    ),
    Rule(
        id="error-passed-on",
        layer=Layer.ERROR,
        severity=RISKY,
        where="error:$",
        what="With status 200, the whole body was an error object of the service behind the upstream.",
        why="Clients see an empty reply and no error. It says nothing about the contract of a reply.",
        help="record it again when the upstream is well",
        inconclusive=True,
    ),
    Rule(
        id="request-refused",
        layer=Layer.ERROR,
        severity=BREAKING,
        where="error:status",
        what="The upstream refused a request that keeps to the contract.",
        why="Either the contract has changed, or it never was what we wrote down.",
        help="compare the error's words with the schema of the request",
    ),
    Rule(
        id="access-refused",
        layer=Layer.ERROR,
        severity=RISKY,
        where="error:status",
        what="The upstream wanted to know who asks, or did not want to answer (401 or 403).",
        why="It is about this client's access, and says nothing about the contract.",
        help="check key and access, then record it again",
        inconclusive=True,
    ),
    Rule(
        id="rate-limited",
        layer=Layer.ERROR,
        severity=RISKY,
        where="error:status",
        what="The upstream was asked too often (429).",
        why="It is about the moment, and says nothing about the contract.",
        help="wait, then record it again",
        inconclusive=True,
    ),
    Rule(
        id="upstream-failed",
        layer=Layer.ERROR,
        severity=RISKY,
        where="error:status",
        what="The upstream, or a service behind it, failed or could not be reached.",
        why="It is about the moment, and says nothing about the contract.",
        help="record it again when the upstream is well",
        inconclusive=True,
    ),
    Rule(
        id="challenge-page",
        layer=Layer.ERROR,
        severity=RISKY,
        where="error:status",
        what="A page that wants to know whether a person is asking stood in the place of the reply.",
        why="Something in front of the upstream answered; the upstream itself was never seen.",
        help="record it again from a place that is let through",
        inconclusive=True,
    ),
    Rule(
        id="error-not-json",
        layer=Layer.ERROR,
        severity=RISKY,
        where="error:$",
        what="An error reply that calls itself JSON is none.",
        why="Clients that want to show the error's words fail a second time.",
        help=_RERECORD,
    ),
)

TABLE: tuple[Rule, ...] = (
    *_REQUESTS,
    *_of_schema("request", Layer.REQUEST, _REQUEST),
    *_TRANSPORT,
    *_FRAMING,
    *_CHUNKS,
    *_of_schema("chunk", Layer.CHUNK, _SCHEMA),
    *_SEQUENCE,
    *_ERRORS,
    *_of_schema("error", Layer.ERROR, _SCHEMA),
)
"""Every rule of the contract, along the way of an exchange: request, transport, framing, chunk, sequence, error."""

RULES: dict[str, Rule] = {row.id: row for row in TABLE}
