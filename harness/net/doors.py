"""The doors that requests go through: one method of each HTTP library, swapped while a cassette is in use.

A table. A library is never imported for its door: the door is swapped when the library is there already, or at
the moment when somebody else imports it. Every door is put back as it was.
"""

from __future__ import annotations

import functools
import sys
import threading
from importlib import import_module
from importlib.abc import Loader, MetaPathFinder
from typing import TYPE_CHECKING, Any, NamedTuple, TypeAlias, cast

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from harness.net.session import CassetteSession

Here: TypeAlias = "Callable[[], CassetteSession | None]"
"""Says which session is in use where a request is made."""

Through: TypeAlias = "Callable[[Callable[..., Any], Here], Callable[..., Any]]"
"""Takes a door's real method, gives the one to put in its place."""


class Door(NamedTuple):
    """A method that every request of a library goes through, also those of clients made earlier."""

    library: str
    owner: str
    method: str
    through: str
    """Where our `Through` for it is, as `module:name`; loaded when the library is there."""


DOORS = (
    Door("aiohttp", "BaseConnector", "connect", "harness.net.connector:through_cassette"),
    Door("httpx", "HTTPTransport", "handle_request", "harness.net.transport:through_cassette"),
    Door(
        "httpx", "AsyncHTTPTransport", "handle_async_request", "harness.net.transport:through_cassette_async"
    ),
    Door("httpx2", "HTTPTransport", "handle_request", "harness.net.transport:through_cassette"),
    Door(
        "httpx2", "AsyncHTTPTransport", "handle_async_request", "harness.net.transport:through_cassette_async"
    ),
)


class Doors:
    """The doors of a table; swapped from the first `swap_in` to the last `swap_out`. Threads may share it."""

    def __init__(self, here: Here, table: Sequence[Door] = DOORS) -> None:
        self._here = here
        self._table = table
        self._turn = threading.Lock()  # never held while something is imported
        self._users = 0
        self._real: dict[tuple[type, str], Any] = {}
        self._watch = _ImportWatch(frozenset(door.library for door in table), self._swap)

    def swap_in(self) -> None:
        """One more cassette is in use."""
        with self._turn:
            self._users += 1
            if self._users == 1:
                sys.meta_path.insert(0, self._watch)
        for library in {door.library for door in self._table} & sys.modules.keys():
            self._swap(library, sys.modules[library])

    def swap_out(self) -> None:
        """One cassette less; after the last one nothing stays patched."""
        with self._turn:
            self._users -= 1
            if not self._users:
                sys.meta_path.remove(self._watch)
                self._put_back()

    def _swap(self, library: str, module: ModuleType) -> None:
        for door in self._table:
            if door.library == library:
                self._put(getattr(module, door.owner), door.method, _loaded(door.through))

    def _put(self, owner: type, method: str, through: Through) -> None:
        """Swap one door, unless it is swapped already: one library may go by two names."""
        with self._turn:
            if self._users and (owner, method) not in self._real:
                real = self._real[owner, method] = getattr(owner, method)
                setattr(owner, method, functools.wraps(real)(through(real, self._here)))

    def _put_back(self) -> None:
        for (owner, method), real in self._real.items():
            setattr(owner, method, real)
        self._real.clear()


def _loaded(place: str) -> Through:
    module, _, name = place.partition(":")
    return cast("Through", getattr(import_module(module), name))


class _ImportWatch(MetaPathFinder):
    """Tells when one of some libraries has been imported; finds nothing by itself."""

    def __init__(self, libraries: frozenset[str], then: Callable[[str, ModuleType], None]) -> None:
        self._libraries = libraries
        self._then = then

    def find_spec(
        self, fullname: str, path: Sequence[str] | None, target: ModuleType | None = None
    ) -> ModuleSpec | None:
        """What the others find, with a loader that tells."""
        if fullname not in self._libraries:
            return None
        others = (finder.find_spec(fullname, path, target) for finder in sys.meta_path if finder is not self)
        spec = next(filter(None, others), None)
        if spec is not None and spec.loader is not None:
            spec.loader = _TellingLoader(spec.loader, self._then)
        return spec


class _TellingLoader(Loader):
    """The real loader for one import; afterwards the module knows only that one."""

    def __init__(self, real: Loader, then: Callable[[str, ModuleType], None]) -> None:
        self._real = real
        self._then = then

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        return self._real.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        assert module.__spec__ is not None  # it is being imported by its spec
        module.__loader__ = module.__spec__.loader = self._real
        self._real.exec_module(module)
        self._then(module.__name__, module)
