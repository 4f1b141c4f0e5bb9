"""What drift says, word for word: of each operator, of each taken back, of few recordings, and of mixed cases.

The texts are kept in `findings.txt`. After a wanted change: `python -m tests.drift.findings`, and read the difference.
"""

from __future__ import annotations

from functools import cache
from pathlib import Path
from zlib import crc32

import msgspec

from harness.cassette.model import Interaction, Response
from harness.disk.schemas import load_schemas
from harness.drift.change import Change
from harness.drift.diff import changes
from harness.drift.judge import judge
from harness.drift.rules import RULES
from harness.drift.stream import places_of
from harness.drift.summarise import summarise
from harness.drift.words import listed_words
from harness.upstreams import get_upstream
from tests.drift.corpus import Style, corpus
from tests.drift.operators import (
    OPERATORS,
    WITH_USAGE,
    asked,
    buffered,
    bytes_,
    documents,
    each,
    header,
    insert,
    pop,
    put,
    refused,
    replaced,
    request_header,
    request_parts,
    said,
    slower,
    swap,
    usage_chunk,
)

KEPT = Path(__file__).with_name("findings.txt")
UPSTREAM = get_upstream("vitalentum")
WORDS = listed_words(load_schemas(UPSTREAM), UPSTREAM.json_strings)
REGION = "X-Region"
LEGACY = Style(headers=(("X-Legacy", "1"),))


def same(found):
    return found


def then(*made):
    """One change after another."""

    def mutate(found):
        for change in made:
            found = change(found)
        return found

    return mutate


def over(version):
    """A reply over this version of HTTP."""
    return lambda found: replaced(
        found, stream=msgspec.structs.replace(found.response.stream, http_version=version)
    )


def ended(how):
    """A stream that ended so."""
    return lambda found: replaced(found, stream=msgspec.structs.replace(found.response.stream, end=how))


def twice(chunks):
    return [chunk for chunk in chunks for _ in range(2)]


def alternately(one, other):
    """The one change in some recordings, the other in the rest, by what was answered."""
    return lambda found: (one if crc32(found.response.body) % 2 else other)(found)


def now_and_then(change, *, of=2):
    """The change in about one recording of so many."""
    return lambda found: found if crc32(found.response.body) % of else change(found)


def request_without(name):
    def mutate(found):
        kept = tuple(pair for pair in found.request.headers if pair[0] != name)
        return Interaction(msgspec.structs.replace(found.request, headers=kept), found.response)

    return mutate


def failed(status, *headers, body=b'{"message":"no"}'):
    """An error with these headers."""
    response = Response(status, "No", (("Content-Type", "application/json"), *headers), body)
    return lambda found: Interaction(found.request, response)


def sides(old=same, new=same, size=8, now=None, style=None, other=None):
    """So many recordings of each side, each after its change."""
    return lambda: (
        [old(found) for found in corpus(1, size, style)],
        [new(found) for found in corpus(501, now or size, other or style)],
    )


def with_errors(old, new, size=4):
    """Answers, and beside them the errors of one change before and of another now."""
    return lambda: (
        corpus(1, 4) + [old(found) for found in corpus(2, size)],
        corpus(3, 4) + [new(found) for found in corpus(2, size)],
    )


