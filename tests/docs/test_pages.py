"""Pages that are made are up to date, and every link between pages leads somewhere."""

from __future__ import annotations

import importlib.util
import json
import re
import tomllib
from xml.etree import ElementTree as ET

import pytest

from harness import load_cassette
from harness.cassette.cases import is_client_case
from harness.fuzz.judge import CLIENT_RULES
from harness.fuzz.trials import trials_for
from harness.upstreams.registry import get_upstream
from tests.cli.conftest import ROOT

DOCS = ROOT / "docs"
MEASURED = json.loads((DOCS / "reference" / "clients.json").read_text())
PAGES = [*ROOT.glob("*.md"), *DOCS.rglob("*.md")]


def generate():
    """The module `docs/generate.py`."""
    spec = importlib.util.spec_from_file_location("generate", DOCS / "generate.py")
    module = importlib.util.module_from_spec(spec)
    spec.loader.exec_module(module)
    return module


def test_the_page_on_the_command_line_is_what_the_commands_say(monkeypatch):
    monkeypatch.delenv("COLUMNS", raising=False)
    assert (DOCS / "reference" / "cli.md").read_text() == generate().command_line(), (
        "run: python docs/generate.py"
    )


def test_the_page_of_the_laws_is_what_the_table_says():
    assert (DOCS / "reference" / "laws.md").read_text() == generate().laws(), "run: python docs/generate.py"


def test_the_page_of_the_stand_in_is_what_its_tables_say():
    page = (DOCS / "reference" / "stand-in.md").read_text()
    assert page == generate().stand_in(), "run: python docs/generate.py"


def test_the_page_of_other_parsers_is_what_the_cassettes_say():
    assert (DOCS / "reference" / "parsers.md").read_text() == generate().parsers(), (
        "run: python docs/generate.py"
    )


def test_the_page_of_other_clients_is_what_was_measured():
    assert (DOCS / "reference" / "clients.md").read_text() == generate().clients(), (
        "run: python docs/generate.py"
    )


def test_every_finding_about_a_client_has_its_cassette_and_every_cassette_its_finding():
    found = ROOT / "cassettes" / "found"
    for client in MEASURED["clients"]:
        wanted = {f"{each['rule']}-{each['case']}.yaml" for each in client["findings"]}
        folder = found / client["folder"]
        assert {path.name for path in folder.glob("*.yaml")} == wanted, client["name"]
        for path in folder.glob("*.yaml"):
            assert is_client_case(load_cassette(path))


def test_the_table_of_clients_has_a_column_for_every_verdict():
    assert list(generate().VERDICTS) == list(CLIENT_RULES)


def test_our_own_client_does_well_in_all_cases():
    (ours,) = (client for client in MEASURED["clients"] if client["name"] == "ours")
    assert ours["findings"] == []
    assert ours["cases"] == len(trials_for(get_upstream("vitalentum")))


def test_the_versions_of_other_parsers_are_those_that_are_fuzzed():
    groups = tomllib.loads((ROOT / "pyproject.toml").read_text())["dependency-groups"]
    titles = list(generate().PARSERS.values())[1:]
    assert {title.replace(" ", "==") for title in titles} <= {
        each for each in groups["e2e"] if isinstance(each, str)
    }


def test_the_picture_can_be_made_and_shows_two_curves():
    drawing = ET.fromstring(generate().picture())
    assert len([each for each in drawing.iter() if each.tag.endswith("path")]) == 2


@pytest.mark.parametrize("page", PAGES, ids=lambda page: str(page.relative_to(ROOT)))
def test_every_link_leads_somewhere(page):
    text = re.sub(r"```.*?```", "", page.read_text(), flags=re.DOTALL)
    links = [link.partition("#")[0] for link in re.findall(r"\]\(([^)\s]+)\)", text)]
    assert not [link for link in links if link and "://" not in link and not (page.parent / link).exists()]


def test_every_decision_tells_what_lost():
    for page in DOCS.glob("adr/*.md"):
        assert "**What lost.**" in page.read_text(), page.name


def test_every_dependency_has_its_reason():
    table = (DOCS / "explanation" / "dependencies.md").read_text().lower()
    asked = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["dependencies"]
    for requirement in asked:
        name, floor = requirement.split(">=")
        assert f"| {name} | {floor} |" in table, requirement
