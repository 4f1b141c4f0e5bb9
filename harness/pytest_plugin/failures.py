"""How a failure reads: down to the user's own code and no further. Which libraries pass a request on, and where in
this package an error was raised, explains nothing.
"""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

import pytest

from harness.errors import HarnessError

if TYPE_CHECKING:
    from collections.abc import Iterator

_PACKAGE = Path(__file__).parents[1]
_INSTALLED = {"site-packages", "dist-packages"}


@contextmanager
def said_plainly() -> Iterator[None]:
    """An error of ours becomes the whole text of a failure."""
    try:
        yield
    except HarnessError as error:
        raise pytest.fail.Exception(str(error), pytrace=False) from None


def without_libraries(trace: TracebackType | None, root: Path) -> TracebackType | None:
    """`trace` without what lies below the last frame of a file in `root`; as it is, where there is none."""
    frames = list(_frames(trace))
    while frames and not _is_own(Path(frames[-1].tb_frame.f_code.co_filename), root):
        frames.pop()
    shorter = None
    for frame in reversed(frames):
        shorter = TracebackType(shorter, frame.tb_frame, frame.tb_lasti, frame.tb_lineno)
    return shorter or trace


def _frames(trace: TracebackType | None) -> Iterator[TracebackType]:
    while trace is not None:
        yield trace
        trace = trace.tb_next


def _is_own(file: Path, root: Path) -> bool:
    """Whether a file belongs to the project in `root`: installed packages may lie in there as well, and so
    may this.
    """
    inside = file.is_relative_to(root) and not file.is_relative_to(_PACKAGE)
    return inside and not _INSTALLED & set(file.parts)
