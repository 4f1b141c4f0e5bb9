"""What happened between a test and its cassette, as one value, whichever way the test went. Pure."""

from __future__ import annotations

from typing import TYPE_CHECKING

import msgspec

from harness.cassette.model import Interaction
from harness.errors import CassetteMiss

if TYPE_CHECKING:
    from collections.abc import Iterable

    from harness.net.proxy import RecordingProxy
    from harness.net.replay_server import ReplayServer
    from harness.net.session import CassetteSession


class Outcome(msgspec.Struct, frozen=True, kw_only=True):
    """What was on the tape, and what became of it."""

    where: str
    """The tape, or the folder of tapes."""
    on_tape: tuple[Interaction, ...] = ()
    unplayed: tuple[Interaction, ...] = ()
    misses: tuple[CassetteMiss, ...] = ()
    passed: int = 0
    """Requests that were answered or sent out."""
    played: int = 0
    recorded: int = 0
    refused: tuple[str, ...] = ()
    """Hosts that a socket was to reach, and did not."""


def of_session(session: CassetteSession, refused: Iterable[str]) -> Outcome:
    """In process."""
    return Outcome(
        where=session.where,
        on_tape=session.on_tape,
        unplayed=session.unplayed,
        misses=tuple(session.misses),
        passed=session.passed,
        played=session.played,
        recorded=session.recorded,
        refused=tuple(refused),
    )


def of_server(server: ReplayServer, where: str, refused: Iterable[str]) -> Outcome:
    """Through a server that plays."""
    return Outcome(
        where=where,
        on_tape=server.on_tape,
        unplayed=server.unplayed,
        misses=tuple(server.misses),
        passed=server.played,
        played=server.played,
        refused=tuple(refused),
    )


def of_proxy(proxy: RecordingProxy, where: str) -> Outcome:
    """Through a proxy that records."""
    return Outcome(where=where, passed=proxy.asked, recorded=proxy.recorded)
