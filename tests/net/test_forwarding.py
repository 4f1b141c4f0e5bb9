"""Whatever a client sends, the upstream stays the one that was configured; what is passed on keeps its order."""

from __future__ import annotations

import gzip
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st
from yarl import URL

from harness.errors import UsageError
from harness.net.answer import Framing
from harness.net.forwarding import answer_head, led_back, parse_base, plain_body, request_headers, target

BASE = URL("https://api.example:8443/v1")
OWN = "http://127.0.0.1:8080"
VISIBLE = st.characters(min_codepoint=0x21, max_codepoint=0x7E, exclude_characters="#")


@given(
    st.text(VISIBLE),
    st.sampled_from(["https://api.example:8443/v1", "http://[::1]:80", "http://h", "http://h/a/"]),
)
def test_no_target_leads_anywhere_else_or_is_changed(rest: str, base: str):
    url = target(parse_base(base), "/" + rest)
    assert url.origin() == URL(base).origin()
    assert url.raw_path_qs == URL(base).raw_path.rstrip("/") + "/" + (
        rest.removesuffix("?") if rest.count("?") == 1 else rest
    )


@pytest.mark.parametrize(
    "asked",
    [
        "http://evil.example/",
        "evil.example:443",
        "*",
        "",
        "x",
        "/a b",
        "/#top",
        "/\r\nHost: evil.example",
        "/\x00",
        "/é",
        "\\\\evil.example",
    ],
)
def test_what_is_no_path_is_refused(asked: str):
    with pytest.raises(ValueError, match="no path"):
        target(BASE, asked)


@pytest.mark.parametrize(
    ("asked", "sent"),
    [
        ("/x", "/v1/x"),
        ("//evil.example/x", "/v1//evil.example/x"),
        ("/\\evil.example", "/v1/\\evil.example"),
        ("/@evil.example", "/v1/@evil.example"),
        ("/../admin", "/v1/../admin"),
        ("/%2e%2e/%2Fx", "/v1/%2e%2e/%2Fx"),
        ("/x?to=//evil.example&a=%20+b", "/v1/x?to=//evil.example&a=%20+b"),
    ],
)
def test_a_path_is_sent_as_the_client_wrote_it(asked: str, sent: str):
    url = target(BASE, asked)
    assert (url.raw_path_qs, url.host, url.port) == (sent, "api.example", 8443)


@pytest.mark.parametrize(
    "base",
    [
        "",
        "api.example",
        "ftp://api.example",
        "https://",
        "https://h?x=1",
        "http://h:x",
        "http://[",
        "https://me:pw@h:x",
        "https://h#x",
        "https://me:pw@h",
        "//h",
    ],
)
def test_a_base_url_is_scheme_host_and_path(base: str):
    with pytest.raises(UsageError) as caught:
        parse_base(base)
    assert "pw" not in str(caught.value)


def test_headers_keep_their_order_and_repeats_and_lose_what_is_the_connections():
    received = [
        ("Host", "127.0.0.1:8080"),
        ("X-B", "1"),
        ("Connection", "keep-alive, X-Hop"),
        ("Keep-Alive", "timeout=5"),
        ("Transfer-Encoding", "chunked"),
        ("TE", "trailers"),
        ("Trailer", "X-Sum"),
        ("Upgrade", "h2c"),
        ("Proxy-Authorization", "Basic eDp5"),
        ("Expect", "100-continue"),
        ("X-Harness-Fault", "reset_peer"),
        ("x-hop", "gone"),
        ("x-a", "2"),
        ("x-b", "3"),
        ("Content-Length", "2"),
        ("Authorization", "Bearer x"),
        ("Cookie", "a=b"),
    ]
    assert request_headers(received, BASE, OWN) == (
        ("X-B", "1"),
        ("x-a", "2"),
        ("X-B", "3"),
        ("Content-Length", "2"),
        ("Authorization", "Bearer x"),
        ("Cookie", "a=b"),
    )


@pytest.mark.parametrize(
    ("name", "value", "sent"),
    [
        ("Origin", "http://127.0.0.1:8080", "https://api.example:8443"),
        ("Origin", "http://localhost:8080", "https://api.example:8443"),
        ("Referer", "http://127.0.0.1:8080/chat?a=b", "https://api.example:8443/chat?a=b"),
        ("Origin", "http://127.0.0.1:9999", "http://127.0.0.1:9999"),
        ("Origin", "https://app.example", "https://app.example"),
        ("Origin", "null", "null"),
        ("Referer", "http://[", "http://["),
        ("Referer", "http://127.0.0.1:99999/", "http://127.0.0.1:99999/"),
        ("Accept-Encoding", "gzip, deflate;q=0.5, compress, *", "gzip, deflate;q=0.5"),
        ("Accept-Encoding", "dcb", "identity"),
        ("Accept-Encoding", "identity", "identity"),
        ("Accept", "http://127.0.0.1:8080", "http://127.0.0.1:8080"),
    ],
)
def test_what_names_the_proxy_names_the_upstream_and_codings_are_those_we_can_undo(
    name: str, value: str, sent: str
):
    assert request_headers([(name, value)], BASE, OWN) == ((name, sent),)


