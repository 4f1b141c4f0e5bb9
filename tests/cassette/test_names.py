"""Which names decide about secrecy, and how."""

import pytest

from harness.cassette import names
from harness.cassette.names import (
    fold,
    is_json_key,
    is_kept_header,
    is_secret_header,
    is_secret_key,
    is_secret_parameter,
)
from harness.cassette.streamredact import _TELLING
from harness.upstreams.registry import get_upstream, upstream_names


@pytest.mark.parametrize(
    "name",
    ["Content-Type", "retry-after", "X-RateLimit-Remaining-Tokens", "Accept", "Origin", "Referer", "Date"],
)
def test_headers_about_the_exchange_are_kept(name):
    assert is_kept_header(name)
    assert not is_secret_header(name)


@pytest.mark.parametrize(
    "name",
    [
        "Authorization",
        "Cookie",
        "Set-Cookie",
        "X-Api-Key",
        "api-key",
        "X-Goog-Api-Key",
        "Proxy-Authorization",
        "X-Session-Id",
        "X-Auth-Token",
    ],
)
def test_headers_with_credentials_are_not_kept_and_their_values_are_remembered(name):
    assert not is_kept_header(name)
    assert is_secret_header(name)


@pytest.mark.parametrize("name", ["X-Account", "OpenAI-Organization", "X-Custom", "Idempotency-Key-2"])
def test_unknown_headers_are_not_kept(name):
    assert not is_kept_header(name)


@pytest.mark.parametrize(
    "name",
    [
        "api_key",
        "apiKey",
        "API-KEY",
        "x-api-key",
        "access_token",
        "client_secret",
        "Password",
        "authorization",
        "token",
    ],
)
def test_one_name_has_many_spellings(name):
    assert is_secret_key(name)
    assert is_secret_parameter(name)


@pytest.mark.parametrize(
    "name",
    [
        "max_tokens",
        "prompt_tokens",
        "tokens",
        "key",
        "id",
        "author",
        "passage",
        "secretary",
        "monkey",
        "keywords",
    ],
)
def test_words_that_only_look_alike_are_no_secret_keys(name):
    assert not is_secret_key(name)


@pytest.mark.parametrize("name", ["key", "sig", "X-Amz-Signature", "code"])
def test_some_names_are_secret_in_addresses_only(name):
    assert is_secret_parameter(name)
    assert not is_secret_key(name)


def test_an_upstream_has_names_of_its_own():
    assert is_secret_key("my_Pin", frozenset({fold("myPin")}))


def test_strings_that_are_json_documents_are_known_by_their_key():
    assert is_json_key("arguments")
    assert is_json_key("conversation")
    assert not is_json_key("content")


def test_every_secret_key_makes_an_unfinished_line_wait():
    assert [name for name in names._SECRET_KEYS if not _TELLING.search(name)] == []


@pytest.mark.parametrize(
    ("name", "kept"),
    [
        ("Authorization", False),
        ("x-api-key", False),
        ("api-key", False),
        ("OpenAI-Organization", False),
        ("OpenAI-Project", False),
        ("anthropic-organization-id", False),
        ("anthropic-version", True),
        ("anthropic-beta", True),
        ("anthropic-ratelimit-requests-remaining", True),
        ("openai-version", True),
        ("x-ratelimit-remaining-tokens", True),
    ],
)
def test_of_the_headers_of_known_upstreams_only_harmless_ones_are_kept(name, kept):
    assert is_kept_header(name) is kept


@pytest.mark.parametrize("name", upstream_names())
def test_what_a_profile_calls_secret_is_secret_without_it(name):
    """So that streams need not wait for the ends of lines because of it; see `harness.disk.environment`."""
    assert all(is_secret_key(key) for key in get_upstream(name).secret_keys)
