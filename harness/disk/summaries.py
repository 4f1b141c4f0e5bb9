"""A summary kept beside its recordings: files that it knows by their content are not read again.

Where a known file is gone or has changed, or the summary is of another version or upstream, or of another profile of
it, it is made anew. It is a cache: a summary that is damaged is made anew as well, and nothing is lost with it. A file
that is no summary is left as it is, and what would hold a secret is not written.
"""

from __future__ import annotations

import hashlib
from collections import Counter
from typing import TYPE_CHECKING, Any

import msgspec

from harness.cassette.cases import is_case
from harness.disk.atomic import replace_file
from harness.disk.cassettes import load_cassette
from harness.disk.environment import environment_redactor
from harness.drift.document import from_document, to_document
from harness.drift.shape import EMPTY, Summary, merge
from harness.drift.summarise import summarise
from harness.errors import SecretError, UsageError

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from harness.cassette.model import Interaction
    from harness.upstreams.upstream import Upstream

DIGITS = 16
"""Hexadecimal digits of a file's hash that are kept: it finds changes, it is no signature."""
BEGINNING = b'{"upstream":'
"""How every summary begins, an old or a damaged one too: what begins in another way is somebody else's file."""


class _Kept(msgspec.Struct, forbid_unknown_fields=True):
    upstream: str
    digest: str
    """Of the profile, the files and the summary: one that somebody edited would tell of recordings that nobody made."""
    files: list[str]
    summary: dict[str, Any]


def summary_of(files: Sequence[Path], upstream: Upstream, kept: Path) -> Summary:
    """The summary of these cassettes. Only files that *kept* does not know are read, and it knows them afterwards.

    Raises `UsageError` where *kept* is another file than a summary, and `SecretError` where it would hold a secret.
    """
    found = _by_hash(files)
    known, summary = _read(kept, upstream)
    if any(count > len(found.get(each, ())) for each, count in known.items()):
        known, summary = Counter(), EMPTY
    fresh = [file for each in sorted(found) for file in found[each][known[each] :]]
    if fresh or not known:
        summary = merge(summary, summarise(_exchanges(fresh), upstream))
        names = [each for each in sorted(found) for _ in found[each]]
        document = to_document(summary)
        _write(kept, _Kept(upstream.name, _digest(upstream, names, document), names, document))
    return summary


def _by_hash(files: Sequence[Path]) -> dict[str, list[Path]]:
    """The files by their content. Copies are recordings of their own: without a summary they are counted too."""
    found: dict[str, list[Path]] = {}
    for file in files:
        found.setdefault(hashlib.sha256(file.read_bytes()).hexdigest()[:DIGITS], []).append(file)
    return found


def _digest(upstream: Upstream, files: Sequence[str], summary: dict[str, Any]) -> str:
    text = msgspec.json.encode([upstream, files, summary], order="sorted")
    return hashlib.sha256(text).hexdigest()[:DIGITS]


def _exchanges(files: Sequence[Path]) -> Iterator[Interaction]:
    for cassette in map(load_cassette, files):
        yield from () if is_case(cassette) else cassette.interactions


def _read(kept: Path, upstream: Upstream) -> tuple[Counter[str], Summary]:
    """The files that are known, and their summary; nothing where there is none that serves."""
    try:
        data = kept.read_bytes()
    except FileNotFoundError:
        return Counter(), EMPTY
    _refuse_another(data, kept)
    try:
        found = msgspec.json.decode(data, type=_Kept)
        if found.digest == _digest(upstream, found.files, found.summary):
            return Counter(found.files), from_document(found.summary)
    except (ValueError, RecursionError, UsageError):
        pass
    return Counter(), EMPTY


def _refuse_another(data: bytes, kept: Path) -> None:
    head = b"".join(data[:80].split())
    if not head.startswith(BEGINNING) and not BEGINNING.startswith(head):
        raise UsageError(
            "There is something else where the summary would be kept; it was left as it is.",
            where=str(kept),
            expected="a summary that harness wrote, or no file",
            help="name another file for --summary",
        )


def _write(kept: Path, document: _Kept) -> None:
    data = msgspec.json.encode(document)
    if environment_redactor().left_in_text(data):
        raise SecretError(
            "The summary would hold a secret of the recordings; it was not written.",
            where=str(kept),
            help="harness redact BASELINE removes it from them; or leave --summary away",
        )
    try:
        replace_file(kept, data)
    except OSError as why:
        raise UsageError(
            f"the summary cannot be kept: {why.strerror}",
            where=str(kept),
            help="name a file in a folder that is there",
        ) from None
