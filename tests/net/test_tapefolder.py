"""Each exchange gets a file; its name says in which order the requests came, and which are the same."""

from __future__ import annotations

from datetime import UTC, datetime
from typing import TYPE_CHECKING

import pytest

from harness import load_cassette
from harness.cassette.model import Request
from harness.errors import CassetteError, UsageError
from harness.net.tap import WireEnd, head_of
from harness.net.tapefolder import Recording, TapeFolder

if TYPE_CHECKING:
    from pathlib import Path

NOON = datetime(2026, 11, 22, 12, tzinfo=UTC)
HEAD = head_of(200, b"OK", [(b"Content-Type", b"text/plain")], "1.1")


def asked(body: bytes, **headers: str) -> Request:
    return Request("POST", "https://api.example/x", tuple(headers.items()), body)


def answered(tapes: TapeFolder, request: Request) -> Recording:
    recording = tapes.recording(lambda: request, sent_at=NOON)
    recording.recorder.attempt(lambda: recording.recorder.head(HEAD))
    recording.recorder.attempt(lambda: recording.recorder.piece(1.0, b"hello"))
    recording.recorder.attempt(lambda: recording.recorder.over(WireEnd.CLEAN, 2.0))
    return recording


async def test_names_are_numbered_and_the_same_request_has_the_same_hash(tmp_path: Path):
    tapes = TapeFolder(tmp_path / "deep" / "out")
    for body in (b'{"n": 1}', b'{"n": 2}', b' {"n":1.0} '):
        tapes.save(answered(tapes, asked(body)))
    await tapes.saved()
    names = sorted(file.name for file in (tmp_path / "deep" / "out").iterdir())
    numbers, hashes = zip(*(name.removesuffix(".yaml").split("-") for name in names), strict=True)
    assert numbers == ("0001", "0002", "0003")
    assert hashes[0] == hashes[2] != hashes[1]
    assert (tapes.recorded, tapes.failure) == (3, None)


async def test_a_second_run_goes_on_where_the_first_ended(tmp_path: Path):
    (tmp_path / "0041-00000000.yaml").write_text("")
    (tmp_path / "0099-notes.txt").write_text("")
    (tmp_path / "9999-mine.yaml").write_text("")
    (tmp_path / "0042-00000000.yaml.0123abcd.journal").write_text("")
    tapes = TapeFolder(tmp_path)
    tapes.save(answered(tapes, asked(b"{}")))
    await tapes.saved()
    assert [file for file in tmp_path.iterdir() if file.name.startswith("0043-")]


async def test_a_request_without_an_answer_leaves_nothing(tmp_path: Path):
    tapes = TapeFolder(tmp_path / "out")
    recording = tapes.recording(lambda: pytest.fail("no answer came"), sent_at=NOON)
    recording.recorder.attempt(lambda: recording.recorder.over(WireEnd.RESET, 1.0))
    tapes.save(recording)
    await tapes.saved()
    assert (tapes.recorded, (tmp_path / "out").exists()) == (0, False)


async def test_a_tape_says_when_and_from_where(tmp_path: Path):
    tapes = TapeFolder(tmp_path, recorded_from="mock 1.0")
    tapes.save(answered(tapes, asked(b"{}")))
    await tapes.saved()
    stream = load_cassette(next(tmp_path.iterdir())).interactions[0].response.stream
    assert (stream.recorded_at, stream.source, stream.recorded_from) == (
        "2026-11-22T12:00:00Z",
        "live",
        "mock 1.0",
    )


async def test_a_hash_knows_no_secret(tmp_path: Path):
    tapes = TapeFolder(tmp_path)
    for key in ("sk-one0123456789abcdefghij", "sk-two0123456789abcdefghij"):
        request = asked(b'{"api_key": "%b"}' % key.encode(), Authorization=f"Bearer {key}")
        tapes.save(answered(tapes, request))
    await tapes.saved()
    hashes = {file.name.split("-")[1] for file in tmp_path.iterdir()}
    assert len(hashes) == 1


async def test_what_goes_wrong_is_told_in_one_line_and_kept(tmp_path: Path, caplog, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    tapes = TapeFolder(tmp_path)
    recording = answered(tapes, asked(b"{}"))
    monkeypatch.setattr("harness.disk.tape.write_tape", full)
    tapes.save(recording)
    await tapes.saved()
    assert isinstance(tapes.failure, CassetteError)
    assert tapes.recorded == 0
    assert len(caplog.records) == 1
    assert "\n" not in caplog.records[0].getMessage()
    assert caplog.records[0].exc_info is None


def test_a_file_is_no_folder(tmp_path: Path):
    (tmp_path / "out").write_text("")
    with pytest.raises(UsageError, match="file"):
        TapeFolder(tmp_path / "out")
