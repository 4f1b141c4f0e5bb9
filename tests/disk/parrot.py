"""Parrot, an upstream of a user's own: its folder, as small as one can be."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from tests.upstreams.test_profile import RIGHT

if TYPE_CHECKING:
    from collections.abc import Mapping
    from pathlib import Path

SCHEMAS: dict[str, Any] = {
    "request": {"type": "object", "required": ["say"], "properties": {"say": {"type": "string"}}},
    "chunk": {"type": "object", "required": ["squawk"], "properties": {"squawk": {"type": "string"}}},
    "error": {"type": "object", "required": ["error"], "properties": {"error": {"type": "string"}}},
}


def write_parrot(folder: Path, *, profile: str = RIGHT, schemas: Mapping[str, Any] = SCHEMAS) -> Path:
    """Write its profile and schemas into *folder*."""
    (folder / "schemas").mkdir(parents=True)
    (folder / "profile.toml").write_text(profile)
    for name, schema in schemas.items():
        (folder / "schemas" / f"{name}.schema.json").write_text(json.dumps(schema))
    return folder