MIXED = {
    # fields
    "a field of half the streams, gone": sides(
        same, each(pop("system_fingerprint")), 30, 12, Style(optional=0.5)
    ),
    "a field of half the streams, gone from three": sides(
        same, each(pop("system_fingerprint")), 30, 3, Style(optional=0.5)
    ),
    "a field of one stream, gone": sides(same, each(pop("object")), 1),
    "a field now and then": sides(same, same, 12, 30, Style(), Style(optional=0.5)),
    "a setting now and then gone": sides(
        same, now_and_then(asked(lambda d: {"conversation": d["conversation"]}))
    ),
    # usage
    "usage of all but one, gone": lambda: (corpus(1, 6, WITH_USAGE) + corpus(2, 1), corpus(501, 5)),
    "usage now and then": lambda: (corpus(1, 6), corpus(501, 3) + corpus(2, 3, WITH_USAGE)),
    "usage of one": lambda: (corpus(1, 6), corpus(501, 5) + corpus(2, 1, WITH_USAGE)),
    "no usage now and then": lambda: (corpus(1, 6, WITH_USAGE), corpus(501, 3) + corpus(2, 3, WITH_USAGE)),
    "usage of one stream, gone": lambda: (corpus(1, 1, WITH_USAGE), corpus(501, 1)),
    "usage alone": sides(
        documents(lambda found: [*found[:-1], {**found[-1], **_usage(found)}]), insert(usage_chunk, "end")
    ),
    # streams
    "one connection broke": sides(same, now_and_then(ended("reset"), of=8)),
    "some connections broke": sides(now_and_then(ended("reset"), of=9), now_and_then(ended("reset")), 12),
    "all connections broke": sides(same, ended("reset"), 8, 4),
    "the only connection broke": sides(same, ended("reset"), 1),
    "some say everything twice": sides(same, now_and_then(documents(twice))),
    "half say everything twice": sides(same, alternately(documents(twice), same), 4),
    "other names of events": sides(
        swap(b"data: {", b"event: chunk\ndata: {"), swap(b"data: {", b"event: delta\ndata: {")
    ),
    "one more name of events": sides(
        swap(b"data: {", b"event: chunk\ndata: {"),
        then(swap(b"data: {", b"event: chunk\ndata: {"), swap(b"data: [", b"event: end\ndata: [")),
    ),
    "a bom now and then, then always": sides(
        now_and_then(bytes_(lambda body: b"\xef\xbb\xbf" + body), of=7),
        bytes_(lambda body: b"\xef\xbb\xbf" + body),
        24,
    ),
    "empty chunks, of two and of three": lambda: (
        corpus(1, 3),
        [insert(said(""), "middle")(found) for found in corpus(2, 3)],
    ),
    # models and ids
    "another model beside": lambda: (corpus(1, 5), corpus(501, 3) + corpus(2, 3, Style(model="gpt-4"))),
    "another model beside two": lambda: (
        corpus(1, 2) + corpus(2, 2, Style(model="gpt-4")),
        corpus(501, 3) + corpus(3, 3, Style(model="gpt-5")),
    ),
    "another model beside three": lambda: (
        corpus(1, 2) + corpus(2, 2, Style(model="gpt-4")) + corpus(4, 2, Style(model="gpt-3")),
        corpus(501, 3) + corpus(3, 3, Style(model="gpt-5")),
    ),
    "one of two models": lambda: (corpus(1, 2) + corpus(2, 2, Style(model="gpt-4")), corpus(501, 3)),
    "one id for all, after one recording": sides(same, each(put("id", "chatcmpl-0000000000000")), 1, 3),
    "the same id as ever": sides(each(put("id", "one")), each(put("id", "other"))),
    # times
    "slow, of few": sides(same, slower(1.0, first=2.5), 3),
    "slow, of very few": sides(same, slower(2.5), 2),
    "some slow": sides(same, now_and_then(slower(6.0, first=6.0)), 20),
    "some at once": sides(same, now_and_then(buffered), 10, 9),
    # headers
    "a header of some, gone": sides(now_and_then(header(REGION, "fra")), same, 12),
    "a header of one reply, gone": sides(header(REGION, "fra"), same, 1, 9),
    "a header now and then gone": sides(same, now_and_then(header("X-Request-Id", None)), 12, 8),
    "a header now and then": sides(same, now_and_then(header(REGION, "fra"))),
    "headers of the way": sides(header("CF-Ray", "7-FRA"), header("Age", "7")),
    "numbers that came to have a point": sides(header("X-Load", "1"), header("X-Load", "1.5")),
    "numbers that became words": sides(
        header("X-Load", "1"), alternately(header("X-Load", "high"), header("X-Load", "5s"))
    ),
    "words that became numbers": sides(
        alternately(header("X-Load", "high"), header("X-Load", "5s")), header("X-Load", "1")
    ),
    "words that became words": sides(header("X-Load", "low"), header("X-Load", "high")),
    "an end that some replies announce": sides(same, now_and_then(header("Sunset", "Sat, 01 May 2027"))),
    "two ends": sides(
        same, alternately(header("Sunset", "Sat, 01 May 2027"), header("Sunset", "Sun, 02 May 2027"))
    ),
    "an end that moves": sides(
        same, lambda found: header("Sunset", str(len(found.response.body)))(found), 8, 60
    ),
    "a warning": sides(same, header("Warning", '299 - "Old"')),
    "a link to a successor": sides(same, header("Link", '</v2>; rel="Successor-Version"')),
    "a link to a deprecation": sides(same, header("Link", '</old>; rel="deprecation"')),
    "a link to a sunset": sides(same, header("Link", '</old>; rel="sunset"')),
    "a link to the next page": sides(same, header("Link", '</2>; rel="next"')),
    "told to come back later": sides(same, header("Retry-After", "30")),
    "content type gone": sides(same, header("Content-Type", None)),
    "content type of some, gone": sides(
        now_and_then(header("Content-Type", None)), header("Content-Type", None)
    ),
    "content type now and then html": sides(same, now_and_then(header("Content-Type", "text/html"))),
    "another charset": sides(same, header("Content-Type", "text/event-stream; charset=latin-1")),
    "one more space": sides(same, header("Content-Type", "text/event-stream; charset=utf-8")),
    "one more charset": sides(
        same, alternately(same, header("Content-Type", "text/event-stream; charset=utf-8; v=1"))
    ),
    "plain and html": sides(
        same, alternately(header("Content-Type", "text/plain"), header("Content-Type", "text/html"))
    ),
    "server gone": sides(same, header("Server", None)),
    "server of one, gone": sides(same, header("Server", None), 1),
    "server of some, gone": sides(now_and_then(header("Server", None)), header("Server", None)),
    "a way new": sides(same, header("Via", "1.1 cdn")),
    "two servers for two": sides(
        alternately(header("Server", "a"), header("Server", "b")),
        alternately(header("Server", "c"), header("Server", "d")),
    ),
    "one more server": sides(same, alternately(same, header("Server", "nginx"))),
    "buffering allowed": sides(same, header("X-Accel-Buffering", "yes")),
    "buffering not spoken of": sides(same, header("X-Accel-Buffering", None)),
    "origin gone": sides(same, header("Access-Control-Allow-Origin", None)),
    "origin of one": sides(same, header("Access-Control-Allow-Origin", "https://a.example")),
    "caching not spoken of": sides(same, header("Cache-Control", None)),
    "caching spoken of": sides(header("Cache-Control", None), header("Cache-Control", "max-age=60")),
    "caching in public": sides(same, header("Cache-Control", "public")),
    "caching in private": sides(same, header("Cache-Control", "private")),
    "caching but not in public": sides(same, header("Cache-Control", "public, no-store")),
    "two versions of http": sides(same, alternately(over("2"), over("3"))),
    "of two versions of http, a third": sides(alternately(over("2"), over("3")), over("1.0")),
    "of plain and html, events": sides(
        alternately(header("Content-Type", "text/plain"), header("Content-Type", "text/html")), same
    ),
    "one space less": sides(header("Content-Type", "text/event-stream; charset=utf-8"), same),
    # questions
    "accept gone": sides(same, request_without("Accept")),
    "accept of one, gone": sides(same, request_without("Accept"), 1),
    "type of questions gone": sides(same, request_without("Content-Type")),
    "type of questions new": sides(request_without("Content-Type"), same),
    "agent gone": sides(same, request_without("User-Agent")),
    "a beta asked for": sides(same, request_header("Beta", "1")),
    "a beta asked for no more": sides(request_header("Beta", "1"), same),
    "a beta asked for by some": sides(now_and_then(request_header("Beta", "1")), same, 12),
    "another beta": sides(request_header("Beta", "1"), request_header("Beta", "one")),
    "a key in a header of its own": sides(same, request_header("X-Api-Key", "k")),
    "a key of some": sides(same, now_and_then(request_header("X-Api-Key", "k"))),
    "two methods for two": sides(
        alternately(request_parts(method="GET"), request_parts(method="HEAD")),
        alternately(request_parts(method="PUT"), request_parts(method="PATCH")),
    ),
    "one more method": sides(same, alternately(same, request_parts(method="PUT"))),
    "a query always": sides(same, request_parts(uri="https://a.example/api/converse-edge?v=2"), 8, 3),
    "a query now and then": sides(
        same, now_and_then(request_parts(uri="https://a.example/api/converse-edge?v=2"))
    ),
    "questions that are no json": sides(same, now_and_then(request_parts(body=b"hello"))),
    "questions that were no json": sides(
        now_and_then(request_parts(body=b"hello")), request_parts(body=b"hello")
    ),
    "other media types of questions": sides(
        alternately(
            request_parts(headers=(("Accept", "a/b"), ("Content-Type", "a/b"))),
            request_parts(headers=(("Accept", "a/c"), ("Content-Type", "a/c"))),
        ),
        alternately(
            request_parts(headers=(("Accept", "d/b"), ("Content-Type", "d/b"))),
            request_parts(headers=(("Accept", "d/c"), ("Content-Type", "d/c"))),
        ),
    ),
    "other forms of a conversation": sides(
        alternately(asked(lambda d: {**d, "conversation": "x"}), asked(lambda d: {**d, "conversation": "5"})),
        alternately(asked(lambda d: {**d, "conversation": {}}), asked(lambda d: {**d, "conversation": []})),
    ),
    # outcomes
    "some refused": sides(same, now_and_then(refused(422)), 12),
    "a few refused": sides(same, now_and_then(refused(422), of=4), 12, 6),
    "some fail": sides(same, now_and_then(refused(500)), 12),
    "some are errors under 200": sides(same, now_and_then(refused(200, b'{"error":{"message":"bad"}}')), 12),
    "two statuses of two": sides(
        alternately(lambda found: replaced(found, status=201), lambda found: replaced(found, status=202)),
        alternately(lambda found: replaced(found, status=203), lambda found: replaced(found, status=206)),
    ),
    "refused in two ways": sides(same, alternately(refused(422), refused(404))),
    "more refused than before": sides(now_and_then(refused(400), of=8), now_and_then(refused(400)), 24),
    "more refused, and otherwise": sides(now_and_then(refused(400), of=8), now_and_then(refused(422)), 24),
    "a little more refused": sides(now_and_then(refused(400), of=6), now_and_then(refused(400), of=4), 24),
    "errors of two kinds, then of two others": lambda: (
        corpus(1, 4) + [alternately(failed(400), failed(404))(found) for found in corpus(2, 6)],
        corpus(3, 4) + [alternately(failed(409), failed(422))(found) for found in corpus(4, 6)],
    ),
    "the same errors, of one more kind": lambda: (
        corpus(1, 4) + [failed(400)(found) for found in corpus(2, 4)],
        corpus(3, 4)
        + [failed(400)(found) for found in corpus(2, 2)]
        + [failed(422)(found) for found in corpus(4, 2)],
    ),
    "a failure as json, once": with_errors(failed(400), failed(500), 1),
    "failures as json": lambda: (
        corpus(1, 4) + [failed(400)(found) for found in corpus(2, 3)],
        corpus(3, 4) + [failed(500)(found) for found in corpus(4, 2)],
    ),
    "one question answered and refused": lambda: (
        corpus(1, 4) + [failed(400)(found) for found in corpus(1, 1)],
        corpus(3, 4) + [failed(422)(found) for found in corpus(1, 1)],
    ),
    "a question refused and answered, then an error under 200": lambda: (
        corpus(1, 4) + [failed(400)(found) for found in corpus(1, 1) + corpus(2, 1)],
        corpus(3, 4)
        + [refused(200, b'{"error":{"message":"bad"}}')(found) for found in corpus(1, 1)]
        + [failed(400)(found) for found in corpus(2, 1)],
    ),
    "one of the refused, refused otherwise": lambda: (
        corpus(1, 4) + [failed(400)(found) for found in corpus(2, 4)],
        corpus(3, 4)
        + [failed(422)(found) for found in corpus(2, 1)]
        + [failed(400)(found) for found in corpus(2, 4)[1:]],
    ),
    "errors in two other dresses": with_errors(
        alternately(failed(400), refused(400, b"no", "text/plain")),
        alternately(refused(400, b"<html>", "text/html"), refused(400, b"", "application/xml")),
    ),
    "errors with another header": with_errors(failed(400, ("X-Code", "1")), failed(400, ("X-Reason", "a"))),
    "errors with another kind of header": with_errors(
        failed(400, ("X-Code", "1")), failed(400, ("X-Code", "one"))
    ),
    "an error with another code": with_errors(
        failed(400, body=b'{"message":"no","code":41}'), failed(400, body=b'{"message":"no","code":43}')
    ),
    "an error with one more field": with_errors(
        failed(400), failed(400, body=b'{"message":"no","code":41}'), 1
    ),
    "an error with one field less": with_errors(
        failed(400, body=b'{"message":"no","code":41}'), failed(400), 1
    ),
}
"""Cases beside those of the operators: rates, few recordings, headers, questions, refusals."""


