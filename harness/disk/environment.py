"""Secrets this process has been given by its environment, for the redactor to look for. Reads `os.environ`,
keeps nothing.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from harness.cassette.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|APIKEY|CREDENTIALS?|PAT|JWT)(?:_|$)",
    re.IGNORECASE,
)
_MIN_LENGTH = 8
"""Shorter values are words that occur in any text."""
_WORD = re.compile(r"[a-z]{1,15}|[0-9]{1,11}|/.*|[A-Za-z]:\\.*", re.DOTALL)
"""A value that is a plain word, a small number or a path: it would be found all over innocent text
(POSTGRES_PASSWORD=postgres).
"""


def secret_values(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables that are named like a credential, longest first."""
    found = {value.strip() for name, value in environ.items() if _SECRET_NAME.search(name)}
    return tuple(
        sorted(
            (value for value in found if len(value) >= _MIN_LENGTH and not _WORD.fullmatch(value)),
            key=len,
            reverse=True,
        )
    )


def environment_redactor() -> Redactor:
    """A redactor that knows this process's secrets."""
    return Redactor(values=secret_values(os.environ))
