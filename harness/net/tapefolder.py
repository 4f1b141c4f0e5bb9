"""A folder in which every exchange gets a tape of its own: `0001-5f2a9c1e.yaml`, a number and a hash.

The number says in which order the requests came; it goes on where the folder ends. The hash is of the request as
matching sees it, so the same request has the same one. An edge: tapes are finished in threads, because a disk may
take its time and the streams of others must not wait for it.
"""

from __future__ import annotations

import asyncio
import logging
import re
from functools import partial
from hashlib import sha256
from itertools import count
from typing import TYPE_CHECKING, NamedTuple

from harness.cassette.ending import EndingWatch
from harness.cassette.match import canonical
from harness.cassette.provenance import source_of
from harness.disk.environment import environment_redactor
from harness.disk.tape import TapeWriter
from harness.errors import HarnessError, UsageError
from harness.net.recorder import Recorder
from harness.upstreams.registry import upstream_for

if TYPE_CHECKING:
    from collections.abc import Callable
    from datetime import datetime
    from pathlib import Path

    from harness.cassette.model import Request, Source
    from harness.disk.tape import Take
    from harness.net.livecheck import LiveCheck
    from harness.net.tap import WireEnd
    from harness.upstreams.upstream import Upstream

_NAME = re.compile(r"([0-9]{4,9})-[0-9a-f]{8}\.")
_log = logging.getLogger(__name__)


class Tape(NamedTuple):
    """A tape that has been begun, and what its only exchange is recorded with."""

    writer: TapeWriter
    upstream: Upstream | None
    recorded_at: str


class Recording:
    """One exchange. Its tape begins when an answer comes, with the request as far as it has been sent by then."""

    def __init__(
        self, tape: Callable[[Request], Tape], request: Callable[[], Request], check: LiveCheck | None = None
    ) -> None:
        self._tape = tape
        self._check = check
        self._request = request
        self._writer: TapeWriter | None = None
        self.recorder = _LateRecorder(self._begin)

    def save(self) -> None:
        """Finish the tape, if there is one. Raises what went wrong with the recording."""
        self.recorder.attempt(self.recorder.finish)
        if self._writer is not None:
            self._writer.finish()
        if self.recorder.failure is not None:
            raise self.recorder.failure

    def _begin(self) -> tuple[Take, EndingWatch]:
        request = self._request()
        tape = self._tape(request)
        self._writer = tape.writer
        if self._check is not None:
            self.recorder.check = self._check.exchange(request, tape.upstream)
        return tape.writer.begin(request, recorded_at=tape.recorded_at), EndingWatch(tape.upstream)


class _LateRecorder(Recorder):
    """Its end is written down together with the tape: both wait for the disk."""

    _ended: tuple[WireEnd, float] | None = None

    def over(self, how: WireEnd, at_ms: float) -> None:
        self._ended = how, at_ms

    def finish(self) -> None:
        """Write down how it ended."""
        if self._ended is not None:
            super().over(*self._ended)


class TapeFolder:
    """Makes recordings and puts them away. `recorded` counts those that are on a tape; `failure` is the first thing
    that went wrong. *check* is told of every exchange.
    """

    def __init__(
        self,
        folder: Path,
        *,
        upstream: Upstream | None = None,
        source: Source | None = None,
        recorded_from: str | None = None,
        check: LiveCheck | None = None,
    ) -> None:
        if folder.exists() and not folder.is_dir():
            raise UsageError("There is a file where the folder for the tapes would be.", where=str(folder))
        self._folder = folder
        self._upstream, self._source, self._recorded_from = upstream, source, recorded_from
        self._check = check
        self._numbers = count(_last_number(folder) + 1)
        self._saving: set[asyncio.Task[None]] = set()
        self.recorded = 0
        self.failure: Exception | None = None

    def recording(self, request: Callable[[], Request], *, sent_at: datetime) -> Recording:
        """The recording of an exchange that goes out at *sent_at* (UTC). *request* is asked when an answer comes."""
        return Recording(partial(self._tape, next(self._numbers), sent_at), request, self._check)

    def save(self, recording: Recording) -> None:
        """Have a recording finished. Nothing of it needs to be kept by the caller."""
        task = asyncio.create_task(self._save(recording))
        self._saving.add(task)
        task.add_done_callback(self._saving.discard)

    async def saved(self) -> None:
        """Wait until all is on the disk."""
        while self._saving:
            await asyncio.wait(self._saving)

    async def _save(self, recording: Recording) -> None:
        try:
            await asyncio.to_thread(recording.save)
        except Exception as error:  # it is told once here, and raised by whoever owns the folder
            _log.warning("recording failed: %s", error.what if isinstance(error, HarnessError) else error)
            self.failure = self.failure or error
        else:
            self.recorded += recording.recorder.has_begun

    def _tape(self, number: int, sent_at: datetime, request: Request) -> Tape:
        upstream = self._upstream or upstream_for(request.method, request.uri)
        redactor = environment_redactor()
        key = canonical(redactor.request(request), upstream).key
        writer = TapeWriter(
            self._folder / f"{number:04d}-{sha256(repr(key).encode()).hexdigest()[:8]}.yaml",
            upstream=upstream.name if upstream else None,
            source=self._source or source_of(request.uri, upstream),
            recorded_from=self._recorded_from,
            redactor=redactor,
        )
        return Tape(writer, upstream, sent_at.isoformat(timespec="seconds").replace("+00:00", "Z"))


def _last_number(folder: Path) -> int:
    """Of the tapes that are there, and of journals that a killed recorder left."""
    names = [file.name for file in folder.iterdir()] if folder.is_dir() else []
    return max((int(found[1]) for name in names if (found := _NAME.match(name))), default=0)
