"""The house plan, read off the source: who imports whom, who touches the world, and that modules have twins."""

from __future__ import annotations

import ast
from functools import cache
from graphlib import TopologicalSorter
from pathlib import Path

import msgspec
import pytest

ROOT = Path(__file__).parent.parent
PACKAGE = ROOT / "harness"

LEVEL = {
    "errors": 0,
    "finding": 0,
    "sse": 1,
    "chat": 2,
    "upstreams": 3,
    "cassette": 4,
    "contract": 5,
    "drift": 5,
    "fuzz": 5,
    "report": 6,
    "disk": 7,
    "net": 8,
    "clients": 8,
    "cli": 9,
    "pytest_plugin": 9,
    "__main__": 10,
}
"""A room imports rooms of a lower level only. From 7 upwards are the edges: they alone touch the world."""

FIRST_EDGE = 7

WORLDLY = {
    *(
        "asyncio",
        "concurrent",
        "fcntl",
        "ftplib",
        "http",
        "io",
        "mmap",
        "multiprocessing",
        "os",
        "pathlib",
        "select",
    ),
    *("selectors", "shutil", "signal", "smtplib", "socket", "socketserver", "ssl", "subprocess", "tempfile"),
    *("threading", "time", "urllib.request", "webbrowser"),
    *("aiohttp", "click", "filelock", "httpx", "pytest", "rich", "vcr"),
}
"""What reaches files, sockets, clocks, processes or the screen; not for the rooms that compute."""

ONLY_THERE = {"hypothesis": {"fuzz"}}
"""Packages with one home."""

WITHOUT_TWIN: dict[str, str] = {}
"""Modules without a test file of their own, and why."""


class Import(msgspec.Struct, frozen=True):
    """One import of a module by a module; `late` ones happen when a function is called, `typing` ones never."""

    importer: str
    imported: str
    typing: bool
    late: bool


@cache
def modules() -> dict[str, Path]:
    """Every module of the package by its dotted name."""
    return {_dotted(path): path for path in sorted(PACKAGE.rglob("*.py"))}


@cache
def tree_of(module: str) -> ast.Module:
    return ast.parse(modules()[module].read_text(encoding="utf-8"))


@cache
def imports() -> tuple[Import, ...]:
    return tuple(found for module in modules() for found in _imports(module, tree_of(module)))


def room_of(module: str) -> str:
    """`harness.sse.parser` stands in the room `sse`; the list of public names stands in none."""
    return module.split(".")[1] if "." in module else ""


def _dotted(path: Path) -> str:
    parts = path.relative_to(ROOT).with_suffix("").parts
    return ".".join(parts[:-1] if parts[-1] == "__init__" else parts)


def _imports(module: str, node: ast.AST, *, typing: bool = False, late: bool = False) -> list[Import]:
    found = [Import(module, name, typing, late) for name in _named(module, node)]
    for child in ast.iter_child_nodes(node):
        inside_typing = typing or (isinstance(node, ast.If) and _asks_for_typing(node) and child in node.body)
        inside_function = late or isinstance(node, ast.FunctionDef | ast.AsyncFunctionDef | ast.Lambda)
        found += _imports(module, child, typing=inside_typing, late=inside_function)
    return found


def _named(module: str, node: ast.AST) -> list[str]:
    if isinstance(node, ast.Import):
        return [alias.name for alias in node.names]
    if isinstance(node, ast.ImportFrom):
        source = f"{_package(module, node.level)}{node.module or ''}".rstrip(".")
        inner = [f"{source}.{alias.name}" for alias in node.names]
        return [name if name in modules() else source for name in inner]
    return []


def _package(module: str, level: int) -> str:
    """What the dots of a relative import stand for, itself ending in a dot; nothing for an absolute one."""
    parts = module.split(".") + (["__init__"] if modules()[module].stem == "__init__" else [])
    return ".".join(parts[:-level]) + "." if level else ""


def _asks_for_typing(node: ast.If) -> bool:
    return isinstance(node.test, ast.Name) and node.test.id == "TYPE_CHECKING"


def inner_imports() -> list[Import]:
    return [
        each
        for each in imports()
        if each.imported in modules() and room_of(each.importer) and room_of(each.imported)
    ]


def test_every_room_has_a_level():
    assert {room_of(module) for module in modules()} - {""} <= LEVEL.keys()


def test_a_room_imports_lower_rooms_only():
    wrong = [
        f"{each.importer} imports {each.imported}"
        for each in inner_imports()
        if room_of(each.importer) != room_of(each.imported)
        and LEVEL[room_of(each.importer)] <= LEVEL[room_of(each.imported)]
    ]
    assert not wrong


def test_no_import_goes_in_a_circle():
    graph: dict[str, set[str]] = {}
    for each in imports():
        if not each.typing and each.imported in modules() and each.imported != each.importer:
            graph.setdefault(each.importer, set()).add(each.imported)
    list(TopologicalSorter(graph).static_order())


def test_only_the_edges_touch_the_world():
    wrong = {
        f"{each.importer} imports {each.imported}"
        for each in imports()
        if not each.typing
        and LEVEL.get(room_of(each.importer), FIRST_EDGE) < FIRST_EDGE
        and (each.imported in WORLDLY or each.imported.split(".")[0] in WORLDLY)
    }
    assert not wrong


def test_only_the_edges_open_files():
    wrong = [
        module
        for module in modules()
        if LEVEL.get(room_of(module), FIRST_EDGE) < FIRST_EDGE
        for node in ast.walk(tree_of(module))
        if isinstance(node, ast.Call)
        and isinstance(node.func, ast.Name)
        and node.func.id in {"open", "print", "input"}
    ]
    assert not wrong


@pytest.mark.parametrize("package", ONLY_THERE)
def test_a_package_with_one_home_is_imported_there_only(package):
    homes = {room_of(each.importer) for each in imports() if each.imported.split(".")[0] == package}
    assert homes <= ONLY_THERE[package]


def test_every_module_opens_with_its_sign():
    assert [module for module in modules() if not ast.get_docstring(tree_of(module))] == []


def test_every_module_has_its_twin_or_a_reason():
    alone = {module for module in modules() if _has_code(module) and not _twin(module).exists()}
    assert alone == WITHOUT_TWIN.keys()


def test_the_reasons_are_reasons():
    assert all(len(reason.split()) > 3 for reason in WITHOUT_TWIN.values())


def test_no_room_is_a_cupboard():
    names = {path.stem for path in modules().values()}
    assert not names & {"utils", "util", "helpers", "helper", "misc", "common", "managers", "manager"}


def _has_code(module: str) -> bool:
    """Whether there is anything to test: a package's door that only lists names has nothing."""
    kinds = (ast.FunctionDef, ast.AsyncFunctionDef, ast.ClassDef)
    return modules()[module].stem != "__init__" and any(
        isinstance(node, kinds) for node in tree_of(module).body
    )


def _twin(module: str) -> Path:
    *rooms, name = module.split(".")[1:]
    return ROOT.joinpath("tests", *rooms, f"test_{name}.py")
