"""Markup in which escaping cannot be forgotten."""

from __future__ import annotations

from html.parser import HTMLParser

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.report.markup import Markup, number, tag, trusted
from harness.report.visible import visible_lines


class Reader(HTMLParser):
    """Notes the elements, attributes and text it meets."""

    def __init__(self) -> None:
        super().__init__()
        self.elements, self.attributes, self.text = [], [], ""

    def handle_starttag(self, tag, attrs):
        self.elements.append(tag)
        self.attributes += attrs

    def handle_data(self, data):
        self.text += data


@given(st.text(st.characters(), max_size=40), st.text(st.characters(), max_size=40))
def test_whatever_is_put_in_is_text_and_never_an_element(words, title):
    reader = Reader()
    reader.feed(tag("p", words, title=title))
    reader.close()
    assert reader.elements == ["p"]
    assert reader.attributes == [("title", visible_lines(title))]
    assert reader.text == visible_lines(words)


def test_markup_inside_markup_is_not_escaped_twice():
    assert tag("p", tag("b", "a & b"), " < c") == "<p><b>a &amp; b</b> &lt; c</p>"


def test_attributes_have_html_names():
    made = tag("td", class_="data", aria_label="x", hidden=True, id=None, width=12.04)
    assert made == '<td class="data" aria-label="x" hidden width="12"></td>'


def test_an_element_is_markup():
    assert isinstance(tag("br"), Markup)


def test_a_script_that_would_end_its_element_is_refused():
    with pytest.raises(ValueError, match="</"):
        trusted("'</script>'")


@pytest.mark.parametrize(("value", "shown"), [(1, "1"), (1.0, "1"), (1.25, "1.2"), ("1.25", "1.25")])
def test_numbers_are_short(value, shown):
    assert number(value) == shown
