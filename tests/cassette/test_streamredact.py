"""A body on its way: what goes through at once, what waits, what is covered."""

import json
import time

import pytest

from harness.cassette import streamredact
from harness.cassette.finder import Finder
from harness.cassette.streamredact import StreamRedactor

SECRET = "a1B2c3D4" * 5
KEY = "sk-" + SECRET


def delta(text: str) -> bytes:
    return b'data: {"choices":[{"index":0,"delta":{"content":%b}}]}\n\n' % json.dumps(text).encode()


def test_clean_events_go_through_at_once():
    stream = StreamRedactor(Finder())
    for text in ("Hello", " tasks", " is\n", " Привет", " 🙂", " ask", "ing sk", "ills", " AKIA", " eyJ"):
        assert stream.feed(delta(text)) == [delta(text)]
    assert stream.close() == []


def test_pieces_of_a_clean_event_go_through_at_once():
    stream = StreamRedactor(Finder())
    for byte in b'data: {"content":"Good morning!"}\n\n':
        assert stream.feed(bytes([byte])) == [bytes([byte])]


def test_what_may_become_a_secret_waits_until_that_is_decided():
    stream = StreamRedactor(Finder())
    assert stream.feed(delta("sk-abc")) == []
    assert stream.feed(delta(" is no key")) == [delta("sk-abc"), delta(" is no key")]


def test_a_secret_is_covered_in_the_pieces_in_which_it_came():
    stream = StreamRedactor(Finder())
    assert stream.feed(delta(f"key: {KEY[:9]}")) == []
    out = stream.feed(delta(KEY[9:] + " ok"))
    assert out == [delta("key: sk-******"), delta("*" * (len(KEY) - 9) + " ok")]


def test_a_piece_waits_for_the_pieces_before_it():
    stream = StreamRedactor(Finder())
    assert stream.feed(delta("sk-abc")) == []
    assert stream.feed(b": a comment\n\n") == []
    assert stream.close() == [delta("sk-abc"), b": a comment\n\n"]


def test_an_unfinished_line_with_something_telling_waits_for_its_end():
    stream = StreamRedactor(Finder())
    assert stream.feed(b'data: {"a":"b","pass') == []
    assert stream.feed(b'word":"tops3') == []
    assert stream.feed(b'cret"}\n') == [b'data: {"a":"b","pass', b'word":"*****', b'****"}\n']


@pytest.mark.parametrize("line_end", ["\n", "\r", "\r\n"])
def test_every_line_end_ends_a_line(line_end):
    body = (
        f'data: {{"a":"{KEY[:9]}"}}{line_end}{line_end}data: {{"a":"{KEY[9:]}"}}{line_end}{line_end}'.encode()
    )
    stream = StreamRedactor(Finder())
    out = b"".join(stream.feed(body) + stream.close())
    assert SECRET[:5] not in out.decode()
    assert out.count(b"*") == len(SECRET)


def test_an_empty_piece_comes_out_empty():
    stream = StreamRedactor(Finder())
    assert stream.feed(b"") == [b""]


def test_a_line_longer_than_the_limit_is_judged_in_parts(monkeypatch):
    monkeypatch.setattr(streamredact, "MAX_LINE", 8192)
    body = b"x " * 5000 + KEY.encode() + b" y" * 5000
    stream = StreamRedactor(Finder())
    out = b"".join(stream.feed(body) + stream.close())
    assert len(out) == len(body)
    assert SECRET.encode() not in out


def test_memory_holds_no_more_than_what_is_open():
    stream = StreamRedactor(Finder())
    for _ in range(1000):
        stream.feed(delta("hello "))
    assert len(stream._held) == 0
    assert len(stream._line) == 0


def test_a_chunk_costs_less_than_a_tenth_of_a_millisecond():
    stream = StreamRedactor(Finder(["hunter2-swordfish"]))
    events = [delta(text) for text in ("Hello", " world", "s", " is\n", " the", ".")] * 300
    before = time.process_time()
    for event in events:
        stream.feed(event)
    assert (time.process_time() - before) / len(events) < 0.0005


def test_bytes_one_by_one_cost_linear_time():
    stream = StreamRedactor(Finder())
    before = time.process_time()
    for byte in b'data: "' + b"x" * 50_000:
        stream.feed(bytes([byte]))
    assert time.process_time() - before < 5


def line(text: str) -> bytes:
    return json.dumps({"message": {"role": "assistant", "content": text}, "done": False}).encode() + b"\n"


def named(piece: dict[str, str]) -> bytes:
    text = json.dumps({"type": "content_block_delta", "index": 1, "delta": piece})
    return f"event: content_block_delta\ndata: {text}\n\n".encode()


WRITERS = {
    "openai-chat text": delta,
    "openai-chat arguments": lambda text: (
        b"data: %b\n\n"
        % json.dumps({"choices": [{"delta": {"tool_calls": [{"function": {"arguments": text}}]}}]}).encode()
    ),
    "anthropic-messages text": lambda text: named({"type": "text_delta", "text": text}),
    "anthropic-messages thought": lambda text: named({"type": "thinking_delta", "thinking": text}),
    "anthropic-messages arguments": lambda text: named({"type": "input_json_delta", "partial_json": text}),
    "ollama-chat text": line,
}


