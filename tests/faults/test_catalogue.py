"""The page on faults has a row for each of the sixty, and every test that it names is there."""

import re
import subprocess
import sys
from collections.abc import Iterator
from functools import cache
from itertools import chain
from pathlib import Path

ROOT = Path(__file__).parents[2]
PAGE = (ROOT / "docs" / "reference" / "faults.md").read_text(encoding="utf-8")
NAME = re.compile(r"`(?:([a-z_/]+\.py)::)?(test_[a-z0-9_]+(?:\[[A-Z0-9]+)?)(?:…\])?`")
"""A test in a row: its file where it is not the section's own, its name, and how its id begins where it has one."""


def sections() -> Iterator[tuple[str, str]]:
    """Each part of the page that has a file of tests of its own, and that file's path."""
    for part in PAGE.split("\n## "):
        home = re.search(r"Tests without a file stand in\s+`([a-z_/]+\.py)`", part)
        if home:
            yield home[1], part


def names_in(text: str, home: str) -> list[str]:
    return [f"{'tests/' + file if file else home}::{test}" for file, test in NAME.findall(text)]


ROW = re.compile(r"^\| (F[0-9]{2}) \|(.*)\|$", re.MULTILINE)
ROWS = {fault: names_in(row, home) for home, part in sections() for fault, row in ROW.findall(part)}
"""The tests that each row names."""

OF_MANY = [name for home, part in sections() for name in names_in(ROW.sub("", part), home)]
"""Those that the text around the rows names: they go for many rows."""

NAMED = [*OF_MANY, *chain.from_iterable(ROWS.values())]
COLLECT = (sys.executable, "-m", "pytest", "--collect-only", "-q", "-p", "no:cacheprovider", "-o", "addopts=")


@cache
def collected() -> tuple[str, ...]:
    """Every test that pytest finds in the files that the page names, the slow ones too."""
    files = sorted({name.partition("::")[0] for name in NAMED})
    done = subprocess.run([*COLLECT, *files], cwd=ROOT, capture_output=True, text=True, timeout=50)
    assert done.returncode == 0, done.stdout
    return tuple(line for line in done.stdout.splitlines() if "::" in line)


def is_meant(name: str, test: str) -> bool:
    return test.startswith(name) if "[" in name else test.partition("[")[0] == name


def test_there_is_a_row_for_each_of_the_sixty():
    assert list(ROWS) == [f"F{number:02}" for number in range(1, 61)]
    assert all(ROWS.values())


def test_every_test_that_the_page_names_is_there():
    assert [name for name in NAMED if not any(is_meant(name, test) for test in collected())] == []


def test_every_test_of_this_folder_that_names_a_fault_is_on_the_page():
    for test in collected():
        faults = re.findall(r"(?:test_|\[|-)([fF][0-9]{2})", test) if test.startswith("tests/faults/") else []
        for fault in faults:
            assert any(is_meant(name, test) for name in [*OF_MANY, *ROWS[fault.upper()]]), test
