"""Two excerpts of recordings beside each other, the lines that differ marked: by a word, and not by colour alone.

On a narrow screen one stands below the other. Values in, markup out.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.report.markup import Markup, joined, tag

if TYPE_CHECKING:
    from harness.drift.showing.pair import Excerpt, Pair, Shown

NOT_THERE = "Nothing like it is here."


def side_by_side(pair: Pair, *, before: str, now: str) -> Markup:
    """The pair. *before* and *now* name the recordings."""
    sides = [_side("before", before, pair.before), _side("now", now, pair.now)]
    return tag("div", *sides, class_="pair")


def _side(title: str, name: str, excerpt: Excerpt) -> Markup:
    head = tag("p", tag("b", title), f" {name}", class_="soft")
    word = "differs: " if excerpt.own else "compare: "
    lines = tag("div", *(_line(line, word) for line in excerpt.lines), class_="lines")
    missing = joined([]) if excerpt.marks else tag("p", NOT_THERE, class_="soft")
    return tag("div", head, lines, missing)


def _line(line: Shown, word: str) -> Markup:
    number = "" if line.number is None else str(line.number)
    time = "" if line.at_ms is None else f"{line.at_ms:,.0f} ms"
    gutter = tag("span", tag("b", number), f" {time}" if time else "", class_="at")
    sign = [tag("span", word, class_="said")] if line.marked else []
    return tag(
        "div", gutter, tag("code", *sign, *_words(line)), class_="line differs" if line.marked else "line"
    )


def _words(line: Shown) -> list[str]:
    if line.parts is None:
        return [line.text]
    left, field, right = line.parts
    return [left, tag("mark", field), right]
