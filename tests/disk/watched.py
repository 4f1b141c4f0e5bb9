"""Reads every file of a folder as a cassette, and tells what the interpreter was asked to do meanwhile.

Run as `python -m tests.disk.watched FOLDER` in a process of its own: an audit hook can never be taken out again.
Everything is imported and used once before the hook goes in, for imports compile and run code of ours. Prints JSON:
a file's name -> how it ended, in how many seconds, and the audit events with their first argument.
"""

from __future__ import annotations

import codecs
import json
import sys
import time
from pathlib import Path

import harness
from harness.disk.environment import environment_redactor
from harness.errors import CassetteError
from tests.cassette.samples import tape

EVENTS: list[str] = []


def watch(event: str, arguments: tuple[object, ...]) -> None:
    EVENTS.append(f"{event} {' '.join(map(repr, arguments[:2]))}"[:300])


def outcome(path: Path) -> str:
    """`refused`, or how many interactions it holds; any other error's name, which is never right."""
    try:
        cassette = harness.load_cassette(path)
    except CassetteError:
        return "refused"
    except Exception as error:
        return f"{type(error).__name__}: {error}"[:300]
    harness.validate(cassette, upstream="vitalentum")
    environment_redactor().left_in(cassette)
    return str(len(cassette.interactions))


def warm_up(folder: Path) -> None:
    """One good tape and one bad of each kind: whatever is imported late is imported now."""
    codecs.lookup("unicode_escape")  # what findings show unprintable characters with
    for kind in ("yaml", "json"):
        good, bad = folder / f"good.{kind}", folder / f"bad.{kind}"
        harness.save_cassette(tape(), good)
        bad.write_bytes(good.read_bytes().replace(b"interactions", b"other"))
        assert (outcome(good), outcome(bad)) == ("1", "refused")


def main(folder: Path) -> None:
    warm_up(folder.parent)
    paths = sorted(folder.iterdir())
    told = {}
    sys.addaudithook(watch)
    for path in paths:
        began = time.perf_counter()
        ended = outcome(path)
        told[path.name] = ended, time.perf_counter() - began, sorted(set(EVENTS))
        EVENTS.clear()
    print(json.dumps(told))


if __name__ == "__main__":
    main(Path(sys.argv[1]))
