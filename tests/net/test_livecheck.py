"""Nobody waits for the check and nothing of it reaches the exchange; its report is the one of the recording."""

import asyncio
import json
import threading
import time
from functools import partial
from pathlib import Path
from typing import Any

import aiohttp
import httpx
import httpx2
import pytest

from harness import Cassette, load_cassette, use_cassette, validate
from harness.cassette.model import End
from harness.contract.live import ExchangeCheck
from harness.errors import ContractError
from harness.finding import Finding, Verdict
from harness.net import livecheck
from harness.net.connector import CassetteConnector
from harness.net.livecheck import LiveCheck
from harness.net.proxy import RecordingProxy
from harness.net.transport import CassetteTransport
from harness.upstreams.registry import get_upstream
from tests.contract.exchange import REPLY_HEADERS, events, request, tape
from tests.net.wire import chunked, served

VITALENTUM = get_upstream("vitalentum")
PATH = "/api/converse-edge"
ASKED = json.loads(request({}).body or b"")
VALID = [f"data: {text}\n\n".encode() for text in events({})]
BROKEN = [f"data: {text}\n\n".encode() for text in events({"events": [1, "Hello", 4, "[DONE]"]})]


def told(check: LiveCheck, pieces: list[bytes], end: End = End.COMPLETE) -> None:
    watch = check.exchange(request({}), VITALENTUM)
    watch.head(200, "OK", REPLY_HEADERS)
    for piece in pieces:
        watch.piece(piece)
    watch.over(end)
    watch.over(End.CRASH)  # the first time counts


def rules(findings: tuple[Finding, ...]) -> list[str]:
    return [finding.rule for finding in findings]


def test_findings_are_told_as_they_come_and_are_in_the_report() -> None:
    heard: list[str] = []
    check = LiveCheck(VITALENTUM, lambda found: heard.append(found.rule))
    told(check, VALID)
    told(check, BROKEN)
    report = check.report()
    assert heard == ["chunk-not-json"]
    (finding,) = report.findings
    assert (finding.rule, finding.interaction, finding.event) == ("chunk-not-json", 2, 2)
    assert (report.verdict, report.summary["interactions"], report.summary["events"]) == (
        Verdict.INVALID,
        2,
        9,
    )


def test_with_one_piece_no_more_is_checked_than_nobody_notices(monkeypatch: pytest.MonkeyPatch) -> None:
    sizes: list[int] = []
    monkeypatch.setattr(ExchangeCheck, "piece", lambda _, data: sizes.append(len(data)))
    check = LiveCheck(VITALENTUM)
    monkeypatch.setattr(check, "work", partial(LiveCheck.work, check, 0.0))
    watch = check.exchange(request({}), VITALENTUM)
    watch.head(200, "OK", REPLY_HEADERS)
    watch.piece(b"x" * (10 * livecheck.SLICE + 1))
    assert sizes == [livecheck.SLICE]
    watch.over(End.COMPLETE)
    assert sizes == 2 * [livecheck.SLICE]
    monkeypatch.undo()
    check.report()


def test_one_thread_at_a_time_checks_and_no_other_waits_for_it(monkeypatch: pytest.MonkeyPatch) -> None:
    let_go, began = threading.Event(), threading.Event()

    def stuck(*_: object) -> None:
        began.set()
        let_go.wait(20)

    monkeypatch.setattr(ExchangeCheck, "head", stuck)
    check = LiveCheck(VITALENTUM)
    one = threading.Thread(target=told, args=(check, VALID))
    one.start()
    assert began.wait(20)
    start = time.perf_counter()
    told(check, BROKEN)
    assert time.perf_counter() - start < 5
    let_go.set()
    one.join()
    assert check.report().summary["interactions"] == 2


def test_a_listener_that_fails_breaks_nothing() -> None:
    def fails(_: Finding) -> None:
        raise ZeroDivisionError

    check = LiveCheck(VITALENTUM, fails)
    told(check, BROKEN)
    assert rules(check.report().findings) == ["chunk-not-json"]


