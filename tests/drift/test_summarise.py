"""Parts summarised apart are the whole."""

from __future__ import annotations

from harness.drift.shape import merge
from harness.drift.summarise import summarise
from harness.upstreams import get_upstream
from tests.drift.corpus import corpus

UPSTREAM = get_upstream("vitalentum")


def test_parts_make_the_whole():
    whole = corpus(5, 9)
    assert merge(summarise(whole[:4], UPSTREAM), summarise(whole[4:], UPSTREAM)) == summarise(whole, UPSTREAM)


def test_every_recording_is_counted():
    assert summarise(corpus(5, 9), UPSTREAM).count("all") == 9
