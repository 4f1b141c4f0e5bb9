"""A marked test plays its own tape, whatever kind of test it is, and fails for what happened to the tape."""

from __future__ import annotations

import pytest

import harness
from harness.disk.cassettes import load_cassette

ASKS = """
@pytest.mark.harness
def test_hello():
    assert ask_now()
"""
RECORDS = """
@pytest.fixture(autouse=True)
def upstream(harness_standin, monkeypatch):
    monkeypatch.setattr(harness.Vitalentum, "url", harness_standin.url)
"""


# every kind of test

KINDS = {
    "sync": ASKS,
    "async": """
        @pytest.mark.harness
        async def test_hello():
            assert await ask()
    """,
    "async with asyncio's own marker": """
        @pytest.mark.asyncio(loop_scope="module")
        @pytest.mark.harness
        async def test_hello():
            assert await ask()
    """,
    "a thread": """
        import threading

        @pytest.mark.harness
        def test_hello():
            thread = threading.Thread(target=ask_now)
            thread.start()
            thread.join()
    """,
    "a task made by a fixture of wider scope": """
        import asyncio
        import pytest_asyncio

        @pytest_asyncio.fixture(loop_scope="module", scope="module")
        async def questions():
            async def answer():
                while True:
                    (await waiting.get()).set_result(await ask())
            waiting = asyncio.Queue()
            task = asyncio.create_task(answer())
            yield waiting
            task.cancel()

        @pytest.mark.asyncio(loop_scope="module")
        @pytest.mark.harness
        async def test_hello(questions):
            reply = asyncio.get_running_loop().create_future()
            await questions.put(reply)
            assert await reply
    """,
    "a fixture of the test's own": """
        @pytest.fixture
        async def reply():
            return await ask()

        @pytest.mark.harness
        async def test_hello(reply):
            assert reply
    """,
    "a fixture that asks in its tear-down": """
        @pytest.fixture
        def late():
            yield
            assert ask_now()

        @pytest.mark.harness(allow_nothing=True, allow_unplayed=True)
        def test_hello(late):
            pass
    """,
    "the fixture instead of the marker": """
        def test_hello(harness_cassette):
            assert ask_now()
            assert harness_cassette.played == 1
    """,
    "the module's marker": """
        pytestmark = pytest.mark.harness

        def test_hello():
            assert ask_now()
    """,
}


@pytest.mark.parametrize("source", KINDS.values(), ids=KINDS)
def test_a_test_of_any_kind_plays_its_tape(project, source):
    project.tests(source)
    project.tape("test_hello")
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["played    1 interaction from 1 cassette"])


CASES = {
    "plain": """
        import unittest

        @pytest.mark.harness
        class TestChat(unittest.TestCase):
            def test_hello(self):
                assert ask_now()
    """,
    "async": """
        import unittest

        @pytest.mark.harness
        class TestChat(unittest.IsolatedAsyncioTestCase):
            async def test_hello(self):
                assert await ask()
    """,
    "async in its set-up": """
        import unittest

        @pytest.mark.harness
        class TestChat(unittest.IsolatedAsyncioTestCase):
            async def asyncSetUp(self):
                self.reply = await ask()

            def test_hello(self):
                assert self.reply
    """,
}


@pytest.mark.parametrize("source", CASES.values(), ids=CASES)
def test_a_unittest_case_plays_its_tape(project, source):
    project.tests(source)
    project.tape("TestChat.test_hello")
    result = project.run(plugins=())
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["played    1 interaction from 1 cassette"])


def test_in_strict_mode_of_asyncio_too(project):
    project.tests("""
        @pytest.mark.asyncio
        @pytest.mark.harness
        async def test_hello():
            assert await ask()
    """)
    project.tape("test_hello")
    project.run("-o", "asyncio_mode=strict").assert_outcomes(passed=1)


def test_an_unmarked_test_is_left_alone(project):
    project.tests("""
        import socket

        def test_hello():
            with pytest.raises(harness.errors.UpstreamUnreachable):
                ask_now()
            assert socket.socket.connect.__name__ == "connect"
    """)
    project.tests("harness.Vitalentum.url = 'http://127.0.0.1:1'", module="conftest")
    result = project.run()
    result.assert_outcomes(passed=1)
    assert "harness =" not in result.stdout.str()


