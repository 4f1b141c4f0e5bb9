"""What a request's findings say. Which findings there are is in the vectors: test_single_faults.py."""

import json

import pytest

from harness.cassette.model import Request
from harness.contract.ledger import Ledger
from harness.contract.request import check_request
from harness.disk.validation import contract_for
from tests.contract.exchange import URI, request

CONTRACT = contract_for("vitalentum")


def noted(asked: Request) -> tuple[bool, list[str]]:
    ledger = Ledger()
    kept = check_request(CONTRACT, asked, ledger)
    return kept, [finding.message for finding in ledger.findings(0)]


def test_a_request_of_the_published_client_keeps_the_contract() -> None:
    assert noted(request({})) == (True, [])


@pytest.mark.parametrize(
    ("conversation", "temperature", "message"),
    [
        (
            '{"history": [{"speaker": "user", "text": ""}]}',
            1,
            '$.conversation.history[0].speaker is "user", not one of "human", "bot"',
        ),
        ("{", 1, "$.conversation is no JSON"),
        ('{"history": [], "a": 1, "a": 1}', 1, '$.conversation holds the key "a" twice'),
        ('{"history": []}', "hot", '$.temperature is "hot", not of the form ^'),
    ],
)
def test_a_message_names_the_place_within_the_body(
    conversation: str, temperature: object, message: str
) -> None:
    body = {"conversation": conversation, "temperature": temperature}
    kept, messages = noted(Request("POST", URI, (), json.dumps(body).encode()))
    assert not kept
    assert messages[0].startswith(message)


def test_the_query_of_an_address_is_never_shown() -> None:
    _, messages = noted(Request("GET", "http://127.0.0.1/other?token=hunter2", (), b"{}"))
    assert "hunter2" not in " ".join(messages)


def test_a_text_of_the_conversation_is_never_shown() -> None:
    text = json.dumps({"history": [{"speaker": "human", "text": ["hunter2"]}]})
    _, messages = noted(
        Request("POST", URI, (), json.dumps({"conversation": text, "temperature": 0}).encode())
    )
    assert messages == ["$.conversation.history[0].text is an array of 1 items, not a string"]
