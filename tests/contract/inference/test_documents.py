"""The documents of an exchange: which there are, and the part each plays."""

from __future__ import annotations

import json

import pytest
from msgspec.structs import replace

from harness.contract.inference.documents import Kind, documents_of
from harness.upstreams.registry import get_upstream
from tests.contract.exchange import CHUNKS, tape

UPSTREAM = get_upstream("vitalentum")


def seen(case=None, kind=Kind.CHUNK, upstream=UPSTREAM):
    return list(documents_of(tape(case).interactions[0], upstream, kind))


def test_the_chunks_of_a_reply_come_with_their_phases():
    assert seen() == [("opener", CHUNKS[0]), ("text", CHUNKS[1]), ("text", CHUNKS[2]), ("finish", CHUNKS[3])]


def test_of_an_unknown_upstream_what_is_no_json_is_not_read():
    assert [each and each[0] for each in seen(upstream=None)] == ["opener", "other", "other", "other", None]


def test_data_that_no_reader_could_read_is_told():
    assert seen({"events": ["rubbish", '{"choices": 1}', 2]}) == [None, None, ("text", CHUNKS[1])]


def test_the_request_is_one_document():
    [(phase, body)] = seen(kind=Kind.REQUEST)
    assert (phase, sorted(body)) == ("request", ["conversation", "temperature"])


@pytest.mark.parametrize("status", [400, 200])
def test_an_error_reply_has_an_error_body_and_no_chunks(status):
    body = {"error": {"message": "no"}}
    case = {"response": {"status": status, "body": json.dumps(body)}}
    assert seen(case) == []
    assert seen(case, Kind.ERROR) == [("error", body)]
    assert seen(kind=Kind.ERROR) == []


def test_a_body_past_a_limit_is_read_up_to_it():
    exchange = tape().interactions[0]
    long = replace(
        exchange, response=replace(exchange.response, body=exchange.response.body + b"x" * 20_000_000)
    )
    assert len(list(documents_of(long, UPSTREAM))) == len(CHUNKS)


def test_named_events_are_told_apart_and_unknown_names_passed_over():
    [kind] = UPSTREAM.events
    named = replace(UPSTREAM, terminal=None, events=(replace(kind, name="delta"),), strange_events="skip")
    body = "".join(f"event: {name}\ndata: {json.dumps(CHUNKS[1])}\n\n" for name in ("delta", "ping"))
    assert seen({"response": {"body": body}}, upstream=named) == [("delta.text", CHUNKS[1])]


def test_no_body_is_no_document():
    exchange = tape().interactions[0]
    bare = replace(exchange, request=replace(exchange.request, body=None))
    assert list(documents_of(bare, UPSTREAM, Kind.REQUEST)) == []
