"""One exchange against the contract while it runs: told of its head, pieces and end, it tells what is wrong at once.

A reply that streams is checked event by event. Whatever else comes, an error or a page, is held, up to a bound, and
checked at its end. Once it has ended, the findings are those of a check of its recording (`harness.contract.check`).
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from msgspec.structs import replace

from harness.cassette.challenge import is_challenge
from harness.cassette.headers import header, media_type
from harness.cassette.model import End, Frame, Response, StreamRecord
from harness.contract.ledger import Ledger
from harness.contract.request import check_request
from harness.contract.response import check_label, check_response
from harness.contract.stream import StreamCheck
from harness.upstreams.jsontext import parse_json

if TYPE_CHECKING:
    from harness.cassette.model import Headers, Request
    from harness.contract.contract import Contract
    from harness.finding import Finding

MAX_HELD = 2**20
"""Bytes that are held of an answer that is no stream. Of a longer one only the request is judged."""


class ExchangeCheck:
    """Checks one exchange. *number* is the one that its findings bear; *contract* is None where nobody knows the
    upstream, and that is a finding then.
    """

    def __init__(self, contract: Contract | None, request: Request, *, number: int | None = None) -> None:
        self._contract = contract
        self._request = request
        self._ledger = Ledger(number)
        self._told = 0
        self._is_kept = True
        self._response = Response(0, "")
        self._label = ""
        self._held = bytearray()
        self._stream: StreamCheck | None = None

    @property
    def events(self) -> int:
        """Events of the stream so far."""
        return 0 if self._stream is None else self._stream.events

    @property
    def findings(self) -> tuple[Finding, ...]:
        """All so far, with how often each was seen."""
        return self._ledger.findings(self.events)

    def news(self) -> list[Finding]:
        """The findings since this was last asked."""
        found = self._ledger.since(self._told)
        self._told = len(self._ledger)
        return found

    def head(self, status: int, reason: str, headers: Headers) -> None:
        """An answer comes; now the request counts as asked."""
        if self._contract is None:
            self._ledger.note("upstream-unknown", "no upstream is known for this request")
            return
        self._is_kept = check_request(self._contract, self._request, self._ledger)
        self._response = Response(status, reason, headers)
        self._label = header(headers, "content-type") or ""

    def piece(self, data: bytes) -> None:
        """The next bytes of the body, content-coding undone."""
        if self._contract is None:
            return
        if self._stream is not None:
            self._stream.feed(data)
            return
        self._held += data[: MAX_HELD + 1 - len(self._held)]
        if self._is_stream(self._contract):
            self._begin_stream(self._contract)

    def over(self, end: End) -> None:
        """Nothing more comes, and why."""
        if self._contract is None or not self._response.status:
            return
        if self._stream is not None:
            self._stream.close(end)
        elif len(self._held) > MAX_HELD:
            self._ledger.note("stream-limit", f"more than {MAX_HELD:,} bytes came that are no stream")
        else:
            self._check_held(self._contract, end)

    def _is_stream(self, contract: Contract) -> bool:
        """Whether what came is a reply, and no error or page for sure. An error is one JSON object and nothing else."""
        is_reply = self._response.status == 200 and media_type(self._label) == contract.upstream.reply_type
        if not is_reply or is_challenge(self._response):
            return False
        begun = bytes(self._held).lstrip()
        return bool(begun) and (not begun.startswith(b"{") or _goes_on(begun))

    def _begin_stream(self, contract: Contract) -> None:
        check_label(contract, self._label, self._ledger)
        self._stream = StreamCheck(contract, ledger=self._ledger)
        self._stream.feed(bytes(self._held))
        self._held = bytearray()

    def _check_held(self, contract: Contract, end: End) -> None:
        frames = (Frame(0.0, len(self._held)),) if self._held else ()
        response = replace(
            self._response, body=bytes(self._held), stream=StreamRecord(frames=frames, end=end, end_ms=0.0)
        )
        check_response(contract, response, self._ledger, request_kept=self._is_kept)


def _goes_on(begun: bytes) -> bool:
    """Whether more follows upon a first line that is a JSON value by itself: a stream of lines, that is."""
    line, _, rest = begun.partition(b"\n")
    if not rest.strip():
        return False
    try:
        parse_json(line)
    except ValueError:
        return False
    return True
