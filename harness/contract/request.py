"""Does a request keep to the contract? Its head, its body, and the JSON documents in the body's strings."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.headers import header, media_type
from harness.contract.wording import found
from harness.upstreams.excerpt import excerpt
from harness.upstreams.jsontext import parse_json, repeated_keys
from harness.upstreams.registry import uri_path

if TYPE_CHECKING:
    from harness.cassette.model import Request
    from harness.contract.contract import Contract
    from harness.contract.documents import Document
    from harness.contract.ledger import Ledger

_BODY = "request:$"


def check_request(contract: Contract, request: Request, ledger: Ledger) -> bool:
    """Note each breach. Whether there was none that the upstream could refuse the request for."""
    before = len(ledger)
    _check_head(contract, request, ledger)
    if request.body:
        _check_body(contract, request.body, ledger)
    else:
        ledger.note("request-body-missing")
    return len(ledger) == before


def _check_head(contract: Contract, request: Request, ledger: Ledger) -> None:
    upstream = contract.upstream
    method, path = request.method.upper(), uri_path(request.uri)
    if method != upstream.method:
        ledger.note("request-method-wrong", f"the method is {excerpt(method, 20)}, not {upstream.method}")
    if not path.endswith(upstream.path):
        ledger.note("request-path-wrong", f"the path is {excerpt(path)}, not {upstream.path}")
    label = header(request.headers, "content-type")
    if label is not None and media_type(label) != upstream.content_type:
        said = f"the body is sent as {excerpt(label)}, not {upstream.content_type}"
        ledger.note("request-content-type-wrong", said)


def _check_body(contract: Contract, body: bytes, ledger: Ledger) -> None:
    document = _parsed(body, _BODY, ledger)
    if document is _NOTHING:
        return
    _check_document(contract.request, document, _BODY, ledger)
    for field, inner in contract.strings.items():
        text = document.get(field) if isinstance(document, dict) else None
        if isinstance(text, str):
            _check_string(inner, text, f"{_BODY}.{field}", ledger)


def _check_string(inner: Document, text: str, place: str, ledger: Ledger) -> None:
    document = _parsed(text, place, ledger)
    if document is not _NOTHING:
        _check_document(inner, document, place, ledger)


def _check_document(schema: Document, document: object, place: str, ledger: Ledger) -> None:
    """*place* is where the document stands; the `$` of its own paths is that place."""
    for fault in schema.faults(document) if not schema.fits(document) else ():
        message = _short(place) + fault.message.removeprefix("$")
        ledger.note(f"request-{fault.rule}", message, where=place + fault.where.removeprefix("$"))


_NOTHING = object()


def _parsed(text: str | bytes, place: str, ledger: Ledger) -> object:
    """The JSON value, or `_NOTHING` where there is none."""
    try:
        document = parse_json(text)
    except ValueError as why:
        ledger.note("request-not-json", f"{_short(place)} is no JSON: {excerpt(str(why))}", where=place)
        return _NOTHING
    if twice := repeated_keys(text):
        ledger.note(
            "request-key-repeated", f"{_short(place)} holds the key {found(twice[0])} twice", where=place
        )
    return document


def _short(place: str) -> str:
    return place.removeprefix("request:")
