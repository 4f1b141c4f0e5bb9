"""The stream grammar as Markdown: a table and two diagrams, drawn from `machine.TABLE` and from nothing else."""

from __future__ import annotations

from harness.chat.machine import TABLE, Kind, State, Step

STREAM = (State.WAITING, State.STREAMING, State.COUNTED, State.DONE, State.BROKEN)
CHOICE = (State.SILENT, State.OPEN, State.FINISHED)


def render_grammar() -> str:
    """Both halves of the table, each with its diagram, as Markdown."""
    return "\n".join(
        [
            "### The stream",
            "",
            *_diagram(STREAM),
            "",
            *_grid(STREAM),
            "",
            "### One choice",
            "",
            *_diagram(CHOICE),
            "",
            *_grid(CHOICE),
            "",
        ]
    )


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
    return step.to.value if step.breaks is None else f"{step.to}, breaks `{step.breaks}`"


def _diagram(states: tuple[State, ...]) -> list[str]:
    """The allowed steps, and the way an error takes; what else breaks a rule stands in the grid."""
    arrows = [
        f"    {state} --> {'[*]' if step.to is State.ENDED else step.to}: {kind}"
        for state in states
        for kind, step in TABLE[state].items()
        if step.breaks is None or step.to is State.BROKEN is not state
    ]
    return ["```mermaid", "stateDiagram-v2", f"    [*] --> {states[0]}", *arrows, "```"]
