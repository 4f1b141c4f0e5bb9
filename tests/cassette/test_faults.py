"""Each fault breaks what its name says and nothing else, the same way every time."""

from pathlib import Path

import msgspec
import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.faults import ALIASES, FAULTS, parse_faults, staged_playback
from harness.cassette.framing import frames_add_up, playback
from harness.cassette.model import End, Frame, Response, StreamRecord
from harness.errors import UsageError

EVENTS = [b'data: {"n":1}\n\n', b'data: {"n":2}\n\n', "data: Привет\n\n".encode(), b"data: [DONE]\n\n"]
BODY = b"".join(EVENTS)
STREAM = StreamRecord(
    tuple(Frame(100.0 * n, len(event)) for n, event in enumerate(EVENTS)), End.COMPLETE, 310.0
)
RESPONSE = Response(
    200, "OK", (("Content-Type", "text/event-stream"), ("Transfer-Encoding", "chunked")), BODY, STREAM
)


def staged(*faults: str, pace: str | float = "instant", response: Response = RESPONSE):
    return staged_playback(response, parse_faults(faults), pace=pace, cut="recorded")


@given(
    st.sampled_from(sorted(FAULTS)),
    st.integers(0, 6),
    st.sampled_from([RESPONSE, Response(200, "OK", (), BODY)]),
)
def test_whatever_the_fault_the_frames_add_up_and_it_is_the_same_again(name, number, response):
    word = f"{name}:{number}" if FAULTS[name].defaults and name not in ("status", "html") else name
    broken, shown = staged(word, response=response)
    assert frames_add_up(broken)
    assert b"".join(piece.data for piece in shown.pieces) == broken.body
    assert staged(word, response=response) == (broken, shown)


def test_without_faults_nothing_is_touched():
    assert staged() == (RESPONSE, playback(RESPONSE))


@pytest.mark.parametrize(
    ("word", "body", "end"),
    [
        ("truncate:events=2", b"".join(EVENTS[:2]), "truncated"),
        ("truncate:bytes=20", BODY[:20], "truncated"),
        ("truncate:2", b"".join(EVENTS[:2]), "truncated"),
        ("truncate:events=0", b"", "truncated"),
        ("truncate:events=99", BODY, "truncated"),
        ("reset_peer:events=1", EVENTS[0], "reset"),
        ("reset:bytes=3", BODY[:3], "reset"),
        ("timeout:events=1", EVENTS[0], "timeout"),
        ("stall", EVENTS[0], "timeout"),
        ("short:events=1", EVENTS[0], "short"),
        ("bad_chunk_size:events=1", EVENTS[0], "short"),
        ("duplicate:event=2", b"".join([*EVENTS[:2], *EVENTS[1:]]), "complete"),
        ("reorder:event=1", b"".join([EVENTS[1], EVENTS[0], *EVENTS[2:]]), "complete"),
        ("drop:event=2", b"".join([EVENTS[0], *EVENTS[2:]]), "complete"),
        ("drop-done", b"".join(EVENTS[:-1]), "truncated"),
        ("content_type:type=text/html", BODY, "complete"),
    ],
)
def test_a_fault_does_what_its_name_says(word, body, end):
    broken, shown = staged(word)
    assert (broken.body, shown.end) == (body, end)
    assert broken.status == 200


def test_garbling_keeps_the_length_the_other_events_and_the_seed():
    one, _ = staged("garble:event=2,seed=1")
    assert len(one.body) == len(BODY)
    assert one.body.startswith(EVENTS[0])
    assert one.body.endswith(EVENTS[2] + EVENTS[3])
    assert one.body != BODY
    assert one.body != staged("garble:event=2,seed=2")[0].body


@pytest.mark.parametrize(
    ("word", "status", "kind", "header"),
    [
        ("status:429,retry_after=7", 429, "application/json", ("Retry-After", "7")),
        ("status:500", 500, "application/json", None),
        ("html", 200, "text/html; charset=utf-8", None),
        ("html:code=502", 502, "text/html; charset=utf-8", None),
    ],
)
def test_an_answer_in_the_streams_place(word, status, kind, header):
    broken, _ = staged(word)
    assert broken.status == status
    assert dict(broken.headers)["Content-Type"] == kind
    assert header is None or header in broken.headers
    assert BODY not in broken.body


def test_a_bad_chunk_size_comes_where_the_next_piece_would():
    broken, shown = staged("bad_chunk_size:events=2", pace="recorded")
    assert (shown.rubbish, shown.end_s, shown.silence_s) == (b"ZZ\r\n", 0.1, 0.0)
    assert broken.stream.broken_chunk_ms == 100.0


BROKEN = msgspec.structs.replace(
    RESPONSE, stream=msgspec.structs.replace(STREAM, end=End.SHORT, end_ms=900.0, broken_chunk_ms=310.0)
)