# which tape


def test_a_marker_names_a_tape_beside_the_module(project):
    project.tests("""
        @pytest.mark.harness("tapes/mine.yaml")
        def test_hello():
            assert ask_now()
    """)
    (project.path / "tapes").mkdir()
    project.tape("test_hello").rename(project.path / "tapes" / "mine.yaml")
    project.run().assert_outcomes(passed=1)


def test_pace_cut_and_faults_of_the_marker_are_played(project):
    project.tests("""
        import time

        @pytest.mark.harness(cut="byte", faults="truncate:events=3", pace=1000)
        async def test_hello():
            with pytest.raises(harness.errors.TruncatedError):
                await ask()
    """)
    project.tape("test_hello")
    project.run().assert_outcomes(passed=1)


# what is recorded


def test_recording_once_and_playing_for_ever(project):
    project.tests(RECORDS + ASKS)
    tape = project.path / "cassettes" / "test_chat" / "test_hello.yaml"
    project.run("--harness-mode=once").assert_outcomes(passed=1)
    first = tape.read_bytes()
    result = project.run("--harness-mode=once")
    result.stdout.fnmatch_lines(["played    1 interaction from 1 cassette"])
    assert tape.read_bytes() == first
    assert load_cassette(tape).interactions[0].response.stream.source == "stand-in"


def test_live_records_anew_and_replaces_the_tape(project):
    project.tests(RECORDS + ASKS)
    tape = project.tape("test_hello")
    result = project.run("--harness-live")
    result.stdout.fnmatch_lines(
        ["recorded  1 interaction onto 1 cassette:", "*cassettes/test_chat/test_hello.yaml"]
    )
    assert len(load_cassette(tape).interactions) == 1


def test_live_with_another_mode_adds_to_the_tape(project):
    project.tests(
        RECORDS + "@pytest.mark.harness(allow_unplayed=True)\ndef test_hello():\n    assert ask_now('new')"
    )
    tape = project.tape("test_hello")
    project.run("--harness-live", "--harness-mode=new_episodes").assert_outcomes(passed=1)
    assert len(load_cassette(tape).interactions) == 2


@pytest.mark.parametrize("flag", ["--harness-live", "--harness-mode=all"])
def test_a_pinned_tape_is_never_recorded_over(project, flag):
    project.tests(ASKS.replace(".harness", ".harness(mode='none')"))
    before = project.tape("test_hello").read_bytes()
    project.run(flag).assert_outcomes(passed=1)
    assert (project.path / "cassettes" / "test_chat" / "test_hello.yaml").read_bytes() == before


@pytest.mark.parametrize(
    "kind", ["def test_hello():", "class TestIt(__import__('unittest').TestCase):\n  def test_hello(self):"]
)
def test_a_failed_test_does_not_replace_a_good_tape(project, kind):
    project.tests(RECORDS + f"@pytest.mark.harness('good.yaml')\n{kind}\n    ask_now()\n    assert False")
    tape = project.tape("x").rename(project.path / "good.yaml")
    before = tape.read_bytes()
    result = project.run("--harness-mode=all")
    result.assert_outcomes(failed=1)
    assert "recorded" not in result.stdout.str()
    assert tape.read_bytes() == before


def test_a_tape_of_several_tests_is_not_replaced_by_one_of_them(project):
    project.tests("""
        @pytest.mark.harness("shared.yaml")
        @pytest.mark.parametrize("n", [1, 2])
        def test_many(n): pass

        @pytest.mark.harness("shared.yaml", nonsense=1)
        def test_wrong(): pass

        @pytest.mark.harness("shared.yaml", mode="none", allow_nothing=True, allow_unplayed=True)
        def test_pinned(): pass
    """)
    result = project.run("--harness-live")
    result.assert_outcomes(errors=3, passed=1)
    result.stdout.fnmatch_lines(
        ["In mode all each test replaces*", "*found: test_chat.py::test_many?1?, test_chat.py::test_many?2?"]
    )


