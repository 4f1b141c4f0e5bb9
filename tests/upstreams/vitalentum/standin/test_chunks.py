"""What is written here, the reader of every client's stream reads back."""

from __future__ import annotations

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, Usage
from harness.sse import Event
from harness.upstreams.reading import read
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum.standin.chunks import Said, write

VITALENTUM = get_upstream("vitalentum")
STAMP = Stamp("chatcmpl-1", 1690000000, "gpt-3.5-turbo-0613")

counts = st.integers(min_value=0, max_value=10**6)
texts = st.text(min_size=1, max_size=20)
said_in_chunks = st.one_of(
    st.builds(Started, texts, counts),
    st.builds(Delta, texts, counts),
    st.builds(Finished, texts, counts),
    st.builds(Usage, counts, counts, counts),
)

ON_THE_WIRE = [
    (Started("assistant"), '{"index":0,"delta":{"role":"assistant","content":""},"finish_reason":null}'),
    (Delta("Привет"), '{"index":0,"delta":{"content":"Привет"},"finish_reason":null}'),
    (Finished("stop"), '{"index":0,"delta":{},"finish_reason":"stop"}'),
]


@given(said_in_chunks, st.builds(Stamp, texts, counts, texts))
def test_a_chunk_reads_back_as_what_was_said(said: Said, stamp: Stamp) -> None:
    event = write(said, stamp)

    first, *rest = read(VITALENTUM, event)
    assert first == stamp
    assert rest == [said]


@given(said_in_chunks)
def test_indented_json_says_the_same(said: Said) -> None:
    assert read(VITALENTUM, write(said, STAMP, indent=2)) == read(VITALENTUM, write(said, STAMP))


@pytest.mark.parametrize(
    "said", [Done(), Failed("It broke.", "server_error", "overloaded"), Failed("It broke.")]
)
def test_an_end_reads_back_as_itself(said: Said) -> None:
    assert read(VITALENTUM, write(said, STAMP)) == (said,)


@pytest.mark.parametrize(("said", "choice"), ON_THE_WIRE, ids=["first", "middle", "last"])
def test_chunks_have_the_fields_of_2023_in_their_order(said: Said, choice: str) -> None:
    assert write(said, STAMP).data == (
        '{"id":"chatcmpl-1","object":"chat.completion.chunk","created":1690000000,'
        f'"model":"gpt-3.5-turbo-0613","choices":[{choice}]}}'
    )


def test_half_a_character_is_an_escape() -> None:
    event = write(Delta("\ud83c"), STAMP)

    assert r'{"content":"\ud83c"}' in event.data
    assert read(VITALENTUM, event) == (STAMP, Delta("\ud83c"))


def test_the_terminal_event_is_no_json() -> None:
    assert write(Done(), STAMP) == Event("[DONE]")


def test_usage_comes_with_empty_choices() -> None:
    document = json.loads(write(Usage(1, 2, 3), STAMP).data)

    assert document["choices"] == []
    assert document["usage"] == {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 3}
