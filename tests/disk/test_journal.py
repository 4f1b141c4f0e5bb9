"""The journal beside a tape."""

import errno
import os
import stat

import pytest

from harness.cassette.model import Request
from harness.cassette.recovery import Arrived, Began, recover
from harness.disk import journal as module
from harness.disk.journal import Journal, orphans_of

BEGAN = Began(1, Request("GET", "http://h/"), "2026-11-22T12:00:00Z")


@pytest.fixture
def tape(tmp_path):
    return tmp_path / "a.yaml"


def names(folder) -> list[str]:
    return sorted(path.name for path in folder.iterdir())


def test_a_journal_lies_beside_its_tape_and_is_private(tape):
    journal = Journal(tape)
    assert journal.path.parent == tape.parent
    assert journal.path.name.startswith("a.yaml.")
    assert journal.path.name.endswith(".journal")
    assert stat.S_IMODE(journal.path.stat().st_mode) == 0o600
    journal.remove()
    assert names(tape.parent) == []


def test_what_was_appended_is_in_the_file_at_once(tape):
    journal = Journal(tape)
    journal.append(BEGAN)
    assert b'"type":"begin"' in journal.path.read_bytes()
    journal.remove()


def test_a_journal_in_use_is_no_orphan_and_one_let_go_is(tape):
    journal = Journal(tape)
    assert orphans_of(tape) == []
    journal.close()
    (orphan,) = orphans_of(tape)
    assert orphan.path == journal.path
    orphan.close()


def test_two_readers_may_look_at_an_orphan(tape):
    Journal(tape).close()
    first, second = orphans_of(tape), orphans_of(tape)
    assert len(first) == len(second) == 1
    for orphan in (*first, *second):
        orphan.close()


def test_other_files_are_no_journals_of_the_tape(tape):
    for name in (
        "a.yaml.journal",
        "a.yaml.0123abcd.journal.damaged",
        "a.yaml.b.0123abcd.journal",
        "b.yaml.0123abcd.journal",
        "a.yaml.XYZ.journal",
    ):
        (tape.parent / name).write_bytes(b"")
    (tape.parent / "a.yaml.00000000.journal").symlink_to(tape.parent / "b.yaml.0123abcd.journal")
    assert orphans_of(tape) == []


def test_a_tape_in_no_folder_has_no_orphans(tmp_path):
    assert orphans_of(tmp_path / "missing" / "a.yaml") == []


def test_an_orphan_put_away_is_gone(tape):
    Journal(tape).close()
    (orphan,) = orphans_of(tape)
    orphan.put_away()
    orphan.put_away()
    orphan.close()
    assert names(tape.parent) == []


def test_a_damaged_orphan_is_kept_under_another_name(tape):
    journal = Journal(tape)
    journal.append(BEGAN)
    journal.close()
    journal.path.write_bytes(journal.path.read_bytes().replace(b"GET", b"GOT"))
    (orphan,) = orphans_of(tape)
    assert orphan.read().is_damaged
    orphan.put_away()
    orphan.close()
    assert names(tape.parent) == [journal.path.name + ".damaged"]
    assert orphans_of(tape) == []


def test_syncs_are_once_a_second_and_at_the_end_of_a_stream(tape, monkeypatch):
    now, synced = [100.0], []
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(module.os, "fdatasync", lambda _fd: synced.append(now[0]))
    journal = Journal(tape, aside=lambda work: work())
    for moment in (100.2, 100.9, 101.0, 101.5, 102.1):
        now[0] = moment
        journal.append(Arrived(1, 1.0, b"x"))
    now[0] = 102.2
    journal.append(module.Ended(1, "complete", 2.0))
    journal.remove()
    assert synced == [101.0, 102.1, 102.2]


def test_in_the_middle_of_a_stream_nobody_waits_for_the_disk(tape, monkeypatch):
    now, left = [100.0], []
    monkeypatch.setattr(module.time, "monotonic", lambda: now[0])
    monkeypatch.setattr(module.os, "fdatasync", lambda _fd: (_ for _ in ()).throw(OSError(errno.EIO, "no")))
    journal = Journal(tape, aside=left.append)
    now[0] = 102.0
    journal.append(Arrived(1, 1.0, b"x"))
    assert (len(left), journal.failure) == (1, None)
    journal.remove()
    left[0]()
    assert journal.failure.errno == errno.EIO


def test_a_full_disk_is_kept_in_mind_and_raises_nothing(tape, monkeypatch):
    journal = Journal(tape)

    def full(*_args):
        raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))

    monkeypatch.setattr("harness.disk.atomic.os.write", full)
    journal.append(BEGAN)
    monkeypatch.undo()
    journal.append(BEGAN)
    assert journal.failure.errno == errno.ENOSPC
    assert recover(journal.path.read_bytes()).interactions == ()
    journal.remove()


def test_removing_twice_is_fine(tape):
    journal = Journal(tape)
    journal.remove()
    journal.remove()
    journal.close()
