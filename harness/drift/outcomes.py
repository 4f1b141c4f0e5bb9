"""What came of a question: a reply, a refusal, or nothing that the upstream itself has said. Pure.

Only a reply and a refusal say something about the upstream's contract. What a guard, a limit or a failure put in their
place says that nobody could look.
"""

from __future__ import annotations

import re
from enum import StrEnum
from typing import TYPE_CHECKING

from harness.upstreams.jsontext import parse_json
from harness.upstreams.reading import error_message, error_reply

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.cassette.model import Interaction, Response
    from harness.upstreams.upstream import Upstream


class Outcome(StrEnum):
    """What stands in the place of the answer."""

    REPLY = "reply"
    REDIRECT = "redirect"
    REFUSED = "refused"
    """The upstream's own error, in words of its interface."""
    BLOCKED = "blocked"
    """A guard's page, a spent key or budget, a failure: the upstream was not seen at work."""


_CHALLENGE = re.compile(
    rb"challenge-platform|cf[-_]chl|Just a moment|Attention Required|_Incapsula_Resource|captcha|Access denied"
    rb"|verify you are (a )?human|enable JavaScript and cookies",
    re.IGNORECASE,
)
_PAGE = 65536
"""Bytes of a page that are looked through."""

_DEAD_KEY = re.compile(
    r"(incorrect|invalid|expired|revoked|deactivated|disabled|inactive|unknown|bad)\W+(\w+\W+){0,3}?(key|token|credential|account)"
    r"|(key|token|account)\W+(\w+\W+){0,4}?(expired|revoked|deactivated|disabled|invalid|incorrect|not valid|suspended)"
    r"|invalid_api_key|account_deactivated|quota|billing|credit|balance",
    re.IGNORECASE,
)
"""How services say that it is this client's key, and not the interface, that is at an end."""

_CREDENTIALS = ("authorization", "x-api-key", "api-key")
_ACCESS = (401, 403)
_MOMENTARY = (402, 407, 408, 425, 429)


def outcome_of(upstream: Upstream, interaction: Interaction) -> Outcome:
    """What came of this exchange."""
    response = interaction.response
    if is_challenge(response):
        return Outcome.BLOCKED
    if 300 <= response.status < 400:
        return Outcome.REDIRECT
    if response.status < 300:
        return Outcome.BLOCKED if error_reply(upstream, response.body) is not None else Outcome.REPLY
    if response.status >= 500 or response.status in _MOMENTARY:
        return Outcome.BLOCKED
    return Outcome.REFUSED if _speaks_for_itself(upstream, interaction) else Outcome.BLOCKED


def is_challenge(response: Response) -> bool:
    """Whether a page that asks for a person stands in the place of the answer."""
    if header(response.headers, "cf-mitigated") == "challenge":
        return True
    page = response.body[:_PAGE].lstrip()[:1] == b"<" or "text/html" in (
        header(response.headers, "content-type") or ""
    )
    return page and _CHALLENGE.search(response.body[:_PAGE]) is not None


def header(headers: Iterable[tuple[str, str]], name: str) -> str | None:
    """The value of the first header of this *name* (lower case), or None."""
    return next((value for key, value in headers if key.lower() == name), None)


def _speaks_for_itself(upstream: Upstream, interaction: Interaction) -> bool:
    """Whether the interface refused the request, in a JSON error of its own, and not a guard, or a dead key's owner.

    404, 405 and 410 speak for themselves without words: what was there is gone.
    """
    response = interaction.response
    if response.status in (404, 405, 410):
        return True
    try:
        document = parse_json(response.body)
    except ValueError:
        return False
    if not isinstance(document, dict):
        return False
    return response.status not in _ACCESS or not _is_dead_key(upstream, interaction, document)


def _is_dead_key(upstream: Upstream, interaction: Interaction, document: dict[str, object]) -> bool:
    """Whether the key is refused rather than asked for: a question that carried one was answered before."""
    words = f"{error_message(upstream, document) or ''} {document}"
    if _DEAD_KEY.search(words):
        return True
    sent = {name.lower() for name, _ in interaction.request.headers}
    return interaction.response.status == 401 and not sent.isdisjoint(_CREDENTIALS)
