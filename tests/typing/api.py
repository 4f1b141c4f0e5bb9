"""The public names as a typed program uses them. Only mypy reads this file; nothing here is run."""

from __future__ import annotations

from typing import assert_type

import harness
from harness import Cassette, Finding, Interaction, Report, Verdict, fuzz, net, sse, upstreams


async def a_reply() -> str:
    pieces = harness.Vitalentum.create_async_generator(
        "gpt-3.5-turbo", [{"role": "user", "content": "Hi"}], top_p=1
    )
    return "".join([assert_type(piece, str) async for piece in pieces])


def cassettes(path: str) -> None:
    cassette = assert_type(harness.load_cassette(path), Cassette)
    harness.save_cassette(cassette, path)
    assert_type(Cassette.from_document({}).to_document(), dict[str, object])
    interaction = assert_type(cassette.interactions[0], Interaction)
    assert_type(interaction.response.body, bytes)
    if interaction.response.stream is not None:
        assert_type(interaction.response.stream.frames[0].at_ms, float)


def checks(cassette: Cassette) -> tuple[Finding, ...]:
    report = assert_type(harness.validate(cassette, upstream="vitalentum"), Report)
    assert_type(report.verdict, Verdict)
    return report.findings


@harness.use_cassette("hello.yaml", pace=2.0, cut="random:7")
async def decorated(question: str) -> int:
    return len(question)


async def uses() -> None:
    with harness.use_cassette("hello.yaml", mode="none"):
        assert_type(await decorated("Hi"), int)
    async with harness.use_cassette("hello.yaml", mode="once"):
        await a_reply()


async def servers() -> None:
    async with net.Standin(scenario="reply") as standin, net.ReplayServer(["a.yaml", Cassette()]) as server:
        assert_type(standin.url, str)
        assert_type(server.url, str)


def streams(data: bytes) -> bytes:
    parser = sse.SSEParser()
    events = assert_type(parser.feed(data) + parser.close(), list[sse.Event])
    return assert_type(sse.encode(events), bytes)


def conversations() -> None:
    text = assert_type(upstreams.vitalentum.encode_conversation([{"role": "user", "content": "Hi"}]), str)
    messages = upstreams.vitalentum.decode_conversation(text)
    assert_type(messages[0].content, str)
    assert_type(harness.get_upstream("vitalentum").name, str)


def kept_cases() -> None:
    for case in harness.found_cases("cassettes/found", target="mychat:parse"):
        assert_type(case.name, str)
        harness.replay_found(case)
        harness.replay_found(case, lambda pieces: pieces)


def strategies() -> None:
    fuzz.strategies.messages()
    fuzz.strategies.cuts(b"data: x\n\n")
    fuzz.strategies.values({"type": "string"})
