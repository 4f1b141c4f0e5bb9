"""The hostile files of `tests/vectors/hostile`, as bytes: those that are refused, and those that are odd but read."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

_FILE = Path(__file__).parent.parent / "vectors" / "hostile" / "files.json"
_LISTS: dict[str, Any] = json.loads(_FILE.read_text(encoding="utf-8"))
CASES: list[dict[str, Any]] = _LISTS["files"]
HARMLESS: list[dict[str, Any]] = _LISTS["harmless"]


def content(case: dict[str, Any]) -> bytes:
    """What the file holds."""
    if "hex" in case:
        return bytes.fromhex(case["hex"])
    if "repeat" in case:
        return b"".join(text.encode() * times for text, times in (case["repeat"], case.get("then", ["", 0])))
    if "parts" in case:
        return b"".join(text.encode() * times for text, times in case["parts"])
    return case["text"].encode()
