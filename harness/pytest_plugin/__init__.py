"""The pytest plugin: a cassette for each marked test, servers as fixtures, and a word about the whole run.

Only hooks and fixtures are here, and nothing heavy is imported before a test needs it: every run of pytest in an
environment loads this module, also those that have no test of ours. The modules beside it know what a test's
tape is called (`naming`), on which terms it is used (`terms`, `items`), when it is opened and closed (`taking`),
what makes a test fail (`outcome`, `verdict`, `aging`), and what the run adds up to (`run`, `tally`, `unused`).
"""

from __future__ import annotations

import os
from contextlib import contextmanager
from functools import partial
from typing import TYPE_CHECKING

import pytest

from harness.pytest_plugin.run import Run
from harness.pytest_plugin.terms import KEYWORDS

if TYPE_CHECKING:
    from collections.abc import Callable, Generator, Iterator

    from harness.net import RecordingProxy, ReplayServer, Standin
    from harness.net.session import CassetteSession
    from harness.pytest_plugin.taking import Taking

TAKING = pytest.StashKey["Taking"]()

MODES = ("none", "once", "new_episodes", "all")
"""The words of `harness.cassette.modes`, which would take time to import."""

_SERVERS = {"harness_server", "harness_proxy"}
"""Fixtures that play or record the test's cassette in another way than in process."""


# options


def pytest_addoption(parser: pytest.Parser) -> None:
    """The flags and the keys of the ini file."""
    group = parser.getgroup("harness", "recorded streams (stream-harness)")
    group.addoption("--harness-mode", choices=MODES, help="record mode of marked tests; default: none")
    group.addoption(
        "--harness-pace", metavar="PACE", help="pace of replays: instant, recorded, or a factor like 2.0"
    )
    group.addoption(
        "--harness-cut",
        metavar="CUT",
        help="cut of replays: recorded, event, character, byte, whole or random:SEED",
    )
    group.addoption(
        "--harness-live",
        action="store_true",
        help="let marked tests reach the network, and record what they are answered (mode all, unless given)",
    )
    for name, term in KEYWORDS.items():
        if kind := term.metadata["ini"]:
            parser.addini(f"harness_{name}", term.metadata["decides"], type=kind, default=None)
    parser.addini(
        "harness_allow_unused", "tapes that no test asks for are only named", type="bool", default=None
    )


def pytest_configure(config: pytest.Config) -> None:
    """Make the marker known, and refuse flags that mean nothing."""
    config.addinivalue_line(
        "markers",
        f"harness(cassette, *, {', '.join(KEYWORDS)}): play the requests of this test from a cassette, or record them",
    )
    config.pluginmanager.register(Run(config), "harness-run")
    if config.getoption("harness_pace") or config.getoption("harness_cut"):
        _check_flags(config)
    if _names_upstreams(config):
        _know_upstreams(config)


def _names_upstreams(config: pytest.Config) -> bool:
    """Whether the settings may name upstreams of the user's own. A look, for reading them takes an import."""
    file = config.rootpath / "pyproject.toml"
    return "HARNESS_UPSTREAMS" in os.environ or (file.is_file() and b"upstreams" in file.read_bytes())


def _know_upstreams(config: pytest.Config) -> None:
    """Read them now, from where the run starts: a test may stand elsewhere."""
    from harness.disk.upstreams import forget_upstreams, know_upstreams
    from harness.errors import UsageError

    try:
        know_upstreams(config.rootpath, os.environ)
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None
    config.add_cleanup(forget_upstreams)


def _check_flags(config: pytest.Config) -> None:
    from harness.cassette.framing import parse_cut, parse_pace
    from harness.errors import UsageError

    try:
        parse_pace(config.getoption("harness_pace") or "instant")
        parse_cut(config.getoption("harness_cut") or "recorded")
    except UsageError as error:
        raise pytest.UsageError(str(error)) from None


# fixtures


@pytest.fixture(autouse=True)
def _harness(request: pytest.FixtureRequest) -> None:
    """Give a marked test its cassette, before its other fixtures of function scope are made."""
    is_marked = request.node.get_closest_marker("harness") is not None
    if is_marked and not _SERVERS & set(request.fixturenames):
        request.getfixturevalue("harness_cassette")


