"""A callable run as a program: what it gives is printed, and what it raises is the exit status."""

from __future__ import annotations

import pytest

from harness.net.trial_caller import main, said


async def _pieces(url):
    yield "é"
    yield url


async def _whole(url):
    return ["é", url]


@pytest.mark.parametrize(
    "client",
    [lambda url: "é" + url, lambda url: iter(["é", url]), _pieces, _whole],
    ids=["str", "iterable", "asynchronous iterable", "coroutine"],
)
def test_every_kind_of_callable_is_printed(client, capsysbinary):
    said(client, "u")
    assert capsysbinary.readouterr().out == "éu".encode()


def test_nothing_is_printed_for_nothing(capsysbinary):
    said(lambda url: None, "u")
    assert capsysbinary.readouterr().out == b""


def test_what_it_raises_is_told_in_a_line(capsys):
    assert main("json:loads", "no JSON") == 1
    assert capsys.readouterr().err.startswith("JSONDecodeError: ")


def test_what_ends_well_is_status_0(capsys):
    assert main("json:dumps", "text") == 0
    assert capsys.readouterr().out == '"text"'
