"""Inputs that nobody thought of, and what has to hold for all of them. hypothesis is imported here and nowhere else.

strategies, chats   what users import: messages, streams, cuts     targets    what is fuzzed
faults              chat streams broken in one named way
shapes, values      JSON under a JSON Schema
streams             the inputs of the laws of parsers              told       what a target says of a stream
clauses, work       the laws of parsers                            encoding   the laws of encoders
trial, trials, brokentrials   what clients are tried with     judge      what they broke
law, laws           what a law is, and the table of them           campaign   the search, and its budget
found, replaying    a case as a cassette, and tried again          telling, page   as findings, as a page
"""

try:
    import hypothesis as _hypothesis  # noqa: F401 - asked for here, so that its absence is explained once
except ModuleNotFoundError as missing:
    raise ImportError(
        "harness.fuzz needs hypothesis, which is not installed.\n  help: pip install 'stream-harness[fuzz]'",
        name=missing.name,
    ) from missing

from . import strategies

__all__ = ["strategies"]
