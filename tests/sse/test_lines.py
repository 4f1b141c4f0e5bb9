"""Line ends, blank lines, and nothing of fields."""

import pytest

from harness.sse.lines import CR, LF, end_of_blocks, end_of_lines, split_events, split_lines


@pytest.mark.parametrize(
    ("data", "end"),
    [
        (b"", 0),
        (b"a", 0),
        (b"\n", 1),
        (b"a\nb", 2),
        (b"a\rb", 2),
        (b"a\r\nb", 3),
        (b"a\nb\rc", 4),
        (b"a\rb\n", 4),
        (b"a\rb\rc", 4),
        (b"a\nb\nc", 4),
    ],
)
def test_the_last_line_end(data, end):
    assert end_of_lines(data) == end


@pytest.mark.parametrize(
    ("data", "before", "end"),
    [
        pytest.param(b"", LF, 0, id="nothing"),
        pytest.param(b"a", LF, 0, id="no line end"),
        pytest.param(b"a\n", LF, 0, id="a line"),
        pytest.param(b"a\r\n", LF, 0, id="a CRLF line"),
        pytest.param(b"a\n\n", LF, 3, id="LF LF"),
        pytest.param(b"a\r\r", LF, 3, id="CR CR"),
        pytest.param(b"a\r\n\r\n", LF, 5, id="CRLF CRLF"),
        pytest.param(b"a\r\n\r", LF, 4, id="CRLF CR, which acts at once"),
        pytest.param(b"a\n\r", LF, 3, id="LF CR"),
        pytest.param(b"a\n\r\nb", LF, 4, id="LF CRLF"),
        pytest.param(b"a\r\n\nb", LF, 4, id="CRLF LF"),
        pytest.param(b"a\r\r\nb", LF, 4, id="CR CRLF"),
        pytest.param(b"a\n\nb\n\nc", LF, 6, id="the last of two"),
        pytest.param(b"a\r\rb\n\nc\r\n\r\nd", LF, 11, id="the last of three kinds"),
        pytest.param(b"\na", LF, 1, id="LF at the start of a line"),
        pytest.param(b"\ra", LF, 1, id="CR at the start of a line"),
        pytest.param(b"\r\na", LF, 2, id="CRLF at the start of a line"),
        pytest.param(b"\na", CR, 0, id="the LF of a CRLF that was cut"),
        pytest.param(b"\na\r\n", CR, 0, id="the LF of a CRLF that was cut, then a CRLF line"),
        pytest.param(b"\ra", CR, 1, id="CR after CR"),
        pytest.param(b"\n\na", CR, 2, id="LF after a CRLF that was cut"),
        pytest.param(b"\n\r\na", CR, 3, id="CRLF after a CRLF that was cut"),
        pytest.param(b"\na", ord("x"), 0, id="LF in the middle of a line"),
        pytest.param(b"\r\na", ord("x"), 0, id="CRLF in the middle of a line"),
        pytest.param(b"\n\na", ord("x"), 2, id="LF LF in the middle of a line"),
    ],
)
def test_the_last_blank_line(data, before, end):
    assert end_of_blocks(data, before) == end


@pytest.mark.parametrize(
    ("data", "lines"),
    [
        (b"\n", [""]),
        (b"a\nb\n", ["a", "b"]),
        (b"a\rb\r", ["a", "b"]),
        (b"a\r\nb\n\r", ["a", "b", ""]),
        ("a\u2028\x85\x0b\x0c\x1c\n".encode(), ["a\u2028\x85\x0b\x0c\x1c"]),
        (b"\xff\n\xe2\x80\r", ["\ufffd", "\ufffd"]),
    ],
)
def test_whole_lines_are_split_and_decoded(data, lines):
    assert split_lines(data) == lines


@pytest.mark.parametrize(
    ("data", "pieces"),
    [
        pytest.param(b"", [], id="nothing"),
        pytest.param(b"a\n\nb\n\n", [b"a\n\n", b"b\n\n"], id="two events"),
        pytest.param(b"a\n\nb\n", [b"a\n\n", b"b\n"], id="the last unfinished"),
        pytest.param(b"a\r\n\r\nb", [b"a\r\n\r\n", b"b"], id="CRLF"),
        pytest.param(b"a\r\r\nb\r\r", [b"a\r\r\n", b"b\r\r"], id="CR, and a CRLF blank line"),
        pytest.param(b"a\n\n\n\nb\n\n", [b"a\n\n", b"\n", b"\n", b"b\n\n"], id="blank lines by themselves"),
        pytest.param(b": hi\n\na\n\n", [b": hi\n\n", b"a\n\n"], id="a block of comments"),
        pytest.param(b"\xef\xbb\xbfa\n\n", [b"\xef\xbb\xbfa\n\n"], id="a BOM stays with its event"),
        pytest.param(b"\xef\xbb\xbf\na\n\n", [b"\xef\xbb\xbf\n", b"a\n\n"], id="a blank line after a BOM"),
        pytest.param(b"\xef\xbb\xbf", [b"\xef\xbb\xbf"], id="a BOM alone"),
        pytest.param(b"a\n\xef\xbb\xbf\n\n", [b"a\n\xef\xbb\xbf\n\n"], id="a BOM later is text"),
    ],
)
def test_a_stream_is_cut_after_each_blank_line(data, pieces):
    assert split_events(data) == pieces
