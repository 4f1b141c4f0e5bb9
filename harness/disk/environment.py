"""Secrets this process has been given by its environment, for the redactor to look for. Reads `os.environ`,
keeps nothing.
"""

from __future__ import annotations

import os
import re
from typing import TYPE_CHECKING

from harness.cassette.known import is_telling
from harness.cassette.names import is_secret_key
from harness.cassette.redact import Redactor
from harness.upstreams.registry import get_upstream, upstream_names

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
    """A redactor that knows this process's secrets, and what the upstreams that are known call theirs."""
    return Redactor(values=secret_values(os.environ), secret_keys=secret_keys())


def secret_keys() -> tuple[str, ...]:
    """Keys that an upstream says hold credentials, as far as they are not known for it anyway."""
    named = {key for name in upstream_names() for key in get_upstream(name).secret_keys}
    return tuple(sorted(key for key in named if not is_secret_key(key)))
