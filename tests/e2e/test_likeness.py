"""The stand-in beside the independent server: the same head, the same fields, the same answer to what is
malformed.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import aiohttp
import pytest

from harness.net.standin import Standin
from harness.sse import SSEParser

if TYPE_CHECKING:
    from collections.abc import AsyncIterator

pytestmark = pytest.mark.e2e


def body(conversation: object, temperature: object = 0.7) -> str:
    return json.dumps({"conversation": conversation, "temperature": temperature})


QUESTION = body('{"history": [{"speaker": "human", "text": "Say hello in one sentence."}]}')
EMPTY = '{"history": []}'

PASSING = {"date", "connection", "keep-alive", "x-harness-standin"}
"""Headers of one connection and one minute, and the one by which the stand-in says what it is."""

NO_CONVERSATION = (
    *("", "null", "undefined", "{}", '{"history": 5}', '{"history": "ab"}', '{"history": [null]}'),
    *('{"history" []}', "{history: []}", '{"history": [1 2]}', '{"history": [1, ]}', '{"history": [],}'),
    *(
        '{"history": [',
        '{"history": []} x',
        '{"history": [{"text":"a\nb"}]}',
        '{"history": [{"text":"a"b"}]}',
    ),
    *({}, None, True, 5, [], ["a", "b"]),
)
NO_TEMPERATURE = (None, "hot", 1.5, -1, "", {}, "-0.1", [], True)

MALFORMED = (
    *("no json", "", "null", "[]", "{}", "5"),
    *map(body, NO_CONVERSATION),
    *(body(EMPTY, temperature) for temperature in NO_TEMPERATURE),
)


@pytest.fixture
async def standin() -> AsyncIterator[str]:
    async with Standin(scenario="hello", speed=1000) as running:
        yield running.url


async def answer(url: str, given: str, method: str = "POST") -> tuple[int, dict[str, str], str]:
    """Status, headers that last, and body."""
    async with (
        aiohttp.ClientSession() as session,
        session.request(method, f"{url}/api/converse-edge", data=given) as response,
    ):
        headers = {name.lower(): value for name, value in response.headers.items()}
        lasting = {name: headers[name] for name in headers.keys() - PASSING}
        return response.status, lasting, await response.text()


async def chunks(url: str) -> list[dict[str, Any]]:
    """The first chunk, the second and the last."""
    *events, done = SSEParser().feed((await answer(url, QUESTION))[2].encode())
    assert done.data == "[DONE]"
    return [json.loads(event.data) for event in (events[0], events[1], events[-1])]


async def test_a_stream_has_the_same_head(edge: str, standin: str) -> None:
    assert (await answer(standin, QUESTION))[:2] == (await answer(edge, QUESTION))[:2]


async def test_chunks_have_the_same_fields_but_for_one_that_came_later(edge: str, standin: str) -> None:
    """OpenAI's chunks of the summer of 2023, which the stand-in speaks, have no `logprobs` yet."""
    for ours, theirs in zip(await chunks(standin), await chunks(edge), strict=True):
        (our_choice,), (their_choice,) = ours["choices"], theirs["choices"]
        assert list(ours) == list(theirs)
        assert our_choice.keys() == their_choice.keys() - {"logprobs"}
        assert our_choice["delta"].keys() == their_choice["delta"].keys()


@pytest.mark.parametrize("given", MALFORMED)
async def test_a_malformed_request_gets_the_same_refusal(edge: str, standin: str, given: str) -> None:
    ours, theirs = await answer(standin, given), await answer(edge, given)

    assert (ours[0], ours[1]["content-type"], ours[2]) == (theirs[0], theirs[1]["content-type"], theirs[2])


async def test_get_gets_the_same_page(edge: str, standin: str) -> None:
    ours, theirs = await answer(standin, "", "GET"), await answer(edge, "", "GET")

    assert (ours[0], ours[2]) == (theirs[0], theirs[2])
