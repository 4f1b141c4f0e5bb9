"""Bytes to lines and blocks. Knows line ends, blank lines and UTF-8, and nothing of fields. Linear in the bytes.

A line ends with LF, CR or CRLF and with nothing else (WHATWG HTML 9.2.5): not with U+2028, U+0085, VT or FF. That is
why `str.splitlines` has no place here; `bytes.splitlines` knows exactly these three.
"""

from __future__ import annotations

LF, CR = 10, 13
"""As ints, for `LF in data` is a memchr then: five times faster than the search for a one-byte string."""

BOM = b"\xef\xbb\xbf"
"""U+FEFF in UTF-8. One at the very start of a stream is no part of it (9.2.5, `stream = [ bom ] *event`)."""

_LINE_ENDS = (b"\n", b"\r", b"\r\n")
_TWO_LINE_ENDS = (b"\n\r", b"\n\n", b"\r\r")
"""Every pair of the two characters but CR LF, which is one line end."""


def end_of_lines(data: bytes) -> int:
    """Offset just after the last line end in `data`; 0 when it has none."""
    return max(data.rfind(b"\n"), data.rfind(b"\r")) + 1


def end_of_blocks(data: bytes, before: int) -> int:
    """Offset just after the last blank line in `data`; 0 when none of its lines is blank.

    `before` is the byte in front of `data`, LF at the start of a block. A CR at the very end acts at once and does not
    wait for an LF. An LF that does follow then is one more blank line to us, and a blank line alone does nothing.
    """
    if CR in data:
        return _end_of_blocks_with_cr(data, before)
    if (at := data.rfind(b"\n\n")) >= 0:
        return at + 2
    return 1 if before == LF and data.startswith(b"\n") else 0


def _end_of_blocks_with_cr(data: bytes, before: int) -> int:
    at = -1
    for pair in _TWO_LINE_ENDS:
        at = max(at, data.rfind(pair, at + 1))
    if at < 0 and not _starts_blank(data, before):
        return 0
    end = at + 2 if at >= 0 else 1
    return end + 1 if data[end - 1 : end + 1] == b"\r\n" else end


def _starts_blank(data: bytes, before: int) -> bool:
    """Whether `data` starts with a line end that makes a blank line after the byte `before`."""
    return data.startswith(b"\r" if before == CR else (b"\n", b"\r")) and before in (LF, CR)


def split_lines(lines: bytes) -> list[str]:
    """The lines in `lines`, which ends with a line end, decoded.

    All at once is as good as line by line: no malformed sequence takes an ASCII byte with it (Encoding standard,
    "UTF-8 decoder"), and "replace" puts U+FFFD exactly where that standard does.
    """
    text = lines.decode("utf-8", "replace")
    if CR in lines:
        text = text.replace("\r\n", "\n").replace("\r", "\n")
    return text[:-1].split("\n")


def split_events(data: bytes) -> list[bytes]:
    """Cut the bytes of a whole stream after each blank line; joined, the pieces are `data` again.

    Each piece is one `event` of the standard's grammar (9.2.5), comments and all; a further blank line is a piece of
    its own. The last piece may be unfinished.
    """
    bom = BOM if data.startswith(BOM) else b""
    pieces: list[bytes] = []
    piece = [bom]
    for line in data[len(bom) :].splitlines(keepends=True):
        piece.append(line)
        if line in _LINE_ENDS:
            pieces.append(b"".join(piece))
            piece.clear()
    rest = b"".join(piece)
    return [*pieces, rest] if rest else pieces
