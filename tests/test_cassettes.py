"""Every committed cassette is what its name says, says where it comes from, and holds no secret."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import pytest
import vcr

from cassettes.record import FOLDER, RECORDINGS, Recording
from harness import Vitalentum, load_cassette, use_cassette, validate
from harness.cassette.digest import digest
from harness.cassette.model import End, Source
from harness.cassette.scan import scan
from harness.errors import (
    HarnessError,
    NotAStreamError,
    ReplyError,
    StalledError,
    StatusError,
    TruncatedError,
)
from harness.upstreams.vitalentum.standin.intake import Question, take_in
from harness.upstreams.vitalentum.standin.scenarios import find_scenario, script
from tests.e2e.independent import recorded_from

if TYPE_CHECKING:
    from pathlib import Path

    from harness import Interaction

ENDS = {
    "no-done": End.TRUNCATED,
    "no-last-newline": End.TRUNCATED,
    "cut-short": End.SHORT,
    "short-length": End.SHORT,
    "reset": End.RESET,
    "stall": End.TIMEOUT,
    "edge-cut-short": End.SHORT,
}
"""How each recording ended, where it did not end as it should."""

ERRORS: dict[str, type[HarnessError]] = {
    "cut-short": TruncatedError,
    "short-length": TruncatedError,
    "reset": TruncatedError,
    "stall": StalledError,
    "error-in-stream": ReplyError,
    "bare-error": ReplyError,
    "rate-limited": StatusError,
    "server-error": StatusError,
    "html-200": NotAStreamError,
    "invalid-temperature": StatusError,
    "edge-cut-short": TruncatedError,
    "edge-over-quota": ReplyError,
    "edge-server-error": ReplyError,
    "edge-invalid-temperature": StatusError,
}
"""What our client raises on the replay, where it raises anything."""

FINDINGS = {
    "no-done": {"terminal-missing"},
    "no-last-newline": {"event-unfinished"},
    "cut-short": {"stream-short"},
    "short-length": {"stream-short"},
    "reset": {"stream-reset"},
    "stall": {"stream-timeout"},
    "error-in-stream": {"error-in-stream"},
    "bare-error": {"error-passed-on"},
    "rate-limited": {"rate-limited"},
    "server-error": {"upstream-failed"},
    "html-200": {"challenge-page"},
    "invalid-temperature": {"request-value-out-of-range"},
    "edge-cut-short": {"stream-short"},
    "edge-over-quota": {"error-passed-on"},
    "edge-server-error": {"error-passed-on"},
    "edge-invalid-temperature": {"request-value-out-of-range"},
}
"""The rules that the contract finds broken, where it finds any."""

RECORDED = {recording.name: recording for recording in RECORDINGS}
every = pytest.mark.parametrize("recording", RECORDINGS, ids=list(RECORDED))
of_the_standin = pytest.mark.parametrize(
    "recording",
    [each for each in RECORDINGS if each.scenario],
    ids=[each.name for each in RECORDINGS if each.scenario],
)


def path_of(recording: Recording) -> Path:
    return FOLDER / f"{recording.name}.yaml"


def the_one_in(recording: Recording) -> Interaction:
    (interaction,) = load_cassette(path_of(recording)).interactions
    return interaction


def test_the_folder_holds_what_is_recorded_and_nothing_else() -> None:
    assert {path.stem for path in FOLDER.glob("*.yaml")} == RECORDED.keys()


@every
def test_a_cassette_says_its_source_and_never_claims_to_be_live(recording: Recording) -> None:
    stream = the_one_in(recording).response.stream

    assert stream is not None
    assert stream.source is (Source.STAND_IN if recording.scenario else Source.INDEPENDENT)
    assert stream.recorded_from == (None if recording.scenario else recorded_from())
    assert stream.upstream == "vitalentum"
    assert urlsplit(the_one_in(recording).request.uri).hostname == "127.0.0.1"


@every
def test_a_cassette_ends_as_its_name_says(recording: Recording) -> None:
    response = the_one_in(recording).response

    assert response.stream is not None
    assert response.stream.end is ENDS.get(recording.name, End.COMPLETE)
    assert sum(frame.size for frame in response.stream.frames) == len(response.body)


@every
def test_a_cassette_is_as_it_was_recorded(recording: Recording) -> None:
    interaction = the_one_in(recording)

    assert interaction.response.stream is not None
    assert interaction.response.stream.digest == digest(interaction)


@of_the_standin
def test_the_stand_in_says_the_same_today(recording: Recording) -> None:
    interaction = the_one_in(recording)
    question = take_in(interaction.request.body or b"")
    body = (
        script(find_scenario(recording.scenario or ""), question).body
        if isinstance(question, Question)
        else question.body
    )

    assert interaction.response.body == body


@every
def test_a_cassette_holds_no_secret(recording: Recording) -> None:
    assert scan(path_of(recording).read_text(encoding="utf-8")) == []


@every
def test_the_contract_finds_what_is_expected(recording: Recording) -> None:
    report = validate(load_cassette(path_of(recording)))

    assert {finding.rule for finding in report.findings} == FINDINGS.get(recording.name, set())


@every
def test_plain_vcrpy_loads_a_cassette(recording: Recording) -> None:
    (loaded,) = vcr.cassette.Cassette.load(path=path_of(recording)).responses

    assert loaded["body"]["string"] == the_one_in(recording).response.body


@every
async def test_a_cassette_plays_and_fails_as_its_name_says(recording: Recording) -> None:
    stream = Vitalentum.create_async_generator("", recording.messages, **recording.fields)

    with use_cassette(path_of(recording)):
        error = None
        try:
            _ = [piece async for piece in stream]
        except HarnessError as raised:
            error = type(raised)

    assert error is ERRORS.get(recording.name)
