"""What the strategies that users import promise: each feature comes often enough, and each shrinks to the plain case.

Counted over examples that are the same with every run. hypothesis draws no example twice, so that what there is only
one of, like no message at all, can come once at most.
"""

from __future__ import annotations

import json
import re
from itertools import pairwise
from typing import TYPE_CHECKING, Any

import pytest
from hypothesis import Phase, find, given, settings
from hypothesis import strategies as st

from harness.fuzz.faults import faults_for
from harness.fuzz.strategies import (
    broken_streams,
    chat_streams,
    conversations,
    cuts,
    messages,
    sse_streams,
)
from harness.sse import SSEParser
from harness.upstreams.parsing import parser_for
from harness.upstreams.registry import get_upstream

if TYPE_CHECKING:
    from collections.abc import Callable

NUMBER = 300
SAME = settings(derandomize=True, database=None, max_examples=NUMBER, phases=[Phase.generate])
SMALLEST = settings(SAME, phases=[Phase.generate, Phase.shrink])

STREAM = "data: é🙂\r\ndata: b\r\n\r\ndata: c\r\n\r\n".encode()
"""Something to cut: characters, line ends and blank lines in it."""


def examples(strategy: st.SearchStrategy[Any]) -> list[Any]:
    """The same examples every time."""
    drawn: list[Any] = []

    @SAME
    @given(strategy)
    def keep(each: Any) -> None:
        drawn.append(each)

    keep()
    return drawn


def lines(stream: bytes) -> list[bytes]:
    return re.split(rb"\r\n|\n|\r", stream.removeprefix(b"\xef\xbb\xbf"))


def has_line(pattern: bytes) -> Callable[[bytes], bool]:
    return lambda stream: any(re.fullmatch(pattern, line, re.DOTALL) for line in lines(stream))


def ends_of(stream: bytes) -> set[bytes]:
    return set(re.findall(rb"\r\n|\n|\r", stream))


def events(stream: bytes) -> list[Any]:
    return SSEParser().feed(stream)


def is_malformed(stream: bytes) -> bool:
    try:
        return stream.decode() is None
    except UnicodeDecodeError:
        return True


FRAMINGS: dict[str, Callable[[bytes], Any]] = {
    "a BOM": lambda stream: stream.startswith(b"\xef\xbb\xbf"),
    "half a BOM": lambda stream: stream.startswith(b"\xef\xbb") and stream[2:3] != b"\xbf",
    "LF alone": lambda stream: ends_of(stream) == {b"\n"},
    "CRLF alone": lambda stream: ends_of(stream) == {b"\r\n"},
    "CR alone": lambda stream: ends_of(stream) == {b"\r"},
    "LF, CRLF and CR in one stream": lambda stream: len(ends_of(stream)) == 3,
    "a comment": has_line(rb":.*"),
    "an empty comment": has_line(rb":"),
    "no space behind the colon": has_line(rb"data:[^ ].*"),
    "two spaces behind the colon": has_line(rb"data:  .*"),
    "no colon": has_line(rb"data"),
    "data of several lines": lambda stream: any("\n" in event.data for event in events(stream)),
    "empty data": lambda stream: any(event.data == "" for event in events(stream)),
    "an unknown field": has_line(rb"(foo|dat)(:.*)?"),
    "a name in another case": has_line(rb"Data(:.*)?"),
    "a space before or behind a name": has_line(rb"( data|data )(:.*)?"),
    "an event type": lambda stream: any(event.event != "message" for event in events(stream)),
    "an id": lambda stream: any(event.id for event in events(stream)),
    "an id with NUL": has_line(rb"id: ?[^:]*\0.*"),
    "an id without a value": has_line(rb"id(: ?)?"),
    "a reconnection time": lambda stream: any(event.retry is not None for event in events(stream)),
    "a retry that is no number": has_line(rb"retry: ?[^0-9]+.*"),
    "blank lines in a row": lambda stream: re.search(rb"(\n\n\n|\r\r\r|\r\n\r\n\r\n)", stream),
    "what others take for a line end": lambda stream: any(
        each.encode() in stream for each in ("\u2028", "\x85", "\x0b", "\x0c")
    ),
    "malformed UTF-8": is_malformed,
    "an unfinished end": lambda stream: stream and stream[-1:] not in b"\r\n",
    "several events": lambda stream: len(events(stream)) > 2,
    "no event": lambda stream: not events(stream),
}


