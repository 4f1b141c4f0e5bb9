"""What may be asked and what may be sent, as hypothesis strategies. Only what is drawn decides: no clock, no chance.

Each strategy tries the plain case first and the odd ones after it, so that a counter-example shrinks towards the plain
case: one short message, one `data: ` line ended by LF, a stream in one piece.
"""

from __future__ import annotations

import json
from itertools import pairwise

from hypothesis import strategies as st

from harness.fuzz.chats import chat_streams as chat_streams
from harness.fuzz.faults import broken_streams as broken_streams
from harness.fuzz.values import values as values
from harness.upstreams.vitalentum import encode_conversation

_ROLES = ("user", "assistant", "system", "tool", "function", "developer")

_NASTY = (
    *("a", '"', "\\", "\n", "\r", "\0", "\u2028", "\ufeff", "\ud800", "\udc00", "é", "🙂"),
    *("data: ", "[DONE]", "}", " "),
)
"""What quoting, line splitting and encoding go wrong on."""

_NAMES = ("data", "event", "id", "retry", "", "Data", " data", "data ", "foo", "dat", "id\0")
"""The fields of the standard, the empty name of a comment, and names that are not quite a field."""

_SEPARATORS = (": ", ":", "", ":  ")

_VALUES = (
    *("1", "a", "", " ", "  a", ":", "a: b", "é", "日本", "🙂", "\0", "\ufeff"),
    *("\u2028", "\x85", "\x0b", "\x0c", "\t"),  # line ends to others
    *("3000", "007", "-1", "+1", "1.5", "1_000", "\u0661", "1e3", "9" * 30),  # some are reconnection times
)

_MALFORMED = (
    *(b"\xff", b"\x80", b"\xc3", b"\xe2\x80", b"\xf0\x9f\x99"),  # stray, and cut short
    *(b"\xed\xa0\x80", b"\xc0\xaf", b"\xf4\x90\x80\x80"),  # a surrogate, overlong, beyond U+10FFFF
)

_TELLING = (
    *("event: a", "id: a", "id: ", "id", "id: a\0b", "retry: 3000", "retry: 007", "retry: +1", "retry: 1.5"),
    *(":", ": a", "data", "data:a"),
)
"""Lines that the standard has an answer for of its own. A name and a value that are drawn apart meet too seldom."""

_STARTS = (b"", b"", b"", b"\xef\xbb\xbf", b"\xef\xbb\xbf", b"\xef\xbb", b"\xef\xbb\xbf" * 2)
"""No BOM, one, half of one, or two."""

_LINE_ENDS = ((b"\n",), (b"\r\n",), (b"\r",), (b"\n", b"\r\n", b"\r"))
"""What the lines of one stream end with: all alike, or each in its own way."""

_EVERY = 13
"""How dense cuts can be; from 10 on there is one at every byte, which is then as likely as it should be."""

_DENSE = 500
"""The longest data, in bytes, that is also cut everywhere: each place is a draw, and an input has a few thousand."""


def messages(*, max_size: int = 8) -> st.SearchStrategy[list[dict[str, str]]]:
    """A chat history as clients pass it. Contents are any text, NUL and lone surrogates included; so are some roles."""
    roles = st.sampled_from(_ROLES) | _texts(max_size=8)
    return st.lists(st.fixed_dictionaries({"role": roles, "content": _texts()}), max_size=max_size)


def conversations(*, max_size: int = 8) -> st.SearchStrategy[str]:
    """A `conversation` string as it is on the wire: JSON, spaced as Python writes it or compact as other clients do."""
    spaced = messages(max_size=max_size).map(encode_conversation)
    return spaced | spaced.map(lambda text: json.dumps(json.loads(text), separators=(",", ":")))


def sse_streams(*, max_size: int = 16) -> st.SearchStrategy[bytes]:
    """The bytes of an event stream in any framing that the standard has an answer for, malformed UTF-8 included.

    At most `max_size` plain events and other lines. No BOM, one or two; LF, CR, CRLF or all three; fields with and
    without the space, the colon, a known name; comments, several data lines, odd ids, odd retries; an unfinished end.
    """
    body = st.sampled_from(_LINE_ENDS).flatmap(lambda ends: _lines(st.sampled_from(ends), max_size))
    return st.tuples(body, st.just(b"") | _line(), st.sampled_from(_STARTS)).map(
        lambda drawn: drawn[2] + drawn[0] + drawn[1]
    )


def cuts(data: bytes) -> st.SearchStrategy[list[bytes]]:
    """Pieces that `data` may arrive in; joined, they are `data`. Some are empty.

    All in one, every byte by itself, anywhere, or where it hurts: inside characters, line ends and blank lines.
    """
    tender = [at for at in range(1, len(data)) if data[at - 1] in b"\r\n" or data[at] >= 0x80]
    anywhere = st.integers(0, len(data)) | st.sampled_from((0, len(data)))
    places = [st.lists(anywhere, max_size=8)]
    if tender:
        places.append(st.lists(st.sampled_from(tender), min_size=1, max_size=8))
    if 1 < len(data) <= _DENSE:
        places.append(_dense(len(data)))
    return st.one_of(*places).map(lambda chosen: _pieces(data, sorted(chosen)))


def _dense(length: int) -> st.SearchStrategy[list[int]]:
    """Many places, or every one. Each is a draw of its own, so that shrinking can take them back one by one."""
    draws = st.lists(st.integers(0, 9), min_size=length - 1, max_size=length - 1)
    return st.tuples(draws, st.integers(0, _EVERY)).map(
        lambda drawn: [at for at, draw in enumerate(drawn[0], start=1) if draw >= 10 - drawn[1]]
    )


def _pieces(data: bytes, places: list[int]) -> list[bytes]:
    return [data[start:end] for start, end in pairwise((0, *places, len(data)))]


def _texts(*, max_size: int = 40) -> st.SearchStrategy[str]:
    return st.lists(st.sampled_from(_NASTY) | st.characters(), max_size=max_size).map("".join)


def _lines(ends: st.SearchStrategy[bytes], max_size: int) -> st.SearchStrategy[bytes]:
    """Plain events, blank lines, and lines of every kind."""
    plain = st.tuples(st.just(b"data: "), _values(), ends, ends)
    other = st.tuples(_line(), ends)
    return st.lists(st.one_of(plain.map(b"".join), ends, other.map(b"".join)), max_size=max_size).map(
        b"".join
    )


def _line() -> st.SearchStrategy[bytes]:
    """One line without its end: a field, a comment, or something that is neither."""
    name = st.sampled_from(_NAMES).map(str.encode)
    drawn = st.tuples(name, st.sampled_from(_SEPARATORS).map(str.encode), _values()).map(b"".join)
    return st.sampled_from(_TELLING).map(str.encode) | drawn


def _values() -> st.SearchStrategy[bytes]:
    characters = st.characters(exclude_characters="\r\n", exclude_categories=["Cs"])
    text = st.text(characters, max_size=8).map(str.encode)
    known = st.sampled_from(_VALUES).map(str.encode)
    return st.one_of(known, text, known, text, known, text, st.sampled_from(_MALFORMED))
