"""What a short string looks like, without what it says: an id with a prefix, a UUID, a date, a word. Pure tables."""

from __future__ import annotations

import re

_FORMATS: tuple[tuple[str, re.Pattern[str]], ...] = (
    ("empty", re.compile(r"\Z")),
    ("uuid", re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}\Z")),
    ("digits", re.compile(r"[0-9]+\Z")),
    ("decimal", re.compile(r"[0-9]+\.[0-9]+\Z")),
    ("date", re.compile(r"\d{4}-\d\d-\d\d([T ]\d\d:\d\d.*)?\Z")),
    ("http-date", re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun), \d\d ")),
    ("duration", re.compile(r"([0-9]+(\.[0-9]+)?(ms|s|m|h|d))+\Z")),
    ("address", re.compile(r"https?://")),
    ("word", re.compile(r"[A-Za-z][A-Za-z.]*([_\-/ ][A-Za-z.]+)*\Z")),
)
_PREFIXED = re.compile(r"([A-Za-z]{1,16}[-_])[A-Za-z0-9_\-]{4,}\Z")
_HEX = re.compile(r"(?=.*[0-9])[0-9a-f]{8,}\Z")
_DATED = re.compile(r"[-@](\d{4}-?\d\d-?\d\d|\d{4})\Z")

WORD = 48
"""Characters that one word of a vocabulary may have."""


def format_of(text: str, *, identifier: bool = False) -> str:
    """The name of what *text* looks like. *identifier*: a word behind a prefix is an id there, not a word."""
    if identifier and (found := _PREFIXED.match(text)):
        return f"{found[1]}*"
    for name, pattern in _FORMATS:
        if pattern.match(text):
            return name
    if found := _PREFIXED.match(text):
        return f"{found[1]}*"
    return "hex" if _HEX.match(text) else "text" if " " in text else "mixed"


def is_word(text: str) -> bool:
    """Whether *text* could be one of a closed vocabulary: letters, and not a sentence."""
    return len(text) <= WORD and format_of(text) in ("word", "empty")


def magnitude_of(number: float) -> str:
    """How large a number is: its power of ten; `zero` and `negative` are sizes of their own."""
    if number <= 0:
        return "zero" if number == 0 else "negative"
    return f"e{int(f'{number:e}'.rpartition('e')[2])}"
