"""`harness proxy`: it serves until it is told to stop, and says what it has recorded, or that it has not."""

from __future__ import annotations

import json
import signal
import urllib.error
import urllib.request

import pytest

from harness.disk.cassettes import find_cassettes, load_cassette
from tests.cli.conftest import CONVERSATION, serving, start


def ask(url: str, timeout: float = 20) -> bytes:
    body = json.dumps({"conversation": CONVERSATION, "temperature": 0.7}).encode()
    headers = {"Content-Type": "application/json"}
    request = urllib.request.Request(f"{url}/api/converse-edge", data=body, headers=headers)
    with urllib.request.urlopen(request, timeout=timeout) as answer:
        return answer.read()


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_what_passes_through_is_on_a_tape_when_it_stops(tmp_path, standin, number):
    process = start("proxy", "--base-url", standin, "--out", tmp_path / "out", "--format", "json")
    said = ask(json.loads(process.stdout.readline())["url"])
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "")
    assert err.endswith("Recorded 1 exchange into " + str(tmp_path / "out") + "\n")
    (tape,) = find_cassettes(tmp_path / "out")
    response = load_cassette(tape).interactions[0].response
    assert (response.body, response.stream.upstream, response.stream.source) == (
        said,
        "vitalentum",
        "stand-in",
    )


def test_a_run_that_recorded_nothing_says_so_and_fails(tmp_path, standin):
    process = start("proxy", "--base-url", standin, "--out", tmp_path / "out", "--format", "json")
    process.stdout.readline()
    process.terminate()
    _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "Nothing was recorded" in err
    assert "Traceback" not in err


def test_an_upstream_out_of_reach_is_one_line_and_no_traceback(tmp_path):
    process = start(
        "proxy", "--base-url", "http://127.0.0.1:1", "--out", tmp_path / "out", "--format", "json"
    )
    url = json.loads(process.stdout.readline())["url"]
    with pytest.raises(urllib.error.HTTPError, match="502"):
        ask(url)
    process.terminate()
    _, err = process.communicate(timeout=20)
    told = [
        line for line in err.splitlines() if line.startswith("The upstream http://127.0.0.1:1 gave no answer")
    ]
    assert len(told) == 1
    assert "Traceback" not in err


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--base-url", "http://127.0.0.1:1"], "--out"),
        (["--out", "x"], "no upstream"),
        (["--out", "x", "--base-url", "127.0.0.1:1"], "no base URL"),
        (["--out", "x", "--base-url", "http://a:b@127.0.0.1:1"], "user name or a password"),
        (["--out", "x", "--upstream", "nobody"], "vitalentum"),
        (["--out", "x", "--base-url", "http://127.0.0.1:1", "--host", "0.0.0.0"], "--allow-remote"),
        (["--out", "x", "--base-url", "http://127.0.0.1:1", "--source", "life"], "Did you mean 'live'?"),
    ],
    ids=["out", "no upstream", "base url", "password", "upstream", "host", "source"],
)
def test_wrong_usage_is_refused_before_anything_is_served(cli, line, said):
    ended = cli("proxy", *line)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err


def test_a_file_in_the_folders_place_is_refused(cli, tmp_path):
    (tmp_path / "x").write_text("")
    assert cli("proxy", "--base-url", "http://127.0.0.1:1", "--out", "x").status == 2


def test_with_validate_a_clean_run_says_so(tmp_path, standin):
    process = start(
        "proxy", "--base-url", standin, "--out", tmp_path / "out", "--validate", "--format", "json"
    )
    ask(json.loads(process.stdout.readline())["url"])
    process.terminate()
    _, err = process.communicate(timeout=20)
    assert process.returncode == 0
    assert err.endswith("Validated: clean, no findings\n")


def test_with_validate_findings_are_told_as_they_come_and_decide_the_exit_status(tmp_path):
    with serving("standin", "--speed", "inf", "--scenario", "no-done") as upstream:
        process = start(
            "proxy", "--base-url", upstream, "--out", tmp_path / "out", "--validate", "--format", "json"
        )
        ask(json.loads(process.stdout.readline())["url"])
        process.terminate()
        _, err = process.communicate(timeout=20)
    assert process.returncode == 1
    assert "breaking: terminal-missing: " in err
    assert err.endswith("Validated: invalid, 1 finding (1 breaking)\n")
