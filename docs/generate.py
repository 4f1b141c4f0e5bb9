"""Writes what in the documentation is made and not written: `python docs/generate.py`.

The picture comes from a recording in `cassettes/` and a real replay of it; the page on the command line from the
commands themselves; the tables of rules and of the stream grammar from the tables in the code. Tests say when one is
out of date.
"""

from __future__ import annotations

import ast
import asyncio
import json
import re
import sys
from collections import Counter
from pathlib import Path
from typing import Any

import aiohttp
import click
import msgspec

from harness import found_cases, load_cassette, use_cassette
from harness.cassette.model import Frame, Interaction
from harness.chat.picture import render_grammar
from harness.cli.app import COMMANDS, app
from harness.cli.command import ForkedCommand
from harness.cli.status import MEANING
from harness.contract.page import render_rules
from harness.disk.settings import KNOWN, variable
from harness.finding import Layer
from harness.fuzz.laws import LAWS
from harness.fuzz.page import render_client_rules, render_laws
from harness.fuzz.telling import in_words
from harness.report.pictures import curve_of, staircase
from harness.report.stream import rows_of
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum.standin.mutations import BLINDING, MUTATIONS
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS

DOCS = Path(__file__).parent
TAPE = DOCS.parent / "cassettes" / "vitalentum" / "reply-russian.yaml"
STYLE = (
    "svg{background:#fff}text{fill:#5b6470;font:11px monospace}.axis{stroke:#d5dae0}"
    ".curve{fill:none;stroke-width:2}.live{stroke:#8db9ea;stroke-width:5}.replay{stroke:#b3500a;stroke-dasharray:6 4}"
    "text.live{fill:#0b62c4;stroke:none;stroke-width:0}text.replay{fill:#b3500a;stroke:none}"
)

MEASURED = (
    "Measured on two cores that others used too: each of 34 bugs planted in a small parser and encoder "
    "(`tests/laws/planted/`) is found by the law that names it within 30 seconds, with five seeds of five, and "
    "shrunk to three events or fewer, but for one: a history cut to twenty messages cannot be shown with fewer than "
    "twenty-one. The slowest took 21 seconds. A million mutated streams go through our own "
    "parser without a crash or a hang, 26,000 a second. `nox -s nightly` repeats both."
)

TESTED = {
    "Of recordings": ("recording_laws", "recording_machine"),
    "Of drift's summaries": ("drift_laws",),
    "Of broken streams": ("broken_laws",),
    "Of strategies": ("strategy_laws",),
}
"""What our own tests hold, by the part of `tests/laws/test_*.py` that says it: the docstrings of the tests."""

PARSERS = {
    "tests.e2e.parsers:naive": 'The loop `line.startswith("data: ")`, over the lines of httpx',
    "tests.e2e.parsers:httpx_sse": "httpx-sse 0.4.3",
    "tests.e2e.parsers:aiohttp_sse_client": "aiohttp-sse-client 0.2.1",
    "tests.e2e.parsers:sseclient_py": "sseclient-py 1.9.0",
}
"""What was fuzzed, by its target; the versions are those of the group `e2e` in pyproject.toml."""

PARSERS_HEAD = """# Other people's parsers

Four ways to read a stream in Python, under the same [laws](laws.md) and the same command as
[your own](../how-to/fuzz-your-parser.md): `harness fuzz TARGET --seed 1 --examples 200`. Each case is a cassette in
`cassettes/found/`. `nox -s e2e` runs the search again and says when this page is no longer true.

A broken law is a difference to the standard (WHATWG HTML 9.2), and not always a fault: some are choices. Made from the
cassettes by `python docs/generate.py`.
"""


STAND_IN_HEAD = """# The stand-in

`harness standin`, and `harness.net.Standin` in Python: a server that speaks Vitalentum's protocol. Made from its
tables by `python docs/generate.py`.

## Scenarios

What it plays: `--scenario NAME`, or the header `x-harness-scenario` in one request. The same seed and the same
conversation give the same bytes and the same pauses.
"""

