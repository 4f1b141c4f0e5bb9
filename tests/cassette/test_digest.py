"""The checksum of an interaction: what it covers, and what it does not mind."""

import msgspec
import pytest

from harness.cassette.digest import digest, digest_matches, seal, sealed
from harness.cassette.format import dumps, loads
from harness.cassette.model import Cassette, End, Frame, Interaction
from tests.cassette.samples import tape

replace = msgspec.structs.replace


def item() -> Interaction:
    return tape().interactions[0]


def test_a_sealed_interaction_matches_and_an_unsealed_one_says_nothing():
    assert digest_matches(sealed(item())) is True
    assert digest_matches(item()) is None


def test_an_interaction_without_stream_record_has_no_place_for_a_digest():
    plain = Interaction(item().request, replace(item().response, stream=None))
    assert sealed(plain) == plain


def test_sealing_again_changes_nothing():
    assert sealed(sealed(item())) == sealed(item())
    assert seal(seal(tape("a", "b"))) == seal(tape("a", "b"))


def test_a_digest_survives_the_file():
    assert all(map(digest_matches, loads(dumps(seal(tape("a", "b")))).interactions))


@pytest.mark.parametrize(
    "change",
    [
        {"request": {"method": "PUT"}},
        {"request": {"uri": "http://other/"}},
        {"request": {"body": b"{}"}},
        {"request": {"headers": ()}},
        {"response": {"status": 500}},
        {"response": {"reason": "Fine"}},
        {"response": {"headers": ()}},
        {"response": {"body": b"data: x\n\n"}},
        {"stream": {"end": End.SHORT}},
        {"stream": {"end_ms": 1.0}},
        {"stream": {"frames": (Frame(1.0, 2),)}},
        {"stream": {"recorded_at": None}},
        {"stream": {"upstream": "other"}},
        {"stream": {"source": None}},
        {"stream": {"recorded_from": "x"}},
        {"stream": {"http_version": "1.0"}},
        {"stream": {"content_encoding": "gzip"}},
        {"stream": {"broken_chunk_ms": 1.0}},
    ],
    ids=str,
)
def test_any_change_is_noticed(change):
    whole = sealed(item())
    response = replace(whole.response, **change.get("response", {}))
    response = replace(response, stream=replace(response.stream, **change.get("stream", {})))
    assert digest_matches(Interaction(replace(whole.request, **change.get("request", {})), response)) is False


def test_the_order_of_headers_with_different_names_does_not_count():
    headers = (("A", "1"), ("B", "2"), ("A", "3"))
    other = (("B", "2"), ("A", "1"), ("A", "3"))
    one, two = (
        Interaction(item().request, replace(item().response, headers=each)) for each in (headers, other)
    )
    assert digest(one) == digest(two)


def test_one_flipped_bit_in_the_file_is_noticed():
    data = dumps(seal(Cassette((item(),))))
    at = data.index("Привет".encode())
    flipped = data[:at] + bytes([data[at] ^ 1, data[at + 1]]) + data[at + 2 :]
    assert digest_matches(loads(flipped).interactions[0]) is False
