"""Records the committed cassettes again: `python -m cassettes.record [NAME ...]`, or `nox -s cassettes`.

Each is recorded by our own client over a real socket, in real time: the scenarios from the stand-in, the
`edge-*` ones from an independent server (`tests/e2e/edge`, needs Node 20 and npm). Neither is the live service,
and the cassettes say so.
"""

from __future__ import annotations

import asyncio
import sys
from contextlib import nullcontext
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness import HarnessError, Vitalentum, use_cassette
from harness.clients.waiting import Timeouts
from harness.net.standin import Standin
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS
from tests.e2e.independent import independent_upstream, recorded_from

if TYPE_CHECKING:
    from collections.abc import Iterable

FOLDER = Path(__file__).parent / "vitalentum"

STANDIN_PORT = 18801
EDGE_PORT = 18802
"""Fixed, so that recording again changes no address."""

PATIENCE = Timeouts(between=2)
"""So long the recording client waits for the next piece: `stall` ends by this."""

ENGLISH = "How does a tide work?"
"""With the name of the scenario behind it: one server can play the whole folder, each cassette by its question."""
RUSSIAN = "Почему море солёное?"
TALK = (
    {"role": "system", "content": "Answer in one sentence."},
    {"role": "user", "content": "What is a tide?"},
    {"role": "assistant", "content": "The sea, rising and falling twice a day."},
    {"role": "user", "content": "And who pulls it?"},
)


class Recording(msgspec.Struct, frozen=True):
    """One cassette: what to ask, and of the stand-in in which scenario; without one, the independent server."""

    name: str
    messages: tuple[dict[str, str], ...]
    scenario: str | None = None
    fields: dict[str, object] = {}


def _prompt(text: str) -> tuple[dict[str, str], ...]:
    return ({"role": "user", "content": text},)


def _edge(name: str, prompt: str, **fields: object) -> Recording:
    return Recording(f"edge-{name}", _prompt(prompt), fields=fields)


LEFT_OUT = {"big-event"}
"""Two mebibytes of filler that anyone can have from the stand-in at once."""

RECORDINGS = (
    *(Recording(name, _prompt(f"{ENGLISH} ({name})"), name) for name in SCENARIOS if name not in LEFT_OUT),
    Recording("reply-russian", _prompt(RUSSIAN), "reply"),
    Recording("reply-conversation", TALK, "reply"),
    Recording("invalid-temperature", _prompt(ENGLISH), "reply", fields={"temperature": 2}),
    _edge("hello", "Say hello in one sentence."),
    _edge("russian", "Привет! Расскажи про море"),
    _edge("long", "Tell me a long story"),
    _edge("length", "Stop at the limit"),
    _edge("empty", "Say nothing"),
    _edge("cut-short", "Break off in the middle"),
    _edge("over-quota", "You are over quota"),
    _edge("server-error", "Fall over"),
    _edge("invalid-temperature", "Say hello in one sentence.", temperature=2),
)


async def record(recording: Recording) -> None:
    """Ask once, with the tape running. How the reply ends is part of the recording, whatever it is."""
    path = FOLDER / f"{recording.name}.yaml"
    path.unlink(missing_ok=True)
    independent = recording.scenario is None
    tape = use_cassette(path, mode="once", recorded_from=recorded_from() if independent else None)
    standin = Standin(port=STANDIN_PORT, scenario=recording.scenario or "reply")
    async with nullcontext() if independent else standin:
        Vitalentum.url = f"http://127.0.0.1:{EDGE_PORT if independent else STANDIN_PORT}"
        with tape:
            print(f"{recording.name:24} {await _ask(recording)}", flush=True)


async def _ask(recording: Recording) -> str:
    """What the client says of the reply, in a few words."""
    stream = Vitalentum.create_async_generator("", recording.messages, **recording.fields)
    try:
        return f"{len([piece async for piece in stream])} pieces"
    except HarnessError as error:
        return type(error).__name__


async def main(names: Iterable[str]) -> None:
    wanted = set(names) or {recording.name for recording in RECORDINGS}
    Vitalentum.timeouts = PATIENCE
    with independent_upstream(EDGE_PORT):
        for recording in RECORDINGS:
            if recording.name in wanted:
                await record(recording)


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1:]))
