"""Changes of how events are written: lines, bytes, the end."""

from __future__ import annotations

import json
from functools import partial
from typing import TYPE_CHECKING

from benchmarks.drift.case import BENIGN, BREAKING, RISKY, change
from benchmarks.drift.edits import attr, both, chunks, delta, on_bytes
from harness.cassette.model import End
from harness.finding import Layer

if TYPE_CHECKING:
    from collections.abc import Callable

CUT = ("framing", "last-chunk", "sentinel")
UNREADABLE = ("$", "framing", "comments")


def led_by(line: str) -> Callable[[int], str]:
    """The line before the data of each event."""
    return lambda number: line.format(number)


def as_ndjson(body: bytes) -> bytes:
    lines = (event.removeprefix(b"data: ") for event in body.split(b"\n\n"))
    return b"".join(line + b"\n" for line in lines if line.startswith(b"{"))


def half(body: bytes) -> bytes:
    return body[: len(body) // 2]


def half_of_the_events(body: bytes) -> bytes:
    events = body.split(b"\n\n")
    return b"\n\n".join(events[: len(events) // 2]) + b"\n\n"


row = partial(change, Layer.FRAMING)
FRAMING = (
    row("no-space", RISKY, "framing", attr("prefix", "data:")),
    row("crlf", RISKY, "framing", attr("line_end", "\r\n")),
    row("cr", RISKY, "framing", attr("line_end", "\r")),
    row("bom", RISKY, "framing", on_bytes(lambda body: b"\xef\xbb\xbf" + body)),
    row("multi-line", RISKY, "framing", attr("indent", 1)),
    row("event-name", RISKY, "event", attr("lead", led_by("event: chunk\n"))),
    row(
        "event-name-gone",
        RISKY,
        "event",
        attr("lead", led_by("")),
        always=attr("lead", led_by("event: chunk\n")),
    ),
    row(
        "event-name-other",
        RISKY,
        "event",
        attr("lead", led_by("event: delta\n")),
        always=attr("lead", led_by("event: chunk\n")),
    ),
    row("id-lines", BENIGN, "id", attr("lead", led_by("id: {}\n"))),
    row("id-lines-gone", BENIGN, "id", attr("lead", led_by("")), always=attr("lead", led_by("id: {}\n"))),
    row("retry-line", BENIGN, "retry", on_bytes(lambda body: b"retry: 3000\n" + body)),
    row(
        "retry-line-gone",
        BENIGN,
        "retry",
        on_bytes(lambda body: body),
        always=on_bytes(lambda body: b"retry: 3000\n" + body),
    ),
    row("comments", RISKY, "comments", attr("lead", lambda number: ": ping\n\n" if number % 4 == 1 else "")),
    row("comment-first", RISKY, "comments", on_bytes(lambda body: b": connected\n\n" + body)),
    row(
        "comment-as-data",
        BREAKING,
        "comments",
        chunks(lambda items, _: [items[0], ": keep-alive", *items[1:]]),
    ),
    row("ping-as-data", BREAKING, "comments", chunks(lambda items, _: [items[0], "ping", *items[1:]])),
    row("done-gone", BREAKING, "sentinel", chunks(lambda items, _: items[:-1])),
    row("some-done-gone", BREAKING, "sentinel", chunks(lambda items, _: items[:-1]), share=0.3),
    row("done-changed", BREAKING, "sentinel", chunks(lambda items, _: [*items[:-1], "[END]"])),
    row("done-json", BREAKING, "sentinel", chunks(lambda items, _: [*items[:-1], {"done": True}])),
    row("done-twice", RISKY, "sentinel", chunks(lambda items, _: [*items, "[DONE]"])),
    row("data-after-done", RISKY, "sentinel", chunks(lambda items, _: [*items, items[-2]])),
    row("done-unfinished", RISKY, "sentinel", on_bytes(lambda body: body.rstrip(b"\n"))),
    row("truncated", BREAKING, CUT, on_bytes(half)),
    row("truncated-reset", BREAKING, CUT, both(on_bytes(half), attr("end", End.RESET))),
    row("truncated-clean", BREAKING, CUT, both(on_bytes(half_of_the_events), attr("end", End.TRUNCATED))),
    row("some-truncated", BREAKING, CUT, on_bytes(half), share=0.3),
    row(
        "windows-1251",
        BREAKING,
        "encoding",
        on_bytes(lambda body: body.decode().encode("cp1251", "replace")),
    ),
    row(
        "cut-characters",
        BREAKING,
        "encoding",
        delta(lambda d: d.update(content=d["content"][:-1] + "\ufffd")),
    ),
    row(
        "mojibake",
        BREAKING,
        "encoding",
        delta(lambda d: d.update(content=d["content"].encode().decode("latin-1"))),
    ),
    row("ndjson", BREAKING, "framing", on_bytes(as_ndjson)),
    row(
        "json-in-string",
        BREAKING,
        ("encoding", "$"),
        chunks(lambda items, _: [json.dumps(json.dumps(c)) if isinstance(c, dict) else c for c in items]),
    ),
    row(
        "bad-json",
        BREAKING,
        UNREADABLE,
        chunks(lambda items, _: [items[0], json.dumps(items[1])[:-4], *items[2:]]),
    ),
)
