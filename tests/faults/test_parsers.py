"""The same faults with aiohttp's pure-Python parser, which it takes where its C extension is not built.

The choice is made at import, so these run in a process of their own.
"""

import os
import subprocess
import sys
from pathlib import Path

import pytest

ROOT = Path(__file__).parents[2]
NO_EXTENSIONS = {**os.environ, "AIOHTTP_NO_EXTENSIONS": "1"}
NO_EXTENSIONS.pop("PYTEST_ADDOPTS", None)

PATIENCE_S = 100


def without_extensions(*arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, *arguments],
        cwd=ROOT,
        env=NO_EXTENSIONS,
        capture_output=True,
        text=True,
        timeout=PATIENCE_S,
    )


WHICH = """
from aiohttp.http_parser import HttpResponseParser, HttpResponseParserPy
print(HttpResponseParser is HttpResponseParserPy)
"""

FILES = ["tests/net/test_memory.py", "tests/net/test_listener.py"]
BY_NIGHT = [
    "tests/faults/test_upstream.py",
    "tests/faults/test_client.py",
    "tests/net/test_seam.py",
    "tests/net/test_fidelity.py",
    "tests/clients/test_vitalentum.py",
]


def test_without_its_extensions_aiohttp_takes_the_pure_parser():
    assert without_extensions("-c", WHICH).stdout == "True\n"


@pytest.mark.timeout(PATIENCE_S)
@pytest.mark.parametrize("file", [*FILES, *(pytest.param(file, marks=pytest.mark.slow) for file in BY_NIGHT)])
def test_the_same_holds_with_the_pure_parser(file):
    done = without_extensions("-m", "pytest", "-q", "-p", "no:xdist", "-p", "no:cacheprovider", file)
    assert done.returncode == 0, done.stdout
