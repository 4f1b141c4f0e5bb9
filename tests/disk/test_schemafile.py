"""Schema files that a person names."""

from __future__ import annotations

import pytest

from harness.disk import schemafile
from harness.disk.schemafile import read_schema
from harness.errors import UsageError


def test_a_schema_is_read(tmp_path):
    (tmp_path / "a.json").write_text('{"type": "object"}')
    assert read_schema(tmp_path / "a.json") == {"type": "object"}


@pytest.mark.parametrize(
    ("text", "says"),
    [
        ("", "no JSON"),
        ("[1]", "no JSON object"),
        ("{", "no JSON"),
        ("[" * 100_000, "no JSON"),
        ("\xff", "no JSON"),
    ],
)
def test_what_is_no_schema_is_refused_with_its_name(tmp_path, text, says):
    path = tmp_path / "a.json"
    path.write_bytes(text.encode("latin-1"))
    with pytest.raises(UsageError, match=says) as refused:
        read_schema(path)
    assert refused.value.where == str(path)


def test_a_file_that_is_not_there_or_a_folder_is_refused(tmp_path):
    for path in (tmp_path / "none.json", tmp_path):
        with pytest.raises(UsageError, match="cannot be read"):
            read_schema(path)


def test_a_file_past_the_limit_is_not_read_whole(tmp_path, monkeypatch):
    monkeypatch.setattr(schemafile, "MAX_FILE", 10)
    (tmp_path / "a.json").write_text('{"type": "object"}')
    with pytest.raises(UsageError, match="too large"):
        read_schema(tmp_path / "a.json")
