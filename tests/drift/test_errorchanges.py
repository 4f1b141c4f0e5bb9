"""What differs in errors."""

from harness.drift.difference import Pair
from harness.drift.errorchanges import error_reply_changes

from harness.drift.shape import summarise
from tests.drift.exchanges import UPSTREAM, several

JSON = (("Content-Type", "application/json"),)


def errors(status, body=b'{"error": {"message": "field required"}}', count=3, headers=JSON):
    return several(count, status=status, body=body, headers=headers)


def rules(before, now):
    found = error_reply_changes(Pair(summarise(before, UPSTREAM), summarise(now, UPSTREAM)))
    return {(each.rule, each.where) for each in found}


def test_a_known_request_that_is_refused_is_told():
    assert rules(several(), [*several(3), *errors(422)]) == {("error-request-refused", "")}


def test_when_all_are_refused_the_status_says_so_too():
    assert rules(several(), errors(422)) == {("error-request-refused", ""), ("transport-replies-refused", "")}


def test_a_refusal_seen_before_is_no_news():
    assert rules([*several(), *errors(422)], errors(422)) == set()


def test_another_status_for_errors_is_told_but_not_a_bad_moment():
    both = [*several(), *errors(400)]
    assert rules(both, [*several(), *errors(422)]) == {("error-status-changed", "")}
    assert rules(both, [*both, *errors(502)]) == set()


def test_a_page_in_the_place_of_json_is_told():
    page = errors(400, b"<html>no</html>", headers=(("Content-Type", "text/html"),))
    assert ("error-form-changed", "error:header:content-type") in rules(errors(400), page)
    assert ("error-form-changed", "error:$") in rules(errors(400), errors(400, b"no"))
