"""Does a recorded response keep to the contract? Its head first; then its stream, or its error."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.challenge import is_challenge
from harness.cassette.coded import is_coded, why_coded
from harness.cassette.headers import charset, header, media_type
from harness.cassette.model import End
from harness.contract.stream import StreamCheck
from harness.upstreams.excerpt import excerpt
from harness.upstreams.jsontext import parse_json
from harness.upstreams.reading import error_reply, failed_behind
from harness.upstreams.upstream import Framing

if TYPE_CHECKING:
    from harness.cassette.model import Response
    from harness.contract.contract import Contract
    from harness.contract.ledger import Ledger
    from harness.upstreams.upstream import Upstream

_UTF8 = (None, "utf-8", "utf8")
_REFUSALS = {401: "access-refused", 403: "access-refused", 407: "access-refused", 429: "rate-limited"}


def check_response(contract: Contract, response: Response, ledger: Ledger, *, request_kept: bool) -> int:
    """Note each breach. *request_kept*: the request was as it should be. Gives the number of events checked."""
    if is_coded(response):
        ledger.note("coding-left", f"the body is coded with {why_coded(response)}")
        return 0
    label = header(response.headers, "content-type") or ""
    if is_challenge(response):
        ledger.note("challenge-page", f"status {response.status} came with a page that asks for a person")
        return 0
    words = error_reply(contract.upstream, response.body)
    if response.status == 200 and words is None:
        return _check_reply(contract, response, label, ledger)
    if response.status == 200:
        ledger.note("error-passed-on", f"status 200, and the whole body is an error: {excerpt(words or '')}")
    else:
        _check_status(contract, response, ledger, request_kept)
    _check_error(contract, response, label, ledger)
    return 0


def _check_reply(contract: Contract, response: Response, label: str, ledger: Ledger) -> int:
    is_labelled = check_label(contract, label, ledger)
    if not is_labelled and not _may_be_a_stream(contract.upstream, response.body):
        return 0  # no stream by any name: reading it as one would tell nothing more
    return _check_stream(contract, response, ledger)


def check_label(contract: Contract, label: str, ledger: Ledger) -> bool:
    """Note what is wrong with the content type of a reply. Whether it is that of a stream."""
    wanted = contract.upstream.reply_type
    if media_type(label) != wanted:
        ledger.note(
            "content-type-wrong", f"the reply calls itself {excerpt(label) or 'nothing'}, not {wanted}"
        )
        return False
    if charset(label) not in _UTF8:
        ledger.note("charset-wrong", f"the reply calls itself {excerpt(label)}")
    return True


_SIGN = {Framing.SSE: b"data", Framing.NDJSON: b"\n{"}
"""What a stream has in it, by any name."""


def _may_be_a_stream(upstream: Upstream, body: bytes) -> bool:
    return _SIGN[upstream.framing] in body


def _check_stream(contract: Contract, response: Response, ledger: Ledger) -> int:
    stream = response.stream
    if stream is None:
        ledger.note("no-stream-record")
    check = StreamCheck(contract, ledger=ledger)
    check.feed(response.body)
    check.close(End.COMPLETE if stream is None else stream.end)
    return check.events


def _check_status(contract: Contract, response: Response, ledger: Ledger, request_kept: bool) -> None:
    rule = _rule_for(contract, response)
    if rule == "request-refused" and not request_kept:
        return  # rightly so
    words = error_reply(contract.upstream, response.body) or response.reason or "no reason given"
    ledger.note(rule, f"status {response.status}: {excerpt(words)}")


def _rule_for(contract: Contract, response: Response) -> str:
    status = response.status
    if status in _REFUSALS:
        return _REFUSALS[status]
    if status >= 500 or (status >= 400 and _blames_another(contract, response)):
        return "upstream-failed"
    return "request-refused" if status >= 400 else "status-unexpected"


def _blames_another(contract: Contract, response: Response) -> bool:
    try:
        return failed_behind(contract.upstream, parse_json(response.body))
    except ValueError:
        return False


def _check_error(contract: Contract, response: Response, label: str, ledger: Ledger) -> None:
    """Hold an error body against its schema, where it is or wants to be JSON."""
    try:
        document = parse_json(response.body)
    except ValueError as why:
        if media_type(label) == "application/json":
            ledger.note("error-not-json", f"the error's body is no JSON: {excerpt(str(why))}")
        return
    for fault in contract.error.faults(document):
        ledger.note(f"error-{fault.rule}", fault.message, where=f"error:{fault.where}")
