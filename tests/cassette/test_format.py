"""Cassettes as text: what is written can be read, what cannot be trusted is refused with its place."""

import json
from pathlib import Path

import pytest

from harness.cassette import format as text_format
from harness.cassette.format import Kind, dumps, kind_of, loads
from harness.cassette.framing import frames_add_up
from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.errors import CassetteError
from tests.cassette.hostile import CASES, content
from tests.cassette.samples import tape


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["name"])
def test_a_hostile_file_is_refused_with_its_reason_and_line(case):
    with pytest.raises(CassetteError, match=case["says"]) as caught:
        loads(content(case), name="tape.yaml")
    if "line" in case:
        assert f"tape.yaml:{case['line']}" in str(caught.value)
    assert "tape.yaml" in str(caught.value)


def test_a_tape_cut_at_any_byte_is_refused():
    data = dumps(tape("one", "two"))
    for size in range(len(data) - 1):  # without its last newline it is whole
        with pytest.raises(CassetteError):
            loads(data[:size])


def test_a_refusal_names_the_place_in_the_document_and_a_remedy():
    data = dumps(tape()).replace(b"end: complete", b"end: done")
    with pytest.raises(CassetteError) as caught:
        loads(data, name="tape.yaml")
    line = data[: data.index(b"end: done")].count(b"\n") + 1
    assert caught.value.where == f"tape.yaml:{line} (interactions[0].response.stream.end)"
    assert caught.value.found == "'done'"
    assert "again" in caught.value.help


def test_json_and_yaml_say_the_same():
    assert loads(dumps(tape(), kind=Kind.JSON)) == loads(dumps(tape())) == tape()


def test_json_cannot_hold_a_body_that_is_not_text():
    cassette = Cassette((Interaction(Request("GET", "/"), Response(200, "OK", (), b"\xff")),))
    with pytest.raises(CassetteError, match="JSON cannot hold bytes") as caught:
        dumps(cassette, kind=Kind.JSON)
    assert ".yaml" in caught.value.help


@pytest.mark.parametrize(
    ("name", "kind"), [("a.json", "json"), ("a.JSON", "json"), ("a.yaml", "yaml"), ("a", "yaml")]
)
def test_the_name_says_the_kind(name, kind):
    assert kind_of(name) == kind


def test_a_byte_order_mark_is_no_part_of_the_text():
    assert loads(b"\xef\xbb\xbf" + dumps(tape())) == tape()


def test_windows_line_ends_do_not_change_a_tape():
    assert loads(dumps(tape()).replace(b"\n", b"\r\n")) == tape()


def test_the_writer_obeys_the_readers_size(monkeypatch):
    size = len(dumps(tape()))
    monkeypatch.setattr(text_format, "MAX_FILE", size)
    assert loads(dumps(tape())) == tape()
    monkeypatch.setattr(text_format, "MAX_FILE", size - 1)
    with pytest.raises(CassetteError, match="too big to be written"):
        dumps(tape())


def test_a_file_beyond_the_limit_is_refused_unread(monkeypatch):
    monkeypatch.setattr(text_format, "MAX_FILE", 10)
    with pytest.raises(CassetteError, match="too big"):
        loads(b"x" * 11)


def test_a_json_tape_of_vcrpy_loads():
    document = {
        "version": 1,
        "interactions": [
            {
                "request": {"method": "GET", "uri": "http://h/", "body": None, "headers": {"A": ["b"]}},
                "response": {
                    "status": {"code": 200, "message": "OK"},
                    "headers": {"C": ["d"]},
                    "body": {"string": "data: é\n\n"},
                },
            }
        ],
    }
    assert loads(json.dumps(document)).interactions[0].response.body == "data: é\n\n".encode()


def test_the_example_of_the_reference_is_what_we_would_write():
    page = (Path(__file__).parent.parent.parent / "docs" / "reference" / "cassette.md").read_text(
        encoding="utf-8"
    )
    example = page.partition("```yaml\n")[2].partition("```")[0]
    cassette = loads(example)
    assert frames_add_up(cassette.interactions[0].response)
    assert dumps(cassette).decode() == example
