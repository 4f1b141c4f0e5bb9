"""Events of the chat to events of the stream, by the upstream's map: the mirror of `harness.upstreams.reading`.

Pure; knows no upstream by name. What the map does not name comes from the map's templates. Reading what was written
here gives the stamp and the chat events again, which is a law of the tests.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.errors import UsageError
from harness.sse import Event
from harness.upstreams.draft import Draft

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from harness.upstreams.upstream import ChunkMap, Template, Upstream

Said: TypeAlias = Started | Delta | ToolDelta | Finished | Usage | Failed | Done
"""What can be written. The stamp is no saying of its own: each chunk carries it."""


def write(
    upstream: Upstream, said: Iterable[Said], stamp: Stamp, *, indent: int | None = None
) -> tuple[Event, ...]:
    """The events of the stream that say this, in this order. What one event can say together stands in one.

    With *indent* the JSON is spread over lines. Text is written as UTF-8, not escaped. Raises `UsageError` for what the
    upstream's templates have no place for.
    """
    return tuple(
        each if isinstance(each, Event) else each.event(indent) for each in _drafts(upstream, said, stamp)
    )


def can_say(upstream: Upstream, said: Said) -> bool:
    """Whether the upstream's templates have a place for this."""
    return _is_sentinel(upstream, said) or _place_for(upstream, said) is not None


def _drafts(upstream: Upstream, said: Iterable[Said], stamp: Stamp) -> Iterator[Draft | Event]:
    draft: Draft | None = None
    for each in said:
        if draft is not None and draft.takes(each):
            draft.say(each)
            continue
        if draft is not None:
            yield draft
        draft = None
        if _is_sentinel(upstream, each):
            yield Event(upstream.terminal or "")
        else:
            draft = _begun(upstream, each, stamp)
    if draft is not None:
        yield draft


def _begun(upstream: Upstream, said: Said, stamp: Stamp) -> Draft:
    place = _place_for(upstream, said)
    if place is None:
        raise UsageError(
            f"{upstream.title} has no words for {said}",
            help="give its profile a path for it, and a template that says it",
        )
    draft = Draft(*place, stamp)
    draft.say(said)
    return draft


def _place_for(upstream: Upstream, said: Said) -> tuple[ChunkMap, Template] | None:
    """The first template, in the profile's order, that this can be said with."""
    places = ((each, template) for each in upstream.events for template in each.templates)
    return next((place for place in places if Draft(*place, Stamp()).takes(said)), None)


def _is_sentinel(upstream: Upstream, said: Said) -> bool:
    """Whether this is said by an event that is no JSON, `[DONE]`."""
    return isinstance(said, Done) and upstream.terminal is not None