@pytest.mark.parametrize("kind", WRITERS)
@pytest.mark.parametrize("cut", [1, 3, 20, len(KEY) - 1])
def test_a_secret_split_over_two_deltas_is_covered_whatever_the_upstream(kind, cut):
    write = WRITERS[kind]
    pieces = [write("key: " + KEY[:cut]), write(KEY[cut:]), write(" and on")]
    stream = StreamRedactor(Finder())
    out = b"".join([*(part for piece in pieces for part in stream.feed(piece)), *stream.close()])
    covered = "sk-" + "*" * len(SECRET)
    assert out == b"".join([write("key: " + covered[:cut]), write(covered[cut:]), write(" and on")])


def test_a_known_value_that_may_have_begun_waits_for_its_rest():
    stream = StreamRedactor(Finder(["hunter2-swordfish"]))
    assert stream.feed(b"data: it is hunter2-sw") == []
    assert stream.feed(b"ordfish.\n") == [b"data: it is **********", b"*******.\n"]


def test_a_false_alarm_lets_go_all_before_the_next_alarm():
    stream = StreamRedactor(Finder(["hunter2-swordfish"]))
    begun = b"data: " + b"x" * 500 + b" hunter2-sw"
    assert stream.feed(begun) == []
    assert stream.feed(b"ing, and the passw") == [begun]
    assert stream.feed(b"ord\n") == [b"ing, and the passw", b"ord\n"]


def test_where_an_upstream_has_keys_of_its_own_no_byte_of_an_unfinished_line_goes():
    stream = StreamRedactor(Finder((), ["door_code"]))
    assert stream.feed(b"{") == []
    assert stream.feed(b'"door_code":"12"}\n') == [b"{", b'"door_code":"**"}\n']


def test_after_a_head_that_may_have_begun_clean_pieces_go_through_at_once():
    stream = StreamRedactor(Finder())
    assert stream.feed(delta("ask sk")) == [delta("ask sk")]
    assert stream.feed(b'data: {"choices":[{"index":0,') == [b'data: {"choices":[{"index":0,']


def test_after_half_a_telling_key_an_unfinished_line_waits():
    write = WRITERS["openai-chat arguments"]
    stream = StreamRedactor(Finder())
    begun, rest = write('{"pass'), write('word":"hunter2"}')
    cut = rest.index(b"ter2")
    out = stream.feed(begun)
    assert b"hun" not in b"".join(stream.feed(rest[:cut]))
    assert out == [begun]
    assert stream.feed(rest[cut:])[-2:] == [
        rest[:cut].replace(b"hun", b"***"),
        rest[cut:].replace(b"ter2", b"****"),
    ]


def test_a_line_that_is_too_long_is_parted_between_tokens(monkeypatch):
    monkeypatch.setattr(streamredact, "MAX_LINE", 8192)
    body = b'{"a":"%b"}' % b" ".join([KEY.encode()] * 600)
    stream = StreamRedactor(Finder())
    out = b"".join(stream.feed(body) + stream.close())
    assert out == body.replace(SECRET.encode(), b"*" * len(SECRET))


def test_plain_text_that_is_too_long_is_parted_between_tokens_too(monkeypatch):
    monkeypatch.setattr(streamredact, "MAX_LINE", 8192)
    body = b" ".join([KEY.encode()] * 600)
    stream = StreamRedactor(Finder())
    out = b"".join(stream.feed(body) + stream.close())
    assert out == body.replace(SECRET.encode(), b"*" * len(SECRET))


def test_a_line_without_a_gap_is_parted_all_the_same(monkeypatch):
    monkeypatch.setattr(streamredact, "MAX_LINE", 8192)
    stream = StreamRedactor(Finder())
    assert b"".join(stream.feed(b"x" * 20_000) + stream.close()) == b"x" * 20_000


@pytest.mark.parametrize("shown", [1, 8, 30])
def test_no_key_in_a_long_json_text_lies_across_the_limit(monkeypatch, shown):
    monkeypatch.setattr(streamredact, "MAX_LINE", 8192)
    first = '{"a":"'.ljust(8192 - shown, " ") + KEY
    body = f"{first} ".ljust(2 * 8192 - shown - 4, ".").encode() + f' {KEY} and on"}}'.encode()
    stream = StreamRedactor(Finder())
    out = b"".join(stream.feed(body) + stream.close())
    assert out == body.replace(SECRET.encode(), b"*" * len(SECRET))


def test_a_key_that_goes_past_the_limit_in_two_pieces_is_covered_in_both(monkeypatch):
    monkeypatch.setattr(streamredact, "MAX_LINE", 8192)
    first = '{"a":"'.ljust(8160, ".")
    body = f'{first} {KEY} and on"}}\n'.encode()
    stream = StreamRedactor(Finder())
    out = b"".join(stream.feed(body[:8197]) + stream.feed(body[8197:]) + stream.close())
    assert out == body.replace(SECRET.encode(), b"*" * len(SECRET))


def test_the_line_breaks_of_a_covered_key_stay():
    pem = f"-----BEGIN PRIVATE KEY-----\n{'MIIEvQIBADANBgkq' * 4}\n-----END PRIVATE KEY-----\n"
    stream = StreamRedactor(Finder())
    out = b"".join(stream.feed(pem.encode()) + stream.close()).decode()
    assert "MIIE" not in out
    assert [len(line) for line in out.split("\n")] == [len(line) for line in pem.split("\n")]
