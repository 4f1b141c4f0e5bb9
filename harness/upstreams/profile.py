"""The text of a `profile.toml` to an upstream, or to an error that says which word is wrong. Pure.

The struct refuses words it does not know; here its complaints get a place, the nearest right word, and what a struct
cannot say: which names, paths and schema documents go together.
"""

from __future__ import annotations

import re
from difflib import get_close_matches
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import msgspec

from harness.errors import UsageError
from harness.upstreams.excerpt import excerpt
from harness.upstreams.jsontext import parse_json
from harness.upstreams.upstream import (
    ChunkMap,
    ErrorMap,
    ErrorReply,
    Framing,
    Promises,
    Template,
    ToolMap,
    Upstream,
    UsageMap,
)

if TYPE_CHECKING:
    from collections.abc import Callable

_NAME = re.compile(r"[a-z0-9][a-z0-9-]{0,63}")
"""Of an upstream or a schema document: a word that is also a file's name, and cannot leave its folder."""

_PARTS = (Upstream, ChunkMap, Template, ToolMap, UsageMap, Promises, ErrorMap, ErrorReply)
WORDS = tuple(dict.fromkeys(field for part in _PARTS for field in part.__struct_fields__))
"""Every word that a profile may use."""

MAX_PARTS = 200
"""Dots in one line, so parts of one key at most: the parser's time grows with their square."""

_UNKNOWN = re.compile(r"unknown field `([^`]*)`")


def parse_profile(text: str, *, where: str) -> Upstream:
    """The upstream that a profile describes; *where* names it in messages. Raises `UsageError`."""
    if any(line.count(".") > MAX_PARTS for line in text.splitlines()):
        raise UsageError(
            "A line of the profile has too many parts.", where=where, expected=f"at most {MAX_PARTS} dots"
        )
    try:
        upstream = msgspec.toml.decode(text, type=Upstream)
    except RecursionError:
        raise UsageError("The profile is nested too deeply.", where=where) from None
    except msgspec.ValidationError as error:
        raise _wrong(str(error), where) from None
    except ValueError as error:  # tomllib's own complaint
        raise UsageError(f"The profile is no TOML: {excerpt(str(error))}.", where=where) from None
    for is_broken, says in _RULES.items():
        if is_broken(upstream):
            raise UsageError(says, where=where)
    return upstream


def _wrong(complaint: str, where: str) -> UsageError:
    unknown = _UNKNOWN.search(complaint)
    near = get_close_matches(unknown[1], WORDS) if unknown else []
    return UsageError(
        f"The profile is wrong: {excerpt(complaint, 200)}.",
        where=where,
        help=f"did you mean {near[0]!r}?" if near else "docs/how-to/add-an-upstream.md lists the words",
    )


def _is_base(url: str) -> bool:
    """A scheme, a host, perhaps a port. A password in a profile would stand in every message and in each tape."""
    try:
        parts = urlsplit(url)
        usable = bool(parts.hostname) and parts.port != 0
    except ValueError:  # a port that is none, half a bracket
        return False
    return usable and re.fullmatch(r"https?://[^/?#@\s]+", url) is not None


def _lacks_documents(upstream: Upstream) -> bool:
    wanted = {"request", "error", *upstream.chunk_schemas, *upstream.json_strings}
    return not wanted <= {*upstream.schemas}


def _has_broken_template(upstream: Upstream) -> bool:
    return not all(_is_object(template.json) for each in upstream.events for template in each.templates)


def _is_object(text: str) -> bool:
    try:
        return isinstance(parse_json(text), dict)
    except ValueError:
        return False


_RULES: dict[Callable[[Upstream], bool], str] = {
    _has_broken_template: "The json of a template is no JSON object.",
    lambda up: not _NAME.fullmatch(up.name): (
        "The profile's name is no name: small letters, digits and hyphens, 64 at most."
    ),
    lambda up: not _is_base(up.base_url): (
        "The profile's base_url is no http://HOST or https://HOST, with a port or without, and nothing besides."
    ),
    lambda up: not re.fullmatch(r"(/[^/?#\s]+)+", up.path): (
        "The profile's path is none: it begins with a slash, names something, and has no query."
    ),
    lambda up: not up.events: "The profile has no [[events]]: nothing says how to read a reply.",
    lambda up: len({kind.name for kind in up.events}) < len(up.events): (
        "Two [[events]] of the profile have the same name."
    ),
    lambda up: up.framing is Framing.NDJSON and {kind.name for kind in up.events} != {"message"}: (
        "Lines of JSON have no event names: with framing = 'ndjson' there is one kind of event, 'message'."
    ),
    lambda up: not all(_NAME.fullmatch(name) for name in up.schemas): (
        "A name in the profile's schemas is none: small letters, digits and hyphens, 64 at most."
    ),
    _lacks_documents: (
        "The profile's schemas must list request, error, the schema of each of its events, and its json_strings."
    ),
}
"""What goes wrong although every word is right, and how it is said."""
