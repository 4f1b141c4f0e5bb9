"""`harness drift accept`: what was found need not be mended."""

from __future__ import annotations

import json

import pytest

from harness.cassette.model import Cassette
from harness.disk.cassettes import save_cassette
from tests.drift.operators import OPERATORS

WHO = ("--reason", "a new model", "--owner", "ann")


@pytest.fixture
def drifted(tmp_path):
    """Recordings of before and now, and recordings of now made another day."""
    before, now = OPERATORS["field new"].sides(1)
    _, later = OPERATORS["field new"].sides(7)
    for name, recordings in (("old", before), ("new", now), ("later", later)):
        (tmp_path / name).mkdir()
        for number, each in enumerate(recordings):
            save_cassette(Cassette((each,)), tmp_path / name / f"{number}.yaml")
    return tmp_path


def found(cli, *words):
    return json.loads(cli("drift", "old", "--against", "new", "--format", "json", *words).out)


def test_what_is_accepted_is_told_and_does_not_count(cli, drifted):
    (finding,) = found(cli)["findings"]
    assert cli("drift", "accept", finding["fingerprint"], *WHO).status == 0
    document = found(cli)
    assert (document["verdict"], document["findings"]) == ("clean", [])
    (accepted,) = document["summary"]["accepted"]
    assert (accepted["rule"], accepted["owner"], accepted["reason"]) == (
        finding["rule"],
        "ann",
        "a new model",
    )
    assert "1 accepted" in cli("drift", "old", "--against", "new").out


def test_another_recording_of_the_same_change_is_accepted_as_well(cli, drifted):
    (finding,) = found(cli)["findings"]
    cli("drift", "accept", finding["fingerprint"], *WHO)
    assert cli("drift", "old", "--against", "later").status == 0


def test_the_file_says_what_was_accepted(cli, drifted):
    cli("drift", "old", "--against", "new", "--format", "json", "--output", "drift.json")
    (finding,) = found(cli)["findings"]
    cli("drift", "accept", finding["fingerprint"], "--from", "drift.json", *WHO, "--expires", "2999-12-31")
    (entry,) = json.loads((drifted / "harness-accepted.json").read_text())["accepted"]
    assert (entry["rule"], entry["where"], entry["expires"]) == (
        finding["rule"],
        finding["where"],
        "2999-12-31",
    )


def test_what_is_over_counts_again(cli, drifted):
    (finding,) = found(cli)["findings"]
    cli("drift", "accept", finding["fingerprint"], *WHO, "--expires", "2001-01-01")
    document = found(cli)
    assert (document["verdict"], document["summary"]["expired"]) == ("drift", [finding["fingerprint"]])
    assert cli("drift", "accept", "--prune").status == 0
    assert json.loads((drifted / "harness-accepted.json").read_text())["accepted"] == []


def test_pruning_takes_out_what_is_not_found_any_more(cli, drifted):
    (finding,) = found(cli)["findings"]
    cli("drift", "accept", finding["fingerprint"], "0123456789ab", *WHO)
    assert found(cli)["summary"]["not_seen"] == ["0123456789ab"]
    cli(
        "drift",
        "old",
        "--against",
        "new",
        "--accepted",
        "none.json",
        "--format",
        "json",
        "--output",
        "drift.json",
    )
    cli("drift", "accept", "--prune", "--from", "drift.json")
    kept = json.loads((drifted / "harness-accepted.json").read_text())["accepted"]
    assert [entry["fingerprint"] for entry in kept] == [finding["fingerprint"]]


@pytest.mark.parametrize(
    ("words", "said"),
    [
        ((), "nothing to accept"),
        (("0123456789ab",), "needs a reason and an owner"),
        (("chunk-field-added", *WHO), "is no fingerprint"),
        (("0123456789ab", *WHO, "--expires", "tomorrow"), "no day"),
        (("0123456789ab", *WHO, "--from", "drift.json"), "no finding 0123456789ab in the report"),
        (("0123456789ab", *WHO, "--from", "old/0.yaml"), "report cannot be read"),
    ],
)
def test_what_makes_no_sense_is_refused_in_words(cli, drifted, words, said):
    cli("drift", "old", "--against", "new", "--format", "json", "--output", "drift.json")
    ended = cli("drift", "accept", *words)
    assert (ended.status, said in ended.err) == (2, True), ended.err
    assert not (drifted / "harness-accepted.json").exists()


def test_a_damaged_file_is_left_as_it_is(cli, drifted):
    file = drifted / "harness-accepted.json"
    file.write_text('{"version": 1, "accepted": [{')
    assert cli("drift", "old", "--against", "new").status == 2
    assert cli("drift", "accept", "0123456789ab", *WHO).status == 2
    assert file.read_text() == '{"version": 1, "accepted": [{'


def test_that_nobody_could_look_is_never_accepted(cli, drifted):
    ended = cli("drift", "old", "--against", "new/0.yaml", "--format", "json")
    assert ended.status in (0, 1)
    (drifted / "none").mkdir()
    empty = json.loads(cli("drift", "old", "--against", "none", "--format", "json").out or '{"findings": []}')
    for finding in empty["findings"]:
        cli("drift", "accept", finding["fingerprint"], *WHO)
    assert cli("drift", "old", "--against", "none").status != 0
