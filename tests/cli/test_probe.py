"""`harness drift --live`: every way in which the stand-in can move is found, and nothing where it did not move."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from harness.clients.vitalentum import Vitalentum
from harness.errors import HarnessError
from harness.finding import Layer
from harness.net.seam import use_cassette
from harness.net.standin import Standin
from harness.upstreams.vitalentum.standin.mutations import BLINDING, MUTATIONS

if TYPE_CHECKING:
    from concurrent.futures import Future

QUESTIONS = (
    "How does a tide work?",
    "Почему море солёное?",
    "Tell me a story about a lighthouse.",
    "What is the capital of France?",
)
AT_ONCE, IN_TIME = math.inf, 16.0
"""How fast the stand-in talks: without pauses, or so fast that pauses can still be told from none."""
ENOUGH = {AT_ONCE: 3, IN_TIME: 4}
"""Questions: of slower answers it takes one more to tell them from chance."""
LISTED = [name for name in MUTATIONS if name not in BLINDING]


def speed_of(row):
    return IN_TIME if row.layer is Layer.TIMING else AT_ONCE


def sometimes(names, *, each):
    """Each so-many-th of these in the default run; the others are marked as slow."""
    return [
        name if number % each == 0 else pytest.param(name, marks=pytest.mark.slow)
        for number, name in enumerate(names)
    ]


@pytest.fixture(scope="module")
def elsewhere():
    """An event loop in a thread of its own, for servers that the command line asks."""
    loop = asyncio.new_event_loop()
    thread = threading.Thread(target=loop.run_forever)
    thread.start()
    yield loop
    loop.call_soon_threadsafe(loop.stop)
    thread.join()
    loop.close()


@pytest.fixture
def standing_in(elsewhere):
    """A function: the stand-in with these arguments, in the other thread, as a context manager that gives its URL."""

    @contextmanager
    def serve(**arguments):
        server = Standin(**arguments)

        def done(coroutine) -> Future:
            return asyncio.run_coroutine_threadsafe(coroutine, elsewhere).result(20)

        done(server.__aenter__())
        try:
            yield server.url
        finally:
            done(server.__aexit__(None, None, None))

    return serve


@pytest.fixture(scope="module")
def baselines(tmp_path_factory):
    """A function: the folder of recordings of the stand-in as it is, made when it is first asked for."""
    made = {}

    def baseline(scenario="reply", speed=AT_ONCE):
        if (scenario, speed) not in made:
            made[scenario, speed] = tmp_path_factory.mktemp("baseline")
            asyncio.run(record(made[scenario, speed], scenario, speed))
        return made[scenario, speed]

    return baseline


async def record(folder, scenario, speed):
    async with Standin(scenario=scenario, speed=speed) as standin:
        for number, question in enumerate(QUESTIONS[: ENOUGH[speed]]):
            await ask(standin.url, folder / f"question-{number}.yaml", question)
        await ask(standin.url, folder / "refused.yaml", QUESTIONS[0], temperature=2)


async def ask(url, tape, question, **fields):
    class Client(Vitalentum):
        pass

    Client.url = url
    async with use_cassette(tape, mode="once"):
        try:
            async for _ in Client.create_async_generator(
                "", [{"role": "user", "content": question}], **fields
            ):
                pass
        except HarnessError:
            assert fields  # only a question that is meant to be refused


def probe(cli, baseline, url, *more):
    """The exit status, and the report."""
    ended = cli("drift", baseline, "--live", "--base-url", url, "--rate", "inf", "--format", "json", *more)
    assert ended.out, ended.err
    return ended.status, json.loads(ended.out)


@pytest.mark.parametrize("name", sometimes(LISTED, each=3))
def test_each_mutation_is_found_on_its_layer(cli, standing_in, baselines, name):
    row = MUTATIONS[name]
    speed = speed_of(row)
    with standing_in(scenario=row.scenario, speed=speed, seed=1, mutations=[name]) as url:
        status, report = probe(cli, baselines(row.scenario, speed), url, "--timeout", "0.5")
    worst = {finding["severity"] for finding in report["findings"]}
    assert row.layer.value in {finding["layer"] for finding in report["findings"]}
    assert (report["verdict"], status) == (("benign", 0) if worst == {"benign"} else ("drift", 1))


@pytest.mark.parametrize("name", sorted(BLINDING))
def test_who_cannot_look_neither_alarms_nor_passes(cli, standing_in, baselines, name):
    with standing_in(speed=AT_ONCE, mutations=[name]) as url:
        status, report = probe(cli, baselines(), url)
    assert (status, report["verdict"]) == (3, "inconclusive")


@pytest.mark.parametrize("seed", sometimes(range(1, 51), each=10))
def test_what_did_not_move_is_clean(cli, standing_in, baselines, seed):
    with standing_in(speed=AT_ONCE, seed=seed) as url:
        status, report = probe(cli, baselines(), url)
    assert (status, report["verdict"], report["findings"]) == (0, "clean", [])


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(1, 11))
def test_what_did_not_slow_down_is_clean(cli, standing_in, baselines, seed):
    with standing_in(speed=IN_TIME, seed=seed) as url:
        status, report = probe(cli, baselines(speed=IN_TIME), url)
    assert (status, report["findings"]) == (0, [])
