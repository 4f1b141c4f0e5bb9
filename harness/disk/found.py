"""What `harness fuzz` has found, on disk: kept as cassettes, listed for pytest, tried again. Touches files and a clock.

The targets are loaded by their names; a watch gives each call a few seconds.
"""

from __future__ import annotations

import inspect
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from harness.cassette.cases import is_client_case
from harness.disk.alarm import alarm
from harness.disk.callables import load_callable
from harness.disk.cassettes import find_cassettes, load_cassette, save_cassette
from harness.errors import HarnessError, LawError, UsageError
from harness.fuzz.found import Found, cassette_of, found_in
from harness.fuzz.replaying import Outcome, Replayed, replay
from harness.fuzz.targets import OURS, Hung, Kind, Target, Watch, by_our_parser, our_target
from harness.fuzz.telling import in_words

if TYPE_CHECKING:
    import os
    from collections.abc import Callable, Iterator

FOLDER = "cassettes/found"
"""Where what was found is kept, seen from the project's root."""

PATIENCE = 5.0
"""Seconds that one call of a target may take; the streams of the laws are read in less than a millisecond."""


def load_target(name: str, kind: Kind = Kind.PARSER) -> Target:
    """`parser`, `encoder` or `module:callable` as a target, watched. Raises UsageError for what is none of these."""
    watch = watch_for(PATIENCE)
    if name in OURS or ":" not in name:
        return our_target(name, watch=watch, work=time.thread_time)
    call = load_callable(name)
    if _is_asynchronous(call):
        raise UsageError(
            f"{name} is asynchronous.",
            expected="a callable that gives its result at once",
            help="fuzz what stands in it and does not await, or call it with asyncio.run",
        )
    return target_of(call, name=name, kind=kind)


def _is_asynchronous(call: object) -> bool:
    """Whether a call gives something to be awaited; so does an object whose class says so."""
    found = (call, getattr(call, "__call__", None))  # noqa: B004  # the method itself is looked at
    return any(inspect.iscoroutinefunction(each) or inspect.isasyncgenfunction(each) for each in found)


def target_of(call: Callable[..., Any], *, name: str = "the target", kind: Kind = Kind.PARSER) -> Target:
    """A callable as a target, watched."""
    return Target(
        name=name,
        kind=kind,
        call=call,
        reference=by_our_parser,
        watch=watch_for(PATIENCE),
        work=time.thread_time,
    )


def watch_for(seconds: float) -> Watch:
    """A guard that raises `Hung` inside a call that takes longer. Only the main thread of a POSIX system has one."""
    return lambda: alarm(seconds, Hung)


def keep_found(found: Found, folder: str | os.PathLike[str], *, recorded_at: str | None = None) -> Path:
    """Write a case into *folder*, below its target's name; the path. The same input is the same file."""
    path = Path(folder) / found.folder / f"{found.name}.yaml"
    if not path.exists():
        save_cassette(cassette_of(found, recorded_at=recorded_at), path)
    return path


def load_found(path: str | os.PathLike[str]) -> Found:
    """The case at *path*. Raises CassetteError for a file that holds none."""
    return found_in(load_cassette(path), where=str(path))


def found_cases(folder: str | os.PathLike[str] = FOLDER, *, target: str | None = None) -> list[Found]:
    """The cases that `harness fuzz` kept in *folder*, those of one *target* or of all; none where there is no folder.

    For `pytest.mark.parametrize("case", harness.found_cases(), ids=str)`. Raises CassetteError for a file that holds
    no case.
    """
    if not Path(folder).exists():
        return []
    cases = [load_found(path) for path in _cases_in(Path(folder))]
    return [case for case in cases if target in (None, case.target)]


def replay_found(case: Found, target: Callable[..., Any] | None = None) -> None:
    """Try a kept case again, on *target* or on the one it was found with. Raises LawError while the law is broken.

    Raises UsageError where the target cannot be loaded.
    """
    kind = case.law.kind
    loaded = (
        load_target(case.target, kind) if target is None else target_of(target, name=case.target, kind=kind)
    )
    replayed = replay(case, loaded)
    if replayed.outcome is not Outcome.FIXED:
        raise _error(case, replayed)


def replay_files(folder: Path, *, target: str | None = None) -> Iterator[tuple[Path, Found | None, Replayed]]:
    """Each file of *folder*, the case in it, and what became of it; of one *target*, or of all.

    What cannot be read, and a target that cannot be loaded, is an ERROR. Raises UsageError where there is no folder.
    """
    for path in _cases_in(folder):
        try:
            case = load_found(path)
            if target in (None, case.target):
                yield path, case, replay(case, load_target(case.target, case.law.kind))
        except HarnessError as error:
            yield path, None, Replayed(Outcome.ERROR, words=error.what)


def _cases_in(folder: Path) -> Iterator[Path]:
    """The cassettes below *folder*, but for those that show what a client did: these are no inputs of a law."""
    for path in find_cassettes(folder):
        try:
            is_other = is_client_case(load_cassette(path))
        except HarnessError:
            is_other = False  # whoever reads it next says what is wrong
        if not is_other:
            yield path


def _error(case: Found, replayed: Replayed) -> LawError:
    breach = replayed.breach
    return LawError(
        case.law.says if breach else replayed.words,
        where=f"{case.target}, given {in_words(case.given)}",
        expected=breach.expected if breach else None,
        found=breach.got if breach else None,
        help=case.law.why,
    )
