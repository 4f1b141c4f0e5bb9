"""The demo's doing, looked at step by step. The whole is tested in tests/cli/test_demo.py."""

from __future__ import annotations

import msgspec
import pytest

from harness.cli import rehearsal
from harness.disk.validation import validate
from harness.errors import HarnessError


@pytest.fixture
async def recorded(tmp_path, monkeypatch):
    """All conversations, recorded at once."""
    monkeypatch.setattr(rehearsal, "SPEED", 50.0)
    return await rehearsal.record(tmp_path)


async def test_conversations_recorded_at_once_do_not_mix(recorded):
    assert [live.talk for live in recorded] == list(rehearsal.TALKS)
    assert all(
        live.talk.question in live.interaction.request.body.decode() or not live.talk.question.isascii()
        for live in recorded
    )
    assert len({live.text for live in recorded}) == len(recorded)


async def test_a_replay_is_the_recording(recorded):
    played = await rehearsal.play(recorded)
    assert all(map(lambda *pair: rehearsal.compare(*pair).agrees, recorded, played))


async def test_a_byte_a_cut_and_a_word_each_make_a_difference(recorded):
    live, (played, *_) = recorded[0], await rehearsal.play(recorded[:1])
    (at, first), second, *rest = played.pieces
    for name, changed in {
        "bytes": ((at, b"X" + first[1:]), second, *rest),
        "cuts": ((at, first + second[1]), *rest),
    }.items():
        same = rehearsal.compare(live, msgspec.structs.replace(played, pieces=changed)).same
        assert [each for each, agrees in same.items() if not agrees] == [name]
    assert not rehearsal.compare(live, msgspec.structs.replace(played, served_text="x")).same["text"]


async def test_one_chunk_broken_is_one_breaking_finding(recorded):
    findings = validate(rehearsal.broken(recorded[1].interaction)).findings
    assert [finding.rule for finding in findings] == ["chunk-field-missing", "chunk-field-unknown"]


async def test_a_replay_needs_its_tape(recorded):
    recorded[0].tape.unlink()
    with pytest.raises(HarnessError):
        await rehearsal.play(recorded[:1])
