"""HTML and SVG in which escaping cannot be forgotten: a `str` is text and is escaped, a `Markup` is markup already.

Nothing is interpreted, nothing is fetched: no attribute made here holds a URL or a script.
"""

from __future__ import annotations

from html import escape
from typing import TYPE_CHECKING, TypeAlias

from harness.report.visible import visible_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

Attribute: TypeAlias = str | int | float | bool | None

_VOID = {"input", "meta", "line", "path", "rect", "circle"}


class Markup(str):
    """Text that is markup already. Only `tag`, `joined` and `trusted` make it."""

    __slots__ = ()


def tag(name: str, /, *children: str, **attributes: Attribute) -> Markup:
    """An element. `class_` becomes `class`, `aria_label` `aria-label`; True gives a bare attribute, None none."""
    opened = f"<{name}{''.join(_attribute(key, value) for key, value in attributes.items())}"
    if name in _VOID and not children:
        return Markup(f"{opened}/>")
    return Markup(f"{opened}>{joined(children)}</{name}>")


def joined(children: Iterable[str]) -> Markup:
    """The children one after the other, each escaped if it is mere text."""
    return Markup("".join(child if isinstance(child, Markup) else text(child) for child in children))


def text(words: str) -> Markup:
    """Words from anywhere as markup that shows just these words.

    A line end is written as a reference: a page may go to the log of a CI server, where a line that begins with `::`
    is a command.
    """
    return Markup(_escaped(words, quote=False))


def trusted(source: str) -> Markup:
    """This package's own style sheet or script, as it is. `</` would end its element, so it may not hold it."""
    if "</" in source:
        raise ValueError("a style sheet or script of a page holds '</'")
    return Markup(source)


def _attribute(key: str, value: Attribute) -> str:
    if value is None or value is False:
        return ""
    name = key.rstrip("_").replace("_", "-")
    return f" {name}" if value is True else f' {name}="{_escaped(number(value), quote=True)}"'


def _escaped(words: str, *, quote: bool) -> str:
    return escape(visible_lines(words), quote=quote).replace("\n", "&#10;")


def number(value: str | float) -> str:
    """A number as short as the eye needs it: one decimal, and none where it is zero. A string stays."""
    return value if isinstance(value, str) else f"{value:.1f}".removesuffix(".0")
