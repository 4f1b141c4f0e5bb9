"""The small changes of what is taken and how it is refused."""

from __future__ import annotations

import json

from harness.upstreams.vitalentum.standin import question_edits
from harness.upstreams.vitalentum.standin.intake import Refusal
from harness.upstreams.vitalentum.standin.mutation import Asked


def test_a_question_without_the_header_is_refused():
    admit = question_edits.wants_header("x-key", 401, "{}")
    with_key = Asked("POST", "/", {"x-key": "1"})
    assert (admit(with_key), admit(Asked("POST", "/")).status) == (with_key, 401)


def test_a_body_in_the_old_form_is_refused_and_one_in_the_new_read():
    admit = question_edits.wants_body(
        lambda document: {"old": document["new"]} if "new" in document else None, 400, "no"
    )
    assert admit(Asked("POST", "/", {}, b'{"old": 1}')) == Refusal(400, question_edits.JSON, b"no")
    assert json.loads(admit(Asked("POST", "/", {}, b'{"new": 1}')).body) == {"old": 1}


def test_a_body_that_is_no_json_is_left_to_the_server():
    asked = Asked("POST", "/", {}, b"no json")
    assert question_edits.wants_body(lambda document: None, 400, "no")(asked) is asked


def test_the_words_of_a_refusal_stand_in_another_document():
    change = question_edits.words(lambda text: {"detail": text})
    assert change(Refusal(400, question_edits.JSON, b'{"message":"no"}')).body == b'{"detail":"no"}'
    page = Refusal(500, "text/html", b"<html>")
    assert change(page) is page
