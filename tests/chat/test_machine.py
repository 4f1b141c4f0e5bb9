"""The table is total, the walks it generates break nothing, and each forbidden step breaks exactly its own rule."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chat.events import ChatEvent, Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.chat.machine import (
    BESIDE,
    MOST,
    TABLE,
    UNDER_WAY,
    Breach,
    Kind,
    Machine,
    Move,
    Rule,
    State,
    Step,
    move_of,
    walks,
)
from harness.errors import UsageError

OF_STREAM = {Kind.STAMP, Kind.CHOICE, Kind.USAGE, Kind.DONE, Kind.FAILED, Kind.END}
OF_CHOICE = {Kind.STARTED, Kind.DELTA, Kind.TOOL, Kind.FINISHED, Kind.END}
OF_CALL = {Kind.CALL, Kind.CALL_ID, Kind.CALL_NAME, Kind.CALL_PIECE, Kind.CALL_SPOILT, Kind.END}

STAMP = Stamp("a", 1, "m")
ROLE, TEXT, TOOL, STOP, USAGE, DONE = (
    Started("assistant"),
    Delta("x"),
    ToolDelta(id="call_1", name="tide"),
    Finished("stop"),
    Usage(),
    Done(),
)

CALLS = (State.CALL_SILENT, State.CALL_OPEN)
SECOND = ToolDelta(1, "call_2", "moon")


def piece(text: str, call: int = 0) -> ToolDelta:
    return ToolDelta(call, arguments=text)


chat_events = st.one_of(
    st.builds(Stamp, st.sampled_from([None, "a", "b"]), st.sampled_from([None, 1, 2]), st.none()),
    st.builds(Started, st.just("assistant"), st.integers(0, 2)),
    st.builds(Delta, st.just("x"), st.integers(0, 2)),
    st.builds(
        ToolDelta,
        st.integers(-1, 2),
        st.sampled_from([None, "", "call_1", "call_2"]),
        st.sampled_from([None, "", "tide"]),
        st.sampled_from(["", "{", "}", "[1", "NaN"]),
        st.integers(0, 2),
    ),
    st.builds(Finished, st.just("stop"), st.integers(0, 2)),
    st.sampled_from([Usage(), Done(), Failed("no")]),
)


def rules(said: list[ChatEvent], machine: Machine | None = None) -> list[str]:
    """The rules that a stream of these events breaks, in order, each event a chunk of its own."""
    machine = machine or Machine()
    breaches = [breach for event in said for breach in machine.feed((event,))]
    return [breach.rule.value for breach in (*breaches, *machine.close())]


@pytest.mark.parametrize("state", [state for state in State if state is not State.ENDED], ids=str)
def test_every_state_has_a_cell_for_every_kind_of_event(state: State) -> None:
    assert TABLE[state].keys() in (OF_STREAM, OF_CHOICE, OF_CALL)
    assert all(
        step.to is State.ENDED or TABLE[step.to].keys() == TABLE[state].keys()
        for step in TABLE[state].values()
    )


def test_every_rule_is_broken_somewhere() -> None:
    steps = [step for row in TABLE.values() for step in row.values()]
    in_table = {rule for step in steps for rule in (step.breaks, step.also)} - {None}
    assert in_table | BESIDE == {*Rule}
    assert not in_table & BESIDE


def test_text_and_stamps_leave_a_stream_under_way_where_it_is() -> None:
    """What makes up nearly all of a stream changes nothing, so whoever is in a hurry may pass over it."""
    assert TABLE[State.OPEN][Kind.DELTA] == Step(State.OPEN)
    assert TABLE[State.STREAMING][Kind.CHOICE] == Step(State.STREAMING)
    assert TABLE[State.STREAMING][Kind.STAMP] == Step(State.STREAMING)


CELLS = [
    pytest.param(state, kind, step, id=f"{state} {kind}")
    for state, row in TABLE.items()
    for kind, step in row.items()
]


@pytest.mark.parametrize(("state", "kind", "step"), CELLS)
def test_each_step_breaks_the_rules_of_its_cell_and_no_other(state: State, kind: Kind, step: Step) -> None:
    """Placed in the state; what is below it stands open, and what is above it is under way."""
    machine = Machine()
    machine.feed([ROLE])
    if kind is Kind.CALL_SPOILT or (kind is Kind.END and state in CALLS):
        machine.calls[0] = {0: state}
        machine.feed([ToolDelta(arguments="{" if kind is Kind.CALL_SPOILT else "{}", id="a", name="b")])
        machine.calls[0] = {0: state}
        broken = machine.make(Move(Kind.FINISHED, 0))
    elif state in CALLS:
        machine.calls[0] = {0: state}
        broken = machine.make(Move(kind, 0, 0))
    elif kind in OF_STREAM and TABLE[state].keys() == OF_STREAM:
        machine.stream = state
        machine.choices[0] = State.FINISHED
        broken = machine.make(Move(kind) if kind is not Kind.CHOICE else Move(Kind.STARTED, 1))
    else:
        machine.stream = State.STREAMING
        machine.choices[0] = state
        broken = machine.make(Move(kind, 0) if kind is not Kind.END else Move(Kind.DONE))
    assert [breach.rule for breach in broken] == [rule for rule in (step.breaks, step.also) if rule]


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        ([STAMP, ROLE, TEXT, TEXT, STOP, DONE], []),
        ([ROLE, STOP, DONE], []),
        ([ROLE, TEXT, TOOL, piece("{"), piece("}"), TEXT, STOP, DONE], []),
        ([ROLE, TOOL, STOP, DONE], []),
        ([ROLE, TOOL, SECOND, piece("{}", 1), piece("{}"), STOP, DONE], []),
        ([ROLE, TOOL, piece('{"a":[1e999,"\\ud83c"]}'), STOP, DONE], []),
        ([ROLE, TEXT, STOP, STAMP, USAGE, DONE], []),
        ([TEXT, STOP, DONE], ["role-missing"]),
        ([TOOL, piece("{}"), STOP, DONE], ["role-missing"]),
        ([STOP, DONE], ["role-missing"]),
        ([ROLE, ROLE, STOP, DONE], ["role-repeated"]),
        ([ROLE, TEXT, ROLE, TEXT, STOP, DONE], ["role-repeated"]),
        ([ROLE, STOP, ROLE, DONE], ["role-repeated"]),
        ([ROLE, STOP, TEXT, DONE], ["text-after-finish"]),
        ([ROLE, STOP, TOOL, DONE], ["tool-after-finish"]),
        ([ROLE, STOP, STOP, DONE], ["finish-repeated"]),
        ([ROLE, TEXT, DONE], ["finish-missing"]),
        ([ROLE, DONE], ["finish-missing"]),
        ([ROLE, ToolDelta(name="tide"), STOP, DONE], ["tool-id-missing"]),
        ([ROLE, ToolDelta(id="", name="tide"), STOP, DONE], ["tool-id-missing"]),
        ([ROLE, ToolDelta(id="call_1"), STOP, DONE], ["tool-name-missing"]),
        (
            [ROLE, ToolDelta(id="call_1"), ToolDelta(name="tide"), STOP, DONE],
            ["tool-name-missing", "tool-name-repeated"],
        ),
        ([ROLE, piece("{}"), STOP, DONE], ["tool-id-missing", "tool-name-missing"]),
        ([ROLE, TOOL, TOOL, STOP, DONE], ["tool-id-repeated", "tool-name-repeated"]),
        ([ROLE, TOOL, ToolDelta(id="call_1"), STOP, DONE], ["tool-id-repeated"]),
        ([ROLE, TOOL, ToolDelta(id="call_9"), STOP, DONE], ["tool-id-repeated"]),
        ([ROLE, TOOL, ToolDelta(name="tide"), STOP, DONE], ["tool-name-repeated"]),
        ([ROLE, TOOL, piece('{"a'), STOP, DONE], ["tool-arguments-invalid"]),
        ([ROLE, TOOL, piece("{}"), piece("{}"), STOP, DONE], ["tool-arguments-invalid"]),
        ([ROLE, TOOL, piece("NaN"), STOP, DONE], ["tool-arguments-invalid"]),
        ([ROLE, TOOL, piece("{"), DONE], ["finish-missing", "tool-arguments-invalid"]),
        ([ROLE, TOOL, piece("{"), Finished("length"), DONE], []),
        ([ROLE, TEXT, Finished("length"), DONE], []),
        ([ROLE, TOOL, piece("{"), Failed("no")], ["error-in-stream"]),
        ([ROLE, SECOND, TOOL, STOP, DONE], ["index-skipped"]),
        ([ROLE, STOP, Started("assistant", 2), Finished("stop", 2), DONE], ["index-skipped"]),
        ([Started("assistant", 1), Finished("stop", 1), DONE], ["reply-missing"]),
        ([DONE], ["reply-missing"]),
        ([STAMP, DONE], ["reply-missing"]),
        ([], ["reply-missing"]),
        ([ROLE, TEXT, STOP], ["terminal-missing"]),
        ([ROLE, TEXT, STOP, USAGE], ["terminal-missing"]),
        ([ROLE, TEXT], ["finish-missing", "terminal-missing"]),
        ([ROLE, STOP, DONE, DONE], ["terminal-repeated"]),
        ([ROLE, STOP, DONE, TEXT], ["event-after-terminal"]),
        ([ROLE, STOP, DONE, USAGE], ["event-after-terminal"]),
        ([ROLE, STOP, DONE, Failed("no")], ["event-after-terminal"]),
        ([ROLE, USAGE, TEXT, STOP, DONE], ["chunk-after-usage"]),
        ([ROLE, STOP, USAGE, USAGE, DONE], ["usage-repeated"]),
        ([Failed("no")], ["error-in-stream"]),
        ([ROLE, TEXT, Failed("no")], ["error-in-stream"]),
        ([ROLE, TEXT, Failed("no"), DONE], ["error-in-stream"]),
        ([ROLE, Failed("no"), TEXT], ["error-in-stream", "event-after-error"]),
        ([STAMP, ROLE, Stamp("b", 1, "m"), STOP, DONE], ["id-changed"]),
        ([STAMP, ROLE, Stamp("a", 2, "m"), STOP, DONE], ["created-changed"]),
        ([STAMP, ROLE, Stamp("a", 1, "n"), STOP, DONE], ["model-changed"]),
        ([Stamp(), STAMP, ROLE, Stamp(), STOP, DONE], []),
    ],
)
def test_each_fault_breaks_its_own_rule(said: list[ChatEvent], broken: list[str]) -> None:
    assert rules(said) == broken


def test_each_choice_walks_alone() -> None:
    said = [Started("assistant", 1), ROLE, Delta("x", 1), STOP, Delta("y", 1), Finished("stop", 1), DONE]
    assert rules(said) == []


def test_a_breach_names_its_choice_and_the_streams_breach_names_none() -> None:
    machine = Machine()
    machine.feed([ROLE, Started("assistant", 1), Finished("stop", 1)])
    assert machine.feed([Delta("x", 1)]) == (Breach(Rule.TEXT_AFTER_FINISH, 1),)
    assert machine.feed([DONE]) == (Breach(Rule.FINISH_MISSING, 0),)
    assert machine.feed([DONE]) == (Breach(Rule.TERMINAL_REPEATED),)


def test_one_chunk_tells_each_breach_once() -> None:
    machine = Machine()
    machine.feed([ROLE, STOP, DONE])
    assert machine.feed([STAMP, TEXT, STOP]) == (Breach(Rule.EVENT_AFTER_TERMINAL),)


def test_a_breach_of_a_tool_call_names_the_call() -> None:
    machine = Machine()
    machine.feed([ROLE, Started("assistant", 1), ToolDelta(0, "a", "tide", index=1)])
    assert machine.feed([ToolDelta(1, None, "moon", "{", 1)]) == (Breach(Rule.TOOL_ID_MISSING, 1, 1),)
    assert machine.feed([Finished("stop", 1)]) == (Breach(Rule.TOOL_ARGUMENTS_INVALID, 1, 1),)


def test_a_number_that_was_left_out_is_told_where_it_is_missed() -> None:
    machine = Machine()
    machine.feed([ROLE, STOP, Started("assistant", 2), Finished("stop", 2)])
    assert machine.feed([DONE]) == (Breach(Rule.INDEX_SKIPPED, 2),)


def test_the_first_answer_may_be_the_one_that_was_left_out() -> None:
    machine = Machine(choices=0)
    machine.feed([Started("assistant", 1), Finished("stop", 1)])
    assert machine.feed([DONE]) == (Breach(Rule.INDEX_SKIPPED, 1),)


def test_a_call_that_was_left_out_is_told_where_it_is_missed() -> None:
    machine = Machine()
    machine.feed([ROLE, Started("assistant", 1)])
    assert machine.feed([ToolDelta(1, "call_2", "moon", index=1)]) == (Breach(Rule.INDEX_SKIPPED, 1, 1),)


def test_after_an_unread_chunk_what_was_never_promised_is_still_not_held_against_it() -> None:
    machine = Machine(role_every=True)
    machine.skip()
    assert rules([ROLE, ROLE, STOP, DONE], machine) == []


def test_the_next_call_has_the_next_number() -> None:
    machine = Machine()
    machine.feed([ROLE])
    assert [move.call for move in machine.moves() if move.kind is Kind.CALL] == [0]
    machine.feed([TOOL])
    assert [move.call for move in machine.moves() if move.kind is Kind.CALL] == [1]


def test_behind_the_counts_no_choice_has_a_move() -> None:
    machine = Machine(choices=2)
    machine.feed([ROLE, STOP, Started("assistant", 1), Finished("stop", 1), USAGE])
    assert machine.moves() == (Move(Kind.STAMP), Move(Kind.DONE))
    machine = Machine(finish=False)
    machine.feed([ROLE, TEXT, USAGE])
    assert machine.moves() == (Move(Kind.STAMP), Move(Kind.DONE))


def test_choices_may_begin_in_any_order_when_none_is_left_out() -> None:
    said = [word for index in (2, 0, 1) for word in (Started("assistant", index), Finished("stop", index))]
    assert rules([*said, DONE]) == []


def test_what_was_never_promised_is_not_held_against_the_upstream() -> None:
    machine = Machine(role_first=False, terminal=False, constant=("model",))
    assert rules([STAMP, TEXT, Stamp("b", 2, "m"), STOP], machine) == []


def test_a_role_may_stand_in_every_chunk_where_that_is_the_custom() -> None:
    assert rules([ROLE, ROLE, TEXT, ROLE, STOP, ROLE, DONE], Machine(role_every=True)) == []


def test_counts_may_come_again_where_they_are_running_totals() -> None:
    assert rules([ROLE, USAGE, TEXT, USAGE, STOP, USAGE, DONE], Machine(usage_once=False)) == []


def test_a_content_block_may_take_a_number_where_calls_are_not_counted() -> None:
    assert rules([ROLE, SECOND, ToolDelta(3, "c", "d"), STOP, DONE], Machine(tool_numbers=False)) == []


@pytest.mark.parametrize(
    ("said", "broken"),
    [
        ([ToolDelta(name="tide", arguments="{}"), ToolDelta(name="moon", arguments="{}")], []),
        ([ToolDelta(name="tide"), ToolDelta(name="moon")], []),
        ([ToolDelta(name="tide", arguments="{"), piece("}"), ToolDelta(name="moon"), piece("{}")], []),
        (
            [ToolDelta(name="tide", arguments="{"), ToolDelta(name="tide", arguments="}")],
            ["tool-name-repeated"],
        ),
        ([ToolDelta(arguments="{}")], ["tool-name-missing"]),
        ([ToolDelta(name="tide", arguments="{")], ["tool-arguments-invalid"]),
    ],
)
def test_without_ids_a_name_behind_whole_arguments_begins_another_call(
    said: list[ChatEvent], broken: list[str]
) -> None:
    found = rules([ROLE, *said, STOP, DONE], Machine(tool_ids=False))
    assert [rule for rule in found if rule != "tool-arguments-invalid" or len(said) == 1] == broken


def test_after_an_unread_chunk_no_tool_call_is_missed() -> None:
    machine = Machine()
    machine.feed([ROLE])
    machine.skip()
    assert rules([piece("{", 3), Started("assistant", 2), Finished("stop", 2), STOP, DONE], machine) == []


def test_a_cut_call_is_not_judged() -> None:
    machine = Machine()
    machine.feed([ROLE, TOOL, piece("{")])
    assert machine.close(cut=True) == ()


def test_what_goes_beyond_the_most_is_not_walked() -> None:
    machine = Machine()
    machine.feed([ROLE])
    for number in range(MOST + 10):
        machine.feed([ToolDelta(number, "a", "b"), Started("assistant", number + 1)])
    assert len(machine.calls[0]) == len(machine.choices) == MOST


def test_after_an_unread_chunk_nothing_is_missed_but_what_stands_wrong_still_is() -> None:
    machine = Machine()
    assert machine.skip() == ()
    assert rules([TEXT, ROLE, DONE, TEXT], machine) == ["role-repeated", "event-after-terminal"]


def test_an_unread_chunk_after_the_end_is_an_event_all_the_same() -> None:
    machine = Machine()
    machine.feed([ROLE, STOP, DONE])
    assert machine.skip() == (Breach(Rule.EVENT_AFTER_TERMINAL),)


def test_a_cut_that_is_known_leaves_nothing_to_miss() -> None:
    machine = Machine()
    machine.feed([ROLE, TEXT])
    assert machine.close(cut=True) == ()


def test_a_closed_machine_takes_nothing_more() -> None:
    machine = Machine()
    machine.close()
    assert machine.moves() == ()
    with pytest.raises(UsageError) as caught:
        machine.feed([DONE])
    assert str(caught.value) == "this stream has been closed\n  help: take a new Machine for each stream"


@given(st.lists(chat_events, max_size=12))
def test_any_sequence_is_walked_to_its_end(said: list[ChatEvent]) -> None:
    machine = Machine()
    for event in said:
        machine.feed([event])
    machine.close()
    assert machine.stream is State.ENDED


@given(st.lists(chat_events, max_size=12))
def test_the_moves_are_the_steps_that_break_no_rule(said: list[ChatEvent]) -> None:
    machine = Machine(constant=(), choices=3, tool_numbers=False)
    for event in said:
        offered = move_of(event) in machine.moves()
        known = not isinstance(event, ToolDelta) or event.call in machine.calls.get(event.index, ())
        unjudged = isinstance(event, ToolDelta) and not known and move_of(event).kind is Kind.CALL
        too_early = isinstance(event, Usage) and machine.stream in UNDER_WAY and not offered
        breaches = {breach.rule for breach in machine.feed([event])} - {Rule.TOOL_ARGUMENTS_INVALID}
        assert offered == (not breaches) or too_early or unjudged


@pytest.mark.parametrize("choices", [1, 2])
def test_every_walk_of_the_table_breaks_nothing(choices: int) -> None:
    found = [*walks(Machine(choices=choices), longest=4 + 2 * choices)]
    for walk in found:
        machine = Machine(choices=choices)
        assert [machine.make(move) for move in walk] == [()] * len(walk)
        assert machine.stream is State.ENDED
    assert len({*found}) == len(found) > 5


def test_the_shortest_walks_are_the_ones_a_reader_would_name() -> None:
    words = [
        [move.kind.value for move in walk]
        for walk in walks(Machine(), longest=5, leave_out=(Kind.STAMP, Kind.CALL))
    ]
    assert words == [
        ["started", "delta", "finished", "done", "end"],
        ["started", "finished", "usage", "done", "end"],
        ["started", "finished", "done", "end"],
    ]


def test_looking_ahead_leaves_the_machine_where_it_stands() -> None:
    machine = Machine()
    machine.feed([STAMP, ROLE])
    before = machine.moves()
    assert [*walks(machine, longest=4)]
    ahead = machine.fork()
    ahead.make(Move(Kind.FINISHED, 0))
    assert ahead.moves() != before == machine.moves()
