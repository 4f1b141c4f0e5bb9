"""Several use one tape at once, in any mode and order: what is played, recorded and refused is what the model says.

One machine makes the moves, among tasks of this process and among processes that share a tape and may be killed. Uses
overlap, fail and end in any order; `test_mode_laws` tells the plainer story of one use after the other.
"""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, settings
from hypothesis import strategies as st
from hypothesis.stateful import (
    RuleBasedStateMachine,
    initialize,
    invariant,
    precondition,
    rule,
    run_state_machine_as_test,
)
from msgspec.structs import replace

from harness import save_cassette
from harness.cassette import modes
from harness.cassette.modes import OnMiss, RecordMode
from tests.laws.taping import (
    CLIENTS,
    MODES,
    Elsewhere,
    Here,
    Tape,
    Upstream,
    Use,
    tape_at,
    tape_of,
    taped,
    upstream,
)

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

QUESTION = st.sampled_from([1, 2])
QUESTIONS = st.lists(QUESTION, max_size=4)
MODE = st.sampled_from(MODES)
CLIENT = st.sampled_from(sorted(CLIENTS))


def one_that(is_so: str) -> st.SearchStrategy[Any]:
    """One of the machine's seats that are so."""
    return st.runner().flatmap(lambda machine: st.sampled_from(getattr(machine, is_so)))


class AmongTasks(RuleBasedStateMachine):
    """Seats that use one tape, each one use after the other; before each step the tape is what the model says."""

    def __init__(self, seats: Sequence[Any], server: Upstream, path: Path) -> None:
        super().__init__()
        self.seats, self.server, self.path = seats, server, path
        self.uses: dict[Any, Use] = {}
        self.tape = Tape()
        self.sent = server.answered

    @property
    def free(self) -> list[Any]:
        return [seat for seat in self.seats if seat not in self.uses]

    @property
    def busy(self) -> list[Any]:
        return list(self.uses)

    @initialize(questions=QUESTIONS)
    def begin(self, questions: list[int]) -> None:
        if questions:
            cassette = tape_of(questions)
            save_cassette(cassette, self.path)
            self.tape = Tape(taped(cassette))

    @precondition(lambda self: self.free)
    @rule(seat=one_that("free"), mode=MODE, questions=QUESTIONS, client=CLIENT)
    def open(self, seat: Any, mode: str, questions: list[int], client: str) -> None:
        self.uses[seat] = Use(mode, self.tape.readable)
        seat.open(str(self.path), mode)
        self.ask(seat, questions, client)

    @precondition(lambda self: self.busy)
    @rule(seat=one_that("busy"), questions=QUESTIONS, client=CLIENT)
    def ask(self, seat: Any, questions: list[int], client: str) -> None:
        for question in questions:
            answer, is_live = self.uses[seat].answer(question, f"answer {self.sent + 1}")
            self.sent += is_live
            assert seat.ask(question, client) == answer
            assert self.server.answered == self.sent

    @precondition(lambda self: self.busy)
    @rule(seat=one_that("busy"), failed=st.booleans())
    def close(self, seat: Any, failed: bool) -> None:
        use = self.uses.pop(seat)
        self.tape = use.closed(self.tape, failed=failed)
        assert seat.close(failed) == use.farewell(failed=failed)

    @precondition(lambda self: self.free)
    @rule(seat=one_that("free"), mode=MODE, questions=QUESTIONS, client=CLIENT, failed=st.booleans())
    def use(self, seat: Any, mode: str, questions: list[int], client: str, failed: bool) -> None:
        self.open(seat, mode, questions, client)
        self.close(seat, failed)

    @invariant()
    def the_tape_is_what_the_model_says(self) -> None:
        assert tape_at(self.path) == self.tape

    def teardown(self) -> None:
        for seat in self.uses:
            seat.close(True)


class AmongProcesses(AmongTasks):
    """Processes may close at the same moment, and die."""

    @precondition(lambda self: len(self.busy) > 1)
    @rule()
    def close_at_once(self) -> None:
        uses, self.uses = self.uses, {}
        for seat in uses:
            seat.tell("close", False)
        assert [seat.told() for seat in uses] == [use.farewell(failed=False) for use in uses.values()]
        found = tape_at(self.path)
        assert found in {closed_in_turn(self.tape, order) for order in itertools.permutations(uses.values())}
        self.tape = found

    @precondition(lambda self: self.busy and not self.tape.left)  # two dead recorders come in no order
    @rule(seat=one_that("busy"))
    def kill(self, seat: Any) -> None:
        self.tape = Tape(self.tape.written, tuple(self.uses.pop(seat).recorded))
        seat.kill()
        seat.start()


def closed_in_turn(tape: Tape, uses: Sequence[Use]) -> Tape:
    for use in uses:
        tape = use.closed(tape)
    return tape


@pytest.fixture(scope="module")
def server() -> Iterator[Upstream]:
    with upstream() as running:
        yield running


@pytest.fixture
def processes(server: Upstream) -> Iterator[list[Elsewhere]]:
    seats = [Elsewhere(server.url) for _ in range(3)]
    yield seats
    for seat in seats:
        seat.kill()


def depth(share: int, steps: int) -> settings:
    """A *share*-th of the examples of the profile: each is a whole story, with files and sockets in it."""
    return settings(max_examples=settings().max_examples // share, stateful_step_count=steps)


def run(machine: type[AmongTasks], seats: Any, server: Upstream, folder: Path, look: settings) -> None:
    paths = (folder / f"{number}.yaml" for number in itertools.count())
    run_state_machine_as_test(lambda: machine(seats, server, next(paths)), settings=look)


@pytest.mark.timeout(900)
def test_tasks_of_one_process_play_and_record_as_the_model_says(server, tmp_path):
    """Tasks that use one tape at once, in any modes and order, are played, recorded and refused what the model says."""
    run(AmongTasks, [Here(server.url) for _ in range(3)], server, tmp_path, depth(3, 12))


@pytest.mark.timeout(900)
def test_processes_that_share_a_tape_play_and_record_as_the_model_says(server, processes, tmp_path):
    """Processes that share a tape, close at the same moment or die, leave on it what the model says."""
    run(AmongProcesses, processes, server, tmp_path, depth(10, 10))


WRONG = {
    RecordMode.NONE: {"on_tape": OnMiss.RECORD},
    RecordMode.ONCE: {"on_tape": OnMiss.RECORD},
    RecordMode.NEW_EPISODES: {"plays": False},
    RecordMode.ALL: {"replaces": False, "plays": True},
}
"""Each mode with something of another."""


@pytest.mark.parametrize("mode", WRONG)
def test_the_machine_notices_a_mode_that_means_another(server, tmp_path, monkeypatch, mode):
    monkeypatch.setitem(modes.RULES, mode, replace(modes.RULES[mode], **WRONG[mode]))
    look = settings(depth(1, 8), derandomize=True, database=None, phases=[Phase.generate])
    with pytest.raises(AssertionError):
        run(AmongTasks, [Here(server.url) for _ in range(2)], server, tmp_path, look)
