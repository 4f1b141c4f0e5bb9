"""Would the tests notice? The code is changed in small ways, and the tests of the changed room must fail each time.

    python -m tests.mutation [ROOM ...] [--floor 90] [--write]     as `nox -s mutation` does

The edge: works on a copy of what git tracks, in a temporary folder, so that nothing here is touched, and reads what
mutmut wrote down. `score.py` judges; `--write` keeps the figures in `measured.json` and makes the page of them.
"""

from __future__ import annotations

import argparse
import json
import os
import resource
import shutil
import subprocess
import sys
import tempfile
from contextlib import AbstractContextManager, nullcontext
from pathlib import Path

from tests.mutation import page, score
from tests.mutation.rooms import ROOMS, Room

ROOT = Path(__file__).parents[2]
FLOOR = 90.0
CHILDREN = 2
MEMORY = 2 * 2**30
"""Bytes of address space for a mutant; the tests themselves take a quarter of it."""
SPARED = ("cacheprovider", "xdist", "unraisableexception", "threadexception", "logging")
"""Plugins of pytest that cost time in each of a thousand runs and notice nothing here."""
OPTIONS = ("--tb=no", *(word for name in SPARED for word in ("-p", f"no:{name}")))

CONFIG = """
[tool.mutmut]
source_paths = ["harness"]
only_mutate = {mutated}
also_copy = {copied}
pytest_add_cli_args_test_selection = {tests}
pytest_add_cli_args = {options}
track_dependencies = false
use_git_change_detection = false
"""


def main(words: list[str]) -> int:
    """The exit status: 0 where every room passed."""
    options = _options(words)
    reasons = page.reasons()
    outcomes = {}
    for name in options.rooms or ROOMS:
        outcomes[name] = run(name, options)
        print("\n".join(score.told(name, outcomes[name], reasons, options.floor)), flush=True)
        if options.write and outcomes[name].ran:
            page.keep({name: outcomes[name]})
    return int(any(score.faults(outcome, reasons, options.floor) for outcome in outcomes.values()))


def _options(words: list[str]) -> argparse.Namespace:
    parser = argparse.ArgumentParser(
        prog="python -m tests.mutation", description=(__doc__ or "").split("\n")[0]
    )
    parser.add_argument("rooms", nargs="*", metavar="ROOM", help=", ".join(ROOMS))
    parser.add_argument("--floor", type=float, default=FLOOR, help="per cent to be killed (%(default)s)")
    parser.add_argument("--children", type=int, default=CHILDREN, help="mutants at a time (%(default)s)")
    parser.add_argument("--write", action="store_true", help="keep the figures, and make the page of them")
    parser.add_argument(
        "--keep", type=Path, metavar="FOLDER", help="work there, and leave it for `mutmut show`"
    )
    options = parser.parse_args(words)
    if unknown := set(options.rooms) - ROOMS.keys():
        parser.error(f"no such room: {', '.join(sorted(unknown))}; there are {', '.join(ROOMS)}")
    return options


def run(name: str, options: argparse.Namespace) -> score.Outcome:
    """Mutate a copy, run the room's tests, and read what came of it."""
    with _folder(options.keep) as folder:
        copy = Path(folder).resolve() / name
        copied = _tracked(copy)
        with (copy / "pyproject.toml").open("a", encoding="utf-8") as file:
            file.write(_settings(ROOMS[name], copied))
        _mutmut(copy, options.children)
        fates = _fates(copy)
        return score.outcome_of(fates, {each: _change(copy, each) for each in score.alive(fates)})


def _folder(kept: Path | None) -> AbstractContextManager[Path | str]:
    return nullcontext(kept) if kept else tempfile.TemporaryDirectory(prefix="mutation-")


def _mutmut(copy: Path, children: int) -> None:
    """Progress is mutmut's own, on stderr. Its status says nothing: what it wrote down does."""
    command = [sys.executable, "-m", "mutmut", "run", "--max-children", str(children)]
    environ = {**os.environ, "HYPOTHESIS_PROFILE": "mutation"}
    subprocess.run(command, cwd=copy, check=False, stdout=sys.stderr, env=environ, preexec_fn=_bound_memory)


def _bound_memory() -> None:
    """A loop that no longer ends may eat the machine before mutmut's time is over."""
    resource.setrlimit(resource.RLIMIT_AS, (MEMORY, MEMORY))


def _settings(room: Room, copied: list[str]) -> str:
    """What mutmut reads; a list in JSON is one in TOML."""
    options = [*OPTIONS, *(("-k", f"not ({room.without})") if room.without else ())]
    words = {"mutated": room.mutated, "copied": copied, "tests": room.tests, "options": options}
    return CONFIG.format(**{name: json.dumps(value) for name, value in words.items()})


def _tracked(copy: Path) -> list[str]:
    """Copy what git tracks. Gives the names at the top that mutmut is to copy on: all but what it takes anyway."""
    listed = subprocess.run(["git", "ls-files", "-z"], cwd=ROOT, check=True, capture_output=True, text=True)
    names = [name for name in listed.stdout.split("\0") if (ROOT / name).is_file()]
    for name in names:
        (copy / name).parent.mkdir(parents=True, exist_ok=True)
        shutil.copy2(ROOT / name, copy / name)
    return sorted({name.split("/")[0] for name in names} - {"harness", "tests", "pyproject.toml"})


def _fates(copy: Path) -> dict[str, str]:
    """What mutmut wrote down beside each mutated module: the status of every mutant."""
    from mutmut.stats import status_by_exit_code  # of the group `mutation`: tests of this file do without

    fates: dict[str, str] = {}
    for file in sorted((copy / "mutants").rglob("*.meta")):
        codes = json.loads(file.read_text(encoding="utf-8"))["exit_code_by_key"]
        fates |= {name: status_by_exit_code[code] for name, code in codes.items()}
    return fates


def _change(copy: Path, name: str) -> str:
    command = [sys.executable, "-m", "mutmut", "show", name]
    return score.change_of(
        subprocess.run(command, cwd=copy, check=False, capture_output=True, text=True).stdout
    )


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))
