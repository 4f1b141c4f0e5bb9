"""`harness record`: the reply in the terminal, the exchange on a cassette."""

from __future__ import annotations

import json
import signal

import pytest

from harness.cassette.model import Request
from harness.cassette.recovery import Answered, Began
from harness.disk.cassettes import load_cassette
from harness.disk.journal import Journal
from tests.cli.conftest import serving, start


def record(cli, url, *more):
    return cli("record", "Hello!", "--base-url", url, "--out", "a/hello.yaml", *more)


def test_the_reply_streams_to_stdout_and_the_rest_is_told_on_stderr(cli, standin, tmp_path):
    ended = record(cli, standin)
    assert ended.status == 0
    assert len(ended.out.strip()) > 20
    assert "ended complete: a/hello.yaml" in ended.err
    assert "Validated: clean" in ended.err
    assert load_cassette(tmp_path / "a/hello.yaml").interactions[0].response.stream.source == "stand-in"


def test_a_cassette_that_is_there_is_neither_replaced_nor_added_to_unasked(cli, standin, tmp_path):
    record(cli, standin)
    before = (tmp_path / "a/hello.yaml").read_bytes()
    ended = record(cli, standin)
    assert ended.status == 2
    assert "--append or --replace" in ended.err
    assert (tmp_path / "a/hello.yaml").read_bytes() == before


def test_what_a_killed_recorder_left_counts_as_a_cassette(cli, standin, tmp_path):
    tape = tmp_path / "a" / "hello.yaml"
    tape.parent.mkdir()
    journal = Journal(tape)
    journal.append(Began(1, Request("GET", "http://h/"), "2026-11-22T12:00:00Z"))
    journal.append(Answered(1, 200, "OK", ()))
    journal.close()
    ended = record(cli, standin)
    assert (ended.status, "--append or --replace" in ended.err) == (2, True)
    assert record(cli, standin, "--replace").status == 0
    assert [path.name for path in tape.parent.iterdir()] == ["hello.yaml"]


@pytest.mark.parametrize(("flag", "number"), [("--append", 2), ("--replace", 1)])
def test_adding_and_replacing_are_said_in_words(cli, standin, tmp_path, flag, number):
    record(cli, standin)
    assert cli("record", "Goodbye!", "--base-url", standin, "--out", "a/hello.yaml", flag).status == 0
    assert len(load_cassette(tmp_path / "a/hello.yaml").interactions) == number


def test_appending_the_same_question_says_that_the_tape_answered(cli, standin, tmp_path):
    record(cli, standin)
    ended = record(cli, standin, "--append")
    assert "Nothing was recorded: this question was answered by the cassette" in ended.err
    assert len(load_cassette(tmp_path / "a/hello.yaml").interactions) == 1


def test_a_whole_conversation_comes_from_a_file(cli, standin, tmp_path):
    messages = [{"role": "system", "content": "Be brief."}, {"role": "user", "content": "Привет 🙂"}]
    (tmp_path / "m.json").write_text(json.dumps(messages))
    assert cli("record", "--messages", "m.json", "--base-url", standin, "--out", "m.yaml").status == 0
    sent = json.loads(load_cassette(tmp_path / "m.yaml").interactions[0].request.body)
    assert [item["text"] for item in json.loads(sent["conversation"])["history"]] == [
        "Be brief.",
        "Привет 🙂",
    ]


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--out", "x.yaml"], "a PROMPT, or --messages"),
        (["Hi", "--messages", "m.json", "--out", "x.yaml"], "a PROMPT, or --messages"),
        (["--messages", "m.json", "--out", "x.yaml"], "No such file"),
        (["--messages", "bad.json", "--out", "x.yaml"], "no JSON"),
        (["--messages", "object.json", "--out", "x.yaml"], "no list"),
        (["Hi", "--out", "folder"], "names a folder"),
        (["Hi", "--out", "x.yaml", "--upstream", "vitalentun"], "did you mean 'vitalentum'?"),
        (["Hi", "--out", "x.yaml", "--base-url", "nonsense"], "base URL"),
    ],
    ids=["nothing", "both", "missing", "no JSON", "no list", "folder", "upstream", "URL"],
)
def test_wrong_usage_is_answered_in_words(cli, tmp_path, line, said):
    (tmp_path / "bad.json").write_text("[")
    (tmp_path / "object.json").write_text("{}")
    (tmp_path / "folder").mkdir()
    ended = cli("record", *line)
    assert ended.status == 2
    assert said in ended.err
    assert not (tmp_path / "x.yaml").exists()


def test_an_upstream_out_of_reach_is_status_3(cli, tmp_path):
    ended = record(cli, "http://127.0.0.1:9")
    assert ended.status == 3
    assert "Nothing was recorded" in ended.err
    assert "cannot be reached" in ended.err


def test_a_broken_reply_is_kept_and_told(cli, tmp_path):
    with serving("standin", "--speed", "inf", "--scenario", "reset") as url:
        ended = record(cli, url)
    assert ended.status == 3
    assert "ended reset: a/hello.yaml" in ended.err
    assert load_cassette(tmp_path / "a/hello.yaml").interactions[0].response.stream.end == "reset"


def test_a_failure_never_replaces_a_good_cassette(cli, standin, tmp_path):
    record(cli, standin)
    before = (tmp_path / "a/hello.yaml").read_bytes()
    ended = record(cli, "http://127.0.0.1:9", "--replace")
    assert (ended.status, "was left as it was" in ended.err) == (3, True)
    with serving("standin", "--speed", "inf", "--scenario", "reset") as url:
        assert record(cli, url, "--replace").status == 3
    assert (tmp_path / "a/hello.yaml").read_bytes() == before


def test_a_failure_that_adds_nothing_is_not_called_an_answer(cli, standin):
    record(cli, standin)
    ended = cli("record", "Goodbye!", "--base-url", "http://127.0.0.1:9", "--out", "a/hello.yaml", "--append")
    assert (ended.status, ended.err.splitlines()[0]) == (3, "Nothing was recorded.")


def test_an_interruption_keeps_what_had_come(tmp_path):
    with serving("standin", "--scenario", "stall") as url:
        out = tmp_path / "x.yaml"
        process = start("record", "Hello!", "--base-url", url, "--out", out)
        process.stdout.read(1)
        process.send_signal(signal.SIGINT)
        _, err = process.communicate(timeout=20)
    assert process.returncode == 130
    assert f"kept with what had come: {out}" in err
    assert "Traceback" not in err
    assert load_cassette(out).interactions[0].response.stream.end == "closed"


@pytest.mark.parametrize("upstream", ["openai-chat", "anthropic-messages", "ollama-chat", "parrot"])
def test_an_upstream_without_a_client_is_left_to_the_proxy(cli, parrot, upstream):
    ended = cli("record", "Hello!", "--upstream", upstream, "--out", "hello.yaml")
    assert ended.status == 2
    assert f"harness proxy --upstream {upstream}" in ended.err
