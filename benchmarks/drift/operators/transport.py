"""Changes of the answer's head, and of the way it comes."""

from __future__ import annotations

from functools import partial
from typing import TYPE_CHECKING

from benchmarks.drift.case import ADDITIVE, BENIGN, BREAKING, RISKY, change
from benchmarks.drift.corpus import written
from benchmarks.drift.edits import answers, attr, both, header
from harness.finding import Layer

if TYPE_CHECKING:
    from benchmarks.drift.corpus import Draft

TYPE, LEFT = "header:content-type", "header:x-ratelimit-remaining"
WHOLE = {
    "id": "chatcmpl-1",
    "object": "chat.completion",
    "choices": [{"index": 0, "message": {"role": "assistant", "content": "Hi"}}],
}


def with_length(soft: Draft) -> None:
    header("Transfer-Encoding", None)(soft)
    header("Content-Length", str(len(written(soft))))(soft)


row = partial(change, Layer.TRANSPORT)
TRANSPORT = (
    row("status-201", RISKY, "status", attr("status", 201)),
    row("redirect", RISKY, ("status", "header:location"), answers(307, "", "text/plain", Location="/v2")),
    row("json-type", BREAKING, TYPE, header("Content-Type", "application/json")),
    row("json-whole", BREAKING, TYPE, answers(200, WHOLE)),
    row("plain-type", RISKY, TYPE, header("Content-Type", "text/plain")),
    row("charset-gone", BENIGN, TYPE, header("Content-Type", "text/event-stream")),
    row("type-gone", RISKY, TYPE, header("Content-Type", None)),
    row("header-gone", RISKY, LEFT, header("X-RateLimit-Remaining", None)),
    row("request-id-gone", RISKY, "header:x-request-id", header("X-Request-Id", None)),
    row("header-new", ADDITIVE, "header:x-model-region", header("X-Model-Region", "eu")),
    row("limit-new", ADDITIVE, "header:x-ratelimit-limit", header("X-RateLimit-Limit", "500")),
    row("header-kind", RISKY, LEFT, header("X-RateLimit-Remaining", "plenty")),
    row("deprecation", RISKY, "header:deprecation", header("Deprecation", "@1798761600")),
    row("sunset", RISKY, "header:sunset", header("Sunset", "Fri, 01 Jan 2027 00:00:00 GMT")),
    row("some-sunset", RISKY, "header:sunset", header("Sunset", "Fri, 01 Jan 2027 00:00:00 GMT"), share=0.2),
    row("retry-after", RISKY, "header:retry-after", header("Retry-After", "3")),
    row("successor", RISKY, "header:link", header("Link", '</v2>; rel="successor-version"')),
    row("gzip", RISKY, "header:content-encoding", header("Content-Encoding", "gzip")),
    row("length", RISKY, ("header:transfer-encoding", "header:content-length"), with_length),
    row("cacheable", RISKY, "header:cache-control", header("Cache-Control", "public, max-age=60")),
    row("no-store", BENIGN, "header:cache-control", header("Cache-Control", "no-store")),
    row("buffering", RISKY, "header:x-accel-buffering", header("X-Accel-Buffering", "yes")),
    row("server", BENIGN, "header:server", header("Server", "nginx")),
    row("via", BENIGN, "header:via", header("Via", "1.1 varnish")),
    row("http-2", BENIGN, "http_version", attr("http_version", "2")),
    row(
        "http-2-server",
        BENIGN,
        ("http_version", "header:server"),
        both(attr("http_version", "2"), header("Server", "nginx")),
    ),
    row(
        "cors",
        RISKY,
        "header:access-control-allow-origin",
        header("Access-Control-Allow-Origin", "https://a.example"),
    ),
    row(
        "cors-gone", RISKY, "header:access-control-allow-origin", header("Access-Control-Allow-Origin", None)
    ),
)
