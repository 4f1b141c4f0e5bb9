"""How the documentation is built: Sphinx over plain CommonMark, so that every page also reads well where it lies."""

import tomllib
from pathlib import Path

from pygments.lexers.special import TextLexer
from sphinx.application import Sphinx

PROJECT = tomllib.loads((Path(__file__).parent.parent / "pyproject.toml").read_text(encoding="utf-8"))[
    "project"
]

project = "harness"
author = "The harness authors"
copyright = "The harness authors"  # noqa: A001 - Sphinx' own word
version = release = PROJECT["version"]

extensions = ["myst_parser"]
source_suffix = {".md": "markdown"}
exclude_patterns = ["_build", "**/README.md"]
myst_heading_anchors = 3
nitpicky = True

html_theme = "furo"
html_title = "harness"
html_copy_source = False
html_show_sphinx = False


def setup(app: Sphinx) -> None:
    """Forges draw mermaid diagrams. Here they stay the text they are: drawing them needs a script from elsewhere."""
    app.add_lexer("mermaid", TextLexer)
