"""Values under telling keys in JSON that is itself the text of a JSON string, as the arguments of a tool call
are, piece by piece. Pure.

`{"query": "x", "api_key": "hun` `ter2"}`: the key says that what follows it is secret, whatever it looks
like.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.cassette.names import is_secret_key
from harness.cassette.shapes import Begun, Found

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAME = r'"([A-Za-z_-]{2,32})"\s{0,8}:\s{0,8}"'
_VALUE = r'(?:[^"\\]|\\.|\\\Z)'
_WHOLE = re.compile(f"{_NAME}({_VALUE}++)", re.DOTALL)
_BEGUN = re.compile(r'"(?:[A-Za-z_-]{0,32}|([A-Za-z_-]{2,32})"\s{0,8}(?::\s{0,8}"?)?)\Z')
_RUN = re.compile(f"{_VALUE}*+", re.DOTALL)


class Named:
    """Finds the values of keys that hold credentials."""

    kind = "named-value"
    anchor = '"'

    def __init__(self, secret_keys: frozenset[str]) -> None:
        self._secret_keys = secret_keys

    def find(self, text: str, start: int) -> Iterator[Found]:
        """Every value of a telling key."""
        for match in _WHOLE.finditer(text, start):
            if is_secret_key(match[1], self._secret_keys):
                yield Found(
                    self.kind, match.start(2), match.end(), _RUN if match.end() == len(text) else None
                )

    def begun(self, text: str, start: int) -> Begun | None:
        """The end of *text* if it could be such a key on its way to its value; nothing of it is secret yet."""
        match = _BEGUN.search(text, start)
        if match is None or (match[1] and not is_secret_key(match[1], self._secret_keys)):
            return None
        return Begun(match.start(), len(text))
