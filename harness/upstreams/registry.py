"""The upstreams that are known, by name and by address: those of this package, and a user's own.

A profile of the package is part of the program, like its code, and is read once (`importlib.resources`); no other
file is opened here. A new one is a new folder with a `profile.toml`, and its name in `_NAMES`. A user's own are
values that an edge has read and hands over with `register`. They count for the whole process, whatever thread asks:
a proxy answers in threads that know no context of their caller's.
"""

from __future__ import annotations

from difflib import get_close_matches
from functools import cache
from importlib.resources import files
from types import MappingProxyType
from typing import TYPE_CHECKING
from urllib.parse import SplitResult, urlsplit

from harness.errors import UsageError
from harness.upstreams.profile import parse_profile

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from harness.upstreams.upstream import Upstream

_NAMES = ("anthropic-messages", "ollama-chat", "openai-chat", "vitalentum")

_own: Mapping[str, Upstream] = MappingProxyType({})
"""A user's own, by name. Never changed, only replaced: whoever reads it sees all of one set."""


def upstream_names() -> tuple[str, ...]:
    """The names that `get_upstream` knows, sorted."""
    return tuple(sorted((*_NAMES, *_own)))


def built_in_names() -> tuple[str, ...]:
    """The names of those that come with this package, sorted."""
    return _NAMES


def register(upstreams: Iterable[Upstream]) -> tuple[Upstream, ...]:
    """From now on these are the user's own, and those of before are forgotten; gives those of before.

    Raises `UsageError` for a name that is taken, by one of this package or by another of these.
    """
    global _own
    own: dict[str, Upstream] = {}
    for upstream in upstreams:
        if upstream.name in _NAMES:
            raise UsageError(
                f"The name {upstream.name!r} belongs to an upstream that comes with this package.",
                help="give your own upstream another name",
            )
        if upstream.name in own:
            raise UsageError(f"Two upstreams are named {upstream.name!r}.", help="give one another name")
        own[upstream.name] = upstream
    before, _own = _own, MappingProxyType(own)
    return tuple(before.values())


def get_upstream(name: str) -> Upstream:
    """The upstream of this *name*. Raises `UsageError`, with the nearest names, where there is none."""
    if name in _NAMES:
        return _load(name)
    if name in (own := _own):
        return own[name]
    names = upstream_names()
    near = get_close_matches(str(name), names, cutoff=0.4)
    raise UsageError(
        f"no upstream is named {name!r}",
        expected=f"one of: {', '.join(names)}",
        help=f"did you mean {near[0]!r}?" if near else None,
    )


def upstream_for(method: str, uri: str) -> Upstream | None:
    """The upstream that this request is meant for, or None.

    The path decides, so that an upstream is known under any base URL and a wrong method is still a wrong method *of
    that upstream*. Among upstreams that share a path the method decides, then the longer path, then a user's own.
    """
    address = _split(uri)
    found = [upstream for upstream in (*_own.values(), *map(_load, _NAMES)) if _is_meant(upstream, address)]
    return max(found, key=lambda upstream: (upstream.method == method, len(upstream.path)), default=None)


def uri_path(uri: str) -> str:
    """The path of an address; empty where the address cannot be read."""
    return _split(uri).path


def _split(uri: str) -> SplitResult:
    try:
        return urlsplit(uri)
    except ValueError:
        return urlsplit("")


def _is_meant(upstream: Upstream, address: SplitResult) -> bool:
    if not address.path.endswith(upstream.path):
        return False
    return upstream.own_path or _place(address) & _place(urlsplit(upstream.base_url)) != set()


def _place(address: SplitResult) -> set[str | int]:
    """The host, where it tells one service from another, and the port, where it was chosen."""
    try:
        places = {address.hostname, address.port}
    except ValueError:  # a port that is no number
        return set()
    return {place for place in places if place not in (None, "localhost", "127.0.0.1", "::1", 80, 443)}


@cache
def _load(name: str) -> Upstream:
    folder = files("harness.upstreams").joinpath(name.replace("-", "_"))
    text = folder.joinpath("profile.toml").read_text(encoding="utf-8")
    return parse_profile(text, where=name)
