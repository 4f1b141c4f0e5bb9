"""A guard's page is known by its header or by its words, and only where it is a page."""

import pytest

from harness.cassette.challenge import is_challenge
from harness.cassette.interaction import Response

HTML = (("Content-Type", "Text/HTML; charset=utf-8"),)


@pytest.mark.parametrize(
    ("headers", "body", "expected"),
    [
        (HTML, b"<title>Just a moment...</title>", True),
        (HTML, b"<script src=/cdn-cgi/CHALLENGE-platform/x>", True),
        (HTML, b"<h1>500: Internal Server Error</h1>", False),
        (HTML, b" " * 65536 + b"g-recaptcha", False),
        ((("Content-Type", "text/event-stream"),), b"data: Just a moment...\n\n", False),
        ((("CF-Mitigated", "challenge"),), b"", True),
        ((), b"g-recaptcha", False),
    ],
)
def test_a_guards_page_is_told_from_every_other_answer(headers, body, expected):
    assert is_challenge(Response(403, "", headers, body)) is expected
