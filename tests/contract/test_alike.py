"""The short way and the long way have the same findings; an ordinary stream takes the short one."""

import copy
import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st
from msgspec import structs

from harness.cassette.model import End
from harness.contract.alike import _TOKEN, Alike, Like
from harness.contract.contract import Contract
from harness.contract.stream import StreamCheck
from harness.disk.schemas import load_schemas
from harness.disk.validation import contract_for
from harness.fuzz.chats import chat_streams
from harness.sse import Event
from harness.upstreams.reading import machine_for
from harness.upstreams.registry import get_upstream
from tests.contract.exchange import CHUNKS, HEAD

VITALENTUM = contract_for("vitalentum")
FIRST, TEXT, _, LAST = CHUNKS

texts = st.text(max_size=5) | st.sampled_from(
    [
        "",
        "a",
        "Hel",
        '"',
        "\\",
        "\n",
        "\ud800",
        "\u2028",
        "stop",
        "[DONE]",
        "id",
        HEAD["id"],
        "assistant",
        "chatcmpl-0001",
    ]
)
"""Beside any text: what is empty, must be escaped, is no text of Rust's, or stands elsewhere in the chunk as well."""
raw_strings = st.sampled_from(
    [r"\x", r"a\u", r"\ud83d\ude00", r"\udead", r"\u00e9", "\t", r"\/", '"', 'a","b":"c']
)
"""What may stand between the quotes of a string, well or badly written."""
spacings = st.sampled_from([(",", ":"), (", ", ": ")])


@st.composite
def chunks(draw: st.DrawFn) -> str:
    chunk: dict[str, Any] = copy.deepcopy(draw(st.sampled_from([TEXT, TEXT, TEXT, TEXT, FIRST, LAST])))
    choice = chunk["choices"][0]
    if draw(st.integers(0, 9)):
        choice["delta"]["content"] = draw(texts)
    odd: Any = draw(
        st.sampled_from([None] * 8 + ["index", "id", "extra", "role", "error", "finish", "inner", "const"])
    )
    match odd:
        case "index":
            choice["index"] = draw(st.sampled_from([1, 0.0, True, -1]))
        case "id" | "extra":
            chunk[odd] = draw(texts)
        case "role":
            choice["delta"]["role"] = draw(texts)
        case "error":
            chunk["error"] = draw(texts)
        case "finish":
            choice["finish_reason"] = draw(texts)
        case "inner":
            choice["delta"]["n"] = {"content": draw(texts)}
        case "const":
            chunk["object"] = draw(texts)
    text = json.dumps(chunk, separators=draw(spacings), ensure_ascii=draw(st.booleans()))
    if not draw(st.integers(0, 9)):
        text = text.replace("Hel", draw(raw_strings))
    return text


def body(events: list[str], name: str = "") -> bytes:
    first = f"event: {name}\n" if name else ""
    lines = ("\n".join(f"data: {line}" for line in event.split("\n")) for event in events)
    return "".join(f"{first}{line}\n\n" for line in lines).encode("utf-8", "surrogatepass")


def findings(contract: Contract, data: bytes, *, shortcut: bool) -> tuple[Any, ...]:
    check = StreamCheck(contract, shortcut=shortcut)
    new = [check.feed(data[at : at + 1000]) for at in range(0, len(data), 1000)]
    return new, check.close(End.COMPLETE), check.findings, check.events, check.complete


@given(st.lists(chunks(), max_size=14), st.booleans(), st.sampled_from(["", "", "other"]))
def test_with_and_without_the_shortcut_the_findings_are_the_same(
    events: list[str], is_whole: bool, name: str
) -> None:
    data = body(events * 2, name) + (b"data: [DONE]\n\n" if is_whole else b"")
    assert findings(VITALENTUM, data, shortcut=True) == findings(VITALENTUM, data, shortcut=False)


@pytest.mark.parametrize("raw", [r"a\u", r"a\x", r"a\u00e", r"\ud83d", "a\t"])
def test_a_string_that_is_badly_written_is_not_passed_among_good_ones(raw: str) -> None:
    data = body([*map(said, ["Hel", "lo", "!", "Hel"]), said("Hel").replace("Hel", raw)])
    found = findings(VITALENTUM, data, shortcut=True)
    assert found == findings(VITALENTUM, data, shortcut=False)
    assert found[2]


