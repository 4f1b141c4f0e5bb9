"""Names that come from data stay in their folder."""

import pytest

from harness.disk.paths import path_under
from harness.errors import UsageError


@pytest.mark.parametrize("name", ["a.yaml", "test_x/test_y.yaml", "..a", "a..b", "x" * 120])
def test_a_plain_name_is_a_file_in_the_folder(tmp_path, name):
    path = path_under(tmp_path, name)
    assert path == tmp_path / name
    assert path.resolve().is_relative_to(tmp_path.resolve())


@pytest.mark.parametrize(
    "name",
    [
        "",
        ".",
        "..",
        "../x",
        "a/../../x",
        "/etc/passwd",
        "a//b",
        "a/",
        "a b",
        "a\x00b",
        "é",
        "a\\b",
        "x" * 121,
        "~",
        "C:x",
        "a\n",
    ],
)
def test_another_name_is_refused(tmp_path, name):
    with pytest.raises(UsageError, match="cannot be the name"):
        path_under(tmp_path, name)


def test_a_link_is_refused_as_file_and_as_folder(tmp_path):
    (tmp_path / "outside").mkdir()
    folder = tmp_path / "tapes"
    folder.mkdir()
    (folder / "link").symlink_to(tmp_path / "outside")
    for name in ("link", "link/a.yaml"):
        with pytest.raises(UsageError) as caught:
            path_under(folder, name)
        assert caught.value.found == "'link' is a link"
