"""Which formats of JSON Schema a string keeps to. Only formats that nothing else looks like by chance."""

from __future__ import annotations

import re
from datetime import datetime
from typing import Final

LONGEST: Final = 256
"""Characters of a string that is looked at; a longer one has no format."""

_REST = r"([a-z0-9._~:/?@!$&'()*+,;=-]|%[0-9a-f]{2})*"
"""What may follow the host of an address (RFC 3986), as far as addresses in practice go."""

_PATTERNS = {
    "date": re.compile(r"\d{4}-\d\d-\d\d", re.A),
    "date-time": re.compile(
        r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{1,9})?(Z|[+-]([01]\d|2[0-3]):[0-5]\d)", re.A
    ),
    "uri": re.compile(rf"https?://[a-z0-9.-]+(:\d{{1,5}})?([/?]{_REST})?(#{_REST})?", re.I | re.A),
    "uuid": re.compile(r"[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}", re.I | re.A),
}
_DATED = frozenset({"date", "date-time"})

NONE: Final[frozenset[str]] = frozenset()


def formats_of(text: str) -> frozenset[str]:
    """The formats that the whole string keeps to."""
    if len(text) > LONGEST:
        return NONE
    return frozenset(name for name, pattern in _PATTERNS.items() if _keeps(name, pattern, text))


def _keeps(name: str, pattern: re.Pattern[str], text: str) -> bool:
    return pattern.fullmatch(text) is not None and (name not in _DATED or _is_day(text))


def _is_day(text: str) -> bool:
    """Whether there is such a day and time: the pattern knows nothing of the 30th of February."""
    try:
        datetime.fromisoformat(text)
    except ValueError:
        return False
    return True
