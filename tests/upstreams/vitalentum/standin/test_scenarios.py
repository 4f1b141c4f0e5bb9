"""Every scenario shows what its name says: the chat table finds each breach, and nothing else."""

from __future__ import annotations

from hashlib import sha256
from typing import TYPE_CHECKING

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chat.events import ChatEvent, Delta
from harness.chat.machine import Machine
from harness.chat.reply import fold
from harness.errors import UsageError
from harness.sse import SSEParser
from harness.upstreams.reading import error_reply, machine_for, read
from harness.upstreams.vitalentum.standin.intake import Question
from harness.upstreams.vitalentum.standin.scenarios import (
    BIG,
    HELLO,
    MAX_TOKENS,
    SCENARIOS,
    UNICODE,
    VITALENTUM,
    find_scenario,
    script,
)
from harness.upstreams.vitalentum.standin.script import Ending, Script

if TYPE_CHECKING:
    from collections.abc import Callable

QUESTION = Question((("human", "How does a tide work?"),))
NO_STREAMS = {"bare-error": 200, "rate-limited": 429, "server-error": 500, "html-200": 200}
ENDINGS = {
    "cut-short": Ending.CLOSED,
    "short-length": Ending.CLOSED,
    "reset": Ending.RESET,
    "stall": Ending.SILENT,
}


STREAMS = [name for name in SCENARIOS if name not in NO_STREAMS]


def play(name: str, question: Question = QUESTION, seed: int = 0) -> Script:
    return script(find_scenario(name), question, seed)


def events_of(name: str) -> list[tuple[ChatEvent, ...]]:
    return [read(VITALENTUM, event) for event in SSEParser().feed(play(name).body)]


def text_of(name: str) -> str:
    return fold(said for event in events_of(name) for said in event).text


def test_what_breaks_no_rule_comes_first_among_the_streams() -> None:
    sound = [not SCENARIOS[name].breaks for name in STREAMS]
    assert sound == sorted(sound, reverse=True)
    assert sound.count(True) == 11


@pytest.mark.parametrize("name", STREAMS)
@pytest.mark.parametrize("machine", [Machine, lambda: machine_for(VITALENTUM)], ids=["strict", "as promised"])
def test_the_grammar_finds_exactly_the_rules_that_a_scenario_says_it_breaks(
    name: str, machine: Callable[[], Machine]
) -> None:
    walker = machine()
    breaches = [breach for event in events_of(name) for breach in walker.feed(event)]

    assert {breach.rule for breach in [*breaches, *walker.close()]} == SCENARIOS[name].breaks


@pytest.mark.parametrize("name", NO_STREAMS)
def test_what_is_no_stream_breaks_no_rule_of_streams(name: str) -> None:
    assert SCENARIOS[name].breaks == frozenset()


@pytest.mark.parametrize("name", NO_STREAMS)
def test_what_is_no_stream_holds_no_event(name: str) -> None:
    played = play(name)

    assert played.status == NO_STREAMS[name]
    assert SSEParser().feed(played.body) == []


@pytest.mark.parametrize("name", SCENARIOS)
def test_each_ends_as_its_description_says(name: str) -> None:
    assert play(name).ending is ENDINGS.get(name, Ending.FINISHED)


@pytest.mark.parametrize("name", STREAMS)
def test_a_stream_has_the_head_of_the_service(name: str) -> None:
    played = play(name)

    assert played.status == 200
    assert played.headers[: len(VITALENTUM.reply_headers)] == VITALENTUM.reply_headers


@given(
    name=st.sampled_from(sorted(SCENARIOS.keys() - {"big-event", "long"})),
    history=st.lists(st.tuples(st.sampled_from(["human", "bot"]), st.text())).map(tuple),
    seed=st.integers(),
)
def test_same_question_and_seed_same_script(
    name: str, history: tuple[tuple[str, str], ...], seed: int
) -> None:
    assert play(name, Question(history), seed) == play(name, Question(history), seed)


@given(st.text())
def test_any_prompt_gets_a_whole_reply(prompt: str) -> None:
    machine, parser = Machine(), SSEParser()
    body = play("reply", Question((("human", prompt),))).body

    breaches = [machine.feed(read(VITALENTUM, event)) for event in parser.feed(body)]

    assert set(breaches) == {()}
    assert machine.close() == ()


def test_the_bytes_of_a_seed_are_these_for_ever() -> None:
    body = play("hello").body

    assert sha256(body).hexdigest() == "589aa331c5fb91a1c740cfc5173184090f331f19c29110856a0f425f5ef21e68"


def test_another_seed_gives_another_reply() -> None:
    assert play("reply", seed=1).body != play("reply", seed=2).body


def test_another_conversation_gives_another_reply() -> None:
    longer = Question((("human", "Hello"), ("bot", "Hello!"), *QUESTION.history))

    assert play("reply", longer).body != play("reply").body


def test_the_first_piece_waits_longest_mostly() -> None:
    first, *others = (step.delay_s for step in play("hello").steps)

    assert first > 0.15
    assert all(0 < delay < 0.3 for delay in others)


def test_the_last_two_events_come_in_one_piece() -> None:
    assert play("reply").steps[-1].data.count(b"data: ") == 2


def test_a_reply_names_the_topic_of_its_prompt() -> None:
    assert "How does a tide work" in text_of("reply")


def test_hello_greets() -> None:
    assert text_of("hello") == HELLO


def test_long_stops_at_the_limit_of_tokens() -> None:
    said = [said for event in events_of("long") for said in event]

    assert sum(isinstance(each, Delta) for each in said) == MAX_TOKENS
    assert fold(said).finish_reason == "length"


@pytest.mark.parametrize("name", ["unicode", "cut-characters"])
def test_every_character_arrives(name: str) -> None:
    assert text_of(name) == UNICODE


def test_empty_says_nothing() -> None:
    assert text_of("empty") == ""


def test_pieces_end_inside_characters() -> None:
    steps = play("cut-characters").steps

    assert all(step.data[-1] >= 0xC0 for step in steps[:-1])
    assert len(steps) > 50


def test_crlf_has_no_bare_line_feed() -> None:
    body = play("crlf").body

    assert body.count(b"\n") == body.count(b"\r\n") > 0


def test_keep_alive_comments_stand_between_the_events() -> None:
    kinds = [step.data[:1] for step in play("keep-alive").steps]

    assert kinds == [b":", b"d"] * (len(kinds) // 2)


def test_multi_data_spreads_a_chunk_over_lines() -> None:
    assert play("multi-data").steps[0].data.count(b"data: ") > 5


def test_the_big_event_is_one_event() -> None:
    assert max(len(step.data) for step in play("big-event").steps) > BIG


def test_no_last_newline_ends_in_the_terminal_itself() -> None:
    assert play("no-last-newline").body.endswith(b"data: [DONE]")


def test_cut_short_ends_inside_an_event() -> None:
    assert not play("cut-short").body.endswith(b"\n")


def test_short_length_promises_more_than_comes() -> None:
    played = play("short-length")

    assert dict(played.headers)["Content-Length"] == str(len(played.body) + 500)


def test_a_bare_error_is_read_as_an_error() -> None:
    assert error_reply(VITALENTUM, play("bare-error").body) is not None


def test_rate_limited_says_when_to_come_back() -> None:
    assert dict(play("rate-limited").headers)["Retry-After"] == "20"


def test_an_unknown_scenario_is_refused_with_the_nearest_name() -> None:
    with pytest.raises(UsageError, match="expected: one of rate-limited"):
        find_scenario("rate-limit")