@pytest.mark.parametrize(
    ("word", "breaks"),
    [
        ("drop:1", True),
        ("duplicate:1", True),
        ("latency:5", True),
        ("content_type", True),
        ("short:1", False),
        ("truncate:1", False),
        ("reset_peer:1", False),
        ("drop_done", False),
        ("status:503", False),
    ],
)
def test_a_recorded_broken_chunk_goes_with_the_end_that_it_was(word, breaks):
    assert bool(staged(word, response=BROKEN)[1].rubbish) is breaks


def test_a_delay_comes_before_a_recorded_broken_chunk_and_the_silence_after_it_stays():
    plain, late = (staged(*words, response=BROKEN, pace="recorded")[1] for words in ((), ("latency:500",)))
    assert late.end_s == pytest.approx(plain.end_s + 0.5)
    assert late.silence_s == plain.silence_s > 0


def test_latency_and_slowness_hold_at_every_pace():
    assert [piece.at_s for piece in staged("latency:500")[1].pieces] == [0.5] * 4
    assert [piece.at_s for piece in staged("slow:200")[1].pieces] == pytest.approx([0.2, 0.4, 0.6, 0.8])
    assert [piece.at_s for piece in staged("latency:500", pace="recorded")[1].pieces] == pytest.approx(
        [0.5, 0.6, 0.7, 0.8]
    )


def test_times_of_a_cut_body_stay_the_recorded_ones():
    assert [piece.at_s for piece in staged("truncate:2", pace="recorded")[1].pieces] == [0.0, 0.1]


def test_faults_work_one_after_the_other():
    broken, shown = staged("duplicate:event=1", "truncate:events=2")
    assert broken.body == EVENTS[0] * 2
    assert shown.end == "truncated"


@pytest.mark.parametrize(
    ("word", "says"),
    [
        ("trunkate", "truncate"),
        ("truncate:lines=3", "lines"),
        ("truncate:events=-1", "no number"),
        ("status:code=99", "99"),
        ("content_type:type=a\nb", "character"),
        ("", "no fault"),
    ],
)
def test_a_wrong_word_is_refused_with_the_right_one(word, says):
    with pytest.raises(UsageError, match=says):
        parse_faults([word])


def test_words_may_stand_in_one_text():
    assert [str(fault) for fault in parse_faults("truncate:3 slow:ms=5")] == [
        "truncate:events=3",
        "slow:ms=5",
    ]


@pytest.mark.parametrize("alias", sorted(ALIASES))
def test_every_alias_is_a_fault(alias):
    assert parse_faults([alias])[0].name == ALIASES[alias]


def test_every_fault_says_what_it_does():
    assert all(rule.says for rule in FAULTS.values())


def test_the_page_in_the_docs_names_every_fault_its_settings_and_what_it_does():
    page = (Path(__file__).parents[2] / "docs" / "how-to" / "break-a-stream.md").read_text(encoding="utf-8")
    rows = [line for line in page.splitlines() if line.startswith("| `")]
    told = {row.split("`")[1]: row for row in rows}
    assert told.keys() == FAULTS.keys()
    for name, rule in FAULTS.items():
        assert told[name].endswith(f"| {rule.says} |")
        assert all(f"`{setting}`" in told[name] for setting, _ in rule.defaults)


def reply(kind: str, upstream: str, *events: bytes) -> Response:
    body = b"".join(events)
    stream = StreamRecord((Frame(1.0, len(body)),), End.COMPLETE, 1.0, upstream=upstream)
    return Response(200, "OK", (("Content-Type", kind),), body, stream)


LINES = [
    b'{"message":{"role":"assistant","content":"a"},"done":false}\n',
    b'{"done":true,"done_reason":"stop"}\n',
]
NAMED = [
    b'event: message_start\ndata: {"type":"message_start"}\n\n',
    b'event: message_stop\ndata: {"type":"message_stop"}\n\n',
]


@pytest.mark.parametrize(
    ("response", "left"),
    [
        (reply("application/x-ndjson", "ollama-chat", *LINES), LINES[0]),
        (reply("text/event-stream", "anthropic-messages", *NAMED), NAMED[0]),
        (reply("text/event-stream", "openai-chat", *EVENTS), b"".join(EVENTS[:3])),
        (reply("text/event-stream", "nobody-knows", *EVENTS), b"".join(EVENTS[:3])),
    ],
    ids=["ndjson", "named events", "[DONE]", "an upstream that is not known"],
)
def test_the_event_that_ends_a_stream_is_dropped_whatever_it_is(response, left):
    broken, _ = staged("drop_done", response=response)
    assert broken.body == left


def test_lines_of_json_are_events_for_every_fault():
    response = reply("application/x-ndjson", "ollama-chat", *LINES)
    assert staged("truncate:events=1", response=response)[0].body == LINES[0]
    assert staged("reorder", response=response)[0].body == LINES[1] + LINES[0]
    assert [piece.data for piece in playback(response, cut="event").pieces] == LINES
