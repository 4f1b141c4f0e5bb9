"""The laws of parsers: a parser with one bug breaks the law of that bug, at its place."""

from __future__ import annotations

import pytest

from harness.fuzz.clauses import PARSER_LAWS, difference
from harness.fuzz.laws import law_named
from harness.fuzz.streams import Stream, whole
from harness.fuzz.targets import Kind, parse
from harness.fuzz.told import Failure, Heard, Told
from tests.fuzz.sides import a_parser
from tests.laws.planted import parsers

A, B = Heard("a", "x", "1"), Heard("b", "message", "")


def checked(name: str, call, stream: Stream):
    return law_named(Kind.PARSER, name).check(a_parser(call), stream)


@pytest.mark.parametrize(
    ("told", "expected", "place"),
    [
        ((A,), (A,), None),
        ((), (A,), "framing"),
        ((A, B), (A,), "framing"),
        ((Heard("a", "y", "1"),), (A,), "event"),
        ((Heard("a", "x", "2"),), (A,), "id"),
        ((Heard("a"),), (A,), None),
    ],
)
def test_events_differ_in_what_is_told(told, expected, place):
    breach = difference(Told(told), expected, ("data", "event", "id"))
    assert (breach and breach.place) == place


def test_only_the_fields_that_count_are_compared():
    assert difference(Told((Heard("a", "y"),)), (A,)) is None


def test_a_target_that_failed_is_told_as_that():
    breach = difference(Told((), Failure("ValueError in f", "ValueError: x")), (A,))
    assert (breach.crash, breach.place, breach.got) == (
        True,
        "ValueError in f",
        "no event, then ValueError: x",
    )


def test_a_target_without_an_end_is_no_crash():
    assert not difference(Told((), Failure("endless", "more events")), (A,)).crash


CASES = {
    "plain": b"data: a\n\n",
    "crlf": b"data: a\r\ndata: b\r\n\r\n",
    "cr": b"data: a\r\r",
    "mixed-line-ends": b"data: a\n\r\ndata: b\r\r",
    "other-line-ends": "data: a\u2028b\n\n".encode(),
    "bom": b"\xef\xbb\xbfdata: a\n\n",
    "comments": b":data: a\ndata: b\n\n:\n\n",
    "no-data": b"event: a\n\nid: 1\n\n\ndata: a\n\n",
    "empty-data": b"data: \n\n",
    "space-optional": b"data:a\n\n",
    "one-space": b"data:  a \n\n",
    "multi-line": b"data: a\ndata: \n\n",
    "no-colon": b"data: a\ndata\n\n",
    "unfinished": b"data: a\n\ndata: b\n",
    "event-type": b"event: a\ndata: a\n\ndata: b\n\n",
    "id-kept": b"id: a\ndata: a\n\ndata: b\n\nid: \ndata: c\n\n",
    "id-null": b"id: a\0b\ndata: a\n\n",
    "retry-digits": b"retry: +5\ndata: a\n\nretry: 5\ndata: a\n\n",
    "unknown-fields": b"Data: a\ndatax: a\ndata : a\ndata: a\n\nfoo\n\n",
    "malformed-utf-8": b"data: a\xffb\n\n",
    "sentinel": b"data: say [DONE] now\n\n",
    "chat": b'data: {"choices": []}\n\ndata: [DONE]\n\n',
    "total": b"\xff\0\r\n:\n\ndata",
    "standard": b"\xef\xbb\xbfid: 1\rdata:a\r\n\r\n",
}


@pytest.mark.parametrize("name", CASES)
def test_a_right_parser_keeps_it(name):
    assert checked(name, parse, whole(CASES[name])) is None
    assert checked(name, parsers.right, whole(CASES[name])) is None


@pytest.mark.parametrize("name", [name for name in CASES if name not in ("total", "unfinished")])
def test_a_parser_that_hears_something_else_breaks_it(name):
    def deaf(pieces):
        body = b"".join(pieces)
        yield from parsers.right([body] if body != CASES[name] else [b"data: wrong\n\n"])

    assert checked(name, deaf, whole(CASES[name])) is not None


