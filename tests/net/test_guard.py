"""Loopback servers answer this machine's clients and no web page's."""

import pytest

from harness.errors import UsageError
from harness.net.guard import bind_host, refusal


@pytest.mark.parametrize(
    ("host", "origin", "refused"),
    [
        ("127.0.0.1:8080", None, False),
        ("localhost:8080", "http://localhost:8080", False),
        ("[::1]:8080", None, False),
        ("127.0.0.1:8080", "http://127.0.0.1:8080", False),
        (None, None, False),
        ("evil.example:8080", None, True),
        ("localhost.evil.example", None, True),
        ("127.0.0.1:8080", "https://evil.example", True),
        ("127.0.0.1:8080", "null", True),
        ("127.0.0.1:8080", "http://[", True),
        ("127.0.0.1:8080", "http://127.0.0.1.evil.example", True),
        ("", None, True),
        ("127.0.0.1:80@evil.example", None, True),
        ("localhost:evil", None, True),
        ("[::1]evil", None, True),
        ("[::1", None, True),
        ("localhost:", None, False),
        ("LOCALHOST:1", None, False),
    ],
)
def test_only_requests_for_this_machine_by_this_machine_are_answered(host, origin, refused):
    assert (refusal(host, origin) is not None) == refused


def test_further_names_are_answered_when_they_are_named():
    assert refusal("ci-runner:80", None, allowed=["ci-runner"]) is None


@pytest.mark.parametrize("host", ["127.0.0.1", "127.0.0.2", "::1", "localhost"])
def test_loopback_is_bound_without_asking(host):
    assert bind_host(host, allow_remote=False) == host


@pytest.mark.parametrize("host", ["0.0.0.0", "::", "192.168.1.5", "example.org"])
def test_anything_else_wants_a_flag(host):
    with pytest.raises(UsageError, match="loopback"):
        bind_host(host, allow_remote=False)
    assert bind_host(host, allow_remote=True) == host
