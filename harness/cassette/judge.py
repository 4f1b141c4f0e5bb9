"""One line of a body, judged: which of its bytes, and of those before, are secret? Pure.

A line is a field of an event stream, a line of JSON, or plain text. Strings of JSON are read with their
escapes undone, each as part of the strand its path names; keys that tell of credentials make their whole
value secret.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.cassette.leaves import Leaf, Reading, leaves, plain
from harness.cassette.names import is_json_key, is_secret_key
from harness.cassette.strands import Strands

if TYPE_CHECKING:
    from harness.cassette.finder import Finder

_FIELD = re.compile(r"(data|event|id|retry)?: ?")
"""A field of an event stream (WHATWG HTML, 9.2.6); without a name it is a comment."""
_STRINGS = re.compile(r'"([^"\\]*)"(\s*:)?')
_OPENS_JSON = ("{", "[", '"', "}", "]")
"""A quote may open a line of JSON, or a piece of plain text: such a line is read as both."""


class LineJudge:
    """Judges the lines of one stream, in order. What it gives back are readings; the places of a reading are
    bytes of the stream.
    """

    def __init__(self, finder: Finder) -> None:
        self._finder = finder
        self._strands = Strands(finder)

    @property
    def open_ends(self) -> tuple[str, ...]:
        """The ends of strands that the next line could complete to a secret; an empty one is a secret that
        may run on.
        """
        return self._strands.open_ends

    @property
    def held_from(self) -> int | None:
        """The first byte of lines already judged that may still turn out to be secret."""
        return self._strands.held_from

    def judge(self, line: str, at: int) -> list[Reading]:
        """The secrets that *line*, whose first byte is byte *at* of the stream, brings to light."""
        text = line.rstrip("\r\n")
        if not text:
            return []
        self._strands.next_line()
        field = _FIELD.match(text)
        start = field.end() if field else 0
        content = plain(text[start:] if field else line, at + start)
        first = content.text.lstrip()[:1]
        secrets: list[Reading] = []
        if first in _OPENS_JSON and not self._is_clean(content.text):
            secrets += self._in_json(content)
        if first not in _OPENS_JSON or first == '"':
            secrets += self._strands.append(f":{field[1] if field else ''}", content)
        return secrets

    def judge_json(self, text: str) -> list[Reading]:
        """The secrets of a whole JSON text, which need not be one line."""
        return self._in_json(plain(text))

    def _is_clean(self, text: str) -> bool:
        """The short way for the many: JSON without escapes, telling keys, or anything like a secret in its
        strings.
        """
        if self.open_ends or "\\" in text or any(anchor in text for anchor in self._finder.anchors):
            return False
        return not any(self._is_suspect(*token) for token in _STRINGS.findall(text))

    def _is_suspect(self, string: str, colon: str) -> bool:
        return (
            is_secret_key(string, self._finder.secret_keys) if colon else not self._finder.is_harmless(string)
        )

    def _in_json(self, content: Reading) -> list[Reading]:
        found = self._finder.find_in_source(content.text)
        secrets = [content.part(each.start, each.end) for each in found]
        for leaf in leaves(content):
            secrets += [leaf.value] if self._is_credential(leaf) else self._in_leaf(leaf)
        return secrets

    def _in_leaf(self, leaf: Leaf) -> list[Reading]:
        value = leaf.value
        is_json = is_json_key(leaf.key) or (value.text[:1] + value.text[-1:] in ("{}", "[]"))
        return self._strands.append(leaf.path, value, is_json=is_json)

    def _is_credential(self, leaf: Leaf) -> bool:
        """A telling key; but where log probabilities are listed, `token` is a piece of text."""
        return is_secret_key(leaf.key, self._finder.secret_keys) and not leaf.is_below("logprobs")
