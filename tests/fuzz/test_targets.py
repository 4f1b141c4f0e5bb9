"""Targets: our own by their names, and what hangs is no ordinary exception."""

from __future__ import annotations

import pytest

from harness.errors import LimitError, UsageError
from harness.fuzz.targets import Hung, Kind, by_our_parser, our_target, parse
from harness.sse import Event
from harness.sse.limits import MAX_LINE


def test_our_targets_have_names():
    assert our_target("parser").kind is Kind.PARSER
    assert our_target("encoder").kind is Kind.ENCODER
    assert our_target("parser").ours


def test_another_name_is_refused_with_the_names_there_are():
    with pytest.raises(UsageError, match="parser, encoder, or module:callable"):
        our_target("parsers")


def test_the_reference_reads_a_whole_stream_without_a_limit():
    assert by_our_parser(b"data: " + b"a" * MAX_LINE + b"\n\n") == [Event("a" * MAX_LINE)]


def test_our_parser_as_a_target_keeps_its_limits():
    assert list(parse([b"data: a\n", b"\n"])) == [Event("a")]
    with pytest.raises(LimitError):
        list(parse([b"a" * (MAX_LINE + 1)]))


def test_a_target_that_catches_every_exception_cannot_catch_the_watch():
    assert not issubclass(Hung, Exception)
