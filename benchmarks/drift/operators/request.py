"""Changes of what is asked, and of what the service takes."""

from __future__ import annotations

from functools import partial

from benchmarks.drift.case import BREAKING, RISKY, change
from benchmarks.drift.edits import answers, asked, attr, renamed, sent, speakers, turns
from harness.finding import Layer

REFUSED = ("status", "error:status")
GONE = ("request:path", *REFUSED)
KEY = ("request:header:authorization", *REFUSED)
HISTORY = "request:$.conversation.history[*]"

MISSING = {"message": "This field is required: stream", "type": "invalid_request_error", "code": "missing"}
LOGIN = {"message": "Authentication required. Sign in to continue.", "type": "authentication_error"}
COUNTRY = {"message": "Country not supported", "type": "invalid_request_error"}

row = partial(change, Layer.REQUEST)
REQUEST = (
    row("path", BREAKING, "request:path", attr("uri", "http://127.0.0.1:8080/api/v2/chat")),
    row("method", BREAKING, "request:method", attr("method", "PUT")),
    row("gone-404", BREAKING, GONE, answers(404, {"message": "Not found"})),
    row("gone-410", BREAKING, GONE, answers(410, "gone", "text/plain")),
    row("field-new", RISKY, "request:$.stream", asked("stream", True)),
    row("field-gone", RISKY, "request:$.temperature", lambda soft: soft.fields.pop("temperature")),
    row("temperature-list", BREAKING, "request:$.temperature", asked("temperature", [0.7])),
    row("conversation-object", BREAKING, "request:$.conversation", attr("in_string", False)),
    row(
        "speaker-words",
        BREAKING,
        f"{HISTORY}.speaker",
        speakers({"human": "user", "bot": "assistant"}),
    ),
    row("speaker-one-word", BREAKING, f"{HISTORY}.speaker", speakers({"human": "user"})),
    row(
        "speaker-renamed",
        BREAKING,
        (f"{HISTORY}.speaker", f"{HISTORY}.role"),
        turns(lambda said: renamed(said, "speaker", "role")),
    ),
    row(
        "text-renamed",
        BREAKING,
        (f"{HISTORY}.text", f"{HISTORY}.content"),
        turns(lambda said: renamed(said, "text", "content")),
    ),
    row("text-list", BREAKING, f"{HISTORY}.text", turns(lambda said: said.update(text=[said["text"]]))),
    row("refused-422", BREAKING, REFUSED, answers(422, {"error": MISSING})),
    row("refused-401", BREAKING, KEY, answers(401, {"error": LOGIN})),
    row("refused-403", BREAKING, REFUSED, answers(403, {"error": COUNTRY})),
    row("refused-400", BREAKING, REFUSED, answers(400, {"message": "Invalid conversation"})),
    row("credential", BREAKING, "request:header:authorization", sent("Authorization", "Bearer x")),
    row("api-key", BREAKING, "request:header:x-api-key", sent("X-Api-Key", "x")),
    row("header-required", BREAKING, "request:header:x-app-version", sent("X-App-Version", "12")),
    row("accept-gone", RISKY, "request:header:accept", sent("Accept", None)),
    row("accept-json", RISKY, "request:header:accept", sent("Accept", "application/json")),
    row("content-type", BREAKING, "request:header:content-type", sent("Content-Type", "text/plain")),
)
