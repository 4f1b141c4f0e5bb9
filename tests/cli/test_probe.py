"""`harness drift --live`: every way in which the stand-in can move is found, and nothing where it did not move."""

from __future__ import annotations

import asyncio
import json
import math
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING

import pytest

from harness.cassette.model import Cassette, Interaction, Request, Source
from harness.clients.vitalentum import Vitalentum
from harness.disk.cassettes import load_cassette, save_cassette
from harness.errors import HarnessError
from harness.finding import Layer
from harness.net.seam import use_cassette
from harness.net.standin import Standin
from harness.upstreams.vitalentum.standin.mutations import BLINDING, MUTATIONS
from tests.cli.conftest import interaction

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


@pytest.fixture
def standin(standing_in):
    """The URL of one that did not move."""
    with standing_in(speed=AT_ONCE) as url:
        yield url


def live(cli, baseline, url, *more):
    return cli("drift", baseline, "--live", "--base-url", url, "--rate", "inf", *more)


def test_progress_goes_to_stderr_and_the_result_to_stdout(cli, standin, baselines):
    ended = live(cli, baselines(), standin)
    lines = ended.err.splitlines()
    assert lines[0] == f"Asking again, at {standin}: 4 requests, 4 questions recorded"
    assert lines[1].startswith("1/4 question-0: 200, ")
    assert ended.out.startswith("✓ clean")


def test_answers_are_kept_where_that_is_asked_and_never_pass_for_live(cli, standin, baselines, tmp_path):
    live(cli, baselines(), standin, "--out", "answers")
    streams = [
        load_cassette(path).interactions[0].response.stream for path in (tmp_path / "answers").iterdir()
    ]
    assert [stream.source for stream in streams] == [Source.STAND_IN] * 4


def test_kept_answers_are_a_baseline_like_any_other(cli, standin, baselines):
    live(cli, baselines(), standin, "--out", "answers")
    assert cli("drift", baselines(), "--against", "answers").status == 0


def test_a_finding_names_the_kept_answer_that_shows_it(cli, standing_in, baselines, tmp_path):
    with standing_in(speed=AT_ONCE, mutations=["done-gone"]) as url:
        _, report = probe(cli, baselines(), url, "--out", "answers", "--report", "drift.html")
    finding = report["findings"][0]
    assert (tmp_path / finding["cassette"]).parent == tmp_path / "answers"
    assert finding["event"] > 1
    assert finding["cassette"] in (tmp_path / "drift.html").read_text()


def test_answers_that_are_not_kept_are_shown_but_named_nowhere_else(cli, standing_in, baselines, tmp_path):
    with standing_in(speed=AT_ONCE, mutations=["done-gone"]) as url:
        _, report = probe(cli, baselines(), url, "--report", "drift.html")
    assert "cassette" not in report["findings"][0]
    assert "now</b> the answer " in (tmp_path / "drift.html").read_text()


def test_a_folder_that_holds_something_is_not_written_to(cli, standin, baselines, tmp_path):
    (tmp_path / "answers").mkdir()
    (tmp_path / "answers" / "mine.txt").write_text("mine")
    ended = live(cli, baselines(), standin, "--out", "answers")
    assert (ended.status, [path.name for path in (tmp_path / "answers").iterdir()]) == (2, ["mine.txt"])


def test_answers_do_not_come_among_the_recordings_that_they_are_compared_with(cli, tape, tmp_path):
    ended = live(cli, tmp_path, "http://127.0.0.1:9", "--out", "answers/today")
    assert (ended.status, "would lie among the recordings" in ended.err) == (2, True)
    assert not (tmp_path / "answers").exists()


@pytest.mark.parametrize(("option", "value"), [("--rate", "nan"), ("--rate", "0"), ("--timeout", "nan")])
def test_a_wait_is_a_number_above_zero(cli, tape, option, value):
    ended = cli("drift", tape, "--live", "--base-url", "http://127.0.0.1:9", option, value)
    assert (ended.status, f"for '{option}'" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("more", "says"),
    [
        (("--severity", "framing-spice=off"), "no rule of drift 'framing-spice'"),
        (("--severity", "framing-space=bad"), "'bad' is no severity"),
        (("--accepted", "hello.yaml"), "file of accepted findings is no JSON"),
        (("--report", "none/drift.html"), "There is no such folder"),
        (("--output", "none/drift.txt"), "There is no such folder"),
        (("--output", "."), "This is a folder"),
    ],
)
def test_what_is_wrong_is_told_before_anybody_is_asked(cli, tape, more, says):
    ended = live(cli, tape, "http://127.0.0.1:9", *more)
    assert (ended.status, says in ended.err, "Asking" in ended.err) == (2, True, False)


