"""A file is replaced whole or not at all."""

import errno
import os
import stat

import pytest

from harness.disk import atomic
from harness.disk.atomic import replace_file, write_all


def test_a_new_file_is_private(tmp_path):
    path = tmp_path / "a.yaml"
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o600


def test_an_old_file_keeps_its_mode(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")
    path.chmod(0o644)
    replace_file(path, b"new")
    assert path.read_bytes() == b"new"
    assert stat.S_IMODE(path.stat().st_mode) == 0o644


def test_a_link_stays_a_link_and_its_target_is_replaced(tmp_path):
    target, link = tmp_path / "real.yaml", tmp_path / "link.yaml"
    target.write_bytes(b"old")
    link.symlink_to(target)
    replace_file(link, b"new")
    assert link.is_symlink()
    assert target.read_bytes() == b"new"


def test_a_device_or_a_pipe_is_not_replaced(tmp_path):
    pipe = tmp_path / "pipe"
    os.mkfifo(pipe)
    with pytest.raises(OSError, match="Not a regular file"):
        replace_file(pipe, b"new")
    assert pipe.is_fifo()
    assert [file.name for file in tmp_path.iterdir()] == ["pipe"]


def test_who_had_the_old_file_open_still_sees_all_of_it(tmp_path):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old content")
    with path.open("rb") as reader:
        replace_file(path, b"new")
        assert reader.read() == b"old content"


@pytest.mark.parametrize("call", ["open", "write", "fsync", "fchmod", "replace"])
@pytest.mark.parametrize("error", [errno.ENOSPC, errno.EIO, errno.EROFS, errno.EACCES])
def test_whatever_fails_the_old_file_stands_and_no_temp_file_is_left(tmp_path, monkeypatch, call, error):
    path = tmp_path / "a.yaml"
    path.write_bytes(b"old")

    def failing(*_args, **_kwargs):
        raise OSError(error, os.strerror(error))

    monkeypatch.setattr(*((atomic.Path, "replace") if call == "replace" else (atomic.os, call)), failing)
    with pytest.raises(OSError, match=os.strerror(error)):
        replace_file(path, b"new" * 10_000)
    monkeypatch.undo()
    assert path.read_bytes() == b"old"
    assert os.listdir(tmp_path) == ["a.yaml"]  # noqa: PTH208 - hidden files too


def test_a_write_that_takes_only_a_part_is_gone_on_with(monkeypatch):
    taken = []

    def slow(_fd, data):
        taken.append(bytes(data[:3]))
        return len(data[:3])

    monkeypatch.setattr(atomic.os, "write", slow)
    write_all(0, b"abcdefgh")
    assert taken == [b"abc", b"def", b"gh"]
