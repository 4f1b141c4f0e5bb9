"""How hard hypothesis looks, by the profile in `HYPOTHESIS_PROFILE`.

`ci`, the default, says the same thing twice. `dev` looks anew each time and remembers what it found; `nightly` digs;
`mutation` looks briefly, for it is asked a thousand times.
No deadline in any: a busy machine is no counter-example. What was found lies in `.cache/`, which git does not see.
"""

import os
from pathlib import Path

from hypothesis import settings
from hypothesis.configuration import set_hypothesis_home_dir

pytest_plugins = ["pytester"]  # for the tests of our own plugin; pytest takes this from the top only

set_hypothesis_home_dir(Path(__file__).parent.parent / ".cache" / "hypothesis")

settings.register_profile("ci", derandomize=True, deadline=None)
settings.register_profile("dev", deadline=None)
settings.register_profile("mutation", max_examples=20, derandomize=True, deadline=None)
settings.register_profile("nightly", max_examples=3000, deadline=None, print_blob=True)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))
