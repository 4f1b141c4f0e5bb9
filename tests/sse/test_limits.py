"""The limits by name; that they are kept is tested with the parser."""

import pytest

from harness.errors import LimitError, UsageError
from harness.sse import SSEParser
from harness.sse.limits import MAX_EVENT, MAX_LINE, MAX_STREAM, limit


def test_the_limits_are_those_of_the_page():
    assert [limit // 2**20 for limit in (MAX_LINE, MAX_EVENT, MAX_STREAM)] == [8, 16, 64]


def test_none_is_beyond_any_stream():
    assert limit("max_line", None) > 2**60


@pytest.mark.parametrize("name", ["max_line", "max_event", "max_stream"])
@pytest.mark.parametrize("value", [0, -1, 1.5, "8 MiB"], ids=repr)
def test_a_limit_is_a_number_of_bytes_or_none(name, value):
    with pytest.raises(UsageError, match=name) as refused:
        SSEParser(**{name: value})
    assert refused.value.found == repr(value)


def test_the_error_says_where_and_what_to_do():
    reader = SSEParser(max_line=10)
    reader.feed(b"data: a\n\n")
    with pytest.raises(LimitError) as past:
        reader.feed(b"data: too long\n\n")
    assert str(past.value) == (
        "The stream went past max_line.\n"
        "  where: byte 19 of the stream\n"
        "  expected: one line of at most 10 bytes\n"
        "  help: SSEParser(max_line=...) sets another limit, None sets none"
    )
