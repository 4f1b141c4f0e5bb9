"""Findings and streams in the forms people and machines read. Values in, text out; nothing here writes a file.

`FORMATS` is the whole list: a new form is a module with one function, and its line here.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness import __version__
from harness.report.context import Context, Format
from harness.report.document import render_json
from harness.report.github import render_github
from harness.report.gitlab import render_gitlab
from harness.report.html import render_html
from harness.report.issue import render_issue
from harness.report.jsonl import render_jsonl
from harness.report.junit import render_junit
from harness.report.markdown import render_markdown
from harness.report.sarif import render_sarif
from harness.report.text import render_text

if TYPE_CHECKING:
    from collections.abc import Callable

    from harness.finding import Report

FORMATS: dict[Format, Callable[[Report, Context], str]] = {
    Format.TEXT: render_text,
    Format.JSON: render_json,
    Format.JSONL: render_jsonl,
    Format.JUNIT: render_junit,
    Format.SARIF: render_sarif,
    Format.MARKDOWN: render_markdown,
    Format.GITHUB: render_github,
    Format.GITLAB: render_gitlab,
    Format.ISSUE: render_issue,
    Format.HTML: render_html,
}

__all__ = ["FORMATS", "Context", "Format", "render"]


def render(
    report: Report,
    *,
    command: str,
    format: Format | str = Format.TEXT,
    color: bool = False,
    signs: bool = True,
    show_accepted: bool = False,
) -> str:
    """*report* as text in one of the `FORMATS`, ended by a line feed.

    *command* is the one that made it. *color*, *signs* and *show_accepted* are for people's
    screens, and the text form alone heeds them.
    """
    context = Context(
        command=command, version=__version__, color=color, signs=signs, show_accepted=show_accepted
    )
    return FORMATS[Format(format)](report, context)
