"""For all tests: how hard hypothesis looks. `HYPOTHESIS_PROFILE=nightly` looks harder, as `nox -s nightly` does."""

from __future__ import annotations

import os

from hypothesis import settings

# No deadline: on a shared machine a slow example says nothing about the code. Time is kept by pytest-timeout.
settings.register_profile("default", deadline=None)
settings.register_profile("nightly", deadline=None, max_examples=2_000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "default"))
