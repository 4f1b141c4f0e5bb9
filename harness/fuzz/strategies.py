"""What may be asked and what may be sent, as hypothesis strategies. Only what is drawn decides: no clock, no chance.

Each strategy tries the plain case first and the odd ones after it, so that a counter-example shrinks towards the plain
case: one short message, one `data: ` line ended by LF, a stream in one piece.
"""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import strategies as st

from harness.fuzz.chats import chat_streams as chat_streams
from harness.upstreams.vitalentum import encode_conversation

_ROLES = ("user", "assistant", "system", "tool", "function", "developer")

_NASTY = (
    '"',
    "\\",
    "\n",
    "\r",
    "\0",
    "\u2028",
    "\ufeff",
    "\ud800",
    "\udc00",
    "é",
    "🙂",
    "data: ",
    "[DONE]",
    "}",
    " ",
)
"""What quoting, line splitting and encoding go wrong on."""

_VALUES = (
    "1",
    "a",
    "",
    " ",
    "  a",
    ":",
    "a: b",
    "é",
    "日本",
    "🙂",
    "\0",
    "\ufeff",
    "\u2028",
    "\x85",
    "\x0b",
    "\x0c",
    "\t",
)
"""Values of fields. None holds a line end of the standard; some hold what other line splitters take for one."""

_MALFORMED = (
    b"\xff",
    b"\x80",
    b"\xc3",
    b"\xe2\x80",
    b"\xf0\x9f\x99",
    b"\xed\xa0\x80",
    b"\xc0\xaf",
    b"\xf4\x90\x80\x80",
)
"""Bytes that are no UTF-8: stray, cut short, a surrogate, overlong, beyond U+10FFFF."""

_RETRIES = ("3000", "0", "007", "", "-1", "+1", "1.5", " 1", "1_000", "\u0661", "1e3", "9" * 30)
"""Reconnection times; only ASCII digits are one."""


def messages(*, max_size: int = 8) -> st.SearchStrategy[list[dict[str, str]]]:
    """A chat history as clients pass it. Contents are any text, NUL and lone surrogates included; so are some roles."""
    roles = st.sampled_from(_ROLES) | _texts(max_size=8)
    return st.lists(st.fixed_dictionaries({"role": roles, "content": _texts()}), max_size=max_size)


def conversations(*, max_size: int = 8) -> st.SearchStrategy[str]:
    """A `conversation` string as it is on the wire: JSON, spaced as Python writes it or compact as other clients do."""
    spaced = messages(max_size=max_size).map(encode_conversation)
    return spaced | spaced.map(lambda text: json.dumps(json.loads(text), separators=(",", ":")))


def sse_streams(*, max_blocks: int = 6) -> st.SearchStrategy[bytes]:
    """The bytes of an event stream in any framing that the standard has an answer for, malformed UTF-8 included.

    A BOM or none; LF, CR, CRLF or all three; fields with and without the space, the colon, a known name; comments,
    several data lines, odd ids, odd retries; blocks with no data; an unfinished block at the end.
    """
    blocks = st.lists(_blocks(), max_size=max_blocks).map(b"".join)
    return st.tuples(st.sampled_from((b"", b"\xef\xbb\xbf", b"\xef\xbb")), blocks, _unfinished()).map(
        b"".join
    )


def cuts(data: bytes) -> st.SearchStrategy[list[bytes]]:
    """Pieces that `data` may arrive in; joined, they are `data`. Some are empty.

    All in one, every byte by itself, anywhere, or where it hurts: inside characters, line ends and blank lines.
    """
    tender = [at for at in range(1, len(data)) if data[at - 1] in b"\r\n" or data[at] >= 0x80]
    places = [st.lists(st.integers(0, len(data)), max_size=8), _every_place(data)]
    if tender:
        places.append(st.lists(st.sampled_from(tender), min_size=1, max_size=8))
    return st.one_of(*places).map(lambda chosen: _pieces(data, sorted(chosen)))


def _every_place(data: bytes) -> st.SearchStrategy[list[int]]:
    """Between all bytes. Draws that nobody reads make it dear, so that shrinking prefers one cut to all of them."""
    return st.lists(st.booleans(), min_size=32, max_size=32).map(lambda _: list(range(1, len(data))))


def _pieces(data: bytes, places: list[int]) -> list[bytes]:
    return [data[start:end] for start, end in pairwise((0, *places, len(data)))]


def _texts(*, max_size: int = 40) -> st.SearchStrategy[str]:
    any_text = st.text(st.characters(), max_size=max_size)
    return any_text | st.lists(st.sampled_from(_NASTY), max_size=max_size // 4).map("".join)


def _blocks() -> st.SearchStrategy[bytes]:
    """Lines, and the blank one that ends them; all ended alike, or each in its own way."""
    alike = st.sampled_from((b"\n", b"\r\n", b"\r")).flatmap(
        lambda end: _lines(st.just(end)).map(lambda it: it + end)
    )
    mixed = st.tuples(_lines(_line_ends()), _line_ends()).map(b"".join)
    return alike | mixed


def _unfinished() -> st.SearchStrategy[bytes]:
    """What a stream may end with: nothing, or a block whose blank line never came."""
    return st.just(b"") | st.tuples(_lines(_line_ends()), _line()).map(b"".join)


def _lines(line_ends: st.SearchStrategy[bytes]) -> st.SearchStrategy[bytes]:
    return st.lists(st.tuples(_line(), line_ends).map(b"".join), max_size=4).map(b"".join)


def _line_ends() -> st.SearchStrategy[bytes]:
    return st.sampled_from((b"\n", b"\r\n", b"\r"))


def _line() -> st.SearchStrategy[bytes]:
    """One line without its end: a field, a comment, or something that is neither."""
    known = st.tuples(st.sampled_from(("data", "event", "id")), _separators(), _values())
    retry = st.tuples(st.just("retry"), _separators(), st.sampled_from(_RETRIES).map(str.encode))
    other = st.tuples(
        st.sampled_from(("", "Data", " data", "foo", "data ", "dat", "id\0")), _separators(), _values()
    )
    return st.one_of(known, retry, other).map(lambda parts: parts[0].encode() + parts[1] + parts[2])


def _separators() -> st.SearchStrategy[bytes]:
    return st.sampled_from((b": ", b":", b"", b":  "))


def _values() -> st.SearchStrategy[bytes]:
    plain = st.sampled_from(_VALUES).map(str.encode)
    text = st.text(st.characters(exclude_characters="\r\n", exclude_categories=["Cs"]), max_size=12).map(
        str.encode
    )
    return st.one_of(plain, text, st.sampled_from(_MALFORMED))
