"""The facts of headers."""

import pytest

from harness.drift.heads import normalized, note_headers, value_kind
from harness.drift.summary import Notes


@pytest.mark.parametrize(
    ("value", "kind"),
    [("12", "number"), ("-1.5", "number"), ("6m0s", "duration"), ("", "empty"), ("req_1", "text"), ("Fri, 01 Jan 2027 00:00:00 GMT", "date")],
)
def test_a_value_has_a_kind(value, kind):
    assert value_kind(value) == kind


def test_spaces_case_and_order_do_not_matter():
    assert normalized("cache-control", "No-Cache,no-transform") == normalized("cache-control", "no-transform, no-cache")
    assert normalized("content-type", 'Text/Event-Stream; charset="UTF-8"') == "text/event-stream;charset=utf-8"


def test_names_are_without_case_and_only_telling_values_are_kept():
    notes = Notes()
    note_headers(notes, (("Server", "Nginx"), ("X-Request-Id", "abc")), "reply")
    found = notes.summary()
    assert found.count("header", "reply", "server") == found.count("header", "reply", "x-request-id") == 1
    assert found.vocabulary("header-value", "reply", "server") == {"nginx": 1}
    assert found.vocabulary("header-value", "reply", "x-request-id") == {}
