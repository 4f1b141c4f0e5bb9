"""Secrets out of the parts of an exchange."""

import base64
import json

import msgspec
import pytest

from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.cassette.redact import MAX_REMEMBERED, PLACEHOLDER, Redactor
from tests.cassette.samples import asked, tape

SECRET = "a1B2c3D4" * 5
KEY = "sk-" + SECRET


def request(uri: str = "http://h/x", headers: tuple = (), body: object = None) -> Request:
    return Request(
        "POST", uri, headers, body if body is None or isinstance(body, bytes) else json.dumps(body).encode()
    )


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Accept", "text/event-stream", "text/event-stream"),
        ("Content-Type", "application/json", "application/json"),
        ("Authorization", f"Bearer {KEY}", PLACEHOLDER),
        ("X-Api-Key", "x", PLACEHOLDER),
        ("X-Account", "acc_1", PLACEHOLDER),
        ("Cookie", "a=b; c=d", "a=REDACTED; c=REDACTED"),
        ("Set-Cookie", "sid=abc; Path=/; Max-Age=5", "sid=REDACTED; Path=/; Max-Age=5"),
        ("Referer", "http://h/?token=abc&x=1", "http://h/?token=REDACTED&x=1"),
        ("Location", f"/next?k={KEY}", "/next?k=sk-REDACTED"),
        ("User-Agent", "python/3 (a; b=c)", "python/3 (a; b=c)"),
    ],
)
def test_a_header_is_kept_masked_or_cleaned(name, value, kept):
    assert Redactor().response_head(((name, value),)) == ((name, kept),)


@pytest.mark.parametrize(
    ("uri", "clean"),
    [
        ("http://h/x?a=1&b=%20&c", "http://h/x?a=1&b=%20&c"),
        ("http://h/x?key=abc&a=1#f", "http://h/x?key=REDACTED&a=1#f"),
        ("http://h/x?a=1&access_token=abc", "http://h/x?a=1&access_token=REDACTED"),
        ("https://user:pass@h/x", "https://REDACTED@h/x"),
        (f"http://h/bot/{KEY}/x", "http://h/bot/sk-REDACTED/x"),
        ("http://h/x?q=token", "http://h/x?q=token"),
    ],
)
def test_an_address_loses_its_credentials_and_nothing_else(uri, clean):
    assert Redactor().request(request(uri)).uri == clean


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        ({"api_key": "abc", "n": 1}, {"api_key": PLACEHOLDER, "n": 1}),
        (
            {"a": {"password": "x", "tools": [{"token": {"type": "string"}}]}},
            {"a": {"password": PLACEHOLDER, "tools": [{"token": {"type": "string"}}]}},
        ),
        ({"text": f"my key is {KEY}."}, {"text": "my key is sk-REDACTED."}),
        (
            {"conversation": json.dumps({"secret": "x", "t": KEY})},
            {"conversation": json.dumps({"secret": PLACEHOLDER, "t": "sk-REDACTED"})},
        ),
        ({"max_tokens": 5, "token": 7, "password": ""}, {"max_tokens": 5, "token": 7, "password": ""}),
    ],
    ids=str,
)
def test_a_json_body_loses_its_credentials_and_nothing_else(body, clean):
    assert json.loads(Redactor().request(request(body=body)).body) == clean


def test_a_form_loses_its_credentials():
    form = request(
        headers=(("Content-Type", "application/x-www-form-urlencoded"),), body=b"password=a%20b&x=1"
    )
    assert Redactor().request(form).body == b"password=REDACTED&x=1"


def test_a_body_that_is_no_text_is_kept_as_it_is():
    assert Redactor().request(request(body=b"\xff\xfe\x00")).body == b"\xff\xfe\x00"
    assert Redactor().request(request()).body is None


def test_a_request_without_secrets_is_not_touched():
    assert Redactor().request(asked("Привет 🙂 \u2028")) == asked("Привет 🙂 \u2028")


def test_redacting_twice_changes_nothing_more():
    first = Redactor().request(
        request(
            f"http://u:p@h/?key={KEY}",
            (("Cookie", "a=b"), ("X", KEY)),
            {"token": KEY, "t": f"Bearer {KEY}", "c": json.dumps({"pwd": "x"})},
        )
    )
    assert Redactor().request(first) == first


