"""Other people's clients under `harness fuzz client`: what the docs say of them still holds."""

from __future__ import annotations

import json
from importlib.metadata import PackageNotFoundError

import pytest

from tests.e2e.clienttable import DATA, JS, ROWS, tried, version
from tests.e2e.npm import install

pytestmark = pytest.mark.e2e

MEASURED = {client["name"]: client for client in json.loads(DATA.read_text())["clients"]}
SLOW = {"client-hung", "client-no-read-timeout"}
"""Verdicts that take all of the patience; `nox -s clients` looks at these."""


def findings(row, case, tmp_path):
    report = tried(row, "--case", case, out=tmp_path, patience=60)
    return [finding["rule"] for finding in report["findings"]]


@pytest.fixture(params=ROWS, ids=lambda row: row.name)
def row(request):
    package = request.param.package
    if package == "openai_js":
        install(JS)
    try:
        version(package)
    except PackageNotFoundError:
        pytest.skip(f"{package} is not installed here: `nox -s clients` installs it")
    return request.param


def test_every_client_is_measured():
    assert list(MEASURED) == [row.name for row in ROWS]


def test_a_client_reads_a_plain_reply(row, tmp_path):
    assert findings(row, "plain", tmp_path) == []


def test_a_client_still_earns_its_first_verdict(row, tmp_path):
    quick = [each for each in MEASURED[row.name]["findings"] if each["rule"] not in SLOW]
    for finding in quick[:1]:
        assert findings(row, finding["case"], tmp_path) == [finding["rule"]]
