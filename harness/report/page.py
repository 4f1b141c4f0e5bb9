"""One HTML file that needs nothing else: own style, own few lines of script, no address of anything outside.

The content security policy allows these two by their hashes and forbids all else, so even a hole in the escaping would
run nothing and fetch nothing. Kept honest by tests/report/test_page.py.
"""

from __future__ import annotations

import base64
import hashlib
from functools import cache
from importlib.resources import files
from typing import TYPE_CHECKING

import msgspec

from harness.report.markup import Markup, joined, tag, trusted

if TYPE_CHECKING:
    from collections.abc import Sequence


class Section(msgspec.Struct, frozen=True):
    """A part of a page: its heading, one sentence that says what to see, and its content."""

    title: str
    words: str
    content: tuple[Markup, ...] = ()


class Table(msgspec.Struct, frozen=True):
    """Rows under named columns. A number is set to the right; `filter` puts a search box in front."""

    columns: tuple[str, ...]
    rows: tuple[tuple[str | float, ...], ...]
    caption: str = ""
    code: tuple[str, ...] = ()
    """Columns that hold code or data."""
    filter: str | None = None
    """A name for the table that no other table of the page has."""
    kind: str | None = None
    """`cards`: on a narrow screen a row is a block of its own."""


def page(title: str, words: str, sections: Sequence[Section]) -> str:
    """The whole file."""
    style, script = _asset("page.css"), _asset("page.js")
    head = tag(
        "head",
        tag("meta", charset="utf-8"),
        tag("meta", http_equiv="Content-Security-Policy", content=_policy(style, script)),
        tag("meta", name="viewport", content="width=device-width, initial-scale=1"),
        tag("title", title),
        tag("style", trusted(style)),
    )
    main = tag("main", tag("h1", title), tag("p", words, class_="soft"), *map(_section, sections))
    body = tag("body", main, tag("script", trusted(script)))
    return f"<!doctype html>\n{tag('html', head, body, lang='en')}\n"


def table(content: Table) -> Markup:
    """The table, in a frame of its own that scrolls."""
    kinds = _kinds(content)
    names = zip(content.columns, kinds, strict=True)
    head = tag("thead", tag("tr", *(tag("th", name, scope="col", class_=kind) for name, kind in names)))
    body = tag("tbody", *(_row(row, kinds) for row in content.rows))
    caption = [tag("caption", content.caption)] if content.caption else []
    framed = tag(
        "div", tag("table", *caption, head, body, id=content.filter, class_=content.kind), class_="scroll"
    )
    if content.filter is None:
        return framed
    box = tag(
        "input", type="search", placeholder="filter", aria_label="filter the rows", data_filter=content.filter
    )
    return joined([box, framed])


def _section(section: Section) -> Markup:
    return tag("section", tag("h2", section.title), tag("p", section.words), *section.content)


def _kinds(content: Table) -> list[str | None]:
    """For each column the class of its cells, short because there are thousands: `c`ode, or `n`umbers."""
    first = content.rows[0] if content.rows else content.columns
    return [
        "c" if name in content.code else None if isinstance(cell, str) else "n"
        for name, cell in zip(content.columns, first, strict=True)
    ]


def _row(cells: tuple[str | float, ...], kinds: list[str | None]) -> Markup:
    return tag("tr", *(tag("td", _words(cell), class_=kind) for cell, kind in zip(cells, kinds, strict=True)))


def _words(cell: str | float) -> str:
    if isinstance(cell, str):
        return cell
    return f"{cell:,}" if isinstance(cell, int) else f"{cell:,.1f}"


def _policy(style: str, script: str) -> str:
    return f"default-src 'none'; style-src {_source(style)}; script-src {_source(script)}"


def _source(content: str) -> str:
    return f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"


@cache
def _asset(name: str) -> str:
    """A file of this package: part of the program, as its code is."""
    return files("harness.report").joinpath(name).read_text(encoding="utf-8")