@given(chat_streams())
def test_valid_streams_have_no_findings_either_way(data: bytes) -> None:
    short, long = (findings(VITALENTUM, data, shortcut=shortcut) for shortcut in (True, False))
    assert short == long
    assert short[2] == ()


RESTRICTIONS = [
    {"maxLength": 3},
    {"pattern": "^[a-m]*$"},
    {"enum": ["a", "b", "Hel", "lo"]},
    {"minLength": 2},
]


@pytest.mark.parametrize("restriction", RESTRICTIONS)
@given(words=st.lists(st.sampled_from(["a", "b", "Hel", "lo", "zz", "longer"]), max_size=12))
def test_a_schema_that_asks_more_of_the_text_is_asked_each_time(
    restriction: dict[str, Any], words: list[str]
) -> None:
    schemas: Any = {
        name: copy.deepcopy(dict(schema)) for name, schema in load_schemas(get_upstream("vitalentum")).items()
    }
    schemas["chunk"]["$defs"]["delta"]["properties"]["content"] |= restriction
    contract = Contract(get_upstream("vitalentum"), schemas)
    data = body([said(word) for word in words])
    assert findings(contract, data, shortcut=True) == findings(contract, data, shortcut=False)


def said(word: str) -> str:
    return json.dumps(TEXT | {"choices": [{"index": 0, "delta": {"content": word}, "finish_reason": None}]})


def passed(events: list[str]) -> list[int]:
    """Which events, counted from 0, were passed without a second look."""
    alike, machine = Alike(VITALENTUM), machine_for(get_upstream("vitalentum"))
    check = StreamCheck(VITALENTUM)
    short = []
    for number, data in enumerate(events):
        event = Event(data)
        if alike.passed([event], 0):
            short.append(number)
        else:
            check._machine = machine
            alike.checked(event, machine, lambda event=event: check._finds_nothing(event))  # type: ignore[misc]
    return short


def test_from_the_third_chunk_on_an_ordinary_stream_takes_the_short_way() -> None:
    events = [
        json.dumps(FIRST),
        *(said(word) for word in ("one", "two", "three", "f\u00f6ur", '"five"', "\n")),
        json.dumps(LAST),
    ]
    assert passed(events) == [3, 4, 5, 6]


def test_a_step_of_the_machine_ends_the_short_way() -> None:
    late = [said("late"), said("later")]
    assert passed([json.dumps(FIRST), said("a"), said("b"), said("c"), json.dumps(LAST), *late]) == [3]


def test_what_varies_beside_the_text_may_vary_where_nobody_reads_it() -> None:
    events = [
        json.dumps(json.loads(said(word)) | {"system_fingerprint": word}) for word in ("a", "b", "c", "d")
    ]
    assert passed([json.dumps(FIRST), *events]) == [3, 4]


def test_an_event_that_is_skipped_meets_no_schema() -> None:
    upstream = structs.replace(get_upstream("vitalentum"), strange_events="skip")
    contract = Contract(upstream, load_schemas(upstream))
    data = (
        body([json.dumps(FIRST)])
        + body([said(word) for word in "abcd"], "ping")
        + body([json.dumps(LAST), "[DONE]"])
    )
    assert findings(contract, data, shortcut=True) == findings(contract, data, shortcut=False)


def test_after_a_stretch_where_nothing_is_alike_likeness_is_found_again() -> None:
    odd = [json.dumps(json.loads(said("a")) | {"usage": usage(number)}) for number in range(300)]
    even = [said(word) for word in "abcdefgh" * 20]
    assert len(passed([json.dumps(FIRST), *odd, *even])) > 80


def usage(number: int) -> dict[str, int]:
    return {"prompt_tokens": number, "completion_tokens": 1, "total_tokens": number + 1}


@pytest.mark.parametrize("text", ["", 'a"', "a\\", "\t", r"\x", r"\ud800", r"\u12", 'a","b":"c'])
def test_what_is_no_plain_string_is_not_like_one(text: str) -> None:
    gaps, strings = _TOKEN.split(said("b"))[::2], _TOKEN.split(said("b"))[1::2]
    like = Alike(VITALENTUM)._like(Event(said("b")), ("message", *gaps), (strings.index('"b"'),), strings)
    assert isinstance(like, Like)
    assert like.knows(said("c"))
    assert not like.knows(said("c").replace('"c"', f'"{text}"'))
