"""Forms are compared by what they say: their pairs, their parts, and never their boundary."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.forms import read_form

PAIRS = "application/x-www-form-urlencoded"
NAME = b'Content-Disposition: form-data; name="a"'


def pairs(body: bytes, label: str = PAIRS) -> list[object] | None:
    return read_form((("Accept", "*/*"), ("content-type", label)), body)


def parts(body: bytes, boundary: str = "B") -> list[object] | None:
    return pairs(body, f"Multipart/Form-Data; charset=utf-8; Boundary={boundary}")


def form(contents: list[bytes], boundary: bytes, end: bytes = b"--\r\n") -> bytes:
    written = [b"--" + boundary + b"\r\n" + NAME + b"\r\n\r\n" + content + b"\r\n" for content in contents]
    return b"".join(written) + b"--" + boundary + end


@pytest.mark.parametrize(
    ("body", "value"),
    [
        (b"b=2&a=1", [["a", "1"], ["b", "2"]]),
        (b"a=2&a=1&a", [["a", "2"], ["a", "1"], ["a", ""]]),
        (b"a=%D0%B6+%26", [["a", "ж &"]]),
        (b"", []),
    ],
    ids=["order of names", "order of one name", "escapes", "nothing"],
)
def test_pairs_are_read_in_the_order_of_their_names(body, value):
    assert pairs(body) == value
    assert pairs(body, PAIRS.upper() + "; charset=utf-8") == value


@pytest.mark.parametrize("body", [b"a=%ff", "a=ж".encode(), b"\xff"])
def test_pairs_that_would_lose_something_are_none(body):
    assert pairs(body) is None


@given(
    st.lists(st.binary(max_size=20).filter(lambda content: b"--" not in content), max_size=4),
    st.sampled_from(["0123", "b'()+_,-./:=?z", "----WebKitFormBoundaryABC"]),
)
def test_the_boundary_has_no_part_in_what_a_form_says(contents, boundary):
    quoted = parts(form(contents, boundary.encode(), b"--"), f'"{boundary}"')
    assert quoted == parts(form(contents, b"B"))
    assert len(quoted or ()) == len(contents)


@given(st.lists(st.binary(max_size=6), max_size=3), st.lists(st.binary(max_size=6), max_size=3))
def test_forms_that_say_something_else_are_not_the_same(one, other):
    assert (parts(form(one, b"BOUNDARY"), "BOUNDARY") == parts(form(other, b"BOUNDARY"), "BOUNDARY")) is (
        one == other
    )


def test_bytes_are_no_text_that_looks_like_them():
    assert parts(form([b"\xe9"], b"B")) != parts(form(["é".encode()], b"B"))
    assert parts(form([b"\xe9"], b"B"))[0]["content"] == {"hex": "e9"}


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"no form",
        form([b"x"], b"C"),
        form([b"x"], b"B")[:-4],
        b"preamble\r\n" + form([b"x"], b"B"),
        b"--B\r\nno blank line\r\n--B--",
        b"--Bx\r\n\r\n\r\n--B--",
    ],
    ids=["nothing", "text", "another boundary", "cut", "a preamble", "no blank line", "a longer boundary"],
)
def test_what_is_no_whole_form_is_none(body):
    assert parts(body) is None


@pytest.mark.parametrize(
    "label", ["", "multipart/form-data", "multipart/form-data; boundary=", "text/plain; boundary=B"]
)
def test_without_the_type_or_a_boundary_there_is_no_form(label):
    assert pairs(form([b"x"], b"B"), label) is None
    assert read_form((), b"a=1") is None
