"""Runs the published g4f provider class against a local server: `python g4f_client.py URL`.

On stdin a JSON list of conversations, each a list of messages; on stdout a JSON list with as many objects: the pieces
it yielded, and the name of the error it raised, if it raised one. The class is the one of the g4f package, not a
copy. Only its module is imported, not the package around it: that one asks a package index for its newest
version as soon as it is imported, and wants a dozen packages that this class never uses. So `g4f` is installed
without its dependencies; the names below stand for what is left out.
"""

from __future__ import annotations

import asyncio
import importlib.metadata
import json
import sys
from importlib import import_module
from types import ModuleType
from typing import Any

WITHOUT_INIT = ("g4f", "g4f.Provider")
"""Packages whose `__init__` is not run."""

UNUSED = "browser_cookie3"
"""Imported by a module on the way; this class reads no cookies."""


def provider() -> Any:
    """`g4f.Provider.Vitalentum.Vitalentum`, as installed."""
    root = importlib.metadata.distribution("g4f").locate_file("")
    for name in WITHOUT_INIT:
        package = ModuleType(name)
        package.__path__ = [str(root / name.replace(".", "/"))]
        sys.modules[name] = package
    sys.modules[UNUSED] = ModuleType(UNUSED)
    return import_module("g4f.Provider.Vitalentum").Vitalentum


async def ask(client: Any, messages: list[dict[str, str]]) -> dict[str, object]:
    pieces: list[str] = []
    try:
        async for piece in client.create_async_generator("gpt-3.5-turbo", messages):
            pieces.append(piece)
    except Exception as error:  # whatever it is, it is what g4f's callers get
        return {"pieces": pieces, "error": type(error).__name__}
    return {"pieces": pieces, "error": None}


async def main(url: str) -> None:
    client = provider()
    client.url = url
    print(json.dumps([await ask(client, messages) for messages in json.load(sys.stdin)]))


if __name__ == "__main__":
    asyncio.run(main(sys.argv[1]))
