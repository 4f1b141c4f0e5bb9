"""Secrets this process has been given by its environment, for the redactor to look for. Reads `os.environ`,
keeps nothing.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from harness.cassette.known import is_telling
from harness.cassette.redact import Redactor

if TYPE_CHECKING:
    from collections.abc import Mapping

_SECRET_NAME = re.compile(
    r"(?:^|_)(?:KEY|TOKEN|SECRET|PASSWORD|PASSWD|PASSPHRASE|APIKEY|CREDENTIALS?|PAT|JWT)(?:_|$)",
    re.IGNORECASE,
)


def secret_values(environ: Mapping[str, str]) -> tuple[str, ...]:
    """The values of variables that are named like a credential, longest first."""
    found = {environ[name].strip() for name in environ if _SECRET_NAME.search(name)}
    return tuple(sorted(filter(is_telling, found), key=lambda value: (-len(value), value)))


def environment_redactor() -> Redactor:
    """A redactor that knows this process's secrets."""
    return Redactor(values=secret_values(os.environ))
