"""The same facts, whichever way a test went to its cassette."""

from __future__ import annotations

from types import SimpleNamespace

import pytest

from harness import Cassette, Interaction, Request, Response
from harness.errors import CassetteMiss
from harness.net import ReplayServer
from harness.net.session import CassetteSession
from harness.pytest_plugin.outcome import Outcome, of_proxy, of_server, of_session
from harness.pytest_plugin.serving import in_thread

TAPE = Cassette((Interaction(Request("GET", "http://x/"), Response(200, "OK")),))


def test_a_session_tells_what_was_played_and_missed():
    session = CassetteSession(TAPE)
    session.open()
    session.find(TAPE.interactions[0].request)
    with pytest.raises(CassetteMiss) as caught:
        session.find(Request("GET", "http://x/other"))
    assert of_session(session, ["a:1"]) == Outcome(
        where="a cassette in memory",
        on_tape=TAPE.interactions,
        misses=(caught.value,),
        passed=1,
        played=1,
        refused=("a:1",),
    )


def test_a_server_tells_the_same():
    with in_thread(ReplayServer(TAPE)) as server:
        assert of_server(server, "t.yaml", []) == Outcome(
            where="t.yaml", on_tape=TAPE.interactions, unplayed=TAPE.interactions
        )


def test_a_proxy_tells_what_came_and_what_is_on_tapes():
    proxy = SimpleNamespace(asked=3, recorded=2)
    assert of_proxy(proxy, "folder") == Outcome(where="folder", passed=3, recorded=2)
