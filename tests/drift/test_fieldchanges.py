"""What differs in documents; the catalogue of changes is walked by the benchmark's tables."""

import copy

from harness.drift.difference import Pair
from harness.drift.fieldchanges import chunk_changes, error_changes, request_changes

from harness.drift.shape import summarise
from tests.drift.exchanges import CHUNKS, UPSTREAM, asked, exchange, several


def changed(change):
    chunks = copy.deepcopy(CHUNKS)
    for number, item in enumerate(chunks[:-1]):
        change(item, number)
    return chunks


def pair(before, now):
    return Pair(summarise(before, UPSTREAM), summarise(now, UPSTREAM))


def chunks_differ(before, now, words=None):
    found = chunk_changes(pair(before, now), UPSTREAM, words or {})
    return {(each.rule, each.where) for each in found}


def test_only_the_outermost_place_of_a_change_is_told():
    new = changed(lambda item, _: item.__setitem__("meta", {"a": {"b": 1}}))
    assert chunks_differ(several(), several(chunks=new)) == {("chunk-field-added", "$.meta")}
    assert chunks_differ(several(chunks=new), several()) == {("chunk-field-removed", "$.meta")}


def test_a_renamed_field_is_one_change():
    new = changed(lambda item, _: item.__setitem__("made", item.pop("created")))
    assert chunks_differ(several(), several(chunks=new)) == {("chunk-field-renamed", "$.created")}


def test_a_map_may_have_any_keys():
    def mapped(letter):
        return [
            exchange(
                changed(
                    lambda item, _, n=number: item.__setitem__(
                        "m", {letter + "x" * n: 1, letter + "y" * n: 2}
                    )
                ),
                number=number,
            )
            for number in range(6)
        ]

    assert chunks_differ(mapped("a"), mapped("b")) == set()


def test_a_field_seen_at_times_is_missed_only_when_chance_is_ruled_out():
    tier = changed(lambda item, _: item.__setitem__("tier", "default"))
    some = [*several(5, chunks=tier), *several(5)]
    few, many = pair(some, several(2)), pair(some, several(30))
    (early,) = chunk_changes(few, UPSTREAM, {})
    (late,) = chunk_changes(many, UPSTREAM, {})
    assert early.rule == late.rule == "chunk-field-rare-removed"
    assert early.p > 0.01 > late.p
    assert early.needed


def test_a_word_that_the_schema_lists_is_excused():
    new = changed(
        lambda item, n: item["choices"][0].__setitem__("finish_reason", "length" if n == 4 else None)
    )
    where = "$.choices[*].finish_reason"
    assert chunks_differ(several(), several(chunks=new)) == {("chunk-value-new", where)}
    assert chunks_differ(several(), several(chunks=new), {where: frozenset({"length"})}) == set()


def test_what_was_only_ever_null_may_have_a_value_at_times():
    before = changed(lambda item, _: item.__setitem__("tier", None))
    now = changed(lambda item, n: item.__setitem__("tier", "flex" if n == 1 else None))
    assert chunks_differ(several(chunks=before), several(chunks=now)) == {
        ("chunk-type-changed", "$.tier")
    } or (chunks_differ(several(chunks=before), several(chunks=now)) == set())


def test_request_fields_are_new_only_when_all_have_them():
    new = exchange(request=asked({"stream": True}))
    assert request_changes(pair(several(), [new, *several(3)]), UPSTREAM, {}) == []
    (change,) = request_changes(pair(several(), [new]), UPSTREAM, {})
    assert (change.rule, change.where) == ("request-field-added", "request:$.stream")


def test_errors_are_compared_status_by_status():
    def errors(status, body):
        return several(2, status=status, body=body, headers=(("Content-Type", "application/json"),))

    both = [*errors(400, b'{"message": "a b"}'), *errors(401, b'{"error": {"type": "x"}}')]
    assert error_changes(pair(both, errors(400, b'{"message": "c d"}'))) == []
    (change,) = error_changes(pair(both, errors(400, b'{"detail": "c d"}')))
    assert (change.rule, change.where) == ("error-field-renamed", "error:$.message")
