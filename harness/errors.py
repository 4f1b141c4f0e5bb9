"""The exceptions of the house: one base, one class for each `except` that somebody needs.

Every message says what happened, where, what was expected, and what to do next; no message shows a secret.
A *finding* about an upstream is a value (`harness.finding`), never an exception.
"""

from __future__ import annotations

from typing import Any, ClassVar


class HarnessError(Exception):
    """Base of everything this package raises on purpose.

    `what` is one sentence. The other parts are optional lines below it; `help` is one command or change to make.
    """

    exit_status: ClassVar[int] = 1
    """What the command line ends with when nobody catches this error."""

    def __init__(
        self,
        what: str,
        *,
        where: str | None = None,
        expected: str | None = None,
        found: str | None = None,
        help: str | None = None,
    ) -> None:
        super().__init__(what)
        self.what = what
        self.where = where
        self.expected = expected
        self.found = found
        self.help = help

    def __str__(self) -> str:
        labels = ("where", "expected", "found", "help")
        lines = [f"  {label}: {value}" for label in labels if (value := getattr(self, label))]
        return "\n".join([self.what, *lines])


class UsageError(HarnessError, ValueError):
    """You misused us: an argument, an option or a setting is wrong."""

    exit_status = 2


class MessageError(UsageError):
    """A chat message cannot be put on the wire; `index` says which one (0 is the first)."""

    def __init__(self, what: str, *, index: int, **parts: str | None) -> None:
        super().__init__(what, **parts)
        self.index = index

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.what), self.__dict__


class ConversationError(HarnessError, ValueError):
    """A text is not a conversation of this upstream."""


class LimitError(HarnessError):
    """Input went past a named limit; `limit` is its name, `at_most` its value."""

    def __init__(self, what: str, *, limit: str, at_most: int, **parts: str | None) -> None:
        super().__init__(what, **parts)
        self.limit = limit
        self.at_most = at_most

    def __reduce__(self) -> tuple[object, ...]:
        return _restore, (type(self), self.what), self.__dict__


class UpstreamError(HarnessError):
    """The upstream did not do what it promises. `status` and a bounded `excerpt` of the body where there is one."""

    exit_status = 3

    def __init__(
        self, what: str, *, status: int | None = None, excerpt: str | None = None, **parts: str | None
    ) -> None:
        super().__init__(what, **parts)
        self.status = status
        self.excerpt = excerpt


class UpstreamUnreachable(UpstreamError):
    """No connection, or it broke before an answer began."""


class StatusError(UpstreamError):
    """The answer's status is not 200. `retry_after` is the Retry-After header as it came, when it came."""

    retry_after: str | None = None


class ReplyError(UpstreamError):
    """The upstream said in words that it failed: an error object instead of a stream, or inside one."""


class NotAStreamError(UpstreamError):
    """The answer is no event stream: another content type, HTML, or a body without one event."""


class ChunkError(UpstreamError):
    """An event's data is no chunk of this upstream; `event` is its number, 1 for the first."""

    event: int | None = None


class TruncatedError(UpstreamError):
    """The stream ended early: neither a terminal event nor a finish reason, or a connection cut in between."""


class StalledError(UpstreamError, TimeoutError):
    """A time-out of ours fired: connect, first byte, between pieces, or total."""


class CassetteError(HarnessError):
    """A cassette is damaged, of an unknown version, or refused because it breaks a limit. It is never overwritten."""

    exit_status = 4


class CassetteMiss(HarnessError):
    """No recording answers this request. `reason` says why in one of a few words; `nearest` names the closest one."""

    reason: str = "no-recording"
    nearest: str | None = None


class LawError(HarnessError, AssertionError):
    """A law that `harness fuzz` found broken is still broken: a failed test, when it comes up in one."""


class NothingRecordedError(HarnessError):
    """A cassette was in use and nothing passed through it: the client was never really watched."""


class ContractError(HarnessError):
    """What passed a cassette with `validate=True` breaks its upstream's contract; `report` says how."""

    report: Any = None


class SecretError(HarnessError):
    """A secret would have reached the disk, or was found there."""

    exit_status = 5


def _restore(kind: type[HarnessError], what: str) -> HarnessError:
    """Build an error for pickle, which hands the attributes over afterwards: pytest-xdist sends errors to and fro."""
    error = kind.__new__(kind, what)
    error.args = (what,)
    return error
