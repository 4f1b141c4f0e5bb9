"""`harness standin`: a Vitalentum of your own, on a port of your own."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import click

from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import NearChoice, Output, output
from harness.cli.serving import serve
from harness.report import Format
from harness.upstreams.vitalentum.standin.mutations import MUTATIONS
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.upstreams.vitalentum.standin.mutation import Mutation
    from harness.upstreams.vitalentum.standin.scenarios import Scenario

EXAMPLES = (
    "harness standin --port 8080",
    "harness standin --scenario reset --seed 7",
    "harness standin --mutate role-gone --mutate sunset",
    "harness standin --list",
)


def _list(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        click.echo(f"Scenarios\n{_lines(SCENARIOS)}\n\nMutations\n{_lines(MUTATIONS)}")
        ctx.exit()


def _lines(table: Mapping[str, Scenario] | Mapping[str, Mutation]) -> str:
    width = max(map(len, table))
    return "\n".join(f"  {name:<{width}}  {row.description}" for name, row in table.items())


@command_("standin", examples=EXAMPLES)
@click.option(
    "--scenario", type=NearChoice(list(SCENARIOS)), default="reply", show_default=True, metavar="NAME"
)
@click.option(
    "--mutate",
    "mutations",
    multiple=True,
    metavar="NAME",
    help="Let the service have moved: role-gone, sunset, slow ... Repeatable.",
)
@click.option(
    "--list",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_list,
    help="List the scenarios and the mutations.",
)
@click.option("--seed", type=int, default=0, show_default=True, help="The same seed gives the same bytes.")
@click.option(
    "--speed", type=float, default=1.0, show_default=True, help="2 is twice as fast, inf does not wait."
)
@options.port
@options.host
@options.remote
@output(Format.TEXT, Format.JSON)
def command(
    scenario: str,
    mutations: tuple[str, ...],
    seed: int,
    speed: float,
    port: int,
    host: str,
    allow_remote: bool,
    output: Output,
) -> None:
    """Run the Vitalentum stand-in until Ctrl-C: it speaks the service's protocol and needs no key."""
    from harness.net.standin import Standin

    server = Standin(
        host=host,
        port=port,
        scenario=scenario,
        seed=seed,
        speed=speed,
        mutations=mutations,
        allow_remote=allow_remote,
    )
    moved = f", with {', '.join(mutations)}" if mutations else ""
    asyncio.run(serve(server, output.format, what=f"The stand-in plays {scenario!r}{moved}"))
