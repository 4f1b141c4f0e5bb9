"""What a client did in a trial, and the rules that it broke by it. Pure.

A client says its text, and whether it failed. Nothing else is asked of it: how it words a failure is its own business.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.finding import Evidence, Finding, Layer, Severity
from harness.fuzz.told import clipped
from harness.fuzz.trial import RETRY_AFTER_S, Expect

if TYPE_CHECKING:
    from harness.fuzz.trial import Trial

SLACK_S = 0.1
"""How much sooner than told is still in time: clocks are read on both sides."""


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What a client did: the text it gave, how it failed if it failed, and the seconds at which it asked."""

    text: str
    failure: str | None = None
    hung: bool = False
    """It was stopped, its time being over."""
    asked: tuple[float, ...] = ()


class ClientRule(msgspec.Struct, frozen=True):
    """One rule for clients; its fields are those of every rule."""

    id: str
    layer: Layer
    severity: Severity
    what: str
    why: str
    help: str


_BREAKING, _RISKY = Severity.BREAKING, Severity.RISKY

CLIENT_RULES: dict[str, ClientRule] = {
    rule.id: rule
    for rule in (
        ClientRule(
            "client-crashed",
            Layer.FRAMING,
            _BREAKING,
            "The client fails on a good stream.",
            "Services change their framing without notice, and are allowed to.",
            "read the stream with a parser that keeps to the standard",
        ),
        ClientRule(
            "client-text-lost",
            Layer.FRAMING,
            _BREAKING,
            "The client gives less text than was said.",
            "A sentence without its not says the opposite.",
            "read the stream with a parser that keeps to the standard",
        ),
        ClientRule(
            "client-text-doubled",
            Layer.FRAMING,
            _BREAKING,
            "The client gives more text than was said.",
            "Text that is shown twice, or is no text of the reply, is what users see first.",
            "give each piece of text once, and nothing after asking again that was given before",
        ),
        ClientRule(
            "client-text-changed",
            Layer.FRAMING,
            _BREAKING,
            "The client gives other text than was said.",
            "Decoding each piece by itself breaks every language but English, now and then.",
            "decode the text after joining the bytes of an event",
        ),
        ClientRule(
            "client-truncation-accepted",
            Layer.SEQUENCE,
            _BREAKING,
            "The client takes a broken stream for a whole reply.",
            "Half an answer looks like an answer; nobody asks again.",
            "fail where the terminal event has not come, and where an event cannot be read",
        ),
        ClientRule(
            "client-error-accepted",
            Layer.ERROR,
            _BREAKING,
            "The client takes an error, or a page, for a reply.",
            "The user sees an empty answer, and no reason for it.",
            "look at the status and the content type before reading the stream",
        ),
        ClientRule(
            "client-hung",
            Layer.TRANSPORT,
            _BREAKING,
            "The client does not come back.",
            "A program that waits for ever has to be killed by somebody.",
            "stop reading at the terminal event, and set a time-out of your own around every read",
        ),
        ClientRule(
            "client-no-read-timeout",
            Layer.TIMING,
            _RISKY,
            "The client waits on a silent stream for longer than it was given.",
            "Connections die without a word, and nothing but a read time-out notices.",
            "set a read time-out; if it has a longer one, try again with a longer --patience",
        ),
        ClientRule(
            "client-retry-too-soon",
            Layer.TIMING,
            _RISKY,
            "The client asks again sooner than the service told it to.",
            "Whoever ignores Retry-After is blocked for longer.",
            "wait as long as Retry-After says",
        ),
    )
}
"""Every rule for clients by its id."""


def judge(trial: Trial, outcome: Outcome) -> str | None:
    """The rule that the client broke in this trial; None where it did well."""
    if outcome.hung:
        return "client-no-read-timeout" if trial.expect is Expect.END else "client-hung"
    if trial.expect is Expect.WAIT and _is_too_soon(outcome.asked):
        return "client-retry-too-soon"
    if trial.expect is Expect.WHOLE and outcome.failure is not None:
        return "client-crashed"
    if trial.expect in _MUST_FAIL and outcome.failure is None:
        return _MUST_FAIL[trial.expect]
    if trial.expect is Expect.WHOLE or outcome.failure is None:
        return None if outcome.text == trial.also else _wrong(trial.text, outcome.text)
    return _beyond(trial.text, outcome.text) if trial.expect in _SAYS_SOME else None


def client_finding(trial: Trial, outcome: Outcome, rule_id: str, again: str, cassette: str | None) -> Finding:
    """The finding of one trial; *again* is the line that tries it once more."""
    rule = CLIENT_RULES[rule_id]
    said = f"failure: {outcome.failure}" if outcome.failure is not None else "no failure"
    ended = "stopped when its time was over" if outcome.hung else said
    unasked = "" if outcome.asked else "; it asked nothing"
    return Finding(
        rule=rule.id,
        severity=rule.severity,
        layer=rule.layer,
        where=trial.name,
        message=f"{rule.what}\n{rule.why}\nTried with: {trial.says}",
        help=f"{rule.help}; then: {again}",
        evidence=Evidence(
            before=f"{trial.expect}: {clipped(repr(trial.text))}",
            now=f"{clipped(repr(outcome.text))}, {ended}{unasked}",
        ),
        cassette=cassette,
    )


_MUST_FAIL = {
    Expect.FAILURE: "client-truncation-accepted",
    Expect.END: "client-truncation-accepted",
    Expect.REFUSAL: "client-error-accepted",
}


_SAYS_SOME = frozenset({Expect.FAILURE, Expect.END, Expect.EITHER})
"""Where a client that fails may have given text before."""


def _is_too_soon(asked: tuple[float, ...]) -> bool:
    return len(asked) > 1 and asked[1] - asked[0] < RETRY_AFTER_S - SLACK_S


def _wrong(expected: str, found: str) -> str | None:
    if found == expected:
        return None
    if _is_within(found, expected):
        return "client-text-lost"
    return "client-text-doubled" if _is_within(expected, found) else "client-text-changed"


def _beyond(expected: str, found: str) -> str | None:
    """What a client that failed gave before: any part of the text from its beginning is well."""
    return None if expected.startswith(found) else "client-text-changed"


def _is_within(small: str, large: str) -> bool:
    """Whether *large* is *small* with more characters in between."""
    rest = iter(large)
    return all(character in rest for character in small)
