"""The outside of an exchange into facts: how it came out, status, headers, what was asked.

Values of headers are kept as classes only, but for the few whose words are the contract.
"""

from __future__ import annotations

import hashlib
import json
import re
from typing import TYPE_CHECKING
from urllib.parse import parse_qsl, urlsplit

from harness.cassette.challenge import is_challenge
from harness.cassette.coded import is_coded
from harness.cassette.headers import header, media_type
from harness.drift.walk import Documents, format_of
from harness.upstreams.jsontext import parse_json
from harness.upstreams.reading import error_reply

if TYPE_CHECKING:
    from harness.cassette.model import Headers, Interaction, Request, Response
    from harness.drift.notes import Notes
    from harness.upstreams.upstream import Upstream

SAID = {
    *(
        "content-type",
        "content-encoding",
        "transfer-encoding",
        "cache-control",
        "server",
        "x-accel-buffering",
    ),
    *("deprecation", "sunset", "link", "access-control-allow-origin", "via", "accept", "content-language"),
}
"""Headers whose words are kept."""
CREDENTIALS = {"authorization", "x-api-key", "api-key", "cookie", "proxy-authorization", "x-auth-token"}
_PASSING = re.compile(
    r"rate.?limit|overload|server.?(had an )?error|capacity|too many|try again|unavailable", re.IGNORECASE
)
"""Words of errors that say nothing about the contract: come back later."""
_DEAD_KEY = re.compile(
    r"(incorrect|invalid|expired|revoked|deactivated|disabled|inactive|unknown|bad)\W+(\w+\W+){0,3}?(key|token|credential|account)"
    r"|(key|token|account)\W+(\w+\W+){0,4}?"
    r"(expired|revoked|deactivated|disabled|invalid|incorrect|not valid|suspended)\b"
    r"|invalid_api_key|account_deactivated|quota|billing|credit|balance",
    re.IGNORECASE,
)
"""How services say that this client's key, and not the interface, is at an end."""
_NAMING = (".role", ".speaker", ".type")


class _CallersOwn:
    """Every string of a question but the few that name a part of it: what callers say is theirs."""

    def __contains__(self, path: object) -> bool:
        return isinstance(path, str) and not path.endswith(_NAMING)


CALLERS_OWN = _CallersOwn()
ERROR_TEXTS = {"$.message", "$.error.message", "$.detail", "$.error"}
"""Where errors are explained to people."""
_MOMENTARY = (402, 407, 408, 425, 429)
_DURATION = re.compile(r"(\d+(\.\d+)?(ns|us|µs|ms|s|m|h))+\Z")
_DATE = re.compile(r"(Mon|Tue|Wed|Thu|Fri|Sat|Sun)[a-z]*, \d")


def outcome_of(upstream: Upstream, interaction: Interaction) -> str:
    """How an exchange came out: `reply`, `error`, `redirect`, `blocked` (nothing can be told from it) or `coded`."""
    response = interaction.response
    if is_coded(response) and b"data:" not in response.body:
        return "coded"
    if _is_blocked(upstream, interaction):
        return "blocked"
    if 300 <= response.status < 400:
        return "redirect"
    is_error = response.status >= 400 or error_reply(upstream, response.body) is not None
    return "error" if is_error else "reply"


def _is_blocked(upstream: Upstream, interaction: Interaction) -> bool:
    """Whether something else than the upstream's interface answered: a guard, a limit, a failure, a dead key."""
    response = interaction.response
    if is_challenge(response) or response.status in _MOMENTARY or response.status >= 500:
        return True
    if response.status in (401, 403):
        return not _asks_for_a_key(interaction)
    if response.status >= 300:
        return False
    if not response.body and response.stream is not None:
        return response.stream.end not in ("complete", "truncated")
    return error_reply(upstream, response.body) is not None and _is_momentary(response.body)


def _asks_for_a_key(interaction: Interaction) -> bool:
    """Whether a 401 or 403 is the interface's own, in JSON that does not speak of the key that was sent."""
    has_key = any(name.lower() in CREDENTIALS for name, _ in interaction.request.headers)
    body = interaction.response.body
    return not has_key and isinstance(_json(body), dict) and not _DEAD_KEY.search(_words(body))


