"""Proof that nothing leaves this machine: while it holds, sockets to elsewhere are refused, or any socket at
all.

An edge that patches the standard library's socket class, for the whole process, and puts everything back. For
demos and tests: it stops Python code that asks for a socket, not a program that was started.
"""

from __future__ import annotations

import ipaddress
import socket
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any
from unittest import mock

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator


@contextmanager
def loopback_only() -> Iterator[None]:
    """Refuse connections to anywhere but this machine, and look up no names but its own."""
    with (
        mock.patch.object(socket.socket, "connect", _guarded(socket.socket.connect)),
        mock.patch.object(socket.socket, "connect_ex", _guarded(socket.socket.connect_ex)),
        mock.patch.object(socket.socket, "sendto", _guarded(socket.socket.sendto, place=-1)),
        mock.patch.object(socket, "getaddrinfo", _local_lookup),
    ):
        yield


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
    host = str(address[0]) if isinstance(address, tuple) and address else ""
    try:
        return host == "localhost" or ipaddress.ip_address(host).is_loopback
    except ValueError:
        return False


def _guarded(real: Callable[..., Any], *, place: int = 0) -> Callable[..., Any]:
    """*real*, a method of sockets, refusing an address (its argument at *place*) that is not local."""

    def call(self: socket.socket, *arguments: Any) -> Any:
        if not is_local(arguments[place]):
            raise ConnectionRefusedError(
                f"{arguments[place]!r} is not this machine; nothing else may be reached here"
            )
        return real(self, *arguments)

    return call


_real_lookup = socket.getaddrinfo


def _local_lookup(host: object, *arguments: Any, **named: Any) -> Any:
    if host is not None and not is_local((host.decode() if isinstance(host, bytes) else host,)):
        raise socket.gaierror(
            socket.EAI_FAIL, f"{host!r} is not this machine; nothing else may be looked up here"
        )
    return _real_lookup(host, *arguments, **named)  # type: ignore[arg-type]  # as it came
