"""The event-stream standard (WHATWG HTML 9.2): bytes to events and events to bytes. No clock, no network, no chat.

    parser    pieces to events, within limits     events   the value
    lines     bytes to lines and blocks           fields   lines to events, to the letter
    shortcut  plain blocks to events, fast        encoder  events to bytes

What the standard says and what we do, clause by clause: `docs/reference/supported-sse.md`.
"""

from .encoder import encode, encode_comment, encode_event
from .events import Event
from .lines import split_events
from .parser import SSEParser

__all__ = ["Event", "SSEParser", "encode", "encode_comment", "encode_event", "split_events"]
