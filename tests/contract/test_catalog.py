"""The catalogue is complete and consistent, and the page in the docs shows it as it is now."""

import re

import pytest

from harness.chat.machine import Rule as Grammar
from harness.contract.catalog import RULES, TABLE, Rule
from harness.contract.documents import RULE_ENDINGS
from harness.finding import Layer, Severity

PLAIN_WORDS = {
    *(
        "status",
        "http_version",
        "error:status",
        "request:method",
        "request:path",
        "framing",
        "encoding",
        "sentinel",
    ),
    *(
        "comments",
        "event",
        "id",
        "retry",
        "first-chunk",
        "last-chunk",
        "usage-chunk",
        "chunk-sequence",
        "chunk-count",
    ),
    *("chunk-size", "ttft", "inter-chunk", "duration"),
}

DOCUMENTS = ("request", "chunk", "error")

rules = pytest.mark.parametrize("row", TABLE, ids=lambda row: row.id)


def test_no_id_is_given_twice() -> None:
    assert len(RULES) == len(TABLE)


@rules
def test_a_row_reads_like_the_others(row: Rule) -> None:
    assert re.fullmatch(r"[a-z0-9]+(-[a-z0-9]+)+", row.id)
    assert row.what[0].isupper()
    assert row.what.endswith(".")
    assert row.why.endswith(".")
    assert row.help[0].islower()
    assert not row.help.endswith(".")


@rules
def test_a_place_is_one_of_the_published_words_or_a_path(row: Rule) -> None:
    path = re.match(r"(request:|error:)?\$|(request:|error:)?header:", row.where)
    assert row.where == "" or row.where in PLAIN_WORDS or path


@rules
def test_the_id_tells_the_layer_of_a_document(row: Rule) -> None:
    prefix, ending = row.id.split("-", 1)
    if ending in RULE_ENDINGS and prefix in DOCUMENTS:
        assert row.layer is Layer(prefix)


@rules
def test_what_only_keeps_from_judging_is_risky(row: Rule) -> None:
    if row.inconclusive:
        assert row.severity is Severity.RISKY


def test_every_breach_of_the_grammar_has_its_row() -> None:
    assert {rule.value for rule in Grammar} <= RULES.keys()


def test_every_fault_of_every_document_has_its_row() -> None:
    assert {f"{document}-{ending}" for document in DOCUMENTS for ending in RULE_ENDINGS} <= RULES.keys()
