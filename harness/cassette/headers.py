"""Headers, as far as checks look at them: the first of a name, its media type, its charset."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterable


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The value of the first header of this *name* (lower case), or None."""
    return next((value for key, value in headers if key.lower() == name), None)


def media_type(value: str) -> str:
    """`text/event-stream` of `Text/Event-Stream; charset=utf-8` (RFC 9110, 8.3.1)."""
    return value.partition(";")[0].strip().lower()


def charset(value: str) -> str | None:
    """The charset parameter in lower case, without its quotes; None where there is none."""
    for parameter in value.split(";")[1:]:
        name, _, text = parameter.partition("=")
        if name.strip().lower() == "charset":
            return text.strip().strip('"').lower()
    return None
