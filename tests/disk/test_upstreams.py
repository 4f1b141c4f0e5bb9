"""A user's own upstreams: read where the settings say, known to every thread, and refused with the file."""

import json
import os
import threading

import pytest

from harness import get_upstream
from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, StreamRecord
from harness.disk import upstreams
from harness.disk.environment import environment_redactor
from harness.disk.schemas import load_schemas
from harness.disk.upstreams import (
    ensure_upstreams,
    forget_upstreams,
    know_upstreams,
    own_upstreams,
    read_upstream,
)
from harness.disk.validation import validate
from harness.errors import UsageError
from harness.net import ReplayServer
from harness.net.session import CassetteSession
from harness.upstreams.registry import upstream_for, upstream_names
from tests.disk.parrot import SCHEMAS, write_parrot
from tests.upstreams.test_profile import RIGHT


@pytest.fixture(autouse=True)
def nothing_stays():
    yield
    forget_upstreams()


@pytest.fixture
def parrot(tmp_path):
    return write_parrot(tmp_path / "parrot")


def known(folder):
    know_upstreams(folder.parent, {"HARNESS_UPSTREAMS": str(folder)})


def tape(chunk, *, name=None):
    body = b"".join(b"data: " + data + b"\n\n" for data in (json.dumps(chunk).encode(), b"BYE"))
    record = StreamRecord((Frame(1.0, len(body)),), End.COMPLETE, 1.0, upstream=name)
    request = Request("POST", "http://127.0.0.1:8181/say", (), b'{"say":"hello"}')
    return Cassette(
        (Interaction(request, Response(200, "OK", (("Content-Type", "text/event-stream"),), body, record)),)
    )


def test_the_settings_file_names_folders_relative_to_itself(tmp_path, parrot):
    (tmp_path / "pyproject.toml").write_text('[tool.harness]\nupstreams = ["parrot"]\n')
    below = tmp_path / "tests"
    below.mkdir()
    know_upstreams(below, {})
    assert own_upstreams()["parrot"].folder == parrot
    assert "parrot" in upstream_names()


def test_the_environment_wins_and_is_parted_as_paths_are(tmp_path, parrot):
    (tmp_path / "pyproject.toml").write_text('[tool.harness]\nupstreams = ["nowhere"]\n')
    other = write_parrot(tmp_path / "other", profile=RIGHT.replace('"parrot"', '"other"'))
    know_upstreams(tmp_path, {"HARNESS_UPSTREAMS": os.pathsep.join(["parrot", str(other)])})
    assert {*own_upstreams()} == {"parrot", "other"}


def test_they_are_read_once_from_where_the_process_stands_and_every_thread_knows_them(
    tmp_path, parrot, monkeypatch
):
    forget_upstreams()
    monkeypatch.chdir(tmp_path)
    monkeypatch.setenv("HARNESS_UPSTREAMS", "parrot")
    found = []
    thread = threading.Thread(target=lambda: found.append(get_upstream("parrot").title))
    thread.start()
    thread.join()
    monkeypatch.delenv("HARNESS_UPSTREAMS")
    monkeypatch.chdir(parrot)
    ensure_upstreams()
    assert found == [get_upstream("parrot").title] == ["Parrot"]


def test_reading_anew_forgets_those_of_before(tmp_path, parrot):
    known(parrot)
    know_upstreams(tmp_path, {})
    with pytest.raises(UsageError, match="no upstream is named 'parrot'"):
        get_upstream("parrot")


def test_a_wrong_one_leaves_what_was_known(tmp_path, parrot):
    known(parrot)
    with pytest.raises(UsageError, match="cannot be read"):
        know_upstreams(tmp_path, {"HARNESS_UPSTREAMS": "nowhere"})
    assert get_upstream("parrot").title == "Parrot"


def test_a_cassette_of_it_is_checked_by_name_and_by_address(parrot):
    known(parrot)
    assert (
        validate(tape({"squawk": "hi"}), upstream="parrot").findings
        == validate(tape({"squawk": "hi"})).findings
        == ()
    )
    assert [finding.rule for finding in validate(tape({"squawk": 5}, name="parrot")).findings] == [
        "chunk-type-wrong"
    ]


def test_a_schema_that_is_read_anew_counts(parrot):
    known(parrot)
    assert validate(tape({"squawk": 5}), upstream="parrot").findings
    (parrot / "schemas" / "chunk.schema.json").write_text("{}")
    known(parrot)
    rules = [finding.rule for finding in validate(tape({"squawk": "x"}), upstream="parrot").findings]
    assert rules == []


def test_sessions_and_servers_know_it(parrot):
    known(parrot)
    cassette = tape({"squawk": "hi"})
    CassetteSession(cassette, upstream="parrot")
    ReplayServer(cassette, upstream="parrot")
    with pytest.raises(UsageError, match="did you mean 'parrot'"):
        CassetteSession(cassette, upstream="parot")