def test_help_that_names_an_answer_which_is_gone_says_how_to_keep_it(cli, standing_in, baselines):
    with standing_in(speed=AT_ONCE, mutations=["done-gone"]) as url:
        _, report = probe(cli, baselines(), url)
    assert "FILE (--out DIR keeps the answers)" in report["findings"][0]["help"]


def test_each_question_is_repeated_as_often_as_asked_within_the_budget(cli, standin, baselines):
    ended = live(cli, baselines(), standin, "--repeat", "2", "--budget", "6")
    assert "6/6 question-1: 200" in ended.err
    assert "Left out: 2 requests over the budget" in ended.err


def test_what_may_be_chance_is_asked_once_more(cli, standing_in, baselines, tmp_path):
    with standing_in(speed=IN_TIME, mutations=["starts-late"]) as url:
        ended = live(cli, baselines(speed=IN_TIME), url, "--out", "answers")
    assert "Some of it may be chance: asking once more" in ended.err
    assert (ended.status, len(list((tmp_path / "answers").iterdir()))) == (1, 10)


def test_asking_once_more_keeps_to_the_budget(cli, standing_in, baselines, tmp_path):
    with standing_in(speed=IN_TIME, mutations=["starts-late"]) as url:
        ended = live(cli, baselines(speed=IN_TIME), url, "--out", "answers", "--budget", "9")
    assert "the budget is too small to ask once more" in ended.err
    assert (ended.status, len(list((tmp_path / "answers").iterdir()))) == (1, 5)


def test_nobody_there_is_inconclusive_in_every_form(cli, baselines, monkeypatch):
    monkeypatch.setattr("harness.net.probe.FIRST_PAUSE_S", 0.0)
    status, report = probe(cli, baselines(), "http://127.0.0.1:9")
    assert (status, report["verdict"], report["findings"][0]["rule"]) == (3, "inconclusive", "probe-stopped")
    assert "no answer after 3 tries" in report["findings"][0]["message"]
    assert report["findings"][0]["help"].startswith("ask again later")


@pytest.fixture
def keyed(tmp_path):
    """A baseline that was recorded with a key, which is not on it any more."""
    recorded = interaction()
    headers = (*recorded.request.headers, ("Authorization", "REDACTED"))
    request = Request("POST", recorded.request.uri, headers, recorded.request.body)
    save_cassette(Cassette((Interaction(request, recorded.response),)), tmp_path / "keyed.yaml")
    return tmp_path / "keyed.yaml"


def test_a_missing_key_is_told_before_anything_is_asked(cli, standin, keyed):
    ended = live(cli, keyed, standin)
    assert (ended.status, '--header "authorization: VALUE"' in ended.err) == (2, True)
    assert "1/1" not in ended.err


@pytest.mark.parametrize("way", ["flag", "environment"])
def test_a_key_is_handed_in_sent_and_not_kept(cli, standing_in, keyed, tmp_path, monkeypatch, way):
    line = "Authorization: Bearer sk-very-secret-value-0123"
    if way == "environment":
        monkeypatch.setenv("HARNESS_HEADER", f"{line}\nx-more: 1")
    more = ("--header", line) if way == "flag" else ()
    with standing_in(speed=AT_ONCE, mutations=["key-required"]) as url:
        ended = live(cli, keyed, url, "--out", "answers", *more)
    assert "1/1 keyed: 200" in ended.err
    written = "".join(path.read_text() for path in (tmp_path / "answers").iterdir())
    assert "sk-very-secret" not in written + ended.out + ended.err


def test_a_header_that_is_none_is_refused_without_being_shown(cli, keyed):
    ended = live(cli, keyed, "http://127.0.0.1:9", "--header", "sk-very-secret")
    assert (ended.status, "sk-very-secret" in ended.err) == (2, False)


@pytest.mark.parametrize(
    "more",
    [(), ("--live", "--against", "x"), ("--against", "x", "--out", "y")],
    ids=["neither", "both", "nothing to keep"],
)
def test_there_is_one_way_to_new_recordings(cli, tape, more):
    assert cli("drift", tape, *more).status == 2
