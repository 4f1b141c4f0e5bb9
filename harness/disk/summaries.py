"""A summary kept beside its recordings: files that it knows by their content are not read again.

Where a known file is gone or has changed, or the summary is of another version or upstream, it is made anew. It is a
cache: what cannot be read is made anew as well, and nothing is lost with it.
"""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

import msgspec

from harness.cassette.cases import is_case
from harness.disk.atomic import replace_file
from harness.disk.cassettes import load_cassette
from harness.drift.document import from_document, to_document
from harness.drift.shape import EMPTY, Summary, merge
from harness.drift.summarise import summarise
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.cassette.model import Interaction
    from harness.upstreams.upstream import Upstream

DIGITS = 16
"""Hexadecimal digits of a file's hash that are kept: it finds changes, it is no signature."""


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    upstream: str
    files: list[str]
    summary: dict[str, Any]


def summary_of(files: Sequence[Path], upstream: Upstream, kept: Path) -> Summary:
    """The summary of these cassettes. Only files that *kept* does not know are read, and it knows them afterwards."""
    hashes = {hashlib.sha256(file.read_bytes()).hexdigest()[:DIGITS]: file for file in files}
    known, summary = _read(kept, upstream)
    if not known <= hashes.keys():
        known, summary = set(), EMPTY
    fresh = [hashes[each] for each in sorted(hashes.keys() - known)]
    if fresh or not known:
        summary = merge(summary, summarise(_exchanges(fresh), upstream))
        _write(kept, _Kept(upstream.name, sorted(hashes), to_document(summary)))
    return summary


def _exchanges(files: Sequence[Path]) -> Iterator[Interaction]:
    for cassette in map(load_cassette, files):
        yield from () if is_case(cassette) else cassette.interactions


def _read(kept: Path, upstream: Upstream) -> tuple[set[str], Summary]:
    """The files that are known, and their summary; nothing where there is none that serves."""
    try:
        found = msgspec.json.decode(kept.read_bytes(), type=_Kept)
        summary = from_document(found.summary)
    except (FileNotFoundError, ValueError, RecursionError, UsageError):
        return set(), EMPTY
    return (set(found.files), summary) if found.upstream == upstream.name else (set(), EMPTY)


def _write(kept: Path, document: _Kept) -> None:
    try:
        replace_file(kept, msgspec.json.encode(document))
    except OSError as why:
        raise UsageError(
            f"the summary cannot be kept: {why.strerror}",
            where=str(kept),
            help="name a file in a folder that is there",
        ) from None