def inside_a_character(pieces: list[bytes]) -> bool:
    return any(piece and 0x80 <= piece[0] < 0xC0 for piece in pieces[1:])


def inside_crlf(pieces: list[bytes]) -> bool:
    joined = [piece for piece in pieces if piece]
    return any(one.endswith(b"\r") and other.startswith(b"\n") for one, other in pairwise(joined))


def coalesced(pieces: list[bytes]) -> bool:
    """Two events, or an event and the beginning of the next, in one piece of several."""
    return len(pieces) > 1 and any(re.search(rb"\r\n\r\n.", piece, re.DOTALL) for piece in pieces)


CUTS: dict[str, Callable[[list[bytes]], Any]] = {
    "all in one": lambda pieces: pieces == [STREAM],
    "byte by byte": lambda pieces: all(len(piece) == 1 for piece in pieces),
    "inside a character": inside_a_character,
    "inside CRLF": inside_crlf,
    "inside a blank line": lambda pieces: any(
        one.endswith(b"\r\n") and other.startswith(b"\r\n") for one, other in pairwise(p for p in pieces if p)
    ),
    "an empty piece": lambda pieces: b"" in pieces,
    "an empty piece at the start": lambda pieces: pieces[0] == b"",
    "an empty piece at the end": lambda pieces: pieces[-1] == b"",
    "coalesced": coalesced,
    "many, but not all": lambda pieces: len(STREAM) / 3 < len(pieces) < len(STREAM),
}


def history_of(text: str) -> list[Any]:
    return json.loads(text)["history"]


def said(history: list[dict[str, str]]) -> str:
    return "".join(message["content"] for message in history)


ROLES = ("user", "assistant", "system", "tool", "function", "developer")
MESSAGES: dict[str, Callable[[list[dict[str, str]]], Any]] = {
    "no message": lambda history: history == [],
    "several messages": lambda history: len(history) > 2,
    **{
        f"the role {role}": lambda history, role=role: role in {message["role"] for message in history}
        for role in ROLES
    },
    "a role that nobody knows": lambda history: {message["role"] for message in history} - {*ROLES},
    "an empty text": lambda history: any(message["content"] == "" for message in history),
    "NUL": lambda history: "\0" in said(history),
    "a lone surrogate": lambda history: re.search("[\ud800-\udfff]", said(history)),
    "a character beyond the first plane": lambda history: re.search("[\U00010000-\U0010ffff]", said(history)),
    "U+2028": lambda history: "\u2028" in said(history),
    "a quotation mark": lambda history: '"' in said(history),
    "a backslash": lambda history: "\\" in said(history),
    "[DONE] in a text": lambda history: "[DONE]" in said(history),
}
CONVERSATIONS: dict[str, Callable[[str], Any]] = {
    "spaced": lambda text: text.startswith('{"history": '),
    "compact": lambda text: text.startswith('{"history":['),
    "both speakers": lambda text: {entry["speaker"] for entry in history_of(text)} == {"human", "bot"},
    "empty": lambda text: history_of(text) == [],
}
CHATS: dict[str, Callable[[bytes], Any]] = {
    "LF": lambda stream: ends_of(stream) == {b"\n"},
    "CRLF": lambda stream: ends_of(stream) == {b"\r\n"},
    "CR": lambda stream: ends_of(stream) == {b"\r"},
    "comments": has_line(rb": ?keep-alive"),
    "empty comments": has_line(rb": ?"),
    "data of several lines": lambda stream: any("\n" in event.data for event in events(stream)),
    "compact JSON": lambda stream: b'"choices":[{' in stream,
    "spaced JSON": lambda stream: b'"choices": [{' in stream,
    "JSON in ASCII": lambda stream: rb"\u" in stream,
    "JSON beyond ASCII": lambda stream: not stream.isascii(),
    "two answers": lambda stream: b'"index":1' in stream.replace(b" ", b""),
    "three answers": lambda stream: b'"index":2' in stream.replace(b" ", b""),
    "tokens counted": lambda stream: b'"usage"' in stream,
    "many events": lambda stream: len(events(stream)) > 8,
}
BROKEN: dict[str, Callable[[Any], Any]] = {
    fault: lambda broken, fault=fault: broken.fault == fault for fault in faults_for("vitalentum")
}

