"""Nothing leaves this machine while it is forbidden, and everything is as before afterwards."""

from __future__ import annotations

import asyncio
import socket

import pytest

from harness.net.offline import is_local, loopback_only, no_sockets

ELSEWHERE = ("192.0.2.1", 9)  # TEST-NET-1 (RFC 5737): nobody's address
METHODS = ("connect", "connect_ex", "sendto", "__init__")


@pytest.mark.parametrize(
    ("address", "local"),
    [
        (("127.0.0.1", 1), True),
        (("127.9.9.9", 1), True),
        (("::1", 1, 0, 0), True),
        (("localhost", 1), True),
        ("/run/x.sock", True),
        (("192.0.2.1", 1), False),
        (("example.com", 1), False),
        (("0.0.0.0", 1), False),
        ((), False),
        (None, False),
    ],
    ids=str,
)
def test_this_machine_is_told_from_others(address, local):
    assert is_local(address) is local


@pytest.mark.parametrize("how", ["connect", "connect_ex"])
def test_a_connection_elsewhere_is_refused(how):
    with (
        loopback_only(),
        socket.socket() as made,
        pytest.raises(ConnectionRefusedError, match="not this machine"),
    ):
        getattr(made, how)(ELSEWHERE)


def test_a_datagram_elsewhere_is_refused():
    with (
        loopback_only(),
        socket.socket(type=socket.SOCK_DGRAM) as made,
        pytest.raises(ConnectionRefusedError),
    ):
        made.sendto(b"x", ELSEWHERE)


def test_a_name_elsewhere_is_not_looked_up():
    with loopback_only(), pytest.raises(socket.gaierror, match="not this machine"):
        socket.getaddrinfo("example.com", 80)


def test_a_refusal_names_the_host_and_the_way_out_and_is_noted():
    with loopback_only(help="ask the owner") as refused, socket.socket() as made:
        with pytest.raises(ConnectionRefusedError, match=r"192\.0\.2\.1:9.*ask the owner"):
            made.connect(ELSEWHERE)
        with pytest.raises(socket.gaierror, match=r"example\.com.*ask the owner"):
            socket.getaddrinfo(b"example.com", 80)
    assert refused == ["192.0.2.1:9", "example.com"]


@pytest.mark.parametrize("allowed", ["192.0.2.1", "192.0.2.*"])
def test_an_allowed_address_is_let_through(allowed, monkeypatch):
    reached = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: reached.append(address))
    with loopback_only(allowed=[allowed]) as refused, socket.socket() as made:
        made.connect(ELSEWHERE)
    assert (reached, refused) == ([ELSEWHERE], [])


def test_an_allowed_name_is_looked_up_and_its_addresses_are_let_through(monkeypatch):
    reached = []
    monkeypatch.setattr(socket.socket, "connect", lambda _, address: reached.append(address))
    monkeypatch.setattr(socket, "getaddrinfo", lambda *_: [(2, 1, 6, "", ELSEWHERE)])
    with loopback_only(allowed=["*.example.com"]):
        socket.create_connection(("API.example.com", 9)).close()
    assert reached == [ELSEWHERE]


@pytest.mark.parametrize("address", ["0.0.0.0", "192.0.2.1", b"::1", "fe80::1%1"])
def test_what_is_an_address_already_needs_no_look_up(address):
    with loopback_only() as refused:
        assert socket.getaddrinfo(address, 80)
    assert refused == []


def test_loopback_stays_open():
    with loopback_only(), socket.create_server(("127.0.0.1", 0)) as server:
        socket.create_connection(server.getsockname()).close()


async def test_the_event_loop_is_held_as_well():
    with loopback_only(), pytest.raises(ConnectionRefusedError):
        await asyncio.open_connection(*ELSEWHERE)


def test_no_socket_at_all_can_be_made():
    with no_sockets(), pytest.raises(ConnectionRefusedError, match="no socket"):
        socket.socket()


@pytest.mark.parametrize("guard", [loopback_only, no_sockets])
def test_everything_is_put_back(guard):
    before = [getattr(socket.socket, name) for name in METHODS] + [socket.getaddrinfo]
    with pytest.raises(ZeroDivisionError), guard():
        raise ZeroDivisionError
    assert [getattr(socket.socket, name) for name in METHODS] + [socket.getaddrinfo] == before
