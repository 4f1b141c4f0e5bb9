"""Summaries kept beside their recordings."""

from __future__ import annotations

import json

import msgspec
import pytest

from harness import get_upstream
from harness.cassette.model import Cassette
from harness.disk import summaries
from harness.disk.cassettes import load_cassette, save_cassette
from harness.disk.summaries import summary_of
from harness.drift.summarise import summarise
from harness.errors import SecretError, UsageError
from tests.drift.corpus import corpus

UPSTREAM = get_upstream("vitalentum")


@pytest.fixture
def tapes(tmp_path, monkeypatch):
    """Four tapes, and a list of those that were read."""
    files, read = [tmp_path / f"{number}.yaml" for number in range(4)], []
    for file, recording in zip(files, corpus(1, 4), strict=True):
        save_cassette(Cassette((recording,)), file)
    monkeypatch.setattr(summaries, "load_cassette", lambda file: read.append(file) or load_cassette(file))
    return files, read


def whole(files):
    return summarise([each for file in files for each in load_cassette(file).interactions], UPSTREAM)


def test_only_what_is_new_is_read(tapes, tmp_path):
    files, read = tapes
    kept = tmp_path / "kept.json"
    assert summary_of(files[:3], UPSTREAM, kept) == whole(files[:3])
    assert sorted(read) == files[:3]
    read.clear()
    assert summary_of(files[:3], UPSTREAM, kept) == whole(files[:3])
    assert read == []
    assert summary_of(files, UPSTREAM, kept) == whole(files)
    assert read == [files[3]]


def test_a_file_that_is_moved_is_not_read_again(tapes, tmp_path):
    files, read = tapes
    summary_of(files, UPSTREAM, tmp_path / "kept.json")
    read.clear()
    moved = files[0].rename(tmp_path / "moved.yaml")
    assert summary_of([moved, *files[1:]], UPSTREAM, tmp_path / "kept.json") == whole([moved, *files[1:]])
    assert read == []


def test_where_a_file_has_gone_or_changed_all_is_made_anew(tapes, tmp_path):
    files, _ = tapes
    kept = tmp_path / "kept.json"
    summary_of(files, UPSTREAM, kept)
    assert summary_of(files[1:], UPSTREAM, kept) == whole(files[1:])
    save_cassette(Cassette((corpus(9, 1)[0],)), files[1])
    assert summary_of(files[1:], UPSTREAM, kept) == whole(files[1:])


@pytest.mark.parametrize(
    "text",
    [
        *("", "{", '{"upstream":"vitalentum","fi', '{\n  "upstream" : 7}'),
        '{"upstream": "vitalentum", "files": [], "summary": {"version": 0}}',
    ],
)
def test_what_cannot_be_read_is_made_anew(tapes, tmp_path, text):
    files, _ = tapes
    kept = tmp_path / "kept.json"
    kept.write_text(text)
    assert summary_of(files, UPSTREAM, kept) == whole(files)
    assert len(json.loads(kept.read_text())["files"]) == 4


def test_another_upstream_has_a_summary_of_its_own(tapes, tmp_path):
    files, read = tapes
    kept = tmp_path / "kept.json"
    summary_of(files, get_upstream("openai-chat"), kept)
    read.clear()
    assert summary_of(files, UPSTREAM, kept) == whole(files)
    assert len(read) == 4


def test_a_place_that_cannot_be_written_is_told(tapes, tmp_path):
    with pytest.raises(UsageError, match="cannot be kept"):
        summary_of(tapes[0], UPSTREAM, tmp_path / "none" / "kept.json")


@pytest.mark.parametrize(
    ("old", "new"),
    [('"all":4', '"all":9'), ('"all":4', '"all":-4'), ('["event-name"]', "[]"), ('"request-method"', '"x"')],
)
def test_a_summary_that_somebody_edited_is_made_anew(tapes, tmp_path, old, new):
    files, _ = tapes
    kept = tmp_path / "kept.json"
    summary_of(files, UPSTREAM, kept)
    text = kept.read_text()
    assert old in text
    kept.write_text(text.replace(old, new))
    assert summary_of(files, UPSTREAM, kept) == whole(files)
    assert kept.read_text() == text


def test_another_profile_of_the_upstream_has_a_summary_of_its_own(tapes, tmp_path):
    files, read = tapes
    kept = tmp_path / "kept.json"
    summary_of(files, UPSTREAM, kept)
    read.clear()
    summary_of(files, msgspec.structs.replace(UPSTREAM, title="Another"), kept)
    assert len(read) == 4


@pytest.mark.parametrize(
    "text", ["[]", "interactions: []\nversion: 1\n", "[tool.harness]\n", '{"version": 1}']
)
def test_a_file_that_is_no_summary_is_left_as_it_is(tapes, tmp_path, text):
    files, _ = tapes
    kept = tmp_path / "another"
    kept.write_text(text)
    with pytest.raises(UsageError, match="something else where the summary would be kept"):
        summary_of(files, UPSTREAM, kept)
    assert kept.read_text() == text


def test_copies_are_counted_as_they_are_without_a_summary(tapes, tmp_path):
    files, read = tapes
    kept, copy = tmp_path / "kept.json", tmp_path / "copy.yaml"
    copy.write_bytes(files[0].read_bytes())
    assert summary_of([*files, copy], UPSTREAM, kept) == whole([*files, copy])
    read.clear()
    assert summary_of([*files, copy], UPSTREAM, kept) == whole([*files, copy])
    assert read == []
    assert summary_of(files, UPSTREAM, kept) == whole(files)


def test_a_secret_of_recordings_that_others_made_does_not_get_into_the_summary(tmp_path):
    secret, kept, file = (
        "sk-proj-Zm9vYmFyYmF6cXV4MTIzNDU2Nzg5MGFiY2RlZg",
        tmp_path / "kept.json",
        tmp_path / "a.yaml",
    )
    save_cassette(Cassette(tuple(corpus(1, 2))), file)
    file.write_text(file.read_text().replace("chat.completion.chunk", secret))
    with pytest.raises(SecretError, match="would hold a secret"):
        summary_of([file], UPSTREAM, kept)
    assert not kept.exists()