def _json(body: bytes) -> object:
    try:
        return parse_json(body)
    except ValueError:
        return None


def _is_momentary(body: bytes) -> bool:
    words = _words(body)
    return _PASSING.search(words) is not None or _DEAD_KEY.search(words) is not None


def _words(body: bytes) -> str:
    return body[:4096].decode("utf-8", "replace")


def look_at_head(notes: Notes, outcome: str, response: Response) -> None:
    """Note status, HTTP version and headers, apart for replies and for errors."""
    notes.word(str(response.status), "status", outcome)
    if response.stream is not None and response.stream.http_version:
        notes.word(response.stream.http_version, "http-version")
    coding = response.stream.content_encoding if response.stream is not None else None
    if coding and header(response.headers, "content-encoding") is None:
        _look_at_headers(notes, outcome, (("content-encoding", coding),))
    _look_at_headers(notes, outcome, response.headers)


def look_at_request(notes: Notes, upstream: Upstream, request: Request) -> str:
    """Note how the question was asked: method, path, headers, body, and the JSON documents in its strings.

    Gives a short name of the question, the same for every spelling of its JSON.
    """
    address = urlsplit(request.uri)
    ours = address.path.endswith(upstream.path)
    notes.word(request.method.upper(), "request-method")
    notes.word(upstream.path if ours else address.path, "request-path")
    for name, _ in parse_qsl(address.query, keep_blank_values=True):
        notes.note("query", name)
    _look_at_headers(notes, "request", request.headers)
    told = {name.lower() for name, value in upstream.headers if value[:1].isdigit()}
    for name, value in request.headers:
        if name.lower() in told:  # a version, that is: it says which form of the interface is spoken
            notes.word(value.strip(), "header-version", name.lower())
    document = _json(request.body or b"")
    if isinstance(document, dict):
        _look_at_strings(notes, upstream, document)
        document = {key: _decoded(upstream, key, value) for key, value in document.items()}
    if document is None and request.body:
        notes.note("fact", "request-not-json")
    elif document is not None:
        documents = Documents("request", CALLERS_OWN)
        documents.add(document)
        documents.note(notes)
    text = json.dumps(document, sort_keys=True) if document is not None else repr(request.body)
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()[:12]


def _look_at_strings(notes: Notes, upstream: Upstream, fields: dict[str, object]) -> None:
    """Note in which form each JSON-in-a-string field came."""
    for name in upstream.json_strings:
        if name in fields:
            notes.word(_form(fields[name]), "form", name)


def look_at_error(notes: Notes, response: Response, *, is_own: bool = True) -> None:
    """Note the shape of an error's body. *is_own*: not of something on the way, whose pages say nothing."""
    document = _json(response.body)
    if document is not None:
        notes.word("json", "error-body")
        documents = Documents(f"error {response.status}", ERROR_TEXTS)
        documents.add(document)
        documents.note(notes)
    elif is_own:
        notes.word(_form_of_page(response), "error-body")


def _form_of_page(response: Response) -> str:
    kind = media_type(header(response.headers, "content-type") or "")
    if kind == "text/html" or response.body.lstrip()[:1] == b"<":
        return "html"
    return "text" if response.body.strip() else "empty"


def _decoded(upstream: Upstream, key: str, value: object) -> object:
    if key not in upstream.json_strings or not isinstance(value, str):
        return value
    try:
        return parse_json(value)
    except ValueError:
        return value


def _form(value: object) -> str:
    if not isinstance(value, str):
        return "object" if isinstance(value, dict) else "other"
    try:
        return "text" if isinstance(parse_json(value), dict | list) else "text of something else"
    except ValueError:
        return "broken text"


def _look_at_headers(notes: Notes, side: str, headers: Headers) -> None:
    for name, value in headers:
        low = name.lower()
        notes.note("header", side, low)
        notes.word(class_of(value), "header-class", side, low)
        if low in SAID:
            notes.word(value.strip().lower(), "header-word", side, low)


def class_of(value: str) -> str:
    """What kind of value a header has."""
    text = value.strip()
    if _DATE.match(text):
        return "date"
    if _DURATION.match(text):
        return "duration"
    found = format_of(text)
    return found if found in ("digits", "decimal", "uuid", "time", "url", "empty", "json") else "text"
