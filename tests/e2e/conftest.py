"""What the journeys need: the independent upstream, started once."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest

from tests.e2e.independent import independent_servers

if TYPE_CHECKING:
    from collections.abc import Iterator


@pytest.fixture(scope="session")
def servers() -> Iterator[dict[str, str]]:
    """Base URLs of the independent upstream and of the model behind it."""
    with independent_servers() as urls:
        yield urls


@pytest.fixture(scope="session")
def edge(servers: dict[str, str]) -> str:
    """Base URL of the independent upstream."""
    return servers["url"]


@pytest.fixture(scope="session")
def model(servers: dict[str, str]) -> str:
    """Base URL of the model: an OpenAI endpoint that nobody of this project wrote."""
    return servers["model"]
