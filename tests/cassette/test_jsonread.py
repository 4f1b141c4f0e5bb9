"""JSON of unknown origin."""

import pytest

from harness.cassette.jsonread import read_json
from harness.cassette.yamlread import MAX_DEPTH
from harness.errors import CassetteError


def test_plain_json_becomes_plain_values():
    assert read_json('{"a": [1, 2.5, null, true, "é"]}') == {"a": [1, 2.5, None, True, "é"]}


def test_depth_is_bounded_like_that_of_yaml():
    assert read_json("[" * MAX_DEPTH + "]" * MAX_DEPTH)
    with pytest.raises(CassetteError, match="nested deeper"):
        read_json("[" * (MAX_DEPTH + 1) + "]" * (MAX_DEPTH + 1))


@pytest.mark.parametrize("text", ["[" * 100_000, '{"a":' * 100_000])
def test_bottomless_text_is_refused_and_not_a_crash(text):
    with pytest.raises(CassetteError, match="nested deeper"):
        read_json(text)


def test_an_error_names_its_line():
    with pytest.raises(CassetteError) as caught:
        read_json('{"a": 1,\n "b" 2}')
    assert caught.value.where == "line 2"
