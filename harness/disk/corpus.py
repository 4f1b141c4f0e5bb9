"""Cassettes on the disk to one corpus: each is read, summed up and let go, so many take no more memory than few."""

from __future__ import annotations

from typing import TYPE_CHECKING

from harness.cassette.cases import is_case
from harness.contract.inference.corpus import Corpus, of_stream
from harness.contract.inference.documents import Kind, Seen, documents_of
from harness.disk.cassettes import load_cassette
from harness.errors import CassetteError, UsageError
from harness.upstreams.registry import get_upstream, upstream_for, upstream_names

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from pathlib import Path

    from harness.cassette.model import Cassette, Interaction
    from harness.upstreams.upstream import Upstream


class CorpusReader:
    """Reads cassettes one by one. *upstream* names whose exchanges are wanted; the others are passed over.

    Without it, all exchanges must be with one upstream, or with none that is known. *flat* takes all documents for
    one phase.
    """

    def __init__(self, upstream: str | None = None, *, kind: Kind = Kind.CHUNK, flat: bool = False) -> None:
        self.corpus = Corpus()
        self.kind = kind
        self.upstream = get_upstream(upstream) if upstream is not None else None
        self.passed_over = 0
        """Exchanges with other upstreams."""
        self.damaged: list[CassetteError] = []
        self._is_flat = flat
        self._is_given = upstream is not None
        self._has_begun = False

    def read_all(self, paths: Sequence[Path], *, progress: Callable[[int], None] = lambda _: None) -> None:
        """Read the cassettes; *progress* hears how many have been read. One that is damaged is kept in `damaged`.

        Raises `UsageError` where the exchanges are with different upstreams.
        """
        for number, path in enumerate(paths, start=1):
            try:
                cassette = load_cassette(path)
            except CassetteError as error:
                self.damaged.append(error)
            else:
                if len(paths) == 1 or not is_case(cassette):  # what `harness fuzz` keeps is no exchange
                    self._read_cassette(cassette, path)
            progress(number)

    def _read_cassette(self, cassette: Cassette, path: Path) -> None:
        for interaction in cassette.interactions:
            self._read(interaction, path)

    def _read(self, interaction: Interaction, path: Path) -> None:
        found = _recognised(interaction)
        if self._is_given:
            if found is not None and found != self.upstream:
                self.passed_over += 1
                return
        else:
            self._agree(found, path)
        stream = of_stream(self._documents(interaction))
        if stream.documents or stream.unread:  # an exchange without any, such as an error reply, is no stream
            self.corpus.absorb(stream)

    def _documents(self, interaction: Interaction) -> Iterator[Seen]:
        for seen in documents_of(interaction, self.upstream, self.kind):
            yield (self.kind.value, seen[1]) if self._is_flat and seen is not None else seen

    def _agree(self, found: Upstream | None, path: Path) -> None:
        if self._has_begun and found != self.upstream:
            both = " and ".join(each.name if each else "an unknown one" for each in (self.upstream, found))
            raise UsageError(
                f"These are recordings of different upstreams: {both}.",
                where=str(path),
                expected="one upstream a schema",
                help="name it: --upstream NAME",
            )
        self.upstream, self._has_begun = found, True


def _recognised(interaction: Interaction) -> Upstream | None:
    """The upstream that the recording names, or else the one its address tells."""
    stream = interaction.response.stream
    named = None if stream is None else stream.upstream
    if named in upstream_names():
        return get_upstream(named)
    return upstream_for(interaction.request.method, interaction.request.uri) if named is None else None
