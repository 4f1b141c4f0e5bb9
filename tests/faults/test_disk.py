"""F01 to F26: what a disk, a signal and a neighbour can do to a recording."""

import asyncio
import errno
import itertools
import os
import signal
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path

import msgspec
import pytest

from harness import Cassette, Interaction, Request, Response, load_cassette, save_cassette, use_cassette
from harness.cassette.digest import digest_matches
from harness.disk.tape import TapeWriter
from harness.errors import CassetteError, HarnessError
from tests.faults import dying
from tests.faults.asking import Outcome, ask
from tests.faults.failing import CALLS, FailingDisk, SmallDisk, refusing
from tests.faults.tapes import HEAD, NEW, NOW, OLD, PIECES, bodies, litter, old_tape, record
from tests.net.wire import chunked, served

ROOT = Path(__file__).parents[2]

REFUSED = {
    "F06-ENOSPC": (errno.ENOSPC, CALLS),
    "F07-EIO": (errno.EIO, CALLS),
    "F08-EIO-of-fsync": (errno.EIO, ("fsync", "fdatasync")),
    "F09-EROFS": (errno.EROFS, CALLS),
    "F10-EACCES": (errno.EACCES, CALLS),
    "F11-EDQUOT": (errno.EDQUOT, CALLS),
    "F12-EMFILE": (errno.EMFILE, ("open",)),
}
"""What the system says, and to which calls."""


def python(*arguments: str) -> subprocess.CompletedProcess[str]:
    """Run Python in the checkout."""
    return subprocess.run([sys.executable, *arguments], cwd=ROOT, capture_output=True, text=True, timeout=50)


# Struck by a signal


@pytest.fixture(scope="module", params=["F01-SIGKILL", "F03-SIGINT"])
def struck(request, tmp_path_factory) -> list[tuple[Path, int]]:
    """The tapes of recorders that were struck before each call of the disk, and the pieces each had taken in."""
    folder = tmp_path_factory.mktemp("struck")
    done = python("-m", "tests.faults.dying", str(folder), request.param.partition("-")[2])
    assert done.returncode == 0, done.stderr
    lines = [line.split() for line in done.stdout.splitlines()]
    return [(folder / at / dying.TAPE, int(told)) for at, told in lines]


def test_struck_between_any_two_calls_the_old_tape_is_whole_and_what_was_taken_in_is_there(struck):
    for tape, told in struck:
        old, *new = bodies(tape)
        assert old == OLD
        assert b"".join(new).startswith(b"".join(PIECES[:told]))
        assert NEW.startswith(b"".join(new))
    assert len(struck) > 20
    assert bodies(struck[-1][0]) == [OLD, NEW]


def test_the_next_recorder_puts_what_a_struck_one_left_onto_the_tape(struck):
    for tape, _ in struck:
        there = bodies(tape)
        record(tape)
        assert bodies(tape) == [*there, NEW]
        assert [name for name in litter(tape) if name.endswith(".journal")] == []


RECORDER = """
import asyncio, sys
from pathlib import Path
from harness import use_cassette
from tests.faults.asking import ask

with use_cassette(sys.argv[1], mode="new_episodes"):
    print(asyncio.run(ask(sys.argv[2], n=int(sys.argv[3]), timeout=None)).body, flush=True)
"""


