"""The command line as a table: every command, its heading, its one line. Loading a command is left to its use."""

from __future__ import annotations

from pathlib import Path

import click

import harness
from harness.cli.command import WIDTH, Entry, LazyGroup
from harness.cli.status import Status

RECORD, CHECK, FILES, HELP = "Record and replay", "Check", "Cassettes", "Get going"

COMMANDS: dict[str, Entry] = {
    "record": Entry(RECORD, "Send one conversation and record the reply as it comes."),
    "proxy": Entry(RECORD, "Record what any client sends to one upstream."),
    "replay": Entry(RECORD, "Serve cassettes over HTTP to any client."),
    "play": Entry(RECORD, "Play a reply's text in the terminal."),
    "standin": Entry(RECORD, "Run the Vitalentum stand-in, for demos and tests."),
    "validate": Entry(CHECK, "Check requests, chunks and whole streams."),
    "drift": Entry(CHECK, "Say what has moved upstream, and how bad it is."),
    "scan": Entry(CHECK, "Look for secrets in cassettes."),
    "explain": Entry(CHECK, "Say what a rule means and what to do."),
    "show": Entry(FILES, "Show a stream: events, gaps, state path, ending."),
    "redact": Entry(FILES, "Remove secrets from cassettes."),
    "convert": Entry(FILES, "Turn a cassette from YAML into JSON, or back."),
    "demo": Entry(HELP, "See it all at work: no key, no network."),
    "doctor": Entry(HELP, "Say what this installation can do, and each setting."),
    "init": Entry(HELP, "Write a starter set-up for a project."),
}

EXAMPLES = (
    "harness demo",
    "harness record 'Hello!' --base-url http://127.0.0.1:8080 --out hello.yaml",
    "harness replay hello.yaml --pace recorded",
    "harness validate cassettes/",
)


@click.group(
    cls=LazyGroup,
    table=COMMANDS,
    examples=EXAMPLES,
    invoke_without_command=True,
    context_settings={"max_content_width": WIDTH, "help_option_names": ["-h", "--help"]},
)
@click.version_option(harness.__version__, "-V", "--version", message="harness %(version)s")
@click.option("--debug", is_flag=True, help="Show a traceback with an error.  [env var: HARNESS_DEBUG]")
@click.pass_context
def app(ctx: click.Context, debug: bool) -> None:
    """Record, replay and check streaming chat upstreams, faithfully."""
    # `debug` is listed here for the help; `harness.cli.run` has read it already, wherever it stood.
    if ctx.invoked_subcommand is None:
        click.echo(ctx.get_help())
        ctx.exit(Status.USAGE)
    from harness.disk.settings import settings_in_file  # not at the top: `--help` has no use for them
    from harness.errors import UsageError

    try:
        ctx.default_map = dict.fromkeys(COMMANDS, settings_in_file(Path.cwd()))
    except UsageError:
        if ctx.invoked_subcommand != "doctor":  # which is asked when something is wrong, and shows it
            raise
