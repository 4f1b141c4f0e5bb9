"""What differs in how questions are asked: method, path, query, media types, the form of JSON in strings. Pure.

The headers and the fields of a question are compared as those of an answer are (`heads`, `fields`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.headers import media_type
from harness.drift.change import Change, share

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.drift.shape import Summary

_NEW_WORDS = {"request-method": "request-method-changed", "request-path": "request-path-changed"}
_MEDIA = {"accept": "request-header-changed", "content-type": "request-type-changed"}


def question_changes(before: Summary, now: Summary) -> Iterator[Change]:
    """Every difference in how questions are asked, but for headers and fields."""
    yield from _new_words(before, now)
    yield from _media_types(before, now)
    yield from _versions(before, now)
    yield from _bodies(before, now)
    yield from _queries(before, now)


def _new_words(before: Summary, now: Summary) -> Iterator[Change]:
    for name, rule in _NEW_WORDS.items():
        old, new = before.vocabulary(name) or {}, now.vocabulary(name) or {}
        if old and (strange := sorted(new.keys() - old.keys())):
            yield Change(rule, "", ", ".join(sorted(old)), ", ".join(strange))


def _media_types(before: Summary, now: Summary) -> Iterator[Change]:
    for name, rule in _MEDIA.items():
        old, new = media_types(before, "request", name), media_types(now, "request", name)
        if old and new and not old & new:
            yield Change(rule, f"request:header:{name}", ", ".join(sorted(old)), ", ".join(sorted(new)))


def _versions(before: Summary, now: Summary) -> Iterator[Change]:
    """Headers in which a question says the version of the interface that it speaks."""
    for key in sorted(key for key in now.words if key[0] == "header-version"):
        old, new = before.words.get(key) or {}, now.words[key] or {}
        if old and new and not old.keys() & new.keys():
            words = ", ".join(sorted(old)), ", ".join(sorted(new))
            yield Change("request-header-changed", f"request:header:{key[1]}", *words)


def _bodies(before: Summary, now: Summary) -> Iterator[Change]:
    had, has = before.count("fact", "request-not-json"), now.count("fact", "request-not-json")
    if has and not had:
        yield Change("request-not-json", "", share(0, before.count("all")), share(has, now.count("all")))
    for key in sorted(key for key in now.words if key[0] == "form"):
        old, new = before.words.get(key) or {}, now.words[key] or {}
        if old and (strange := sorted(new.keys() - old.keys())):
            words = ", ".join(sorted(old)), ", ".join(strange)
            yield Change("request-encoding-changed", f"request:$.{key[1]}", *words)


def _queries(before: Summary, now: Summary) -> Iterator[Change]:
    total, size = before.count("all"), now.count("all")
    for key in sorted(key for key in now.tallies if key[0] == "query"):
        if key not in before.tallies and now.tallies[key] == size:
            yield Change("query-added", "", share(0, total), share(size, size), key[1])


def media_types(summary: Summary, side: str, name: str) -> set[str]:
    """The media types that a header of this name had."""
    return {media_type(word) for word in summary.vocabulary("header-word", side, name) or {}}
