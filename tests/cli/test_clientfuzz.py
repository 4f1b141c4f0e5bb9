"""`harness fuzz client`: the verdicts, what is kept, and how it ends."""

from __future__ import annotations

import json
import sys

import pytest

from harness import found_cases, load_cassette
from harness.fuzz.judge import CLIENT_RULES
from tests.cli.conftest import ROOT

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


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (("client",), "There is no client."),
        (("client", "--command", "ask"), "where the base URL goes"),
        (("no.such.module:f", "--as", "client"), "There is no module"),
        (("client", "--command", "ask {url}", "--case", "no"), "There is no case 'no'."),
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