def _usage(found):
    return {"choices": found[-1]["choices"], "usage": {"total_tokens": 5}}


CASES = [*OPERATORS, *MIXED]


def cases_of(name):
    """What a case compares, by the words after its name: operators are also taken back, and tried on two recordings."""
    if name in MIXED:
        return {"": MIXED[name]}
    operator = OPERATORS[name]
    return {
        "": lambda: operator.sides(1),
        ", back": lambda: operator.sides(1)[::-1],
        ", of two": lambda: operator.sides(1, 2),
    }


@cache
def summaries(name):
    """The summaries of both sides, of each variant of a case."""
    return {
        words: tuple(summarise(side, UPSTREAM) for side in sides()) for words, sides in cases_of(name).items()
    }


def told(name):
    """What a reader gets to know in a case, and below it what was seen and not said."""
    return "\n\n".join(f"== {name}{words}\n{_told(*pair)}" for words, pair in summaries(name).items())


def found_alone(name):
    """What an operator alone is found by: places and severities."""
    before, now = summaries(name)[""]
    report = judge(changes(before, now, UPSTREAM, WORDS), summary={}, paths=places_of(UPSTREAM))
    return [(found.where, found.severity) for found in report.findings]


def _told(before, now):
    """One comparison; every value in a difference is of the type that it says, too."""
    seen = msgspec.convert(msgspec.to_builtins(changes(before, now, UPSTREAM, WORDS)), list[Change])
    report = judge(seen, summary={}, paths=places_of(UPSTREAM))
    told = {(found.rule, found.where) for found in report.findings}
    unsaid = [each for each in seen if (each.rule, each.where or RULES[each.rule].where) not in told]
    lines = [report.verdict.value, *(line for found in report.findings for line in _said(found))]
    lines += [f"  undecided: {_spoken(each)}" for each in report.summary["undecided"]]
    return "\n".join([*lines, *(f"  unsaid: {_spoken(msgspec.structs.asdict(each))}" for each in unsaid)])


def _said(found):
    yield f"  {found.severity.value} {found.rule}, {found.where}"
    yield f"    {found.message}"
    yield f"    {_spoken(msgspec.structs.asdict(found.evidence))}"


def _spoken(words):
    shown = {name: f"{each:.3g}" if isinstance(each, float) else each for name, each in words.items()}
    return ", ".join(f"{name} {each}" for name, each in shown.items() if each not in (None, ""))


def kept():
    """The texts that were read and found right, by case."""
    parts = KEPT.read_text(encoding="utf-8").rstrip("\n").split("\n\n")
    return {part.partition("\n")[0].removeprefix("== "): part for part in parts}


if __name__ == "__main__":
    KEPT.write_text("\n".join(f"{told(name)}\n" for name in CASES), encoding="utf-8")
