"""The session keeps the books: what may be played, what may be recorded, and what is saved in the end."""

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime
from pathlib import Path

import pytest

from harness import Cassette, Interaction, Request, Response, load_cassette, save_cassette
from harness.errors import CassetteMiss, NothingRecordedError
from harness.net.session import CassetteSession
from harness.net.tap import Head, WireEnd

NOW = datetime(2026, 11, 22, 12, tzinfo=UTC)
ASK = Request("POST", "http://127.0.0.1:1/api/converse-edge", (), b'{"n": 1}')
OTHER = Request("POST", "http://127.0.0.1:1/api/converse-edge", (), b'{"n": 2}')


def play(session: CassetteSession, request: Request, *headers: tuple[str, str]) -> None:
    recorder = session.record(request, sent_at=NOW)
    recorder.head(Head(200, "OK", headers, "1.1", ""))
    recorder.piece(1.0, b"hello")
    recorder.over(WireEnd.CLEAN, 2.0)


def opened(path: Path | Cassette, mode: str = "none", **more) -> CassetteSession:
    session = CassetteSession(path, mode=mode, **more)
    session.open()
    return session


@pytest.mark.parametrize(
    ("mode", "records"), [("none", False), ("once", True), ("new_episodes", True), ("all", True)]
)
def test_without_a_tape_the_mode_says_whether_a_request_is_recorded(tmp_path, mode, records):
    session = opened(tmp_path / "t.yaml", mode)
    if records:
        assert session.find(ASK) is None
    else:
        with pytest.raises(CassetteMiss):
            session.find(ASK)
    session.close(failed=True)
    assert list(tmp_path.iterdir()) == []


def test_what_was_recorded_says_when_from_whom_and_how_it_ended(tmp_path):
    session = opened(tmp_path / "t.yaml", "all")
    session.find(ASK)
    play(session, ASK)
    session.close(failed=False)
    stream = load_cassette(tmp_path / "t.yaml").interactions[0].response.stream
    assert (stream.recorded_at, stream.upstream, stream.source) == (
        "2026-11-22T12:00:00Z",
        "vitalentum",
        "independent",
    )
    assert (stream.end, stream.end_ms, stream.frames[0].at_ms) == ("complete", 2.0, 1.0)


@pytest.mark.parametrize(
    ("uri", "headers", "said", "source"),
    [
        ("https://app.vitalentum.io/api/converse-edge", [], None, "live"),
        ("http://127.0.0.1:1/api/converse-edge", [], None, "independent"),
        ("https://app.vitalentum.io.evil.example/api/converse-edge", [], None, "independent"),
        ("http://127.0.0.1:1/api/converse-edge", [("X-Harness-Standin", "1")], None, "stand-in"),
        ("https://app.vitalentum.io/api/converse-edge", [("X-Harness-Standin", "1")], "live", "stand-in"),
        ("http://127.0.0.1:1/api/converse-edge", [], "imported", "imported"),
    ],
)
def test_what_is_not_the_live_service_never_claims_to_be(tmp_path, uri, headers, said, source):
    session = opened(tmp_path / "t.yaml", "all", source=said)
    request = Request("POST", uri, (), b"{}")
    session.find(request)
    play(session, request, *headers)
    session.close(failed=False)
    assert load_cassette(tmp_path / "t.yaml").interactions[0].response.stream.source == source


def test_once_adds_nothing_to_a_tape_that_is_there(tmp_path):
    save_cassette(Cassette((Interaction(ASK, Response(200, "OK", (), b"hello")),)), tmp_path / "t.yaml")
    session = opened(tmp_path / "t.yaml", "once")
    assert session.find(ASK) is not None
    with pytest.raises(CassetteMiss) as caught:
        session.find(OTHER)
    assert caught.value.reason == "no-match"


def test_unplayed_recordings_are_known(tmp_path):
    tape = Cassette((Interaction(ASK, Response(200, "OK")), Interaction(OTHER, Response(200, "OK"))))
    session = opened(tape)
    session.find(OTHER)
    assert [item.request for item in session.unplayed] == [ASK]


def test_the_books_tell_what_was_played_recorded_and_missed(tmp_path):
    save_cassette(Cassette((Interaction(ASK, Response(200, "OK", (), b"hello")),)), tmp_path / "t.yaml")
    session = opened(tmp_path / "t.yaml", "new_episodes")
    for asked in (ASK, OTHER):
        session.find(asked)
    assert (session.played, session.passed, session.recorded) == (1, 2, 0)
    play(session, OTHER)
    assert (session.recorded, len(session.on_tape), session.may_record) == (1, 1, True)
    session.close(failed=False)


def test_what_a_failed_run_recorded_over_a_good_tape_does_not_count(tmp_path):
    save_cassette(Cassette((Interaction(ASK, Response(200, "OK", (), b"hello")),)), tmp_path / "t.yaml")
    session = opened(tmp_path / "t.yaml", "all")
    session.find(OTHER)
    play(session, OTHER)
    session.close(failed=True)
    assert (session.recorded, len(load_cassette(tmp_path / "t.yaml").interactions)) == (0, 1)


def test_a_miss_is_kept_for_whoever_did_not_see_it():
    session = opened(Cassette())
    with pytest.raises(CassetteMiss) as caught:
        session.find(ASK)
    assert (session.misses, session.passed, session.may_record) == ([caught.value], 0, False)


def test_threads_that_record_at_once_all_arrive(tmp_path):
    session = opened(tmp_path / "t.yaml", "all")
    asked = [Request("POST", "http://127.0.0.1:1/x", (), b'{"n": %d}' % n) for n in range(40)]
    with ThreadPoolExecutor(8) as threads:
        list(threads.map(lambda request: (session.find(request), play(session, request)), asked))
    session.close(failed=False)
    bodies = {item.request.body for item in load_cassette(tmp_path / "t.yaml").interactions}
    assert bodies == {request.body for request in asked}


def test_a_failure_of_the_recording_is_raised_in_the_end_and_not_before(tmp_path):
    session = opened(tmp_path / "t.yaml", "all")
    session.find(ASK)
    recorder = session.record(ASK, sent_at=NOW)
    recorder.attempt(lambda: 1 / 0)
    with pytest.raises(ZeroDivisionError):
        session.close(failed=False)


def test_nothing_passed_and_nothing_is_said_only_when_the_caller_has_failed():
    opened(Cassette()).close(failed=True)
    opened(Cassette()).close(failed=False, strict=False)
    with pytest.raises(NothingRecordedError):
        opened(Cassette()).close(failed=False)


def test_a_request_with_a_secret_of_the_environment_finds_its_recording_when_that_has_changed(
    tmp_path, monkeypatch
):
    for mode, secret in (("once", "hunter2-swordfish"), ("none", "another-secret-1")):
        monkeypatch.setenv("DEMO_PASSWORD", secret)
        request = Request("POST", ASK.uri, (), f'{{"text": "log in with {secret}"}}'.encode())
        session = opened(tmp_path / "t.yaml", mode)
        if session.find(request) is None:
            play(session, request)
        session.close(failed=False, strict=False)
    assert session.played == 1
    assert "hunter2" not in (tmp_path / "t.yaml").read_text()
