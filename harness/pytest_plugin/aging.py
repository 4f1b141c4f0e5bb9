"""How old a tape may be. Pure: interactions and a moment in, an age out.

The age of a tape is that of its oldest interaction. A tape that does not say when it was recorded, as plain
vcrpy tapes do not, has no age.
"""

from __future__ import annotations

import re
from datetime import UTC, datetime, timedelta
from typing import TYPE_CHECKING

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.model import Interaction

_UNITS = {"h": "hours", "d": "days", "w": "weeks"}
_LEAP_SECOND = re.compile(r"(?<=:[0-9]{2}):60")
"""RFC 3339 has a second of that number, and `datetime` has not."""
_AGE = re.compile(r"([0-9]{1,5})([hdw]?)")


def parse_age(age: str | int) -> timedelta:
    """`12h`, `90d`, `8w`, or a number of days. Raises UsageError."""
    if not isinstance(age, bool) and (parts := _AGE.fullmatch(str(age).strip())):
        return timedelta(**{_UNITS[parts[2] or "d"]: int(parts[1])})
    raise UsageError(f"{age!r} is no age.", expected="hours, days or weeks: 12h, 90d, 8w")


def recorded_at(interactions: Iterable[Interaction]) -> datetime | None:
    """When the oldest interaction was recorded, as far as they say; UTC."""
    streams = (item.response.stream for item in interactions)
    said = (stream.recorded_at for stream in streams if stream is not None and stream.recorded_at)
    return min(filter(None, map(_moment, said)), default=None)


def _moment(text: str) -> datetime | None:
    """The moment that somebody wrote down; None for words that are no moment."""
    try:
        moment = datetime.fromisoformat(_LEAP_SECOND.sub(":59", text))
    except ValueError:
        return None
    return moment if moment.tzinfo else moment.replace(tzinfo=UTC)
