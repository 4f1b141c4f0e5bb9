"""YAML for people to read: which form each text gets."""

import pytest
import yaml

from harness.cassette import yamlwrite
from harness.cassette.yamlread import read_yaml
from harness.cassette.yamlwrite import write_yaml
from harness.errors import CassetteError


@pytest.mark.parametrize(
    ("text", "form"),
    [
        ("data: a\n\ndata: b\n\n", "|+\n  data: a\n\n  data: b\n\n"),
        ("a\nb\n", "|\n  a\n  b\n"),
        ("a\nb", "|-\n  a\n  b\n"),
        ("  a\nb\n", "|2\n    a\n  b\n"),
        ("\na\n", "|2\n\n  a\n"),
        ("\ta\n", "|2\n  \ta\n"),
        ("Привет 🙂\n—\n", "|\n  Привет 🙂\n  —\n"),
        ("# no comment\n- no item\n...\n", "|\n  # no comment\n  - no item\n  ...\n"),
        ("a \nb\n", '"a \\nb\\n"\n'),
        ("a\r\nb\n", '"a\\r\\nb\\n"\n'),
        ("a\u2028b\n", '"a\\u2028b\\n"\n'),
        ("a\x85b\n", '"a\\x85b\\n"\n'),
        ("\ufeffa\nb", '"\\ufeffa\\nb"\n'),
        ("a\x00b", '"a\\x00b"\n'),
        ("\n\n", '"\\n\\n"\n'),
        ("", "''\n"),
        ("text/event-stream;charset=utf-8", "text/event-stream;charset=utf-8\n"),
        ("http://127.0.0.1:8080/a?b=c", "'http://127.0.0.1:8080/a?b=c'\n"),
        ("12.4/210 31.0/96", "12.4/210 31.0/96\n"),
        ("12", "'12'\n"),
        ("no", "'no'\n"),
        ("y", "'y'\n"),
        ("2026-11-22", "'2026-11-22'\n"),
        ("it's", "'it''s'\n"),
        (" a", "' a'\n"),
        ("a: b", "'a: b'\n"),
        ("a #b", "'a #b'\n"),
    ],
)
def test_a_text_has_the_plainest_form_that_is_exact(text, form):
    written = write_yaml({"k": text})
    assert written == f"k: {form}"
    assert read_yaml(written) == {"k": text} == yaml.safe_load(written)


@pytest.mark.parametrize(
    ("value", "form"),
    [
        (None, "null"),
        (True, "true"),
        (12, "12"),
        (12.5, "12.5"),
        (1e-05, "1.0e-05"),
        (1e22, "1.0e+22"),
        ({}, "{}"),
        ([], "[]"),
        (b"\xff", "!!binary |\n  /w=="),
    ],
)
def test_other_values_keep_their_type(value, form):
    written = write_yaml({"k": value})
    assert written == f"k: {form}\n"
    assert read_yaml(written) == {"k": value} == yaml.safe_load(written)


def test_lists_stand_under_their_key_as_vcrpy_writes_them():
    document = {"a": [{"b": 1, "c": ["x"]}, [1, [2]]], "d": {"e": {"f": "g"}}}
    written = write_yaml(document)
    assert written == "a:\n- b: 1\n  c:\n  - x\n- - 1\n  - - 2\nd:\n  e:\n    f: g\n"
    assert read_yaml(written) == document


def test_the_writer_obeys_the_readers_limit(monkeypatch):
    monkeypatch.setattr(yamlwrite, "MAX_NODES", 4)
    assert write_yaml({"a": [1]})
    with pytest.raises(CassetteError, match="more than 4 values"):
        write_yaml({"a": [1, 2]})
