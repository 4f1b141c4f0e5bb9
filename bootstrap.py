"""From a bare Python to nox: what `python3 noxfile.py` does on a machine with nothing but Python and pip.

Puts the noxfile's own requirements into `.venv` beside it, once (`.boot` where the venv module is missing), and
becomes nox there. Touches only those two folders, never the system's Python; needs the standard library only.
Kept honest by tests/test_bootstrap.py.
"""

from __future__ import annotations

import contextlib
import hashlib
import importlib.util
import os
import re
import ssl
import subprocess
import sys
import tomllib
from dataclasses import dataclass
from enum import Enum
from pathlib import Path
from typing import TYPE_CHECKING, NoReturn

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

PYPI = "https://pypi.org/simple"
STAMP = "bootstrap-stamp"
PIP = ("-m", "pip", "--disable-pip-version-check")
INSTALL = ("install", "--quiet", "--retries", "2")
START_FROM_FOLDER = "import sys; sys.path.insert(0, sys.argv.pop(1)); import nox; sys.exit(nox.main())"
FORCED = {"PIP_USER": "0", "PIP_REQUIRE_VIRTUALENV": "0"}
DROPPED = {"PIP_TARGET", "PIP_PREFIX"}
"""Settings of pip that would refuse the folders made here, or install elsewhere."""
NO_NETWORK = re.compile(
    "NewConnectionError|ConnectTimeout|ProxyError|SSLError|CERTIFICATE_VERIFY_FAILED|Max retries|unreachable|"
    "Connection refused|Name or service not known|name resolution|versions: none|No matching distribution"
)


class SetupError(Exception):
    """Nox could not be put in place; the text is all the user needs."""


@dataclass(frozen=True, slots=True)
class Way:
    """One way to a place with nox in it: what it needs, where it ends, the steps there."""

    needs: frozenset[str]
    folder: str
    steps: tuple[tuple[str, ...], ...]
    """Arguments for this Python; a step that begins with `{python}` is for the folder's own. `{home}` is the folder."""


class Ways(Enum):
    """In order of preference: the first needs no ensurepip, which is slow, and on Debian a package apart."""

    BARE_VENV = Way(
        frozenset({"venv", "pip --python"}),
        ".venv",
        (("-m", "venv", "--without-pip", "{home}"), (*PIP, "--python", "{python}", *INSTALL)),
    )
    VENV = Way(
        frozenset({"venv", "ensurepip"}),
        ".venv",
        (("-m", "venv", "{home}"), ("{python}", *PIP, *INSTALL)),
    )
    FOLDER = Way(frozenset({"pip"}), ".boot", ((*PIP, *INSTALL, "--upgrade", "--target", "{home}"),))


def main(noxfile: Path, arguments: Sequence[str]) -> NoReturn:
    """Become nox, run on `noxfile` with `arguments`; set it up first where it is missing."""
    environ = settle(os.environ, noxfile.parent)
    try:
        start = find_nox(noxfile, environ)
    except SetupError as error:
        print(error, file=sys.stderr)
        sys.exit(2)
    except KeyboardInterrupt:
        print("Stopped; the same line begins the set-up anew.", file=sys.stderr)
        sys.exit(130)
    sys.stdout.flush()
    os.execve(start[0], [*start, "-f", str(noxfile), *arguments], environ)


def find_nox(noxfile: Path, environ: Mapping[str, str]) -> list[str]:
    """The command that starts nox: this interpreter's own, or the one of the folder made for it."""
    if nox_is_here():
        return [sys.executable, "-m", "nox"]
    way = choose(available())
    home = noxfile.parent / way.folder
    wanted = requirements(noxfile.read_text(encoding="utf-8"))
    if not is_ready(home, wanted):
        print(f"Setting up {', '.join(wanted)} in {way.folder} (once) ...", file=sys.stderr, flush=True)
        build(way, home, wanted, environ)
    if way is Ways.FOLDER.value:
        return [sys.executable, "-c", START_FROM_FOLDER, str(home)]
    return [python_of(home), "-m", "nox"]


def nox_is_here() -> bool:
    """Whether this interpreter has a nox that knows dependency groups."""
    try:
        from nox.project import dependency_groups
    except ImportError:
        return False
    return callable(dependency_groups)


def available() -> frozenset[str]:
    """Which tools this interpreter brings along."""
    found = {name for name in ("venv", "ensurepip", "pip") if importlib.util.find_spec(name)}
    return frozenset(found | ({"pip --python"} if "pip" in found and pip_version() >= (22, 3) else set()))


def pip_version() -> tuple[int, ...]:
    """The version of this interpreter's pip: `pip --python` came with 22.3."""
    answer = subprocess.run([sys.executable, *PIP, "--version"], capture_output=True, text=True, check=False)
    numbers = re.match(r"pip (\d+)\.(\d+)", answer.stdout)
    return tuple(int(number) for number in numbers.groups()) if numbers else (0,)


def choose(tools: frozenset[str]) -> Way:
    """The first way whose needs are met."""
    for way in Ways:
        if way.value.needs <= tools:
            return way.value
    raise SetupError(
        "This Python has neither pip nor ensurepip, so nothing can be installed.\n"
        f"  where: {sys.executable}\n"
        "  help: install pip (on Debian and Ubuntu: `apt install python3-pip`), then run the same line again"
    )


