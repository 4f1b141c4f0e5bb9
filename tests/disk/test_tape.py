"""Recording onto a tape, and everything that can go wrong with it."""

import errno
import json
import os
import resource
import signal
import subprocess
import sys
import time
from pathlib import Path

import pytest

from harness.cassette.digest import digest_matches
from harness.cassette.format import dumps
from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, Source
from harness.cassette.recovery import Answered, Began, Lines, recover
from harness.disk import tape as module
from harness.disk.cassettes import load_cassette, save_cassette
from harness.disk.tape import Take, TapeWriter
from harness.errors import CassetteError, SecretError
from tests.cassette.samples import asked, tape

NOW = "2026-11-22T12:00:00Z"
HEAD = (200, "OK", (("Content-Type", "text/event-stream"),))
ROOT = Path(__file__).parent.parent.parent
KEY = "sk-proj-" + "a1B2c3D4" * 6


@pytest.fixture
def path(tmp_path):
    return tmp_path / "tape.yaml"


def begin(writer: TapeWriter, text: str = "Hi") -> Take:
    take = writer.begin(asked(text), recorded_at=NOW)
    take.head(*HEAD)
    return take


def record(writer: TapeWriter, text: str = "Hi") -> None:
    take = begin(writer, text)
    take.piece(12.44, b"data: a\n\n")
    take.piece(31.0, b"data: [DONE]\n\n")
    take.end(End.COMPLETE, 33.33)


def texts(cassette: Cassette) -> list[str]:
    conversations = [
        json.loads(json.loads(item.request.body)["conversation"]) for item in cassette.interactions
    ]
    return [conversation["history"][0]["text"] for conversation in conversations]


def names(path: Path) -> list[str]:
    return sorted(os.listdir(path.parent))  # noqa: PTH208 - hidden files too


# What is recorded


def test_an_exchange_is_on_the_tape_with_its_pieces_times_and_end(path):
    writer = TapeWriter(path, upstream="vitalentum", source="stand-in", recorded_from="x 1.0")
    record(writer)
    assert writer.finish() == load_cassette(path)
    (item,) = load_cassette(path).interactions
    stream = item.response.stream
    assert item.request == asked()
    assert item.response.body == b"data: a\n\ndata: [DONE]\n\n"
    assert stream.frames == (Frame(12.4, 9), Frame(31.0, 14))
    assert (stream.end, stream.end_ms, stream.recorded_at) == (End.COMPLETE, 33.3, NOW)
    assert (stream.upstream, stream.source, stream.recorded_from) == ("vitalentum", Source.STAND_IN, "x 1.0")
    assert digest_matches(item)
    assert names(path) == ["tape.yaml"]


def test_an_exchange_may_say_for_itself_where_it_comes_from(path):
    writer = TapeWriter(path, upstream="vitalentum", source="live")
    take = writer.begin(asked(), recorded_at=NOW, upstream="other", source="independent", recorded_from="y 2")
    take.head(*HEAD)
    take.end("complete", 1)
    (item,) = writer.finish().interactions
    stream = item.response.stream
    assert (stream.upstream, stream.source, stream.recorded_from) == ("other", "independent", "y 2")


def test_exchanges_that_overlap_are_on_the_tape_in_the_order_they_began(path):
    writer = TapeWriter(path)
    one, two = begin(writer, "one"), begin(writer, "two")
    two.piece(1, b"2")
    one.piece(2, b"1")
    two.end("complete", 3)
    one.end("complete", 4)
    assert texts(writer.finish()) == ["one", "two"]


def test_what_is_still_open_at_the_end_was_closed_by_us(path):
    writer = TapeWriter(path)
    begin(writer).piece(5.0, b"data: a\n\n")
    (item,) = writer.finish().interactions
    assert (item.response.stream.end, item.response.stream.end_ms) == (End.CLOSED, 5.0)


def test_a_request_without_an_answer_is_not_on_the_tape(path):
    writer = TapeWriter(path)
    writer.begin(asked(), recorded_at=NOW)
    assert writer.finish() == Cassette()
    assert names(path) == []


def test_a_stream_ends_once(path):
    writer = TapeWriter(path)
    take = begin(writer)
    take.end("short", 1)
    take.end("complete", 2)
    take.piece(3, b"late")
    (item,) = writer.finish().interactions
    assert (item.response.stream.end, item.response.body) == (End.SHORT, b"")


