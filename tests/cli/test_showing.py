"""From findings to the files that show them."""

from __future__ import annotations

from harness.cassette.model import Cassette
from harness.cli.showing import MOST, Recording, recordings, shown, spread
from harness.disk.cassettes import save_cassette
from harness.disk.comparison import compare
from tests.drift.corpus import corpus
from tests.drift.operators import OPERATORS


def test_a_recording_knows_its_file_and_its_number(tmp_path):
    save_cassette(Cassette(tuple(corpus(1, 3))), tmp_path / "a.yaml")
    found = recordings(tmp_path)
    assert [(each.cassette, each.number) for each in found] == [
        (str(tmp_path / "a.yaml"), n) for n in (1, 2, 3)
    ]


def test_many_recordings_are_looked_through_evenly():
    few = [Recording(None, "a", number) for number in range(5)]
    assert spread(few) == few
    many = [Recording(None, "a", number) for number in range(MOST * 3)]
    numbers = [each.number for each in spread(many)]
    assert len(numbers) == MOST
    assert numbers == list(range(0, MOST * 3, 3))


def test_a_finding_gets_the_recording_that_shows_it_and_another_the_path():
    before, now = OPERATORS["text gone"].sides(1)
    now[0] = corpus(9, 1)[0]
    sides = [
        [Recording(each, f"{name}.yaml", n) for n, each in enumerate(side, 1)]
        for name, side in (("old", before), ("new", now))
    ]
    report = compare(before, now)
    located, pictures = shown(report, *sides, upstream="vitalentum", otherwise="new/")
    (finding, *_) = located.findings
    assert (finding.cassette, finding.interaction) == ("new.yaml", 2)
    assert pictures.left_out == 0
    nowhere = shown(report, [], sides[1], upstream="vitalentum", otherwise="new/")[0].findings[0]
    assert (nowhere.cassette, nowhere.interaction) == ("new/", None)
