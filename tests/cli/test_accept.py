"""`harness drift accept`: written once, reviewed by people, heeded until it expires."""

from __future__ import annotations

import json
from concurrent.futures import ThreadPoolExecutor
from datetime import date, timedelta

import pytest

from harness.cassette.model import Cassette
from harness.disk.cassettes import save_cassette
from tests.cli.conftest import start
from tests.drift.corpus import corpus
from tests.drift.operators import OPERATORS, replaced

FILE = "harness-accepted.json"
COMPARED = ("--baseline", "old", "--against", "new")
TERMS = ("--reason", "agreed with the service", "--owner", "ann", "--expires", "2099-12-31")


def keep(folder, recordings):
    folder.mkdir()
    for number, each in enumerate(recordings):
        save_cassette(Cassette((each,)), folder / f"{number}.yaml")


@pytest.fixture
def moved(tmp_path):
    """A function that keeps recordings of before and after some changes."""

    def make(*names, seed=1):
        before, now = corpus(seed, 6), corpus(seed + 500, 6)
        for name in names:
            now = [OPERATORS[name].change(each) for each in now]
        keep(tmp_path / "old", before)
        keep(tmp_path / "new", now)

    return make


def report(cli, *more):
    ended = cli("drift", "old", "--against", "new", "--format", "json", *more)
    return ended.status, json.loads(ended.out)


def fingerprints(cli):
    return [finding["fingerprint"] for finding in report(cli)[1]["findings"]]


def test_an_accepted_finding_does_not_count_and_stays_in_the_report(cli, moved, tmp_path):
    moved("field new", "no space")
    one, other = fingerprints(cli)
    assert cli("drift", "accept", one, *COMPARED, *TERMS).status == 0
    status, document = report(cli)
    assert (status, [finding["fingerprint"] for finding in document["findings"]]) == (1, [other])
    (accepted,) = document["summary"]["accepted"]
    assert (accepted["fingerprint"], accepted["accepted"]["owner"]) == (one, "ann")
    assert cli("drift", "accept", other, *COMPARED, *TERMS).status == 0
    assert (report(cli)[0], report(cli)[1]["verdict"]) == (0, "clean")


def test_the_file_says_all_that_a_reviewer_needs_in_a_settled_order(cli, moved, tmp_path):
    moved("field new", "no space")
    cli("drift", "accept", *reversed(fingerprints(cli)), *COMPARED, *TERMS)
    text = (tmp_path / FILE).read_text()
    document = json.loads(text)
    assert [entry["rule"] for entry in document["accepted"]] == ["chunk-field-added", "framing-space"]
    assert document["accepted"][0] == {
        "fingerprint": document["accepted"][0]["fingerprint"],
        "rule": "chunk-field-added",
        "where": "$.service_tier",
        "severity": "additive",
        "message": "A field is there that was not (before 0 of 6, now 6 of 6).",
        "reason": "agreed with the service",
        "owner": "ann",
        "accepted": date.today().isoformat(),
        "expires": "2099-12-31",
        "first_seen": date.today().isoformat(),
    }
    cli("drift", "accept", *fingerprints(cli), *COMPARED, *TERMS)
    assert (tmp_path / FILE).read_text() == text


def test_it_is_silent_on_other_recordings_of_the_same_change(cli, moved, tmp_path):
    moved("field new")
    cli("drift", "accept", *fingerprints(cli), *COMPARED, *TERMS)
    keep(tmp_path / "later", [OPERATORS["field new"].change(each) for each in corpus(77, 9)])
    ended = cli("drift", "old", "--against", "later")
    assert (ended.status, "; 1 accepted;" in ended.out) == (0, True)


def test_the_text_shows_accepted_findings_on_demand_and_the_fingerprint_of_all(cli, moved):
    moved("field new")
    (one,) = fingerprints(cli)
    assert f"fingerprint: {one}" in cli("drift", "old", "--against", "new").out
    cli("drift", "accept", one, *COMPARED, *TERMS)
    assert "chunk-field-added" not in cli("drift", "old", "--against", "new").out
    shown = cli("drift", "old", "--against", "new", "--show-accepted").out
    assert "accepted: by ann until 2099-12-31" in shown


