"""The ground of a picture: from values to pixels, and two axes with round numbers. Values in, markup out."""

from __future__ import annotations

import math

import msgspec

from harness.report.markup import Markup, joined, number, tag

WIDTH = 760
LEFT, BOTTOM, TOP, RIGHT = 56, 24, 14, 24


class Scale(msgspec.Struct, frozen=True, kw_only=True):
    """From values to pixels: `most_x` and `most_y` are the largest values, `height` is in pixels."""

    most_x: float
    most_y: float
    height: int

    @property
    def base(self) -> int:
        """Where zero lies on the upright axis."""
        return self.height - BOTTOM

    def x(self, value: float) -> float:
        return LEFT + value / (self.most_x or 1) * (WIDTH - LEFT - RIGHT)

    def y(self, value: float) -> float:
        return self.base - value / (self.most_y or 1) * (self.base - TOP)


def axes(scale: Scale, *, title: str) -> Markup:
    """Milliseconds along the ground; what *title* says, upwards."""
    ground = tag("line", x1=LEFT, x2=WIDTH - RIGHT, y1=scale.base, y2=scale.base, class_="axis")
    upright = tag("line", x1=LEFT, x2=LEFT, y1=TOP, y2=scale.base, class_="axis")
    below = [_below(scale, value) for value in ticks(scale.most_x, 6)]
    beside = [_beside(scale, value) for value in ticks(scale.most_y, max(scale.height // 60, 2))]
    return joined([ground, upright, *below, *beside, tag("text", title, x=4, y=TOP - 3)])


def ticks(most: float, about: int) -> list[float]:
    """Round numbers from 0 to at most *most*, *about* so many: steps of 1, 2 or 5 times a power of ten."""
    if most <= 0:
        return [0]
    rough = most / about
    power = 10 ** math.floor(math.log10(rough))
    step = next(power * factor for factor in (1, 2, 5, 10) if power * factor >= rough)
    return [step * place for place in range(int(most / step) + 1)]


def _below(scale: Scale, value: float) -> Markup:
    return tag("text", f"{number(value)} ms", x=scale.x(value), y=scale.base + 15, text_anchor="middle")


def _beside(scale: Scale, value: float) -> Markup:
    return tag("text", number(value), x=LEFT - 6, y=scale.y(value) + 4, text_anchor="end")
