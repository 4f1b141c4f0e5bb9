"""Against a server that nobody of this project wrote: recorded, replayed, compared with what it was told to say."""

from __future__ import annotations

import json
from contextlib import suppress
from typing import TYPE_CHECKING

import aiohttp
import pytest

from harness import Vitalentum, load_cassette, use_cassette, validate
from harness.cassette.model import End, Source
from harness.errors import HarnessError, ReplyError, TruncatedError
from harness.finding import Verdict
from tests.e2e.independent import EDGE, recorded_from

if TYPE_CHECKING:
    from pathlib import Path

    from harness import Interaction

pytestmark = pytest.mark.e2e

FIXTURES = json.loads((EDGE / "fixtures.json").read_text(encoding="utf-8"))["fixtures"]
ANSWERS = {each["match"]["userMessage"]: each for each in FIXTURES}
ERRORS = [prompt for prompt, each in ANSWERS.items() if "error" in each["response"]]
CUT = [prompt for prompt, each in ANSWERS.items() if "truncateAfterChunks" in each]
WHOLE = [prompt for prompt in ANSWERS if prompt not in ERRORS + CUT]
RUSSIAN = "Привет! Расскажи про море"


def told(prompt: str) -> list[str]:
    """The pieces that the model behind the edge function was told to say: it cuts by UTF-16 units."""
    units = ANSWERS[prompt]["response"]["content"].encode("utf-16-le")
    step = 2 * ANSWERS[prompt].get("chunkSize", 20)
    return [units[at : at + step].decode("utf-16-le") for at in range(0, len(units), step)]


async def ask(url: str, prompt: str, got: list[str]) -> list[str]:
    """Our client's pieces, added to *got*, so that those before an error are not lost."""
    client = type("Client", (Vitalentum,), {"url": url})
    async for piece in client.create_async_generator("", [{"role": "user", "content": prompt}]):
        got.append(piece)
    return got


async def failed(url: str, prompt: str) -> tuple[type[HarnessError], list[str]]:
    """What our client raises, and the pieces before."""
    got: list[str] = []
    with pytest.raises(HarnessError) as error:
        await ask(url, prompt, got)
    return type(error.value), got


async def record(path: Path, url: str, prompt: str) -> Interaction:
    """The one exchange on a fresh tape, however it ended."""
    with use_cassette(path, mode="once", recorded_from=recorded_from()), suppress(HarnessError):
        await ask(url, prompt, [])
    return load_cassette(path).interactions[0]


async def read(url: str, body: bytes | None) -> list[bytes]:
    """What a plain aiohttp client reads of the answer, piece by piece."""
    headers = {"Content-Type": "application/json"}
    async with (
        aiohttp.ClientSession() as session,
        session.post(f"{url}/api/converse-edge", data=body, headers=headers) as response,
    ):
        return [piece async for piece in response.content.iter_any()]


@pytest.mark.parametrize("prompt", WHOLE)
async def test_our_client_yields_the_pieces_the_model_said(edge: str, prompt: str) -> None:
    assert await ask(edge, prompt, []) == told(prompt)


@pytest.mark.parametrize("prompt", ERRORS)
async def test_an_error_of_the_model_comes_in_its_own_words(edge: str, prompt: str) -> None:
    with pytest.raises(ReplyError) as error:
        await ask(edge, prompt, [])

    assert ANSWERS[prompt]["response"]["error"]["message"] in str(error.value)


@pytest.mark.parametrize("prompt", CUT)
async def test_a_cut_stream_keeps_what_came_and_says_so(edge: str, prompt: str) -> None:
    error, got = await failed(edge, prompt)

    assert error is TruncatedError
    assert 0 < len(got) < len(told(prompt))
    assert got == told(prompt)[: len(got)]


@pytest.mark.parametrize("prompt", WHOLE)
async def test_a_recording_says_what_it_is_and_fits_the_contract(
    edge: str, tmp_path: Path, prompt: str
) -> None:
    stream = (await record(tmp_path / "tape.yaml", edge, prompt)).response.stream

    assert stream is not None
    assert (stream.end, stream.source) == (End.COMPLETE, Source.INDEPENDENT)
    assert stream.recorded_from == "openai-edge 1.2.3 over @copilotkit/aimock 1.43.0"
    assert validate(load_cassette(tmp_path / "tape.yaml")).verdict in (Verdict.CLEAN, Verdict.BENIGN)


@pytest.mark.parametrize("prompt", WHOLE)
async def test_a_replay_gives_the_recorded_pieces_to_any_client(
    edge: str, tmp_path: Path, prompt: str
) -> None:
    recorded = await record(tmp_path / "tape.yaml", edge, prompt)
    assert recorded.response.stream is not None

    with use_cassette(tmp_path / "tape.yaml"):
        pieces = await read(edge, recorded.request.body)

    assert [len(piece) for piece in pieces] == [frame.size for frame in recorded.response.stream.frames]
    assert b"".join(pieces) == recorded.response.body


@pytest.mark.parametrize("prompt", WHOLE)
async def test_a_replay_gives_our_client_the_same_text(edge: str, tmp_path: Path, prompt: str) -> None:
    await record(tmp_path / "tape.yaml", edge, prompt)

    with use_cassette(tmp_path / "tape.yaml"):
        assert await ask(edge, prompt, []) == told(prompt)


@pytest.mark.parametrize("cut", ["event", "byte", "whole", "random:7"])
async def test_another_cut_gives_the_same_text(edge: str, tmp_path: Path, cut: str) -> None:
    await record(tmp_path / "tape.yaml", edge, RUSSIAN)

    with use_cassette(tmp_path / "tape.yaml", cut=cut):
        assert await ask(edge, RUSSIAN, []) == told(RUSSIAN)


@pytest.mark.parametrize("prompt", CUT + ERRORS)
async def test_a_failure_is_replayed_as_the_same_failure(edge: str, tmp_path: Path, prompt: str) -> None:
    await record(tmp_path / "tape.yaml", edge, prompt)

    with use_cassette(tmp_path / "tape.yaml"):
        replayed = await failed(edge, prompt)

    assert replayed == await failed(edge, prompt)