MUTATIONS_HEAD = """## Mutations

How the service has moved away from the one that was recorded: `--mutate NAME`, as often as you like. The change is
made on the wire, in every answer, so that clients and `harness drift --live` meet it as they would meet the real one.
Questions in a form that a mutation no longer takes are refused; in the new form they are answered.

A test records the stand-in as it is, asks the same questions again under each mutation, and wants a finding on the
layer under which the mutation stands here.
"""

DRAWN = (
    ("findings", render_rules()),
    ("findings", render_client_rules()),
    ("stream-grammar", render_grammar()),
)
"""Tables that stand in pages which are otherwise written, by the name of the page."""


CLIENTS_HEAD = """# Other people's clients

[`harness fuzz client`](../how-to/fuzz-your-client.md) has tried clients that stream a chat, and ours. A
number says in how many cases a client earned the verdict; what a verdict means is in
[findings](findings.md#the-rules-for-clients). How each is called is in `tests/e2e/clients.py` and
`tests/e2e/openai_js/say.mjs`: as its own documentation shows, with a read time-out of 3 s where it takes one.

A verdict is about a client as it is called there, and not always a fault: some have no way of knowing, such
as a stream library that leaves the end of a chat to its caller. Other versions, options and machines may do
otherwise. `nox -s clients` measures again and writes `clients.json`, from which `python docs/generate.py`
makes this page.
"""

VERDICTS = {
    "client-crashed": "crashed on a good stream",
    "client-text-lost": "lost text",
    "client-text-doubled": "gave more text",
    "client-text-changed": "changed text",
    "client-truncation-accepted": "took a broken stream for a whole reply",
    "client-error-accepted": "took an error or a page for a reply",
    "client-hung": "hung",
    "client-no-read-timeout": "no read time-out",
    "client-retry-too-soon": "ignored Retry-After",
}
"""The columns of the table of clients."""


def picture() -> str:
    """The staircase of a recording and of its replay at the recorded pace, as one SVG file."""
    recorded = load_cassette(TAPE).interactions[0]
    profile = get_upstream("vitalentum")
    live = curve_of(rows_of(recorded.response, profile), name="live")
    replayed = asyncio.run(_replayed(recorded))
    replay = curve_of(rows_of(replayed.response, profile), name="replay", kind="replay")
    figure = staircase([live, replay], caption="")
    drawing = re.search(r"<svg.*?</svg>", figure, re.DOTALL)
    assert drawing is not None  # a staircase is a drawing
    named = drawing[0].replace("<svg", '<svg xmlns="http://www.w3.org/2000/svg"', 1)
    return named.replace(">", f"><style>{STYLE}</style>", 1) + "\n"


async def _replayed(recorded: Interaction) -> Interaction:
    """What a client reads of the replay, and when."""
    request = recorded.request
    clock = asyncio.get_running_loop().time
    async with use_cassette(TAPE, pace="recorded"), aiohttp.ClientSession() as session:
        began = clock()
        async with session.post(request.uri, data=request.body, headers=request.headers) as answer:
            pieces = [((clock() - began) * 1000, piece) async for piece in answer.content.iter_any()]
    assert recorded.response.stream is not None  # the tape keeps its pieces
    frames = tuple(Frame(at, len(piece)) for at, piece in pieces)
    stream = msgspec.structs.replace(recorded.response.stream, frames=frames)
    body = b"".join(piece for _, piece in pieces)
    return Interaction(request, msgspec.structs.replace(recorded.response, body=body, stream=stream))


