"""Recordings as sheets of lines."""

from __future__ import annotations

import pytest

from harness.drift.showing.sheet import Part, sheet_of
from harness.report.stream import rows_of
from harness.upstreams.registry import get_upstream
from tests.drift.corpus import corpus
from tests.drift.operators import OPERATORS, replaced
from tests.report.recordings import VITALENTUM, exchange, reply

STREAM = exchange(reply("a", "b"))


def test_a_stream_has_its_request_its_head_and_its_events():
    sheet = sheet_of(STREAM, VITALENTUM)
    parts = [line.part for line in sheet.lines]
    assert list(dict.fromkeys(parts)) == [Part.REQUEST, Part.HEAD, Part.EVENTS]
    assert [block.label for block in sheet.blocks] == ["role", "text", "text", "finish", "end"]
    assert [block.at_ms for block in sheet.blocks] == [10, 20, 30, 40, 50]


@pytest.mark.parametrize("name", [name for name, each in OPERATORS.items() if each.room == "diff"])
def test_events_have_the_numbers_that_harness_show_gives_them(name):
    for recording in OPERATORS[name].sides(1)[1][:2]:
        blocks = [block for block in sheet_of(recording, VITALENTUM).blocks if block.event is not None]
        rows = rows_of(recording.response, VITALENTUM).rows
        assert [(block.number, block.event.data) for block in blocks] == [
            (row.number, row.data) for row in rows
        ]


def test_a_comment_has_no_number():
    recording = replaced(STREAM, body=b": hello\n\n" + STREAM.response.body)
    first, second = sheet_of(recording, VITALENTUM).blocks[:2]
    assert (first.number, second.number) == (None, 1)
    assert first.at_ms is None, "the pieces do not fit the body any more"


def test_lines_of_json_are_events_too():
    body = b'{"message":{"content":"a"},"done":false}\n{"done":true}'
    sheet = sheet_of(replaced(STREAM, body=body), get_upstream("ollama-chat"))
    assert [(block.number, block.document is None) for block in sheet.blocks] == [(1, False), (2, False)]


def test_a_body_without_events_is_lines():
    sheet = sheet_of(replaced(STREAM, body=b'{"error": {"message": "no"}}'), VITALENTUM)
    assert sheet.blocks == ()
    assert [line.text for line in sheet.lines if line.part is Part.BODY][1] == ' "error": {'
    assert sheet.answered == {"error": {"message": "no"}}


def test_a_document_in_a_string_is_laid_out_as_well():
    sheet = sheet_of(corpus(1, 1)[0], VITALENTUM)
    assert "(conversation, decoded:)" in [line.text for line in sheet.lines]
    assert sheet.asked["conversation"]["history"][0]["speaker"] == "human"


def test_bytes_that_are_no_text_are_shown_as_what_they_are():
    recording = replaced(STREAM, body=b"data: \xff\r\n\r\n")
    lines = [line.text for line in sheet_of(recording, VITALENTUM).lines if line.part is Part.EVENTS]
    assert lines == ["data: \\xff\r", "\r"]
