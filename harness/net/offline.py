"""Proof that nothing leaves this machine: while it holds, sockets to elsewhere are refused, or any socket at
all.

An edge that patches the standard library's socket class, for the whole process, and puts everything back. For
demos and tests: it stops Python code that asks for a socket, not a program that was started.
"""

from __future__ import annotations

import ipaddress
import socket
from contextlib import contextmanager
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator


@contextmanager
def loopback_only(*, allowed: Iterable[str] = (), help: str = "") -> Iterator[list[str]]:
    """Refuse connections to anywhere but this machine, and look up no names but its own. Gives the list of
    what was refused, which grows.

    *allowed* hosts may be reached as well: names and addresses, `*` and `?` as in file names. *help* ends the
    message of a refusal.
    """
    border = _Border(allowed, help)
    with (
        mock.patch.object(socket.socket, "connect", border.guarded(socket.socket.connect)),
        mock.patch.object(socket.socket, "connect_ex", border.guarded(socket.socket.connect_ex)),
        mock.patch.object(socket.socket, "sendto", border.guarded(socket.socket.sendto, place=-1)),
        mock.patch.object(socket, "getaddrinfo", border.guarded_lookup(socket.getaddrinfo)),
    ):
        yield border.refused


@contextmanager
def no_sockets() -> Iterator[None]:
    """Refuse to make any socket. An event loop has made its own before this can be entered."""

    def refuse(*_: Any, **__: Any) -> None:
        raise ConnectionRefusedError("no socket may be made here")

    with mock.patch.object(socket.socket, "__init__", refuse):
        yield


def is_local(address: object) -> bool:
    """Whether a socket address is a path, or a host of this machine by name or number."""
    if isinstance(address, str | bytes):  # a Unix socket
        return True
    host = _host(address)
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


class _Border:
    """What may pass: this machine, the allowed hosts, and the addresses that were looked up for these."""

    def __init__(self, allowed: Iterable[str], help: str) -> None:
        self.refused: list[str] = []
        self._allowed = tuple(host.lower() for host in allowed)
        self._help = f": {help}" if help else ""
        self._looked_up: set[str] = set()

    def guarded(self, real: Callable[..., Any], *, place: int = 0) -> Callable[..., Any]:
        """*real*, a method of sockets, refusing an address (its argument at *place*) that may not pass."""

        def call(here: socket.socket, *arguments: Any) -> Any:
            address = arguments[place]
            if not (is_local(address) or self._admits(_host(address))):
                raise ConnectionRefusedError(self._refusal(_shown(address), "reached"))
            return real(here, *arguments)

        return call

    def guarded_lookup(self, real: Callable[..., Any]) -> Callable[..., Any]:
        """*real*, the look-up of names, for the names of hosts that may pass."""

        def call(host: object, *arguments: Any, **named: Any) -> Any:
            if host is None or _is_number(name := _text(host)) or is_local((name,)):
                return real(host, *arguments, **named)
            if not self._admits(name):
                raise socket.gaierror(socket.EAI_FAIL, self._refusal(name, "looked up"))
            found = real(host, *arguments, **named)
            self._looked_up.update(_host(entry[4]) for entry in found)
            return found

        return call

    def _admits(self, host: str) -> bool:
        return host in self._looked_up or any(fnmatchcase(host.lower(), one) for one in self._allowed)

    def _refusal(self, what: str, done: str) -> str:
        self.refused.append(what)
        return f"{what!r} is not this machine; nothing else may be {done} here{self._help}"


def _is_number(host: str) -> bool:
    """Whether a host is an address already: to look it up asks nobody."""
    try:
        return bool(ipaddress.ip_address(host))
    except ValueError:
        return False


def _host(address: object) -> str:
    return _text(address[0]) if isinstance(address, tuple) and address else ""


def _shown(address: object) -> str:
    """HOST:PORT, without the flow and scope of an IPv6 address."""
    return ":".join(map(str, address[:2])) if isinstance(address, tuple) else repr(address)


def _text(host: object) -> str:
    return host.decode() if isinstance(host, bytes) else str(host)