def test_a_broken_chunk_ends_a_stream_and_its_reader_may_wait_on(path):
    writer = TapeWriter(path)
    take = begin(writer)
    take.piece(1.0, b"data: a\n\n")
    take.end("short", 2.04, broken_chunk=True)
    (journal,) = path.parent.glob("*.journal")
    (known,) = recover(journal.read_bytes()).interactions
    assert known.response.stream.broken_chunk_ms == known.response.stream.end_ms == 2.0
    take.waited(3000.04)
    assert recover(journal.read_bytes()).interactions[0].response.stream.end_ms == 3000.0
    (item,) = writer.finish().interactions
    stream = item.response.stream
    assert (stream.end, stream.broken_chunk_ms, stream.end_ms) == (End.SHORT, 2.0, 3000.0)
    assert load_cassette(path).interactions == (item,)


def test_who_waits_on_after_any_other_end_changes_nothing(path):
    writer = TapeWriter(path)
    take = begin(writer)
    take.waited(1)
    take.end("short", 2)
    take.waited(3)
    (item,) = writer.finish().interactions
    assert (item.response.stream.end_ms, item.response.stream.broken_chunk_ms) == (2.0, None)


def test_past_the_limit_nothing_is_kept_and_the_end_says_so(path, monkeypatch):
    monkeypatch.setattr(module, "MAX_BODY", 10)
    writer = TapeWriter(path)
    take = begin(writer)
    for ms in range(5):
        take.piece(ms, b"1234")
    take.end("short", 9, broken_chunk=True)
    (item,) = writer.finish().interactions
    assert (item.response.body, item.response.stream.end) == (b"12341234", End.LIMIT)
    assert item.response.stream.broken_chunk_ms is None


def test_finishing_twice_adds_nothing(path):
    writer = TapeWriter(path)
    record(writer)
    assert writer.finish() == writer.finish()
    assert len(load_cassette(path).interactions) == 1


def test_what_is_abandoned_leaves_nothing(path):
    writer = TapeWriter(path)
    record(writer)
    writer.abandon()
    assert names(path) == []


# What is on disk already


def test_new_exchanges_are_added_behind_the_old_ones_which_stay_as_they_are(path):
    save_cassette(tape("old"), path)
    (old,) = load_cassette(path).interactions
    writer = TapeWriter(path)
    record(writer, "new")
    found = writer.finish()
    assert texts(found) == ["old", "new"]
    assert found.interactions[0] == old


def test_a_plain_tape_of_vcrpy_can_be_recorded_onto(path):
    path.write_bytes(dumps(Cassette((Interaction(asked("old"), Response(200, "OK", (), b"x")),))))
    writer = TapeWriter(path)
    record(writer, "new")
    found = writer.finish()
    assert texts(found) == ["old", "new"]
    assert found.interactions[0].response.stream is None


def test_replacing_happens_at_the_end_and_only_with_something_new(path):
    save_cassette(tape("old"), path)
    writer = TapeWriter(path, replace=True)
    record(writer, "new")
    assert texts(Cassette(load_cassette(path).interactions)) == ["old"]
    assert texts(writer.finish()) == ["new"]
    TapeWriter(path, replace=True).finish()
    assert texts(load_cassette(path)) == ["new"]


def test_with_nothing_new_the_file_is_not_touched(path):
    save_cassette(tape("old"), path)
    before = path.stat()
    TapeWriter(path).finish()
    assert path.stat() == before


@pytest.mark.parametrize(
    "damage",
    [b"", b"\xff\xfe rubbish", b"interactions:\n- request: {}\n", b"version: 99\ninteractions: []\n"],
)
def test_a_damaged_tape_is_refused_at_the_start_and_stands(path, damage):
    path.write_bytes(damage)
    for replace in (False, True):
        with pytest.raises(CassetteError):
            TapeWriter(path, replace=replace)
    assert path.read_bytes() == damage
    assert names(path) == ["tape.yaml"]


def test_a_tape_damaged_meanwhile_stands_and_the_recording_is_kept(path):
    writer = TapeWriter(path)
    record(writer, "new")
    path.write_bytes(b"rubbish: [")
    with pytest.raises(CassetteError) as caught:
        writer.finish()
    assert "is kept in tape.yaml." in caught.value.help
    assert path.read_bytes() == b"rubbish: ["
    path.unlink()
    assert texts(load_cassette(path)) == ["new"]


def test_a_tape_that_holds_secrets_is_refused_at_the_start(path):
    path.write_bytes(dumps(Cassette((Interaction(Request("GET", f"http://h/{KEY}"), Response(200, "OK")),))))
    with pytest.raises(SecretError) as caught:
        TapeWriter(path)
    assert "harness redact" in caught.value.help
    assert names(path) == ["tape.yaml"]


# Secrets