ECHOES = {
    "a header": (request(headers=(("X-Session-Key", "s3cr3t-value"),)), "s3cr3t-value"),
    "a bearer token": (request(headers=(("Authorization", "Bearer s3cr3t-value"),)), "s3cr3t-value"),
    "a cookie": (request(headers=(("Cookie", "a=1; sid=s3cr3t-value"),)), "s3cr3t-value"),
    "basic credentials": (
        request(headers=(("Authorization", "Basic " + base64.b64encode(b"me:s3cr3t-value").decode()),)),
        "s3cr3t-value",
    ),
    "a parameter": (request("http://h/?key=s3cr3t%2Dvalue"), "s3cr3t-value"),
    "a body": (request(body={"client_secret": "s3cr3t-value"}), "s3cr3t-value"),
}


@pytest.mark.parametrize(("sent", "value"), ECHOES.values(), ids=ECHOES)
def test_a_credential_of_the_request_is_found_in_the_answer(sent, value):
    body = json.dumps(
        {"echo": f"you said {value}", "b64": base64.b64encode(value.encode()).decode()}
    ).encode()
    item = Redactor().interaction(Interaction(sent, Response(200, "OK", (("Server", value),), body)))
    assert value.encode() not in item.response.body
    assert base64.b64encode(value.encode()) not in item.response.body
    assert item.response.headers == (("Server", PLACEHOLDER),)
    assert len(item.response.body) == len(body)


@pytest.mark.parametrize("value", ["Basic", "Basic a", "Basic é", "Basic abcdefghijklm"])
def test_basic_credentials_that_are_no_base64_are_gone_all_the_same(value):
    sent = Redactor().request(request(headers=(("Authorization", value),)))
    assert sent.headers == (("Authorization", PLACEHOLDER),)


def test_a_word_for_a_credential_does_not_spoil_the_answer():
    sent = request(headers=(("Authorization", "Bearer password"), ("X-Token", "undefined")))
    answer = Response(200, "OK", (), b'data: {"content": "the password is undefined"}\n\n')
    assert Redactor().interaction(Interaction(sent, answer)).response == answer


def test_values_from_the_environment_are_found_in_requests_and_answers():
    redactor = Redactor(values=["hunter2-swordfish"])
    item = redactor.interaction(
        Interaction(
            request(body={"t": "is it hunter2-swordfish?"}),
            Response(200, "OK", (), b"it is hunter2-swordfish"),
        )
    )
    assert json.loads(item.request.body) == {"t": "is it REDACTED?"}
    assert item.response.body == b"it is *****************"


def test_an_upstream_has_keys_of_its_own():
    redactor = Redactor(secret_keys=["door_code"])
    assert json.loads(redactor.request(request(body={"doorCode": "1234"})).body) == {"doorCode": PLACEHOLDER}


def test_what_is_remembered_is_bounded_and_what_was_given_stays():
    redactor = Redactor(values=["given-value-1"])
    for number in range(MAX_REMEMBERED + 50):
        redactor.request(request(headers=(("X-Api-Key", f"s3cr3t-value-{number}"),)))
    assert len(redactor._finder.values) == MAX_REMEMBERED + 1
    assert redactor._finder.values[0] == "given-value-1"


def test_pieces_and_times_of_an_answer_stay_as_they_are():
    item = tape(KEY).interactions[0]
    leaky = msgspec.structs.replace(
        item.response, body=item.response.body.replace("Привет 🙂".encode(), KEY.encode()[:17])
    )
    assert Redactor().response(leaky).stream == item.response.stream


def test_a_clean_interaction_is_not_touched():
    assert Redactor().interaction(tape().interactions[0]) == tape().interactions[0]


def test_nothing_is_left_after_redaction_and_a_scan_can_tell():
    item = Interaction(
        request(f"http://h/?key={KEY}", (("X-Api-Key", KEY),), {"t": KEY}),
        Response(200, "OK", (("Set-Cookie", "a=b"),), KEY.encode()),
    )
    redactor = Redactor()
    cassette = tape().__class__((item,))
    assert redactor.left_in(cassette) != []
    assert redactor.left_in(tape().__class__((redactor.interaction(item),))) == []
    assert [hit.kind for hit in redactor.left_in_text(f"x\n{KEY}".encode())] == ["openai-key", "known-value"]


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Set-Cookie", "sid=hunter2; Path=/; HttpOnly", "sid=REDACTED; Path=/; HttpOnly"),
        ("Set-Cookie", "hunter2; Path=/", "REDACTED"),
        ("Set-Cookie", "hunter2", "REDACTED"),
        ("Cookie", "a=hunter2; b=hunter3", "a=REDACTED; b=REDACTED"),
        ("Cookie", "a=1; hunter2", "REDACTED"),
    ],
)
def test_a_cookie_without_a_name_is_all_value(name, value, kept):
    assert Redactor().response_head(((name, value),)) == ((name, kept),)


