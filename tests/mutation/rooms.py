"""The rooms under mutation, and the tests that must notice. A row is all it takes to add one.

A room is run with its own tests alone: they are what a reader of the room trusts, and the ids of all tests together are
more than mutmut can take.
"""

from __future__ import annotations

import msgspec


class Room(msgspec.Struct, frozen=True):
    """A room or a part of one: the modules that are changed, and the tests that must fail."""

    mutated: tuple[str, ...]
    tests: tuple[str, ...]
    without: str = ""
    """Tests that take seconds each, in the words of pytest's `-k`; a mutant they alone would kill counts as living."""


UPSTREAMS = (
    *("draft", "excerpt", "jsontext", "ndjson", "parsing", "profile"),
    *("reading", "registry", "upstream", "writing"),
)
"""The room's own modules: mutmut's `*` goes down into the folders below, and the stand-in is not meant."""
DRIFT = (
    *("diff", "heads", "judge", "movers", "order", "presence"),
    *("questions", "refusals", "shape", "statistics", "values"),
)
"""The modules that compare and judge. Those that read recordings, and those that show findings, are not measured."""

ROOMS = {
    "sse": Room(
        ("harness/sse/*.py",),
        ("tests/sse", "tests/laws/test_sse_laws.py"),
        without="memory or looked_at or test_vectors",
    ),
    "chat": Room(("harness/chat/*.py",), ("tests/chat",), without="breaks_nothing and 2"),
    "upstreams": Room(
        (
            *(f"harness/upstreams/{name}.py" for name in UPSTREAMS),
            "harness/upstreams/vitalentum/conversation.py",
        ),
        ("tests/upstreams", "tests/laws/test_encoder_laws.py"),
        without="in_proportion or standin",
    ),
    "framing": Room(("harness/cassette/framing.py",), ("tests/cassette/test_framing.py",)),
    "redact": Room(
        ("harness/cassette/redact.py", "harness/cassette/streamredact.py", "harness/cassette/scan.py"),
        (
            "tests/cassette/test_redact.py",
            "tests/cassette/test_streamredact.py",
            "tests/cassette/test_scan.py",
            "tests/laws/test_redact_laws.py",
        ),
        without="linear_time or megabyte or costs_less or private-key",
    ),
    "drift": Room(
        tuple(f"harness/drift/{name}.py" for name in DRIFT),
        ("tests/drift/test_findings.py", *(f"tests/drift/test_{name}.py" for name in DRIFT)),
        without="each_operator_alone or streams_alike",
    ),
}
