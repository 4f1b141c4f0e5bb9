"""Modes, order of questions, and processes: a model says what must be played, recorded and refused.

The model knows a tape as a list of answers, in the order in which they were recorded. Each step is one use of the tape,
by this process or by one of its own; then the tape must be what the model says.
"""

from __future__ import annotations

import json
import subprocess
import sys
import tempfile
import threading
from collections import Counter
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from types import SimpleNamespace
from typing import ClassVar

import httpx
import pytest
from hypothesis import HealthCheck, settings
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, invariant, rule, run_state_machine_as_test

from harness import load_cassette, use_cassette
from harness.errors import CassetteMiss

QUESTIONS = ("one", "two", "three")
MODES = ("none", "once", "new_episodes", "all")
REFUSED = "refused"
ASK = """
import json, sys
from tests.laws.test_mode_laws import ask
print(json.dumps(ask(*json.loads(sys.argv[1]))))
"""


class Answers(BaseHTTPRequestHandler):
    """Every answer is another one: it says how many were given before."""

    given: ClassVar[Counter[str]] = Counter()

    def do_POST(self):
        asked = self.rfile.read(int(self.headers["Content-Length"])).decode()
        self.given[asked] += 1
        body = f"data: {asked} {self.given[asked]}\n\ndata: [DONE]\n\n".encode()
        self.send_response(200)
        self.send_header("Content-Type", "text/event-stream")
        self.send_header("Content-Length", str(len(body)))
        self.end_headers()
        self.wfile.write(body)

    def log_message(self, *args):
        pass


def ask(path, mode, questions, url):
    """What each question of one use of the tape was answered with."""
    heard = []
    with use_cassette(path, mode=mode), httpx.Client() as client:
        for question in questions:
            try:
                text = client.post(url, content=json.dumps({"q": question})).text
            except CassetteMiss:
                heard.append(REFUSED)
            else:
                heard.append(text.split("\n")[0].removeprefix("data: "))
    return heard


def ask_elsewhere(path, mode, questions, url):
    """The same, by a process that ends afterwards."""
    command = [sys.executable, "-c", ASK, json.dumps([str(path), mode, questions, url])]
    root = Path(__file__).parents[2]
    done = subprocess.run(command, cwd=root, capture_output=True, text=True, check=True, timeout=60)
    return json.loads(done.stdout)


def said(question, number):
    return f"{json.dumps({'q': question})} {number}"


class Tapes(RuleBasedStateMachine):
    """One tape, used again and again."""

    ask = staticmethod(ask)

    def __init__(self):
        super().__init__()
        Answers.given.clear()
        self.server = ThreadingHTTPServer(("127.0.0.1", 0), Answers)
        threading.Thread(target=self.server.serve_forever, args=(0.01,), daemon=True).start()
        self.url = f"http://127.0.0.1:{self.server.server_port}/chat"
        self.folder = tempfile.TemporaryDirectory()
        self.path = Path(self.folder.name) / "tape.yaml"
        self.tape: list[tuple[str, int]] | None = None
        self.given: Counter[str] = Counter()

    def teardown(self):
        self.server.shutdown()
        self.server.server_close()
        self.folder.cleanup()

    @rule(mode=st.sampled_from(MODES), questions=st.lists(st.sampled_from(QUESTIONS), min_size=1, max_size=5))
    def use(self, mode, questions):
        assert self.ask(self.path, mode, questions, self.url) == self.expected(mode, questions)

    def expected(self, mode, questions):
        """What must be heard; and the model's tape becomes what it must be afterwards."""
        there = self.tape is not None
        records = mode in ("new_episodes", "all") or (mode == "once" and not there)
        left = [] if mode == "all" else list(self.tape or ())
        heard, fresh = [], []
        for question in questions:
            known = next((each for each in left if each[0] == question), None)
            if known is not None:
                left.remove(known)
                heard.append(said(*known))
            elif records:
                self.given[question] += 1
                fresh.append((question, self.given[question]))
                heard.append(said(*fresh[-1]))
            else:
                heard.append(REFUSED)
        if fresh:
            self.tape = fresh if mode == "all" else [*(self.tape or ()), *fresh]
        return heard

    @invariant()
    def the_tape_is_what_the_model_says(self):
        if self.tape is None:
            assert not self.path.exists()
            return
        kept = [each.response.body.decode().split("\n")[0] for each in load_cassette(self.path).interactions]
        assert kept == [f"data: {said(*each)}" for each in self.tape]

    @invariant()
    def the_server_was_asked_what_had_to_be_recorded(self):
        assert {json.loads(key)["q"]: count for key, count in Answers.given.items()} == +self.given


class TapesOfManyProcesses(Tapes):
    """The same tape, each use by a process of its own."""

    ask = staticmethod(ask_elsewhere)


def often(examples, steps):
    """So much by default; a hundred times more in a nightly run."""
    more = settings().max_examples // 100 or 1
    quiet = (HealthCheck.too_slow, HealthCheck.filter_too_much)
    return settings(
        max_examples=examples * more, stateful_step_count=steps, deadline=None, suppress_health_check=quiet
    )


def test_modes_in_any_order_play_record_and_refuse_what_the_model_says():
    run_state_machine_as_test(Tapes, settings=often(12, 5))


@pytest.mark.slow
def test_processes_share_a_tape():
    run_state_machine_as_test(TapesOfManyProcesses, settings=often(1, 4))


def test_what_was_recorded_is_what_is_played():
    machine = SimpleNamespace(tape=None, given=Counter())
    assert Tapes.expected(machine, "once", ["one", "one"]) == [said("one", 1), said("one", 2)]
    assert Tapes.expected(machine, "none", ["one", "one", "one"]) == [said("one", 1), said("one", 2), REFUSED]
