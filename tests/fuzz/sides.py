"""What the tests of this room share: targets made of a function, and a budget that counts examples only."""

from __future__ import annotations

from harness.fuzz.campaign import Budget, campaign
from harness.fuzz.laws import law_named, laws_for
from harness.fuzz.targets import Kind, Target, by_our_parser


def a_parser(call, **parts) -> Target:
    return Target(name="mine:parse", kind=Kind.PARSER, call=call, **{"reference": by_our_parser, **parts})


def an_encoder(call, **parts) -> Target:
    return Target(name="mine:encode", kind=Kind.ENCODER, call=call, reference=by_our_parser, **parts)


def examples(number: int) -> Budget:
    return Budget(clock=lambda: 0.0, examples=number)


def found_by(target: Target, *, number: int = 60, seed: int = 1, only: str | None = None, **options):
    """All that a campaign of so many examples a law finds."""
    laws = [law_named(target.kind, only)] if only else laws_for(target)
    *_, last = campaign(target, laws, examples(number), seed=seed, **options)
    return last.failures