def test_a_tape_that_cannot_be_saved_fails_the_run(project, monkeypatch):
    def full(*_: object) -> None:
        raise OSError(28, "No space left on device")

    monkeypatch.setattr("harness.disk.tape.write_tape", full)
    project.tests(RECORDS + ASKS)
    result = project.run("--harness-mode=once")
    result.assert_outcomes(passed=1, errors=1)
    result.stdout.fnmatch_lines(["*No space left on device", "*what was recorded is kept in*"])


# what fails


def test_a_miss_is_the_tests_failure_with_the_command_that_mends_it(project):
    project.tests(ASKS)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        [
            "E *CassetteMiss: No recording answers POST /api/converse-edge: the tape holds none.",
            "E *help: record it: pytest test_chat.py::test_hello --harness-mode=once",
        ]
    )
    assert "aiohttp" not in result.stdout.str()


def test_a_miss_that_the_client_swallowed_fails_the_test_all_the_same(project):
    project.tests("""
        @pytest.mark.harness(allow_unplayed=True)
        def test_hello():
            assert ask_now()
            try:
                ask_now("something else")
            except Exception:
                pass
    """)
    project.tape("test_hello")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["No recording answers POST*", "*$.conversation.history*", "*--harness-mode=new_episodes"]
    )


def test_a_swallowed_miss_fails_a_unittest_case_too(project):
    project.tests("""
        import contextlib, unittest

        @pytest.mark.harness
        class TestChat(unittest.TestCase):
            def test_hello(self):
                with contextlib.suppress(Exception):
                    ask_now()
    """)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["No recording answers POST*", "*pytest test_chat.py::TestChat::test_hello --harness*"]
    )


def test_a_test_about_misses_says_so(project):
    project.tests("""
        @pytest.mark.harness(allow_misses=True, allow_unplayed=True)
        def test_hello():
            with pytest.raises(harness.errors.CassetteMiss):
                ask_now("something else")
    """)
    project.tape("test_hello")
    project.run().assert_outcomes(passed=1)


def test_a_failure_that_followed_from_a_miss_is_told_with_it(project):
    project.tests("""
        @pytest.mark.harness
        def test_hello():
            try:
                reply = ask_now()
            except Exception:
                reply = None
            assert reply
    """)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["E*assert None", "*- harness -*", "No recording answers POST*"])


FAILURES = {
    "never played": (
        "@pytest.mark.harness\ndef test_hello():\n    assert ask_now()\n",
        2,
        "1 of 2 recorded interactions were never*",
    ),
    "nothing passed": (
        "@pytest.mark.harness\ndef test_hello():\n    pass\n",
        1,
        "Nothing was recorded or played: no request*",
    ),
    "past its age": (
        "@pytest.mark.harness(max_age=1)\ndef test_hello():\n    ask_now()\n",
        1,
        "The recording is * days old.",
    ),
}


@pytest.mark.parametrize(("source", "interactions", "said"), FAILURES.values(), ids=FAILURES)
def test_what_happened_to_the_tape_fails_the_test(project, source, interactions, said):
    project.tests(source)
    tape = project.tape("test_hello")
    old = harness.load_cassette(tape).interactions[0]
    stream = harness.StreamRecord(
        old.response.stream.frames, "complete", 9e4, recorded_at="2023-11-22T12:00:00Z"
    )
    aged = harness.Interaction(
        old.request, harness.Response(200, "OK", old.response.headers, old.response.body, stream)
    )
    harness.save_cassette(harness.Cassette((aged,) * interactions), tape)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines([said])


def test_a_test_that_is_skipped_owes_its_tape_nothing(project):
    project.tests("@pytest.mark.harness\ndef test_hello():\n    pytest.skip('not today')")
    project.tape("test_hello")
    project.run().assert_outcomes(skipped=1)


def test_a_damaged_tape_is_refused_in_a_few_lines(project):
    project.tests(ASKS)
    project.tape("test_hello").write_text("interactions: [")
    result = project.run()
    result.assert_outcomes(errors=1)
    assert "harness/disk" not in result.stdout.str()
    assert "another exception" not in result.stdout.str()


def test_an_age_that_is_none_is_an_error_before_the_test(project):
    project.tests("@pytest.mark.harness(max_age='soon')\ndef test_hello():\n    pass")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["'soon' is no age."])


