"""Values under telling keys in JSON within a string."""

import pytest

from harness.cassette.named import Named
from harness.cassette.shapes import Begun

NAMED = Named(frozenset({"mypin"}))


def values_in(text: str) -> list[str]:
    return [text[found.start : found.end] for found in NAMED.find(text, 0)]


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"api_key": "hunter2", "q": "x"}', ["hunter2"]),
        ('{"apiKey":"a","password" : "b"}', ["a", "b"]),
        ('{"my_pin": "1234"}', ["1234"]),
        ('{"api_key": "a\\"b\\\\"}', ['a\\"b\\\\']),
        ('{"api_key": ""}', []),
        ('{"max_tokens": "5", "name": "token"}', []),
        ('{"api_key": {"type": "string"}}', []),
        ("api_key: hunter2", []),
    ],
)
def test_the_key_says_what_is_secret(text, values):
    assert values_in(text) == values


def test_a_value_that_is_not_closed_runs_on_to_its_quote():
    (found,) = NAMED.find('{"password": "hun', 0)
    assert found.runs_on.match('ter2", "q": 1')[0] == "ter2"


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ('{"', Begun(1, 2)),
        ('{"api_k', Begun(1, 7)),
        ('{"api_key"', Begun(1, 10)),
        ('{"api_key": ', Begun(1, 12)),
        ('{"api_key": "', Begun(1, 13)),
        ('{"q": ', None),
        ('{"q": 1', None),
        ("", None),
    ],
)
def test_a_key_on_its_way_to_its_value_is_kept_in_mind(text, begun):
    assert NAMED.begun(text, 0) == begun