def test_its_own_keys_are_secret(parrot):
    file = parrot / "profile.toml"
    file.write_text(file.read_text().replace("[[events]]", 'secret_keys = ["perch_code"]\n[[events]]', 1))
    known(parrot)
    request = Request("POST", "http://127.0.0.1:8181/say", (), b'{"perch_code":"abcd1234efgh"}')
    assert environment_redactor().request(request).body == b'{"perch_code":"REDACTED"}'


def test_an_own_one_wins_where_it_shares_a_path_with_another(tmp_path):
    known(write_parrot(tmp_path / "mine", profile=RIGHT.replace('"/say"', '"/v1/chat/completions"')))
    assert upstream_for("POST", "http://x/v1/chat/completions").name == "parrot"


@pytest.mark.parametrize(
    ("file", "text", "said"),
    [
        (
            "profile.toml",
            RIGHT.replace('"parrot"', '"openai-chat"'),
            "belongs to an upstream that comes with",
        ),
        ("profile.toml", RIGHT.replace("terminal", "terminl"), "did you mean 'terminal'?"),
        ("profile.toml", "#" * (upstreams.MAX_PROFILE + 1), "too large"),
        ("profile.toml", b"\xff", "no UTF-8"),
        ("profile.toml", None, "cannot be read"),
        ("schemas/chunk.schema.json", None, "cannot be read"),
        ("schemas/chunk.schema.json", "{", "no JSON"),
        ("schemas/chunk.schema.json", "[]", "no JSON object"),
        ("schemas/chunk.schema.json", " " * (upstreams.MAX_SCHEMA + 1), "too large"),
        ("schemas/chunk.schema.json", '{"a":' * 70 + "1" + "}" * 70, "nested too deeply"),
        ("schemas/chunk.schema.json", '{"a":' * 9000 + "1" + "}" * 9000, "too deeply"),
    ],
)
def test_what_is_wrong_is_said_with_the_file(parrot, file, text, said):
    path = parrot / file
    path.unlink() if text is None else path.write_bytes(text if isinstance(text, bytes) else text.encode())
    with pytest.raises(UsageError) as caught:
        known(parrot)
    assert said in str(caught.value)
    if "belongs" not in said:
        assert str(caught.value).count(str(path)) == 1


@pytest.mark.parametrize("file", ["profile.toml", "schemas/chunk.schema.json"])
def test_what_is_no_ordinary_file_is_refused_and_not_waited_for(parrot, file):
    (parrot / file).unlink()
    os.mkfifo(parrot / file)
    with pytest.raises(UsageError, match="no ordinary file") as caught:
        read_upstream(parrot)
    assert caught.value.where == str(parrot / file)


def test_a_schema_that_is_none_is_refused_where_it_lies(parrot):
    (parrot / "schemas" / "chunk.schema.json").write_text('{"type": 5}')
    known(parrot)
    with pytest.raises(UsageError, match="no usable schema document") as caught:
        validate(tape({}), upstream="parrot")
    assert caught.value.where == str(parrot / "schemas" / "chunk.schema.json")


def test_a_schema_that_points_elsewhere_is_refused_and_nothing_is_fetched(parrot):
    (parrot / "schemas" / "chunk.schema.json").write_text('{"$ref": "http://127.0.0.1:9/x.json"}')
    known(parrot)
    with pytest.raises(UsageError, match=r"may not point outside|no usable schema") as caught:
        validate(tape({}), upstream="parrot")
    assert caught.value.where == str(parrot / "schemas" / "chunk.schema.json")
    assert "#/$defs/NAME" in str(caught.value.help)


def test_two_of_one_name_and_too_many_are_refused(tmp_path, parrot):
    two = write_parrot(tmp_path / "two")
    with pytest.raises(UsageError, match="Two upstreams are named 'parrot'"):
        know_upstreams(tmp_path, {"HARNESS_UPSTREAMS": os.pathsep.join([str(parrot), str(two)])})
    with pytest.raises(UsageError, match="65 folders"):
        know_upstreams(tmp_path, {"HARNESS_UPSTREAMS": os.pathsep.join(["x"] * 65)})


def test_its_documents_are_those_of_its_folder(parrot):
    own = read_upstream(parrot)
    known(parrot)
    assert load_schemas(get_upstream("parrot")) == own.documents == SCHEMAS


@pytest.mark.parametrize("value", ['"parrot"', "[1]", "5", '[""]'])
def test_the_setting_is_a_list_of_texts(tmp_path, value):
    (tmp_path / "pyproject.toml").write_text(f"[tool.harness]\nupstreams = {value}\n")
    with pytest.raises(UsageError, match="no list of texts"):
        know_upstreams(tmp_path, {})
