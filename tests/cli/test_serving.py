"""Servers in the foreground: one line that says where, and a clean stop."""

from __future__ import annotations

import json
import signal
import urllib.request

import pytest

from harness.disk.cassettes import load_cassette
from tests.cli.conftest import start


@pytest.mark.parametrize("number", [signal.SIGINT, signal.SIGTERM], ids=lambda number: number.name)
def test_a_signal_stops_the_server_cleanly(number):
    process = start("standin", "--format", "json")
    assert json.loads(process.stdout.readline())["url"].startswith("http://127.0.0.1:")
    process.send_signal(number)
    out, err = process.communicate(timeout=20)
    assert (process.returncode, out) == (0, "")
    assert err.endswith("Stopped.\n")
    assert "Traceback" not in err


def test_a_person_gets_the_bare_url():
    process = start("standin")
    assert process.stdout.readline().startswith("http://127.0.0.1:")
    process.terminate()
    process.communicate(timeout=20)


def test_the_served_bytes_are_the_recorded_ones(tape):
    process = start("replay", tape, "--format", "json")
    url = json.loads(process.stdout.readline())["url"]
    recorded = load_cassette(tape).interactions[0]
    request = urllib.request.Request(
        f"{url}/api/converse-edge", data=recorded.request.body, headers={"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=20) as answer:
            assert answer.read() == recorded.response.body
    finally:
        process.terminate()
        process.communicate(timeout=20)
