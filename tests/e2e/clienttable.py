"""Tries other people's clients and ours with `harness fuzz client`, and keeps what came of it: `nox -s clients`.

The answers that a client took badly are cassettes in `cassettes/found/`; all verdicts, with versions and the day, are
`docs/reference/clients.json`, from which `docs/generate.py` draws the page. Names behind `--` try these clients only.
"""

from __future__ import annotations

import datetime
import importlib.metadata
import json
import os
import platform
import shutil
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import Any

import msgspec

from harness.cli.clientfuzz import Client
from tests.e2e.npm import install, program

ROOT = Path(__file__).parents[2]
FOUND = ROOT / "cassettes" / "found"
DATA = ROOT / "docs" / "reference" / "clients.json"
JS = ROOT / "tests" / "e2e" / "openai_js"

PATIENCE_S = 60
"""More than the slowest start on a busy machine (litellm, 13 s) and every time-out that is set (3 s) together."""


class Row(msgspec.Struct, frozen=True, kw_only=True):
    """A client of the table: its title, the package whose version counts, how it is run, what else is worth knowing."""

    title: str
    package: str
    note: str
    call: str | None = None
    command: str | None = None
    upstream: str = "openai-chat"

    @property
    def name(self) -> str:
        return self.call or "javascript"

    @property
    def client(self) -> Client:
        target = None if self.call is None else f"tests.e2e.clients:{self.call}"
        return Client(name=target, command=self.command, upstream=self.upstream)


_TIMEOUT = "with `timeout=3`; retries as it comes"
ROWS = (
    Row(
        title="`harness.Vitalentum`",
        package="stream-harness",
        note="with `Timeouts(first_byte=3, between=3)`",
        call="ours",
        upstream="vitalentum",
    ),
    Row(
        title="g4f, provider Vitalentum",
        package="g4f",
        note="it takes no time-out, and aiohttp's own is 300 s for the whole reply",
        call="g4f",
        upstream="vitalentum",
    ),
    Row(title="openai-python", package="openai", note=_TIMEOUT, call="openai_python"),
    Row(title="openai-python, async", package="openai", note=_TIMEOUT, call="openai_python_async"),
    Row(
        title="openai, JavaScript",
        package="openai_js",
        note="with `timeout: 3000`; retries as it comes. Its package asks for Node 22, and here is Node 20",
        command="node tests/e2e/openai_js/say.mjs {url}",
    ),
    Row(title="litellm", package="litellm", note=_TIMEOUT, call="litellm"),
    Row(title="litellm, async", package="litellm", note=_TIMEOUT, call="litellm_async"),
    Row(title="httpx-sse, and json", package="httpx-sse", note="with `timeout=3`", call="httpx_sse"),
    Row(
        title="a loop over the lines of aiohttp",
        package="aiohttp",
        note="with `ClientTimeout(sock_read=3)`",
        call="aiohttp_loop",
    ),
)
"""The table, ours first; `tests/e2e/clients.py` has the code of each call."""


def version(package: str) -> str:
    """The version that is installed."""
    if package == "openai_js":
        found: str = json.loads((JS / "node_modules" / "openai" / "package.json").read_text())["version"]
        return found
    return importlib.metadata.version(package)


def machine() -> str:
    """What the clients run on."""
    node = subprocess.run([program("node"), "--version"], capture_output=True, text=True, check=True)
    return f"{platform.system()}, Python {platform.python_version()}, Node {node.stdout.strip().lstrip('v')}"


def tried(row: Row, *options: str, out: Path = FOUND, patience: float = PATIENCE_S) -> dict[str, Any]:
    """What `harness fuzz client` reports of a client."""
    client = row.client
    target = [client.name, "--as", "client"] if client.name else ["client", "--command", str(client.command)]
    with tempfile.TemporaryDirectory() as folder:
        report = Path(folder, "report.json")
        words = [
            *target,
            "--upstream",
            row.upstream,
            "--patience",
            f"{patience}",
            "--out",
            f"{out}",
            *options,
        ]
        command = [sys.executable, "-m", "harness", "fuzz", *map(str, words), "--format", "json"]
        # an environment that forbids compiled modules makes an import of litellm take 20 seconds each time
        environ = {**os.environ, "PYTHONDONTWRITEBYTECODE": ""}
        subprocess.run([*command, "--output", str(report)], cwd=ROOT, env=environ, check=False)
        found: dict[str, Any] = json.loads(report.read_text(encoding="utf-8"))
    return found


def measured(row: Row) -> dict[str, object]:
    """A client's part of the data; its cassettes are made anew."""
    print(f"== {row.title}", file=sys.stderr)
    shutil.rmtree(FOUND / row.client.folder, ignore_errors=True)
    report = tried(row)
    if unasked := [
        each["where"] for each in report["findings"] if "asked nothing" in each["evidence"]["now"]
    ]:
        raise SystemExit(
            f"{row.name} asked nothing in {', '.join(unasked)}: is it installed, the machine too slow?"
        )
    return {
        "name": row.name,
        "title": row.title,
        "version": version(row.package),
        "note": row.note,
        "upstream": row.upstream,
        "folder": row.client.folder,
        "again": row.client.again("NAME").replace(" --case NAME", ""),
        "measured": datetime.datetime.now(datetime.UTC).date().isoformat(),
        "cases": report["summary"]["cases"],
        "findings": [_told(finding) for finding in report["findings"]],
    }


def _told(finding: dict[str, Any]) -> dict[str, str]:
    says = finding["message"].rpartition("Tried with: ")[2]
    return {
        "case": finding["where"],
        "says": says,
        "rule": finding["rule"],
        "now": finding["evidence"]["now"],
    }


def main(names: list[str]) -> None:
    """Try the clients of these names, or all, and write the data."""
    install(JS)
    known = {each["name"]: each for each in json.loads(DATA.read_text())["clients"]} if DATA.exists() else {}
    for row in ROWS:
        if not names or row.name in names:
            known[row.name] = measured(row)
            clients = [known[each.name] for each in ROWS if each.name in known]
            data = {"on": machine(), "patience": PATIENCE_S, "clients": clients}
            DATA.write_text(json.dumps(data, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main(sys.argv[1:])
