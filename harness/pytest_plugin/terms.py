"""On which terms a test uses its cassette: what the ini file, its markers and the command line say, folded into one
value.

A marker goes before the ini file, a nearer marker before a farther one, and a flag before all of them. One
thing no flag changes: a test whose marker says `mode="none"` never records, so that tapes made by hand are
safe. Reads pytest's configuration; nothing here is read from a file.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

Given = dict[str, Any]
"""Some terms by their names."""


def _term(default: object, decides: str, *, takes: tuple[type, ...], ini: str | None = None) -> Any:
    """One term: what it decides, which types a marker may give it, and the type of its ini key where it has one."""
    return field(default=default, metadata={"decides": decides, "takes": takes, "ini": ini})


_TEXT = (str,)
_PATHS = (str, os.PathLike)


@dataclass(frozen=True, slots=True, kw_only=True)
class Terms:
    """The terms of one test. Each field but `tape` and `live` is a keyword of the marker."""

    tape: Path
    live: bool = False
    mode: str = _term("none", "when requests are recorded", takes=_TEXT, ini="string")
    pace: str | float = _term(
        "instant", "how fast recordings are played", takes=(str, float, int), ini="string"
    )
    cut: str = _term("recorded", "into which pieces a body is cut", takes=_TEXT, ini="string")
    faults: str | Iterable[str] = _term((), "faults put in on replay", takes=(str, list, tuple))
    upstream: str | None = _term(None, "whose rules matching follows", takes=_TEXT, ini="string")
    base_url: str | None = _term(None, "where harness_proxy sends requests", takes=_TEXT, ini="string")
    source: str | None = _term(None, "what a recording says about its origin", takes=_TEXT)
    recorded_from: str | None = _term(None, "name and version of the recorded server", takes=_TEXT)
    allow_unplayed: bool = _term(False, "recordings may stay unplayed", takes=(bool,), ini="bool")
    allow_nothing: bool = _term(False, "the test may make no request", takes=(bool,), ini="bool")
    allow_misses: bool = _term(False, "requests may stay unanswered", takes=(bool,))
    allow_hosts: Iterable[str] = _term((), "hosts that may be reached", takes=(str, list, tuple), ini="args")
    max_age: str | int | None = _term(None, "how old a tape may be", takes=(str, int), ini="string")
    allow_stale: bool = _term(False, "a tape past its age is only named", takes=(bool,), ini="bool")


KEYWORDS = {each.name: each for each in fields(Terms) if each.metadata}
FLAGS = ("mode", "pace", "cut")
"""Terms that the command line can set."""


def agreed(ini: Given, markers: Iterable[Given], flags: Given, *, live: bool) -> Given:
    """All that was said, the nearest word winning; *markers* farthest first. With *live* the mode is `all` unless a
    flag says which.
    """
    marked = {name: value for marker in markers for name, value in marker.items()}
    if marked.get("mode") == "none":
        flags = {**flags, "mode": "none"}
    elif live:
        flags = {"mode": "all", **flags}
    return {**ini, **marked, **flags}


def read_marker(args: tuple[object, ...], kwargs: Mapping[str, object]) -> tuple[Path | None, Given]:
    """What one marker says: the tape, where it names one, and terms. Raises UsageError for what it cannot say."""
    if len(args) > 1 or not all(isinstance(arg, _PATHS) for arg in args):
        raise UsageError(
            "The marker takes one path of a cassette, and keywords.",
            found=", ".join(map(repr, args)),
            help=_USE,
        )
    for name, value in kwargs.items():
        _check(name, value)
    hosts = kwargs.get("allow_hosts")
    more = {"allow_hosts": (hosts,)} if isinstance(hosts, str) else {}
    return (Path(args[0]) if args else None), {**kwargs, **more}  # type: ignore[arg-type]  # checked above


def _check(name: str, value: object) -> None:
    if name not in KEYWORDS:
        near = get_close_matches(name, KEYWORDS, n=1)
        raise UsageError(
            f"The marker knows no {name!r}.",
            expected=f"one of {', '.join(KEYWORDS)}",
            help=f"did you mean {near[0]!r}?" if near else _USE,
        )
    takes = KEYWORDS[name].metadata["takes"]
    if not isinstance(value, takes) or (isinstance(value, bool) and bool not in takes):
        raise UsageError(
            f"The marker's {name} cannot be {value!r}.", expected=" or ".join(t.__name__ for t in takes)
        )


_USE = '@pytest.mark.harness("cassettes/hello.yaml", cut="byte")'
