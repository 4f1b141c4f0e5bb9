"""Nothing hangs: each test of this folder has a time-out of its own."""

from pathlib import Path

import pytest

PATIENCE_S = 60
"""Far more than any of them takes, also on a busy machine, and far less than for ever."""


def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    here = Path(__file__).parent
    for item in items:
        if here in item.path.parents and item.get_closest_marker("timeout") is None:
            item.add_marker(pytest.mark.timeout(PATIENCE_S))
