"""Differences of diff, by the operators of `operators.py`."""

from __future__ import annotations

import msgspec
import pytest

from harness import compare
from harness.drift.diff import changes
from harness.drift.shape import Summary
from harness.drift.statistics import fewer, more, needed
from harness.upstreams import get_upstream
from tests.drift.corpus import corpus
from tests.drift.findings import found_alone
from tests.drift.operators import OPERATORS, bytes_, cases_of
from tests.drift.views import summed

CASES = cases_of("diff")


@pytest.mark.parametrize("name", CASES)
def test_each_operator_alone_alarms(name):
    operator, found = OPERATORS[name], found_alone(name)
    assert (operator.where, operator.severity) in found
    assert len(found) <= operator.most


without_end = bytes_(lambda body: body.replace(b"data: [DONE]\n\n", b""))


def some_without_end(seed, size, without):
    found = corpus(seed, size)
    return [without_end(each) for each in found[:without]] + found[without:]


@pytest.mark.parametrize(("now", "rules"), [(2, []), (8, []), (30, ["sentinel-missing"])])
def test_what_was_seldom_and_is_frequent_has_moved(now, rules):
    report = compare(some_without_end(1, 40, 2), some_without_end(501, 40, now))
    assert [finding.rule for finding in report.findings] == rules


def streams(size, facts=(), **words):
    """A summary of so many replies: facts by how many show each, and words by how many said each."""
    tallies = {("all",): size, ("outcome", "reply"): size, ("fact", "chunks"): size}
    tallies |= {("fact", name): count for name, count in dict(facts).items()}
    return Summary(tallies, {tuple(key.split("_")): said for key, said in words.items()})


def told(before, now, upstream="vitalentum"):
    found = changes(before, now, get_upstream(upstream), {})
    return [(each.rule, each.where, each.before, each.now, each.detail, each.p) for each in found]


def about(p):
    return pytest.approx(p, rel=1e-6)


@pytest.mark.parametrize(
    ("had", "has", "size", "is_told"),
    [(4, 20, 40, True), (5, 20, 40, False), (4, 19, 40, False), (4, 5, 10, True), (4, 4, 10, False)],
)
def test_from_one_in_ten_to_half_is_news(had, has, size, is_told):
    found = told(streams(40, {"comment": had}), streams(size, {"comment": has}))
    chance = about(more(had, 40, has, size))
    assert found == [("comments-new", "", f"{had} of 40", f"{has} of {size}", "comment", chance)] * is_told


@pytest.mark.parametrize(("count", "is_told"), [(3, False), (4, True)])
def test_streams_that_say_everything_twice_are_news_when_half_of_them_do(count, is_told):
    found = told(streams(8), streams(8, {"doubled": count}))
    assert found == [("chunks-doubled", "", "0 of 8", f"{count} of 8", "doubled", None)] * is_told


@pytest.mark.parametrize(
    ("had", "total", "has", "size", "p"),
    [
        (0, 1, 1, 1, more(0, 1, 1, 1)),
        (0, 2, 2, 2, None),
        (1, 8, 8, 8, more(1, 8, 8, 8)),
        (0, 8, 3, 4, more(0, 8, 3, 4)),
    ],
)
def test_connections_that_broke_oftener(had, total, has, size, p):
    found = told(streams(total, {"stream-broken": had}), streams(size, {"stream-broken": has}))
    chance = None if p is None else about(p)
    assert found == [("stream-broken", "", f"{had} of {total}", f"{has} of {size}", "", chance)]


@pytest.mark.parametrize(("had", "total", "has", "size"), [(2, 8, 1, 4), (4, 8, 1, 4), (0, 8, 0, 4)])
def test_connections_that_broke_as_often_as_ever(had, total, has, size):
    assert told(streams(total, {"stream-broken": had}), streams(size, {"stream-broken": has})) == []


@pytest.mark.parametrize(
    ("had", "total", "has", "is_told"),
    [(2, 2, 0, True), (1, 1, 0, False), (2, 3, 0, False), (2, 2, 1, False)],
)
def test_what_every_stream_had_and_none_has(had, total, has, is_told):
    found = told(streams(total, {"bare-json": had}), streams(3, {"bare-json": has}))
    assert found == [("framing-lost", "", f"{total} of {total}", "0 of 3", "no bare json", None)] * is_told


@pytest.mark.parametrize(
    ("fact", "where"),
    [
        ("id-varies", "$.id"),
        ("created-varies", "$.created"),
        ("model-varies", "$.model"),
        ("cumulative", "$.choices[*].delta.content"),
        ("index-counts-up", "$.choices[*].index"),
        ("bom", ""),
    ],
)
def test_what_appeared_is_told_at_its_place(fact, where):
    assert [each[1] for each in told(streams(2), streams(2, {fact: 1}))] == [where]


@pytest.mark.parametrize(
    ("had", "total", "has", "size", "said"),
    [
        (0, 0, 4, 4, []),
        (4, 4, 0, 0, []),
        (0, 4, 2, 4, [("usage-new", "0 of 4", "2 of 4", None)]),
        (0, 4, 1, 3, []),
        (2, 2, 1, 4, [("usage-missing", "2 of 2", "1 of 4", None)]),
        (1, 1, 1, 4, []),
        (2, 3, 1, 4, []),
        (1, 1, 0, 4, [("usage-missing", "1 of 1", "0 of 4", about(fewer(1, 1, 0, 4)))]),
        (3, 9, 0, 4, [("usage-missing", "3 of 9", "0 of 4", about(fewer(3, 9, 0, 4)))]),
    ],
)
def test_tokens_that_are_counted_or_not(had, total, has, size, said):
    before, now = streams(9, {"usage": had, "chunks": total}), streams(9, {"usage": has, "chunks": size})
    assert [(rule, old, new, p) for rule, _, old, new, _, p in told(before, now)] == said


