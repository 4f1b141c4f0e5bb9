"""A whole tape gets one verdict, and a check that did not run never looks like one that passed."""

import pytest
from msgspec.structs import replace

from harness.cassette.digest import sealed
from harness.cassette.model import Cassette, Interaction
from harness.contract.catalog import RULES
from harness.contract.check import validate, verdict
from harness.contract.ledger import Ledger
from harness.disk.validation import contract_for
from harness.errors import UsageError
from harness.finding import Finding, Report, Severity, Verdict
from harness.upstreams.upstream import Upstream
from tests.contract.exchange import tape

LIMITED = {"response": {"status": 429, "headers": []}}
REFUSED = {"response": {"status": 404, "headers": []}}
FOREIGN = {"head": {"uri": "http://127.0.0.1:8080/login?token=hunter2"}}


def check(*cases: dict[str, object], upstream: str | None = None) -> Report:
    interactions = tuple(tape(case).interactions[0] for case in cases)
    return validate(Cassette(interactions), documents, upstream=upstream)


def documents(upstream: Upstream):
    return contract_for(upstream.name)


def finding(rule: str) -> Finding:
    ledger = Ledger()
    ledger.note(rule)
    return ledger.since(0)[0]


@pytest.mark.parametrize(
    ("rules", "word"),
    [
        ([], Verdict.CLEAN),
        (["no-stream-record"], Verdict.BENIGN),
        (["chunk-field-unknown"], Verdict.BENIGN),
        (["rate-limited"], Verdict.INCONCLUSIVE),
        (["rate-limited", "chunk-field-unknown"], Verdict.INCONCLUSIVE),
        (["role-missing"], Verdict.INVALID),
        (["rate-limited", "role-missing"], Verdict.INVALID),
        (["no-stream-record", "terminal-missing"], Verdict.INVALID),
    ],
)
def test_a_breach_outweighs_silence_and_silence_what_is_harmless(rules: list[str], word: Verdict) -> None:
    assert verdict(map(finding, rules)) is verdict(map(finding, reversed(rules))) is word


@pytest.mark.parametrize("case", [{}, LIMITED, FOREIGN], ids=["a reply", "an error", "an unknown upstream"])
def test_frames_that_do_not_add_up_are_told_of_every_answer(case: dict[str, object]) -> None:
    report = check(case | {"ending": {"end": "complete", "frames": [5, 6]}})
    told = {each.rule: each.message for each in report.findings}
    assert told["frames-mismatch"].startswith("the frames hold 11 bytes, the body ")
    assert "frames-mismatch" not in {each.rule for each in check(case).findings}


@pytest.mark.parametrize("rule", RULES)
def test_every_rule_alone_has_the_verdict_of_its_severity(rule: str) -> None:
    row = RULES[rule]
    harmless = row.severity in (Severity.ADDITIVE, Severity.BENIGN)
    expected = Verdict.INCONCLUSIVE if row.inconclusive else Verdict.BENIGN if harmless else Verdict.INVALID
    assert verdict([finding(rule)]) is expected


def test_each_interaction_is_checked_and_numbered() -> None:
    report = check({}, {"events": [1, 2]}, {}, {"events": [2, 4, "[DONE]"]})
    assert [(f.interaction, f.rule) for f in report.findings] == [
        (2, "finish-missing"),
        (2, "terminal-missing"),
        (4, "role-missing"),
    ]
    assert report.verdict is Verdict.INVALID
    assert report.summary == {
        "interactions": 4,
        "events": 15,
        "breaking": 2,
        "risky": 1,
        "additive": 0,
        "benign": 0,
    }


def test_one_blocked_recording_among_good_ones_leaves_the_tape_undecided() -> None:
    assert check({}, LIMITED).verdict is Verdict.INCONCLUSIVE
    assert check({}, LIMITED, REFUSED).verdict is Verdict.INVALID


def test_an_empty_tape_is_no_clean_tape() -> None:
    report = validate(Cassette(), documents)
    assert [f.rule for f in report.findings] == ["nothing-to-check"]
    assert report.verdict is Verdict.INCONCLUSIVE


def test_an_upstream_that_nobody_knows_is_told_with_a_way_out_and_without_the_query() -> None:
    report = check({}, FOREIGN)
    (found,) = report.findings
    assert (found.rule, found.interaction) == ("upstream-unknown", 2)
    assert "--upstream" in found.help
    assert "hunter2" not in str(found)
    assert report.verdict is Verdict.INCONCLUSIVE


def test_the_argument_counts_before_the_tape_and_the_tape_before_the_address() -> None:
    (interaction,) = tape(FOREIGN).interactions
    assert interaction.response.stream is not None
    named = replace(interaction.response.stream, upstream="vitalentum")
    unknown = replace(interaction.response.stream, upstream="another")

    def rules(stream: object, upstream: str | None) -> list[str]:
        response = replace(interaction.response, stream=stream)
        taped = Cassette((Interaction(interaction.request, response),))
        return [f.rule for f in validate(taped, documents, upstream=upstream).findings]

    assert rules(named, None) == rules(unknown, "vitalentum") == ["request-path-wrong"]
    assert rules(unknown, None) == ["upstream-unknown"]
    assert rules(None, None) == ["upstream-unknown"]


def test_a_name_that_no_upstream_has_is_your_mistake() -> None:
    with pytest.raises(UsageError, match="did you mean 'vitalentum'"):
        check({}, upstream="vitalentun")


def test_a_sealed_interaction_that_was_changed_says_so():
    whole = sealed(tape({}).interactions[0])
    changed = replace(whole, response=replace(whole.response, reason="Fine"))
    assert validate(Cassette((whole,)), documents).findings == ()
    report = validate(Cassette((changed,)), documents)
    assert [found.rule for found in report.findings] == ["digest-mismatch"]
    assert report.verdict is Verdict.BENIGN