def requirements(noxfile_text: str) -> list[str]:
    """What the noxfile's PEP 723 header asks for."""
    block = re.search(r"^# /// script\n(.*?)^# ///$", noxfile_text, re.MULTILINE | re.DOTALL)
    if block is None:
        raise SetupError("noxfile.py has lost its `# /// script` header, which names the nox it needs.")
    header = re.sub(r"^# ?", "", block.group(1), flags=re.MULTILINE)
    return [str(requirement) for requirement in tomllib.loads(header)["dependencies"]]


def is_ready(home: Path, wanted: Sequence[str]) -> bool:
    """Whether `home` was finished for these requirements, this Python and this very place."""
    stamp = home / STAMP
    return stamp.is_file() and stamp.read_text(encoding="utf-8") == stamp_text(home, wanted)


def stamp_text(home: Path, wanted: Sequence[str]) -> str:
    """A moved folder, another Python and other requirements all give another stamp."""
    return hashlib.sha256(repr((str(home), sys.version, sorted(wanted))).encode()).hexdigest()


def build(way: Way, home: Path, wanted: Sequence[str], environ: Mapping[str, str]) -> None:
    """Walk the way's steps; the stamp comes last, so that a broken-off set-up begins anew."""
    stale = home.exists() and ((home / STAMP).exists() or not Path(python_of(home)).exists())
    clear = ("--clear",) if stale and "venv" in way.steps[0] else ()
    for number, step in enumerate(way.steps, start=1):
        last = number == len(way.steps)
        run(step, home, (*(wanted if last else ()), *(clear if number == 1 else ())), environ)
    (home / STAMP).write_text(stamp_text(home, wanted), encoding="utf-8")


def run(step: Sequence[str], home: Path, more: Sequence[str], environ: Mapping[str, str]) -> None:
    """One step, quietly; where it fails, its words are explained."""
    names = {"{home}": str(home), "{python}": python_of(home)}
    words = [names.get(word, word) for word in (*step, *more)]
    command = words if step[0] == "{python}" else [sys.executable, *words]
    answer = subprocess.run(command, capture_output=True, text=True, env=dict(environ), check=False)
    if answer.returncode:
        raise SetupError(explain(answer.stdout + answer.stderr, home, registry(environ)))


def python_of(home: Path) -> str:
    """The interpreter of a virtual environment."""
    return str(home / "bin" / "python")


def explain(output: str, home: Path, tried: str) -> str:
    """A failed step in words: no network, a folder that cannot be written, or the tool's own last lines."""
    if NO_NETWORK.search(output):
        return (
            f"Setting up needs the package registry once, and it could not be reached.\n  tried: {tried}\n"
            "  help: connect to the network, or set PIP_INDEX_URL to a mirror, and run the same line again"
        )
    if re.search("Read-only file system|Permission denied|No space left", output):
        why = last_lines(output, 1)
        return f"{home} cannot be written.\n{why}\n  help: run it in a copy of your own"
    return f"Setting up {home} failed:\n{last_lines(output, 12)}"


def last_lines(output: str, number: int) -> str:
    """The end of a tool's words, indented."""
    return "\n".join(f"  {line}" for line in output.strip().splitlines()[-number:])


def registry(environ: Mapping[str, str]) -> str:
    """The package index that pip is set to use: by its environment, its files, or nothing at all."""
    if environ.get("PIP_INDEX_URL"):
        return environ["PIP_INDEX_URL"]
    question = [sys.executable, *PIP, "config", "list"]
    answer = subprocess.run(question, capture_output=True, text=True, env=dict(environ), check=False)
    return index_in(answer.stdout)


def index_in(listing: str) -> str:
    """The package index named by what `pip config list` prints; the later line is the stronger one."""
    named = re.findall(r"^(?:global|install)\.index-url='(.+)'$", listing, re.MULTILINE)
    return named[-1] if named else PYPI


def settle(environ: Mapping[str, str], root: Path) -> dict[str, str]:
    """The environment for pip, nox and uv: ours fills gaps, and only `FORCED` and `DROPPED` overrule the user's."""
    gaps = {}
    if has_system_certificates():  # uv brings its own authorities; a company's own is not among them
        gaps["UV_SYSTEM_CERTS"] = "1"
    if not cache_is_writable(environ):
        gaps |= {"UV_CACHE_DIR": str(root / ".nox" / ".cache"), "PIP_NO_CACHE_DIR": "1"}
    if (index := registry(environ)) != PYPI:  # uv does not read pip's settings
        gaps["UV_DEFAULT_INDEX"] = index
    kept = {name: value for name, value in environ.items() if name not in DROPPED}
    return {**gaps, **kept, **FORCED}


def has_system_certificates() -> bool:
    """Whether the operating system has a list of certificate authorities."""
    paths = ssl.get_default_verify_paths()
    return bool(paths.cafile or paths.capath)


def cache_is_writable(environ: Mapping[str, str]) -> bool:
    """Whether uv and pip may keep what they fetch in the user's cache folder."""
    if not (environ.get("XDG_CACHE_HOME") or environ.get("HOME")):
        return False
    folder = Path(environ.get("XDG_CACHE_HOME") or f"{environ['HOME']}/.cache")
    with contextlib.suppress(OSError):
        folder.mkdir(parents=True, exist_ok=True)
    return os.access(folder, os.W_OK)