ONLY_ONE = {"no message", "empty"}

PROMISED = {
    "sse_streams": (sse_streams(), FRAMINGS),
    "cuts": (cuts(STREAM), CUTS),
    "messages": (messages(), MESSAGES),
    "conversations": (conversations(), CONVERSATIONS),
    "chat_streams": (chat_streams(), CHATS),
    "broken_streams": (broken_streams(), BROKEN),
}


@pytest.mark.parametrize("name", PROMISED)
def test_each_feature_comes_in_one_example_of_a_hundred(name):
    """Each documented feature of a strategy comes in one example of a hundred or more."""
    strategy, features = PROMISED[name]
    drawn = examples(strategy)
    counts = {feature: sum(bool(shows(each)) for each in drawn) for feature, shows in features.items()}
    rare = {
        feature: count for feature, count in counts.items() if count < (NUMBER / 100, 1)[feature in ONLY_ONE]
    }
    assert rare == {}


def smallest(strategy: st.SearchStrategy[Any], shows: Callable[[Any], Any] = lambda _: True) -> Any:
    return find(strategy, shows, settings=SMALLEST)


HEAD = '{"id":"chatcmpl-0000","object":"chat.completion.chunk","created":0,"model":"gpt-3.5-turbo",'
FIRST = f'data: {HEAD}"choices":[{{"index":0,"delta":{{"role":"assistant","content":""}},"finish_reason":null}}]}}\n\n'
TEXT = f'data: {HEAD}"choices":[{{"index":0,"delta":{{"content":"0"}},"finish_reason":null}}]}}\n\n'
LAST = f'data: {HEAD}"choices":[{{"index":0,"delta":{{}},"finish_reason":"stop"}}]}}\n\n'
DONE = "data: [DONE]\n\n"


@pytest.mark.parametrize(
    ("strategy", "plainest"),
    [
        pytest.param(messages(), [], id="messages"),
        pytest.param(conversations(), '{"history": []}', id="conversations"),
        pytest.param(sse_streams(), b"", id="sse_streams"),
        pytest.param(cuts(STREAM), [STREAM], id="cuts"),
        pytest.param(chat_streams(), f"{FIRST}{LAST}{DONE}".encode(), id="chat_streams"),
    ],
)
def test_the_plainest_example_is_the_obvious_one(strategy, plainest):
    """What a strategy shrinks to, where anything will do, is the plainest there is."""
    assert smallest(strategy) == plainest


@pytest.mark.parametrize(
    ("strategy", "shows", "plainest"),
    [
        pytest.param(messages(), bool, [{"role": "user", "content": ""}], id="a message"),
        pytest.param(sse_streams(), events, b"data: 1\n\n", id="an event"),
        pytest.param(sse_streams(), is_malformed, b"data: \xff\n\n", id="malformed UTF-8"),
        pytest.param(cuts(STREAM), lambda pieces: len(pieces) > 1, [b"", STREAM], id="a cut"),
        pytest.param(
            chat_streams(),
            lambda stream: re.search(rb'"delta":{"content":"[^"]', stream),
            f"{FIRST}{TEXT}{LAST}{DONE}".encode(),
            id="a text",
        ),
    ],
)
def test_a_counter_example_is_plain_but_for_what_it_shows(strategy, shows, plainest):
    """A counter-example shrinks to one that is plain but for what it shows."""
    assert smallest(strategy, shows) == plainest


@pytest.mark.parametrize("upstream", ["openai-chat", "anthropic-messages", "ollama-chat"])
def test_chat_streams_of_every_upstream_shrink_to_a_beginning_and_an_end(upstream):
    """The plainest stream of any upstream is as long as its beginning and its end, in plain lines."""
    stream = smallest(chat_streams(upstream))
    told = parser_for(get_upstream(upstream)).feed(stream)
    assert len(told) <= 3
    assert b"\r" not in stream
    assert not re.search(rb"^:", stream, re.MULTILINE)


@pytest.mark.parametrize("fault", faults_for("vitalentum"))
def test_a_broken_stream_shrinks_to_its_fault(fault):
    """A broken stream shrinks to at most two events more than the plainest whole one, in plain lines."""
    stream = smallest(broken_streams(faults=[fault])).stream
    assert len(events(stream)) <= 5
    assert b"\r" not in stream
    assert not re.search(rb"^:", stream, re.MULTILINE)
