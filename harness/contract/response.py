"""Does a recorded response keep to the contract? Its head first; then its stream, or its error."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.cassette.model import End
from harness.contract.headers import charset, header, media_type
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
_CHALLENGE = re.compile(
    rb"challenge-platform|cf[-_]chl|Just a moment\.\.\.|Attention Required!|_Incapsula_Resource|captcha-delivery"
    rb"|g-recaptcha|h-captcha",
    re.IGNORECASE,
)
"""What the pages of the usual guards have in them."""
_PAGE = 65536
"""Bytes of a page that are looked through."""


def check_response(contract: Contract, response: Response, ledger: Ledger, *, request_kept: bool) -> int:
    """Note each breach. *request_kept*: the request was as it should be. Gives the number of events checked."""
    label = header(response.headers, "content-type") or ""
    if _is_challenge(response, label):
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


def _is_challenge(response: Response, label: str) -> bool:
    if header(response.headers, "cf-mitigated") == "challenge":
        return True
    return media_type(label) == "text/html" and _CHALLENGE.search(response.body[:_PAGE]) is not None


def _check_reply(contract: Contract, response: Response, label: str, ledger: Ledger) -> int:
    wanted = contract.upstream.reply_type
    if media_type(label) != wanted:
        ledger.note(
            "content-type-wrong", f"the reply calls itself {excerpt(label) or 'nothing'}, not {wanted}"
        )
        if not _may_be_a_stream(
            contract.upstream, response.body
        ):  # reading it as one would tell nothing more
            return 0
    elif charset(label) not in _UTF8:
        ledger.note("charset-wrong", f"the reply calls itself {excerpt(label)}")
    return _check_stream(contract, response, ledger)


_SIGN = {Framing.SSE: b"data", Framing.NDJSON: b"\n{"}
"""What a stream has in it, by any name."""


def _may_be_a_stream(upstream: Upstream, body: bytes) -> bool:
    return _SIGN[upstream.framing] in body


def _check_stream(contract: Contract, response: Response, ledger: Ledger) -> int:
    stream, size = response.stream, len(response.body)
    if stream is None:
        ledger.note("no-stream-record")
    elif (total := sum(frame.size for frame in stream.frames)) != size:
        ledger.note("frames-mismatch", f"the frames hold {total} bytes, the body {size}")
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
