"""How a body is handed out again."""

import subprocess
import sys

import msgspec
import pytest

from harness.cassette.framing import (
    INSTANT,
    SILENCE_GRACE_S,
    Cut,
    Piece,
    events_of,
    frames_add_up,
    frames_of,
    parse_cut,
    parse_pace,
    playback,
)
from harness.cassette.model import End, Frame, Response, StreamRecord
from harness.errors import UsageError
from tests.cassette.samples import BODY, answered

TWO = b"data: a\n\ndata: b\n\n"


def shown(response: Response, **options: object) -> list[tuple[float, bytes]]:
    return [(piece.at_s, piece.data) for piece in playback(response, **options).pieces]


@pytest.mark.parametrize(
    ("pace", "factor"),
    [
        ("instant", INSTANT),
        ("recorded", 1.0),
        (2.0, 2.0),
        ("2.5", 2.5),
        (1, 1.0),
        ("0.5", 0.5),
        ("1e2", 100.0),
    ],
)
def test_a_pace_is_a_word_or_a_factor(pace, factor):
    assert parse_pace(pace) == factor


@pytest.mark.parametrize("pace", ["", "fast", "0", 0, -1, "-2", "nan", True, None, [], "2x"])
def test_another_pace_is_refused_with_its_value(pace):
    with pytest.raises(UsageError, match="is no pace") as caught:
        parse_pace(pace)
    assert repr(pace) in str(caught.value)


def test_the_refusals_in_full():
    with pytest.raises(UsageError) as pace:
        parse_pace("fast")
    assert str(pace.value) == (
        "'fast' is no pace.\n  expected: instant, recorded, or a factor above 0 like 2.0"
    )
    with pytest.raises(UsageError) as cut:
        parse_cut("lines")
    assert str(cut.value) == (
        "'lines' is no cut.\n"
        "  expected: recorded, event, character, byte, whole, or random:SEED like random:7"
    )


@pytest.mark.parametrize("cut", ["recorded", "event", "character", "byte", "whole", "random:7", "random:-1"])
def test_a_cut_is_a_word(cut):
    assert str(parse_cut(cut)) == cut
    assert parse_cut(parse_cut(cut)) == parse_cut(cut)


@pytest.mark.parametrize(
    "cut", ["", "random", "random:", "random:x", "random:1.5", "event:1", "lines", None, 5]
)
def test_another_cut_is_refused_with_its_value(cut):
    with pytest.raises(UsageError, match="is no cut") as caught:
        parse_cut(cut)
    assert repr(cut) in str(caught.value)


def test_a_seed_has_up_to_eighteen_digits():
    assert parse_cut(f"random:-{10**18 - 1}") == Cut("random", 1 - 10**18)
    with pytest.raises(UsageError, match="is no cut"):
        parse_cut(f"random:{10**18}")


def test_a_cut_that_needs_no_seed_has_none():
    assert Cut() == parse_cut("recorded") == Cut("recorded", 0)


def test_one_frame_is_one_piece_even_at_the_same_time():
    frames = (Frame(1.0, 3), Frame(1.0, 4), Frame(1.0, 11))
    response = Response(200, "OK", (), TWO, StreamRecord(frames, End.COMPLETE, 2.0))
    assert shown(response, pace="recorded") == [(0.001, TWO[:3]), (0.001, TWO[3:7]), (0.001, TWO[7:])]


def test_at_once_means_at_time_zero():
    play = playback(answered(BODY, 40), pace="instant")
    assert [piece.at_s for piece in play.pieces] == [0.0, 0.0]
    assert play.end_s == 0.0


def test_twice_as_fast_takes_half_the_time():
    slow, fast = (playback(answered(BODY, 40), pace=pace) for pace in (1.0, 2.0))
    assert [piece.at_s for piece in fast.pieces] == [piece.at_s / 2 for piece in slow.pieces]
    assert fast.end_s == slow.end_s / 2 == 0.0125


def test_a_piece_that_was_cut_anew_comes_with_the_frame_of_its_last_byte():
    response = answered(TWO, 5, 8)  # at 10, 20 and 30 ms: the first event is whole with the second frame
    assert shown(response, pace="recorded", cut="event") == [(0.02, b"data: a\n\n"), (0.03, b"data: b\n\n")]
    assert shown(response, pace="recorded", cut="whole") == [(0.03, TWO)]
    assert [at for at, _ in shown(response, pace="recorded", cut="byte")] == [0.01] * 5 + [0.02] * 8 + [
        0.03
    ] * 5


def test_every_character_of_several_bytes_is_cut():
    pieces = [data for _, data in shown(answered("aé€🙂z".encode()), cut="character")]
    assert pieces == [b"a\xc3", b"\xa9\xe2\x82", b"\xac\xf0\x9f\x99", b"\x82z"]


@pytest.mark.parametrize("name", ["content-type", "Content-Type", "CONTENT-TYPE"])
def test_the_content_type_says_what_an_event_is(name):
    lines = Response(
        200, "OK", (("x-first", "text/plain"), (name, "application/x-ndjson")), b'{"a":1}\n{"b":2}\n'
    )
    assert events_of(lines) == [b'{"a":1}\n', b'{"b":2}\n']


def test_a_body_without_a_content_type_is_cut_as_an_event_stream():
    assert events_of(Response(200, "OK", (), TWO)) == [b"data: a\n\n", b"data: b\n\n"]


