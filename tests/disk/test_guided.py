"""atheris as an engine: what is asked of the child, what is made of its words and of its silence; and a real search."""

from __future__ import annotations

import importlib.util
import os
import subprocess
import sys
import time
from functools import partial

import pytest

from harness.disk import guided
from harness.disk.found import load_target
from harness.disk.guided import atheris_engine, ensure_atheris
from harness.errors import UsageError
from harness.fuzz.bytewise import Hit, bytewise
from harness.fuzz.campaign import HANG, Budget, Seen
from harness.fuzz.law import Breach
from harness.fuzz.laws import law_named, laws_for
from harness.fuzz.streams import whole
from harness.fuzz.targets import Kind
from tests.fuzz.sides import a_parser, examples
from tests.laws.planted import parsers

TARGET = a_parser(parsers.right)
LAWS = [law_named(Kind.PARSER, "cut"), law_named(Kind.PARSER, "bom")]
HIT = b'{"seen":{"examples":3},"hit":{"law":"cut","data":"AAEC","breach":{"place":"framing","expected":"x","got":"y"}}}'
CURRENT = b"cut\n" + bytes(range(200))

needs_atheris = pytest.mark.skipif(
    importlib.util.find_spec("atheris") is None,
    reason="atheris is an extra, with wheels for some machines only",
)


def child(monkeypatch, program: str):
    """In place of the child a small program, which knows the folder, the channel and the order."""
    head = "import os, sys, json, time; order = json.loads(sys.argv[1]); folder = os.path.dirname(order['current']);"
    head += (
        f"say = lambda line: os.write(order['channel'], line + b'\\n'); hit = {HIT!r}; current = {CURRENT!r};"
    )
    head += "keep = lambda: open(order['current'], 'wb').write(len(current).to_bytes(4, 'big') + current)\n"
    real = subprocess.Popen

    def started(words, **options):
        return real([sys.executable, "-S", "-c", head + program, words[-1]], **options)

    monkeypatch.setattr(guided.subprocess, "Popen", started)


def heard(budget=None):
    return list(atheris_engine(TARGET, LAWS, budget or examples(5), seed=1))


def test_without_atheris_it_says_what_to_install(monkeypatch):
    monkeypatch.setattr(importlib.util, "find_spec", lambda name: None)
    with pytest.raises(UsageError, match=r"pip install 'stream-harness\[atheris\]'"):
        ensure_atheris()


def test_hits_and_numbers_are_handed_on(monkeypatch):
    child(monkeypatch, """say(b'{"seen":{"examples":2}}'); say(hit); say(b'{}')""")
    assert heard() == [
        Seen(2),
        Seen(3),
        Hit("cut", b"\0\1\2", Breach("framing", "x", "y")),
        Seen(),
    ]


def test_a_line_may_come_in_two_pieces(monkeypatch):
    child(monkeypatch, "os.write(order['channel'], b'{\"seen\":{\"exam'); time.sleep(.1); say(b'ples\":7}}')")
    assert heard() == [Seen(7)]


def test_the_limits_are_libfuzzer_s_own(monkeypatch):
    clock = iter([10.0] * 9)
    budget = Budget(clock=lambda: next(clock, 10.0), until=15.5, examples=30)
    child(
        monkeypatch,
        "want = {'-runs=60', '-max_total_time=6', '-seed=1'}; assert want <= set(order['flags']);"
        "assert order['runs'] == 60; assert len(os.listdir(folder + '/corpus')) == 8;"
        'say(b\'{"seen":{"examples":1}}\')',
    )
    assert heard(budget) == [Seen(1)]


def test_it_is_ended_when_the_time_is_over(monkeypatch):
    child(monkeypatch, "say(b'{}')\nwhile True: time.sleep(.05); say(b'{}')")
    began = time.monotonic()
    told = heard(Budget(clock=time.monotonic, until=began + 0.5))
    assert told == [Seen()] * len(told)
    assert time.monotonic() - began < 10


def test_what_falls_silent_hangs(monkeypatch):
    monkeypatch.setattr("harness.disk.found.PATIENCE", 0.1)
    monkeypatch.setattr(guided, "_TELLING", 0.1)
    child(monkeypatch, "say(b'{}'); keep(); time.sleep(60)")
    assert heard() == [Seen(), Seen(), Hit("cut", bytes(range(200)), HANG, lost=True)]


def test_nothing_is_heard_behind_what_hangs(monkeypatch):
    hung = f'{{"hit":{{"law":"cut","data":"","breach":{{"place":"{HANG.place}","expected":"{HANG.expected}",'
    hung += f'"got":"{HANG.got}"}}}}}}'
    child(monkeypatch, f"say({hung.encode()!r}); say(b'{{}}')")
    assert heard() == [Seen(), Hit("cut", b"", HANG)]


@pytest.mark.parametrize(
    ("end", "words"), [("os._exit(3)", "exit status 3"), ("os.kill(os.getpid(), 9)", "signal 9")]
)
def test_a_target_that_ends_the_process_is_told_with_its_input(monkeypatch, end, words):
    child(monkeypatch, f"keep(); {end}")
    with pytest.raises(UsageError, match="ended the process") as told:
        heard()
    assert words in told.value.found
    assert "given b'" in told.value.where


def test_an_engine_that_cannot_begin_says_why(monkeypatch):
    child(monkeypatch, "sys.exit('no such thing')")
    with pytest.raises(UsageError, match="could not begin") as told:
        heard()
    assert told.value.found == "no such thing"


def test_whoever_stops_reading_ends_the_child(monkeypatch, tmp_path):
    child(
        monkeypatch,
        f"open({str(tmp_path / 'pid')!r}, 'w').write(str(os.getpid())); say(b'{{}}'); time.sleep(60)",
    )
    reading = atheris_engine(TARGET, LAWS, examples(5), seed=1)
    next(reading)
    reading.close()
    with pytest.raises(ProcessLookupError):
        os.kill(int((tmp_path / "pid").read_text()), 0)


@needs_atheris
@pytest.mark.slow
@pytest.mark.parametrize(
    ("name", "law", "kind"),
    [
        ("tests.laws.planted.parsers:bom_kept", "bom", Kind.PARSER),
        ("tests.laws.planted.parsers:crlf_twice", "cut-crlf", Kind.PARSER),
        ("tests.laws.planted.parsers:hangs", "hang", Kind.PARSER),
        ("tests.laws.planted.encoders:text_trimmed", "text", Kind.ENCODER),
    ],
)
def test_atheris_finds_planted_bugs(monkeypatch, name, law, kind):
    monkeypatch.setattr("harness.disk.found.PATIENCE", 1.0)
    target = load_target(name, kind)
    budget = Budget(clock=time.monotonic, until=time.monotonic() + 60)
    engine = partial(atheris_engine, target, budget=budget, seed=1)
    laws = [each for each in laws_for(target) if each.name != "linear"]
    for progress in bytewise(target, laws, budget, engine, seed=1):
        if found := [each for each in progress.failures if each.law.name == law]:
            assert law != "bom" or found[0].given == whole(b"\xef\xbb\xbfdata: a\n\n")
            return
    raise AssertionError(f"not found; {progress}")
