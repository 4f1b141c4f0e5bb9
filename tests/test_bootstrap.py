"""The way from a bare Python to nox: the parts that decide, and one real run that must end in words."""

from __future__ import annotations

import os
import ssl
import subprocess
import sys
from pathlib import Path
from types import SimpleNamespace

import pytest

import bootstrap
from bootstrap import SetupError, Ways

ROOT = Path(__file__).parent.parent
HEADER = '# /// script\n# requires-python = ">=3.11"\n# dependencies = ["nox[uv]>=1"]\n# ///\n"""Words."""\n'


@pytest.mark.parametrize(
    ("tools", "way"),
    [
        ({"venv", "ensurepip", "pip", "pip --python"}, Ways.BARE_VENV),
        ({"venv", "pip", "pip --python"}, Ways.BARE_VENV),  # Debian without python3-venv
        ({"venv", "ensurepip", "pip"}, Ways.VENV),  # pip older than 22.3
        ({"venv", "ensurepip"}, Ways.VENV),
        ({"pip", "pip --python"}, Ways.FOLDER),
        ({"venv", "pip"}, Ways.FOLDER),
    ],
    ids=lambda value: value.name if isinstance(value, Ways) else "+".join(sorted(value)),
)
def test_the_way_fits_the_tools_that_are_there(tools, way):
    assert bootstrap.choose(frozenset(tools)) is way.value


def test_a_python_that_can_install_nothing_is_told_what_to_install():
    with pytest.raises(SetupError, match="apt install python3-pip"):
        bootstrap.choose(frozenset({"venv"}))


def test_the_requirements_are_those_of_the_noxfiles_header():
    assert bootstrap.requirements(HEADER) == ["nox[uv]>=1"]
    assert bootstrap.requirements((ROOT / "noxfile.py").read_text())[0].startswith("nox[uv]")


def test_a_lost_header_is_named():
    with pytest.raises(SetupError, match="header"):
        bootstrap.requirements('"""No header."""')


def test_a_folder_is_ready_once_and_only_for_its_requirements_and_its_place(tmp_path):
    home = tmp_path / "a"
    home.mkdir()
    assert not bootstrap.is_ready(home, ["nox"])
    (home / bootstrap.STAMP).write_text(bootstrap.stamp_text(home, ["nox"]))
    assert bootstrap.is_ready(home, ["nox"])
    assert not bootstrap.is_ready(home, ["nox", "uv"])
    assert not bootstrap.is_ready(home.rename(tmp_path / "b"), ["nox"])


@pytest.mark.parametrize(
    ("output", "said"),
    [
        (
            "NewConnectionError('[Errno -3] Temporary failure in name resolution')",
            "tried: HERE",
        ),
        ("ERROR: Could not find a version that satisfies nox (from versions: none)", "PIP_INDEX_URL"),
        ("OSError: [Errno 30] Read-only file system: '/x/.venv'", "cannot be written"),
        ("ERROR: something new\nand its reason", "and its reason"),
    ],
    ids=["no name", "nothing there", "read-only", "anything else"],
)
def test_a_failed_step_is_explained(output, said):
    assert said in bootstrap.explain(output, Path("/x/.venv"), "HERE")


def test_the_registry_is_the_one_pip_is_told_to_use():
    assert bootstrap.registry({"PIP_INDEX_URL": "https://mirror.test/simple"}) == "https://mirror.test/simple"


@pytest.mark.parametrize(
    ("listing", "index"),
    [
        ("", bootstrap.PYPI),
        ("global.cert='/x'\nglobal.extra-index-url='file:///y'\n", bootstrap.PYPI),
        ("global.index-url='https://a.test/simple'\n", "https://a.test/simple"),
        (
            "global.index-url='https://a.test/simple'\ninstall.index-url='https://b.test/simple'\n",
            "https://b.test/simple",
        ),
    ],
    ids=["nothing", "something else", "for all", "for installs"],
)
def test_the_registry_is_read_from_pips_own_settings(listing, index):
    assert bootstrap.index_in(listing) == index


def test_the_users_settings_win_save_those_that_would_install_elsewhere(tmp_path):
    mine = {"HOME": str(tmp_path), "UV_SYSTEM_CERTS": "0", "PIP_INDEX_URL": "https://mirror.test/simple"}
    settled = bootstrap.settle({**mine, "PIP_USER": "1", "PIP_TARGET": "/elsewhere"}, tmp_path)
    assert settled == mine | {
        "PIP_USER": "0",
        "PIP_REQUIRE_VIRTUALENV": "0",
        "UV_DEFAULT_INDEX": "https://mirror.test/simple",
    }


def test_without_a_home_the_caches_stay_in_the_project(tmp_path):
    settled = bootstrap.settle({"PIP_INDEX_URL": bootstrap.PYPI}, tmp_path)
    assert settled["UV_CACHE_DIR"].startswith(str(tmp_path))


def test_without_a_system_list_uv_keeps_its_own_authorities(tmp_path, monkeypatch):
    monkeypatch.setattr(ssl, "get_default_verify_paths", lambda: SimpleNamespace(cafile=None, capath=None))
    assert "UV_SYSTEM_CERTS" not in bootstrap.settle(
        {"HOME": str(tmp_path), "PIP_INDEX_URL": bootstrap.PYPI}, tmp_path
    )


def test_a_registry_out_of_reach_ends_in_words_and_status_2(tmp_path):
    """The real thing, with nobody listening where the registry should be."""
    (tmp_path / "noxfile.py").write_text((ROOT / "noxfile.py").read_text())
    (tmp_path / "bootstrap.py").write_text(
        (ROOT / "bootstrap.py").read_text() + "\nnox_is_here = lambda: False\n"
    )
    environ = {
        "PATH": os.environ["PATH"],
        "HOME": str(tmp_path),
        "PIP_INDEX_URL": "http://127.0.0.1:9/simple",
    }
    environ |= {"PIP_RETRIES": "0", "PIP_CONFIG_FILE": os.devnull, "PIP_NO_CACHE_DIR": "1"}
    ended = subprocess.run(
        [sys.executable, "noxfile.py", "-s", "demo"],
        cwd=tmp_path,
        env=environ,
        capture_output=True,
        text=True,
    )
    assert ended.returncode == 2
    assert "tried: http://127.0.0.1:9/simple" in ended.stderr
    assert "Traceback" not in ended.stderr
