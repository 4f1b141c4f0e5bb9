"""A client that is a callable, run as a program: `python -m harness.net.trial_caller MODULE:CALLABLE URL`.

An edge: it imports the client, writes the text that it gives to stdout as it comes, and ends with 1 where it raises,
`SystemExit` too. What the client itself prints is no text of the reply and goes to stderr. In a process of its own a
client that hangs can be stopped.
"""

from __future__ import annotations

import asyncio
import inspect
import sys
from collections.abc import AsyncIterable, Awaitable, Iterable
from contextlib import redirect_stdout
from typing import TYPE_CHECKING, Any, BinaryIO

from harness.disk.callables import load_callable

if TYPE_CHECKING:
    from collections.abc import Callable


def main(name: str, url: str) -> int:
    """Call the client and write what it says. 0: it gave its text; 1: it raised, and stderr says what."""
    text = sys.stdout.buffer
    try:
        with redirect_stdout(sys.stderr):
            said(load_callable(name), url, text)
    except BaseException as error:  # also a client that wants to end the program
        sys.stderr.write(f"{type(error).__name__}: {error}\n".partition("\n")[0] + "\n")
        return 1
    return 0


def said(client: Callable[[str], Any], url: str, text: BinaryIO) -> None:
    """Write what *client* gives for a base URL: `str`, an iterable of them, or either of these asynchronously.

    Raises TypeError for anything else.
    """
    given = client(url)
    if isinstance(given, Awaitable | AsyncIterable):
        asyncio.run(_said_later(given, text))
    else:
        _write(given, text)


async def _said_later(given: Any, text: BinaryIO) -> None:
    if inspect.isawaitable(given):
        given = await given
    if not isinstance(given, AsyncIterable):
        _write(given, text)
        return
    async for piece in given:
        _write_piece(piece, text)


def _write(given: str | Iterable[str] | None, text: BinaryIO) -> None:
    if given is not None and not isinstance(given, str | Iterable):
        raise TypeError(f"a client gives str, or an iterable of str, and not {type(given).__name__}")
    for piece in [given] if isinstance(given, str) else given or ():
        _write_piece(piece, text)


def _write_piece(piece: str, text: BinaryIO) -> None:
    if not isinstance(piece, str):
        raise TypeError(f"a client gives pieces of str, and not {type(piece).__name__}")
    text.write(piece.encode("utf-8", "replace"))
    text.flush()


if __name__ == "__main__":
    sys.exit(main(*sys.argv[1:]))
