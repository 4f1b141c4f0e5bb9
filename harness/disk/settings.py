"""The settings: what they are called, where they come from, and where each value was found.

`[tool.harness]` in the nearest pyproject.toml < `HARNESS_*` < flags. This module reads the first two; flags
are the command line's. It touches one file, and only reads it.
"""

from __future__ import annotations

import os
import tomllib
from difflib import get_close_matches
from enum import StrEnum
from typing import TYPE_CHECKING, Any

import msgspec

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence
    from pathlib import Path

Value = str | int | tuple[str, ...]


class Origin(StrEnum):
    """Where a value was found, weakest first."""

    DEFAULT = "default"
    FILE = "pyproject.toml"
    ENVIRONMENT = "environment"


class Known(msgspec.Struct, frozen=True):
    """One setting there is: its default, and what it decides."""

    default: Value | None
    decides: str


class Setting(msgspec.Struct, frozen=True):
    """One setting as it stands: its value, and the file or variable that says so."""

    value: Value | None
    origin: Origin
    where: str = ""


KNOWN: dict[str, Known] = {
    "upstream": Known(None, "the upstream whose rules count"),
    "upstreams": Known(None, "folders of upstreams of your own"),
    "base_url": Known(None, "where `record` and `drift --live` ask"),
    "pace": Known("instant", "how fast recordings are played"),
    "cut": Known("recorded", "into which pieces a body is cut when it is played"),
    "host": Known("127.0.0.1", "the address servers listen on"),
    "port": Known(0, "the port servers listen on; 0 takes a free one"),
    "clients": Known("sdk", "whose compatibility `drift` looks at"),
    "severity": Known(None, "severities of rules of drift: a table [tool.harness.severity]"),
    "accepted": Known("harness-accepted.json", "the file of accepted findings of drift"),
    "format": Known("text", "the form of results"),
    "color": Known("auto", "whether output is coloured"),
}


LISTS = frozenset({"upstreams"})
"""Settings that are a list of texts; in the environment they are one text, parted as PATH is."""
TABLES = frozenset({"severity"})
"""Settings that are a table of texts. They are kept as `name=text`, the form that they have in a flag too."""


def read_settings(folder: Path, environ: Mapping[str, str]) -> dict[str, Setting]:
    """Every setting with its value and origin, as seen from *folder*. Raises UsageError for a file that is
    wrong.
    """
    file = find_file(folder)
    in_file = _table(file) if file else {}
    return {name: _setting(name, in_file, file, environ) for name in KNOWN}


def settings_in_file(folder: Path) -> dict[str, Value]:
    """What the nearest pyproject.toml says, by the names of `KNOWN`. Raises UsageError for a file that is
    wrong.
    """
    file = find_file(folder)
    return _table(file) if file else {}


def upstream_folders(folder: Path, environ: Mapping[str, str]) -> tuple[Path, ...]:
    """The folders that the setting `upstreams` names, as seen from *folder*: in a file they are relative to that file.

    Raises UsageError for a file that is wrong.
    """
    if text := environ.get(variable("upstreams")):
        return tuple(folder / name for name in text.split(os.pathsep) if name)
    file = find_file(folder)
    names = _table(file).get("upstreams") if file else None
    return tuple(file.parent / name for name in names) if file and isinstance(names, tuple) else ()


def severities(folder: Path, environ: Mapping[str, str], flags: Sequence[str] = ()) -> dict[str, str]:
    """Which severity each rule has by the settings and by *flags*, `RULE=LEVEL`; the strongest of each rule counts.

    Raises UsageError for a file that is wrong, and for a word without its `=`.
    """
    file = find_file(folder)
    in_file = _table(file).get("severity", ()) if file else ()
    assert isinstance(in_file, tuple)  # `_check` has seen to it
    in_environment = environ.get(variable("severity"), "").replace(",", " ").split()
    return dict(map(_parted, (*in_file, *in_environment, *flags)))


