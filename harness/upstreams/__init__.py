"""The upstreams: each one a profile (data) and the one small function that data cannot say.

Values and pure functions. A package of this room is named after its upstream; `harness.upstreams.vitalentum`
is the first.
"""

from __future__ import annotations

from harness.upstreams import vitalentum
from harness.upstreams.reading import error_reply, is_terminal, read
from harness.upstreams.registry import get_upstream, upstream_for, upstream_names
from harness.upstreams.upstream import Upstream

__all__ = [
    "Upstream",
    "error_reply",
    "get_upstream",
    "is_terminal",
    "read",
    "upstream_for",
    "upstream_names",
    "vitalentum",
]
