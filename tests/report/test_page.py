"""The one HTML file: it needs nothing, runs nothing but its own script, and shows hostile text as text."""

from __future__ import annotations

import base64
import hashlib
import re

from harness.report.html import render_html
from harness.report.page import Section, Table, page, table
from tests.report.samples import CONTEXT, FINDINGS, HOSTILE

PAGE = render_html(HOSTILE, CONTEXT)


def contents(element):
    return re.findall(f"<{element}>(.*?)</{element}>", PAGE, re.DOTALL)


def test_the_policy_allows_this_style_and_this_script_and_nothing_else():
    hashes = [
        f"'sha256-{base64.b64encode(hashlib.sha256(content.encode()).digest()).decode()}'"
        for element in ("style", "script")
        for content in contents(element)
    ]
    assert len(hashes) == 2
    policy = re.search(r'Content-Security-Policy" content="([^"]*)"', PAGE)[1].replace("&#x27;", "'")
    assert policy == f"default-src 'none'; style-src {hashes[0]}; script-src {hashes[1]}"


def test_the_page_names_no_address():
    assert not re.search(r"https?:|//\w|\b(src|href|action)=", render_html(FINDINGS, CONTEXT))


def test_hostile_text_makes_no_element():
    assert len(contents("script")) == 1
    assert "<img" not in PAGE


def test_there_are_no_inline_styles_or_handlers_which_the_policy_would_block():
    assert not re.search(
        r"<[^>]* (style|on\w+)=", page("t", "w", [Section("s", "w", (table(Table(("a",), ((1,),))),))])
    )


def test_a_table_can_be_filtered_by_its_name():
    made = table(Table(("a",), (("x",),), filter="rows"))
    assert 'data-filter="rows"' in made
    assert '<table id="rows">' in made


def test_numbers_stand_to_the_right():
    assert table(Table(("n", "t"), ((1234, "x"), (0.5, "y")))).count('<td class="n">') == 2
