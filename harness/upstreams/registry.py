"""The upstreams this package knows, by name and by address.

A profile is part of the program, like its code, and is read from the package once (`importlib.resources`); no
other file is opened here. A new upstream is a new folder with a `profile.toml`, and its name in `_NAMES`.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from urllib.parse import urlsplit

import msgspec

from harness.errors import UsageError
from harness.upstreams.upstream import Upstream

_NAMES = ("vitalentum",)


def upstream_names() -> tuple[str, ...]:
    """The names that `get_upstream` knows, sorted."""
    return _NAMES


def get_upstream(name: str) -> Upstream:
    """The upstream of this *name*. Raises `UsageError`, with the nearest names, where there is none."""
    if name in _NAMES:
        return _load(name)
    near = get_close_matches(str(name), _NAMES, cutoff=0.4)
    raise UsageError(
        f"no upstream is named {name!r}",
        expected=f"one of: {', '.join(_NAMES)}",
        help=f"did you mean {near[0]!r}?" if near else None,
    )


def upstream_for(method: str, uri: str) -> Upstream | None:
    """The upstream that this request is meant for, or None.

    The path decides, so that an upstream is known under any base URL and a wrong method is still a wrong
    method *of that upstream*; the method decides between upstreams that share a path.
    """
    path = uri_path(uri)
    found = [upstream for upstream in map(_load, _NAMES) if path.endswith(upstream.path)]
    return next((upstream for upstream in found if upstream.method == method), next(iter(found), None))


def uri_path(uri: str) -> str:
    """The path of an address; empty where the address cannot be read."""
    try:
        return urlsplit(uri).path
    except ValueError:
        return ""


@cache
def _load(name: str) -> Upstream:
    text = files("harness.upstreams").joinpath(name, "profile.toml").read_text(encoding="utf-8")
    return msgspec.toml.decode(text, type=Upstream)
