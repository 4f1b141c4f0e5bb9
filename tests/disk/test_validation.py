"""`harness.validate` is the contract check with the documents that lie on the disk."""

import jsonschema
import msgspec
import pytest

import harness
from harness.cassette.model import End
from harness.disk.schemas import load_schema
from harness.disk.validation import contract_for, stream_check
from harness.errors import UsageError
from harness.finding import Verdict
from tests.contract.exchange import response, tape


def test_the_public_name_checks_a_tape() -> None:
    assert harness.validate(tape()).verdict is Verdict.CLEAN
    assert harness.validate(tape({"events": [1, 2]}), upstream="vitalentum").verdict is Verdict.INVALID


def test_a_stream_is_checked_while_it_arrives() -> None:
    check = stream_check("vitalentum", interaction=2)
    assert check.feed(response({}).body) == []
    assert check.close(End.COMPLETE) == []
    assert check.complete


def test_a_contract_is_compiled_once() -> None:
    assert contract_for("vitalentum") is contract_for("vitalentum")


def test_an_unknown_name_is_refused() -> None:
    with pytest.raises(UsageError, match=r"one of: .*vitalentum"):
        stream_check("openai")


def test_a_report_written_as_json_keeps_to_its_published_schema() -> None:
    report = msgspec.json.decode(
        msgspec.json.encode(
            harness.validate(tape({"events": [1, 2, {"choices": [], "x": 1}, "Hello", 2, 2]}))
        )
    )
    document = {"version": 1, "command": "validate", **report}
    jsonschema.Draft7Validator(dict(load_schema("harness", "report"))).validate(document)
