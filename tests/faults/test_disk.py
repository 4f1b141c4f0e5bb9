"""F06 to F18: a disk that refuses, is full, loses its power or flips a bit."""

import errno
import itertools
import os
import shutil
import signal
import subprocess
import sys
import threading
import time
from itertools import count
from pathlib import Path

import msgspec
import pytest

from harness import Cassette, Interaction, Request, Response, load_cassette, use_cassette
from harness.cassette.digest import digest_matches
from harness.errors import CassetteError, HarnessError
from tests.faults.asking import Outcome, ask
from tests.faults.failing import CALLS, NEVER, FailingDisk, SmallDisk, refusing
from tests.faults.processes import PATIENCE_S, ROOT
from tests.faults.tapes import HALF, NEW, OLD, PIECES, bodies, half_recorded, old_tape, record
from tests.net.wire import chunked, served

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
            tmp_path / "first.yaml", url, FailingDisk(refusing(code), at=NEVER)
        )  # reads the package's own files, once for all
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

MOUNT = ("mount", "-t", "tmpfs", "-o", "size=64k", "none")
MOUNTED = f"""
set -e
{" ".join(MOUNT)} "$1"
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
    alone = ("unshare", "-Urm")
    if (
        not shutil.which("unshare")
        or subprocess.run([*alone, *MOUNT, str(folder)], capture_output=True).returncode
    ):
        pytest.skip("nobody may mount a file system of his own here; F06 and F09 are tried call by call")
    command = [*alone, "sh", "-c", MOUNTED, "sh", str(folder), str(ROOT), sys.executable, code]
    done = subprocess.run(command, capture_output=True, text=True, timeout=PATIENCE_S)
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
    writer = half_recorded(tmp_path / "t.yaml")
    (journal,) = tmp_path.glob("*.journal")
    (tmp_path / "dead.yaml.00000000.journal").write_bytes(journal.read_bytes() + bytes(zeros))
    writer.abandon()
    assert bodies(tmp_path / "dead.yaml") == [HALF]


# A power cut, as far as its order can be seen


def test_f18_the_journal_is_removed_only_when_the_renamed_tape_will_last(tmp_path):
    """A rename lasts once its folder is synced; until then the journal must be there to tell it all again."""
    with FailingDisk(refusing(0), at=NEVER) as disk:
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
