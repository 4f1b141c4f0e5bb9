"""Headers are found whatever their case, and a media type is told from its parameters."""

import pytest

from harness.cassette.headers import charset, header, media_type

HEADERS = (("Content-Type", "text/event-stream"), ("content-type", "text/plain"), ("X-Empty", ""))


def test_the_first_of_a_name_counts_in_any_case() -> None:
    assert header(HEADERS, "content-type") == "text/event-stream"
    assert header(HEADERS, "x-empty") == ""
    assert header(HEADERS, "accept") is None


@pytest.mark.parametrize(
    ("value", "type_", "charset_"),
    [
        ("text/event-stream", "text/event-stream", None),
        ("text/event-stream;charset=utf-8", "text/event-stream", "utf-8"),
        ('Text/Event-Stream ; a=b; Charset="UTF-8" ', "text/event-stream", "utf-8"),
        ("text/html; boundary=charset", "text/html", None),
        ("", "", None),
        (";", "", None),
    ],
)
def test_a_content_type_is_taken_apart(value: str, type_: str, charset_: str | None) -> None:
    assert media_type(value) == type_
    assert charset(value) == charset_
