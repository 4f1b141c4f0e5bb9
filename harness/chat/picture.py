"""The stream grammar as Markdown: a table and three diagrams, drawn from `machine.TABLE` and from nothing else."""

from __future__ import annotations

from harness.chat.machine import TABLE, Kind, State, Step

STREAM = (State.WAITING, State.STREAMING, State.COUNTED, State.DONE, State.BROKEN)
CHOICE = (State.SILENT, State.OPEN, State.FINISHED)
CALL = (State.CALL_SILENT, State.CALL_OPEN)
PARTS = (("The stream", STREAM), ("One choice", CHOICE), ("One tool call of a choice", CALL))


def render_grammar() -> str:
    """The parts of the table, each with its diagram, as Markdown."""
    return "\n".join(line for title, states in PARTS for line in _part(title, states))


def _part(title: str, states: tuple[State, ...]) -> list[str]:
    return [f"### {title}", "", *_diagram(states), "", *_grid(states), ""]


def _grid(states: tuple[State, ...]) -> list[str]:
    kinds = [kind for kind in Kind if kind in TABLE[states[0]]]
    head = [
        "| state | " + " | ".join(f"`{kind}`" for kind in kinds) + " |",
        "| --- " * (len(kinds) + 1) + "|",
    ]
    return head + [
        f"| **{state}** | " + " | ".join(_cell(TABLE[state][kind]) for kind in kinds) + " |"
        for state in states
    ]


def _cell(step: Step) -> str:
    broken = " and ".join(f"`{rule}`" for rule in (step.breaks, step.also) if rule is not None)
    return f"{step.to}, breaks {broken}" if broken else step.to.value


def _diagram(states: tuple[State, ...]) -> list[str]:
    """The allowed steps, and the way an error takes; what else breaks a rule stands in the grid."""
    arrows = [
        f"    {state} --> {'[*]' if step.to is State.ENDED else step.to}: {kind}"
        for state in states
        for kind, step in TABLE[state].items()
        if step.breaks is None or step.to is State.BROKEN is not state
    ]
    return ["```mermaid", "stateDiagram-v2", f"    [*] --> {states[0]}", *arrows, "```"]
