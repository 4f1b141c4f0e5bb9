"""Which recording plays next, and the story of a miss."""

import time

import msgspec
import pytest

from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.cassette.player import Player
from harness.cassette.redact import Redactor
from harness.errors import CassetteMiss
from tests.cassette.samples import asked, tape


def reason_of(player: Player, request: Request) -> str:
    with pytest.raises(CassetteMiss) as caught:
        player.find(request)
    return caught.value.reason


def test_a_request_gets_its_own_recording_in_any_order():
    cassette = tape("A", "B")
    player = Player(cassette)
    assert player.find(asked("B")) is cassette.interactions[1]
    assert player.find(asked("A")) is cassette.interactions[0]


def test_repeats_play_in_the_order_they_were_recorded():
    replies = [Interaction(asked(), Response(200, "OK", (), str(number).encode())) for number in range(3)]
    player = Player(Cassette(tuple(replies)))
    assert [player.find(asked()) for _ in replies] == replies


def test_each_interaction_plays_once_unless_repeats_are_allowed():
    assert Player(tape()).find(asked()) is not None
    player = Player(tape())
    player.find(asked())
    assert reason_of(player, asked()) == "already-played"
    again = Player(tape("A", "A"), repeats=True)
    assert [again.find(asked("A")) for _ in range(5)] == [tape("A").interactions[0]] * 5


def test_what_nobody_asked_for_is_unplayed():
    cassette = tape("A", "B", "C")
    player = Player(cassette)
    player.find(asked("B"))
    assert player.unplayed == (cassette.interactions[0], cassette.interactions[2])


@pytest.mark.parametrize(
    ("mode", "on_tape", "on_a_new_tape"),
    [
        ("none", "no-match", "no-recording"),
        ("once", "no-match", None),
        ("new_episodes", None, None),
        ("all", None, None),
    ],
)
def test_a_miss_is_recorded_where_the_mode_says_so(mode, on_tape, on_a_new_tape):
    for cassette, reason in ((tape("A"), on_tape), (Cassette(), on_a_new_tape)):
        player = Player(cassette, mode=mode)
        assert player.may_record == (reason is None)
        if reason is None:
            assert player.find(asked("B")) is None
        else:
            assert reason_of(player, asked("B")) == reason


def test_in_mode_all_nothing_plays():
    player = Player(tape("A"), mode="all")
    assert player.find(asked("A")) is None
    assert player.unplayed == ()


def test_a_miss_tells_the_nearest_recording_the_difference_and_what_to_do():
    player = Player(tape("Hello there", "Something else altogether"), path="tapes/hello.yaml")
    with pytest.raises(CassetteMiss) as caught:
        player.find(asked("Hello here", 0.9))
    error = caught.value
    assert error.reason == "no-match"
    assert error.nearest == "interaction 1"
    assert error.where == "tapes/hello.yaml"
    assert '$.conversation.history[0].text: recorded "Hello there", asked "Hello here"' in str(error)
    assert "$.temperature: recorded 0.7, asked 0.9" in str(error)
    assert "--out tapes/hello.yaml" in error.help
    assert 'mode="new_episodes"' in error.help


def test_the_nearest_recording_is_one_for_the_same_address_if_there_is_any():
    other = Interaction(Request("GET", "http://h/other"), Response(200, "OK"))
    far = Interaction(msgspec.structs.replace(asked("x", 0.1)), Response(200, "OK"))
    with pytest.raises(CassetteMiss) as caught:
        Player(Cassette((other, far))).find(asked("y", 0.2))
    assert caught.value.nearest == "interaction 2"


def test_a_miss_shows_no_secret():
    secret = "sk-proj-" + "a1B2c3D4" * 6
    request = Request(
        "POST",
        f"http://h/x?key={secret}",
        (("Authorization", secret),),
        f'{{"api_key": "{secret}"}}'.encode(),
    )
    with pytest.raises(CassetteMiss) as caught:
        Player(Cassette((Interaction(Request("POST", "http://h/x"), Response(200, "OK")),))).find(request)
    assert "a1B2c3D4" not in str(caught.value)


def test_a_request_with_another_key_finds_its_recording():
    def request(key: str) -> Request:
        return Request(
            "POST", f"http://h/x?api_key={key}", (), f'{{"token": "{key}", "text": "use {key}"}}'.encode()
        )

    recorded = Redactor().request(request("sk-" + "a1B2" * 12))
    player = Player(Cassette((Interaction(recorded, Response(200, "OK")),)))
    assert player.find(request("sk-" + "Z9y8" * 7)) is not None


def test_a_plain_tape_that_kept_its_secrets_still_answers():
    request = Request("POST", "http://h/x?api_key=secret-of-old-1", (), b'{"token": "secret-of-old-1"}')
    player = Player(Cassette((Interaction(request, Response(200, "OK")),)))
    assert player.find(Request("POST", "http://h/x?api_key=new", (), b'{"token": "new"}')) is not None


def test_spelling_does_not_change_the_order_of_repeats():
    spellings = [b'{"a": 1, "b": 2}', b'{"b":2,"a":1}', b'{"a": 1, "b": 2}']
    recorded = [
        Interaction(Request("POST", "http://h/x", (), body), Response(200, "OK", (), str(n).encode()))
        for n, body in enumerate(spellings)
    ]
    player = Player(Cassette(tuple(recorded)))
    asked = [Request("POST", f"http://{host}/x", (), spellings[1]) for host in ("h", "other:8080", "h")]
    assert list(map(player.find, asked)) == recorded


@pytest.mark.parametrize("uri", ["http://h?x=/y", "http://h/y?x", "http://h/y#/y", "http://h//y"])
def test_what_follows_the_host_is_told_apart_letter_by_letter(uri):
    player = Player(Cassette((Interaction(Request("GET", "http://h/y"), Response(200, "OK")),)))
    if uri == "http://h/y#/y":  # a fragment never leaves the client
        assert player.find(Request("GET", uri)) is not None
    else:
        assert reason_of(player, Request("GET", uri)) == "no-match"


def test_a_credential_of_a_request_found_by_its_spelling_is_looked_for_in_the_next():
    secret = "Bearer a1B2c3D4e5F6g7"
    recorded = (
        Interaction(
            Request("POST", "http://h/1", (("Authorization", "REDACTED"),), b"1"), Response(200, "OK")
        ),
        Interaction(Request("POST", "http://h/2", (), b"I am REDACTED"), Response(200, "OK")),
    )
    player = Player(Cassette(recorded))
    player.find(Request("POST", "http://h/1", (("Authorization", secret),), b"1"))
    assert player.find(Request("POST", "http://h/2", (), f"I am {secret}".encode())) is recorded[1]


def test_looking_up_takes_as_long_on_a_large_tape_as_on_a_small_one():
    def seconds(size: int) -> float:
        recorded = tuple(Interaction(asked(str(number)), Response(200, "OK")) for number in range(size))
        player = Player(Cassette(recorded), repeats=True)
        last = asked(str(size - 1))
        before = time.process_time()
        for _ in range(200):
            player.find(last)
        return time.process_time() - before

    small, large = seconds(10), seconds(2000)
    assert large < 5 * small + 0.05
