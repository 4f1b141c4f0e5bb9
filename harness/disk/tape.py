"""Recording onto a tape: each exchange goes to the journal as it happens, and all of them into the tape at
the end.

Secrets are removed before anything is written. The tape is merged under a lock into what is on disk at that
moment, so two processes that record onto one tape both arrive; a tape that cannot be read is refused at the
start, before any request is sent.
"""

from __future__ import annotations

from collections import deque
from pathlib import Path
from typing import TYPE_CHECKING

import msgspec

from harness.cassette.digest import seal
from harness.cassette.frames import MAX_FRAMES
from harness.cassette.model import Cassette, End, Headers, Interaction, Request, Source
from harness.cassette.recovery import Answered, Arrived, Began, Ended, Exchange
from harness.disk.cassettes import disk_errors, open_orphans, read_tape, refuse_secrets, rescue, write_tape
from harness.disk.environment import environment_redactor
from harness.disk.journal import Journal
from harness.disk.lock import folder_locked
from harness.errors import HarnessError

if TYPE_CHECKING:
    import os

    from harness.cassette.model import Interaction
    from harness.cassette.redact import Redactor
    from harness.disk.journal import Orphan

MAX_BODY = 16 * 1024 * 1024
"""Bytes kept of one body: as text of control characters it is four times as long, and still fits into a file.
"""


class TapeWriter:
    """Records onto the tape at *path*. End with `finish` or `abandon`; a process that dies in between leaves
    its journal.

    `upstream`, `source` and `recorded_from` are written with every exchange that does not say otherwise. With
    `replace` the recording takes the place of what is on the tape, once it is finished. Raises CassetteError
    for a tape that cannot be read.
    """

    def __init__(
        self,
        path: str | os.PathLike[str],
        *,
        upstream: str | None = None,
        source: Source | str | None = None,
        recorded_from: str | None = None,
        redactor: Redactor | None = None,
        replace: bool = False,
    ) -> None:
        self._path = Path(path).absolute()  # whoever is recorded may change the working directory meanwhile
        self._replace = replace
        self._redactor = redactor or environment_redactor()
        self._upstream, self._source, self._recorded_from = upstream, source, recorded_from
        self._takes: list[Take] = []
        self._finished: Cassette | None = None
        with disk_errors(self._path):
            self._path.parent.mkdir(parents=True, exist_ok=True)
            with folder_locked(self._path.parent):  # so that nobody takes the new journal for an orphan
                refuse_secrets(self._path, self._redactor.left_in(read_tape(self._path) or Cassette()))
                self._journal = Journal(self._path)

    def begin(
        self,
        request: Request,
        *,
        recorded_at: str,
        upstream: str | None = None,
        source: Source | str | None = None,
        recorded_from: str | None = None,
    ) -> Take:
        """An exchange begins: *request* was sent at *recorded_at* (RFC 3339, UTC)."""
        origin = source or self._source
        began = Began(
            len(self._takes) + 1,
            self._redactor.request(request),
            recorded_at,
            upstream or self._upstream,
            Source(origin) if origin else None,
            recorded_from or self._recorded_from,
        )
        take = Take(began, self._journal, self._redactor)
        self._takes.append(take)
        return take

    def finish(self) -> Cassette:
        """Put everything into the tape, and remove the journal. Returns what is on the tape now.

        Raises CassetteError or SecretError when that fails; the tape is then as it was, and the journal
        stays.
        """
        if self._finished is None:
            for take in self._takes:
                take.end(End.CLOSED, take.last_ms)
            try:
                self._finished = self._merged()
            finally:  # also when somebody presses Ctrl-C here: who reads next finds what was recorded
                self._journal.close()
            self._journal.remove()
        return self._finished

    def abandon(self) -> None:
        """Forget what was recorded; the tape stays as it is."""
        self._journal.remove()

    def _merged(self) -> Cassette:
        try:
            with disk_errors(self._path):
                self._path.parent.mkdir(parents=True, exist_ok=True)  # it may have been deleted meanwhile
                with folder_locked(self._path.parent), open_orphans(self._path) as orphans:
                    content = self._merge(orphans)
                    for orphan in orphans:
                        orphan.put_away()
                    return content
        except HarnessError as error:
            if self._journal.is_whole:
                kept = f"what was recorded is kept in {self._journal.path.name}"
                error.help = f"{error.help}; {kept}" if error.help else kept
            raise

    def _merge(self, orphans: list[Orphan]) -> Cassette:
        """Write what is on disk at this moment together with what is new; where nothing is new, nothing is
        written.
        """
        old = read_tape(self._path) or Cassette()
        rescued = rescue(orphans, old)
        takes = (take.interaction() for take in self._takes)
        new = seal(Cassette(tuple(item for item in takes if item is not None))).interactions
        if not new and not rescued:
            return old
        content = Cassette(new if self._replace and new else old.interactions + rescued + new)
        write_tape(self._path, content, self._redactor)
        return content


class Take:
    """One exchange being recorded. Past the limits of a tape the rest is not kept, and the exchange ends with
    `limit`.
    """

    def __init__(self, began: Began, journal: Journal, redactor: Redactor) -> None:
        self._number = began.take
        self._journal = journal
        self._redactor = redactor
        self._body = redactor.stream()
        self._exchange = Exchange(began)
        self._times: deque[float] = deque()
        self._size = 0
        self._count = 0
        self._is_full = False
        self._ended: Ended | None = None
        self.last_ms = 0.0
        journal.append(began)

    def head(
        self,
        status: int,
        reason: str,
        headers: Headers,
        *,
        http_version: str | None = None,
        content_encoding: str | None = None,
    ) -> None:
        """The status line and the headers came; `content_encoding` is the one undone for the tape."""
        kept = self._redactor.response_head(headers)
        answer = Answered(self._number, status, reason, kept, http_version, content_encoding)
        self._exchange.note(answer)
        self._journal.append(answer)

    def piece(self, at_ms: float, data: bytes) -> None:
        """Bytes of the body came, content-coding undone, *at_ms* milliseconds after the request was sent."""
        if self._ended is not None or self._is_full or not data:
            return
        self._size += len(data)
        self._count += 1
        if self._size > MAX_BODY or self._count > MAX_FRAMES:
            self._is_full = True
            return
        self.last_ms = round(float(at_ms), 1)
        self._times.append(self.last_ms)
        self._keep(self._body.feed(data))

    def end(self, end: End | str, end_ms: float, *, broken_chunk: bool = False) -> None:
        """The stream ended; told twice, the first time counts. `broken_chunk`: by something that is no chunk."""
        if self._ended is not None:
            return
        self._keep(self._body.close())
        at_ms = round(float(end_ms), 1)
        ended = Ended(self._number, End(end), at_ms, at_ms if broken_chunk else None)
        self._end(Ended(self._number, End.LIMIT, at_ms) if self._is_full else ended)

    def waited(self, until_ms: float) -> None:
        """The reader waited on after a chunk that is none, and has given up."""
        if self._ended is not None and self._ended.broken_chunk_ms is not None:
            self._end(msgspec.structs.replace(self._ended, end_ms=round(float(until_ms), 1)))

    def interaction(self) -> Interaction | None:
        """The exchange as it stands; None while no answer has come."""
        return self._exchange.interaction()

    def _end(self, ended: Ended) -> None:
        self._ended = ended
        self._exchange.note(ended)
        self._journal.append(ended)

    def _keep(self, pieces: list[bytes]) -> None:
        for data in pieces:
            piece = Arrived(self._number, self._times.popleft(), data)
            self._exchange.note(piece)
            self._journal.append(piece)