def test_a_report_as_json_will_do(cli, moved, tmp_path):
    moved("field new")
    (one,) = fingerprints(cli)
    cli("drift", "old", "--against", "new", "--format", "json", "--output", "report.json")
    assert cli("drift", "accept", one, "--from", "report.json", *TERMS).status == 0
    cli("drift", "old", "--against", "new", "--format", "json", "--output", "report.json")
    assert cli("drift", "accept", one, "--from", "report.json", *TERMS).status == 0  # accepted anew
    assert report(cli)[0] == 0


def test_an_unknown_fingerprint_is_refused_and_nothing_is_accepted(cli, moved, tmp_path):
    moved("field new")
    (one,) = fingerprints(cli)
    ended = cli("drift", "accept", one, "0123456789ab", *COMPARED, *TERMS)
    assert (ended.status, "There is no finding '0123456789ab'" in ended.err, one in ended.err) == (
        2,
        True,
        True,
    )
    assert not (tmp_path / FILE).exists()


@pytest.mark.parametrize("left_out", ["--reason", "--owner", "--expires"])
def test_an_acceptance_without_its_terms_is_refused(cli, moved, left_out):
    moved("field new")
    terms = [
        word
        for name, value in zip(TERMS[::2], TERMS[1::2], strict=True)
        if name != left_out
        for word in (name, value)
    ]
    ended = cli("drift", "accept", *fingerprints(cli), *COMPARED, *terms)
    assert (ended.status, left_out in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("expires", "says"),
    [
        ("2001-01-01", "expected: a last day from "),
        ("soon", "'soon' is no day of the calendar; one is written as 2027-03-01"),
        ("2027-02-30", "'2027-02-30' is no day of the calendar"),
    ],
)
def test_a_last_day_that_is_over_or_none_is_refused(cli, expires, says):
    ended = cli("drift", "accept", "0123456789ab", *COMPARED, *TERMS[:-1], expires)
    assert (ended.status, says in ended.err) == (2, True)


def test_what_has_expired_counts_again_and_that_is_said(cli, moved, tmp_path):
    moved("field new")
    cli("drift", "accept", *fingerprints(cli), *COMPARED, *TERMS)
    yesterday = (date.today() - timedelta(days=1)).isoformat()
    (tmp_path / FILE).write_text((tmp_path / FILE).read_text().replace("2099-12-31", yesterday))
    ended = cli("drift", "old", "--against", "new")
    assert ended.status == 1
    assert f"ann had accepted it until {yesterday}; that is over." in ended.out
    assert "1 accepted finding expired" in ended.err


def test_pruning_removes_what_expired_or_is_gone(cli, moved, tmp_path):
    moved("field new", "no space")
    cli("drift", "accept", *fingerprints(cli), *COMPARED, *TERMS)
    document = json.loads((tmp_path / FILE).read_text())
    document["accepted"][0]["expires"] = "2001-01-01"
    (tmp_path / FILE).write_text(json.dumps(document))
    ended = cli("drift", "accept", "--prune")
    assert (ended.status, "chunk-field-added" in ended.out, "framing-space" in ended.out) == (0, True, False)
    keep(tmp_path / "same", corpus(9, 6))
    ended = cli("drift", "accept", "--prune", "--baseline", "old", "--against", "same")
    assert "framing-space at framing, not found any more" in ended.out
    assert json.loads((tmp_path / FILE).read_text())["accepted"] == []


def test_what_could_not_be_seen_is_neither_accepted_nor_pruned(cli, moved, tmp_path):
    moved("field new")
    cli("drift", "accept", *fingerprints(cli), *COMPARED, *TERMS)
    kept = (tmp_path / FILE).read_text()
    keep(
        tmp_path / "down", [replaced(each, status=503, body=b"<html>", stream=None) for each in corpus(2, 3)]
    )
    down = ("--baseline", "old", "--against", "down")
    assert cli("drift", "accept", "--prune", *down).status == 0
    assert (tmp_path / FILE).read_text() == kept
    blind = json.loads(cli("drift", "old", "--against", "down", "--format", "json").out)["findings"][0]
    ended = cli("drift", "accept", blind["fingerprint"], *down, *TERMS)
    assert (ended.status, "cannot be accepted" in ended.err) == (2, True)


