"""`harness scan` and the places it names."""

from __future__ import annotations

import json

import msgspec
import pytest

from harness.cassette.format import dumps
from harness.cassette.model import Cassette
from harness.cli.scan import scanned
from tests.cli.conftest import CHUNKS, interaction

KEY = "sk-" + "a1B2c3D4e5" * 5


def leaky() -> Cassette:
    """A cassette as another recorder leaves it: a key in a header, in the URL, and in a chunk."""
    one = interaction([CHUNKS[0], CHUNKS[1].replace("Привет", KEY), *CHUNKS[2:]])
    request = msgspec.structs.replace(
        one.request, uri=one.request.uri + "?api_key=" + KEY, headers=(("Authorization", f"Bearer {KEY}"),)
    )
    return Cassette((msgspec.structs.replace(one, request=request),))


@pytest.fixture
def leaking(tmp_path):
    """The leaky cassette on disk."""
    path = tmp_path / "leaky.yaml"
    path.write_bytes(dumps(leaky()))
    return path


def test_a_secret_is_found_named_by_place_and_never_shown(cli, leaking):
    ended = cli("scan", leaking, "--format", "json")
    assert ended.status == 5
    places = {finding["where"] for finding in json.loads(ended.out)["findings"]}
    assert {"request:header:authorization", "request:path", "$.choices[*].delta.content"} <= places
    assert KEY not in ended.out + ended.err


def test_a_recording_of_ours_holds_none(cli, tape):
    ended = cli("scan", tape)
    assert (ended.status, ended.out) == (0, "✓ clean: no findings; 1 cassette\n")


def test_findings_can_be_told_and_passed_over(cli, leaking):
    assert cli("scan", leaking, "--exit-zero").status == 0


def test_a_secret_of_this_environment_is_known(cli, tmp_path, monkeypatch):
    monkeypatch.setenv("MY_SERVICE_TOKEN", "just-a-word-of-mine-42")
    one = interaction([CHUNKS[0], CHUNKS[1].replace("Привет", "just-a-word-of-mine-42")])
    (tmp_path / "x.yaml").write_bytes(dumps(Cassette((one,))))
    assert cli("scan", "x.yaml").status == 5


def test_a_finding_points_at_file_and_interaction(leaking):
    (first, *_) = scanned(leaking)
    assert (first.cassette, first.interaction) == (str(leaking), 1)