def accepted_file(folder: Path, environ: Mapping[str, str], flag: Path | None = None) -> Path:
    """Where accepted findings are kept, as seen from *folder*: what the settings file says is relative to that file.

    Raises UsageError for a file that is wrong.
    """
    if flag or environ.get(variable("accepted")):
        return folder / (flag or environ[variable("accepted")])
    file = find_file(folder)
    name = _table(file).get("accepted") if file else None
    return (file.parent if file else folder) / str(name or KNOWN["accepted"].default)


def find_file(folder: Path) -> Path | None:
    """The nearest pyproject.toml, in *folder* or above it."""
    return next(
        (path for each in (folder, *folder.parents) if (path := each / "pyproject.toml").is_file()), None
    )


def variable(name: str) -> str:
    """The environment's name for a setting."""
    return f"HARNESS_{name.upper()}"


def _setting(
    name: str, in_file: Mapping[str, Value], file: Path | None, environ: Mapping[str, str]
) -> Setting:
    if variable(name) in environ:
        return Setting(environ[variable(name)], Origin.ENVIRONMENT, variable(name))
    if name in in_file:
        return Setting(in_file[name], Origin.FILE, str(file))
    return Setting(KNOWN[name].default, Origin.DEFAULT)


def _table(file: Path) -> dict[str, Value]:
    table = _tool_table(file)
    settings: dict[str, Any] = {name.replace("-", "_"): value for name, value in table.items()}
    for name, value in settings.items():
        _check(name, value, file)
    return {name: _kept(value) for name, value in settings.items()}


def _kept(value: Any) -> Value:
    """The value as it is handed on: it does not change any more."""
    if isinstance(value, dict):
        return tuple(f"{name}={text}" for name, text in value.items())
    return tuple(value) if isinstance(value, list) else value


def _parted(said: str) -> tuple[str, str]:
    name, sign, text = said.partition("=")
    if not sign:
        raise UsageError(
            f"{said!r} gives no severity.", expected="RULE=LEVEL, such as framing-space=breaking"
        )
    return name.strip(), text.strip()


def _tool_table(file: Path) -> dict[str, Value]:
    try:
        table = tomllib.loads(file.read_text(encoding="utf-8")).get("tool", {}).get("harness", {})
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as error:
        raise UsageError(f"The settings file is no TOML: {error}.", where=str(file)) from None
    if isinstance(table, dict):
        return table
    raise UsageError(
        "[tool.harness] is no table.", where=str(file), expected="[tool.harness] and lines below it"
    )


def _check(name: str, value: object, file: Path) -> None:
    where = f"[tool.harness] in {file}"
    if name not in KNOWN:
        near = get_close_matches(name, KNOWN, n=1)
        raise UsageError(
            f"There is no setting {name!r}.",
            where=where,
            expected=f"one of {', '.join(KNOWN)}",
            help=f"did you mean {near[0]!r}?" if near else None,
        )
    if name in LISTS:
        _check_list(name, value, where)
    elif name in TABLES:
        _check_table(name, value, where)
    elif isinstance(value, bool) or not isinstance(value, str | int):
        raise UsageError(
            f"The setting {name!r} is no text and no whole number.", where=where, found=repr(value)
        )


def _check_list(name: str, value: object, where: str) -> None:
    if not isinstance(value, list) or not all(isinstance(item, str) and item for item in value):
        raise UsageError(
            f"The setting {name!r} is no list of texts.",
            where=where,
            expected=f'{name} = ["path/to/folder"]',
            found=repr(value),
        )


def _check_table(name: str, value: object, where: str) -> None:
    if not isinstance(value, dict) or not all(isinstance(text, str) and text for text in value.values()):
        raise UsageError(
            f"The setting {name!r} is no table of texts.",
            where=where,
            expected=f'[tool.harness.{name}] and lines such as framing-space = "breaking"',
            found=repr(value),
        )
