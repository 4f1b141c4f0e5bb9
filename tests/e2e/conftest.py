"""What the journeys need: the independent upstream, started once, and an environment with the neighbours."""

from __future__ import annotations

import shutil
import subprocess
import sys
from pathlib import Path
from typing import TYPE_CHECKING

import pytest

from tests.e2e.independent import independent_servers

if TYPE_CHECKING:
    from collections.abc import Iterator


ROOT = Path(__file__).parents[2]
NEIGHBOURS = (
    "pytest-recording==0.14.1",
    "cassetter==0.16.1",
    "pytest-asyncio>=1.3",
    "pytest-xdist>=3.8",
    "anyio",
    "httpx",
)


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """Base URLs of the independent upstream and of the model behind it."""
    with independent_servers() as urls:
        yield urls


@pytest.fixture(scope="session")
def edge(servers: dict[str, str]) -> str:
    """Base URL of the independent upstream."""
    return servers["url"]


@pytest.fixture(scope="session")
def model(servers: dict[str, str]) -> str:
    """Base URL of the model: an OpenAI endpoint that nobody of this project wrote."""
    return servers["model"]


@pytest.fixture(scope="session")
def python(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The interpreter of a fresh environment with this package and its neighbours."""
    home = tmp_path_factory.mktemp("neighbours")
    subprocess.run([sys.executable, "-m", "venv", home], check=True)
    python = home / "bin" / "python"
    uv = shutil.which("uv") or shutil.which("uv", path=str(Path(sys.executable).parent))
    install = [uv, "pip", "install", "--python", str(python)] if uv else [str(python), "-m", "pip", "install"]
    subprocess.run([*install, "--quiet", str(ROOT), *NEIGHBOURS], check=True)
    return python
