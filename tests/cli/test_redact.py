"""`harness redact`: what it removes, and what it leaves alone."""

from __future__ import annotations

from harness.cassette.format import dumps
from harness.disk.cassettes import load_cassette
from tests.cli.test_scan import KEY, leaky


def test_after_it_a_scan_finds_nothing(cli, tmp_path):
    file = tmp_path / "leaky.yaml"
    file.write_bytes(dumps(leaky()))
    ended = cli("redact", "leaky.yaml")
    assert (ended.status, ended.out) == (0, "leaky.yaml\n")
    assert "revoke it" in ended.err
    assert cli("scan", "leaky.yaml").status == 0
    assert KEY not in file.read_text()


def test_the_pieces_keep_their_sizes(cli, tmp_path):
    file = tmp_path / "leaky.yaml"
    file.write_bytes(dumps(leaky()))
    before = load_cassette(file).interactions[0].response
    cli("redact", file)
    after = load_cassette(file).interactions[0].response
    assert after.stream.frames == before.stream.frames
    assert len(after.body) == len(before.body)


def test_a_clean_cassette_is_not_touched(cli, tape):
    before = (tape.read_bytes(), tape.stat().st_mtime_ns)
    ended = cli("redact", tape)
    assert (ended.status, ended.out, ended.err) == (0, "", "There was nothing to remove.\n")
    assert (tape.read_bytes(), tape.stat().st_mtime_ns) == before
