"""Exchanges as a page."""

from __future__ import annotations

import re

from harness.report.stream import rows_of
from harness.report.stream_page import stream_page
from tests.report.recordings import VITALENTUM, exchange, reply

HOSTILE = '</script><img src=x onerror=alert(1)>\x1b]0;x\x07\u202e " onload="'


def page_of(*interactions):
    return stream_page("hello.yaml", [(each, rows_of(each.response, VITALENTUM)) for each in interactions])


def test_a_page_has_a_section_and_a_table_for_each_exchange():
    made = page_of(exchange(reply("a")), exchange(reply("b")))
    assert made.count("<section>") == 2
    assert 'id="events-1"' in made
    assert 'id="events-2"' in made


def test_a_thousand_chunks_stay_under_300_kb():
    assert len(page_of(exchange(reply(*["слово "] * 1000))).encode()) < 300_000


def test_hostile_chunks_are_text():
    made = page_of(exchange(reply(HOSTILE)))
    assert made.count("<script>") == 1
    assert not re.search(r"<img|[\x00-\x08\x0b-\x1f\u202e]", made)
    assert not re.search(r'<[^>]*"\s*onload', made)


def test_an_exchange_without_times_has_no_pictures_and_still_its_events():
    made = page_of(exchange(reply("a"), timed=False))
    assert "<svg" not in made
    assert "[DONE]" in made


def test_an_exchange_without_text_offers_none():
    assert "The text" not in page_of(exchange(["[DONE]"]))
