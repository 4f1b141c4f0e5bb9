"""One line of a body after the other."""

import pytest

from harness.cassette.finder import Finder
from harness.cassette.judge import LineJudge

SECRET = "a1B2c3D4" * 4
KEY = "sk-" + SECRET


def secrets_in(*lines: str, finder: Finder | None = None) -> list[str]:
    """What the judge calls secret in these lines, as the source it points at."""
    judge, at, whole = LineJudge(finder or Finder()), 0, "".join(lines)
    covered = set()
    for line in lines:
        for secret in judge.judge(line, at):
            covered |= {
                place for span in zip(secret.starts, secret.ends, strict=True) for place in range(*span)
            }
        at += len(line)
    return "".join(char if place in covered else " " for place, char in enumerate(whole)).split()


@pytest.mark.parametrize(
    ("line", "secrets"),
    [
        (f'data: {{"a": "x {KEY} y"}}\n', [SECRET]),
        (f'data:{{"a": "{KEY}"}}\r\n', [SECRET]),
        (f"data: {KEY}\n", [SECRET]),
        (f": {KEY}\n", [SECRET]),
        (f"id: {KEY}\n", [SECRET]),
        (f"event: {KEY}\n", [SECRET]),
        (f"{KEY}\n", [SECRET]),
        (f'  "key": "{KEY}",\n', [SECRET]),
        (f'data: {{"{KEY}": 1}}\n', [SECRET]),
        ('data: {"api_key": "tops3cret", "b": "c"}\n', ["tops3cret"]),
        ('  "api_key": "tops3cret",\n', ["tops3cret"]),
        ('data: {"cookies": {"cookie": ["a", "b"]}}\n', ["a", "b"]),
        ('data: {"password": {"type": "string"}}\n', []),
        ('data: {"logprobs": {"content": [{"token": "Hello"}]}}\n', []),
        ('data: {"token": "Hello"}\n', ["Hello"]),
        ('data: {"a": "b"}\n', []),
        ("\n", []),
        ("data\n", []),
    ],
)
def test_a_line_is_read_as_what_it_is(line, secrets):
    assert secrets_in(line) == secrets


def test_an_escaped_character_is_secret_with_its_whole_escape():
    assert secrets_in('data: {"a": "sk-\\u0061' + SECRET[1:] + '"}\n') == ["\\u0061" + SECRET[1:]]


def test_a_known_value_with_quotes_is_found_where_it_is_escaped():
    finder = Finder(['pass"word\\1!'])
    assert secrets_in('data: {"a": "pass\\"word\\\\1!"}\n', finder=finder) == ['pass\\"word\\\\1!']


def test_a_secret_in_two_lines_is_found_with_the_second():
    assert secrets_in(f'data: {{"a": "{KEY[:9]}"}}\n', "\n", f'data: {{"a": "{KEY[9:]}"}}\n') == [
        KEY[3:9],
        KEY[9:],
    ]


def test_plain_text_may_begin_with_a_quote():
    assert secrets_in(f'data: "{KEY[:9]}\n', "\n", f"data: {KEY[9:]}\n") == [KEY[3:9], KEY[9:]]


def test_bottomless_json_is_judged_too():
    deep = "data: " + "[" * 100_000
    assert secrets_in(f'{deep}"{KEY[:9]}"\n', f'{deep}"{KEY[9:]}"\n') == [KEY[3:9], KEY[9:]]


def test_the_short_way_and_the_long_way_come_to_the_same():
    judge = LineJudge(Finder())
    assert judge.judge('data: {"id": "fp_1", "content": "Hi"}\n', 0) == []
    assert judge.open_ends == ()