def recorder(tape: Path, url: str, n: int = 1) -> subprocess.Popen[str]:
    """A process that records one answer behind what is on the tape."""
    return subprocess.Popen(
        [sys.executable, "-c", RECORDER, str(tape), url, str(n)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        stderr=subprocess.PIPE,
        text=True,
    )


async def until_pieces_arrive(tape: Path, number: int) -> None:
    """Wait until the journal beside the tape has so many pieces."""
    while True:
        (journal,) = list(tape.parent.glob("*.journal")) or [Path(os.devnull)]
        if journal.read_bytes().count(b'"type":"piece"') >= number:
            return
        await asyncio.sleep(0.01)


async def test_f03_two_interrupts_end_the_recorder_at_once_and_what_came_is_kept(tmp_path):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    async with served(chunked(*PIECES[:2], whole=False), then="stall") as url:
        process = recorder(tape, url)
        await until_pieces_arrive(tape, 1)
        process.send_signal(signal.SIGINT)
        process.send_signal(signal.SIGINT)
        _, said = await asyncio.to_thread(process.communicate, timeout=20)
    assert said.rstrip().endswith("KeyboardInterrupt")
    assert bodies(tape)[0] == OLD
    assert b"".join(PIECES[:2]).startswith(bodies(tape)[1])


async def test_f04_out_of_memory_the_stream_goes_on_and_the_end_says_so(tmp_path, monkeypatch):
    tape = tmp_path / "t.yaml"
    before = old_tape(tape)

    def starving(*_: object) -> None:
        raise MemoryError

    monkeypatch.setattr("harness.disk.tape.Take.piece", starving)
    async with served(chunked(*PIECES)) as url:
        with pytest.raises(MemoryError), use_cassette(tape, mode="new_episodes"):
            assert (await ask(url)).in_all == (200, NEW, "")
    assert tape.read_bytes() == before or bodies(tape)[0] == OLD


async def test_f05_a_recorder_that_is_stopped_for_a_while_records_the_stream_to_its_end(tmp_path):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    pieces = [b"data: %d\n\n" % n for n in range(30)] + [b"data: [DONE]\n\n"]
    async with served(chunked(*pieces), gap_s=0.02) as url:
        process = recorder(tape, url)
        await until_pieces_arrive(tape, 3)
        process.send_signal(signal.SIGSTOP)
        await asyncio.sleep(0.5)
        process.send_signal(signal.SIGCONT)
        said, trouble = await asyncio.to_thread(process.communicate, timeout=20)
    assert (eval(said), trouble) == (b"".join(pieces), "")
    stream = load_cassette(tape).interactions[1].response.stream
    gaps = [b.at_ms - a.at_ms for a, b in zip(stream.frames, stream.frames[1:], strict=False)]
    assert stream.end == "complete"
    assert min(gaps) >= 0
    assert max(gaps) > 400


# Refused by the system


async def recorded(
    tape: Path, url: str, disk: FailingDisk | SmallDisk
) -> tuple[Outcome | None, HarnessError | None]:
    """What the caller saw, and what was said about the recording."""
    outcome = None
    try:
        with disk, use_cassette(tape, mode="new_episodes"):
            outcome = await ask(url)
    except HarnessError as error:
        return outcome, error
    return outcome, None


def assert_nothing_is_lost(tape: Path, before: bytes, error: HarnessError | None) -> None:
    """The old tape is whole; the new exchange is there too where nobody said otherwise, and where somebody
    said so.
    """
    assert tape.read_bytes() == before or bodies(tape) == [OLD, NEW]
    if error is None or "is kept in" in str(error):
        assert bodies(tape) == [OLD, NEW]
    else:
        assert isinstance(error, CassetteError)
        assert str(tape) in str(error)


@pytest.mark.parametrize("stays", [False, True], ids=["once", "for-good"])
@pytest.mark.parametrize(("code", "calls"), REFUSED.values(), ids=REFUSED)
async def test_whatever_call_is_refused_the_stream_and_the_old_tape_are_whole(tmp_path, code, calls, stays):
    async with served(chunked(*PIECES), gap_s=0) as url:
        direct = await ask(url)
        await recorded(
            tmp_path / "first.yaml", url, FailingDisk(refusing(code), at=0)
        )  # reads our own files, once
        for at in count(1):
            tape = tmp_path / str(at) / "t.yaml"
            before = old_tape(tape)
            disk = FailingDisk(refusing(code), at=at, only=calls, stays=stays)
            outcome, error = await recorded(tape, url, disk)
            assert outcome is None or (outcome.body, outcome.error) == (direct.body, "")
            assert_nothing_is_lost(tape, before, error)
            if not disk.has_struck:
                break
    assert at > (2 if len(calls) < 3 else 15)
    assert error is None


@pytest.mark.parametrize(
    "code", [errno.ENOSPC, errno.EDQUOT, errno.EFBIG], ids=["F06", "F11-EDQUOT", "F11-EFBIG"]
)
def test_full_at_any_byte_the_old_tape_is_whole_and_what_was_written_is_read(tmp_path, code):
    for room in range(0, 10_000, 61):
        tape = tmp_path / str(room) / "t.yaml"
        before = old_tape(tape)
        said = refusal_of_a_disk_with(room, code, tape)
        if not said:
            break
        assert os.strerror(code) in said
        assert tape.read_bytes() == before
        assert bodies(tape) == [OLD, NEW] or "is kept in" not in said
    assert room > 1000
    assert bodies(tape) == [OLD, NEW]


def refusal_of_a_disk_with(room: int, code: int, tape: Path) -> str:
    try:
        with SmallDisk(room, code):
            record(tape)
    except CassetteError as error:
        return str(error)
    return ""


def test_f13_writes_that_take_one_byte_at_a_time_write_everything(tmp_path, monkeypatch):
    real = os.write
    monkeypatch.setattr(os, "write", lambda fd, data: real(fd, bytes(data)[:1]))
    tape = tmp_path / "t.yaml"
    record(tape)
    assert bodies(tape) == [NEW]


async def test_f14_a_hail_of_signals_changes_nothing(tmp_path):
    tape = tmp_path / "t.yaml"
    over = threading.Event()
    heard: list[int] = []
    before = signal.signal(signal.SIGUSR1, lambda number, _: heard.append(number))

    def hail() -> None:
        while not over.is_set():
            os.kill(os.getpid(), signal.SIGUSR1)
            time.sleep(0.0005)

    thread = threading.Thread(target=hail)
    thread.start()
    try:
        async with served(chunked(*PIECES)) as url:
            for n in range(5):
                with use_cassette(tape, mode="new_episodes"):
                    assert (await ask(url, n=n)).in_all == (200, NEW, "")
    finally:
        over.set()
        thread.join()
        signal.signal(signal.SIGUSR1, before)
    assert len(heard) > 20
    assert bodies(tape) == [NEW] * 5


# A disk that is really full, and one that is really read-only

MOUNTED = """
set -e
mount -t tmpfs -o size=64k none "$1"
cd "$2"
exec "$3" -c "$4" "$1"
"""

FULL = """
import sys
from pathlib import Path
from harness.errors import CassetteError
from tests.faults.tapes import *

tape = Path(sys.argv[1]) / "t.yaml"
before = old_tape(tape)
try:
    record(tape, [b"data: %d\\n\\n" % n * 500 for n in range(100)])
except CassetteError as error:
    print(error.found, tape.read_bytes() == before, litter(tape)[:1], sep="|")
"""

READ_ONLY = """
import subprocess, sys
from pathlib import Path
from harness.errors import CassetteError
from tests.faults.tapes import *

tape = Path(sys.argv[1]) / "t.yaml"
before = old_tape(tape)
subprocess.run(["mount", "-o", "remount,ro", "none", sys.argv[1]], check=True)
try:
    record(tape)
except CassetteError as error:
    print(error.found, bodies(tape) == [OLD], litter(tape), sep="|")
"""


def on_a_disk_of_64_kib(code: str, folder: Path) -> list[str]:
    """What *code* prints that runs with a small file system mounted on *folder*, for itself alone."""
    if subprocess.run(["unshare", "-Urm", "true"], capture_output=True).returncode:
        pytest.skip("this machine lets nobody mount a file system of his own; F06 and F09 run with a shim")
    command = ["unshare", "-Urm", "sh", "-c", MOUNTED, "sh", str(folder), str(ROOT), sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stderr
    return done.stdout.strip().split("|")


def test_f06_a_disk_that_is_really_full_leaves_the_old_tape_whole(tmp_path):
    found, is_whole, beside = on_a_disk_of_64_kib(FULL, tmp_path)
    assert (found, is_whole) == (os.strerror(errno.ENOSPC), "True")
    assert ".journal" in beside


def test_f09_a_read_only_disk_is_read_and_refuses_a_recording_before_it_begins(tmp_path):
    assert on_a_disk_of_64_kib(READ_ONLY, tmp_path) == [os.strerror(errno.EROFS), "True", "[]"]


# Damage


def two_exchanges(tape: Path) -> bytes:
    record(tape)
    record(tape, [OLD])
    return tape.read_bytes()


@pytest.mark.parametrize("name", ["t.yaml", "t.json"])
def test_f15_a_tape_that_was_cut_at_any_byte_is_whole_or_refused(tmp_path, name):
    data, whole = two_exchanges(tmp_path / name), load_cassette(tmp_path / name)
    for size in range(len(data)):
        found = read_or_refused(tmp_path / name, data[:size])
        assert found in (None, whole)
        assert found is None or data[size:].isspace()


@pytest.mark.parametrize("name", ["t.yaml", "t.json"])
@pytest.mark.parametrize(
    "bits", [1, pytest.param(8, marks=pytest.mark.slow)], ids=["one-bit-a-byte", "every-bit"]
)
def test_f17_a_tape_with_a_flipped_bit_is_the_same_or_refused_or_says_that_it_was_changed(
    tmp_path, name, bits
):
    data, whole = two_exchanges(tmp_path / name), load_cassette(tmp_path / name)
    for at, bit in itertools.product(range(len(data)), range(bits)):
        flipped = bytearray(data)
        flipped[at] ^= 1 << (bit if bits == 8 else at % 8)
        found = read_or_refused(tmp_path / name, bytes(flipped))
        assert found is None or tells(found, whole), (at, bit)


def read_or_refused(tape: Path, data: bytes) -> Cassette | None:
    tape.write_bytes(data)
    try:
        return load_cassette(tape)
    except CassetteError:
        return None


def tells(found: Cassette, whole: Cassette) -> bool:
    """Whether what was found is what was written, or is seen to have been changed."""
    matches = [digest_matches(item) for item in found.interactions]
    return False in matches or list(map(content, found.interactions)) == list(
        map(content, whole.interactions)
    )


def content(item: Interaction) -> tuple[Request, Response]:
    """Without the digest, and with the names of headers in one case: they have none (RFC 9110, 5.1)."""
    response = item.response
    headers = tuple((name.lower(), value) for name, value in response.headers)
    stream = response.stream and msgspec.structs.replace(response.stream, digest=None)
    return item.request, msgspec.structs.replace(response, headers=headers, stream=stream)


@pytest.mark.parametrize("zeros", [1, 511, 4096])
def test_f16_a_tape_with_a_tail_of_zeros_is_refused_and_stands(tmp_path, zeros):
    for name in ("t.yaml", "t.json"):
        tape = tmp_path / name
        torn = old_tape(tape) + bytes(zeros)
        tape.write_bytes(torn)
        with pytest.raises(CassetteError):
            load_cassette(tape)
        with pytest.raises(CassetteError):
            record(tape)
        assert tape.read_bytes() == torn


@pytest.mark.parametrize("zeros", [1, 511, 4096])
def test_f16_a_journal_with_a_tail_of_zeros_tells_all_that_was_before_them(tmp_path, zeros):
    tape = tmp_path / "t.yaml"
    writer = TapeWriter(tape)
    take = writer.begin(Request("POST", "http://recorded/new", (), b"{}"), recorded_at=NOW)
    take.head(*HEAD)
    take.piece(1.0, OLD)
    (journal,) = tmp_path.glob("*.journal")
    with journal.open("ab") as file:
        file.write(bytes(zeros))
    dead = tmp_path / "dead.yaml.00000000.journal"
    dead.write_bytes(journal.read_bytes())
    writer.abandon()
    assert bodies(tmp_path / "dead.yaml") == [OLD]


# A power cut, as far as its order can be seen


def test_f18_the_journal_is_removed_only_when_the_renamed_tape_will_last(tmp_path):
    """A rename lasts once its folder is synced; until then the journal must be there to tell it all again."""
    with FailingDisk(refusing(0), at=0) as disk:
        record(tmp_path / "t.yaml")
    renamed, removed = disk.calls.index("replace"), disk.calls.index("unlink")
    assert disk.calls[renamed - 1] == "fsync"
    assert "fsync" in disk.calls[renamed:removed]


def test_f18_a_rename_that_was_lost_leaves_the_old_tape_and_a_journal_that_tells_the_rest(tmp_path):
    tape = tmp_path / "t.yaml"
    before = old_tape(tape)
    with FailingDisk(
        lambda: os.link(next(tmp_path.glob("*.journal")), tmp_path / "kept"), at=1, only=["replace"]
    ):
        record(tape)
    tape.write_bytes(before)
    (tmp_path / "kept").rename(tmp_path / "t.yaml.00000000.journal")
    assert bodies(tape) == [OLD, NEW]


# Neighbours


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
        said = [await asyncio.to_thread(process.communicate, timeout=20) for process in both]
    assert [trouble for _, trouble in said] == ["", ""]
    assert bodies(tape) == [OLD, NEW, NEW]
    assert litter(tape) == []


def test_f20_who_reads_while_others_write_sees_a_whole_tape_old_or_new(tmp_path):
    tape = tmp_path / "t.yaml"
    old_tape(tape)
    seen: list[int] = []
    over = threading.Event()

    def write() -> None:
        for _ in range(15):
            record(tape)
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


def test_f21_a_tape_that_became_a_link_to_something_else_does_not_overwrite_that(tmp_path):
    tape, other = tmp_path / "t.yaml", tmp_path / "precious.txt"
    other.write_text("precious: [")
    writer = TapeWriter(tape)
    begin(writer)
    tape.symlink_to(other)
    with pytest.raises(CassetteError, match="is kept in"):
        writer.finish()
    assert other.read_text() == "precious: ["
    tape.unlink()
    assert bodies(tape) == [b"".join(PIECES[:2])]


def test_f21_a_tape_that_became_a_link_to_another_tape_gains_the_recording_there(tmp_path):
    tape, other = tmp_path / "t.yaml", tmp_path / "other.yaml"
    writer = TapeWriter(tape)
    begin(writer)
    old_tape(other)
    tape.symlink_to(other)
    writer.finish()
    assert tape.is_symlink()
    assert bodies(other) == [OLD, b"".join(PIECES[:2])]


def begin(writer: TapeWriter) -> None:
    """Half an exchange."""
    take = writer.begin(Request("POST", "http://recorded/new", (), b"{}"), recorded_at=NOW)
    take.head(*HEAD)
    for number, piece in enumerate(PIECES[:2]):
        take.piece(float(number), piece)


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