@pytest.fixture
def harness_cassette(request: pytest.FixtureRequest) -> Iterator[CassetteSession]:
    """The cassette of this test, in use in the whole process. Asking for it is as good as the marker.

    What it gives tells what happened so far: `played`, `recorded`, `unplayed`, `misses`, `on_tape`.
    """
    with _taking(request.node) as taking, taking.cassette() as session:
        yield session


@pytest.fixture
def harness_server(request: pytest.FixtureRequest) -> Iterator[ReplayServer]:
    """A server that plays the cassette of this test to any client; `url` is where it listens."""
    with _taking(request.node) as taking, taking.server() as server:
        yield server


@pytest.fixture
def harness_proxy(request: pytest.FixtureRequest) -> Iterator[ReplayServer | RecordingProxy]:
    """What stands between any client and its upstream; `url` is where it listens. It records what goes
    through it when the mode says so, and plays that otherwise.
    """
    asked: Callable[[], str | None] = partial(request.getfixturevalue, "harness_base_url")
    with _taking(request.node) as taking, taking.proxy(asked) as server:
        yield server


@pytest.fixture
def harness_base_url(request: pytest.FixtureRequest) -> str | None:
    """Where `harness_proxy` sends requests when it records. Override it for an upstream that a fixture starts.

    By default what `base_url` says, the stand-in where the test asks for one, or the upstream's own address.
    """
    from harness.pytest_plugin.items import terms_of

    terms = terms_of(request.node)
    if terms.base_url is None and "harness_standin" in request.fixturenames:
        return str(request.getfixturevalue("harness_standin").url)
    return terms.base_url


@pytest.fixture
def harness_standin(request: pytest.FixtureRequest) -> Iterator[Standin]:
    """A stand-in for Vitalentum, which does not wait between pieces; `url` is where it listens.

    `@pytest.mark.parametrize("harness_standin", ["reset"], indirect=True)` chooses its scenario; a mapping gives
    it any argument of `harness.net.Standin`.
    """
    from harness.net.standin import Standin
    from harness.pytest_plugin.failures import said_plainly
    from harness.pytest_plugin.serving import in_thread

    chosen = getattr(request, "param", {})
    options = {"scenario": chosen} if isinstance(chosen, str) else dict(chosen)
    with said_plainly(), in_thread(Standin(**{"speed": float("inf"), **options})) as standin:
        yield standin


@contextmanager
def _taking(item: pytest.Item) -> Iterator[Taking]:
    from harness.errors import UsageError
    from harness.pytest_plugin.failures import said_plainly
    from harness.pytest_plugin.taking import Taking

    with said_plainly():
        if TAKING in item.stash:
            raise UsageError("A test uses its cassette in one way; this one asks for two.", help=_WAYS)
        taking = item.stash[TAKING] = Taking(item)
        try:
            yield taking
        finally:
            item.user_properties += taking.properties()
            del item.stash[TAKING]


_WAYS = "harness_cassette for clients in this process; harness_server or harness_proxy for any other"


# one test


@pytest.hookimpl(wrapper=True)
def pytest_runtest_call(item: pytest.Item) -> Generator[None, object, object]:
    """When the test's function has returned, look at what happened to its cassette."""
    try:
        result = yield
    except BaseException as error:
        if TAKING in item.stash:
            item.stash[TAKING].clear_up(error)
        raise
    if TAKING in item.stash:
        item.stash[TAKING].judge()
    return result


@pytest.hookimpl(wrapper=True)
def pytest_runtest_makereport(
    item: pytest.Item, call: pytest.CallInfo[None]
) -> Generator[None, pytest.TestReport, pytest.TestReport]:
    """Tell the cassette whether the test has failed, and the reader what the cassette has to do with it."""
    report = yield
    if call.when == "call" and TAKING in item.stash:
        item.stash[TAKING].has_failed = call.excinfo is not None
        if call.excinfo is not None and report.failed:
            _add_section(report, item.stash[TAKING].explain(call.excinfo.value))
    return report


def _add_section(report: pytest.TestReport, text: str) -> None:
    if text:
        report.sections.append(("harness", text))
