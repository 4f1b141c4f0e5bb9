"""The ways in which one schema of replies differs from another: one row each, in the form of the contract's catalogue.

Severities are those for readers of the reply: what a reader may meet that it could not meet before is worse than what
it will not meet any more, and a field it counts on is worst. Every rule has its mirror: the same change, backwards.
"""

from __future__ import annotations

from harness.contract.catalog import ADDITIVE, BENIGN, BREAKING, RISKY, Rule
from harness.finding import Layer, Severity

_OLD = "record again; if it stays so, tell the readers of the field, then put the new schema in place of the old one"
_NEW = "put the new schema in place of the old one"


def _rule(ending: str, severity: Severity, what: str, why: str) -> Rule:
    remedy = _NEW if severity in (ADDITIVE, BENIGN) else _OLD
    return Rule(id=f"schema-{ending}", layer=Layer.CHUNK, severity=severity, what=what, why=why, help=remedy)


TABLE: tuple[Rule, ...] = (
    _rule(
        "field-removed",
        BREAKING,
        "A field that was always there is gone.",
        "Clients read the field without asking first, and fail or show nothing.",
    ),
    _rule("field-added", ADDITIVE, "There is a new field.", "Readers pass over what they do not know."),
    _rule(
        "optional-field-removed",
        RISKY,
        "A field that could be missing is gone.",
        "Readers asked for it first; what they did with it they do no more.",
    ),
    _rule(
        "optional-field-added",
        ADDITIVE,
        "There is a new field that may be missing.",
        "Readers pass over what they do not know.",
    ),
    _rule(
        "field-now-optional",
        BREAKING,
        "A field that was always there may be missing.",
        "Clients read it without asking first.",
    ),
    _rule(
        "field-now-required",
        BENIGN,
        "A field that could be missing is always there.",
        "Readers that ask for it first are right as before.",
    ),
    _rule(
        "null-added",
        BREAKING,
        "A value may be null that never was.",
        "Clients read on below it, or join its text, and fail on null.",
    ),
    _rule(
        "null-removed", BENIGN, "A value that could be null never is.", "Readers have less to look out for."
    ),
    _rule(
        "type-added",
        BREAKING,
        "A value may be of a JSON type that it never had.",
        "Typed clients refuse the whole document; others fail where they use the value.",
    ),
    _rule("type-removed", BENIGN, "A value has fewer JSON types.", "Readers have less to look out for."),
    _rule(
        "value-added",
        RISKY,
        "A closed list of values has a new one.",
        "Clients that decide by the value have no branch for it.",
    ),
    _rule(
        "value-removed", BENIGN, "A closed list of values has one less.", "A branch of readers goes unused."
    ),
    _rule(
        "values-opened",
        RISKY,
        "A closed list of values is open now.",
        "Clients that decide by the value may meet one for which they have no branch.",
    ),
    _rule("values-closed", BENIGN, "An open value is a closed list now.", "Readers may rely on more."),
    _rule(
        "format-removed",
        RISKY,
        "Strings that kept to a format need not.",
        "Clients that parse the string as a date, an id or an address fail.",
    ),
    _rule("format-added", BENIGN, "Strings keep to a format now.", "Readers may rely on more."),
    _rule(
        "bound-loosened",
        RISKY,
        "A bound on a number, a length or a size is wider, or gone.",
        "Clients that take the first item, or count on a range, meet values outside of it.",
    ),
    _rule("bound-tightened", BENIGN, "A bound is narrower, or new.", "Readers may rely on more."),
    _rule(
        "phase-removed",
        RISKY,
        "A kind of chunk is not there any more.",
        "Clients that wait for it, such as for the counts of tokens, wait in vain.",
    ),
    _rule(
        "phase-added", ADDITIVE, "There is a new kind of chunk.", "Readers pass over what they do not know."
    ),
    _rule(
        "rule-changed",
        RISKY,
        "A rule of the schema that is not taken apart here reads differently.",
        "What it means for readers is for a person to say.",
    ),
)
"""Every difference there is."""

RULES: dict[str, Rule] = {row.id: row for row in TABLE}

MIRRORS: dict[str, str] = {
    "schema-field-removed": "schema-field-added",
    "schema-optional-field-removed": "schema-optional-field-added",
    "schema-field-now-optional": "schema-field-now-required",
    "schema-null-added": "schema-null-removed",
    "schema-type-added": "schema-type-removed",
    "schema-value-added": "schema-value-removed",
    "schema-values-opened": "schema-values-closed",
    "schema-format-removed": "schema-format-added",
    "schema-bound-loosened": "schema-bound-tightened",
    "schema-phase-removed": "schema-phase-added",
    "schema-rule-changed": "schema-rule-changed",
}
"""A change and the same change backwards."""
