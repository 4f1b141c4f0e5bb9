"""`harness drift`: old recordings against new ones."""

from __future__ import annotations

import json

import pytest

from harness.cassette.model import Cassette, Response
from harness.disk.cassettes import save_cassette
from tests.drift.corpus import corpus
from tests.drift.operators import OPERATORS, replaced


@pytest.fixture
def folders(tmp_path):
    """A function that keeps a baseline and new recordings."""

    def keep(before, now):
        for name, recordings in (("old", before), ("new", now)):
            (tmp_path / name).mkdir()
            for number, each in enumerate(recordings):
                save_cassette(Cassette((each,)), tmp_path / name / f"{number}.yaml")

    return keep


def test_the_same_upstream_is_clean(cli, folders):
    folders(corpus(1, 6), corpus(2, 6))
    ended = cli("drift", "old", "--against", "new")
    assert (ended.status, ended.out.split(";")[0]) == (0, "✓ clean: no findings")


def test_a_change_is_told_with_its_evidence(cli, folders):
    folders(*OPERATORS["text gone"].sides(1))
    ended = cli("drift", "old", "--against", "new", "--format", "json")
    document = json.loads(ended.out)
    assert (ended.status, document["verdict"]) == (1, "drift")
    finding = document["findings"][0]
    assert (finding["rule"], finding["where"]) == ("chunk-field-removed", "$.choices[*].delta.content")
    assert (finding["cassette"], finding["evidence"]["now"]) == ("new", "0 of 8")


@pytest.mark.parametrize(("limit", "status"), [("breaking", 0), ("risky", 0), ("additive", 1)])
def test_fail_on_sets_the_limit(cli, folders, limit, status):
    folders(*OPERATORS["field new"].sides(1))
    assert cli("drift", "old", "--against", "new", "--fail-on", limit).status == status


def test_what_is_benign_ends_in_0(cli, folders):
    folders(*OPERATORS["server"].sides(1))
    assert cli("drift", "old", "--against", "new").status == 0


def test_an_upstream_that_could_not_be_seen_ends_in_3(cli, folders):
    down = Response(503, "Down", (("Content-Type", "text/html"),), b"<html>")
    folders(corpus(1, 3), [replaced(each, status=503, body=down.body, stream=None) for each in corpus(2, 3)])
    assert cli("drift", "old", "--against", "new").status == 3


def test_a_side_that_is_missing_is_refused(cli):
    assert cli("drift", "nowhere", "--against", "nowhere").status == 2
