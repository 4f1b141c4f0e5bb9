"""One writer at a time."""

import errno
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest

from harness.disk import lock
from harness.disk.lock import folder_locked
from harness.errors import CassetteError

ROOT = Path(__file__).parent.parent.parent


def test_a_lock_leaves_nothing_behind(tmp_path):
    with folder_locked(tmp_path):
        pass
    assert list(tmp_path.iterdir()) == []


def test_the_second_waits_until_the_first_is_done(tmp_path):
    order = []

    def second():
        with folder_locked(tmp_path):
            order.append("second")

    with folder_locked(tmp_path):
        thread = threading.Thread(target=second)
        thread.start()
        thread.join(0.05)
        order.append("first")
    thread.join()
    assert order == ["first", "second"]


def test_who_waits_too_long_is_told_so(tmp_path):
    with (
        folder_locked(tmp_path),
        pytest.raises(CassetteError, match="does not finish"),
        folder_locked(tmp_path, patience_s=0.03),
    ):
        pass


DIES_WITH_THE_LOCK = """
import os, sys
from pathlib import Path
from harness.disk.lock import folder_locked
with folder_locked(Path(sys.argv[1])):
    os._exit(9)
"""


def test_the_lock_of_a_process_that_died_is_free(tmp_path):
    command = [sys.executable, "-c", DIES_WITH_THE_LOCK, str(tmp_path)]
    assert subprocess.run(command, check=False, cwd=ROOT).returncode == 9
    with folder_locked(tmp_path, patience_s=0.1):
        pass


def test_a_file_system_without_locks_is_named(tmp_path, monkeypatch):
    def no_locks(*_args):
        raise OSError(errno.ENOLCK, os.strerror(errno.ENOLCK))

    monkeypatch.setattr(lock.fcntl, "flock", no_locks)
    with pytest.raises(CassetteError, match="cannot lock") as caught, folder_locked(tmp_path):
        pass
    assert "local disk" in caught.value.help
