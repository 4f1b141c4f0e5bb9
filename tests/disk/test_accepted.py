"""The file of accepted findings: what is written is read again, and what is damaged is left alone."""

from __future__ import annotations

import json
from datetime import date
from functools import partial
from pathlib import Path

import jsonschema
import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.disk import accepted
from harness.disk.accepted import changing, read_accepted, text_of
from harness.disk.lock import folder_locked
from harness.drift.accept import Entry
from harness.errors import UsageError
from harness.finding import Severity

ROOT = Path(__file__).parents[2]
ENTRY = Entry(
    fingerprint="0123456789ab",
    rule="chunk-field-added",
    where="$.tier",
    severity=Severity.ADDITIVE,
    message="A field is there that was not.",
    reason="agreed",
    owner="ann",
    accepted=date(2026, 11, 26),
    expires=date(2027, 3, 1),
    first_seen=date(2026, 11, 20),
)


def put(path, *entries):
    with changing(path) as change:
        change.entries = entries


def test_no_file_holds_nothing(tmp_path):
    assert read_accepted(tmp_path / "none.json") == ()


def test_nothing_is_written_where_nothing_changed(tmp_path):
    path = tmp_path / "accepted.json"
    put(path)
    assert not path.exists()


@given(st.text(st.characters()))
def test_any_words_come_back_as_they_were(tmp_path_factory, words):
    path = tmp_path_factory.mktemp("words") / "accepted.json"
    entry = msgspec.structs.replace(ENTRY, reason=words, message=words)
    put(path, entry)
    assert read_accepted(path) == (entry,)


def test_the_order_of_entries_is_settled():
    other = msgspec.structs.replace(ENTRY, where="$.a", fingerprint="f" * 12)
    assert text_of([ENTRY, other]) == text_of([other, ENTRY])


def test_the_file_keeps_to_its_published_schema():
    schema = json.loads((ROOT / "schemas" / "harness" / "accepted.schema.json").read_text())
    jsonschema.Draft7Validator.check_schema(schema)
    jsonschema.validate(json.loads(text_of([ENTRY])), schema)
    assert schema["definitions"]["entry"]["required"] == list(Entry.__struct_fields__)
    assert list(schema["definitions"]["entry"]["properties"]) == list(Entry.__struct_fields__)


def test_a_block_that_fails_writes_nothing(tmp_path):
    path = tmp_path / "accepted.json"
    put(path, ENTRY)
    before = path.read_bytes()
    with pytest.raises(RuntimeError), changing(path) as change:
        change.entries = ()
        raise RuntimeError
    assert path.read_bytes() == before


@pytest.mark.parametrize("name", list(Entry.__struct_fields__))
def test_an_entry_without_one_of_its_fields_is_damage(tmp_path, name):
    path = tmp_path / "accepted.json"
    document = json.loads(text_of([ENTRY]))
    del document["accepted"][0][name]
    path.write_text(json.dumps(document))
    with pytest.raises(UsageError, match="damaged") as caught:
        read_accepted(path)
    assert name in str(caught.value)


def test_a_field_of_somebody_elses_is_refused_and_so_kept(tmp_path):
    path = tmp_path / "accepted.json"
    document = json.loads(text_of([ENTRY]))
    document["accepted"][0]["ticket"] = "A-1"
    path.write_text(json.dumps(document))
    with pytest.raises(UsageError, match="ticket"), changing(path) as change:
        change.entries = ()
    assert "A-1" in path.read_text()


def test_one_fingerprint_twice_is_damage(tmp_path):
    path = tmp_path / "accepted.json"
    path.write_text(text_of([ENTRY, ENTRY]))
    with pytest.raises(UsageError, match="0123456789ab twice"):
        read_accepted(path)


def test_a_file_past_the_limit_is_refused(tmp_path, monkeypatch):
    path = tmp_path / "accepted.json"
    put(path, ENTRY)
    monkeypatch.setattr(accepted, "MAX_FILE", 10)
    with pytest.raises(UsageError, match="too large"):
        read_accepted(path)


def test_a_folder_in_its_place_is_refused(tmp_path):
    with pytest.raises(UsageError, match="cannot be read"):
        read_accepted(tmp_path)


def test_a_lock_that_somebody_keeps_is_told_in_words(tmp_path, monkeypatch):
    locked = partial(folder_locked, patience_s=0.05)
    monkeypatch.setattr(accepted, "folder_locked", locked)
    with folder_locked(tmp_path), pytest.raises(UsageError, match="written by somebody else"):
        put(tmp_path / "accepted.json", ENTRY)


@pytest.mark.parametrize(
    "place", ["a.txt/accepted.json", "a.txt/folder/accepted.json", "/dev/null/accepted.json"]
)
def test_a_place_that_cannot_be_written_is_named_and_not_its_temporary_file(tmp_path, place):
    (tmp_path / "a.txt").write_text("mine")
    with pytest.raises(UsageError, match="cannot be written") as caught, changing(tmp_path / place) as change:
        change.entries = (ENTRY,)
    assert caught.value.where == str(tmp_path / place)


def test_a_disk_that_refuses_is_told_with_the_name_of_the_file(tmp_path, monkeypatch):
    def full(path, data):
        raise OSError(28, "No space left on device", ".0123.tmp")

    monkeypatch.setattr(accepted, "replace_file", full)
    with pytest.raises(UsageError, match="nothing was accepted") as caught:
        put(tmp_path / "accepted.json", ENTRY)
    assert (caught.value.where, caught.value.found) == (
        str(tmp_path / "accepted.json"),
        "No space left on device",
    )
