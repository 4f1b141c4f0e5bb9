"""A callable run as a program: what it gives is printed, and what it raises is the exit status."""

from __future__ import annotations

from io import BytesIO

import pytest

from harness.net.trial_caller import main, said


async def _pieces(url):
    yield "é"
    yield url


async def _numbers(url):
    yield 5


async def _whole(url):
    return ["é", url]


def written(client):
    text = BytesIO()
    said(client, "u", text)
    return text.getvalue()


@pytest.mark.parametrize(
    "client",
    [lambda url: "é" + url, lambda url: iter(["é", url]), _pieces, _whole],
    ids=["str", "iterable", "asynchronous iterable", "coroutine"],
)
def test_every_kind_of_callable_is_written(client):
    assert written(client) == "éu".encode()


def test_nothing_is_written_for_nothing():
    assert written(lambda url: None) == b""


@pytest.mark.parametrize(
    ("given", "words"),
    [(b"bytes", "not int"), (5, "not int"), ([None], "not NoneType"), (_numbers("u"), "not int")],
    ids=["bytes", "number", "a piece of nothing", "asynchronous numbers"],
)
def test_what_is_no_text_is_told(given, words):
    with pytest.raises(TypeError, match=words):
        written(lambda url: given)


def test_what_it_raises_is_told_in_a_line(capsys):
    assert main("json:loads", "no JSON") == 1
    assert capsys.readouterr().err.startswith("JSONDecodeError: ")


def test_what_ends_well_is_status_0(capsys):
    assert main("json:dumps", "text") == 0
    assert capsys.readouterr().out == '"text"'


def test_a_client_that_ends_the_program_has_failed(capsys):
    assert main("sys:exit", "0") == 1
    assert capsys.readouterr().err == "SystemExit: 0\n"


def test_what_a_client_prints_is_no_text_of_the_reply(capsys):
    assert main("builtins:print", "noise") == 0
    assert capsys.readouterr() == ("", "noise\n")
