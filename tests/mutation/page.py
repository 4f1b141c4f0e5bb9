"""The figures that were measured, the reasons that were given, and the page that is made of both.

The edge to two files beside this one, and to the page. A run of one room renews that room's figures and no others.
"""

from __future__ import annotations

from pathlib import Path

import msgspec

from tests.mutation import score
from tests.mutation.rooms import ROOMS

MEASURED = Path(__file__).with_name("measured.json")
REASONS = Path(__file__).with_name("survivors.json")
PAGE = Path(__file__).parents[2] / "docs" / "reference" / "mutation.md"

HEAD = """# Would the tests notice?

mutmut 3.8.1 changes the code in small ways, one at a time: another operator, another number, a call without an
argument. Each time the tests of the changed room must fail. A room passes when mutants ran and were all tried, when at
least 90 per cent were killed, and when each one that lives has a reason below. Made by

    nox -s mutation -- --write

which takes the names of rooms as well, and renews their figures alone. Counted as killed: the tests failed, the tests
hung, the interpreter fell. A mutant that no test runs counts as one that lives. What mutmut does not change is not
measured: tables and patterns at the top of a module, decorated functions, annotations. `framing` is the module
`harness/cassette/framing.py`; `redact` is the three modules `redact.py`, `streamredact.py` and `scan.py` beside it;
`upstreams` is the room's own modules and the conversation of Vitalentum, without the stand-in; `drift` is the modules
that compare and judge, with their own tests and with what drift says, word for word (`tests/drift/findings.txt`). Not
measured: the modules of drift that read recordings, and those that weigh and show what was found.
"""


def measured() -> dict[str, score.Outcome]:
    """What was measured last, by room, in the order of the rooms."""
    kept = msgspec.json.decode(MEASURED.read_bytes(), type=dict[str, score.Outcome])
    return {name: kept[name] for name in ROOMS if name in kept}


def reasons() -> score.Reasons:
    """Why survivors may live."""
    return msgspec.json.decode(REASONS.read_bytes(), type=score.Reasons)


def keep(outcomes: dict[str, score.Outcome]) -> None:
    """Put these rooms' figures in the place of their old ones, and make the page anew."""
    kept = measured() | outcomes
    MEASURED.write_bytes(msgspec.json.format(msgspec.json.encode(kept), indent=1) + b"\n")
    PAGE.write_text(page(), encoding="utf-8")


def page() -> str:
    """The page, from what was kept."""
    outcomes = measured()
    missing = [f"`{name}`" for name in ROOMS if name not in outcomes]
    lines = [HEAD, *score.table(outcomes)]
    lines += ["", f"Not measured yet: {', '.join(missing)}."] if missing else []
    return "\n".join([*lines, *score.survivors(outcomes, reasons())]) + "\n"


if __name__ == "__main__":
    PAGE.write_text(page(), encoding="utf-8")
