"""The child: it feeds the harness, tells what it finds, keeps what it is at, and watches the target's own code."""

from __future__ import annotations

import os
import random

import msgspec
import pytest

from harness.disk.guided import Order, Said
from harness.disk.guided_child import functions_of, mutator, package_of, teller_for
from harness.sse import SSEParser, encode_event
from tests.laws.planted import parsers

BYTES = [bytes([number % 2]) + random.Random(number).randbytes(300) for number in range(80)]


@pytest.fixture
def channel():
    reader, writer = os.pipe()
    os.set_blocking(reader, False)
    yield reader, writer
    os.close(reader)
    os.close(writer)


def an_order(channel, tmp_path, target="tests.laws.planted.parsers:bom_kept", runs=None):
    return Order(
        target=target,
        kind="parser",
        laws=["cut", "bom"],
        flags=[],
        runs=runs,
        channel=channel[1],
        current=str(tmp_path / "current"),
        patience=0.3,
    )


def lines(channel):
    return [msgspec.json.decode(line, type=Said) for line in os.read(channel[0], 1 << 16).splitlines()]


def test_it_speaks_before_the_first_input(channel, tmp_path):
    teller_for(an_order(channel, tmp_path), lambda function: None)
    assert lines(channel) == [Said()]


def test_hits_are_told_at_once(channel, tmp_path):
    tell = teller_for(an_order(channel, tmp_path), lambda function: None)
    for data in BYTES:
        tell(data)
    assert [said.hit.law for said in lines(channel) if said.hit] == ["bom"]


def test_the_last_run_tells_the_number(channel, tmp_path):
    tell = teller_for(
        an_order(channel, tmp_path, "tests.laws.planted.parsers:right", runs=len(BYTES)),
        lambda function: None,
    )
    for data in BYTES:
        tell(data)
    assert sum(said.seen.examples for said in lines(channel)) == len(BYTES)


def test_the_input_it_is_at_can_be_read(channel, tmp_path):
    tell = teller_for(an_order(channel, tmp_path), lambda function: None)
    tell(BYTES[1])
    kept = (tmp_path / "current").read_bytes()
    assert kept[4 : 4 + int.from_bytes(kept[:4], "big")] == b"bom\n" + BYTES[1][1:]


def test_what_hangs_ends_it(channel, tmp_path, monkeypatch):
    def end(status):
        raise SystemExit(status)

    monkeypatch.setattr(os, "_exit", end)
    order = msgspec.structs.replace(
        an_order(channel, tmp_path, "tests.laws.planted.parsers:hangs"), laws=["no-colon"]
    )
    tell = teller_for(order, lambda function: None)
    with pytest.raises(SystemExit, match="0"):
        for data in BYTES:
            tell(data)
    assert lines(channel)[-1].hit.hung


def test_the_code_of_the_target_is_watched(channel, tmp_path):
    watched = []
    teller_for(an_order(channel, tmp_path), watched.append)
    assert parsers.Parser.take in watched
    assert parsers.BomKept.doubled in watched
    assert SSEParser.feed not in watched


def test_code_that_cannot_be_watched_is_fuzzed_all_the_same(channel, tmp_path):
    def refuse(function):
        raise ValueError("this bytecode is not known")

    tell = teller_for(an_order(channel, tmp_path), refuse)
    for data in BYTES:
        tell(data)
    assert any(said.hit for said in lines(channel))


def test_inputs_go_on_and_begin_anew_and_change_their_law():
    mutated = mutator(lambda body, most: body[:most])
    inputs = [mutated(b"\7body", 600, seed) for seed in range(400)]
    assert 150 < sum(each[:1] == b"\7" for each in inputs) < 250
    assert 250 < sum(each[1:] == b"body" for each in inputs) < 350
    assert len({each[0] for each in inputs}) > 80
    assert inputs == [mutated(b"\7body", 600, seed) for seed in range(400)]


def test_an_input_stays_within_the_limit():
    mutated = mutator(lambda body, most: body[:most])
    assert {len(mutated(b"", 20, seed)) for seed in range(50)} == {20}


@pytest.mark.parametrize(
    ("name", "package"),
    [("parser", "harness.sse"), ("mychat:parse", "mychat"), ("my.chat.stream:parse", "my.chat")],
)
def test_a_package_is_looked_into(name, package):
    assert package_of(name) == package


def test_methods_and_properties_are_functions_too():
    functions = set(functions_of("harness.sse"))
    assert {SSEParser.feed, SSEParser.pending.fget, encode_event} <= functions
