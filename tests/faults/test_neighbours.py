"""F19 to F26: other recorders and readers on the same tape, what is moved or deleted meanwhile, and odd places."""

import asyncio
import errno
import os
import threading

import pytest

from harness import Cassette, Interaction, Request, Response, load_cassette, save_cassette, use_cassette
from harness.disk.tape import TapeWriter
from harness.errors import CassetteError
from tests.faults.asking import ask
from tests.faults.processes import PATIENCE_S, recorder
from tests.faults.tapes import HALF, HEAD, NEW, OLD, PIECES, bodies, half_recorded, litter, old_tape, record
from tests.net.wire import chunked, served


async def test_f19_two_threads_that_record_onto_one_cassette_both_arrive(tmp_path):
    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES), gap_s=0) as url:

        def run(n: int) -> None:
            async def each() -> None:
                with use_cassette(tape, mode="new_episodes"):
                    await ask(url, n=n)

            for _ in range(3):
                asyncio.run(each())

        await asyncio.gather(*(asyncio.to_thread(run, n) for n in range(4)))
    assert bodies(tape) == [NEW] * len(bodies(tape))
    assert {item.request.body for item in load_cassette(tape).interactions} == {
        b'{"n": %d}' % n for n in range(4)
    }


async def test_f19_two_processes_that_record_onto_one_cassette_both_arrive(tmp_path):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    async with served(chunked(*PIECES)) as url:
        both = [recorder(tape, url, n) for n in (1, 2)]
        said = [await asyncio.to_thread(process.communicate, timeout=PATIENCE_S) for process in both]
    assert [trouble for _, trouble in said] == ["", ""]
    assert bodies(tape) == [OLD, NEW, NEW]
    assert litter(tape) == []


def test_f20_who_reads_while_others_write_sees_a_whole_tape_old_or_new(tmp_path):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    seen: list[int] = []
    over = threading.Event()

    def write() -> None:
        try:
            for _ in range(15):
                record(tape)
        finally:
            over.set()

    thread = threading.Thread(target=write)
    thread.start()
    while not over.is_set():
        found = bodies(tape)
        assert found == [OLD, *[NEW] * (len(found) - 1)]
        seen.append(len(found))
    thread.join()
    assert seen == sorted(seen)
    assert len(set(seen)) > 2
    assert len(bodies(tape)) == 16


def test_f21_a_tape_that_became_a_link_to_something_else_does_not_overwrite_that(tmp_path):
    tape, other = tmp_path / "t.yaml", tmp_path / "precious.txt"
    other.write_text("precious: [")
    writer = half_recorded(tape)
    tape.symlink_to(other)
    with pytest.raises(CassetteError, match="is kept in"):
        writer.finish()
    assert other.read_text() == "precious: ["
    tape.unlink()
    assert bodies(tape) == [HALF]


def test_f21_a_tape_that_became_a_link_to_another_tape_gains_the_recording_there(tmp_path):
    tape, other = tmp_path / "t.yaml", tmp_path / "other.yaml"
    writer = half_recorded(tape)
    old_tape(other)
    tape.symlink_to(other)
    writer.finish()
    assert tape.is_symlink()
    assert bodies(other) == [OLD, HALF]


# What is deleted meanwhile


async def test_f23_a_cassette_deleted_while_recording_is_made_again_with_what_is_new(tmp_path):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tape, mode="new_episodes"):
            tape.unlink()
            assert (await ask(url)).in_all == (200, NEW, "")
    assert bodies(tape) == [NEW]
    assert litter(tape) == []


async def test_f23_a_journal_deleted_while_recording_is_not_missed(tmp_path):
    tape = tmp_path / "t.yaml"
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tape, mode="all"):
            (journal,) = tmp_path.iterdir()
            journal.unlink()
            await ask(url)
    assert bodies(tape) == [NEW]


async def test_f24_a_folder_deleted_while_recording_is_made_again(tmp_path):
    tape = tmp_path / "deep" / "er" / "t.yaml"
    async with served(chunked(*PIECES)) as url:
        with use_cassette(tape, mode="all"):
            for file in tape.parent.iterdir():
                file.unlink()
            tape.parent.rmdir()
            tape.parent.parent.rmdir()
            assert (await ask(url)).in_all == (200, NEW, "")
    assert bodies(tape) == [NEW]
    assert litter(tape) == []


async def test_f24_a_file_in_the_folders_place_is_an_error_that_promises_nothing(tmp_path):
    tape = tmp_path / "folder" / "t.yaml"
    async with served(chunked(*PIECES)) as url:
        with pytest.raises(CassetteError) as caught, use_cassette(tape, mode="all"):
            for file in tape.parent.iterdir():
                file.unlink()
            tape.parent.rmdir()
            tape.parent.write_text("mine")
            assert (await ask(url)).in_all == (200, NEW, "")
    assert "is kept in" not in str(caught.value)
    assert tape.parent.read_text() == "mine"


# Names

NAMES = {
    "238 bytes": "n" * 233 + ".yaml",
    "237 bytes of Cyrillic": "ы" * 116 + ".yaml",
    "composed": "caf\u00e9.yaml",
    "decomposed": "cafe\u0301.yaml",
    "spaces and quotes": ' it\'s "a" tape .yaml',
    "a newline": "a\nb.yaml",
    "no UTF-8": os.fsdecode(b"\xff\xfe.yaml"),
    "a leading dash": "-rf.yaml",
}


@pytest.mark.parametrize("name", NAMES.values(), ids=NAMES)
def test_f25_whatever_name_the_file_system_takes_is_recorded_onto_and_played(tmp_path, name):
    tape = tmp_path / name
    record(tape)
    record(tape)
    assert bodies(tape) == [NEW, NEW]
    assert litter(tape) == []


def test_f25_a_name_without_room_for_the_journals_is_refused_before_any_request_and_played(tmp_path):
    tape = tmp_path / ("n" * 250 + ".yaml")
    old_tape(tape)
    assert bodies(tape) == [OLD]
    with pytest.raises(CassetteError, match=os.strerror(errno.ENAMETOOLONG)):
        TapeWriter(tape)
    assert litter(tape) == []


def test_f25_names_that_differ_in_case_are_two_tapes(tmp_path):
    record(tmp_path / "Tape.yaml")
    if (tmp_path / "tape.yaml").exists():
        pytest.skip("this file system takes both names for one: the second recording is added to the first")
    record(tmp_path / "tape.yaml", PIECES[1:])
    assert bodies(tmp_path / "Tape.yaml") == [NEW]
    assert bodies(tmp_path / "tape.yaml") == [b"".join(PIECES[1:])]


async def test_f26_on_a_file_system_without_locks_tapes_are_played_and_recording_is_refused_first(
    tmp_path, monkeypatch
):
    tape = tmp_path / "t.yaml"
    request = Request("POST", "http://127.0.0.1:1/api/converse-edge", (), b'{"n": 1}')
    save_cassette(Cassette((Interaction(request, Response(*HEAD, NEW)),)), tape)

    def no_locks(*_: object) -> None:
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr("harness.disk.lock.fcntl.flock", no_locks)
    with use_cassette(tape):
        assert (await ask("http://127.0.0.1:1")).body == NEW
    with pytest.raises(CassetteError, match="cannot lock"), use_cassette(tape, mode="all"):
        raise AssertionError("the block must not run")
    assert litter(tape) == []
