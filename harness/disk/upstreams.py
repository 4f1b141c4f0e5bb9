"""A user's own upstreams, from the disk: folders with a `profile.toml` and `schemas/`, as the settings name them.

Reads those files and no others, with limits, and hands the values to the registry. They are read once, when they are
first needed, from where the process stands then; a command and a run of pytest say where themselves. After that
every thread knows them, whatever folder it moves to.
"""

from __future__ import annotations

import os
import stat
import threading
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from harness.disk.settings import upstream_folders
from harness.errors import UsageError
from harness.upstreams import registry
from harness.upstreams.jsontext import parse_json
from harness.upstreams.profile import parse_profile

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from harness.upstreams.upstream import Upstream

MAX_PROFILE = 256 * 1024
"""Bytes of a profile; those of this package have about 3,000."""
MAX_SCHEMA = 1024 * 1024
"""Bytes of a schema document; those of this package have at most 20,000."""
MAX_SCHEMAS = 64
"""Documents of one upstream; Anthropic's, with one for each event, has 9."""
MAX_DEPTH = 64
"""Levels of a schema document; those of this package have at most 12."""
MAX_UPSTREAMS = 64


@dataclass(frozen=True, eq=False)
class OwnUpstream:
    """One upstream of the user's own: its folder, its profile, its documents by name. Equal only to itself."""

    folder: Path
    upstream: Upstream
    documents: Mapping[str, Mapping[str, object]]


_turn = threading.RLock()
_own: dict[str, OwnUpstream] | None = None
"""None until they have been read."""


def know_upstreams(folder: Path, environ: Mapping[str, str]) -> None:
    """Read the own upstreams that the settings name, as seen from *folder*; those of before are forgotten.

    Raises `UsageError` with the file for what is wrong with one, and leaves what was known as it was.
    """
    global _own
    with _turn:
        folders = upstream_folders(folder, environ)
        if len(folders) > MAX_UPSTREAMS:
            raise UsageError(
                f"There are {len(folders)} folders of upstreams.", expected=f"at most {MAX_UPSTREAMS}"
            )
        own = [read_upstream(each) for each in folders]
        registry.register(each.upstream for each in own)
        _own = {each.upstream.name: each for each in own}


def forget_upstreams() -> None:
    """As if none had been read: the next who needs them reads them anew."""
    global _own
    with _turn:
        registry.register(())
        _own = None


def ensure_upstreams() -> None:
    """Read them from where the process stands, unless that has been done."""
    if _own is None:
        with _turn:
            if _own is None:
                know_upstreams(Path.cwd(), os.environ)


def own_upstreams() -> Mapping[str, OwnUpstream]:
    """Those that have been read, by name."""
    return _own or {}


def get_upstream(name: str) -> Upstream:
    """The upstream of this *name*: one of this package, or one of your own that the settings name.

    Raises `UsageError`, with the nearest names, where there is none, and where one of your own is wrong.
    """
    ensure_upstreams()
    return registry.get_upstream(name)


def read_upstream(folder: Path) -> OwnUpstream:
    """The upstream in *folder*. Raises `UsageError` with the file that is wrong."""
    file = folder / "profile.toml"
    upstream = parse_profile(_text(file, MAX_PROFILE), where=str(file))
    if len(upstream.schemas) > MAX_SCHEMAS:
        raise UsageError(
            "The profile lists too many schemas.", where=str(file), expected=f"at most {MAX_SCHEMAS}"
        )
    documents = {name: _document(folder / "schemas" / f"{name}.schema.json") for name in upstream.schemas}
    return OwnUpstream(folder, upstream, documents)


def _document(file: Path) -> Mapping[str, object]:
    text = _text(file, MAX_SCHEMA)
    try:
        document = parse_json(text)
    except ValueError as error:
        raise UsageError(f"The schema document is no JSON: {error}.", where=str(file)) from None
    if not isinstance(document, dict):
        raise UsageError("The schema document is no JSON object.", where=str(file))
    if _is_deep(document):
        raise UsageError(
            "The schema document is nested too deeply.", where=str(file), expected=f"{MAX_DEPTH} levels"
        )
    return document


def _is_deep(document: object) -> bool:
    level = [document]
    for _ in range(MAX_DEPTH):
        level = [inner for value in level for inner in _inside(value)]
    return bool(level)


def _inside(value: object) -> Iterator[object]:
    if isinstance(value, dict):
        yield from value.values()
    elif isinstance(value, list):
        yield from value


def _without_waiting(path: str, flags: int) -> int:
    """A pipe that nobody writes to would else be waited for."""
    return os.open(path, flags | os.O_NONBLOCK)


def _text(file: Path, at_most: int) -> str:
    """The text of a file of at most so many bytes, which are not read where they are more."""
    try:
        with open(file, "rb", opener=_without_waiting) as opened:
            if not stat.S_ISREG(os.fstat(opened.fileno()).st_mode):
                raise UsageError("The file of an upstream is no ordinary file.", where=str(file))
            data = opened.read(at_most + 1)
        if len(data) > at_most:
            raise UsageError("The file is too large.", where=str(file), expected=f"at most {at_most:,} bytes")
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        raise UsageError("The file is no UTF-8.", where=str(file)) from None
    except OSError as error:
        raise UsageError(
            f"The file of an upstream cannot be read: {error.strerror or error}.",
            where=str(file),
            expected="a folder with profile.toml and schemas/NAME.schema.json",
            help="`upstreams` in [tool.harness] and HARNESS_UPSTREAMS name such folders",
        ) from None
