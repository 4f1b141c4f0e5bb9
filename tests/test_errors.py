"""The family of errors: what each says, and that they survive a trip between processes."""

from __future__ import annotations

import pickle

import pytest

from harness import errors
from harness.errors import HarnessError, LimitError, MessageError, UsageError

FAMILY = [each for each in vars(errors).values() if isinstance(each, type) and issubclass(each, HarnessError)]
MADE = {
    MessageError: lambda: MessageError("It broke.", index=3, help="mend it"),
    LimitError: lambda: LimitError("It broke.", limit="max_line", at_most=10, help="mend it"),
}


def made(kind):
    return MADE.get(kind, lambda: kind("It broke.", help="mend it"))()


def test_the_parts_stand_below_the_sentence_and_missing_ones_are_left_out():
    error = UsageError("It broke.", where="here", found="that", help="mend it")
    assert str(error) == "It broke.\n  where: here\n  found: that\n  help: mend it"


def test_a_sentence_alone_is_the_whole_text():
    assert str(HarnessError("It broke.")) == "It broke."


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_every_kind_is_of_the_family_and_says_what_it_is_for(kind):
    assert isinstance(made(kind), HarnessError)
    assert kind.__doc__


@pytest.mark.parametrize("kind", FAMILY, ids=lambda kind: kind.__name__)
def test_an_error_comes_out_of_another_process_as_it_went_in(kind):
    error = made(kind)
    again = pickle.loads(pickle.dumps(error))
    assert type(again) is kind
    assert (str(again), vars(again)) == (str(error), vars(error))


def test_wrong_usage_is_also_a_value_error():
    assert issubclass(UsageError, ValueError)
