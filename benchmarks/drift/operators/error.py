"""Changes of how the service says no."""

from __future__ import annotations

from functools import partial

from benchmarks.drift.case import ADDITIVE, BREAKING, RISKY, change
from benchmarks.drift.edits import answers, attr, chunks, error, header, of_errors, of_replies, renamed
from harness.finding import Layer

MESSAGE, CODE, TYPE = "error:$.error.message", "error:$.error.code", "error:$.error.type"
PAGE = ("error:$", "error:header:content-type")
IN_STREAM = ("error:$.error", "error:$", "error:status")
LEFT = "error:header:x-ratelimit-remaining"
OVERLOADED = {"error": {"message": "overloaded"}}
INVALID = {"error": {"message": "bad request"}}
EITHER = (RISKY, BREAKING)  # the catalogue has both: clients that look at the status alone miss it

row = partial(change, Layer.ERROR, flavour="mixed")
ERROR = (
    row("shape", BREAKING, ("error:$.error", MESSAGE), error(lambda d: {"detail": d["error"]["message"]})),
    row("flat", BREAKING, ("error:$.error", MESSAGE), error(lambda d: {"error": d["error"]["message"]})),
    row(
        "message-renamed",
        BREAKING,
        (MESSAGE, "error:$.error.msg"),
        error(lambda d: renamed(d["error"], "message", "msg")),
    ),
    row("message-object", BREAKING, MESSAGE, error(lambda d: d["error"].update(message={"text": "no"}))),
    row("code-string", BREAKING, CODE, error(lambda d: d["error"].update(code="forty"))),
    row("code-other", RISKY, CODE, error(lambda d: d["error"].update(code=41))),
    row("code-null", BREAKING, CODE, error(lambda d: d["error"].update(code=None))),
    row("type-gone", BREAKING, TYPE, error(lambda d: d["error"].pop("type") and None)),
    row("type-word", RISKY, TYPE, error(lambda d: d["error"].update(type="bad_request"))),
    row("field-new", ADDITIVE, "error:$.error.trace", error(lambda d: d["error"].update(trace="a1"))),
    row(
        "page", BREAKING, PAGE, of_errors(answers(400, "<html><body>Bad Request</body></html>", "text/html"))
    ),
    row("empty", BREAKING, "error:$", of_errors(attr("body", b""))),
    row("status", RISKY, "error:status", of_errors(attr("status", 422))),
    row("status-500", RISKY, "error:status", of_errors(attr("status", 500))),
    row("as-success", EITHER, "error:status", of_errors(attr("status", 200))),
    row("header-gone", RISKY, LEFT, of_errors(header("X-RateLimit-Remaining", None))),
    row("header-kind", RISKY, LEFT, of_errors(header("X-RateLimit-Remaining", "plenty"))),
    row("in-stream", EITHER, IN_STREAM, of_replies(chunks(lambda items, _: [*items[:5], OVERLOADED]))),
    row(
        "in-some-streams",
        EITHER,
        IN_STREAM,
        chunks(lambda i, _: [*i[:5], OVERLOADED]),
        share=0.3,
        flavour="plain",
    ),
    row(
        "all-as-success",
        BREAKING,
        "error:status",
        answers(200, INVALID, "text/event-stream"),
        flavour="plain",
    ),
)
