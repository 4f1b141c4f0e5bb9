"""Upstreams are found by name and by address, and a wrong name is answered with the nearest right one."""

from collections.abc import Iterator

import msgspec
import pytest
from msgspec.structs import replace

from harness.errors import UsageError
from harness.upstreams.jsontext import parse_json
from harness.upstreams.registry import (
    built_in_names,
    get_upstream,
    register,
    upstream_for,
    upstream_names,
    uri_path,
)
from harness.upstreams.upstream import Upstream


@pytest.mark.parametrize("name", upstream_names())
def test_every_profile_can_be_loaded_and_bears_its_name(name: str) -> None:
    upstream = get_upstream(name)
    assert upstream.name == name
    assert get_upstream(name) is upstream


@pytest.mark.parametrize("name", upstream_names())
def test_every_profile_is_consistent(name: str) -> None:
    upstream = get_upstream(name)
    assert {"request", *upstream.chunk_schemas, "error", *upstream.json_strings} == {*upstream.schemas}
    assert upstream.path.startswith("/")
    assert not upstream.base_url.endswith("/")
    assert upstream.events
    assert len({chunk_map.name for chunk_map in upstream.events}) == len(upstream.events)
    assert all(isinstance(parse_json(reply.body), dict) for reply in upstream.error_replies)


@pytest.mark.parametrize("name", upstream_names())
def test_a_profile_survives_being_written_and_read_again(name: str) -> None:
    upstream = get_upstream(name)
    assert msgspec.convert(msgspec.to_builtins(upstream), Upstream) == upstream


def test_a_near_miss_is_told() -> None:
    with pytest.raises(UsageError, match=r"did you mean 'vitalentum'\?"):
        get_upstream("vitalentem")


def test_the_refusal_of_a_name_in_full() -> None:
    known = "anthropic-messages, ollama-chat, openai-chat, vitalentum"
    with pytest.raises(UsageError) as near:
        get_upstream("openai")
    assert str(near.value) == (
        f"no upstream is named 'openai'\n  expected: one of: {known}\n  help: did you mean 'openai-chat'?"
    )
    with pytest.raises(UsageError, match="did you mean 'anthropic-messages'"):
        get_upstream("anthro")
    with pytest.raises(UsageError) as far:
        get_upstream("zzz")
    assert str(far.value) == f"no upstream is named 'zzz'\n  expected: one of: {known}"


@pytest.fixture
def own() -> Iterator[None]:
    """Whatever is registered in a test is forgotten behind it."""
    before = register([])
    yield
    register(before)


VITALENTUM = get_upstream("vitalentum")
PARROT = replace(VITALENTUM, name="parrot", path="/say")


@pytest.mark.usefixtures("own")
def test_ones_own_are_found_like_the_others_until_others_take_their_place() -> None:
    assert register([PARROT]) == ()
    assert upstream_names() == (*built_in_names()[:3], "parrot", "vitalentum")
    assert get_upstream("parrot") is PARROT
    assert upstream_for("POST", "http://localhost/say") is PARROT
    assert register([]) == (PARROT,)
    with pytest.raises(UsageError):
        get_upstream("parrot")


@pytest.mark.usefixtures("own")
def test_a_name_that_is_taken_is_refused_and_nothing_changes() -> None:
    register([PARROT])
    with pytest.raises(UsageError) as built_in:
        register([replace(PARROT, name="openai-chat")])
    assert str(built_in.value) == (
        "The name 'openai-chat' belongs to an upstream that comes with this package.\n"
        "  help: give your own upstream another name"
    )
    with pytest.raises(UsageError) as twice:
        register([PARROT, PARROT])
    assert str(twice.value) == "Two upstreams are named 'parrot'.\n  help: give one another name"
    assert get_upstream("parrot") is PARROT


@pytest.mark.usefixtures("own")
def test_among_upstreams_that_share_a_path_the_method_decides_then_the_longer_path_then_a_users_own() -> None:
    mine = replace(VITALENTUM, name="mine")
    longer = replace(VITALENTUM, name="longer", path="/v2/api/converse-edge", method="PUT")
    register([mine, longer])
    assert upstream_for("POST", "http://localhost/v2/api/converse-edge") is mine
    assert upstream_for("PUT", "http://localhost/v2/api/converse-edge") is longer
    assert upstream_for("GET", "http://localhost/v2/api/converse-edge") is longer


@pytest.mark.usefixtures("own")
@pytest.mark.parametrize(
    ("base", "uri", "meant"),
    [
        ("https://api.parrot.dev", "https://api.parrot.dev/say", True),
        ("https://api.parrot.dev", "http://localhost/say", False),
        ("https://api.parrot.dev", "https://other.dev:443/say", False),
        ("https://api.parrot.dev:443", "https://other.dev:443/say", False),
        ("http://api.parrot.dev:80", "http://other.dev:80/say", False),
        ("http://localhost:8181", "http://127.0.0.1:8181/say", True),
        ("http://localhost", "http://localhost/say", False),
        ("http://127.0.0.1", "http://127.0.0.1/say", False),
        ("http://[::1]", "http://[::1]/say", False),
        ("https://api.parrot.dev", "http://api.parrot.dev:x/say", False),
    ],
)
def test_a_path_that_others_use_too_needs_the_host_or_the_port(base: str, uri: str, meant: bool) -> None:
    register([replace(PARROT, own_path=False, base_url=base)])
    assert (upstream_for("POST", uri) is not None) == meant


def test_the_path_of_an_address_that_cannot_be_read_is_empty() -> None:
    assert uri_path("http://127.0.0.1/a?b") == "/a"
    assert uri_path("http://[") == ""


@pytest.mark.parametrize("name", ["", "../vitalentum", "VITALENTUM", "x" * 1000])
def test_another_name_is_refused_with_the_list(name: str) -> None:
    with pytest.raises(UsageError, match="one of: anthropic-messages, ollama-chat, openai-chat, vitalentum"):
        get_upstream(name)


@pytest.mark.parametrize(
    ("method", "uri"),
    [
        ("POST", "https://app.vitalentum.io/api/converse-edge"),
        ("POST", "http://127.0.0.1:8080/api/converse-edge"),
        ("POST", "http://127.0.0.1:8080/prefix/api/converse-edge?x=/y#z"),
        ("GET", "https://app.vitalentum.io/api/converse-edge?conversation=x&temperature=0.7"),
    ],
)
def test_the_path_tells_the_upstream(method: str, uri: str) -> None:
    assert upstream_for(method, uri) is get_upstream("vitalentum")


@pytest.mark.parametrize(
    "uri",
    [
        "https://app.vitalentum.io/",
        "https://app.vitalentum.io/api/converse-edge/",
        "https://example.org/?next=/api/converse-edge",
        "",
        "http://[",
    ],
)
def test_another_path_tells_nothing(uri: str) -> None:
    assert upstream_for("POST", uri) is None