def command_line() -> str:
    """The page on the command line: every help as it is printed, the settings, the exit statuses."""
    parts = ["# The command line", "", "Made from the commands themselves by `python docs/generate.py`.", ""]
    parts += ["## harness", "", *_block(_help(())), ""]
    for name in COMMANDS:
        for words in _lines(name):
            parts += [f"{'#' * (len(words) + 1)} harness {' '.join(words)}", "", *_block(_help(words)), ""]
    parts += [
        "## Settings",
        "",
        "`[tool.harness]` in the nearest `pyproject.toml`, then the environment, then the flag: the last one counts.",
        "",
    ]
    parts += ["| setting | variable | default | decides |", "| --- | --- | --- | --- |"]
    parts += [
        f"| `{name}` | `{variable(name)}` | {'' if known.default is None else f'`{known.default}`'} | {known.decides} |"
        for name, known in KNOWN.items()
    ]
    parts += ["", "## Exit status", "", "| status | meaning |", "| --- | --- |"]
    parts += [f"| {status:d} | {meaning} |" for status, meaning in MEANING.items()]
    return "\n".join(parts) + "\n"


def laws() -> str:
    """The page of the laws that `harness fuzz` searches."""
    return (
        "# The laws of `harness fuzz`\n\nMade from the table of laws by `python docs/generate.py`. How to use them: "
        "[fuzz your parser](../how-to/fuzz-your-parser.md).\n\n"
        "The laws are tried in this order, in rounds that look longer each time. A finding is called `law-` and the "
        "law's name. Where `plain` or `conversation` is broken, nothing else is tried; `standard`, `injective` and "
        "`decodes-back` are tried while no other law is broken. `hang` is found by the way.\n\n"
        f"{MEASURED}\n\n{render_laws()}\n{tested_laws()}"
    )


def tested_laws() -> str:
    """The laws that are no part of `harness fuzz`, in the words of the tests that hold them."""
    parts = ["## Of our own", "", "These are not searched by `harness fuzz`: `tests/laws` holds them.", ""]
    for title, names in TESTED.items():
        parts += [f"### {title}", "", "| what holds | tested in |", "| --- | --- |"]
        parts += [f"| {says} | `tests/laws/test_{name}.py` |" for name in names for says in _sentences(name)]
        parts += [""]
    return "\n".join(parts)


def _sentences(name: str) -> list[str]:
    """What the tests of one file say of themselves."""
    source = (DOCS.parent / "tests" / "laws" / f"test_{name}.py").read_text(encoding="utf-8")
    tests = (each for each in ast.parse(source).body if isinstance(each, ast.FunctionDef))
    said = (ast.get_docstring(each) for each in tests if each.name.startswith("test_"))
    return [sentence for sentence in said if sentence]


def parsers() -> str:
    """The page of other people's parsers, from the cases kept in `cassettes/found`."""
    cases = found_cases(DOCS.parent / "cassettes" / "found")
    parts = [PARSERS_HEAD]
    for target, title in PARSERS.items():
        parts += [f"## {title}", "", f"`harness fuzz {target}`", ""]
        parts += ["| law broken | what holds | the shortest stream that shows it |", "| --- | --- | --- |"]
        parts += [
            f"| `{case.law.name}` | {case.law.says} | `{in_words(case.given)}` |"
            for case in sorted(cases, key=lambda case: list(LAWS[case.law.kind]).index(case.law.name))
            if case.target == target
        ]
        parts += [""]
    return "\n".join(parts)


def stand_in() -> str:
    """The page of the stand-in: its scenarios, and its mutations layer by layer."""
    parts = [STAND_IN_HEAD, "| scenario | what comes |", "| --- | --- |"]
    parts += [f"| `{name}` | {row.description} |" for name, row in SCENARIOS.items()]
    parts += ["", MUTATIONS_HEAD]
    for layer in Layer:
        parts += [f"### {layer.value.capitalize()}", "", "| mutation | what changes |", "| --- | --- |"]
        parts += [
            f"| `{name}` | {_mutation(name)} |" for name, row in MUTATIONS.items() if row.layer is layer
        ]
        parts += [""]
    return "\n".join(parts)


def _mutation(name: str) -> str:
    row = MUTATIONS[name]
    more = "" if row.scenario == "reply" else f"; with `--scenario {row.scenario}`"
    return row.description + more + ("; inconclusive" if name in BLINDING else "")


