"""`harness play`: a recorded reply, typed into the terminal as it once came."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING

import click

from harness.cassette.framing import playback
from harness.chat.events import Delta
from harness.cli.command import command as command_
from harness.cli.options import File, setting, upstream
from harness.cli.screen import result, say
from harness.cli.tapes import one_cassette
from harness.errors import ChunkError
from harness.report.visible import visible_lines
from harness.upstreams.parsing import parser_for
from harness.upstreams.reading import read
from harness.upstreams.registry import get_upstream, upstream_for

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

    from harness.cassette.model import Interaction
    from harness.sse import Event
    from harness.upstreams.upstream import Upstream

EXAMPLES = (
    "harness play cassettes/vitalentum/hello.yaml",
    "harness play hello.yaml --pace 4",
    "harness play hello.yaml --pace instant",
)


@command_("play", examples=EXAMPLES)
@click.argument("path", type=File())
@setting(
    "--pace",
    default="recorded",
    show_default=True,
    help="recorded, instant, or a factor: 2 is twice as fast.",
)
@upstream
def command(path: Path, pace: str, upstream: str | None) -> None:
    """Play the text of every reply on a cassette, at the pace it was recorded."""
    _, cassette = one_cassette(path)
    for interaction in cassette.interactions:
        _play(interaction, pace, upstream)


def _play(interaction: Interaction, pace: str, name: str | None) -> None:
    request = interaction.request
    profile = get_upstream(name) if name else upstream_for(request.method, request.uri)
    shown = playback(interaction.response, pace=pace)
    parser = parser_for(profile)
    began = time.monotonic()
    for piece in shown.pieces:
        _wait_until(began + piece.at_s)
        result(
            "".join(
                visible_lines(text) for event in parser.feed(piece.data) for text in _texts(event, profile)
            )
        )
    _wait_until(began + shown.end_s)
    result("".join(visible_lines(text) for event in parser.close() for text in _texts(event, profile)))
    result("\n")
    say(f"(ended {shown.end})")


def _texts(event: Event, upstream: Upstream | None) -> Iterator[str]:
    """What an event adds to the reply; where nobody knows the upstream, its data."""
    if upstream is None:
        yield f"{event.data}\n"
        return
    try:
        said = read(upstream, event)
    except ChunkError:
        return
    yield from (each.text for each in said if isinstance(each, Delta))


def _wait_until(moment: float) -> None:
    time.sleep(max(0.0, moment - time.monotonic()))
