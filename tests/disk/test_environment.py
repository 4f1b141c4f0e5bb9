"""Secrets of the environment."""

import json

import pytest

from harness.cassette.model import Request
from harness.disk.environment import environment_redactor, secret_values


@pytest.mark.parametrize(
    "name", ["OPENAI_API_KEY", "GH_TOKEN", "DB_PASSWORD", "AWS_SECRET_ACCESS_KEY", "my_secret", "APIKEY"]
)
def test_a_variable_named_like_a_credential_holds_one(name):
    assert secret_values({name: "s3cr3t-value"}) == ("s3cr3t-value",)


@pytest.mark.parametrize(
    "name", ["PATH", "KEYBOARD", "MONKEY", "TOKENIZERS_PARALLELISM", "SSH_AUTH_SOCK", "HOME"]
)
def test_other_variables_do_not(name):
    assert secret_values({name: "s3cr3t-value"}) == ()


@pytest.mark.parametrize("value", ["", "short", "postgres", "password", "/run/secrets/x", "12345678"])
def test_a_value_that_occurs_everywhere_is_not_sought(value):
    assert secret_values({"DB_PASSWORD": value}) == ()


def test_long_values_come_first_and_once():
    environ = {"A_KEY": "value-1-of-two", "B_KEY": "value-1-of-two-longer", "C_TOKEN": " value-1-of-two "}
    assert secret_values(environ) == ("value-1-of-two-longer", "value-1-of-two")


def test_the_redactor_knows_this_process(monkeypatch):
    monkeypatch.setenv("SOME_API_KEY", "hunter2-swordfish")
    request = Request("POST", "http://h/", (), b'{"t": "hunter2-swordfish"}')
    assert json.loads(environment_redactor().request(request).body) == {"t": "REDACTED"}
