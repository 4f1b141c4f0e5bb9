"""A testing and recording harness for streaming chat upstreams.

The public names, by hand. Each is imported when it is first asked for, so that `import harness` stays cheap.
What is not named here or in the rooms named here is ours to change.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness import fuzz, net, sse, upstreams
    from harness.cassette.model import Cassette, Frame, Interaction, Request, Response, StreamRecord
    from harness.clients.vitalentum import Vitalentum
    from harness.disk.cassettes import load_cassette, save_cassette
    from harness.disk.comparison import compare
    from harness.disk.found import found_cases, replay_found
    from harness.disk.upstreams import get_upstream
    from harness.disk.validation import validate
    from harness.errors import HarnessError
    from harness.finding import Evidence, Finding, Layer, Report, Severity, Verdict
    from harness.net.seam import use_cassette
    from harness.upstreams.upstream import Upstream

__version__ = "0.1.0"

_HOME = {
    "Cassette": "harness.cassette.model",
    "Evidence": "harness.finding",
    "Finding": "harness.finding",
    "Frame": "harness.cassette.model",
    "HarnessError": "harness.errors",
    "Interaction": "harness.cassette.model",
    "Layer": "harness.finding",
    "Report": "harness.finding",
    "Request": "harness.cassette.model",
    "Response": "harness.cassette.model",
    "Severity": "harness.finding",
    "StreamRecord": "harness.cassette.model",
    "Upstream": "harness.upstreams.upstream",
    "Verdict": "harness.finding",
    "Vitalentum": "harness.clients.vitalentum",
    "compare": "harness.disk.comparison",
    "found_cases": "harness.disk.found",
    "get_upstream": "harness.disk.upstreams",
    "load_cassette": "harness.disk.cassettes",
    "replay_found": "harness.disk.found",
    "save_cassette": "harness.disk.cassettes",
    "use_cassette": "harness.net.seam",
    "validate": "harness.disk.validation",
}
_ROOMS = ("fuzz", "net", "sse", "upstreams")

__all__ = [
    "Cassette",
    "Evidence",
    "Finding",
    "Frame",
    "HarnessError",
    "Interaction",
    "Layer",
    "Report",
    "Request",
    "Response",
    "Severity",
    "StreamRecord",
    "Upstream",
    "Verdict",
    "Vitalentum",
    "__version__",
    "compare",
    "found_cases",
    "fuzz",
    "get_upstream",
    "load_cassette",
    "net",
    "replay_found",
    "save_cassette",
    "sse",
    "upstreams",
    "use_cassette",
    "validate",
]


def __getattr__(name: str) -> object:
    if name in _ROOMS:
        return import_module(f"harness.{name}")
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'harness' has no attribute {name!r}")


def __dir__() -> list[str]:
    return sorted(__all__)
