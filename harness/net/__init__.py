"""The edge that speaks HTTP: recording and replaying in process, the proxy, the replay server and the stand-in.

Everything here may open sockets and read clocks; nothing here decides what a stream means, which is the middle's job.
The public names are imported when they are first asked for, so that a replay does not pay for a server.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from harness.net.connector import CassetteConnector
    from harness.net.proxy import RecordingProxy
    from harness.net.replay_server import ReplayServer
    from harness.net.standin import Standin
    from harness.net.transport import AsyncCassetteTransport, CassetteTransport

_HOME = {
    "AsyncCassetteTransport": "harness.net.transport",
    "CassetteConnector": "harness.net.connector",
    "CassetteTransport": "harness.net.transport",
    "RecordingProxy": "harness.net.proxy",
    "ReplayServer": "harness.net.replay_server",
    "Standin": "harness.net.standin",
}

__all__ = [
    "AsyncCassetteTransport",
    "CassetteConnector",
    "CassetteTransport",
    "RecordingProxy",
    "ReplayServer",
    "Standin",
]


def __getattr__(name: str) -> object:
    if name in _HOME:
        return getattr(import_module(_HOME[name]), name)
    raise AttributeError(f"module 'harness.net' has no attribute {name!r}")
