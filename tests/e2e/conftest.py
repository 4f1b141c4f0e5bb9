"""What the journeys need: the independent upstream, started once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.independent import independent_upstream

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def edge() -> Iterator[str]:
    """Base URL of the independent upstream."""
    with independent_upstream() as url:
        yield url
