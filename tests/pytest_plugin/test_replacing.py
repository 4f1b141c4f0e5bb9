"""The old folder stays until the new one is whole."""

from __future__ import annotations

import pytest

from harness.pytest_plugin.replacing import replaced


@pytest.fixture
def folder(tmp_path):
    """A folder with an old tape."""
    place = tmp_path / "place"
    place.mkdir()
    (place / "old").touch()
    return place


def names(place) -> list[str]:
    return sorted(each.name for each in place.iterdir())


def fill(place, *, when: bool, name: str = "new") -> None:
    with replaced(place, when=lambda: when) as fresh:
        if name:
            (fresh / name).touch()


def test_what_went_well_takes_the_place_of_the_old(folder):
    fill(folder, when=True)
    assert (names(folder), names(folder.parent)) == (["new"], ["place"])
    assert folder.stat().st_mode == folder.parent.stat().st_mode


def test_what_went_badly_leaves_the_old(folder):
    fill(folder, when=False)
    assert (names(folder), names(folder.parent)) == (["old"], ["place"])


def test_what_went_badly_is_better_than_nothing(tmp_path):
    fill(tmp_path / "deep" / "place", when=False)
    assert names(tmp_path / "deep" / "place") == ["new"]


def test_an_empty_folder_replaces_nothing(folder):
    fill(folder, when=True, name="")
    assert (names(folder), names(folder.parent)) == (["old"], ["place"])


@pytest.mark.parametrize(("name", "left"), [("new", 2), ("", 1)])
def test_an_error_leaves_both(folder, name, left):
    with pytest.raises(ZeroDivisionError), replaced(folder, when=lambda: True) as fresh:
        if name:
            (fresh / name).touch()
        raise ZeroDivisionError
    assert (names(folder), len(names(folder.parent))) == (["old"], left)
