"""Three clients, one text: the published g4f class, our own and curl, all against `harness replay`."""

from __future__ import annotations

import importlib.util
import json
import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from harness import Vitalentum, load_cassette
from harness.chat.reply import fold
from harness.sse import SSEParser
from harness.upstreams.reading import read
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum import decode_conversation

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness import Interaction

pytestmark = pytest.mark.e2e

CASSETTES = Path(__file__).parents[2] / "cassettes" / "vitalentum"
G4F = Path(__file__).parent / "g4f_client.py"
VITALENTUM = get_upstream("vitalentum")

FOR_ALL = (
    *("reply", "reply-russian", "reply-conversation", "hello", "long", "unicode", "empty", "keep-alive"),
    *(
        "crlf",
        "cut-characters",
        "no-done",
        "edge-hello",
        "edge-russian",
        "edge-long",
        "edge-length",
        "edge-empty",
    ),
)
"""Cassettes that every client can read; on several others the published one fails, as it would on the service."""

CUTS = ("recorded", "event", "byte", "whole", "random:3")


def the_one_in(name: str) -> Interaction:
    (interaction,) = load_cassette(CASSETTES / f"{name}.yaml").interactions
    return interaction


def messages_in(interaction: Interaction) -> list[dict[str, str]]:
    fields = json.loads(interaction.request.body or b"")
    return [dict(message) for message in decode_conversation(fields["conversation"])]


def text_in(interaction: Interaction) -> str:
    events = SSEParser().feed(interaction.response.body)
    return fold(said for event in events for said in read(VITALENTUM, event)).text


@pytest.fixture(scope="module", params=CUTS)
def url(request: pytest.FixtureRequest) -> Iterator[str]:
    """Where `harness replay`, the command itself, serves all cassettes, cut in one of the ways."""
    harness = Path(sys.executable).with_name("harness")
    command = [harness, "replay", CASSETTES, "--cut", request.param, "--format", "json"]
    with subprocess.Popen(command, stdout=subprocess.PIPE) as server:
        assert server.stdout is not None
        try:
            yield json.loads(server.stdout.readline())["url"]
        finally:
            server.terminate()


@pytest.fixture(scope="module")
def g4f(url: str) -> dict[str, dict[str, object]]:
    """What the published client yields for each cassette."""
    if importlib.util.find_spec("g4f") is None:
        pytest.skip("g4f is not installed here: `nox -s e2e` installs it")
    questions = json.dumps([messages_in(the_one_in(name)) for name in FOR_ALL])
    done = subprocess.run(
        [sys.executable, G4F, url], input=questions.encode(), capture_output=True, check=True
    )
    return dict(zip(FOR_ALL, json.loads(done.stdout), strict=True))


@pytest.mark.parametrize("name", FOR_ALL)
def test_the_published_client_reads_the_recorded_text(
    g4f: dict[str, dict[str, list[str]]], name: str
) -> None:
    assert g4f[name]["error"] is None
    assert "".join(g4f[name]["pieces"]) == text_in(the_one_in(name))


@pytest.mark.parametrize("name", FOR_ALL)
async def test_our_client_reads_the_recorded_text(url: str, name: str) -> None:
    interaction = the_one_in(name)
    client = type("Client", (Vitalentum,), {"url": url})

    pieces = [piece async for piece in client.create_async_generator("", messages_in(interaction))]

    assert "".join(pieces) == text_in(interaction)


@pytest.mark.parametrize("name", FOR_ALL)
def test_curl_reads_the_recorded_bytes(url: str, name: str) -> None:
    interaction, program = the_one_in(name), shutil.which("curl")
    assert program is not None, "curl is missing"

    request = ["--header", "Content-Type: application/json", "--data-binary", "@-", VITALENTUM.url(url)]
    done = subprocess.run(
        [program, "--silent", "--show-error", *request],
        input=interaction.request.body,
        capture_output=True,
        check=True,
    )

    assert done.stdout == interaction.response.body
