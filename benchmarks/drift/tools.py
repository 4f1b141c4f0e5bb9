"""Who looks at the cases: ours, and four ways that a user of other tools has. Each says whether it alarms, and where.

The others know no severities and no verdicts but alike and not alike. What they are given is in `reading`; what they
cannot be given is the times, and for the two that compare documents the lines and bytes of a stream.
"""

from __future__ import annotations

import difflib
import importlib.metadata
import json
import re
from typing import TYPE_CHECKING, Any, NamedTuple

from deepdiff import DeepDiff
from genson import SchemaBuilder

import harness
from benchmarks.drift.reading import FREE, KINDS, KNOWN, masked, places, read, value_of, where
from harness.finding import Verdict

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.cassette.model import Interaction
    from harness.finding import Severity

    Recordings = Sequence[Interaction]


class Said(NamedTuple):
    """What a tool says of a case."""

    verdict: Verdict
    places: tuple[str, ...] = ()
    severity: Severity | None = None
    """That of the worst finding."""
    findings: tuple[str, ...] = ()
    """In its own words, for a reader."""

    @property
    def alarms(self) -> bool:
        return self.verdict is Verdict.DRIFT


class Tool(NamedTuple):
    """One way to compare recordings. `how` stands on the page."""

    name: str
    look: Callable[[Recordings, Recordings], Said]
    how: str
    tells_place: bool = True


def ours(before: Recordings, now: Recordings) -> Said:
    report = harness.compare(before, now)
    found = report.findings
    words = tuple(f"{each.severity} {each.rule} {each.where}" for each in found)
    return Said(
        report.verdict, tuple(each.where for each in found), found[0].severity if found else None, words
    )


def _alike(differences: Sequence[str]) -> Said:
    return Said(
        Verdict.DRIFT if differences else Verdict.CLEAN, tuple(differences), findings=tuple(differences)
    )


def deepdiff(before: Recordings, now: Recordings) -> Said:
    """The documents of each side as sets."""
    reading = read(before, now)
    found = DeepDiff(
        reading.before,
        reading.now,
        ignore_order=True,
        cutoff_distance_for_pairs=1,
        cutoff_intersection_for_pairs=1,
        view="tree",
    )
    paths = (item.path(output_format="list") for kind in found.values() for item in kind)
    return _alike(sorted({where(_dotted(path)) for path in paths}))


def _dotted(path: list[str | int]) -> str:
    """A path of DeepDiff without the number of the document."""
    kind, _, *rest = [*path, ""] if len(path) == 1 else path
    return str(kind) + "".join("[*]" if isinstance(part, int) else f".{part}" for part in rest)


def genson(before: Recordings, now: Recordings) -> Said:
    """The schemas of all documents of a kind, before and now."""
    reading = read(before, now)
    found: set[str] = set()
    for kind in KINDS:
        found |= set(_schema_changes(_schema(reading.before[kind]), _schema(reading.now[kind]), kind))
    return _alike(sorted(map(where, found)))


def _schema(documents: list[Any]) -> dict[str, Any]:
    builder = SchemaBuilder()
    for document in documents:
        builder.add_object(document)
    schema: dict[str, Any] = builder.to_schema()
    return schema


def _schema_changes(old: dict[str, Any], new: dict[str, Any], path: str) -> Iterator[str]:
    """Where two schemas differ: in types, in names, in what is required."""
    if any(old.get(key) != new.get(key) for key in ("type", "anyOf")):
        yield path
    required = set(old.get("required", ())) ^ set(new.get("required", ()))
    before, now = old.get("properties", {}), new.get("properties", {})
    for name in before.keys() | now.keys():
        if name in required or name not in before or name not in now:
            yield f"{path}.{name}"
        if name in before and name in now:
            yield from _schema_changes(before[name], now[name], f"{path}.{name}")
    if "items" in old and "items" in new:
        yield from _schema_changes(old["items"], new["items"], f"{path}[*]")


def lines(before: Recordings, now: Recordings) -> Said:
    """The different lines of each side by difflib, with what varies masked."""
    free = _free_in_lines(before)
    old, new = (sorted({line for one in side for line in _lines(one, free)}) for side in (before, now))
    changed = [
        line for line in difflib.unified_diff(old, new, n=0, lineterm="") if line[:3] not in ("---", "+++")
    ]
    return _alike([line for line in changed if not line.startswith("@@")])


LINE = re.compile(r"(\s*(?:data:)? ?)(.*?)(\r*)\Z", re.DOTALL)


def _raw(recording: Interaction) -> list[str]:
    request, response = recording.request, recording.response
    asked = [f"{request.method} {request.uri}", (request.body or b"").decode("utf-8", "backslashreplace")]
    heads = [f"{name.lower()}: {value}" for name, value in (*request.headers, *response.headers)]
    body = response.body.decode("utf-8", "backslashreplace").split("\n")
    return [*asked, str(response.status), *heads, *body]


def _lines(recording: Interaction, free: set[str]) -> Iterator[str]:
    for line in _raw(recording):
        lead, text, end = _parts(line)
        value = value_of(text)
        name, colon, _ = line.partition(": ")
        if isinstance(value, dict):
            yield lead + json.dumps(masked(value, free, "$"), ensure_ascii=False) + end
        else:
            varies = colon and (name in KNOWN or f"header.{name}" in free)
            yield f"{name}: <masked>" if varies else line


def _parts(line: str) -> tuple[str, str, str]:
    found = LINE.match(line)
    assert found
    return found[1], found[2], found[3]


def _free_in_lines(recordings: Recordings) -> set[str]:
    seen: dict[str, set[str]] = {}
    for recording in recordings:
        for name, value in recording.response.headers:
            seen.setdefault(f"header.{name.lower()}", set()).add(value)
        for line in _raw(recording):
            value = value_of(_parts(line)[1])
            for path, scalar in places(value, "$") if isinstance(value, dict) else ():
                seen.setdefault(path, set()).add(repr(scalar))
    return {path for path, values in seen.items() if len(values) > FREE}


def bytes_(before: Recordings, now: Recordings) -> Said:
    """The body of each recording beside that of the same number, as with a golden file."""
    pairs = zip(before, now, strict=True)
    return _alike([str(n) for n, (old, new) in enumerate(pairs) if old.response.body != new.response.body])


def _named(package: str) -> str:
    return f"{package} {importlib.metadata.version(package)}"


OURS = Tool("ours", ours, "`harness.compare`, with nothing set.")
TOOLS = (
    OURS,
    Tool(
        _named("deepdiff"),
        deepdiff,
        "`DeepDiff(before, now, ignore_order=True)` over all parsed documents of each side, with pairs looked for "
        "at any distance, so that it can say where.",
    ),
    Tool(
        _named("genson"),
        genson,
        "`SchemaBuilder` over the documents of each kind, once for each side; the two schemas are compared by a walk "
        "of ours over types, names and `required`, since genson compares none.",
    ),
    Tool(
        "difflib, by lines",
        lines,
        "`difflib.unified_diff` over the different lines of each side: questions, status, headers, and the lines of "
        "the body as they stand.",
        tells_place=False,
    ),
    Tool(
        "bytes", bytes_, "Each body beside that of the same number, as with a golden file.", tells_place=False
    ),
)
