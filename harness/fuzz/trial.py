"""One trial of a client: an answer to whatever is asked, how it is spoilt, and what a good client makes of it. Pure."""

from __future__ import annotations

from enum import StrEnum
from typing import TYPE_CHECKING
from urllib.parse import quote, urlencode

import msgspec

from harness.cassette.cases import ADDRESS, CLIENT
from harness.cassette.faults import parse_faults, staged_playback
from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, Source, StreamRecord
from harness.chat.events import Stamp

if TYPE_CHECKING:
    from harness.upstreams.upstream import Upstream

RETRY_AFTER_S = 2
"""How long the service asks to be left alone."""

TEXTS = ("Good ", "morning", '! "Привет', ' 🙂", ', "data: [DONE]\n\n", "she said.")
"""One reply, in pieces that are no friends of careless readers."""

STAMP = Stamp(id="chatcmpl-1", created=1690000000, model="gpt-3.5-turbo")


class Expect(StrEnum):
    """What a good client does."""

    WHOLE = "whole"
    """Give the whole text, and no failure."""
    FAILURE = "failure"
    """Fail, and give nothing that was not said."""
    END = "end"
    """Fail in the end, by its own read time-out."""
    REFUSAL = "refusal"
    """Fail: the answer is no reply at all."""
    EITHER = "either"
    """Give the text as it came; it may fail as well."""
    WAIT = "wait"
    """Fail, or ask again when it is time."""


class Trial(msgspec.Struct, frozen=True, kw_only=True):
    """One answer to whatever is asked: its name, its bytes, how they are spoilt and cut, and what is expected."""

    name: str
    says: str
    interaction: Interaction
    text: str
    expect: Expect
    also: str | None = None
    """Another text that is as good."""
    faults: str = ""
    cut: str = "event"


def tape_of(trial: Trial, client: str, rule: str) -> Cassette:
    """The answer as the client got it, as a cassette that names client, trial and rule in its address."""
    response, _ = staged_playback(
        trial.interaction.response, parse_faults(trial.faults), pace="instant", cut="event"
    )
    words = {"kind": CLIENT, "case": trial.name, "rule": rule, "target": client}
    uri = f"{ADDRESS}?{urlencode(words, quote_via=quote)}"
    return Cassette((Interaction(Request("GET", uri), response),))


def exchange(upstream: Upstream, body: bytes) -> Interaction:
    """The answer with the upstream's headers. What was asked is nobody's business here.

    Its body comes in chunks, as that of a streaming service does: where it ends with the connection, some clients take
    a reset for the end.
    """
    headers = upstream.reply_headers or (("Content-Type", upstream.reply_type),)
    headers = (*headers, ("Transfer-Encoding", "chunked"))
    record = StreamRecord(
        (Frame(0.0, len(body)),),
        End.COMPLETE,
        0.0,
        upstream=upstream.name,
        source=Source.STAND_IN,
        recorded_from="harness fuzz",
    )
    request = Request(upstream.method, upstream.url("http://127.0.0.1"))
    return Interaction(request, Response(200, "OK", headers, body, record))