def test_every_clause_has_its_case():
    cuts = {law.name for law in PARSER_LAWS if law.name.startswith("cut")} | {"empty-pieces"}
    assert {law.name for law in PARSER_LAWS} == CASES.keys() | cuts


def test_of_mixed_line_ends_nothing_is_said_where_one_is_unknown():
    def without_cr(pieces):
        return parsers.right([b"".join(pieces).replace(b"\r\n", b"\n").replace(b"\r", b"")])

    assert checked("mixed-line-ends", without_cr, whole(CASES["mixed-line-ends"])) is None
    assert checked("mixed-line-ends", parsers.equal_ends, whole(CASES["mixed-line-ends"])) is not None


@pytest.mark.parametrize("law", ["event-type", "id-kept"])
def test_a_block_without_data_that_is_dispatched_is_another_law_s_matter(law):
    stream = whole(b"event: a\nid: a\n\ndata: a\n\n")
    assert checked(law, parsers.empty_dispatched, stream) is None
    assert checked("no-data", parsers.empty_dispatched, stream) is not None


def test_an_empty_piece_is_not_blamed_for_a_cut():
    cut = (b"data: a\r", b"\ndata: b\r\n\r\n")
    apart = (cut[0], b"", cut[1])
    assert checked("empty-pieces", parsers.crlf_twice, Stream(apart)) is None
    assert checked("cut-crlf", parsers.empty_piece_ends_waiting, Stream(cut)) is None
    assert checked("empty-pieces", parsers.empty_piece_ends_waiting, Stream(apart)) is not None


@pytest.mark.parametrize(
    ("name", "body"),
    [
        ("bom", b"\xef\xbb\xbf\xef\xbb\xbfdata: a\n\ndata: b\n\n"),
        ("comments", b"event: a\n: a\ndata: a\n\n"),
        ("event-type", b"event: a\n\ndata: a\n\n"),
        ("event-type", b"event: a\nevent: \ndata: a\n\n"),
        ("id-kept", b"id: a\n\ndata: a\n\n"),
        ("id-kept", b"id:  007 \ndata: a\n\n"),
        ("space-optional", b"data:\ta\n\n"),
    ],
)
def test_a_right_parser_keeps_the_rarer_cases_too(name, body):
    assert checked(name, parse, whole(body)) is None
    assert checked(name, parsers.right, whole(body)) is None


def test_a_cut_is_compared_with_the_whole():
    def by_piece(pieces):
        for piece in pieces:
            yield from parsers.right([piece])

    assert checked("cut", by_piece, Stream((b"data: a\n\n", b"data: b\n\n"))) is None
    breach = checked("cut", by_piece, Stream((b"data: a", b"\n\n")))
    assert (breach.expected, breach.got) == ("'a', as in one piece", "no event")


def test_what_fails_on_the_plain_stream_too_is_not_blamed_on_the_odd_thing():
    def fails(pieces):
        raise ValueError("always")

    assert checked("crlf", fails, whole(CASES["crlf"])) is None
    assert checked("retry-digits", fails, whole(CASES["retry-digits"])) is None
    assert checked("plain", fails, whole(CASES["plain"])).crash


def test_a_reconnection_time_may_be_left_untold_or_have_a_default():
    def with_default(pieces):
        return (event._replace(retry=3000) for event in parsers.right(pieces))

    assert checked("retry-digits", with_default, whole(CASES["retry-digits"])) is None


def test_our_own_limit_is_no_breach_of_ours_and_one_of_others():
    from harness.sse import SSEParser

    def narrow(pieces):
        return SSEParser(max_line=1).feed(b"".join(pieces))

    law = law_named(Kind.PARSER, "total")
    assert law.check(a_parser(narrow, ours=True), whole(b"abc")) is None
    assert law.check(a_parser(narrow), whole(b"abc")).crash
