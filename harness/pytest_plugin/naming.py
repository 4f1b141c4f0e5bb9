"""Where the tape of a test lies: `cassettes/<module>/<test>.yaml` in the folder of the module. Pure: names in, names
out.

Part of a name is data (the id of a parameter), so it is made fit for any file system. Two tests never share a
name, also where `A` and `a` are one letter; and a name depends on its own test alone, never on which others run.
"""

from __future__ import annotations

import hashlib
import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import PurePath

FOLDER = "cassettes"
SUFFIX = ".yaml"

LONGEST = 100
"""Characters of a name: with the ending of a journal it stays below the 255 bytes of common file systems, and
below the 143 of an encrypted one.
"""

_UNFIT = re.compile(r"[^A-Za-z0-9._-]+")
_LOOKS_HASHED = re.compile(r"-[0-9a-f]{8}\Z")


def module_name(module: PurePath) -> str:
    """The folder in `cassettes/` for the tapes of the module at this path."""
    return _fit(module.stem, module.stem, told_apart=True)


def tape_name(
    classes: tuple[str, ...], function: str, parameters: str = "", *, has_twin: bool = False
) -> str:
    """The name of a test's tape, without its suffix: `TestChat.test_hello-fast` for `test_hello[fast]` of that class.

    `parameters` is the id between the brackets. A name that had to be changed or shortened ends in a hash of
    the true one; so does one with capitals among its parameters, and one of a test that *has a twin*: another
    test or class beside it whose name differs in capitals only.
    """
    code = ".".join([*classes, function])
    told_apart = not has_twin and parameters == parameters.lower()
    return _fit(
        f"{code}-{parameters}" if parameters else code, f"{code}[{parameters}]", told_apart=told_apart
    )


def folder_name(tape: str) -> str:
    """The name of a folder of tapes beside a tape of this name, for what a proxy records; another name stays."""
    return tape.removesuffix(SUFFIX)


def _fit(name: str, true_name: str, *, told_apart: bool) -> str:
    """*name*, or what can be kept of it with a hash of the true name."""
    if told_apart and len(name) <= LONGEST and not _UNFIT.search(name) and not _LOOKS_HASHED.search(name):
        return name
    digest = hashlib.sha256(true_name.encode("utf-8", "surrogatepass")).hexdigest()[:8]
    return f"{_UNFIT.sub('-', name)[: LONGEST - 9]}-{digest}"
