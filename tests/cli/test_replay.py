"""`harness replay`: what it refuses before it listens. What it serves is tested in tests/cli/test_serving.py."""

from __future__ import annotations

import pytest


@pytest.mark.parametrize(
    ("line", "said"),
    [
        (["--pace", "fast"], "no pace"),
        (["--cut", "slices"], "no cut"),
        (["--host", "0.0.0.0"], "--allow-remote"),
        (["--port", "99999"], "0<=x<=65535"),
        (["--upstream", "nobody"], "vitalentum"),
    ],
    ids=["pace", "cut", "host", "port", "upstream"],
)
def test_wrong_usage_is_refused_before_anything_is_served(cli, tape, line, said):
    ended = cli("replay", tape, *line)
    assert (ended.status, ended.out) == (2, "")
    assert said in ended.err
