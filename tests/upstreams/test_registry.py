"""Upstreams are found by name and by address, and a wrong name is answered with the nearest right one."""

import msgspec
import pytest

from harness.errors import UsageError
from harness.upstreams.jsontext import parse_json
from harness.upstreams.registry import get_upstream, upstream_for, upstream_names
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
