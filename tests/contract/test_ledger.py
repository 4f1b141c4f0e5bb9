"""A breach is written down once for each place, counted after that, and never without end."""

from harness.contract.catalog import RULES
from harness.contract.ledger import AT_MOST, Ledger


def test_a_rule_and_place_is_one_finding_with_its_first_event_and_its_count() -> None:
    ledger = Ledger(interaction=3)
    for event in (2, 5, 9):
        ledger.note("chunk-field-null", f"$.id is null ({event})", where="$.id", event=event)
    (finding,) = ledger.findings(events=12)
    assert (finding.interaction, finding.event, finding.message) == (3, 2, "$.id is null (2)")
    assert finding.evidence.now == "3 times in 12 events"


def test_what_is_found_in_no_stream_counts_no_events() -> None:
    ledger = Ledger()
    for _ in range(2):
        ledger.note("request-field-unknown", where="request:$.conversation.history[*].id")
    assert [finding.evidence.now for finding in ledger.findings(events=12)] == ["2 times"]


def test_another_place_is_another_finding() -> None:
    ledger = Ledger()
    ledger.note("chunk-field-null", where="$.id")
    ledger.note("chunk-field-null", where="$.model")
    assert [finding.where for finding in ledger.findings(1)] == ["$.id", "$.model"]
    assert len({finding.fingerprint for finding in ledger.findings(1)}) == 2


def test_what_the_catalogue_knows_need_not_be_said() -> None:
    ledger = Ledger()
    ledger.note("terminal-missing")
    (finding,) = ledger.findings(1)
    assert (finding.where, finding.help) == ("sentinel", RULES["terminal-missing"].help)
    assert finding.message == "the stream ended without its terminal event"
    assert finding.evidence.now is None


def test_the_new_ones_can_be_told_from_the_old() -> None:
    ledger = Ledger()
    ledger.note("terminal-missing")
    before = len(ledger)
    ledger.note("terminal-missing")
    assert ledger.since(before) == []
    ledger.note("finish-missing")
    assert [finding.rule for finding in ledger.since(before)] == ["finish-missing"]


def test_an_upstream_that_makes_up_fields_does_not_fill_the_memory() -> None:
    ledger = Ledger()
    for number in range(10 * AT_MOST):
        ledger.note("chunk-field-unknown", where=f"$.field{number}")
    assert len(ledger) == len(ledger.findings(1)) == AT_MOST
