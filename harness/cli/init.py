"""`harness init`: a starter set-up for a project. Writes a few files, and never over something that is there."""

from __future__ import annotations

from pathlib import Path

import click

from harness.cli.command import command as command_
from harness.cli.screen import result, say
from harness.cli.workflow import WORKFLOW, WORKFLOW_FILE
from harness.disk.settings import settings_in_file

EXAMPLES = ("harness init", "harness init --workflow", "harness doctor")

SECTION = """
[tool.harness]
upstream = "vitalentum"
pace = "instant"
"""
EXAMPLE = Path("tests/test_recorded_reply.py")
TEST = '''"""A first recorded test: its first run records against the stand-in, every later one needs nobody."""

import asyncio
from pathlib import Path

import harness
from harness.net import Standin

TAPE = Path(__file__).parent / "cassettes" / "hello.yaml"


async def ask(question: str) -> str:
    """What your own code would do: it knows nothing of cassettes."""
    pieces = harness.Vitalentum.create_async_generator("gpt-3.5-turbo", [{"role": "user", "content": question}])
    return "".join([piece async for piece in pieces])


async def recorded() -> str:
    if not TAPE.exists():
        async with Standin() as standin, harness.use_cassette(TAPE, mode="once"):
            harness.Vitalentum.url = standin.url
            await ask("Hello!")
    async with harness.use_cassette(TAPE):
        return await ask("Hello!")


def test_the_recorded_reply_has_text():
    assert asyncio.run(recorded())
'''


@command_("init", examples=EXAMPLES)
@click.option("--workflow", is_flag=True, help="A weekly `harness drift --live` on GitHub Actions as well.")
def command(workflow: bool) -> None:
    """Write a starter set-up: settings in pyproject.toml, and an example test."""
    _add_section(Path("pyproject.toml"))
    _add(EXAMPLE, TEST)
    if workflow:
        _add(WORKFLOW_FILE, WORKFLOW)
    result(f"Next: python -m pytest {EXAMPLE}\n")


def _add_section(file: Path) -> None:
    if file.exists() and (
        settings_in_file(Path.cwd()) or "[tool.harness]" in file.read_text(encoding="utf-8")
    ):
        say(f"Left as it is: {file} has [tool.harness] already")
        return
    before = file.read_bytes() if file.exists() else b""
    with file.open("ab") as end:  # what stands there is not written anew
        end.write(_section_behind(before))
    say(f"{'Added [tool.harness] to' if before else 'Written:'} {file}")


def _section_behind(before: bytes) -> bytes:
    """The section as it follows this text: on a line of its own, with the line ends of the file."""
    gap = "" if before.endswith(b"\n") else "\n"
    text = gap + SECTION if before else SECTION.lstrip("\n")
    return text.replace("\n", "\r\n" if b"\r\n" in before else "\n").encode()


def _add(file: Path, text: str) -> None:
    if file.exists():
        say(f"Left as it is: {file}")
        return
    file.parent.mkdir(parents=True, exist_ok=True)
    file.write_text(text, encoding="utf-8")
    say(f"Written: {file}")
