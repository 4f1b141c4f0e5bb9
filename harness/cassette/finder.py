"""All that a redactor looks for, in one question: which parts of a text are secret, and what could its end
become? Pure.

Text is latin-1 here: one character stands for one byte, so that places in a text are places in the bytes.
"""

from __future__ import annotations

from functools import cache
from typing import TYPE_CHECKING, TypeAlias

from harness.cassette.known import Known, spellings
from harness.cassette.named import Named
from harness.cassette.names import fold
from harness.cassette.shapes import SHAPES, Begun, Found, Shape

if TYPE_CHECKING:
    from collections.abc import Iterable

Seeker: TypeAlias = Shape | Known | Named

_REMEMBERED = 4096
"""Texts known to hold nothing: the ids, models and types that every chunk of a stream repeats."""
_SHORT = 128
"""Characters of a text worth remembering."""


class Finder:
    """Looks for token shapes and for known *values*; *secret_keys* are an upstream's own names for
    credentials.
    """

    def __init__(self, values: Iterable[str] = (), secret_keys: Iterable[str] = ()) -> None:
        self.values = tuple(dict.fromkeys(values))
        self.secret_keys = frozenset(map(fold, secret_keys))
        known = tuple(
            map(Known, dict.fromkeys(spelling for value in self.values for spelling in spellings(value)))
        )
        self._named = Named(self.secret_keys)
        self._in_text: tuple[Seeker, ...] = (*SHAPES, *known)
        self._in_source = tuple(seeker for seeker in self._in_text if not {'"', "\\"} & set(seeker.anchor))
        self._secret_anchors = frozenset(seeker.anchor for seeker in known)
        self.anchors = tuple(dict.fromkeys(seeker.anchor for seeker in self._in_text))
        """Nothing is secret in a text in which none of these stands, nor begins at its end."""
        self._known_beginnings = _by_last_character(seeker.anchor for seeker in known)
        self._harmless: dict[str, bool] = {}

    def find(self, text: str, start: int = 0, *, is_json: bool = False) -> list[Found]:
        """Every secret in a string's text that begins at *start* or later; they may overlap. `is_json`: keys
        count.
        """
        return _find((*self._in_text, self._named) if is_json else self._in_text, text, start)

    def find_in_source(self, text: str) -> list[Found]:
        """The same in text that may be the source of JSON: nothing whose removal could break its quotes."""
        return _find(self._in_source, text, 0)

    def begun(self, text: str, start: int = 0, *, is_json: bool = False) -> Begun | None:
        """The longest end of *text* that could be the beginning of a secret, and where the first secret part
        of one lies.
        """
        ends = [end for shape in SHAPES if shape.anchor in text and (end := shape.begun(text, start))]
        ends += [self._begun_anchor(anchor, text) for anchor in self.begun_anchors(text[start:])]
        if is_json and (end := self._named.begun(text, start)):
            ends.append(end)
        return Begun(min(end.start for end in ends), min(end.secret for end in ends)) if ends else None

    def begun_anchors(self, text: str) -> list[str]:
        """The beginnings of anchors that *text* ends with."""
        last = text[-1:]
        begun = (*_shape_beginnings().get(last, ()), *self._known_beginnings.get(last, ()))
        return [beginning for beginning in begun if text.endswith(beginning)]

    def _begun_anchor(self, beginning: str, text: str) -> Begun:
        """A shape's head may be shown; a known value is secret from its first character."""
        at = len(text) - len(beginning)
        return Begun(
            at, at if any(anchor.startswith(beginning) for anchor in self._secret_anchors) else len(text)
        )

    def is_harmless(self, text: str) -> bool:
        """Whether *text* certainly holds no secret, and begins none at its end. Remembers its answers."""
        if len(text) > _SHORT:
            return not self._is_suspect(text)
        answer = self._harmless.get(text)
        if answer is None:
            if len(self._harmless) >= _REMEMBERED:
                self._harmless.clear()
            answer = self._harmless[text] = not self._is_suspect(text)
        return answer

    def _is_suspect(self, text: str) -> bool:
        return any(anchor in text for anchor in self.anchors) or bool(self.begun_anchors(text))


def _find(seekers: Iterable[Seeker], text: str, start: int) -> list[Found]:
    return [found for seeker in seekers if seeker.anchor in text for found in seeker.find(text, start)]


@cache
def _shape_beginnings() -> dict[str, tuple[str, ...]]:
    return _by_last_character(shape.anchor for shape in SHAPES)


def _by_last_character(anchors: Iterable[str]) -> dict[str, tuple[str, ...]]:
    """Every beginning of every anchor, under the character it ends with."""
    found: dict[str, set[str]] = {}
    for anchor in anchors:
        for length in range(1, len(anchor)):
            found.setdefault(anchor[length - 1], set()).add(anchor[:length])
    return {last: tuple(sorted(beginnings)) for last, beginnings in found.items()}
