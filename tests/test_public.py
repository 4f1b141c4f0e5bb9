"""The public face: every promised name is there, is documented, and costs nothing before it is used."""

from __future__ import annotations

import inspect
import subprocess
import sys

import pytest

import harness

HEAVY = ("aiohttp", "httpx", "hypothesis", "jsonschema", "jsonschema_rs", "rich", "vcr", "yaml")


@pytest.mark.parametrize("name", harness.__all__)
def test_a_public_name_can_be_imported(name):
    assert getattr(harness, name) is not None


@pytest.mark.parametrize("name", [name for name in harness.__all__ if name != "__version__"])
def test_a_public_name_says_what_it_is_for(name):
    assert inspect.getdoc(getattr(harness, name))


def test_the_public_names_are_listed_and_sorted():
    assert dir(harness) == sorted(harness.__all__)


def test_an_unknown_name_is_an_attribute_error():
    with pytest.raises(AttributeError, match="no attribute 'casette'"):
        harness.casette  # noqa: B018 - asking is the point


def modules_after(statement: str) -> set[str]:
    """The modules of a fresh interpreter that has run *statement*."""
    question = f"{statement}; import sys; print(*sys.modules)"
    answer = subprocess.run([sys.executable, "-c", question], capture_output=True, text=True, check=True)
    return set(answer.stdout.split())


def test_importing_harness_loads_nothing_heavy():
    assert not modules_after("import harness") & {*HEAVY, "click", "asyncio", "msgspec"}


def test_reading_a_cassette_needs_no_http_library():
    assert not modules_after("from harness import load_cassette") & {"aiohttp", "httpx", "hypothesis", "vcr"}
