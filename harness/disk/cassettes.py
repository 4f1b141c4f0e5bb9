"""Cassette files: read, written, found. Every error of the disk becomes a CassetteError that names the file.

Reading takes in what killed recorders left in their journals. Writing redacts, seals, scans and replaces the
file whole.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cassette import format as text_format
from harness.cassette.digest import digest, seal
from harness.cassette.document import write_document
from harness.cassette.fields import DocumentError, dotted
from harness.cassette.model import Cassette, Interaction
from harness.disk.atomic import replace_file
from harness.disk.environment import environment_redactor
from harness.disk.journal import Orphan, orphans_of, tape_of
from harness.disk.lock import folder_locked
from harness.errors import CassetteError, SecretError, UsageError

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from harness.cassette.redact import Redactor
    from harness.cassette.scan import Hit

SUFFIXES = (".yaml", ".yml", ".json")


def load_cassette(path: str | os.PathLike[str], *, missing_ok: bool = False) -> Cassette:
    """The cassette at *path*, YAML or JSON, and what orphaned journals beside it add.

    Raises CassetteError for a file that is damaged or refused, and for one that is not there unless
    `missing_ok`.
    """
    tape = Path(path)
    with disk_errors(tape), open_orphans(tape) as orphans:
        recorded = read_tape(tape)
        rescued = rescue(orphans, recorded or Cassette())
    if recorded is None and not rescued and not missing_ok:
        raise CassetteError(
            "There is no cassette here.", where=str(tape), help=f"record it: harness record --out {tape}"
        )
    return Cassette((recorded or Cassette()).interactions + rescued)


def save_cassette(
    cassette: Cassette, path: str | os.PathLike[str], *, redactor: Redactor | None = None
) -> None:
    """Write *cassette* to *path*; a name that ends in .json makes it JSON. Secrets are removed first. What
    was there is replaced, with what killed recorders left beside it.

    Raises CassetteError, and leaves the old file whole, when it cannot be written or when what is there is no
    cassette; SecretError when a secret would be left.
    """
    tape = Path(path)
    clean = redactor or environment_redactor()
    content = seal(Cassette(tuple(map(clean.interaction, cassette.interactions))))
    with disk_errors(tape):
        tape.parent.mkdir(parents=True, exist_ok=True)
        with folder_locked(tape.parent), open_orphans(tape) as orphans:
            if tape.exists() and tape.stat().st_size:
                read_tape(tape)
            write_tape(tape, content, clean)
            for orphan in orphans:
                orphan.put_away()


def find_cassettes(path: str | os.PathLike[str]) -> list[Path]:
    """The cassette at *path*, or all those in the folder *path* and its folders, sorted. Raises UsageError
    when nothing is there.
    """
    place = Path(path)
    if place.is_dir():
        files = {file for file in place.rglob("*") if file.suffix in SUFFIXES and file.is_file()}
        return sorted(file for file in files | _left_behind(place) if not file.name.startswith("."))
    if not place.exists() and not any(True for _ in orphans_of(place)):
        raise UsageError("There is no such file or folder.", where=str(place))
    return [place]


def _left_behind(folder: Path) -> set[Path]:
    """Tapes of killed recorders that are there as journals only."""
    tapes = {tape_of(journal) for journal in folder.rglob("*.journal")}
    return {tape for tape in tapes if tape is not None and tape.suffix in SUFFIXES and _is_left(tape)}


def _is_left(tape: Path) -> bool:
    """Whether a dead recorder's journal holds anything of this tape."""
    with open_orphans(tape) as orphans:
        return any(orphan.read().interactions for orphan in orphans)


# Shared with the recorder (`harness.disk.tape`) -----------------------------------------------------------------------


def read_tape(tape: Path) -> Cassette | None:
    """The file's content alone, or None where there is no file."""
    try:
        with tape.open("rb") as file:
            return text_format.loads(file.read(text_format.MAX_FILE + 1), name=str(tape))
    except FileNotFoundError:
        return None


def write_tape(tape: Path, cassette: Cassette, redactor: Redactor) -> None:
    """Put a redacted and sealed cassette into the file's place. Raises SecretError when a secret would go
    with it.
    """
    data = text_format.dumps(cassette, kind=text_format.kind_of(tape.name))
    refuse_secrets(tape, [*redactor.left_in(cassette), *redactor.left_in_text(data)])
    replace_file(tape, data)


def refuse_secrets(tape: Path, hits: list[Hit]) -> None:
    """Raise SecretError, naming kinds and places, when there are any."""
    if hits:
        raise SecretError(
            "The cassette would hold a secret."
            if len(hits) == 1
            else f"The cassette would hold {len(hits)} secrets.",
            where=str(tape),
            found="; ".join(f"{hit.kind} at {hit.where}" for hit in hits[:_MAX_NAMED]),
            help=f"harness redact {tape}",
        )


_MAX_NAMED = 5


def rescue(orphans: list[Orphan], recorded: Cassette) -> tuple[Interaction, ...]:
    """What orphans hold and the tape does not: a recorder can die between writing the tape and removing its
    journal.
    """
    if not orphans:
        return ()
    known = {digest(item) for item in recorded.interactions}
    found = tuple(item for orphan in orphans for item in _checked(orphan))
    return tuple(item for item in seal(Cassette(found)).interactions if digest(item) not in known)


def _checked(orphan: Orphan) -> tuple[Interaction, ...]:
    """A journal is a file like any other: what no tape may hold it may not hold either."""
    interactions = orphan.read().interactions
    try:
        write_document(interactions)
    except DocumentError as error:
        place = f"{orphan.path} ({dotted(error.place)})"
        raise CassetteError(
            error.what, where=place, expected=error.expected, help=f"delete {orphan.path}"
        ) from None
    return interactions


@contextmanager
def disk_errors(tape: Path) -> Iterator[None]:
    """Errors of the disk as CassetteErrors about *tape*."""
    try:
        yield
    except OSError as error:
        raise CassetteError(
            "The cassette cannot be read or written.", where=str(tape), found=error.strerror or str(error)
        ) from error


@contextmanager
def open_orphans(tape: Path) -> Iterator[list[Orphan]]:
    """The orphaned journals of *tape*, kept open so that nobody else takes them away meanwhile."""
    orphans = orphans_of(tape)
    try:
        yield orphans
    finally:
        for orphan in orphans:
            orphan.close()
