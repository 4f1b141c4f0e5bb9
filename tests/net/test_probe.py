"""Asking again over sockets: one after the other, at a distance, within a budget, and not again where that is asked."""

from __future__ import annotations

import asyncio
import math
import socket

import pytest

from harness.cassette.model import End, Request, Source
from harness.disk.cassettes import load_cassette
from harness.drift.probe import Question
from harness.net import probe as room
from harness.net.probe import Manners, probe
from harness.net.standin import Standin
from harness.upstreams.registry import get_upstream

VITALENTUM = get_upstream("vitalentum")
BODY = b'{"conversation": "{\\"history\\": [{\\"speaker\\": \\"human\\", \\"text\\": \\"Hi\\"}]}", "temperature": 0.7}'
HEADERS = (("Content-Type", "application/json"), ("Accept", "text/event-stream"))
AT_ONCE = Manners(per_minute=math.inf, timeout_s=5)


@pytest.fixture(autouse=True)
def _no_long_pauses(monkeypatch):
    monkeypatch.setattr(room, "FIRST_PAUSE_S", 0.01)


def questions(url, count=1, headers=HEADERS):
    request = Request("POST", f"{url}/api/converse-edge", headers, BODY)
    return [Question(f"{number:04d}-hello", request) for number in range(1, count + 1)]


async def asked(url, folder, count=1, manners=AT_ONCE, headers=HEADERS):
    """What came of it, and what was told."""
    heard = []
    told = await probe(
        questions(url, count, headers),
        folder,
        upstream=VITALENTUM,
        manners=manners,
        tell=lambda question, answer: heard.append((question.name, answer)),
    )
    return told, heard


def tapes(folder):
    return [load_cassette(path).interactions[0] for path in sorted(folder.glob("*.yaml"))]


async def test_each_answer_is_on_a_tape_of_its_own_and_says_where_it_is_from(tmp_path):
    async with Standin(speed=math.inf) as standin:
        told, heard = await asked(standin.url, tmp_path, 2)
    assert (told.sent, told.answered, told.stopped) == (2, 2, None)
    assert [path.name for path in sorted(tmp_path.iterdir())] == ["0001-hello.yaml", "0002-hello.yaml"]
    assert [answer for _, answer in heard] == tapes(tmp_path)
    stream = heard[0][1].response.stream
    assert (stream.source, stream.upstream, stream.end) == (Source.STAND_IN, "vitalentum", End.COMPLETE)


async def test_what_goes_out_is_what_was_recorded_and_nothing_else(tmp_path):
    async with Standin(speed=math.inf) as standin:
        await asked(standin.url, tmp_path)
        (request,) = standin.requests
    sent = [(name, value) for name, value in request.headers if name not in ("Host", "Content-Length")]
    assert (tuple(sent), request.body) == (HEADERS, BODY)


async def test_a_key_is_sent_and_not_kept(tmp_path):
    keyed = (*HEADERS, ("Authorization", "Bearer sk-very-secret-value-0123"))
    async with Standin(speed=math.inf, mutations=["key-required"]) as standin:
        told, heard = await asked(standin.url, tmp_path, headers=keyed)
    assert (told.answered, heard[0][1].response.status) == (1, 200)
    assert "sk-very-secret" not in (tmp_path / "0001-hello.yaml").read_text()


async def test_questions_keep_their_distance(tmp_path):
    clock = asyncio.get_running_loop().time
    async with Standin(speed=math.inf) as standin:
        began = clock()
        await asked(standin.url, tmp_path, 3, Manners(per_minute=600))
    assert 0.2 <= clock() - began < 2


@pytest.mark.parametrize(("name", "why"), [("rate-limited", "429"), ("guarded", "guard")])
async def test_nobody_goes_on_asking_where_it_is_not_wanted(tmp_path, name, why):
    async with Standin(speed=math.inf, mutations=[name]) as standin:
        told, _ = await asked(standin.url, tmp_path, 3)
        assert len(standin.requests) == 1
    assert (told.sent, told.answered, why in told.stopped) == (1, 1, True)


def free_port():
    with socket.socket() as one:
        one.bind(("127.0.0.1", 0))
        return one.getsockname()[1]


async def test_nobody_there_is_tried_again_and_then_given_up(tmp_path):
    told, heard = await asked(f"http://127.0.0.1:{free_port()}", tmp_path, 2)
    assert (told.sent, told.answered, len(heard)) == (3, 0, 3)
    assert told.stopped.startswith("no answer after 3 tries: ")
    assert list(tmp_path.glob("*.yaml")) == []


async def test_tries_count_for_the_budget(tmp_path):
    told, _ = await asked(
        f"http://127.0.0.1:{free_port()}", tmp_path, 2, Manners(per_minute=math.inf, budget=2)
    )
    assert (told.sent, told.stopped) == (2, "the budget of 2 requests is used up")


async def test_pauses_between_tries_double(tmp_path, monkeypatch):
    slept = []

    async def sleep(seconds):
        slept.append(seconds)

    monkeypatch.setattr(room, "FIRST_PAUSE_S", 1.0)
    monkeypatch.setattr(room.asyncio, "sleep", sleep)
    url = f"http://127.0.0.1:{free_port()}"
    await asked(url, tmp_path, 1, Manners(per_minute=math.inf, retries=6))
    assert [each for each in slept if each > 0] == [1.0, 2.0, 4.0, 8.0, 16.0, 30.0]


@pytest.mark.parametrize(
    ("mutation", "end"), [("cut-off", End.SHORT), ("reset", End.RESET), ("silent", End.TIMEOUT)]
)
async def test_an_answer_that_breaks_is_an_answer_and_not_asked_for_again(tmp_path, mutation, end):
    async with Standin(speed=math.inf, mutations=[mutation]) as standin:
        told, _ = await asked(standin.url, tmp_path, manners=Manners(per_minute=math.inf, timeout_s=0.3))
    assert (told.sent, told.stopped, tapes(tmp_path)[0].response.stream.end) == (1, None, end)


async def test_a_redirect_is_an_answer_and_not_followed(tmp_path):
    async with Standin(speed=math.inf, mutations=["redirected"]) as standin:
        await asked(standin.url, tmp_path)
        assert len(standin.requests) == 1
    assert tapes(tmp_path)[0].response.status == 307


async def test_an_answer_that_never_ends_is_cut_off(tmp_path, monkeypatch):
    monkeypatch.setattr(room, "LONGEST_ANSWER_S", 0.2)
    async with Standin(speed=1.0, scenario="long") as standin:
        told, _ = await asked(standin.url, tmp_path)
    assert (told.answered, tapes(tmp_path)[0].response.stream.end) == (1, End.TIMEOUT)
