"""The result as the page `docs/reference/drift-benchmark.md`. Knows numbers and words; measures nothing."""

from __future__ import annotations

from collections import defaultdict
from statistics import median, quantiles
from typing import TYPE_CHECKING

from harness.finding import Layer

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Sequence

    from benchmarks.drift.score import Outcome, Run

    Cells = Sequence[object]

HEAD = """# How well drift is found

    nox -s bench -- drift --page docs/reference/drift-benchmark.md

This page is the output of that command. Each case is two sets of recordings, made by a seed: of one small service as it
was, and as it is. In some cases the service has changed; in others something ordinary differs, and a tool that speaks
up cries wolf.

Know before you believe: the changes and the ordinary differences are our own, they are public, and the detector was
tuned while they were looked at. They show what it can do. How it does on recordings that nobody tuned it for they
cannot show. The severities come from a catalogue of 37 kinds of change, drawn from what broke real clients; where ours
says something else, the case stays as it is, and the list at the end has it.
"""
COUNTED = """
`found`: the verdict is drift. `severity`: the worst finding is as bad as a person would say ({either} changes have two
severities that are as good). `place`: some finding names the place, in the words of [findings](findings.md).
`breaking`: the changes that are breaking and nothing else.
"""
READ = """
How each is used:

{tools}

DeepDiff and genson get the parsed documents of each side: the questions with the conversation decoded, status and
headers, each chunk, each error's body. For them and for difflib the values that are known to vary are masked (ids,
times, texts, `Date`, request ids), and so is every place with more than {free} values in the recordings before. None of
the four sees times; what they find in the layer timing is chance. None knows a severity, or a word for answers that
say nothing. The bytes alarm always, so they find everything. The times are of the processor: the median, in brackets
the quartiles.
"""


def page(by_size: Sequence[Run], beside: Sequence[Run], notes: dict[str, str]) -> str:
    """The whole page: *by_size* is ours at every size, *beside* all tools at one of them."""
    ours = beside[0]
    either = len({each.case.name for each in ours.outcomes if len(each.case.severities) > 1})
    parts = [
        HEAD,
        _said(notes),
        _counts(ours),
        f"\n## By layer\n\n{ours.size} recordings on each side.\n\n{_layers(ours)}",
        COUNTED.format(either=either),
        f"\n## By size\n\n{_sizes(by_size)}\n",
        f"\n## Beside others\n\n{ours.size} recordings on each side; the same recordings for all.\n\n{_beside(beside)}",
        READ.format(tools=_how(beside), free=notes["free"]),
        f"\n## What ours gets wrong\n\n{ours.size} recordings on each side.\n\n{_wrong(ours)}",
    ]
    return "".join(parts)


def _said(notes: dict[str, str]) -> str:
    return (
        f"\n{notes['date']}, Python {notes['python']}, {notes['machine']}: load {notes['load before']} at the start, "
        f"{notes['load after']} at the end. Only the times depend on the machine.\n"
    )


def _counts(run: Run) -> str:
    seeds = len({each.seed for each in run.outcomes})
    groups = (run.outcomes, run.changes, run.benign, run.ordinary, run.blind)
    total, changes, benign, ordinary, blind = (len(group) // seeds for group in groups)
    return (
        f"\n{total} cases, each with {seeds} {'seed' if seeds == 1 else 'seeds'}: {changes} changes that must alarm, "
        f"{benign} that are benign, {ordinary} ordinary differences that must be silent, and {blind} where nobody "
        "could look, which must be neither green nor red.\n"
    )


def _layers(run: Run) -> str:
    groups = {str(layer): [each for each in run.changes if each.case.layer is layer] for layer in Layer}
    rows = [(name, *_quality(group)) for name, group in groups.items()]
    rows += [("**all**", *_quality(run.changes)), ("**breaking**", *_quality(run.breaking))]
    return table(("layer", "changes", "found", "severity", "place"), rows)


def _quality(group: Sequence[Outcome]) -> Cells:
    return (
        len(group),
        sum(each.said.alarms for each in group),
        sum(each.rated for each in group),
        sum(each.placed for each in group),
    )


def _sizes(runs: Sequence[Run]) -> str:
    head = ("recordings a side", "found", "breaking found", "severity", "place")
    rows = [
        (
            run.size,
            of(run.changes, lambda each: each.said.alarms),
            of(run.breaking, lambda each: each.said.alarms),
            of(run.changes, lambda each: each.rated),
            of(run.changes, lambda each: each.placed),
            *_quiet(run),
        )
        for run in runs
    ]
    return table((*head, *QUIET), rows)


QUIET = ("false alarms", "benign right", "could not look, said so")


def _quiet(run: Run) -> Cells:
    return (
        of(run.ordinary, lambda each: each.said.alarms),
        of(run.benign, lambda each: each.found),
        of(run.blind, lambda each: each.found),
    )


def _beside(runs: Sequence[Run]) -> str:
    head = (
        "",
        "found",
        "breaking found",
        "place",
        "false alarms",
        "benign and silent",
        *map(str, Layer),
        "ms a case",
    )
    return table(head, [_tool(run) for run in runs])


def _tool(run: Run) -> Cells:
    first, middle, last = quantiles(run.seconds, n=4)
    assert middle == median(run.seconds)
    layers = [[each for each in run.changes if each.case.layer is layer] for layer in Layer]
    return (
        run.tool.name,
        of(run.changes, lambda each: each.said.alarms),
        of(run.breaking, lambda each: each.said.alarms),
        of(run.changes, lambda each: each.placed) if run.tool.tells_place else "-",
        of(run.ordinary, lambda each: each.said.alarms),
        of(run.benign, lambda each: not each.said.alarms),
        *(of(group, lambda each: each.said.alarms) for group in layers),
        f"{1000 * middle:.1f} ({1000 * first:.1f} to {1000 * last:.1f})",
    )


def _how(runs: Sequence[Run]) -> str:
    return "\n".join(f"- **{run.tool.name}**: {run.tool.how}" for run in runs)


def _wrong(run: Run) -> str:
    seen: dict[str, list[Outcome]] = defaultdict(list)
    for each in run.outcomes:
        if not each.right:
            seen[each.case.name].append(each)
    if not seen:
        return "Nothing.\n"
    rows = [
        (f"`{name}`", len(found), _expected(found[0]), _said_of(found[0])) for name, found in seen.items()
    ]
    return table(("case", "seeds", "a person says", "ours says"), rows)


def _expected(outcome: Outcome) -> str:
    case = outcome.case
    if case.layer is None:
        return str(case.verdict)
    return f"{' or '.join(case.severities)} at {', '.join(f'`{place}`' for place in case.where)}"


def _said_of(outcome: Outcome) -> str:
    said = outcome.said
    return "; ".join((str(said.verdict), *said.findings[:2]))


def of(group: Sequence[Outcome], is_so: Callable[[Outcome], bool]) -> str:
    """How many of how many."""
    return f"{sum(map(is_so, group))} of {len(group)}"


def table(head: Cells, rows: Iterable[Cells]) -> str:
    """A table in Markdown."""
    lines = [head, ["---"] * len(head), *rows]
    return "".join(f"| {' | '.join(map(str, line))} |\n" for line in lines)
