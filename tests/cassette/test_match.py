"""When two requests are the same, and how the difference is told."""

import json
import time

import msgspec
import pytest

from harness.cassette.match import MAX_DIFFERENCES, Kind, canonical, differences
from harness.cassette.model import Request
from harness.upstreams.registry import get_upstream
from tests.cassette.samples import asked

VITALENTUM = get_upstream("vitalentum")


def post(body: object, uri: str = "http://h/x", method: str = "POST") -> Request:
    return Request(method, uri, (), body if isinstance(body, bytes) else json.dumps(body).encode())


def same(one: Request, other: Request) -> bool:
    return canonical(one).key == canonical(other).key


def told(recorded: Request, request: Request) -> list[str]:
    return [str(each) for each in differences(canonical(recorded), canonical(request))]


def converse(conversation: object, temperature: object = 0.7) -> Request:
    return post({"conversation": conversation, "temperature": temperature}, "http://h/api/converse-edge")


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (post({"a": 1, "b": 2}), post(b'{ "b":2.0,\n"a":1 }')),
        (post({"a": 0.7}), post(b'{"a": 0.70}')),
        (post({"a": -0.0}), post({"a": 0})),
        (post({"a": "\u00e9"}), post('{"a": "é"}'.encode())),
        (post({}, "http://a:1/x?b=2&a=1"), post({}, "https://b/x?a=1&b=2")),
        (post({}, "http://h"), post({}, "http://h/")),
        (Request("get", "/x"), Request("GET", "/x", (("Accept", "*/*"),), b"")),
        (converse('{"history": []}'), converse('{"history":[]}')),
        (converse("{}", "0.7"), converse("{}", 0.7)),
        (converse("{}", 1.0), converse("{}", "1")),
    ],
    ids=[
        "spacing and order",
        "0.70",
        "-0",
        "escapes",
        "host and query order",
        "no path",
        "headers",
        "inner spacing",
        "'0.7'",
        "'1'",
    ],
)
def test_what_means_the_same_matches(one, other):
    assert same(one, other)
    assert told(one, other) == []


@pytest.mark.parametrize(
    ("one", "other", "story"),
    [
        (post({"a": 1}), post({"a": 2}), ["$.a: recorded 1, asked 2"]),
        (post({"a": 1}), post({"a": True}), ["$.a: recorded 1, asked true"]),
        (post({"a": 1}), post({"a": "1"}), ['$.a: recorded 1, asked "1"']),
        (post({"a": None}), post({}), ["$.a: recorded null, asked nothing"]),
        (post({"a": [1, 2]}), post({"a": [1]}), ["$.a[1]: recorded 2, asked nothing"]),
        (post([1]), post({"a": 1}), ['$: recorded [1], asked {"a": 1}']),
        (
            post({"a": 2**64}),
            post({"a": 2**64 + 1}),
            ["$.a: recorded 18446744073709551616, asked 18446744073709551617"],
        ),
        (post({}), post({}, method="PUT"), ['method: recorded "POST", asked "PUT"']),
        (post({}), post({}, "http://h/y"), ['path: recorded "/x", asked "/y"']),
        (post({}, "/x?a=1"), post({}, "/x?a=2"), ['query: recorded [["a", "1"]], asked [["a", "2"]]']),
        (post(b"a=1"), post(b"a=2"), ['body: recorded "a=1", asked "a=2"']),
        (post(b"a=1"), post({}), ['body: recorded "a=1", asked a JSON body']),
        (
            post(b'{"a":1,"a":2}'),
            post({"a": 2}),
            ['body: recorded "{\\"a\\":1,\\"a\\":2}", asked a JSON body'],
        ),
        (post(b""), post({}), ["body: recorded no body, asked a JSON body"]),
        (converse("{}"), converse({}), ["$.conversation: recorded a JSON string, asked not a JSON string"]),
        (converse("{}", "hot"), converse("{}", 0.7), ['$.temperature: recorded "hot", asked 0.7']),
    ],
    ids=str,
)
def test_what_differs_does_not_match_and_the_difference_has_a_place(one, other, story):
    assert not same(one, other)
    assert told(one, other) == story


def test_a_form_matches_whatever_its_boundary_and_tells_what_differs():
    one, same_one, other = multipart("a1b2", "Hello"), multipart("c3d4", "Hello"), multipart("c3d4", "Bye")
    assert same(one, same_one)
    assert told(one, same_one) == []
    assert told(one, other) == ['$[0].content: recorded "Hello", asked "Bye"']


def test_a_form_and_the_json_that_looks_like_it_are_not_the_same():
    form = Request("POST", "/x", (("Content-Type", "application/x-www-form-urlencoded"),), b"a=1")
    assert told(form, post([["a", "1"]], "/x")) == ["body: recorded a form, asked a JSON body"]
    assert not same(form, post([["a", "1"]], "/x"))


def multipart(boundary: str, text: str) -> Request:
    head = (("Content-Type", f"multipart/form-data; boundary={boundary}"),)
    part = 'Content-Disposition: form-data; name="say"'
    return Request("POST", "/x", head, f"--{boundary}\r\n{part}\r\n\r\n{text}\r\n--{boundary}--\r\n".encode())


def test_a_difference_inside_the_conversation_is_told_inside_the_conversation():
    assert told(asked("Hello"), asked("Goodbye")) == [
        '$.conversation.history[0].text: recorded "Hello", asked "Goodbye"'
    ]


def test_a_long_text_is_shown_where_it_differs():
    (story,) = told(post({"a": "x" * 500 + "left"}), post({"a": "x" * 500 + "right"}))
    assert 'left"' in story
    assert 'right"' in story
    assert len(story) < 160


def test_differences_are_bounded():
    assert len(told(post(list(range(100))), post([0.5] * 100))) == MAX_DIFFERENCES


def test_volatile_fields_do_not_count():
    profile = msgspec.structs.replace(VITALENTUM, volatile=("id",))
    one, other = (canonical(post({"a": 1, "id": number}), profile) for number in (1, 2))
    assert one.key == other.key


def test_a_profile_can_be_named_for_an_address_of_its_own():
    one, other = post({"conversation": '{"a": 1}'}), post({"conversation": '{"a":1}'})
    assert not same(one, other)
    assert canonical(one, VITALENTUM).key == canonical(other, VITALENTUM).key


def test_a_bottomless_body_is_compared_as_bytes():
    deep = post(b"[" * 100_000)
    assert same(deep, deep)
    assert canonical(deep).kind is Kind.BYTES


@pytest.mark.parametrize("levels", [99, 100, 500, 990])
def test_a_deep_body_is_compared_all_the_same(levels):
    deep, other = (post(b'{"a":' * levels + end + b"}" * levels) for end in (b"1", b"2"))
    assert same(deep, deep)
    assert len(told(deep, other)) == 1


def test_words_that_are_no_json_are_compared_as_bytes():
    assert same(post(b'{"a": NaN}'), post(b'{"a": NaN}'))
    assert canonical(post(b'{"a": NaN}')).kind is Kind.BYTES


def test_a_key_takes_its_time_once():
    request = asked("x" * 100_000)
    before = time.process_time()
    canonical(request).key  # noqa: B018 - the time is the fact
    assert time.process_time() - before < 0.1
