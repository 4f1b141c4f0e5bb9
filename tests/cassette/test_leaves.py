"""The strings of a JSON text, and the bytes each of their characters came from."""

import json

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.leaves import leaves, plain

json_values = st.recursive(
    st.none() | st.booleans() | st.integers() | st.text(max_size=8),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text(max_size=4), inner, max_size=3),
    max_leaves=8,
)


def found_in(text: str) -> list[tuple[str, str, str]]:
    return [(leaf.path, leaf.key, leaf.value.text) for leaf in leaves(plain(text))]


def strings_in(value: object) -> list[str]:
    if isinstance(value, str):
        return [value]
    items = value.values() if isinstance(value, dict) else value if isinstance(value, list) else ()
    return [text for item in items for text in strings_in(item)]


def as_bytes(text: str) -> str:
    return text.encode("utf-8", "replace").decode("latin-1")


@given(json_values, st.booleans())
def test_the_leaves_of_json_are_its_string_values(value, ascii_only):
    source = as_bytes(json.dumps(value, ensure_ascii=ascii_only))
    found = [leaf.value.text.encode("latin-1") for leaf in leaves(plain(source))]
    assert found == [as_bytes(text).encode("latin-1") for text in strings_in(value)]


@given(st.text(max_size=20), st.integers(0, 50))
def test_every_character_knows_its_bytes(text, at):
    source = json.dumps({"a": text})
    (leaf,) = leaves(plain(source, at))
    whole = source[leaf.value.starts[0] - at : leaf.value.ends[-1] - at] if leaf.value.text else ""
    assert whole == json.dumps(text)[1:-1]
    assert all(start < end for start, end in zip(leaf.value.starts, leaf.value.ends, strict=True))
    assert list(leaf.value.starts) == sorted(leaf.value.starts)


def test_an_item_is_known_by_the_number_it_gives_itself_wherever_it_says_it():
    early = found_in('{"choices":[{"index":1,"delta":{"content":"a"}}]}')
    late = found_in('{"choices":[{"delta":{"content":"a"},"index":1}]}')
    other = found_in('{"choices":[{"delta":{"content":"a"}}]}')
    assert early == late
    assert early[0][0] != other[0][0]


def test_an_event_is_known_by_its_own_number():
    first, second = (found_in(f'{{"type":"x","index":{n},"delta":{{"text":"a"}}}}')[1][0] for n in (0, 1))
    assert first != second


@pytest.mark.parametrize(
    ("text", "values"),
    [
        ('{"a": "b', ["b"]),
        ('{"a": "b\\', ["b"]),
        ('{"a": "b\\u00', ["bu00"]),
        ('"a" "b"', ["a", "b"]),
        ("}]}", []),
        ('say "x" and "y"', ["x", "y"]),
        ("", []),
    ],
)
def test_broken_text_still_gives_its_quoted_parts(text, values):
    assert [value for _, _, value in found_in(text)] == values


def test_a_key_may_be_escaped():
    assert [key for _, key, _ in found_in('{"api\\u005fkey": "x"}')] == ["api_key"]


def test_bottomless_nesting_is_no_crash():
    (leaf,) = leaves(plain('{"a":[' * 50_000 + '"x"'))
    assert leaf.value.text == "x"
    assert len(leaf.path) < 1000


def test_strings_of_an_array_stand_under_its_key():
    assert [key for _, key, _ in found_in('{"a": ["x", ["y"]], "b": "z"}')] == ["a", "a", "b"]


def test_a_leaf_knows_the_keys_above_it():
    (leaf,) = leaves(plain('{"logprobs":{"content":[{"token":"x"}]}}'))
    assert leaf.is_below("logprobs")
    assert not leaf.is_below("usage")


def test_readings_can_be_parted_and_joined():
    one, other = plain("abc", 5), plain("de", 20)
    joined = one.part(1).then(other)
    assert (joined.text, joined.starts, joined.ends) == ("bcde", [6, 7, 20, 21], [7, 8, 21, 22])
