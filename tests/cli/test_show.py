"""`harness show`: a stream for people, for machines, and as a page."""

from __future__ import annotations

import json

import pytest

from harness.cassette.model import Cassette
from harness.disk.cassettes import save_cassette
from tests.cli.conftest import interaction
from tests.contract.exchange import UPSTREAMS
from tests.contract.exchange import tape as exchange_of


def test_the_listing_holds_origin_events_path_and_ending(cli, tape):
    out = cli("show", tape).out
    assert "recorded 2026-11-22T12:00:00Z from stand-in vitalentum" in out
    assert '"Привет 🙂"' in out
    assert "path  role → content → finish → [DONE]" in out
    assert "ended complete after 40.0 ms" in out


def test_machines_get_every_event(cli, tape):
    (document,) = json.loads(cli("show", tape, "--format", "json").out)
    assert [event["says"] for event in document["events"]] == ["role", "content", "finish", "[DONE]"]
    assert document["text"] == "Привет 🙂"


def test_the_page_is_written_where_it_is_wanted(cli, tape, tmp_path):
    ended = cli("show", tape, "--html", "page.html")
    assert (ended.out, ended.err) == ("", "Written to page.html\n")
    assert "<svg" in (tmp_path / "page.html").read_text()


def test_one_interaction_can_be_chosen(cli, tmp_path):
    save_cassette(Cassette((interaction(), interaction())), tmp_path / "two.yaml")
    assert cli("show", "two.yaml").out.count("interaction") == 2
    assert cli("show", "two.yaml", "-n", "2").out.count("interaction") == 1
    ended = cli("show", "two.yaml", "-n", "3")
    assert (ended.status, "expected: 1 to 2" in ended.err) == (2, True)


@pytest.mark.parametrize(
    "command", ["show", "play", "validate", "scan", "replay", "convert --to json", "redact"]
)
def test_every_command_answers_well_for_what_is_not_a_cassette(cli, tape, tmp_path, command):
    name, *more = command.split()
    (tmp_path / "empty").mkdir()
    (tmp_path / "damaged.yaml").write_text("interactions: [\n")
    missing, empty, damaged = (cli(name, path, *more) for path in ("hallo.yaml", "empty", "damaged.yaml"))
    assert (missing.status, "did you mean hello.yaml?" in missing.err) == (2, True)
    assert (empty.status, "no cassette in this folder" in empty.err) == (2, True)
    assert (damaged.status, "damaged.yaml" in damaged.err) == (4, True)
    assert "Traceback" not in missing.err + empty.err + damaged.err


def test_of_several_cassettes_one_must_be_named(cli, tape, tmp_path):
    save_cassette(Cassette((interaction(),)), tmp_path / "other.yaml")
    ended = cli("show", ".")
    assert ended.status == 2
    assert "name one of: hello.yaml, other.yaml" in ended.err


def test_a_folder_with_one_cassette_stands_for_it(cli, tape):
    assert cli("show", ".").status == 0


@pytest.mark.parametrize("upstream", UPSTREAMS)
def test_the_streams_of_every_upstream_are_read(cli, tmp_path, upstream):
    save_cassette(exchange_of(upstream=upstream), tmp_path / "tape.yaml")
    (document,) = json.loads(cli("show", "tape.yaml", "--format", "json", "--upstream", upstream).out)
    assert document["text"] == "Hello"
    assert "[DONE]" in document["events"][-1]["says"]
    assert cli("play", "tape.yaml", "--upstream", upstream).out == "Hello\n"
    assert cli("validate", "tape.yaml", "--upstream", upstream).status == 0