def test_how_many_more_streams_would_settle_that_no_tokens_are_counted():
    (change,) = changes(streams(9, {"usage": 3}), streams(4), get_upstream("vitalentum"), {})
    assert change.needed == needed(3, 9, 4)


def test_tokens_that_are_counted_elsewhere():
    facts = {"usage": 4, "usage-with-finish": 4, "usage-with-choices": 4}
    before, now = (
        streams(4, facts),
        streams(5, {"usage": 3, "usage-alone": 2, "usage-after-finish": 1, "usage-with-finish": 2}),
    )
    said = [
        (rule, old, new, detail)
        for rule, _, old, new, detail, _ in told(before, now)
        if rule == "usage-moved"
    ]
    assert said == [
        ("usage-moved", "0 of 4", "1 of 3", "usage-after-finish"),
        ("usage-moved", "0 of 4", "2 of 3", "usage-alone"),
    ]


@pytest.mark.parametrize(
    ("pair", "total", "is_told"),
    [
        (("text", "empty"), 3, True),
        (("empty", "text"), 3, True),
        (("finish", "finish"), 3, True),
        (("start", "text"), 3, True),
        (("text", "empty"), 2, False),
        (("text", "finish"), 3, False),
    ],
)
def test_an_order_that_tells(pair, total, is_told):
    now = streams(5)
    now.tallies["pair", *pair] = 4
    said = [("order-changed", "", f"0 of {total}", "4 of 5", ", then ".join(pair), None)]
    assert told(streams(total), now) == said * is_told
    before = streams(total)
    before.tallies["pair", *pair] = 1
    assert told(before, now) == []


@pytest.mark.parametrize(
    ("old", "new", "said"),
    [
        ({"a": 1, "b": 1}, {"c": 2}, [("id-repeated", "$.id", "another one in each stream", "2 times 'c'")]),
        (None, {"c": 9}, [("id-repeated", "$.id", "another one in each stream", "9 times 'c'")]),
        ({"a": 1}, {"c": 2}, []),
        ({"a": 2, "b": 1}, {"c": 2}, []),
        ({"a": 1, "b": 1}, {"c": 1}, []),
        ({"a": 1, "b": 1}, {"c": 1, "d": 1}, []),
        ({"a": 1, "b": 1}, {}, []),
    ],
    ids=str,
)
def test_an_id_that_is_repeated(old, new, said):
    assert [each[:4] for each in told(streams(9, stamp_id=old), streams(9, stamp_id=new))] == said


@pytest.mark.parametrize(
    ("old", "new", "is_told"),
    [
        ("a", "b", True),
        ("a", "ab", True),
        ("ab", "abc", True),
        ("abc", "abd", False),
        ("abc", "de", True),
        ("ab", "a", False),
        ("", "a", False),
        ("a", "", False),
    ],
)
def test_another_model(old, new, is_told):
    before, now = (streams(9, stamp_model=dict.fromkeys(side, 1)) for side in (old, new))
    assert [each[:4] for each in told(before, now)] == [
        ("model-changed", "$.model", ", ".join(old), ", ".join(new))
    ] * is_told


@pytest.mark.parametrize(
    ("old", "new", "names"),
    [({"a": 2}, {"a": 2, "c": 1, "b": 3}, ["b", "c"]), ({"a": 2}, None, []), (None, {"a": 2}, [])],
)
def test_events_of_other_names(old, new, names):
    before, now = (streams(4, {"field-event": 4}, **{"event-name": said}) for said in (old, new))
    assert [(each[0], each[3], each[4]) for each in told(before, now)] == [
        ("event-name-changed", f"{new[name]} of 4", name) for name in names
    ]


def test_names_of_the_first_events_are_told_as_events():
    before, now = streams(4), streams(4, {"field-event": 4}, **{"event-name": {"a": 4}})
    assert [each[0] for each in told(before, now)] == ["event-field-new"]


def test_where_no_stream_came_nothing_is_said_of_streams():
    some = streams(4, {"bom": 4, "usage": 4}, stamp_model={"a": 4})
    assert told(some, streams(0)) == []
    assert told(streams(0), some) == []


@pytest.mark.parametrize(
    ("upstream", "places"),
    [
        ("vitalentum", ("$.id", "$.model", "$.choices[*].index")),
        ("anthropic-messages", ("$.message.id", "$.message.model", "")),
        ("ollama-chat", ("", "$.model", "")),
    ],
)
def test_each_upstream_has_its_own_places(upstream, places):
    before = streams(4, stamp_id=None, stamp_model={"a": 4})
    now = streams(4, {"index-counts-up": 4}, stamp_id={"a": 4}, stamp_model={"b": 4})
    where = {rule: place for rule, place, *_ in told(before, now, upstream)}
    assert (where["id-repeated"], where["model-changed"], where["index-counts-up"]) == places


def test_the_places_of_chunks_say_nothing_of_questions():
    before, now = (summed([[{"model": word}]] * 3, "request") for word in "ab")
    words = {"request:$.model": frozenset({"a"})}
    (change,) = changes(before, now, get_upstream("vitalentum"), words)
    assert (change.rule, change.where) == ("request-field-constant-changed", "request:$.model")


def test_where_a_profile_knows_no_place_the_rule_has_one():
    upstream = get_upstream("vitalentum")
    chunks = tuple(msgspec.structs.replace(each, model=(), id=()) for each in upstream.events)
    bare = msgspec.structs.replace(upstream, events=chunks)
    before = streams(4, stamp_id=None, stamp_model={"a": 4})
    now = streams(4, stamp_id={"a": 4}, stamp_model={"b": 4})
    assert [each.where for each in changes(before, now, bare, {})] == ["", ""]
