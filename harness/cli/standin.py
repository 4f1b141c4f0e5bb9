"""`harness standin`: a Vitalentum of your own, on a port of your own."""

from __future__ import annotations

import asyncio

import click

from harness.cli import options
from harness.cli.command import command as command_
from harness.cli.options import NearChoice, Output, output
from harness.cli.serving import serve
from harness.report import Format
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS

EXAMPLES = (
    "harness standin --port 8080",
    "harness standin --scenario reset --seed 7",
    "harness standin --list",
)


def _list(ctx: click.Context, param: click.Parameter, wanted: bool) -> None:
    if wanted:
        width = max(map(len, SCENARIOS))
        click.echo("\n".join(f"{name:<{width}}  {row.description}" for name, row in SCENARIOS.items()))
        ctx.exit()


@command_("standin", examples=EXAMPLES)
@click.option(
    "--scenario", type=NearChoice(list(SCENARIOS)), default="reply", show_default=True, metavar="NAME"
)
@click.option(
    "--list", is_flag=True, is_eager=True, expose_value=False, callback=_list, help="List the scenarios."
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
    scenario: str, seed: int, speed: float, port: int, host: str, allow_remote: bool, output: Output
) -> None:
    """Run the Vitalentum stand-in until Ctrl-C: it speaks the service's protocol and needs no key."""
    from harness.net.standin import Standin

    server = Standin(
        host=host, port=port, scenario=scenario, seed=seed, speed=speed, allow_remote=allow_remote
    )
    asyncio.run(serve(server, output.format, what=f"The stand-in plays {scenario!r}"))
