"""What the stand-in says: an answer that speaks about the prompt a little, in the prompt's language.

Pure: chance comes in as dice. The pieces are what a model would stream, a few characters each; joined, they
are the text.
"""

from __future__ import annotations

import re
from collections.abc import Callable, Sequence
from typing import TypeAlias, TypeVar

import msgspec

Dice: TypeAlias = Callable[[], float]
"""A number in [0, 1) a throw."""

Item = TypeVar("Item")

TOPIC = 48
"""How many characters of the prompt an answer repeats at most."""

_WORD = re.compile(r"\s*[^\W_]+|\s*[\W_]", re.DOTALL)
_CYRILLIC = re.compile(r"[а-яё]", re.IGNORECASE)
_LATIN = re.compile(r"[a-z]", re.IGNORECASE)


class Language(msgspec.Struct, frozen=True):
    """The phrases of one language, and how many letters of it a model's token holds."""

    token: int
    openings: tuple[str, ...]
    thoughts: tuple[str, ...]
    endings: tuple[str, ...]


ENGLISH = Language(
    token=6,
    openings=(
        "You asked about “{topic}”. Here is what I can say.",
        "“{topic}”: a good question. Let me try.",
        "Let us look at “{topic}” together.",
    ),
    thoughts=(
        "It helps to begin with the smallest example that still shows the whole.",
        "Most of the difficulty is in the first step; the rest follows from it.",
        "There are two sides to it, and both of them are right in their own place.",
        "If you write down what you expect, you will see sooner what is different.",
        "One thing is often forgotten: what happens when it stops in the middle.",
        "Others have met the same before you, and left good notes.",
        "A short list, a clear name and a second look go a long way here.",
        "What matters is the order: first what you know, then what you suppose.",
    ),
    endings=("I hope this helps!", "Ask me for more, if you like.", "That is the short version."),
)

RUSSIAN = Language(
    token=3,
    openings=(
        "Вы спросили: «{topic}». Вот что я могу сказать.",
        "«{topic}» — хороший вопрос. Попробую ответить.",
        "Давайте вместе посмотрим на «{topic}».",
    ),
    thoughts=(
        "Лучше всего начать с самого маленького примера, в котором уже видно целое.",
        "Почти вся трудность в первом шаге, остальное из него следует.",
        "Здесь есть две стороны, и каждая по-своему права.",
        "Если записать, чего вы ждёте, отличие станет видно скорее.",
        "Об одном часто забывают: что будет, если всё прервётся на середине.",
        "С этим уже встречались до вас и оставили хорошие заметки.",
        "Короткий список, ясное имя и второй взгляд здесь очень помогают.",
        "Важен порядок: сначала то, что известно, потом то, что предполагается.",
    ),
    endings=("Надеюсь, это поможет!", "Спрашивайте ещё.", "Если коротко, то так."),
)


def answer(prompt: str, dice: Dice, *, thoughts: int = 3) -> str:
    """An opening about the *prompt*, so many *thoughts*, and an ending."""
    language = language_of(prompt)
    opening = pick(language.openings, dice).replace("{topic}", topic_of(prompt))
    return " ".join([opening, *_thoughts(language, thoughts, dice), pick(language.endings, dice)])


def pieces(text: str) -> list[str]:
    """The text as a model streams it: words and signs with the space before them, longer words in parts."""
    size = language_of(text).token
    return [part for word in _WORD.findall(text) for part in _parts(word, size)]


def language_of(text: str) -> Language:
    return RUSSIAN if len(_CYRILLIC.findall(text)) > len(_LATIN.findall(text)) else ENGLISH


def topic_of(prompt: str) -> str:
    """The prompt in one line, without its last sign, and cut at a word where it is long."""
    line = " ".join(prompt.split()).rstrip(".!?…")
    if len(line) > TOPIC:
        line = line[:TOPIC].rsplit(" ", 1)[0] + "…"
    return line or "…"


def pick(items: Sequence[Item], dice: Dice) -> Item:
    return items[int(dice() * len(items))]


def _thoughts(language: Language, number: int, dice: Dice) -> list[str]:
    """In a stride that comes to each thought once before it comes to any again."""
    known = language.thoughts
    first, stride = int(dice() * len(known)), 3
    return [known[(first + stride * turn) % len(known)] for turn in range(number)]


def _parts(word: str, size: int) -> list[str]:
    """A space does not count: models keep it with the letters behind it."""
    room = size + len(word) - len(word.lstrip())
    return [word[:room], *(word[at : at + size] for at in range(room, len(word), size))]
