"""The published JSON Schema Test Suite through our checking path, beside jsonschema itself; no socket may be opened.

    python -m tests.schema_suite FOLDER

FOLDER is the suite's own (`tests/draft2020-12`, `remotes`), as jsonschema's source distribution holds it under `json`;
`nox -s suite` fetches that. Each group is one `Document`, read tolerantly, for the suite's documents are to be taken as
they are written. What the suite expects to be served at http://localhost:1234 is handed to both from its files, under
that address; nobody listens there. Optional tests are left out.
"""

from __future__ import annotations

import json
import sys
from collections import Counter
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple

import jsonschema
from jsonschema_specifications import REGISTRY  # type: ignore[import-untyped]
from referencing.jsonschema import DRAFT202012

from harness.contract.documents import Document
from harness.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Iterator

DRAFT = "draft2020-12"
SERVED = "http://localhost:1234/"
OTHER_DRAFTS = ("draft3", "draft4", "draft6", "draft7", "draft2019-09", "draft-next")


class Case(NamedTuple):
    name: str
    schema: Any
    value: Any
    valid: bool


def remotes(folder: Path) -> dict[str, Any]:
    """The documents that the suite refers to, by their address."""
    found = {path.relative_to(folder / "remotes"): path for path in sorted(folder.glob("remotes/**/*.json"))}
    return {
        SERVED + name.as_posix(): json.loads(path.read_text(encoding="utf-8"))
        for name, path in found.items()
        if name.parts[0] not in OTHER_DRAFTS
    }


def cases(folder: Path) -> Iterator[Case]:
    """Every mandatory test, by file, group and description."""
    for path in sorted((folder / "tests" / DRAFT).glob("*.json")):
        for group in json.loads(path.read_text(encoding="utf-8")):
            for test in group["tests"]:
                name = f"{path.stem}: {group['description']}: {test['description']}"
                yield Case(name, group["schema"], test["data"], test["valid"])


def ours(case: Case, beside: dict[str, Any]) -> bool | None:
    """What our checking path says; None where it refuses the document."""
    try:
        return Document(case.schema, reading="tolerant", beside=beside).fits(case.value)
    except HarnessError:
        return None


def explained(case: Case, beside: dict[str, Any]) -> bool | None:
    """Whether the half of our path that explains finds nothing to explain."""
    try:
        return not Document(case.schema, reading="tolerant", beside=beside).faults(case.value)
    except HarnessError:
        return None


def theirs(case: Case, beside: dict[str, Any]) -> bool | None:
    """What jsonschema says by itself."""
    others = [(uri, DRAFT202012.create_resource(document)) for uri, document in beside.items()]
    try:
        validator = jsonschema.Draft202012Validator(case.schema, registry=REGISTRY.with_resources(others))
        return bool(validator.is_valid(case.value))
    except Exception:  # whatever it is, it is no answer
        return None


WAYS = {"ours": ours, "ours, explaining": explained, "jsonschema": theirs}


def run(folder: Path) -> tuple[int, Counter[str]]:
    """How many cases there are, and how many of them each way gets right. Says which it gets wrong."""
    beside, total, right = remotes(folder), 0, Counter[str]()
    for case in cases(folder):
        total += 1
        for way, answer in WAYS.items():
            given = answer(case, beside)
            right[way] += given == case.valid
            if given != case.valid:
                print(f"{way}: {given} instead of {case.valid}: {case.name}")
    return total, right


def main(folder: Path) -> int:
    sockets: list[str] = []
    sys.addaudithook(lambda event, _: sockets.append(event) if event.startswith("socket.") else None)
    total, right = run(folder)
    for way in WAYS:
        print(f"{way}: {right[way]} of {total}")
    print(f"sockets: {len(sockets)}")
    return 0 if total and right["ours"] >= right["jsonschema"] and not sockets else 1


if __name__ == "__main__":
    sys.exit(main(Path(sys.argv[1])))
