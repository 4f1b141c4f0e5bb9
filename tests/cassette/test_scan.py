"""What a scan finds, and how it says so without saying it."""

import json
import time

import pytest

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
    assert [
        hit.where for hit in scan_cassette(Cassette((*tape().interactions, Interaction(request, response))))
    ] == [
        "interactions[1].request.uri token",
        "interactions[1].request.uri",
        "interactions[1].request.headers X-Api-Key",
        "interactions[1].request.headers Accept",
        "interactions[1].request.body line 1",
        "interactions[1].request.body $.t",
        "interactions[1].response.headers Set-Cookie",
        "interactions[1].response.body $.password",
    ]


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
