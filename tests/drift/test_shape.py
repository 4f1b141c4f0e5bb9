"""Recordings as one summary."""

import json

from hypothesis import given
from hypothesis import strategies as st

from harness.drift.shape import observe, summarise
from harness.drift.summary import merge, to_document
from tests.drift.exchanges import UPSTREAM, asked, exchange, several


@given(st.permutations(range(6)), st.integers(0, 6))
def test_parts_in_any_order_merge_to_the_whole(order, cut):
    exchanges = [exchange(number=number, gap=5.0 * number) for number in order]
    parts = summarise(exchanges[:cut], UPSTREAM), summarise(exchanges[cut:], UPSTREAM)
    assert merge(parts) == summarise([exchange(number=n, gap=5.0 * n) for n in range(6)], UPSTREAM)


def test_a_summary_stays_small_however_many_recordings():
    few, many = (len(json.dumps(to_document(summarise(several(count), UPSTREAM)))) for count in (5, 200))
    assert few < 12_000
    assert many < few + 3_000


def test_the_conversation_is_looked_into():
    found = observe(exchange(), UPSTREAM)
    assert found.vocabulary("value", "request:$.conversation.history[*].speaker") == {"human": 1}
    assert found.vocabulary("encoding", "request:$.conversation") == {"string": 1}


def test_the_base_address_does_not_matter_and_the_names_in_the_query_do():
    found = observe(exchange(request=asked(uri="https://a.example/base/api/converse-edge?b=1&a=2")), UPSTREAM)
    assert found.vocabulary("request-path") == {"/api/converse-edge": 1} or found.vocabulary("request-path") == {
        "/api/converse-edge?a&b": 1
    }
    assert found.vocabulary("request-path") == {"/api/converse-edge?a&b": 1}


def test_a_body_that_is_no_json_is_only_known_to_be_other():
    request = asked()
    broken = type(request)(request.method, request.uri, request.headers, b"a=1")
    assert observe(exchange(request=broken), UPSTREAM).vocabulary("request-form") == {"other": 1}


def test_an_error_is_told_by_its_status():
    error = exchange(body=b'{"message": "no"}', status=400, headers=(("Content-Type", "application/json"),))
    found = observe(error, UPSTREAM)
    assert found.count("error") == found.count("path", "error-400", "error:$.message") == 1
    assert found.count("stream") == 0


def test_a_total_that_is_no_sum_is_noted():
    usage = {"choices": [], "usage": {"prompt_tokens": 1, "completion_tokens": 2, "total_tokens": 4}}
    found = observe(exchange([*exchange_chunks()[:-1], usage, "[DONE]"]), UPSTREAM)
    assert found.count("order", "total-wrong") == 1


def exchange_chunks():
    from tests.drift.exchanges import CHUNKS

    return CHUNKS