def test_sizes_that_do_not_add_up_play_as_one_frame():
    response = answered(BODY, 40)
    edited = msgspec.structs.replace(response, body=BODY + b"x")
    assert frames_add_up(response)
    assert not frames_add_up(edited)
    assert shown(edited, pace="recorded") == [(0.01, BODY + b"x")]


def test_a_tape_without_stream_record_plays_as_one_piece_at_once():
    play = playback(Response(200, "OK", (), BODY), pace="recorded")
    assert play.pieces == (Piece(0.0, BODY),)
    assert (play.end, play.end_s, play.silence_s) == (End.COMPLETE, 0.0, 0.0)


def test_an_empty_body_has_no_pieces_and_still_an_end():
    response = Response(200, "OK", (), b"", StreamRecord((), End.RESET, 7.0))
    play = playback(response, pace="recorded", cut="byte")
    assert (play.pieces, play.end, play.end_s) == ((), End.RESET, 0.007)


@pytest.mark.parametrize("cut", ["recorded", "event", "character", "byte", "whole", "random:7"])
@pytest.mark.parametrize("body", [b"", TWO, "é".encode() * 100], ids=["nothing", "two events", "characters"])
@pytest.mark.parametrize("pace", ["instant", "recorded"])
def test_no_piece_is_empty_and_all_are_the_body(cut, body, pace):
    pieces = [data for _, data in shown(answered(body), cut=cut, pace=pace)]
    assert all(pieces)
    assert b"".join(pieces) == body


def test_an_end_that_was_noted_before_the_only_piece_comes_with_it():
    response = Response(200, "OK", (), b"abc", StreamRecord((Frame(5.0, 3),), End.COMPLETE, 1.0))
    assert playback(response, pace="recorded").end_s == 0.005


def test_frames_without_bytes_are_no_pieces():
    response = Response(200, "OK", (), b"ab", StreamRecord((Frame(1.0, 0), Frame(2.0, 2)), End.COMPLETE, 3.0))
    assert frames_of(response) == (Frame(2.0, 2),)


def test_time_never_runs_backwards():
    response = Response(
        200, "OK", (), b"abc", StreamRecord((Frame(5.0, 1), Frame(2.0, 2)), End.COMPLETE, 1.0)
    )
    play = playback(response, pace="recorded")
    assert [piece.at_s for piece in play.pieces] == [0.005, 0.005]
    assert play.end_s == 0.005


def test_a_random_cut_is_the_same_in_every_process():
    code = (
        "from harness.cassette.framing import playback; from harness.cassette.model import Response;"
        "print([len(p.data) for p in playback(Response(200, '', (), bytes(300)), cut='random:7').pieces])"
    )
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    sizes = [len(data) for _, data in shown(Response(200, "", (), bytes(300)), cut="random:7")]
    assert done.stdout.strip() == str(sizes)
    assert sizes[:4] == [42, 20, 51, 7]  # what Python's generator gives since 3.2


def test_the_pieces_of_a_random_cut_are_1_to_64_bytes_long_and_add_up():
    pieces = [data for _, data in shown(Response(200, "", (), bytes(100_000)), cut="random:1")]
    assert {len(piece) for piece in pieces[:-1]} == set(range(1, 65))
    assert b"".join(pieces) == bytes(100_000)


def test_another_seed_cuts_otherwise():
    assert len({tuple(shown(answered(), cut=f"random:{seed}")) for seed in range(5)}) == 5


def test_a_cut_is_a_value():
    assert Cut("random", 3) == parse_cut("random:3")


def broken(end: End = End.SHORT, end_ms: float = 3000.0) -> Response:
    stream = StreamRecord((Frame(5.0, 3),), end, end_ms, broken_chunk_ms=40.0)
    return Response(200, "OK", (), b"abc", stream)


def test_what_was_no_chunk_comes_when_it_came_and_the_silence_after_it_is_as_long_and_a_little_longer():
    play = playback(broken(), pace="recorded")
    assert (play.end, play.end_s, bool(play.rubbish)) == (End.SHORT, 0.04, True)
    assert play.silence_s == pytest.approx(2.96 + SILENCE_GRACE_S)
    assert playback(broken(), pace=2).silence_s == pytest.approx(1.48 + SILENCE_GRACE_S)


def test_at_once_or_where_no_reader_waited_there_is_no_silence():
    for play in (playback(broken()), playback(broken(end_ms=40.0), pace="recorded")):
        assert (play.rubbish, play.silence_s) == (b"ZZ\r\n", 0.0)


def test_a_reader_that_ended_before_the_rubbish_came_waited_for_nothing():
    assert playback(broken(end_ms=39.0), pace="recorded").silence_s == 0.0


def test_the_shortest_silence_is_played():
    assert playback(broken(end_ms=40.5), pace="recorded").silence_s == pytest.approx(0.0005 + SILENCE_GRACE_S)


def test_a_stream_that_was_cut_short_without_rubbish_just_ends():
    stream = StreamRecord((Frame(5.0, 3),), End.SHORT, 9.0)
    for pace, end_s in (("recorded", 0.009), ("instant", 0.0)):
        play = playback(Response(200, "OK", (), b"abc", stream), pace=pace)
        assert (play.end, play.end_s, play.rubbish, play.silence_s) == (End.SHORT, end_s, b"", 0.0)


@pytest.mark.parametrize("end", [end for end in End if end is not End.SHORT])
def test_a_stream_with_another_end_breaks_no_chunk_whatever_else_the_tape_says(end):
    play = playback(broken(end), pace="recorded")
    assert (play.rubbish, play.end_s, play.silence_s) == (b"", 3.0, 0.0)
