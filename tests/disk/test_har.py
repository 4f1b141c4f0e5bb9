"""HAR files keep no secret, and a bad one is named."""

import json

import pytest

from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.disk.har import load_har, save_har
from harness.errors import CassetteError

KEY = "sk-proj-0123456789abcdefghijABCDEFGHIJ0123456789"


def test_secrets_are_gone_from_the_file(tmp_path):
    asked = Request(
        "POST",
        f"http://x/?api_key={KEY}",
        (("Authorization", f"Bearer {KEY}"),),
        json.dumps({"t": KEY}).encode(),
    )
    save_har(
        Cassette((Interaction(asked, Response(200, "OK", (("Set-Cookie", KEY),), KEY.encode())),)),
        tmp_path / "x.har",
    )
    assert KEY not in (tmp_path / "x.har").read_text()
    assert len(load_har(tmp_path / "x.har").interactions) == 1


def test_the_file_is_json_for_other_tools(tmp_path):
    save_har(
        Cassette((Interaction(Request("GET", "http://x/"), Response(200, "OK", (), "Привет".encode())),)),
        tmp_path / "x.har",
    )
    log = json.loads((tmp_path / "x.har").read_text())["log"]
    assert log["version"] == "1.2"
    assert log["entries"][0]["response"]["content"]["text"] == "Привет"


@pytest.mark.parametrize("data", [b"", b"{", b"\xff\xfe", b"[" * 100_000, b'{"log": {"entries": 1}}'])
def test_a_damaged_file_is_refused_by_name(tmp_path, data):
    (tmp_path / "x.har").write_bytes(data)
    with pytest.raises(CassetteError, match=r"x\.har|HAR"):
        load_har(tmp_path / "x.har")


def test_a_missing_file_is_named(tmp_path):
    with pytest.raises(CassetteError, match=r"none\.har"):
        load_har(tmp_path / "none.har")
