"""The file of accepted findings."""

from __future__ import annotations

import datetime
import json
import threading

import pytest

from harness.disk.acceptance import changing, read_accepted
from harness.drift.accepted import Entry
from harness.errors import UsageError

DAY = datetime.date(2026, 11, 26)


def entry(number):
    return Entry(fingerprint=f"{number:012x}", reason="r", owner="o", accepted=DAY)


def test_no_file_is_no_entries(tmp_path):
    assert read_accepted(tmp_path / "none.json") == []


def test_what_is_written_is_read_in_a_settled_order(tmp_path):
    path = tmp_path / "accepted.json"
    with changing(path) as entries:
        entries += [entry(2), entry(1)]
    assert read_accepted(path) == [entry(1), entry(2)]
    assert path.read_text().count("\n") > 10  # a line each, so that changes can be reviewed


def test_an_error_on_the_way_changes_nothing(tmp_path):
    path = tmp_path / "accepted.json"
    with changing(path) as entries:
        entries.append(entry(1))
    before = path.read_bytes()
    with pytest.raises(RuntimeError), changing(path) as entries:
        entries.clear()
        raise RuntimeError
    assert path.read_bytes() == before


def test_writers_wait_for_each_other(tmp_path):
    path = tmp_path / "accepted.json"

    def add(number):
        with changing(path) as entries:
            entries.append(entry(number))

    threads = [threading.Thread(target=add, args=(number,)) for number in range(12)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(read_accepted(path)) == 12


@pytest.mark.parametrize(
    "text",
    [
        "",
        "[]",
        '{"version": 2, "accepted": []}',
        '{"version": 1, "accepted": [{}]}',
        '{"version": 1, "accepted": [], "x": 1}',
    ],
)
def test_a_damaged_file_is_refused_and_left(tmp_path, text):
    path = tmp_path / "accepted.json"
    path.write_text(text)
    with pytest.raises(UsageError, match="cannot be read"):
        read_accepted(path)
    assert path.read_text() == text


def test_people_can_read_it(tmp_path):
    path = tmp_path / "accepted.json"
    with changing(path) as entries:
        entries.append(entry(1))
    assert json.loads(path.read_text())["accepted"][0]["accepted"] == "2026-11-26"
