"""`harness fuzz client`: the verdicts, what is kept, and how it ends."""

from __future__ import annotations

import json
import shlex
import signal
import sys
import time
from pathlib import Path

import pytest

from harness import found_cases, load_cassette
from harness.cli.clientfuzz import Client
from harness.fuzz.judge import CLIENT_RULES
from tests.cli.conftest import ROOT, start

TRUSTING = "tests.net.clients:trusting"


@pytest.fixture(autouse=True)
def with_tests_to_import(monkeypatch):
    monkeypatch.setenv("PYTHONPATH", str(ROOT))


def test_a_client_that_does_well_is_clean(cli):
    ended = cli("fuzz", TRUSTING, "--as", "client", "--case", "plain")
    assert (ended.status, ended.out) == (0, "✓ clean: no findings; 1 case; 1 ok case\n")
    assert ended.err == "plain  ok\n"


def test_what_a_client_takes_badly_is_kept(cli, tmp_path):
    ended = cli("fuzz", TRUSTING, "--as", "client", "--case", "reset", "--format", "json")
    assert ended.status == 0
    ended = cli("fuzz", TRUSTING, "--as", "client", "--case", "cut-between-events", "--format", "json")
    (finding,) = json.loads(ended.out)["findings"]
    assert (ended.status, finding["rule"]) == (1, "client-truncation-accepted")
    assert f"harness fuzz {TRUSTING} --as client --case cut-between-events" in finding["help"]
    kept = load_cassette(tmp_path / finding["cassette"]).interactions[0].response
    assert kept.body.count(b"\n\n") == 4
    assert found_cases(tmp_path / "cassettes/found") == []


def test_a_command_is_a_client_too(cli):
    command = f"{sys.executable} -c 'import sys; print(sys.argv[1])' {{url}}"
    ended = cli("fuzz", "client", "--command", command, "--case", "plain")
    assert ended.status == 1
    assert "client-text-changed" in ended.out


def test_what_was_not_tried_is_inconclusive(cli):
    ended = cli("fuzz", TRUSTING, "--as", "client", "--seconds", "0.0001")
    assert "were not tried" in ended.err
    assert ended.status == 3


def test_a_case_that_the_time_ends_has_no_verdict(cli):
    command = f"{sys.executable} -c 'import time; time.sleep(60)' {{url}}"
    ended = cli("fuzz", "--command", command, "--case", "plain", "--seconds", "0.5")
    assert ended.status == 3
    assert ended.err == "the time is over; 1 of 1 cases were not tried\n"


def test_a_client_that_never_asks_is_told_so(cli):
    ended = cli("fuzz", "--command", f"{sys.executable} -c 'print(5)' {{url}}", "--case", "plain")
    assert ended.status == 1
    assert "in 1 of 1 cases the client asked nothing: does it use the base URL," in ended.err
    assert "no failure; it asked nothing" in ended.out


def test_a_path_with_spaces_and_quotes_is_run_and_can_be_tried_again(cli, tmp_path):
    script = tmp_path / "an 'odd' place" / "ask it.py"
    script.parent.mkdir()
    script.write_text("print('no text of the reply')")
    command = shlex.join([sys.executable, str(script), "{url}"])
    ended = cli("fuzz", "--command", command, "--case", "chance-7", "--seed", 7, "--format", "json")
    (finding,) = json.loads(ended.out)["findings"]
    again = shlex.split(finding["help"].partition("then: harness ")[2])
    assert cli(*again, "--format", "json").out == ended.out


def test_two_long_commands_are_kept_apart():
    one, other = (Client(name=None, command=f"{'x' * 80} {n} {{url}}", upstream="openai-chat") for n in "ab")
    assert one.folder != other.folder
    assert len(one.folder) < 80


def test_what_is_kept_is_the_answer_of_this_run(cli, tmp_path):
    line = ("fuzz", TRUSTING, "--as", "client", "--case", "cut-between-events", "--out", "kept")
    path = tmp_path / "kept/tests.net.clients.trusting/client-truncation-accepted-cut-between-events.yaml"
    assert cli(*line, "--upstream", "openai-chat").status == 1
    other = path.read_text()
    assert cli(*line).status == 1
    assert path.read_text() != other


@pytest.mark.skipif(sys.platform != "linux", reason="asks /proc whether a process lives")
@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM, signal.SIGHUP])
def test_when_it_is_interrupted_no_client_stays(number, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    sleeping = "import os, sys, time; open(str(os.getpid()), 'w'); print('begun', flush=True); time.sleep(60)"
    (tmp_path / "sleeping.py").write_text(sleeping)
    with start("fuzz", "--command", f"{sys.executable} sleeping.py {{url}}", "--patience", "50") as process:
        while len(pids := [path.name for path in tmp_path.iterdir() if path.name.isdigit()]) < 2:
            time.sleep(0.05)
        process.send_signal(number)
        out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (130, "")
    assert "Traceback" not in err
    assert [pid for pid in pids if Path("/proc", pid).exists()] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("client",), "There is no client."),
        (("client", "--command", "ask"), "where the base URL goes"),
        (("no.such.module:f", "--as", "client"), "There is no module"),
        (("client", "--command", "ask {url}", "--case", "no"), "There is no case 'no'."),
        ((TRUSTING, "--command", "ask {url}"), "There are two clients."),
        (("--command", "no-such-program-anywhere {url}"), "The command cannot be run"),
        (("client", "--command", "ask {url}", "--upstream", "nix"), "nix"),
    ],
)
def test_what_cannot_be_tried_is_wrong_usage(cli, arguments, words):
    ended = cli("fuzz", *arguments)
    assert ended.status == 2
    assert words in ended.err


def test_a_rule_for_clients_is_explained(cli):
    ended = cli("explain", "client-retry-too-soon")
    assert "Retry-After" in ended.out


def test_the_page_names_every_verdict():
    page = (ROOT / "docs/how-to/fuzz-your-client.md").read_text(encoding="utf-8")
    assert [rule for rule in CLIENT_RULES if f"| `{rule}` |" not in page] == []
