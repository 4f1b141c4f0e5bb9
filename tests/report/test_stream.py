"""An answer as rows."""

from __future__ import annotations

import msgspec
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.model import Frame, Response
from harness.report.stream import rows_of
from tests.report.recordings import VITALENTUM, chunk, exchange, reply

REPLY = exchange(reply("При", "вет", " 🙂")).response


def test_each_event_has_its_time_its_words_and_the_text_so_far():
    rows = rows_of(REPLY, VITALENTUM).rows
    assert [row.says for row in rows] == ["role", "content", "content", "content", "finish", "[DONE]"]
    assert [row.at_ms for row in rows] == [10, 20, 30, 40, 50, 60]
    assert [row.characters for row in rows] == [0, 3, 6, 8, 8, 8]
    assert [row.number for row in rows] == [1, 2, 3, 4, 5, 6]


def test_the_path_counts_what_repeats():
    assert rows_of(REPLY, VITALENTUM).path == (("role", 1), ("content", 3), ("finish", 1), ("[DONE]", 1))


@given(st.data())
def test_whatever_the_pieces_the_events_are_the_same(data):
    cuts = sorted(data.draw(st.sets(st.integers(1, len(REPLY.body) - 1), max_size=20)))
    sizes = [stop - start for start, stop in zip([0, *cuts], [*cuts, len(REPLY.body)], strict=True)]
    stream = msgspec.structs.replace(REPLY.stream, frames=tuple(Frame(1.0, size) for size in sizes))
    rows = rows_of(msgspec.structs.replace(REPLY, stream=stream), VITALENTUM)
    assert rows.text == "Привет 🙂"
    assert [row.data for row in rows.rows] == [row.data for row in rows_of(REPLY, VITALENTUM).rows]


@given(st.binary(max_size=200))
def test_any_bytes_give_rows_and_never_an_error(body):
    assert rows_of(Response(200, "OK", body=body), VITALENTUM).gaps == ()


def test_without_times_the_gaps_are_unknown():
    rows = rows_of(exchange(reply("x"), timed=False).response, VITALENTUM)
    assert {row.at_ms for row in rows.rows} == {None}
    assert rows.gaps == ()


def test_pieces_that_do_not_add_up_are_not_believed():
    edited = msgspec.structs.replace(REPLY, body=REPLY.body + b"data: more\n\n")
    assert {row.at_ms for row in rows_of(edited, VITALENTUM).rows} == {None}


def test_an_event_that_never_ended_is_counted_in_bytes():
    assert rows_of(exchange(reply("x"), tail=b"data: {").response, VITALENTUM).pending == 7


def test_what_is_no_chunk_is_said_to_be_none():
    assert rows_of(exchange(["nonsense"]).response, VITALENTUM).rows[0].says == "no chunk"


def test_a_chunk_that_says_several_things_says_them_all():
    assert rows_of(
        exchange([chunk({"role": "assistant", "content": "x"}, "stop")]).response, VITALENTUM
    ).path == (("role+content+finish", 1),)


def test_of_an_unknown_upstream_the_events_are_shown_and_nothing_is_claimed():
    rows = rows_of(REPLY)
    assert rows.path == (("event", 6),)
    assert rows.text == ""


def test_reading_stops_with_a_reason_at_the_parsers_limits():
    rows = rows_of(Response(200, "OK", body=b"data: " + b"x" * (17 * 1024 * 1024)), VITALENTUM)
    assert rows.problem
