"""What is not the live service never claims to be."""

import pytest

from harness.cassette.provenance import corrected, parse_source, source_of
from harness.errors import UsageError
from harness.upstreams.registry import get_upstream

VITALENTUM = get_upstream("vitalentum")


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://app.vitalentum.io/api/converse-edge", "live"),
        ("https://APP.vitalentum.IO:443/api/converse-edge", "live"),
        ("http://127.0.0.1:8080/api/converse-edge", "independent"),
        ("https://app.vitalentum.io@evil.example/api/converse-edge", "independent"),
        ("https://app.vitalentum.io.evil.example/api/converse-edge", "independent"),
        ("/api/converse-edge", "independent"),
    ],
)
def test_only_the_services_own_host_is_live(uri, source):
    assert source_of(uri, VITALENTUM) == source


@pytest.mark.parametrize(
    ("uri", "source"),
    [
        ("https://api.example.org/chat", "live"),
        ("http://localhost:1/chat", "independent"),
        ("http://[::1]:1/chat", "independent"),
        ("http://10.0.0.7/chat", "independent"),
        ("http://mock/chat", "independent"),
        ("http://server.local/chat", "independent"),
    ],
)
def test_of_an_upstream_that_nobody_described_only_a_public_host_is_live(uri, source):
    assert source_of(uri, None) == source


def test_a_stand_ins_own_word_wins():
    assert corrected(parse_source("live"), (("X-Harness-Standin", "0.1.0"),)) == "stand-in"
    assert corrected(parse_source("live"), (("Server", "x"),)) == "live"
    assert corrected(None, ()) is None


def test_an_unknown_word_is_refused_with_the_known_ones():
    with pytest.raises(UsageError, match="stand-in"):
        parse_source("life")
