"""Questions asked of a live upstream, one after the other, each answer on a tape of its own: politely, or not at all.

An edge: sockets and the clock are here. What is asked, and when to stop for good, is planned in
`harness.drift.probe`. Never more than one request at a time, never faster than *per_minute*, never more than *budget*
requests with all that had to be tried again.
"""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING

import aiohttp
import msgspec
from aiohttp.http_exceptions import HttpProcessingError
from multidict import CIMultiDict
from yarl import URL

from harness.disk.cassettes import load_cassette
from harness.drift.probe import why_stop
from harness.net.connector import CassetteConnector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from pathlib import Path

    from harness.cassette.model import Interaction
    from harness.drift.probe import Question
    from harness.upstreams.upstream import Upstream

    Tell = Callable[[Question, Interaction | str], None]

FIRST_PAUSE_S = 1.0
"""Before the first new try; each later one waits twice as long as the one before."""
LONGEST_PAUSE_S = 30.0
LONGEST_ANSWER_S = 600.0
"""An answer that lasts longer is cut off: one that never ends would keep a weekly job until somebody ends that."""
BROKEN = (aiohttp.ClientError, HttpProcessingError, ConnectionError, TimeoutError)
"""What ends an exchange early. What had come by then is on the tape."""
OWN_HEADERS = ("Accept", "Accept-Encoding", "User-Agent", "Content-Type")
"""Headers that aiohttp adds; the question has all that was recorded."""


class Manners(msgspec.Struct, frozen=True, kw_only=True):
    """How politely: requests a minute and in all, tries after the first, seconds that one wait may last."""

    per_minute: float = 20.0
    budget: int = 50
    retries: int = 2
    timeout_s: float = 60.0


class Probed(msgspec.Struct, frozen=True):
    """What came of it. `stopped` says why it ended before all was answered."""

    sent: int
    answered: int
    stopped: str | None = None


async def probe(
    questions: Sequence[Question],
    folder: Path,
    *,
    upstream: Upstream,
    manners: Manners,
    tell: Tell,
) -> Probed:
    """Ask; the answers are in *folder* afterwards. *tell* hears of each answer, and why a try failed."""
    asker = _Asker(folder, upstream, manners, tell)
    for question in questions:
        why = await asker.answer(question)
        if why is not None:
            return Probed(asker.sent, asker.answered, why)
    return Probed(asker.sent, asker.answered)


class _Asker:
    """One upstream being asked: it counts, and keeps the distance between requests."""

    def __init__(self, folder: Path, upstream: Upstream, manners: Manners, tell: Tell) -> None:
        self._folder, self._upstream, self._manners, self._tell = folder, upstream, manners, tell
        self._free_at = 0.0
        self.sent = 0
        self.answered = 0

    async def answer(self, question: Question) -> str | None:
        """Ask until there is an answer. Gives the reason to stop, where there is one."""
        why = ""
        for turn in range(self._manners.retries + 1):
            if self.sent == self._manners.budget:
                return f"the budget of {self.sent} requests is used up"
            await self._wait(turn)
            tape = self._folder / f"{question.name}.yaml"
            why = await self._ask(question, tape)
            found = load_cassette(tape, missing_ok=True).interactions
            self._tell(question, found[0] if found else why)
            if found:
                self.answered += 1
                return why_stop(found[0].response)
        return f"no answer after {self._manners.retries + 1} tries: {why}"

    async def _wait(self, turn: int) -> None:
        """The distance between two requests; more after a try that failed."""
        clock = asyncio.get_running_loop().time
        pause_s = min(FIRST_PAUSE_S * 2 ** (turn - 1), LONGEST_PAUSE_S) if turn else 0.0
        await asyncio.sleep(max(self._free_at - clock(), pause_s))
        self._free_at = clock() + 60 / self._manners.per_minute

    async def _ask(self, question: Question, tape: Path) -> str:
        """One request, its answer on the tape. Gives what broke it; nothing where it came whole."""
        self.sent += 1
        connector = CassetteConnector(tape, mode="once", upstream=self._upstream.name)
        waits = aiohttp.ClientTimeout(total=None, connect=self._manners.timeout_s)
        jar = aiohttp.DummyCookieJar()
        try:
            async with aiohttp.ClientSession(connector=connector, timeout=waits, cookie_jar=jar) as session:
                await self._exchange(session, question)
        except BROKEN as error:
            return str(error) or type(error).__name__
        return ""

    async def _exchange(self, session: aiohttp.ClientSession, question: Question) -> None:
        """All waits are ours: aiohttp's own do not fire when its parser is stuck."""
        request = question.request
        async with asyncio.timeout(self._manners.timeout_s):
            response = await session.request(
                request.method,
                URL(request.uri, encoded=True),
                data=request.body,
                headers=CIMultiDict(request.headers),
                skip_auto_headers=OWN_HEADERS,
                allow_redirects=False,
                auto_decompress=False,
            )
        try:
            async with asyncio.timeout(LONGEST_ANSWER_S):
                while await self._piece(response):
                    pass
        finally:
            response.close()

    async def _piece(self, response: aiohttp.ClientResponse) -> bytes:
        async with asyncio.timeout(self._manners.timeout_s):
            return await response.content.readany()
