"""`use_cassette`: which cassette is in use *here*, in this task and thread.

While at least one is in use, the doors of the HTTP libraries (`harness.net.doors`) ask here for each request: a
context variable knows the cassette of this task or thread, and a test runner may name one for all others.
"""

from __future__ import annotations

import functools
import inspect
from collections.abc import AsyncGenerator, AsyncIterator, Callable, Iterator
from contextlib import contextmanager
from contextvars import ContextVar, Token
from typing import TYPE_CHECKING, Any, TypeVar, cast

from harness.errors import UsageError
from harness.net.doors import Doors
from harness.net.session import CassetteSession

if TYPE_CHECKING:
    from collections.abc import Iterable
    from pathlib import Path
    from types import TracebackType

    from harness.cassette.faults import Fault
    from harness.cassette.model import Cassette

F = TypeVar("F", bound=Callable[..., Any])

_in_use: ContextVar[CassetteSession | None] = ContextVar("harness_cassette", default=None)
_everywhere: list[CassetteSession] = []


class use_cassette:  # noqa: N801  # a context manager by the name the contract gives it
    """Play or record what aiohttp, httpx and httpx2 do here, through the cassette at `path` (or a `Cassette`
    value, to play only). Clients made earlier are caught as well, and libraries that are imported later.

    Works as `with`, `async with` and decorator. `mode`: `none` (never touches the network), `once`,
    `new_episodes`, `all`, with vcrpy's meanings. `pace`: `instant`, `recorded`, or a factor (2.0 is twice as
    fast). `cut`: `recorded`, `event`, `byte`, `whole`, `random:SEED`; the bytes are the same whatever the
    cut. `upstream` names a profile; without it the request's path tells. `faults` are put
    in on the way, like `truncate:events=3` (`harness.cassette.faults`). `source` and `recorded_from` say where a
    recording comes from when the address does not. `validate` holds requests, chunks and whole replies against
    the upstream's contract while they pass; the report is the session's `report` afterwards.

    Raises CassetteMiss in the caller's request for one that no recording answers, and NothingRecordedError on
    leaving when no request passed through at all; with `validate`, ContractError where the verdict is `invalid`.
    """

    def __init__(
        self,
        path: str | Path | Cassette,
        *,
        mode: str = "none",
        pace: str | float = "instant",
        cut: str = "recorded",
        faults: str | Iterable[str | Fault] = (),
        upstream: str | None = None,
        source: str | None = None,
        recorded_from: str | None = None,
        validate: bool = False,
    ) -> None:
        self._make = functools.partial(
            CassetteSession,
            path,
            mode=mode,
            pace=pace,
            cut=cut,
            faults=faults,
            upstream=upstream,
            source=source,
            recorded_from=recorded_from,
            validate=validate,
        )
        self._make()  # bad arguments are refused here, not where the cassette is used
        self._open: tuple[CassetteSession, Token[CassetteSession | None]] | None = None

    def __enter__(self) -> CassetteSession:
        if self._open is not None:
            raise UsageError(
                "This cassette is in use already.",
                help="make a second `use_cassette(...)` for the second use",
            )
        session = self._make()
        session.open()
        _doors.swap_in()
        self._open = (session, _in_use.set(session))
        return session

    def __exit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        assert self._open is not None  # __enter__ came first
        (session, token), self._open = self._open, None
        _in_use.reset(token)
        _doors.swap_out()
        session.close(failed=error is not None)

    async def __aenter__(self) -> CassetteSession:
        return self.__enter__()

    async def __aexit__(
        self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.__exit__(kind, error, trace)

    def __call__(self, function: F) -> F:
        """Decorate a function, a coroutine function or an async generator function: each call uses the
        cassette anew. Raises UsageError for a class and for a generator function.
        """
        wrap = next((wrap for fits, wrap in _WRAPS if fits(function)), _wrap_function)
        return cast("F", functools.wraps(function)(wrap(self, function)))

    def _again(self) -> use_cassette:
        fresh = object.__new__(use_cassette)
        fresh._make, fresh._open = self._make, None
        return fresh


def _wrap_function(cassette: use_cassette, function: Callable[..., Any]) -> Callable[..., Any]:
    def call(*args: Any, **kwargs: Any) -> Any:
        with cassette._again():
            return function(*args, **kwargs)

    return call


def _wrap_coroutine(cassette: use_cassette, function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> Any:
        async with cassette._again():
            return await function(*args, **kwargs)

    return call


def _wrap_async_generator(cassette: use_cassette, function: Callable[..., Any]) -> Callable[..., Any]:
    async def call(*args: Any, **kwargs: Any) -> AsyncIterator[Any]:
        session, stream = cassette._make(), function(*args, **kwargs)
        session.open()
        _doors.swap_in()
        failed = True
        try:
            async for item in _stepwise(stream, session):
                yield item
            failed = False
        except GeneratorExit:
            failed = False
            raise
        finally:
            await stream.aclose()
            _doors.swap_out()
            session.close(failed=failed)

    return call


async def _stepwise(stream: AsyncGenerator[Any, None], session: CassetteSession) -> AsyncIterator[Any]:
    """The items of `stream`, with the cassette in use while it works and not while its caller does."""
    while True:
        token = _in_use.set(session)
        try:
            item = await anext(stream)
        except StopAsyncIteration:
            return
        finally:
            _in_use.reset(token)
        yield item


def _refuse_generator(_: use_cassette, function: Callable[..., Any]) -> Callable[..., Any]:
    raise UsageError(
        f"A generator function cannot be decorated with a cassette: {function.__qualname__}.",
        help="write `with use_cassette(...):` around the requests inside it",
    )


def _refuse_class(_: use_cassette, decorated: Callable[..., Any]) -> Callable[..., Any]:
    raise UsageError(
        f"A class cannot be decorated with a cassette: {decorated.__qualname__}.",
        help="decorate its methods, or the tests that use it",
    )


_WRAPS: tuple[tuple[Callable[[Any], bool], Callable[..., Callable[..., Any]]], ...] = (
    (inspect.iscoroutinefunction, _wrap_coroutine),
    (inspect.isasyncgenfunction, _wrap_async_generator),
    (inspect.isgeneratorfunction, _refuse_generator),
    (inspect.isclass, _refuse_class),
)
"""How each kind of thing is decorated; any other is called inside the cassette."""


def session_here() -> CassetteSession | None:
    """The session that a request of this task or thread goes to."""
    return _in_use.get() or (_everywhere[-1] if _everywhere else None)


@contextmanager
def used_everywhere(session: CassetteSession) -> Iterator[None]:
    """Use an open session in every task and thread that uses no cassette of its own.

    For a test runner: threads, servers and test frameworks run a test's code in contexts that were made before
    the test began.
    """
    _doors.swap_in()
    _everywhere.append(session)
    try:
        yield
    finally:
        _everywhere.remove(session)
        _doors.swap_out()


_doors = Doors(session_here)