@pytest.mark.parametrize(
    ("text", "words"),
    [
        ('{"version": 1, "accepted": [', "no JSON"),
        ("<<<<<<< HEAD\n{}", "a merge that was not finished"),
        ('{"version": 1, "accepted": [{"fingerprint": "a"}]}', "damaged"),
        ('{"version": 2, "accepted": []}', "a newer harness"),
        ("[]", "damaged"),
    ],
)
def test_a_damaged_file_is_refused_and_left_as_it_is(cli, moved, tmp_path, text, words):
    moved("field new")
    (one,) = fingerprints(cli)
    (tmp_path / FILE).write_text(text)
    for ended in (cli("drift", "old", "--against", "new"), cli("drift", "accept", one, *COMPARED, *TERMS)):
        assert (ended.status, words in ended.err) == (2, True)
    assert (tmp_path / FILE).read_text() == text


@pytest.mark.parametrize(
    "line", ["", "abc --reason x --owner y --expires 2099-01-01", "a --from x --baseline y"]
)
def test_a_line_that_makes_no_sense_is_refused(cli, line):
    assert cli("drift", "accept", *line.split()).status == 2


@pytest.mark.parametrize(
    "text", ["", "{}", '{"version":1,"command":"validate","verdict":"clean","findings":[],"summary":{}}']
)
def test_another_file_for_a_report_is_refused(cli, tmp_path, text):
    (tmp_path / "report.json").write_text(text)
    ended = cli("drift", "accept", "abc", "--from", "report.json", *TERMS)
    assert (ended.status, "no report of harness drift" in ended.err) == (2, True)


def test_a_folder_that_is_called_accept_is_written_as_a_path(cli, tmp_path):
    keep(tmp_path / "accept", corpus(1, 4))
    keep(tmp_path / "new", corpus(2, 4))
    assert cli("drift", "./accept", "--against", "new").status == 0
    assert cli("drift", "accept", "--against", "new").status == 2


def test_sarif_suppresses_what_was_accepted(cli, moved):
    moved("field new", "no space")
    cli("drift", "accept", fingerprints(cli)[0], *COMPARED, *TERMS)
    log = json.loads(cli("drift", "old", "--against", "new", "--format", "sarif").out)
    counted, accepted = log["runs"][0]["results"]
    assert "suppressions" not in counted
    (suppression,) = accepted["suppressions"]
    assert (accepted["baselineState"], suppression["status"]) == ("unchanged", "accepted")
    assert "agreed with the service" in suppression["justification"]


def test_writers_at_the_same_time_lose_nothing(cli, moved, tmp_path):
    moved("field new", "no space", "comments", "sunset")
    names = fingerprints(cli)
    cli("drift", "old", "--against", "new", "--format", "json", "--output", "report.json")
    path = tmp_path / "report.json"

    def write(name):
        with start("drift", "accept", name, "--from", path, "--accepted", tmp_path / FILE, *TERMS) as process:
            return process.wait(timeout=60)

    with ThreadPoolExecutor(4) as pool:
        assert set(pool.map(write, names)) == {0}
    kept = json.loads((tmp_path / FILE).read_text())["accepted"]
    assert sorted(entry["fingerprint"] for entry in kept) == sorted(names)


def test_severities_and_clients_of_the_settings_count(cli, moved, tmp_path):
    moved("field new")
    (tmp_path / "pyproject.toml").write_text('[tool.harness.severity]\nchunk-field-added = "breaking"\n')
    assert report(cli)[1]["findings"][0]["severity"] == "breaking"
    assert report(cli, "--severity", "chunk-field-added=off")[0] == 0
    (tmp_path / "pyproject.toml").write_text('[tool.harness]\nclients = "tolerant"\n')
    assert report(cli)[1]["verdict"] == "benign"
    ended = cli("drift", "old", "--against", "new", "--severity", "chunk-field-aded=off")
    assert (ended.status, "did you mean 'chunk-field-added'?" in ended.err) == (2, True)
