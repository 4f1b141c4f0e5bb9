"""What a scan finds, and how it says so without saying it."""

import json
import time

import pytest

from harness.cassette.finder import Finder
from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.cassette.scan import Hit, scan, scan_cassette
from tests.cassette.samples import tape

SECRET = "a1B2c3D4" * 5
KEY = "sk-" + SECRET


def event(text: str, index: int = 0) -> str:
    return f'data: {{"choices":[{{"index":{index},"delta":{{"content":{json.dumps(text)}}}}}]}}\n\n'


@pytest.mark.parametrize(
    ("source", "hits"),
    [
        (f"x\n{KEY}\n", [Hit("openai-key", "line 2")]),
        (event("a") + event(KEY[:9]) + event(KEY[9:]), [Hit("openai-key", "$.choices[0].delta.content")]),
        (
            event(KEY[:9], 1) + event("!", 0) + event(KEY[9:], 1),
            [Hit("openai-key", "$.choices[1].delta.content")],
        ),
        ('data: {"a": {"api_key": "x"}}\n\n', [Hit("named-value", "$.a.api_key")]),
        ('{\n "a": {\n  "api_key": "x"\n }\n}', [Hit("named-value", "$.a.api_key")]),
        ('data: {"arguments": "{\\"pwd\\": \\"x\\"}"}\n\n', [Hit("named-value", "$.arguments")]),
        ('data: {"a": "sk-\\u0061' + SECRET[1:] + '"}\n\n', [Hit("openai-key", "$.a")]),
        ('data: {"api_key": "****", "password": "REDACTED", "token": ""}\n\n', []),
        ('data: {"arguments": "{\\"pwd\\": \\"****\\"}"}\n\n', []),
        ('data: {"logprobs": {"content": [{"token": "Hi"}]}}\n\n', []),
        (event("sk-learn"), []),
        ("", []),
    ],
    ids=str,
)
def test_a_text_is_searched_line_by_line_and_path_by_path(source, hits):
    assert scan(source) == hits
    assert scan(source.encode()) == hits


def test_known_values_and_own_keys_are_sought_too():
    assert scan("say hunter2-swordfish", values=["hunter2-swordfish"]) == [Hit("known-value", "line 1")]
    assert scan('{"doorCode": "1"}', secret_keys=["door_code"]) == [Hit("named-value", "$.doorCode")]


def test_every_part_of_a_cassette_is_searched():
    request = Request(
        "POST",
        f"http://h/?token=x&q={KEY}",
        (("X-Api-Key", "y"), ("Accept", KEY)),
        f'{{"t": "{KEY}"}}'.encode(),
    )
    response = Response(
        200, "OK", (("Set-Cookie", "a=b"), ("X-Custom", "kept by others")), b'{"password": "z"}'
    )
    assert scan_cassette(Cassette((*tape().interactions, Interaction(request, response)))) == [
        Hit("parameter", "interactions[1].request.uri token"),
        Hit("openai-key", "interactions[1].request.uri"),
        Hit("header", "interactions[1].request.headers X-Api-Key"),
        Hit("openai-key", "interactions[1].request.headers Accept"),
        Hit("openai-key", "interactions[1].request.body line 1"),
        Hit("openai-key", "interactions[1].request.body $.t"),
        Hit("header", "interactions[1].response.headers Set-Cookie"),
        Hit("named-value", "interactions[1].response.body $.password"),
    ]


def hits_of(uri: str = "http://h/", *headers: tuple[str, str]) -> list[Hit]:
    item = Interaction(Request("GET", uri, headers, None), Response(200, "OK", (), b""))
    return scan_cassette(Cassette((item,)), Finder((), ["door_code"]))


@pytest.mark.parametrize(
    ("name", "value", "is_covered"),
    [
        ("Cookie", "a=REDACTED; b=REDACTED", True),
        ("Cookie", "a=REDACTED;b=****", True),
        ("Cookie", "REDACTED", True),
        ("Cookie", "a=REDACTED; b=x", False),
        ("Cookie", "a=x=REDACTED", False),
        ("Set-Cookie", "a=REDACTED; Path=/; HttpOnly", True),
        ("Set-Cookie", "a=x; Path=/", False),
        ("X-Api-Key", "REDACTED", True),
        ("X-Api-Key", "a=REDACTED; b=REDACTED", False),
    ],
)
def test_a_header_is_covered_when_each_of_its_values_is(name, value, is_covered):
    hits = [] if is_covered else [Hit("header", f"interactions[0].request.headers {name}")]
    assert hits_of("http://h/", (name, value)) == hits


@pytest.mark.parametrize(
    ("query", "left"),
    [
        ("token=REDACTED", []),
        ("token=REDACTED#part", []),
        ("token=x#REDACTED", ["token"]),
        ("token=x=REDACTED", ["token"]),
        ("a=1&doorCode=1234", ["doorCode"]),
        ("doorCode=REDACTED;key=x", ["key"]),
    ],
)
def test_a_parameter_is_covered_when_its_whole_value_is(query, left):
    hits = [Hit("parameter", f"interactions[0].request.uri {name}") for name in left]
    assert hits_of(f"http://h/?{query}") == hits


def test_a_hit_never_shows_the_value():
    hits = scan(f'{KEY} {{"password": "hunter2"}}\n{{"password": "hunter2"}}')
    assert hits
    assert SECRET[:6] not in str(hits)
    assert "hunter2" not in str(hits)


def test_bottomless_json_is_no_crash():
    assert scan("[" * 100_000 + f'"{KEY}"') == [Hit("openai-key", "line 1")]
    assert scan('{"a":' * 900 + f'"{KEY}"' + "}" * 900) == [Hit("openai-key", "line 1")]


def test_a_megabyte_takes_a_fraction_of_a_second():
    text = event("hello") * 11_000
    before = time.process_time()
    assert scan(text) == []
    assert time.process_time() - before < 1