def test_a_fault_of_the_check_leaves_that_exchange_undecided(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = ExchangeCheck.piece

    def fails_once(self: ExchangeCheck, data: bytes) -> None:
        monkeypatch.setattr(ExchangeCheck, "piece", whole)
        raise ZeroDivisionError

    monkeypatch.setattr(ExchangeCheck, "piece", fails_once)
    check = LiveCheck(VITALENTUM)
    told(check, VALID)
    told(check, VALID)
    report = check.report()
    assert [(found.rule, found.interaction, found.message) for found in report.findings] == [
        ("stream-crash", 1, "the check itself failed: ZeroDivisionError")
    ]
    assert report.verdict is Verdict.INCONCLUSIVE


def test_what_waits_to_be_checked_has_a_bound(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(livecheck, "MAX_WAITING", 10)
    check = LiveCheck(VITALENTUM)
    told(check, [VALID[0]])
    assert rules(check.report().findings) == ["stream-limit"]


def test_what_was_played_is_checked_as_it_stands_on_the_tape_and_once() -> None:
    check = LiveCheck(None)
    (interaction,) = tape(
        {"response": {"body": "data: Hello\n\n"}, "ending": {"end": "complete"}}
    ).interactions
    check.played(interaction, VITALENTUM)
    check.played(interaction, VITALENTUM)
    report = check.report()
    (same,) = [validate(Cassette((interaction,)), upstream="vitalentum")]
    assert report.findings == same.findings
    assert report.summary["interactions"] == 1


def test_without_an_exchange_the_report_is_clean() -> None:
    assert LiveCheck(VITALENTUM).report().verdict is Verdict.CLEAN


# In use ----------------------------------------------------------------------------------


async def posted(url: str, **session: Any) -> bytes:
    async with aiohttp.ClientSession(**session) as client, client.post(url + PATH, json=ASKED) as answer:
        return await answer.read()


async def test_a_cassette_in_use_checks_what_is_recorded_and_what_is_played(tmp_path: Path) -> None:
    async with served(chunked(*VALID)) as url:
        async with use_cassette(tmp_path / "good.yaml", mode="once", validate=True) as good:
            await posted(url)
        async with use_cassette(tmp_path / "good.yaml", validate=True) as played:
            await posted(url)
    for session in (good, played):
        assert session.report is not None
        assert session.report.verdict is Verdict.CLEAN
        assert session.report.summary["events"] == 5


@pytest.mark.parametrize("mode", ["once", "none"])
async def test_leaving_raises_what_breaks_the_contract_with_the_report(tmp_path: Path, mode: str) -> None:
    path = tmp_path / "bad.yaml"
    async with served(chunked(*BROKEN)) as url:
        if mode == "none":
            async with use_cassette(path, mode="once"):
                await posted(url)
        with pytest.raises(ContractError, match="chunk-not-json") as caught:
            async with use_cassette(path, mode=mode, validate=True) as session:
                assert await posted(url) == b"".join(BROKEN)
    assert caught.value.report is session.report
    assert rules(caught.value.report.findings) == rules(validate(load_cassette(path)).findings)


async def test_the_callers_own_error_comes_first(tmp_path: Path) -> None:
    async with served(chunked(*BROKEN)) as url:
        with pytest.raises(KeyError):
            async with use_cassette(tmp_path / "bad.yaml", mode="once", validate=True) as session:
                await posted(url)
                raise KeyError
    assert session.report is not None
    assert session.report.verdict is Verdict.INVALID


async def test_without_being_asked_nothing_is_checked(tmp_path: Path) -> None:
    async with served(chunked(*BROKEN)) as url:
        async with use_cassette(tmp_path / "bad.yaml", mode="once") as session:
            await posted(url)
    assert session.report is None


async def test_the_connector_and_the_transport_check_as_well(tmp_path: Path) -> None:
    async with served(chunked(*BROKEN)) as url:
        async with use_cassette(tmp_path / "bad.yaml", mode="once"):
            await posted(url)
        with pytest.raises(ContractError):
            await posted(url, connector=CassetteConnector(tmp_path / "bad.yaml", validate=True))
        for kind in (httpx.Client, httpx2.Client):
            with pytest.raises(ContractError):
                await asyncio.to_thread(post_with, kind, url + PATH, tmp_path / "bad.yaml")


def post_with(kind: Any, url: str, path: Path) -> None:
    with kind(transport=CassetteTransport(path, validate=True)) as client:
        client.post(url, json=ASKED)


async def test_the_proxy_tells_findings_while_a_stream_runs(tmp_path: Path) -> None:
    heard: list[str] = []
    async with served(chunked(*BROKEN)) as url:
        async with RecordingProxy(
            "vitalentum", url, tmp_path, validate=True, on_finding=lambda found: heard.append(found.rule)
        ) as proxy:
            assert await posted(proxy.url) == b"".join(BROKEN)
    assert proxy.report is not None
    assert heard == rules(proxy.report.findings) == ["chunk-not-json"]


def test_an_interaction_of_an_upstream_that_nobody_knows_is_undecided() -> None:
    check = LiveCheck(None)
    watch = check.exchange(request({}), None)
    watch.head(200, "OK", ())
    watch.over(End.COMPLETE)
    assert check.report().verdict is Verdict.INCONCLUSIVE
