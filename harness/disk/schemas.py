"""The schema documents, from the disk. Reads files of this package and no others, each once; those of a user's own
upstreams have been read with them (`harness.disk.upstreams`).

In an installed package they lie in `harness/schemas`, in a checkout in `schemas` beside the package.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from types import MappingProxyType
from typing import TYPE_CHECKING

import msgspec

import harness
from harness.disk.upstreams import own_upstreams
from harness.errors import UsageError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from harness.upstreams.upstream import Upstream

_PACKAGE = Path(harness.__file__).parent
_FOLDERS = (_PACKAGE / "schemas", _PACKAGE.parent / "schemas")


def schema_path(upstream: str, name: str) -> Path:
    """Where the document lies: `schemas/<upstream>/<name>.schema.json`. Raises `UsageError` where it does
    not.
    """
    for folder in _FOLDERS:
        path = folder / upstream / f"{name}.schema.json"
        if path.is_file():
            return path
    raise UsageError(
        f"the schema document {upstream}/{name} is missing",
        expected=" or ".join(str(folder) for folder in _FOLDERS),
        help="install the package again, or run from a whole checkout",
    )


@cache
def load_schema(upstream: str, name: str) -> Mapping[str, object]:
    """One document. It is shared: read it, do not change it."""
    document = msgspec.json.decode(schema_path(upstream, name).read_bytes(), type=dict[str, object])
    return MappingProxyType(document)


def load_schemas(upstream: Upstream) -> dict[str, Mapping[str, object]]:
    """Every document that belongs to an upstream, by name; of a user's own, those in its folder."""
    own = own_upstreams().get(upstream.name)
    if own is not None and own.upstream == upstream:
        return dict(own.documents)
    return {name: load_schema(upstream.name, name) for name in upstream.schemas}
