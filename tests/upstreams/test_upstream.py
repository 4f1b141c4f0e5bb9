"""A profile is strict about its words, immutable, and answers what the rooms ask it."""

import msgspec
import pytest
from msgspec.structs import replace

from harness.errors import UsageError
from harness.upstreams.registry import get_upstream
from harness.upstreams.upstream import ChunkMap, Upstream

VITALENTUM = get_upstream("vitalentum")
NAMED = replace(
    VITALENTUM,
    events=(ChunkMap(name="content_block_delta", text=("delta", "text")), ChunkMap(name="ping")),
    strange_events="skip",
)


def test_a_profile_is_a_value() -> None:
    assert hash(VITALENTUM) == hash(replace(VITALENTUM))
    with pytest.raises(AttributeError):
        VITALENTUM.path = "/"  # type: ignore[misc]


def test_a_word_that_nobody_reads_is_refused() -> None:
    document = msgspec.to_builtins(VITALENTUM)
    with pytest.raises(msgspec.ValidationError, match="tempreature"):
        msgspec.convert(document | {"tempreature": 1}, Upstream)
    with pytest.raises(msgspec.ValidationError, match=r"promises"):
        msgspec.convert(document | {"promises": {"role_frist": True}}, Upstream)


@pytest.mark.parametrize("base", ["http://127.0.0.1:8080", "http://127.0.0.1:8080/"])
def test_the_address_and_the_headers_follow_the_base_url(base: str) -> None:
    headers = dict(VITALENTUM.request_headers(base))
    assert VITALENTUM.url(base) == "http://127.0.0.1:8080/api/converse-edge"
    assert headers["Origin"] == "http://127.0.0.1:8080"
    assert headers["Referer"] == "http://127.0.0.1:8080/"


def test_without_a_base_url_the_services_own_stands() -> None:
    assert VITALENTUM.url() == "https://app.vitalentum.io/api/converse-edge"
    assert dict(VITALENTUM.request_headers())["Origin"] == "https://app.vitalentum.io"


def test_an_event_of_a_strange_kind_is_read_like_the_first_or_skipped() -> None:
    assert VITALENTUM.chunk_map("completion") == VITALENTUM.events[0]
    assert NAMED.chunk_map("ping") == ChunkMap(name="ping")
    assert NAMED.chunk_map("completion") is None


def test_the_refusal_of_an_unknown_error_reply_in_full() -> None:
    two = replace(VITALENTUM, title="T", error_replies=VITALENTUM.error_replies[:2])
    with pytest.raises(UsageError) as refused:
        two.error_reply("none")
    names = [reply.name for reply in two.error_replies]
    assert str(refused.value) == f"T has no error reply 'none'\n  expected: one of {names[0]}, {names[1]}"


def test_every_slash_at_the_end_of_a_base_url_goes() -> None:
    assert VITALENTUM.url("http://a//") == "http://a/api/converse-edge"
    assert dict(VITALENTUM.request_headers("http://a//"))["Origin"] == "http://a"
    assert VITALENTUM.url("http://X/") == "http://X/api/converse-edge"
    assert dict(VITALENTUM.request_headers("http://X/"))["Origin"] == "http://X"


def test_error_replies_are_found_by_name() -> None:
    assert VITALENTUM.error_reply("invalid-conversation").status == 400
    with pytest.raises(UsageError, match="invalid-temperature"):
        VITALENTUM.error_reply("invalid-tempreature")
