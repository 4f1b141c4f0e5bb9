"""Callables by their names, and what is said of a name that leads nowhere."""

from __future__ import annotations

import json
import sys

import pytest

from harness.disk.callables import load_callable
from harness.errors import UsageError


@pytest.fixture
def here(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    monkeypatch.setattr(sys, "path", sys.path[:])
    (tmp_path / "callables_mine.py").write_text(
        "def parse(x): return x\nclass A: go = staticmethod(parse)\nn = 5\n"
    )
    (tmp_path / "callables_bad.py").write_text("1 / 0\n")
    (tmp_path / "callables_leaving.py").write_text("raise SystemExit(0)\n")
    (tmp_path / "callables_loud.py").write_text("print('loud')\ndef parse(x): return x\n")
    (tmp_path / "callables_endless.py").write_text("import time\ntime.sleep(60)\n")
    (tmp_path / "callables_exit.py").write_text("raise SystemExit(0)\n")
    yield
    for name in ("callables_mine", "callables_loud"):
        sys.modules.pop(name, None)


def test_a_module_of_the_current_folder_is_found(here):
    assert load_callable("callables_mine:parse")(3) == 3
    assert load_callable("callables_mine:A.go")(3) == 3


def test_an_installed_module_is_found():
    assert load_callable("json:loads") is json.loads


@pytest.mark.parametrize(
    ("name", "words"),
    [
        ("callables_mine", "names no callable"),
        (":parse", "names no callable"),
        ("callables_nix:parse", "There is no module 'callables_nix'"),
        ("callables_mine:pars", "did you mean parse"),
        ("callables_mine:n", "cannot be called"),
        ("callables_exit:parse", "callables_exit cannot be imported"),
        ("callables_mine.py:parse", "is a file, and no module"),
        ("callables_bad:parse", "ZeroDivisionError: division by zero"),
        ("callables_leaving:parse", "SystemExit: 0"),
    ],
)
def test_a_name_that_leads_nowhere_is_explained(here, name, words):
    with pytest.raises(UsageError, match=words):
        load_callable(name)


def test_a_module_that_does_not_come_back_is_named(here, monkeypatch):
    monkeypatch.setattr("harness.disk.callables.IMPORTING", 0.05)
    with pytest.raises(UsageError, match="callables_endless was not imported in 0 seconds"):
        load_callable("callables_endless:parse")


def test_what_a_module_prints_is_no_result(here, capsys):
    load_callable("callables_loud:parse")
    assert capsys.readouterr() == ("", "loud\n")
