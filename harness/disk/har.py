"""HAR files: read into cassettes, written from them. Secrets are removed on the way out, as from every file
we write.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness import __version__
from harness.cassette.format import MAX_FILE
from harness.cassette.har import from_har, to_har
from harness.cassette.jsonread import read_json
from harness.cassette.model import Cassette
from harness.disk.atomic import replace_file
from harness.disk.cassettes import disk_errors, refuse_secrets
from harness.disk.environment import environment_redactor
from harness.errors import CassetteError

if TYPE_CHECKING:
    from pathlib import Path


def load_har(path: Path) -> Cassette:
    """The cassette in a HAR file. Raises CassetteError for one that is damaged, too big or not there."""
    with disk_errors(path), path.open("rb") as file:
        data = file.read(MAX_FILE + 1)
    if len(data) > MAX_FILE:
        raise CassetteError("The HAR file is too big.", where=str(path), expected=f"at most {MAX_FILE} bytes")
    try:
        document = read_json(data.decode("utf-8-sig"))
    except (ValueError, CassetteError) as error:
        raise CassetteError("The HAR file is no JSON.", where=str(path), found=str(error)) from error
    return from_har(document, name=str(path))


def save_har(cassette: Cassette, path: Path) -> None:
    """Write the cassette as HAR. Raises SecretError when a secret would be left, CassetteError for errors of
    the disk.
    """
    redactor = environment_redactor()
    clean = Cassette(tuple(map(redactor.interaction, cassette.interactions)))
    data = json.dumps(to_har(clean, version=__version__), indent=1, ensure_ascii=False).encode(
        "utf-8", "surrogatepass"
    )
    refuse_secrets(path, [*redactor.left_in(clean), *redactor.left_in_text(data)])
    with disk_errors(path):
        replace_file(path, data)
