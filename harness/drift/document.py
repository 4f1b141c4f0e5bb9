"""A summary as a document to keep beside the recordings, and back again: versioned, sorted, a few KiB. Pure.

Tallies are nested by the words of their keys, which share their beginnings; vocabularies and scales are rows.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import msgspec

from harness.drift.shape import Key, Summary, Words
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

VERSION = 2
"""Of the written form and of what the keys mean; a summary of another version is made anew."""


class _Written(msgspec.Struct, forbid_unknown_fields=True):
    version: int
    tallies: dict[str, Any]
    words: list[tuple[list[str], dict[str, int] | None]]
    numbers: list[tuple[list[str], dict[int, int]]]


def to_document(summary: Summary) -> dict[str, object]:
    """Plain values for JSON, in a settled order."""
    tree: dict[str, Any] = {}
    for key, count in sorted(summary.tallies.items()):
        *branch, leaf = key
        node = tree
        for word in branch:
            node = node.setdefault(word, {})
        node[leaf] = count
    return {
        "version": VERSION,
        "tallies": tree,
        "words": _rows(summary.words),
        "numbers": _rows(summary.numbers),
    }


def from_document(document: object) -> Summary:
    """The summary again. Raises `UsageError` for what is none, or one of another version."""
    if not isinstance(document, dict) or document.get("version") != VERSION:
        _refuse("it is of another version, or of another kind")
    try:
        written = msgspec.convert(document, _Written, strict=False)
        tallies = dict(_leaves(written.tallies, ()))
    except (msgspec.ValidationError, TypeError) as why:
        _refuse(str(why))
    words: dict[Key, Words] = {tuple(key): each for key, each in written.words}
    return Summary(tallies, words, {tuple(key): steps for key, steps in written.numbers})


def _refuse(why: str) -> Any:
    raise UsageError(
        f"this is no summary of recordings: {why}",
        expected=f"a document of version {VERSION}, as this harness writes it",
        help="remove the file; it is made again from the recordings",
    )


def _rows(table: Mapping[Key, Mapping[Any, int] | None]) -> list[object]:
    return [
        [list(key), None if counts is None else {str(each): counts[each] for each in sorted(counts)}]
        for key, counts in sorted(table.items())
    ]


def _leaves(tree: Mapping[str, Any], key: Key) -> Iterator[tuple[Key, int]]:
    for word, inner in tree.items():
        if isinstance(inner, dict):
            yield from _leaves(inner, (*key, word))
        elif isinstance(inner, int):
            yield (*key, word), inner
        else:
            raise TypeError(f"the tally of {word!r} is no number")