def test_a_marker_that_says_nothing_we_know_is_an_error_of_its_test(project):
    project.tests(
        "@pytest.mark.harness(allow_unplayd=True)\ndef test_hello():\n    pass\n\ndef test_other():\n    pass"
    )
    result = project.run()
    result.assert_outcomes(errors=1, passed=1)
    result.stdout.fnmatch_lines(["The marker knows no 'allow_unplayd'.", "*did you mean 'allow_unplayed'?"])


# the network

REACHES = """
import socket

@pytest.mark.harness({terms})
def test_hello():
    ask_now()
    with socket.socket() as made:
        made.settimeout(0.01)
        made.connect(("192.0.2.1", 9))
"""


@pytest.mark.parametrize("terms", ["", "allow_hosts=['10.*']"])
def test_a_socket_to_elsewhere_is_refused_in_a_marked_test(project, terms):
    project.tests(REACHES.format(terms=terms))
    project.tape("test_hello")
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(
        ["E*ConnectionRefusedError: '192.0.2.1:9' is not this machine*allow_hosts*--harness-live"]
    )


@pytest.mark.parametrize(
    ("terms", "ini", "flags"),
    [
        ("allow_hosts='192.0.2.*'", "", ()),
        ("", "harness_allow_hosts = 192.0.2.1 other.example", ()),
        ("mode='none'", "", ("--harness-live",)),
        ("mode='new_episodes'", "", ()),
    ],
    ids=["marker", "ini", "live", "recording"],
)
def test_a_socket_may_go_where_it_is_allowed_to(project, monkeypatch, terms, ini, flags):
    monkeypatch.setattr("socket.socket.connect", lambda *_: None)
    project.ini(ini)
    project.tests(REACHES.format(terms=terms))
    project.tape("test_hello")
    project.run(*flags).assert_outcomes(passed=1)


def test_a_refused_connection_that_was_swallowed_is_named(project):
    project.tests("""
        import urllib.request

        @pytest.mark.harness
        def test_hello():
            try:
                urllib.request.urlopen("http://api.example/")
            except OSError:
                pass
    """)
    result = project.run()
    result.assert_outcomes(failed=1)
    result.stdout.fnmatch_lines(["Nothing was recorded or played*", "*found: refused: api.example"])


# other clients

FETCHES = """
from urllib.request import Request, urlopen

@pytest.mark.harness{marker}
def test_hello(harness_server):
    recorded = harness_server.on_tape[0].request
    {asks}urlopen(Request(harness_server.url + "/api/converse-edge", recorded.body, dict(recorded.headers))).read()
"""


def test_any_client_plays_the_tape_through_the_server(project):
    project.tests(FETCHES.format(marker="", asks="assert b'[DONE]' in "))
    project.tape("test_hello")
    result = project.run()
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(["played    1 interaction from 1 cassette"])


def test_what_happens_at_the_server_is_judged_as_well(project):
    project.tests(
        FETCHES.format(marker="", asks="")
        + "\ndef test_idle(harness_server):\n    pass\n"
        + """
def test_other(harness_server):
    with pytest.raises(OSError, match="404"):
        urlopen(harness_server.url + "/other")
"""
    )
    for name in ("test_hello", "test_idle", "test_other"):
        project.tape(name)
    result = project.run()
    result.assert_outcomes(passed=1, failed=2)
    result.stdout.fnmatch_lines(["Nothing was recorded or played*", "No recording answers GET /other*"])


def test_a_server_without_a_tape_says_how_to_get_one(project):
    project.tests(FETCHES.format(marker="", asks=""))
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["There is no recording*", "*harness record*"])


THROUGH = """
import json
from urllib.request import Request, urlopen

def fetch(url, question="Hello!"):
    conversation = json.dumps({"history": [{"speaker": "human", "text": question}]})
    body = json.dumps({"conversation": conversation, "temperature": 0.7}).encode()
    return urlopen(Request(url + "/api/converse-edge", body, {"Content-Type": "application/json"})).read()

@pytest.fixture
def harness_base_url(request):
    return request.getfixturevalue("harness_standin").url

def test_hello(harness_proxy):
    assert b"[DONE]" in fetch(harness_proxy.url)
"""


