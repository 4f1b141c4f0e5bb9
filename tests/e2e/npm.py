"""Node programs of these tests: their packages are installed once, from the lock file, into a folder that git
ignores.
"""

from __future__ import annotations

import shutil
import subprocess
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from pathlib import Path


def install(folder: Path) -> None:
    """`npm ci`, unless what is installed is what the lock file says."""
    lock, done = folder / "package-lock.json", folder / "node_modules" / ".package-lock.json"
    if not done.exists() or done.stat().st_mtime < lock.stat().st_mtime:
        subprocess.run([program("npm"), "ci", "--silent"], cwd=folder, check=True)


def program(name: str) -> str:
    """The path of a program that has to be there."""
    found = shutil.which(name)
    if found is None:
        raise RuntimeError(f"{name} is missing: these tests need Node 20 and npm")
    return found
