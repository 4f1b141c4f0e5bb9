"""Old shapes become today's, later versions are told kindly."""

import pytest

from harness.cassette.migrate import from_httpx_shape, to_current
from harness.cassette.model import Cassette
from harness.errors import CassetteError

REQUEST = {"method": "GET", "uri": "http://h/", "body": None, "headers": {}}
HTTPX_SHAPE = {
    "status_code": 200,
    "http_version": "HTTP/1.1",
    "headers": {"a": ["b"]},
    "content": "data: x\n\n",
}
PLAIN = {"status": {"code": 200, "message": "OK"}, "headers": {}, "body": {"string": "x"}}


def document(response: object, version: object = 1) -> dict:
    return {"interactions": [{"request": REQUEST, "response": response}], "version": version}


def test_a_plain_tape_of_vcrpy_is_current():
    assert to_current(document(PLAIN)) == document(PLAIN)


def test_the_httpx_shape_of_vcrpy_4_becomes_todays():
    (item,) = Cassette.from_document(document(HTTPX_SHAPE)).interactions
    assert (item.response.status, item.response.reason, item.response.body) == (200, "", b"data: x\n\n")
    assert item.response.headers == (("a", "b"),)


def test_todays_shape_passes_every_step_unchanged():
    assert from_httpx_shape(PLAIN) is PLAIN


def test_the_document_that_was_handed_in_is_not_changed():
    given = document(dict(HTTPX_SHAPE))
    to_current(given)
    assert given == document(HTTPX_SHAPE)


@pytest.mark.parametrize(
    ("given", "where"),
    [
        (document(PLAIN, version=2), "version"),
        (document({**PLAIN, "stream": {"version": 2}}), "interactions[0].response.stream.version"),
    ],
)
def test_a_file_from_the_future_is_told_to_update(given, where):
    with pytest.raises(CassetteError, match="newer version") as caught:
        to_current(given)
    assert caught.value.where == where
    assert "pip install --upgrade" in caught.value.help


def test_a_tape_from_before_vcrpy_1_is_told_its_way():
    with pytest.raises(CassetteError, match=r"older than vcrpy 1\.0") as caught:
        to_current([{"request": {}, "response": {}}])
    assert "vcr.migration" in caught.value.help
