"""What a campaign found, as a cassette that anybody can read, and back. Pure.

The tape holds the input: a stream and its pieces as the answer, or messages as the question. Which law it broke, of
which target, and with which seed it was found stand in the request's address.
"""

from __future__ import annotations

import hashlib
import json
from typing import TYPE_CHECKING
from urllib.parse import parse_qs, quote, urlencode, urlsplit

import msgspec

from harness.cassette.cases import ADDRESS
from harness.cassette.model import Cassette, End, Frame, Interaction, Request, Response, Source, StreamRecord
from harness.errors import CassetteError, UsageError
from harness.fuzz.encoding import History
from harness.fuzz.law import Law
from harness.fuzz.laws import law_named
from harness.fuzz.streams import Stream
from harness.fuzz.targets import Kind

if TYPE_CHECKING:
    from harness.fuzz.campaign import Failure

_JSON = ("Content-Type", "application/json")
_STREAM = ("Content-Type", "text/event-stream")
_KEYS = ("kind", "law", "seed", "target")


class Found(msgspec.Struct, frozen=True, kw_only=True):
    """A kept case: which law an input broke, of which target, and the seed that found it.

    `name` is its file's, and its id in pytest.
    """

    law: Law
    target: str
    seed: int
    given: Stream | History

    @property
    def name(self) -> str:
        """The law and eight hex digits of the input: the same input is the same file."""
        return f"{self.law.name}-{hashlib.sha256(repr(self.given).encode()).hexdigest()[:8]}"

    @property
    def folder(self) -> str:
        """The target's name as that of a folder."""
        return self.target.replace(":", ".")

    def __str__(self) -> str:
        return f"{self.folder}/{self.name}"


def found_of(failure: Failure, target: str) -> Found:
    """What is kept of a failure."""
    return Found(law=failure.law, target=target, seed=failure.seed, given=failure.given)


def cassette_of(found: Found, *, recorded_at: str | None = None) -> Cassette:
    """The case as a cassette of one interaction."""
    words = dict(zip(_KEYS, (found.law.kind, found.law.name, found.seed, found.target), strict=True))
    uri = f"{ADDRESS}?{urlencode(words, quote_via=quote)}"
    pieces = found.given.pieces if isinstance(found.given, Stream) else ()
    request = Request("GET", uri)
    if isinstance(found.given, History):
        messages = json.dumps({"messages": found.given.as_passed()})
        request = Request("POST", uri, (_JSON,), messages.encode())
    record = StreamRecord(
        frames=tuple(Frame(float(number), len(piece)) for number, piece in enumerate(pieces)),
        end=End.COMPLETE,
        end_ms=float(len(pieces)),
        recorded_at=recorded_at,
        source=Source.STAND_IN,
        recorded_from="harness fuzz",
    )
    response = Response(200, "OK", (_STREAM,), b"".join(pieces), record)
    return Cassette((Interaction(request, response),))


def found_in(cassette: Cassette, *, where: str) -> Found:
    """The case that a cassette holds. Raises CassetteError, which names *where*, for one that holds none."""
    try:
        (interaction,) = cassette.interactions
        query = parse_qs(urlsplit(interaction.request.uri).query, strict_parsing=True)
        kind, law, seed, target = (query[key][0] for key in _KEYS)
        named = law_named(Kind(kind), law)
        given = _messages(interaction) if named.kind is Kind.ENCODER else _stream(interaction)
        return Found(law=named, target=target, seed=int(seed), given=given)
    except UsageError as error:
        raise CassetteError(error.what, where=where, expected=error.expected) from None
    except (ValueError, KeyError, TypeError, AttributeError):
        raise CassetteError(
            "This cassette holds no case that `harness fuzz` found.",
            where=where,
            expected="one interaction, its address naming kind, law, seed and target",
        ) from None


def _messages(interaction: Interaction) -> History:
    said = json.loads(interaction.request.body or b"")["messages"]
    return History(tuple((str(each["role"]), str(each["content"])) for each in said))


def _stream(interaction: Interaction) -> Stream:
    """The pieces; a body whose sizes do not add up any more, by somebody's hand, is one piece."""
    body, record = interaction.response.body, interaction.response.stream
    sizes = [frame.size for frame in record.frames] if record else []
    if sum(sizes) != len(body) or not sizes:
        return Stream((body,))
    starts = [sum(sizes[:number]) for number in range(len(sizes))]
    return Stream(tuple(body[start : start + size] for start, size in zip(starts, sizes, strict=True)))