@pytest.mark.parametrize(
    ("name", "value", "kept"),
    [
        ("Cookie", "a=1;hunter2", "REDACTED"),
        ("Cookie", "a=1; b=2; hunter2", "REDACTED"),
        ("Set-Cookie", "hunter2; Path=/; HttpOnly", "REDACTED"),
    ],
)
def test_a_nameless_cookie_hides_behind_no_other_and_no_attribute(name, value, kept):
    assert Redactor().response_head(((name, value),)) == ((name, kept),)


FORM = (("Content-Type", "application/x-www-form-urlencoded"),)
OWN_KEY = {
    "a parameter": (
        request("http://h/?door_code=s3cr3t-value&a=1"),
        request("http://h/?door_code=REDACTED&a=1"),
    ),
    "a form": (
        request(headers=FORM, body=b"doorCode=1234&a=1"),
        request(headers=FORM, body=b"doorCode=REDACTED&a=1"),
    ),
    "a body": (request(body={"door-code": "s3cr3t-value"}), request(body={"door-code": PLACEHOLDER})),
}


@pytest.mark.parametrize(("sent", "clean"), OWN_KEY.values(), ids=OWN_KEY)
def test_a_key_of_the_upstreams_own_is_one_everywhere_and_for_good(sent, clean):
    redactor = Redactor(secret_keys=["door_code"])
    redactor.remember((("X-Api-Key", "an-0ther-value"),))
    assert redactor.request(sent) == clean


@pytest.mark.parametrize("place", ["a parameter", "a body"])
def test_the_value_of_an_own_key_is_found_in_the_answer(place):
    redactor = Redactor(secret_keys=["door_code"])
    redactor.request(OWN_KEY[place][0])
    assert redactor.response(Response(200, "OK", (), b"it is s3cr3t-value")).body == b"it is ************"


def test_what_was_remembered_is_taken_out_of_words_too():
    redactor = Redactor()
    redactor.remember((("Authorization", "Bearer s3cr3t-value"), ("Accept", "text/event-stream")))
    assert redactor.text("s3cr3t-value is no text/event-stream") == "REDACTED is no text/event-stream"


def test_an_echo_in_the_reason_phrase_is_gone():
    assert Redactor().response(Response(401, f"No {KEY}", (), b"")).reason == "No sk-REDACTED"


def test_a_known_value_that_was_left_in_a_cassette_is_found():
    item = Interaction(request(body={"t": "hunter2-swordfish"}), Response(200, "OK", (), b""))
    assert [hit.kind for hit in Redactor(values=["hunter2-swordfish"]).left_in(Cassette((item,)))] == [
        "known-value"
    ] * 2


def test_half_a_surrogate_pair_is_no_crash():
    assert Redactor().text(f"\ud800 {KEY}") == "\ud800 sk-REDACTED"


@pytest.mark.parametrize(
    ("body", "clean"),
    [
        (b'[{"password": "x"}]', b'[{"password": "REDACTED"}]'),
        (b'\r\n {"password": "x"}\n', b'\r\n {"password": "REDACTED"}\n'),
    ],
)
def test_json_is_known_as_such_by_its_first_sign(body, clean):
    assert Redactor().request(request(body=body)).body == clean


@pytest.mark.parametrize(
    "text", ["first-value-1first-value-2", "first-value-1first-value-1", "first-value-1-too"]
)
def test_secrets_that_touch_or_overlap_are_one(text):
    values = ["first-value-1", "first-value-2", "value-1-too"]
    assert Redactor(values=values).text(f"a {text} z") == "a REDACTED z"


def test_a_credential_that_is_no_unicode_is_found_in_the_answer():
    redactor = Redactor()
    redactor.request(request(body=b'{"token": "s3cr3t-\xff-value"}'))
    assert redactor.response(Response(200, "OK", (), b"s3cr3t-\xff-value!")).body == b"*" * 14 + b"!"


def test_a_password_with_a_colon_is_found_whole():
    redactor = Redactor()
    redactor.remember((("Authorization", "Basic " + base64.b64encode(b"me:s3cr3t:my-value").decode()),))
    assert redactor.text("s3cr3t:my-value") == PLACEHOLDER


def test_basic_credentials_that_are_no_unicode_are_no_crash():
    value = "Basic " + base64.b64encode(b"me:\xff\xfe").decode()
    assert Redactor().request(request(headers=(("Authorization", value),))).headers == (
        ("Authorization", PLACEHOLDER),
    )
