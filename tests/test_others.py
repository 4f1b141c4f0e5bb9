"""What other people's servers said fits the contract of its upstream, or the finding is right, and here is why."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
import vcr

from cassettes.others import ASKED, FOLDER
from harness import load_cassette, validate
from harness.cassette.digest import digest
from harness.cassette.model import End, Source
from harness.cassette.scan import scan

if TYPE_CHECKING:
    from pathlib import Path

ARGUED = {
    ("aimock-cut-short", "stream-short"): "asked to break off, aimock closes the connection inside the body",
    ("aimock-over-quota", "rate-limited"): "the answer is a 429, which says nothing about the contract",
    (
        "mock-llm-hello",
        "chunk-field-missing $.created",
    ): "OpenAI's chunk object requires `created`; openai-python "
    "declares it as an int, and mock-llm 0.1.29 leaves it out",
    ("mock-llm-russian", "chunk-field-missing $.created"): "as in mock-llm-hello",
}
"""Each finding there is, by cassette, with the reason why it is right. The same holds for every protocol."""

ENDS = {"aimock-cut-short": End.SHORT}

TAPES = [
    pytest.param(upstream, FOLDER / upstream / f"{server}-{name}.yaml", id=f"{upstream} {server}-{name}")
    for (upstream, server), names in ASKED.items()
    for name in names
]
every = pytest.mark.parametrize(("upstream", "tape"), TAPES)


@every
def test_it_fits_the_contract_or_the_finding_is_argued(upstream: str, tape: Path) -> None:
    found = {_named(finding.rule, finding.where) for finding in validate(load_cassette(tape)).findings}
    assert found == {rule for name, rule in ARGUED if name == tape.stem and _occurs(upstream, tape.stem)}


def _named(rule: str, where: str) -> str:
    """A rule about a field with the field; the others have a place of their own."""
    return f"{rule} {where}" if where.startswith("$") else rule


def _occurs(upstream: str, name: str) -> bool:
    server, _, question = name.partition("-")
    return upstream != "ollama-chat" or (server, question) != ("aimock", "over-quota")


@every
def test_it_says_where_it_comes_from_and_is_never_called_live(upstream: str, tape: Path) -> None:
    (exchange,) = load_cassette(tape).interactions
    stream = exchange.response.stream
    assert stream is not None
    assert (stream.upstream, stream.source) == (upstream, Source.INDEPENDENT)
    server = tape.stem.removesuffix(f"-{_question(tape.stem)}")
    assert server in (stream.recorded_from or "").lower()
    assert (stream.recorded_from or "")[-1].isdigit()  # its version
    assert stream.end == ENDS.get(tape.stem, End.COMPLETE)
    assert stream.digest == digest(exchange)


def _question(stem: str) -> str:
    return next(name for names in ASKED.values() for name in names if stem.endswith(f"-{name}"))


@every
def test_it_holds_no_secret_and_plain_vcrpy_reads_it(upstream: str, tape: Path) -> None:
    text = tape.read_text(encoding="utf-8")
    assert scan(text) == []
    assert "not-a-key" not in text
    with vcr.use_cassette(str(tape), record_mode="none") as cassette:
        assert len(cassette.responses) == 1


def test_three_servers_and_more_speak_openais_protocol() -> None:
    assert len({server for upstream, server in ASKED if upstream == "openai-chat"}) >= 3


def test_nothing_else_lies_in_the_folders() -> None:
    there = {path for upstream, _ in ASKED for path in (FOLDER / upstream).glob("*.yaml")}
    assert there == {param.values[1] for param in TAPES}
