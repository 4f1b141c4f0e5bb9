"""Pages of the guards in front of an upstream: what asks for a person says nothing of the upstream. Pure."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from harness.cassette.headers import header, media_type

if TYPE_CHECKING:
    from harness.cassette.interaction import Response

_SIGNS = re.compile(
    rb"challenge-platform|cf[-_]chl|Just a moment\.\.\.|Attention Required!|_Incapsula_Resource|captcha-delivery"
    rb"|g-recaptcha|h-captcha",
    re.IGNORECASE,
)
"""What the pages of the usual guards have in them."""
_PAGE = 65536
"""Bytes of a page that are looked through."""


def is_challenge(response: Response) -> bool:
    """Whether a guard in front of the upstream answered, with a page that asks for a person."""
    if header(response.headers, "cf-mitigated") == "challenge":
        return True
    kind = media_type(header(response.headers, "content-type") or "")
    return kind == "text/html" and _SIGNS.search(response.body[:_PAGE]) is not None
