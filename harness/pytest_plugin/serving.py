"""A server of ours in a thread of its own, with an event loop of its own: tests of every kind can talk to it,
and none can hold it up.
"""

from __future__ import annotations

import asyncio
from concurrent.futures import FIRST_COMPLETED, Future, ThreadPoolExecutor, wait
from contextlib import AbstractAsyncContextManager, contextmanager
from functools import partial
from typing import TYPE_CHECKING, Any, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

T = TypeVar("T")


@contextmanager
def in_thread(server: AbstractAsyncContextManager[T]) -> Iterator[T]:
    """Enter *server* in a thread, and leave it with the block. What it raises on the way in or out is raised here."""
    entered: Future[tuple[T, Callable[[], object]]] = Future()
    with ThreadPoolExecutor(1, thread_name_prefix="harness") as thread:
        done = thread.submit(lambda: asyncio.run(_serve(server, entered)))
        first: list[Future[Any]] = [entered, done]
        wait(first, return_when=FIRST_COMPLETED)
        if not entered.done():
            done.result()
        running, stop = entered.result()
        try:
            yield running
        finally:
            stop()
            done.result()


async def _serve(
    server: AbstractAsyncContextManager[T], entered: Future[tuple[T, Callable[[], object]]]
) -> None:
    over = asyncio.Event()
    async with server as running:
        entered.set_result((running, partial(asyncio.get_running_loop().call_soon_threadsafe, over.set)))
        await over.wait()