def clients() -> str:
    """The page of other people's clients, from what `nox -s clients` has measured."""
    data = json.loads((DOCS / "reference" / "clients.json").read_text(encoding="utf-8"))
    parts = [CLIENTS_HEAD, f"Measured on {data['on']}, with a patience of {data['patience']} s.", ""]
    parts += [
        f"| client | measured | {' | '.join(VERDICTS.values())} |",
        f"| --- | --- |{' --- |' * len(VERDICTS)}",
    ]
    parts += [_client_row(client) for client in data["clients"]]
    for client in data["clients"]:
        parts += ["", *_client_section(client)]
    return "\n".join(parts) + "\n"


def _client_row(client: dict[str, Any]) -> str:
    earned = Counter(finding["rule"] for finding in client["findings"])
    cells = [str(earned[rule] or "") for rule in VERDICTS]
    return f"| {client['title']} {client['version']} | {client['measured']} | {' | '.join(cells)} |"


def _client_section(client: dict[str, Any]) -> list[str]:
    found = client["findings"]
    summary = f"{client['cases']} cases, {client['cases'] - len(found)} well."
    parts = [
        f"## {client['title']} {client['version']}",
        "",
        f"`{client['again']}`: {client['note']}. {summary}",
    ]
    if not found:
        return parts
    parts += [
        "",
        f"The answers are in `cassettes/found/{client['folder']}/`, in files named by verdict and case.",
        "",
    ]
    parts += ["| verdict | case | what it was given | what it made of it |", "| --- | --- | --- | --- |"]
    return parts + [
        f"| `{each['rule']}` | `{each['case']}` | {each['says']} | {_in_a_cell(each['now'])} |"
        for each in sorted(found, key=lambda each: list(VERDICTS).index(each["rule"]))
    ]


def _in_a_cell(words: str) -> str:
    return "`" + words.replace("|", "\\|").replace("`", "'") + "`"


def drawn_anew(page: str, drawing: str) -> str:
    """The page with its drawing as it is now: from the drawing's first heading to the next `##`, or to the end."""
    first = drawing.split("\n", 1)[0]
    before, _, rest = page.partition(f"\n{first}\n")
    after = rest.partition("\n## ")
    return f"{before}\n{drawing}" + "".join(after[1:])


def _lines(name: str) -> list[tuple[str, ...]]:
    """A command, and those below it."""
    command = app.get_command(click.Context(app), name)
    below = command.commands if isinstance(command, click.Group | ForkedCommand) else {}
    return [(name,), *((name, each) for each in below)]


def _help(words: tuple[str, ...]) -> str:
    command: click.Command = app
    context = click.Context(app, info_name="harness", terminal_width=80, **app.context_settings)
    for word in words:
        assert isinstance(
            command, click.Group | ForkedCommand
        )  # all words but the last have others below them
        forked = isinstance(command, ForkedCommand)
        inner = command.commands.get(word) if forked else command.get_command(context, word)
        assert inner is not None  # the names come from the tables
        context = click.Context(inner, info_name=word, parent=context, **inner.context_settings)
        command = inner
    return command.get_help(context)


def _block(text: str) -> list[str]:
    return ["```text", *text.rstrip().splitlines(), "```"]


if __name__ == "__main__":
    (DOCS / "reference" / "cli.md").write_text(command_line(), encoding="utf-8")
    (DOCS / "reference" / "clients.md").write_text(clients(), encoding="utf-8")
    (DOCS / "reference" / "parsers.md").write_text(parsers(), encoding="utf-8")
    (DOCS / "reference" / "laws.md").write_text(laws(), encoding="utf-8")
    (DOCS / "reference" / "stand-in.md").write_text(stand_in(), encoding="utf-8")
    for name, drawing in DRAWN:
        page = DOCS / "reference" / f"{name}.md"
        page.write_text(drawn_anew(page.read_text(encoding="utf-8"), drawing), encoding="utf-8")
    if "--no-picture" not in sys.argv:
        (DOCS / "pictures" / "staircase.svg").write_text(picture(), encoding="utf-8")
