"""What a response's findings say, and when a refusal is right. Which there are is in the vectors."""

import pytest
from msgspec.structs import replace

from harness.cassette.model import Response
from harness.contract.ledger import Ledger
from harness.contract.response import check_response
from harness.disk.validation import contract_for
from tests.contract.exchange import response

CONTRACT = contract_for("vitalentum")
REFUSED = Response(
    400, "Bad Request", (("Content-Type", "application/json"),), b'{"message":"Invalid temperature"}'
)


def noted(answer: Response, *, request_kept: bool = True) -> list[str]:
    ledger = Ledger()
    check_response(CONTRACT, answer, ledger, request_kept=request_kept)
    return [finding.message for finding in ledger.findings(0)]


def test_the_events_are_counted() -> None:
    assert check_response(CONTRACT, response({}), Ledger(), request_kept=True) == 5


def test_a_wrong_request_is_rightly_refused() -> None:
    assert noted(REFUSED, request_kept=True) == ["status 400: Invalid temperature"]
    assert noted(REFUSED, request_kept=False) == []


def test_a_service_out_of_reach_is_told_whatever_the_request() -> None:
    unreachable = replace(REFUSED, body=b'{"cause":{"code":"ECONNREFUSED"}}')
    assert noted(unreachable, request_kept=False) == ["status 400: ECONNREFUSED"]


@pytest.mark.parametrize(
    ("reason", "words"),
    [("Too Many Requests", "status 429: Too Many Requests"), ("", "status 429: no reason given")],
)
def test_without_an_error_object_the_reason_phrase_is_shown(reason: str, words: str) -> None:
    assert noted(Response(429, reason)) == [words]


def test_a_coding_that_was_left_is_named_with_the_reason() -> None:
    left = Response(200, "OK", (("Content-Encoding", "gzip"),), b"\x1f\x8b\x08\x00")
    assert noted(left) == ["the body is coded with gzip: its end is missing"]


def test_the_label_of_the_reply_is_shown() -> None:
    assert noted(replace(response({}), headers=())) == [
        "the reply calls itself nothing, not text/event-stream"
    ]


def test_a_key_in_an_error_message_is_never_shown() -> None:
    body = b'{"error":{"message":"Incorrect API key provided: sk-4fG7hJ9kLmN2pQ5rS8tV1wX3yZ6aB0cD"}}'
    assert "4fG7" not in " ".join(noted(Response(401, "", (), body)))
