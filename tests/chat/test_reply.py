"""The fold keeps every piece in its order, and calls a reply complete only on the protocol's own word."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chat.events import ChatEvent, Delta, Done, Failed, Finished, Stamp, Started, ToolDelta, Usage
from harness.chat.reply import Choice, Folding, Reply, ToolCall, fold

HELLO = [Stamp("a", 1, "m"), Started("assistant"), Delta("Hel"), Delta("lo"), Finished("stop")]


def test_the_events_of_a_stream_make_up_a_reply() -> None:
    assert fold([*HELLO, Usage(9, 2, 11), Done()]) == Reply(
        choices=(Choice(0, "assistant", "Hello", "stop"),),
        stamp=Stamp("a", 1, "m"),
        usage=Usage(9, 2, 11),
        error=None,
        done=True,
    )


def test_the_first_choice_can_be_read_off() -> None:
    reply = fold(HELLO)
    assert (reply.role, reply.text, reply.finish_reason) == ("assistant", "Hello", "stop")


@given(st.lists(st.tuples(st.text(min_size=1), st.integers(0, 2))))
def test_each_choice_has_its_own_pieces_in_order(pieces: list[tuple[str, int]]) -> None:
    reply = fold(Delta(text, index) for text, index in pieces)
    texts = {choice.index: choice.text for choice in reply.choices}
    assert texts == {
        n: "".join(t for t, index in pieces if index == n) for n in {index for _, index in pieces}
    }
    assert [*texts] == sorted(texts)


@pytest.mark.parametrize(
    ("events", "complete"),
    [
        ([], False),
        ([Done()], True),
        (HELLO, True),
        (HELLO[:-1], False),
        ([*HELLO[:-1], Done()], True),
        ([*HELLO, Started("assistant", 1)], False),
        ([*HELLO, Failed("no"), Done()], False),
    ],
    ids=[
        "nothing",
        "only the terminal",
        "finished",
        "cut",
        "no finish reason",
        "one of two finished",
        "failed",
    ],
)
def test_a_reply_is_complete_on_the_protocols_word(events: list[ChatEvent], complete: bool) -> None:
    assert fold(events).complete is complete


def test_nothing_said_is_an_empty_reply() -> None:
    reply = fold([])
    assert (reply.role, reply.text, reply.finish_reason, reply.choices) == (None, "", None, ())
    assert (reply.stamp, reply.usage, reply.error, reply.done) == (Stamp(), None, None, False)


def test_what_a_choice_and_its_calls_never_said_is_none() -> None:
    assert fold([Delta("x"), ToolDelta(arguments="{}")]).choices == (
        Choice(0, None, "x", None, (ToolCall(0, None, None, "{}"),)),
    )


def test_the_pieces_of_a_tool_call_are_joined_under_its_number() -> None:
    reply = fold(
        [
            Started("assistant"),
            ToolDelta(1, "call-b", "second", "{"),
            ToolDelta(0, "call-a", "first", '{"x"'),
            ToolDelta(0, arguments=":1}"),
            ToolDelta(1, arguments="}"),
            Finished("tool_calls"),
        ]
    )
    assert reply.choices[0].tool_calls == (
        ToolCall(0, "call-a", "first", '{"x":1}'),
        ToolCall(1, "call-b", "second", "{}"),
    )


def test_the_first_word_counts_for_role_stamp_and_error_the_last_for_finish_and_usage() -> None:
    reply = fold(
        [
            *(Stamp(model="m"), Stamp("a", 1, "n"), Stamp("b", 2, "o"), Stamp()),
            *(Started("assistant"), Started("bot")),
            *(Finished("length"), Finished("stop")),
            *(Usage(1), Usage(2)),
            *(Failed("first"), Failed("second")),
        ]
    )
    assert reply.stamp == Stamp("a", 1, "m")
    assert (reply.role, reply.finish_reason) == ("assistant", "stop")
    assert reply.usage == Usage(2)
    assert reply.error == Failed("first")


def test_a_reply_can_be_looked_at_while_it_grows() -> None:
    folding, seen = Folding(), []
    for event in HELLO:
        folding.feed(event)
        seen.append(folding.reply().text)
    assert seen == ["", "", "Hel", "Hello", "Hello"]
