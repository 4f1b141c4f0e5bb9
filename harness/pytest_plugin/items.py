"""What pytest knows of a test, in our words: its tape, its terms, the command that records it again.

Reads pytest's items and configuration; touches nothing.
"""

from __future__ import annotations

import shlex
from collections import defaultdict
from contextlib import suppress
from typing import TYPE_CHECKING

import pytest

from harness.disk.paths import path_under
from harness.errors import UsageError
from harness.pytest_plugin.naming import FOLDER, SUFFIX, module_name, tape_name
from harness.pytest_plugin.terms import FLAGS, KEYWORDS, Given, Terms, agreed, read_marker

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path

    from _pytest.nodes import Node

MARKER = "harness"


def is_marked(item: pytest.Item) -> bool:
    """Whether the test has our marker, by itself or from its class or module."""
    return item.get_closest_marker(MARKER) is not None


def terms_of(item: pytest.Item) -> Terms:
    """The terms of a test; one without a marker has those of the ini file. Raises UsageError for a marker that is
    wrong.
    """
    read = [read_marker(mark.args, mark.kwargs) for mark in item.iter_markers(MARKER)]
    tapes = [item.path.parent / tape for tape, _ in read if tape is not None]
    live = bool(item.config.getoption("harness_live"))
    said = agreed(
        _in_ini(item.config), [given for _, given in reversed(read)], _in_flags(item.config), live=live
    )
    return Terms(tape=tapes[0] if tapes else own_tape(item), live=live, **said)


def own_tape(item: pytest.Item) -> Path:
    """The tape of this test alone: `cassettes/<module>/<test>.yaml` in the folder of its module."""
    function = getattr(item, "originalname", None) or item.name
    classes = [node for node in item.listchain() if isinstance(node, pytest.Class)]
    name = tape_name(
        tuple(each.name for each in classes),
        function,
        item.name[len(function) :].removeprefix("[").removesuffix("]"),
        has_twin=any(_has_twin(each) for each in (*classes, item)),
    )
    return path_under(tape_folder(item), name + SUFFIX)


def replacers(item: pytest.Item) -> list[str]:
    """The tests of this run that would replace the tape of `item`, itself included."""
    stash = item.config.stash
    if _REPLACERS not in stash:
        stash[_REPLACERS] = _replacers(item.session.items)
    return stash[_REPLACERS][terms_of(item).tape]


def tape_folder(item: pytest.Item) -> Path:
    """The folder of the tapes of this test's module."""
    return path_under(item.path.parent / FOLDER, module_name(item.path))


def command(item: pytest.Item, mode: str) -> str:
    """The command that runs this test alone in a record mode."""
    return f"pytest {shlex.quote(item.nodeid)} --harness-mode={mode}"


_REPLACERS = pytest.StashKey[dict["Path", list[str]]]()


def _replacers(items: Iterable[pytest.Item]) -> dict[Path, list[str]]:
    """For each tape the tests in mode `all`; one whose marker is wrong never gets as far."""
    found: dict[Path, list[str]] = defaultdict(list)
    for item in items:
        with suppress(UsageError):
            terms = terms_of(item)
            if terms.mode == "all":
                found[terms.tape].append(item.nodeid)
    return found


def _has_twin(node: Node) -> bool:
    """Whether something beside this test or class is called the same but for capitals."""
    name = getattr(node, "originalname", None) or node.name
    place = getattr(node.parent, "obj", None)
    others = [other for other in dir(place) if other != name and other.lower() == name.lower()]
    return any(callable(getattr(place, other, None)) for other in others)


def _in_ini(config: pytest.Config) -> Given:
    keys = {name: config.getini(f"harness_{name}") for name, term in KEYWORDS.items() if term.metadata["ini"]}
    return {name: value for name, value in keys.items() if value is not None}


def _in_flags(config: pytest.Config) -> Given:
    flags = {name: config.getoption(f"harness_{name}") for name in FLAGS}
    return {name: value for name, value in flags.items() if value is not None}
