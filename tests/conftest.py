"""How hard hypothesis looks. The default run says the same thing twice; `HYPOTHESIS_PROFILE=nightly` digs anew.

No deadline in either: a busy machine is no counter-example.
"""

import os

from hypothesis import settings

pytest_plugins = ["pytester"]  # for the tests of our own plugin; pytest takes this from the top only

settings.register_profile("quick", derandomize=True, deadline=None)
settings.register_profile("nightly", max_examples=3000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "quick"))
