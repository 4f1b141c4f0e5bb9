"""Tapes that no test asks for: under the cassette folders of modules that were collected whole.

Reads folders, and of a tape that nobody claims its content: other recorders keep theirs in the same place, and a
tape without a word of ours is none of our business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.disk.cassettes import find_cassettes, load_cassette
from harness.errors import CassetteError, UsageError
from harness.pytest_plugin.items import own_tape, tape_folder, terms_of
from harness.pytest_plugin.naming import folder_name

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from pathlib import Path

    import pytest


def unused_tapes(items: Iterable[pytest.Item], *, in_part: set[Path]) -> list[Path]:
    """The unclaimed tapes beside the modules of `items`, sorted; `in_part` are modules, links resolved, of
    which only some tests were collected.
    """
    tests = list(items)
    folders = {tape_folder(item) for item in tests if item.path.resolve() not in in_part}
    found = {tape for folder in folders if folder.is_dir() for tape in find_cassettes(folder)}
    claimed = {tape for item in tests for tape in _claims(item)} if found else set()
    return sorted(tape for tape in found - claimed if not claimed & set(tape.parents) and _is_ours(tape))


def _claims(item: pytest.Item) -> Iterator[Path]:
    """The tapes that a test may use, or folders of them: its own, whether it is marked or not, and what its marker
    names.
    """
    own = own_tape(item)
    yield from (own, own.with_name(folder_name(own.name)))
    try:
        yield terms_of(item).tape
    except UsageError:
        return  # the test itself says so


def _is_ours(tape: Path) -> bool:
    try:
        interactions = load_cassette(tape).interactions
    except CassetteError:
        return False
    return any(item.response.stream is not None for item in interactions)
