"""What all tests stand on: how hard hypothesis looks, who hears an interrupt, how many workers there are.

How hard hypothesis looks is said by the profile in `HYPOTHESIS_PROFILE`.

`ci`, the default, looks half as long and says the same thing twice. `dev` looks anew each time and remembers what it
found; `nightly` digs; `mutation` looks briefly, for it is asked a thousand times.
No deadline in any, and slow draws are no error: a busy machine is no counter-example. What was found lies in
`.cache/`, which git does not see.
"""

import os
import signal
from collections.abc import Generator
from pathlib import Path

import pytest
from hypothesis import HealthCheck, Phase, settings
from hypothesis.configuration import set_hypothesis_home_dir

if signal.getsignal(signal.SIGINT) is signal.SIG_IGN:
    # A shell starts what stands before `&` deaf to interrupts, and what a test starts would be deaf as well.
    signal.signal(signal.SIGINT, signal.default_int_handler)

pytest_plugins = ["pytester"]  # for the tests of our own plugin; pytest takes this from the top only

set_hypothesis_home_dir(Path(__file__).parent.parent / ".cache" / "hypothesis")

# Where `CI` is set, hypothesis loads a profile of its own, and what is built upon that looks at the same examples for
# ever, `nightly` too.
PLAIN = settings.get_profile("default")
UNHURRIED = settings(PLAIN, deadline=None, suppress_health_check=[HealthCheck.too_slow], print_blob=True)

settings.register_profile("ci", UNHURRIED, max_examples=50, derandomize=True, database=None)
settings.register_profile("dev", UNHURRIED)
settings.register_profile(  # nobody reads the example
    "mutation",
    UNHURRIED,
    max_examples=20,
    derandomize=True,
    database=None,
    phases=(Phase.explicit, Phase.generate),
)
settings.register_profile("nightly", UNHURRIED, max_examples=3000)
settings.load_profile(os.environ.get("HYPOTHESIS_PROFILE", "ci"))


@pytest.hookimpl(optionalhook=True, wrapper=True)
def pytest_xdist_auto_num_workers() -> Generator[None, int, int]:
    """Half as many again as there are cores: a third of the suite's time is waiting, for sockets and for a pace."""
    cores = yield
    return cores if "PYTEST_XDIST_AUTO_NUM_WORKERS" in os.environ else cores + (cores + 1) // 2
