"""The noxfile's promises that can be read without nox."""

from __future__ import annotations

import ast
import sys
import tomllib
from pathlib import Path

ROOT = Path(__file__).parent.parent
SOURCE = (ROOT / "noxfile.py").read_text()
TREE = ast.parse(SOURCE, feature_version=(3, 7))
FUNCTIONS = {node.name: node for node in TREE.body if isinstance(node, ast.FunctionDef)}


def test_before_nox_is_in_place_only_the_standard_library_is_imported():
    imports = [node for node in TREE.body if isinstance(node, ast.Import | ast.ImportFrom)]
    names = [node.module if isinstance(node, ast.ImportFrom) else node.names[0].name for node in imports]
    assert names[-1] == "nox"
    assert set(names[:-1]) <= sys.stdlib_module_names


def test_every_promised_session_is_there_and_says_what_it_does():
    sessions = {name for name, node in FUNCTIONS.items() if node.decorator_list}
    assert sessions == {
        "demo",
        "tests",
        "lint",
        "types",
        "docs",
        "e2e",
        "vcrpy",
        "cassettes",
        "clients",
        "bench",
        "suite",
        "nightly",
        "recordings",
        "mutation",
    }
    assert all(ast.get_docstring(node) for node in FUNCTIONS.values())


def test_the_python_versions_named_agree():
    floor = tomllib.loads((ROOT / "pyproject.toml").read_text())["project"]["requires-python"]
    assert f'# requires-python = "{floor}"' in SOURCE
    assert f"sys.version_info < {tuple(map(int, floor.removeprefix('>=').split('.')))}" in SOURCE
