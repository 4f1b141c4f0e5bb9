"""The table of mutations: each changes something, breaks no scenario, and takes what it says it takes."""

from __future__ import annotations

import json
from functools import cache

import pytest

from harness.errors import UsageError
from harness.finding import Layer
from harness.upstreams.vitalentum.standin.intake import Question, Refusal, take_in
from harness.upstreams.vitalentum.standin.mutation import Asked, admitted, refused, replied
from harness.upstreams.vitalentum.standin.mutations import (
    BLINDING,
    MUTATIONS,
    NEW_PATH,
    VITALENTUM,
    find_mutations,
)
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS, script

QUESTION = Question((("human", "How does a tide work?"),))
CONVERSATION = {"history": [{"speaker": "human", "text": "Hello"}]}
ASKED = Asked(
    "POST",
    VITALENTUM.path,
    {"content-type": "application/json"},
    json.dumps({"conversation": json.dumps(CONVERSATION), "temperature": 0.7}).encode(),
)
REFUSED = take_in(b'{"conversation": "{}"}')


def outcome(mutations):
    """What a question, a refusal and the answers of all scenarios come to."""
    scripts = [
        replied(mutations, script(each, QUESTION)) for name, each in SCENARIOS.items() if name != "big-event"
    ]
    return admitted(mutations, ASKED), refused(mutations, REFUSED), scripts


@cache
def unmutated():
    return outcome(())


def test_there_are_at_least_forty_on_every_layer():
    assert len(MUTATIONS) - len(BLINDING) >= 40
    assert {mutation.layer for mutation in MUTATIONS.values()} == set(Layer)


@pytest.mark.parametrize("name", MUTATIONS)
def test_each_changes_something_and_breaks_no_scenario(name):
    assert outcome(find_mutations([name])) != unmutated()


@pytest.mark.parametrize("name", [name for name, row in MUTATIONS.items() if not (row.admit or row.refuse)])
def test_a_change_of_the_answer_shows_in_its_scenario(name):
    played = script(SCENARIOS[MUTATIONS[name].scenario], QUESTION)
    assert replied(find_mutations([name]), played) != played


def test_all_at_once_are_played():
    assert outcome([row for row in MUTATIONS.values() if row.admit is None])


NEW_FORM = {
    "path-moved": Asked("POST", NEW_PATH, {}, ASKED.body),
    "method-put": Asked("PUT", VITALENTUM.path, {}, ASKED.body),
    "key-required": Asked("POST", VITALENTUM.path, {"authorization": "Bearer x"}, ASKED.body),
    "api-key-required": Asked("POST", VITALENTUM.path, {"x-api-key": "x"}, ASKED.body),
    "client-required": Asked("POST", VITALENTUM.path, {"x-client-id": "x"}, ASKED.body),
    "conversation-object": {"conversation": CONVERSATION, "temperature": 0.7},
    "conversation-renamed": {"messages": json.dumps(CONVERSATION), "temperature": 0.7},
    "speaker-renamed": {
        "conversation": '{"history": [{"speaker": "user", "text": "Hello"}]}',
        "temperature": 0.7,
    },
    "temperature-text": {"conversation": json.dumps(CONVERSATION), "temperature": "0.7"},
    "temperature-refused": {"conversation": json.dumps(CONVERSATION)},
    "model-required": {"conversation": json.dumps(CONVERSATION), "temperature": 0.7, "model": "gpt-4"},
}


def in_new_form(name):
    form = NEW_FORM[name]
    return form if isinstance(form, Asked) else Asked("POST", VITALENTUM.path, {}, json.dumps(form).encode())


@pytest.mark.parametrize("name", NEW_FORM)
def test_the_old_form_is_refused_and_the_new_one_answered(name):
    row = MUTATIONS[name]
    assert isinstance(admitted([row], ASKED), Refusal)
    taken = admitted([row], in_new_form(name))
    assert (taken.path, take_in(taken.body)) == (VITALENTUM.path, Question((("human", "Hello"),)))


def test_every_change_of_questions_that_has_a_new_form_is_tested():
    final = BLINDING | {"endpoint-gone"}
    assert {name for name, row in MUTATIONS.items() if row.admit} == NEW_FORM.keys() | final


def test_an_unknown_name_is_answered_with_the_nearest():
    with pytest.raises(UsageError, match="role-gone"):
        find_mutations(["rle-gone"])