def test_no_secret_reaches_the_journal_nor_the_tape(path):
    writer = TapeWriter(path)
    take = writer.begin(
        Request("POST", "http://h/", (("Authorization", f"Bearer {KEY}"),), b"{}"), recorded_at=NOW
    )
    take.head(200, "OK", (("X-Echo", KEY),))
    for number, part in enumerate((KEY[:5], KEY[5:20], KEY[20:]), 1):
        take.piece(number, f'data: {{"choices":[{{"index":0,"delta":{{"content":"{part}"}}}}]}}\n\n'.encode())
        (journal,) = path.parent.glob("*.journal")
        assert KEY[20:] not in journal.read_text()
    take.end("complete", 9)
    (item,) = writer.finish().interactions
    assert KEY[20:] not in path.read_text()
    assert [frame.at_ms for frame in item.response.stream.frames] == [1.0, 2.0, 3.0]


def test_pieces_that_waited_keep_their_own_times(path):
    writer = TapeWriter(path)
    take = begin(writer)
    for ms, text in ((10, "sk-abc"), (20, " is no key")):
        take.piece(ms, f'data: {{"a":"{text}"}}\n\n'.encode())
    take.end("complete", 30)
    (item,) = writer.finish().interactions
    assert [frame.at_ms for frame in item.response.stream.frames] == [10.0, 20.0]


# Recorders that die


def killed(path: Path, code: str) -> None:
    """Run a recorder in a process of its own that kills itself with SIGKILL at the end of *code*."""
    script = (
        "import os, signal, sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from tests.disk.test_tape import *\n"
        f"path = Path(sys.argv[1])\n{code}\nos.kill(os.getpid(), signal.SIGKILL)\n"
    )
    done = subprocess.run([sys.executable, "-c", script, str(path), str(ROOT)], check=False, cwd=ROOT)
    assert done.returncode == -signal.SIGKILL


def test_a_killed_recorder_loses_nothing_it_was_told(path):
    killed(
        path,
        "w = TapeWriter(path); record(w, 'whole'); t = begin(w, 'open')\n"
        "t.piece(5.0, b'data: a\\n\\n'); t.piece(6.0, b'dat')",
    )
    assert not path.exists()
    found = load_cassette(path)
    assert texts(found) == ["whole", "open"]
    whole, cut = (item.response for item in found.interactions)
    assert (whole.body, whole.stream.end) == (b"data: a\n\ndata: [DONE]\n\n", End.COMPLETE)
    assert (cut.body, cut.stream.end, cut.stream.end_ms) == (b"data: a\n\ndat", End.CRASH, 6.0)
    assert all(map(digest_matches, found.interactions))


def test_the_next_recorder_writes_a_dead_ones_journal_into_the_tape(path):
    killed(path, "record(TapeWriter(path), 'dead')")
    writer = TapeWriter(path)
    record(writer, "alive")
    assert texts(writer.finish()) == ["dead", "alive"]
    assert names(path) == ["tape.yaml"]
    assert texts(load_cassette(path)) == ["dead", "alive"]


def test_killed_between_tape_and_journal_nothing_is_there_twice(path):
    killed(
        path,
        "w = TapeWriter(path)\nrecord(w)\nw._journal.remove = lambda: os.kill(os.getpid(), signal.SIGKILL)\nw.finish()",
    )
    assert [name.rpartition(".")[2] for name in names(path)] == ["yaml", "journal"]
    assert texts(load_cassette(path)) == ["Hi"]
    TapeWriter(path).finish()
    assert texts(load_cassette(path)) == ["Hi"]
    assert names(path) == ["tape.yaml"]


def test_saving_a_tape_replaces_what_a_dead_recorder_left_too(path):
    killed(path, "record(TapeWriter(path), 'dead')")
    save_cassette(tape("saved"), path)
    assert texts(load_cassette(path)) == ["saved"]
    assert names(path) == ["tape.yaml"]


def test_a_journal_that_somebody_made_up_is_refused_like_a_tape(path):
    lines = Lines()
    began = Began(1, Request("GET", "http://h/"), NOW)
    evil = Answered(1, 200, "OK", (("A", "b\r\nEvil: 1"),))
    path.with_name("tape.yaml.00000000.journal").write_bytes(b"".join(map(lines.encode, (began, evil))))
    with pytest.raises(CassetteError, match="line break") as caught:
        load_cassette(path)
    assert "tape.yaml.00000000.journal (interactions[0].response.headers.A)" in caught.value.where


def test_a_living_recorders_journal_is_left_alone(path):
    writer = TapeWriter(path)
    record(writer, "under way")
    with pytest.raises(CassetteError, match="no cassette here"):
        load_cassette(path)
    other = TapeWriter(path)
    record(other, "other")
    assert texts(other.finish()) == ["other"]
    assert texts(writer.finish()) == ["other", "under way"]


