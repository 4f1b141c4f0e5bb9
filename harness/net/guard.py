"""Which requests a loopback server answers at all. Pure: header values in, a refusal in words or nothing out.

A web page in a developer's browser can reach loopback servers by DNS rebinding or a plain cross-site request;
the Host and Origin headers tell such requests apart (CVE-2025-66414 is one of several of this kind).
"""

from __future__ import annotations

import ipaddress
import re
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Iterable

LOCAL_NAMES = frozenset({"localhost", "127.0.0.1", "::1", "[::1]"})
"""Names under which a server on this machine may be addressed."""

_HOST = re.compile(r"(\[[^\]]*\]|[^:]*)(?::[0-9]*)?")


def refusal(host: str | None, origin: str | None, *, allowed: Iterable[str] = ()) -> str | None:
    """Why this request is refused, or None. `allowed` adds host names to the local ones."""
    names = LOCAL_NAMES | set(allowed)
    if host is not None and _name(host) not in names:
        return f"Host {host!r} is not this server"
    # Clients of chat services send the Origin of the service's own web page; a browser sends the page's it runs in.
    if origin is not None and host is not None and _is_foreign_page(origin, host, names):
        return f"Origin {origin!r} is another site"
    return None


def bind_host(host: str, *, allow_remote: bool) -> str:
    """`host`, if it is a loopback address or the caller insists. Raises UsageError otherwise."""
    if allow_remote or host == "localhost" or _is_loopback(host):
        return host
    raise UsageError(
        f"{host!r} is not a loopback address: recordings would be served to the network.",
        expected="127.0.0.1, ::1 or localhost",
        help="pass --allow-remote (allow_remote=True) if that is what you want",
    )


def _is_loopback(host: str) -> bool:
    try:
        return ipaddress.ip_address(host.strip("[]")).is_loopback
    except ValueError:
        return False


def _is_foreign_page(origin: str, host: str, names: set[str] | frozenset[str]) -> bool:
    try:
        place = urlsplit(origin)
    except ValueError:  # no address at all
        return True
    return place.netloc != host and (place.hostname or "") not in names


def _name(host: str) -> str:
    """The host of a Host header, without its port; all of it where it is no host and port."""
    found = _HOST.fullmatch(host)
    return found[1].lower() if found else host
