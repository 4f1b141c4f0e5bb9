"""A target by its name: `module:callable`, found from the current folder as `python -m` finds modules. Imports code."""

from __future__ import annotations

import sys
from contextlib import redirect_stdout
from difflib import get_close_matches
from importlib import import_module
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.disk.alarm import alarm
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

IMPORTING = 60.0
"""Seconds that a module may take to be imported: the slowest packages need half of it on a cold disk."""


class _Endless(BaseException):
    """A module does not come back from its import. No `Exception`, so that its own `except` lets it pass."""


def load_callable(name: str) -> Callable[..., Any]:
    """What *name* stands for, `package.module:name` or `module:holder.name`.

    Raises UsageError where that is nothing to call.
    """
    module, colon, attribute = name.partition(":")
    if not (module and colon and attribute):
        raise UsageError(
            f"{name!r} names no callable.", expected="module:callable, such as mychat.stream:parse"
        )
    value: object = _module(module, name)
    for part in attribute.split("."):
        value = _attribute(value, part, name)
    if callable(value):
        return value
    raise UsageError(f"{name} cannot be called.", found=type(value).__name__, expected="a function")


def _module(module: str, name: str) -> object:
    if module.endswith(".py") or "/" in module:
        raise UsageError(
            f"{module} is a file, and no module.",
            where=name,
            expected="package.module:name, seen from the current folder",
        )
    here = str(Path.cwd())
    if here not in sys.path:
        sys.path.insert(0, here)
    try:
        with (
            alarm(IMPORTING, _Endless),
            redirect_stdout(sys.stderr),
        ):  # what a module prints is none of our results
            return import_module(module)
    except ModuleNotFoundError as error:
        raise UsageError(
            f"There is no module {error.name!r}.",
            where=name,
            help="run it in the folder that holds the module, with what it imports installed",
        ) from None
    except _Endless:
        raise UsageError(
            f"The module {module} was not imported in {IMPORTING:.0f} seconds.",
            where=name,
            help="move what waits or runs for ever under: if __name__ == '__main__'",
        ) from None
    except (Exception, SystemExit) as error:  # whatever a module does while it is imported
        raise UsageError(
            f"The module {module} cannot be imported.", where=name, found=f"{type(error).__name__}: {error}"
        ) from error


def _attribute(holder: object, part: str, name: str) -> object:
    try:
        return getattr(holder, part)
    except AttributeError:
        near = get_close_matches(part, dir(holder), n=1)
        hint = f"did you mean {near[0]}?" if near else None
        raise UsageError(f"There is no {part!r} there.", where=name, help=hint) from None
