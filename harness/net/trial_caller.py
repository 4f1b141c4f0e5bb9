"""A client that is a callable, run as a program: `python -m harness.net.trial_caller MODULE:CALLABLE URL`.

An edge: it imports the client, writes the text that it gives to stdout as it comes, and ends with 1 where it raises.
In a process of its own a client that hangs can be stopped.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import AsyncIterable, Awaitable, Iterable
from typing import TYPE_CHECKING, Any

from harness.disk.callables import load_callable

if TYPE_CHECKING:
    from collections.abc import Callable


def main(name: str, url: str) -> int:
    """Call the client and write what it says. 0: it gave its text; 1: it raised, and stderr says what."""
    try:
        said(load_callable(name), url)
    except Exception as error:
        sys.stderr.write(f"{type(error).__name__}: {error}\n".partition("\n")[0] + "\n")
        return 1
    return 0


def said(client: Callable[[str], Any], url: str) -> None:
    """Write what *client* gives for a base URL: `str`, an iterable of them, or either of these asynchronously."""
    given = client(url)
    if isinstance(given, Awaitable | AsyncIterable):
        asyncio.run(_said_later(given))
    else:
        _write(given)


async def _said_later(given: Any) -> None:
    if inspect.isawaitable(given):
        given = await given
    if not isinstance(given, AsyncIterable):
        _write(given)
        return
    async for text in given:
        _write(text)


def _write(given: str | Iterable[str] | None) -> None:
    for text in [given] if isinstance(given, str) else given or ():
        sys.stdout.buffer.write(text.encode("utf-8", "replace"))
        sys.stdout.buffer.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
