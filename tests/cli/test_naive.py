"""The naive parser: right for what servers mostly send, and wrong where the demo says it is."""

from __future__ import annotations

from harness.cli.naive import naive


def test_it_reads_what_is_mostly_sent():
    assert list(naive([b"data: a\n\nda", b"ta: b\n\n"])) == ["a", "b"]


def test_it_takes_the_end_of_a_line_for_data():
    assert list(naive([b"data: a\r\n\r\n"])) == ["a\r"]