def test_two_processes_that_record_onto_one_tape_both_arrive(path):
    code = (
        "import sys; from pathlib import Path; sys.path.insert(0, sys.argv[2])\n"
        "from tests.disk.test_tape import *\n"
        "for number in range(8):\n"
        "    w = TapeWriter(Path(sys.argv[1])); record(w, sys.argv[3] + str(number)); w.finish()\n"
    )
    both = [
        subprocess.Popen([sys.executable, "-c", code, str(path), str(ROOT), name], cwd=ROOT) for name in "ab"
    ]
    assert [process.wait(60) for process in both] == [0, 0]
    found = texts(load_cassette(path))
    assert sorted(found) == sorted(f"{name}{number}" for name in "ab" for number in range(8))
    assert [text for text in found if text[0] == "a"] == [f"a{number}" for number in range(8)]
    assert names(path) == ["tape.yaml"]


# Disks that fail


def test_whatever_call_fails_the_old_tape_stands_and_the_recording_is_not_lost(path, monkeypatch):
    """Fail the first fallible call, then the second, and so on, until a run comes through: as SQLite does."""
    save_cassette(tape("old"), path)
    old = path.read_bytes()
    for failing in range(1, 200):
        path.write_bytes(old)
        error, calls = recording_with_a_failure(path, monkeypatch, failing)
        assert not list(path.parent.glob(".*.tmp"))
        assert error is None or str(path) in str(error)
        assert path.read_bytes() == old or texts(load_cassette(path)) == ["old", "new"]
        if error is None or "is kept in" in (error.help or ""):
            assert texts(load_cassette(path)) == ["old", "new"]
        for journal in path.parent.glob("*.journal"):
            journal.unlink()
        if calls < failing:
            break
    assert 15 < calls < failing


def recording_with_a_failure(path: Path, monkeypatch, failing: int) -> tuple[CassetteError | None, int]:
    """What came of a recording whose n-th fallible call failed, and how many such calls it made."""
    calls = fail_nth_call(monkeypatch, failing)
    error = None
    try:
        writer = TapeWriter(path)
        record(writer, "new")
        writer.finish()
    except CassetteError as caught:
        error = caught
    finally:
        monkeypatch.undo()
    return error, len(calls)


def fail_nth_call(monkeypatch, nth: int) -> list[str]:
    """Let the *nth* of the calls that can fail raise "No space left on device"; returns the calls made so
    far.
    """
    calls: list[str] = []

    def watched(name, call):
        def wrapper(*args, **kwargs):
            calls.append(name)
            if len(calls) == nth:
                raise OSError(errno.ENOSPC, os.strerror(errno.ENOSPC))
            return call(*args, **kwargs)

        return wrapper

    for name in ("open", "write", "fsync", "fdatasync", "fchmod"):
        monkeypatch.setattr(os, name, watched(name, getattr(os, name)))
    for name in ("replace", "mkdir", "open"):
        monkeypatch.setattr(Path, name, watched(name, getattr(Path, name)))
    return calls


def test_a_file_size_limit_leaves_the_old_tape_whole(path):
    """A limit of the kernel's own stands for a full disk: the write is cut short, then refused."""
    save_cassette(tape("old"), path)
    before = path.read_bytes()
    writer = TapeWriter(path)
    record(writer, "new")
    old_limit = resource.getrlimit(resource.RLIMIT_FSIZE)
    ignored = signal.signal(signal.SIGXFSZ, signal.SIG_IGN)
    try:
        resource.setrlimit(resource.RLIMIT_FSIZE, (len(before), old_limit[1]))
        with pytest.raises(CassetteError, match="cannot be read or written") as caught:
            writer.finish()
    finally:
        resource.setrlimit(resource.RLIMIT_FSIZE, old_limit)
        signal.signal(signal.SIGXFSZ, ignored)
    assert caught.value.found == os.strerror(errno.EFBIG)
    assert path.read_bytes() == before
    assert [name for name in names(path) if name.endswith(".tmp")] == []
    assert texts(load_cassette(path)) == ["old", "new"]


def test_a_folder_deleted_meanwhile_is_made_again(tmp_path):
    folder = tmp_path / "gone"
    writer = TapeWriter(folder / "a.yaml")
    record(writer)
    for file in folder.iterdir():
        file.unlink()
    folder.rmdir()
    assert writer.finish() == load_cassette(folder / "a.yaml")


def test_a_piece_costs_little(path):
    writer = TapeWriter(path)
    take = begin(writer)
    event = b'data: {"choices":[{"index":0,"delta":{"content":"hello"}}]}\n\n'
    before = time.process_time()
    for ms in range(2000):
        take.piece(ms, event)
    assert (time.process_time() - before) / 2000 < 0.001
    writer.abandon()