def test_a_proxy_records_any_client_once_and_plays_for_ever(project):
    project.tests(THROUGH)
    result = project.run("--harness-mode=once")
    result.assert_outcomes(passed=1)
    result.stdout.fnmatch_lines(
        ["recorded  1 interaction onto 1 cassette:", "          cassettes/test_chat/test_hello"]
    )
    for flags in ((), ("--harness-mode=once",), ("--harness-cut=byte",)):
        result = project.run(*flags)
        result.assert_outcomes(passed=1)
        result.stdout.fnmatch_lines(["played    1 interaction from 1 cassette"])
        assert "unused  " not in result.stdout.str()


def test_a_proxy_replaces_the_folder_of_a_test_that_passes(project):
    project.tests(THROUGH)
    project.run("--harness-mode=once")
    folder = project.path / "cassettes" / "test_chat" / "test_hello"
    (before,) = folder.iterdir()
    project.tests(
        THROUGH.replace("harness_proxy.url)", "harness_proxy.url, 'new')").replace("assert", "assert not")
    )
    result = project.run("--harness-live")
    result.assert_outcomes(failed=1)
    assert "recorded  " not in result.stdout.str()
    assert list(folder.iterdir()) == [before]
    project.tests(THROUGH.replace("harness_proxy.url)", "harness_proxy.url, 'new')"))
    project.run("--harness-live").assert_outcomes(passed=1)
    (after,) = folder.iterdir()
    assert after.name != before.name


def test_a_proxy_goes_to_the_stand_in_of_the_test_or_where_it_is_told(project):
    project.tests(
        THROUGH.partition("@pytest")[0]
        + """
def test_standin(harness_proxy, harness_standin):
    fetch(harness_proxy.url)
    assert len(harness_standin.requests) == 1

@pytest.mark.harness(base_url="http://127.0.0.1:1")
def test_told(harness_proxy):
    with pytest.raises(OSError, match="502"):
        fetch(harness_proxy.url)

def test_nowhere(harness_proxy):
    pass
"""
    )
    result = project.run("--harness-mode=all")
    result.assert_outcomes(passed=2, errors=1)
    result.stdout.fnmatch_lines(["There is no upstream to send requests to."])


@pytest.mark.parametrize(
    ("source", "flag", "said"),
    [
        (
            THROUGH,
            "--harness-mode=none",
            "*help: record it: pytest test_chat.py::test_hello --harness-mode=once",
        ),
        ("def test_hello(harness_proxy):\n    pass", "--harness-mode=new_episodes", "*plays or records*"),
    ],
)
def test_a_proxy_that_cannot_do_what_the_mode_says_tells_why(project, source, flag, said):
    project.tests(source)
    if "new_episodes" in flag:
        project.tape("test_hello/0001-00000000")
    result = project.run(flag)
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines([said])


def test_two_ways_to_one_cassette_are_refused(project):
    project.tests("def test_hello(harness_cassette, harness_server):\n    pass")
    project.tape("test_hello")
    result = project.run()
    result.assert_outcomes(errors=1)
    result.stdout.fnmatch_lines(["A test uses its cassette in one way*"])


def test_the_stand_in_plays_the_scenario_that_is_asked_for(project):
    project.tests("""
        @pytest.mark.parametrize("harness_standin", ["reset", {"scenario": "server-error"}], indirect=True)
        def test_hello(harness_standin, monkeypatch):
            monkeypatch.setattr(harness.Vitalentum, "url", harness_standin.url)
            with pytest.raises(harness.errors.UpstreamError):
                ask_now()
            assert len(harness_standin.requests) == 1
    """)
    project.run().assert_outcomes(passed=2)


def test_a_scenario_that_there_is_not_is_refused_in_a_few_lines(project):
    project.tests("""
        @pytest.mark.parametrize("harness_standin", ["rest"], indirect=True)
        def test_hello(harness_standin):
            pass
    """)
    result = project.run()
    result.assert_outcomes(errors=1)
    assert "Traceback" not in result.stdout.str()
    assert "in_thread" not in result.stdout.str()
