"""Which recording is played next, and the story told when there is none. Pure; it opens no tape and records
nothing.

Each interaction plays once, repeats of one request in the order they were recorded. A request finds its
recordings through an index, so that look-up takes as long on a tape of ten thousand as on a tape of ten; one
that is spelled as it was recorded need not even be read.
"""

from __future__ import annotations

import re
from collections import deque
from typing import TYPE_CHECKING, TypeAlias

from harness.cassette.match import Canonical, Difference, Key, canonical, differences
from harness.cassette.modes import OnMiss, RecordMode, parse_mode, rule_of
from harness.cassette.redact import Redactor
from harness.errors import CassetteMiss

if TYPE_CHECKING:
    from pathlib import PurePath

    from harness.cassette.model import Cassette, Interaction, Request
    from harness.upstreams.upstream import Upstream

NO_RECORDING = "no-recording"
NO_MATCH = "no-match"
ALREADY_PLAYED = "already-played"

MAX_COMPARED = 200
"""Recordings looked at for the nearest one; a message need not read a tape of thousands."""

Spelling: TypeAlias = tuple[str, str, bytes]
"""A request letter by letter: method, what follows the host, body."""

_BASE = re.compile(r"[^:/?#]+://[^/?#]*")


class Player:
    """Plays one cassette. `upstream`: whose rules matching follows; without it each request's own address
    decides.

    `path` only names the tape in messages. With `repeats` the recordings of a request start again after the
    last one. `redactor`: secrets leave a request the same way before recording and before matching, so that
    it finds itself again.
    """

    def __init__(
        self,
        cassette: Cassette,
        *,
        mode: str = RecordMode.NONE,
        upstream: Upstream | None = None,
        path: str | PurePath | None = None,
        repeats: bool = False,
        redactor: Redactor | None = None,
    ) -> None:
        self._cassette = cassette
        self._mode = parse_mode(mode)
        self._rule = rule_of(mode)
        self._upstream = upstream
        self._path = str(path) if path is not None else None
        self._repeats = repeats
        self._redactor = redactor or Redactor()
        self._canonical = (
            [self._reduced(item.request) for item in cassette.interactions] if self._rule.plays else []
        )
        self._waiting: dict[Key, deque[int]] = {}
        self._spelled: dict[Spelling, Key] = {}
        for number, reduced in enumerate(self._canonical):
            key = self._spelled[_spelling(cassette.interactions[number].request)] = reduced.key
            self._waiting.setdefault(key, deque()).append(number)
        self._played: set[int] = set()

    @property
    def may_record(self) -> bool:
        """Whether a request without a recording goes to the live upstream; a tape that says no is read-only."""
        return self._rule.on_miss(tape_exists=bool(self._cassette.interactions)) is OnMiss.RECORD

    @property
    def interactions(self) -> tuple[Interaction, ...]:
        """What is on the tape."""
        return self._cassette.interactions

    @property
    def unplayed(self) -> tuple[Interaction, ...]:
        """What was on the tape to be played, and no request has asked for yet."""
        numbers = range(len(self._canonical))
        return tuple(self._cassette.interactions[number] for number in numbers if number not in self._played)

    def find(self, request: Request) -> Interaction | None:
        """The recording to play; None where the request is to be recorded. Raises CassetteMiss where neither
        may be.
        """
        if not self._canonical and self.may_record:
            return None  # nothing to compare with, and no time to lose before the request goes out
        waiting = self._waiting.get(self._key(request))
        if waiting:
            return self._play(waiting)
        if self.may_record:
            return None
        raise self._miss(self._reduced(request))

    def _key(self, request: Request) -> Key:
        known = self._spelled.get(_spelling(request))
        if known is None:
            return self._reduced(request).key
        self._redactor.remember(request.headers)  # as reducing it would have done
        return known

    def _play(self, waiting: deque[int]) -> Interaction:
        number = waiting.popleft()
        if self._repeats:
            waiting.append(number)
        self._played.add(number)
        return self._cassette.interactions[number]

    def _reduced(self, request: Request) -> Canonical:
        return canonical(self._redactor.asked(request), self._upstream)

    # The story of a miss

    def _miss(self, asked: Canonical) -> CassetteMiss:
        nearest = self._nearest(asked)
        reason = self._reason(asked)
        error = CassetteMiss(
            f"No recording answers {asked.method} {asked.path}: {_WHY[reason]}.",
            where=self._path,
            expected=None if nearest is None else _told(*nearest),
            help=self._help(reason),
        )
        error.reason = reason
        error.nearest = None if nearest is None else f"interaction {nearest[0] + 1}"
        return error

    def _reason(self, asked: Canonical) -> str:
        if not self._canonical:
            return NO_RECORDING
        return ALREADY_PLAYED if asked.key in self._waiting else NO_MATCH

    def _nearest(self, asked: Canonical) -> tuple[int, tuple[Difference, ...]] | None:
        """The recording with the fewest differences, those for the same method and path first."""
        numbers = sorted(
            range(len(self._canonical)),
            key=lambda n: (self._canonical[n].method, self._canonical[n].path) != (asked.method, asked.path),
        )
        compared = [(n, differences(self._canonical[n], asked)) for n in numbers[:MAX_COMPARED]]
        return min(compared, key=lambda pair: len(pair[1]), default=None)

    def _help(self, reason: str) -> str:
        record = f"harness record --upstream U --base-url URL --messages FILE --out {self._path or 'PATH'}"
        if reason == NO_RECORDING:
            return f'record it: {record}; or use mode="once"'
        return f'add it: {record}; or use mode="new_episodes"'


def _spelling(request: Request) -> Spelling:
    return request.method, _BASE.sub("", request.uri, count=1), request.body or b""


_WHY = {
    NO_RECORDING: "the tape holds none",
    NO_MATCH: "it differs from every one",
    ALREADY_PLAYED: "its recordings have been played, each plays once",
}


def _told(number: int, found: tuple[Difference, ...]) -> str:
    if not found:
        return f"interaction {number + 1}, the same request, which has been played"
    return "\n    ".join([f"interaction {number + 1} is nearest:", *map(str, found)])
