"""One recorded exchange for a terminal: its origin, its events one a line, gaps, path and ending. Pure."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from harness.report.context import counted
from harness.report.sparkline import ASCII_BARS, BARS, sparkline
from harness.report.visible import shortened, visible

if TYPE_CHECKING:
    from collections.abc import Iterator

    from harness.cassette.model import Interaction, Response
    from harness.report.stream import Row, Rows

MOST_DATA = 160
"""Characters of one event's data in a listing, at most; `--format json` shows them all."""
BODY_EXCERPT = 400
"""Characters of a body that holds no event."""


def listing(title: str, interaction: Interaction, rows: Rows, *, width: int, signs: bool) -> str:
    """The whole listing, at most *width* wide where the screen's letters are one column wide."""
    lines = [visible(title), *head_lines(interaction), ""]
    lines += (
        list(_events(rows, width, "…" if signs else "..."))
        if rows.rows
        else list(_no_events(interaction.response))
    )
    return "\n".join([*lines, "", *tail_lines(rows, width=width, signs=signs)]) + "\n"


def head_lines(interaction: Interaction) -> Iterator[str]:
    """What was asked, what was answered, when and by whom it was recorded."""
    request, response, stream = interaction.request, interaction.response, interaction.response.stream
    kind = next(
        (value for name, value in response.headers if name.lower() == "content-type"), "no content type"
    )
    yield f"  {visible(request.method)} {visible(request.uri)}"
    yield f"  {response.status} {visible(response.reason)}, {visible(kind)}, {counted(len(response.body), 'byte')}"
    if stream is None:
        yield "  recorded without pieces or times: it plays as one piece"
        return
    origin = " ".join(
        filter(None, [stream.source, stream.upstream, stream.recorded_from and f"({stream.recorded_from})"])
    )
    when = stream.recorded_at or "at an unknown time"
    yield f"  recorded {visible(when)} from {visible(origin) or 'an unknown source'}"
    yield f"  {counted(len(stream.frames), 'piece')}, ended {stream.end} after {stream.end_ms:,.1f} ms"


def tail_lines(rows: Rows, *, width: int, signs: bool) -> Iterator[str]:
    """Gaps, path, and what was left over."""
    arrow, times = (" → ", "×") if signs else (" > ", "x")
    if rows.gaps:
        bars = sparkline(rows.gaps, width=max(width - 40, 10), bars=BARS if signs else ASCII_BARS)
        yield f"  gaps  {bars}  longest {max(rows.gaps):,.1f} ms"
    if rows.path:
        yield "  path  " + arrow.join(
            says if count == 1 else f"{says} {times}{count}" for says, count in rows.path
        )
    if rows.text:
        yield f"  text  {counted(len(rows.text), 'character')}"
    if rows.pending and rows.rows:
        yield f"  left  {counted(rows.pending, 'byte')} of an event that never ended"
    if rows.problem:
        yield f"  stopped reading: {visible(rows.problem)}"


def _events(rows: Rows, width: int, mark: str) -> Iterator[str]:
    words = max((len(row.says) for row in rows.rows), default=4)
    names = max((len(shortened(row.event, 16)) for row in rows.rows), default=5)
    start = f"{'#':>5}  {'ms':>9}  {'gap':>8}  {'event':<{names}}  {'says':<{words}}  "
    yield f"{start}data"
    for row in rows.rows:
        numbers = f"{row.number:>5}  {_ms(row.at_ms):>9}  {_ms(row.gap_ms):>8}"
        data = shortened(_data(row), min(max(width - len(start), 20), MOST_DATA), mark=mark)
        yield f"{numbers}  {shortened(row.event, 16):<{names}}  {row.says:<{words}}  {data}"


def _no_events(response: Response) -> Iterator[str]:
    yield "  no events; the body begins:" if response.body else "  no events and no body"
    text = response.body[: BODY_EXCERPT * 4].decode("utf-8", "replace")
    yield from (f"  | {visible(line)}" for line in text[:BODY_EXCERPT].splitlines())


def _data(row: Row) -> str:
    """The text a chunk brings, in quotes; of other events their data."""
    return json.dumps(row.text, ensure_ascii=False) if row.text else row.data


def _ms(value: float | None) -> str:
    return "-" if value is None else f"{value:,.1f}"
