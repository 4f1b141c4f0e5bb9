"""One cassette in use: decides for each request whether a recording answers it or it goes out live, and keeps
the books.

Knows no HTTP library: `use_cassette`, the connector and the transports all ask the same session.
"""

from __future__ import annotations

import threading
from pathlib import Path
from typing import TYPE_CHECKING

from harness.cassette.ending import EndingWatch
from harness.cassette.faults import Fault, parse_faults, staged_playback
from harness.cassette.framing import Playback, parse_cut, parse_pace
from harness.cassette.model import Cassette, Interaction, Request, Response
from harness.cassette.modes import RecordMode, parse_mode
from harness.cassette.player import Player
from harness.cassette.provenance import parse_source, source_of
from harness.disk.cassettes import load_cassette
from harness.disk.environment import environment_redactor
from harness.disk.tape import Take, TapeWriter
from harness.disk.upstreams import ensure_upstreams
from harness.errors import CassetteMiss, NothingRecordedError, UsageError
from harness.net.recorder import Recorder
from harness.upstreams.registry import get_upstream, upstream_for

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable
    from datetime import datetime
from functools import partial


class CassetteSession:
    """Plays and records through one cassette.

    `cassette` is a path, or a `Cassette` value that can only be played. Nothing is read or written before `open`.
    Threads may share a session. `misses` are the requests that nothing answered.
    """

    def __init__(
        self,
        cassette: str | Path | Cassette,
        *,
        mode: str = "none",
        pace: str | float = "instant",
        cut: str = "recorded",
        faults: str | Iterable[str | Fault] = (),
        upstream: str | None = None,
        source: str | None = None,
        recorded_from: str | None = None,
    ) -> None:
        ensure_upstreams()
        self._path = None if isinstance(cassette, Cassette) else Path(cassette)
        self._cassette = cassette if isinstance(cassette, Cassette) else None
        self._mode = _record_mode(mode, self._cassette)
        self._pace, self._cut = parse_pace(pace), parse_cut(cut)
        self._faults = parse_faults(faults)
        self._upstream = get_upstream(upstream) if upstream else None
        self._source = parse_source(source) if source else None
        self._recorded_from = recorded_from
        self._player: Player | None = None
        self._writer: TapeWriter | None = None
        self._recorders: list[Recorder] = []
        self._at_close: list[Callable[[], None]] = []
        self._tape_was_there = False
        self._is_abandoned = False
        self._turn = threading.Lock()
        self._sent = 0
        self.played = 0
        self.misses: list[CassetteMiss] = []

    # opening and closing

    def open(self) -> None:
        """Load the tape, and make ready to record where the mode and the tape allow it. Refuses a damaged
        tape here.
        """
        tape = self._tape()
        self._tape_was_there = bool(tape.interactions)
        redactor = (
            environment_redactor()
        )  # one for both ways: a request must look the same when it comes again
        self._player = Player(
            tape, mode=self._mode, upstream=self._upstream, path=self._path, redactor=redactor
        )
        if self._path is not None and self._player.may_record:
            self._writer = TapeWriter(self._path, redactor=redactor, replace=self._mode is RecordMode.ALL)

    def close(self, *, failed: bool, strict: bool = True) -> None:
        """Put the cassette away: save what was recorded. `failed` says that the caller's own code raised.

        Raises what went wrong with the recording; and, where `strict`, NothingRecordedError when no request
        came by at all.
        """
        for stop in self._at_close:
            stop()
        self._save(failed=failed)
        if not failed:
            self._complain(strict=strict)

    def _tape(self) -> Cassette:
        if self._cassette is not None:
            return self._cassette
        assert self._path is not None  # a session has the one or the other
        return load_cassette(self._path, missing_ok=True)

    def _save(self, *, failed: bool) -> None:
        if self._writer is None:
            return
        if failed and self._mode is RecordMode.ALL and self._tape_was_there:
            self._is_abandoned = True
            self._writer.abandon()  # a failed run must not replace a good tape
        else:
            self._writer.finish()

    def _complain(self, *, strict: bool) -> None:
        for recorder in self._recorders:
            if recorder.failure is not None:
                raise recorder.failure
        if strict and not (self.passed or self.misses):  # whoever was refused has been told so
            raise NothingRecordedError(
                "Nothing was recorded or played: no request passed through this cassette.",
                where=self.where,
                expected="at least one request in the task that uses the cassette",
                help="use the cassette around the call itself; other clients go through `harness proxy`, then `replay`",
            )

    # the books

    @property
    def where(self) -> str:
        """The tape's path, for messages."""
        return str(self._path or "a cassette in memory")

    @property
    def may_record(self) -> bool:
        """Whether a request without a recording goes out live. Known once the session is open."""
        return self._writer is not None

    @property
    def passed(self) -> int:
        """Requests that were played, or sent out live."""
        return self.played + self._sent

    @property
    def recorded(self) -> int:
        """Exchanges that go onto the tape; a request that got no answer is none."""
        return 0 if self._is_abandoned else sum(recorder.has_begun for recorder in self._recorders)

    @property
    def on_tape(self) -> tuple[Interaction, ...]:
        """What was on the tape when it was opened."""
        return self._player.interactions if self._player is not None else ()

    @property
    def unplayed(self) -> tuple[Interaction, ...]:
        """Recorded interactions that no request has asked for yet."""
        return self._player.unplayed if self._player is not None else ()

    # one request

    def find(self, request: Request) -> Interaction | None:
        """The recording that answers, or None where the request is to go out and be recorded. Raises CassetteMiss."""
        assert self._player is not None  # open() comes first
        with self._turn:
            try:
                found = self._player.find(request)
            except CassetteMiss as miss:
                self.misses.append(miss)
                raise
            self.played += found is not None
            self._sent += found is None
        return found

    def shown(self, interaction: Interaction) -> tuple[Response, Playback]:
        """What is answered and how it is handed out: at this session's pace, in its cuts, with its faults."""
        return staged_playback(interaction.response, self._faults, pace=self._pace, cut=self._cut)

    def at_close(self, stop: Callable[[], None]) -> None:
        """Have *stop* called when the cassette is put away, to end an exchange that is still open then."""
        self._at_close.append(stop)

    def record(self, request: Request, *, sent_at: datetime) -> Recorder:
        """The recorder of an exchange that goes out at *sent_at* (UTC). Its work waits until the answer comes."""
        recorder = Recorder(partial(self._begin, request, sent_at))
        self._recorders.append(recorder)
        return recorder

    def _begin(self, request: Request, sent_at: datetime) -> tuple[Take, EndingWatch]:
        assert self._writer is not None  # find() gives None only where the mode has a writer
        upstream = self._upstream or upstream_for(request.method, request.uri)
        with self._turn:
            take = self._writer.begin(
                request,
                recorded_at=_rfc3339(sent_at),
                upstream=upstream.name if upstream else None,
                source=self._source or source_of(request.uri, upstream),
                recorded_from=self._recorded_from,
            )
        return take, EndingWatch(upstream)


def _record_mode(mode: str, cassette: Cassette | None) -> RecordMode:
    wanted = parse_mode(mode)
    if cassette is not None and wanted is not RecordMode.NONE:
        raise UsageError(
            f"A cassette in memory can be played, not recorded onto (mode={mode!r}).",
            help="give a path, or leave mode at 'none'",
        )
    return wanted


def _rfc3339(moment: datetime) -> str:
    return moment.isoformat(timespec="seconds").replace("+00:00", "Z")
