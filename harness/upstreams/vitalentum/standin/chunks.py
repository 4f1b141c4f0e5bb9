"""Chat events to the events of Vitalentum's stream: OpenAI's chunks of 2023, field by field.

Pure. The fields and their order stand in the profile's templates; they are those of `gpt-3.5-turbo-0613` in recordings
that others published in June 2023.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.chat.events import Delta, Done, Failed, Finished, Started, Usage
from harness.upstreams import writing
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from harness.chat.events import Stamp
    from harness.sse import Event

Said = Started | Delta | Finished | Usage | Failed | Done
"""The chat events that this server has words for: it calls no tools."""


def write(said: Said, stamp: Stamp, *, indent: int | None = None) -> Event:
    """The stream event that says *said*. With *indent* the JSON is spread over lines, hence over `data:` lines."""
    (event,) = writing.write(get_upstream("vitalentum"), (said,), stamp, indent=indent)
    return event