def test_a_value_that_is_no_utf_8_is_refused():
    with pytest.raises(ValueError, match="X-A"):
        request_headers([("X-A", "\udcff")], BASE, OWN)


@pytest.mark.parametrize(
    ("location", "sent"),
    [
        ("https://api.example:8443/v1/x?a=b", "http://127.0.0.1:8080/x?a=b"),
        ("/v1/x", "/x"),
        ("x", "x"),
        ("https://api.example:8443/v10/x", "https://api.example:8443/v10/x"),
        ("/v10/x", "/v10/x"),
        ("https://api.example/v1/x", "https://api.example/v1/x"),
        ("https://evil.example/v1/x", "https://evil.example/v1/x"),
        ("//api.example:8443/v1/x", "//api.example:8443/v1/x"),
    ],
)
def test_a_redirect_within_the_upstream_leads_back_through_the_proxy(location: str, sent: str):
    assert led_back((("location", location), ("X-A", location)), BASE, OWN) == (
        ("location", sent),
        ("X-A", location),
    )


def test_a_redirect_on_an_upstream_without_a_path_leads_back_as_well():
    moved = led_back(
        (("Location", "http://h/x"), ("Location", "/x"), ("Location", "//h/x")), URL("http://h"), OWN
    )
    assert [value for _, value in moved] == ["http://127.0.0.1:8080/x", "/x", "//h/x"]


HEADERS = [
    ("content-type", "text/event-stream"),
    ("Set-Cookie", "a=1"),
    ("Connection", "X-Hop"),
    ("X-Hop", "gone"),
    ("Content-Encoding", "gzip"),
    ("Set-Cookie", "b=2"),
]
KEPT = b"content-type: text/event-stream\r\nSet-Cookie: a=1\r\nContent-Encoding: gzip\r\nSet-Cookie: b=2\r\n"


@pytest.mark.parametrize(
    ("framing", "more", "closes", "framed"),
    [
        (
            Framing.CHUNKED,
            [("Transfer-Encoding", "chunked"), ("Trailer", "X")],
            False,
            b"Transfer-Encoding: chunked\r\n",
        ),
        (Framing.CHUNKED, [("Content-Length", "9")], False, b"Transfer-Encoding: chunked\r\n"),
        (Framing.LENGTH, [("Content-Length", "9")], True, b"Content-Length: 9\r\nConnection: close\r\n"),
        (Framing.CLOSE, [("Transfer-Encoding", "chunked")], True, b"Connection: close\r\n"),
        (Framing.NONE, [("Content-Length", "9")], False, b"Content-Length: 9\r\n"),
    ],
)
def test_an_answers_head_is_its_own_but_for_the_framing(framing, more, closes, framed):
    head = answer_head(203, "Fine", [*HEADERS, *more], framing, closes=closes)
    assert head == b"HTTP/1.1 203 Fine\r\n" + KEPT + framed + b"\r\n"


@pytest.mark.parametrize(
    ("coding", "body", "plain"),
    [
        ("gzip", gzip.compress(b"hello"), b"hello"),
        ("GZIP", gzip.compress(b"hello"), b"hello"),
        ("deflate, gzip", gzip.compress(zlib.compress(b"hello")), b"hello"),
        ("gzip", gzip.compress(b"hello" * 9)[:-9], b"hello" * 9),
        ("gzip", b"hello", b"hello"),
        ("rot13", b"uryyb", b"uryyb"),
        ("identity", b"hello", b"hello"),
        ("gzip", b"", b""),
    ],
    ids=["gzip", "in capitals", "two", "begun", "not so coded", "unknown", "none", "nothing"],
)
def test_a_requests_body_is_plain_where_its_coding_can_be_undone(coding, body, plain):
    assert plain_body((("Content-encoding", coding),), body, at_most=45) == plain


def test_a_requests_body_that_would_grow_past_the_limit_stays_coded():
    bomb = gzip.compress(b"a" * 1000)
    assert plain_body((("Content-Encoding", "gzip"),), bomb, at_most=999) == bomb
