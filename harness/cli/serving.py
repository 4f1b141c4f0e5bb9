"""A server in the foreground: say where it listens, wait to be told to stop, and stop cleanly."""

from __future__ import annotations

import asyncio
import signal
from typing import TYPE_CHECKING, Protocol
from urllib.parse import urlsplit

from harness.cli.screen import result, say
from harness.net.crowd import make_room
from harness.net.offline import is_local
from harness.report import Format
from harness.report.document import json_text

if TYPE_CHECKING:
    from contextlib import AbstractAsyncContextManager


class Server(Protocol):
    """What is served here: it knows where it listens."""

    @property
    def url(self) -> str:
        """The base URL."""


async def serve(server: AbstractAsyncContextManager[Server], format: Format, *, what: str) -> None:
    """Run *server* until SIGINT or SIGTERM. With JSON the first and only line on stdout is `{"url": ...}`."""
    stop = asyncio.Event()
    make_room()
    for number in (signal.SIGINT, signal.SIGTERM):
        asyncio.get_running_loop().add_signal_handler(number, stop.set)
    async with server as running:
        if format is Format.JSON:
            result(json_text({"url": running.url}))
        else:
            result(f"{running.url}\n")
        say(f"{what}; Ctrl-C stops it.")
        if not is_local((urlsplit(running.url).hostname,)):
            say("Warning: it can be reached from other machines, by whoever finds it.")
        await stop.wait()
    say("Stopped.")
