"""Content codings are undone wherever the pieces fall, and a bomb meets a limit."""

import gzip
import itertools
import tracemalloc
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from harness.cassette.decoding import decoder
from harness.errors import LimitError, UsageError

PLAIN = "Привет, 🙂 ".encode() * 40


@given(st.lists(st.integers(0, 200), max_size=8), st.sampled_from(["gzip", "deflate", "raw"]))
def test_pieces_of_a_coded_body_give_the_plain_one(places, coding):
    coded = {
        "gzip": gzip.compress(PLAIN),
        "deflate": zlib.compress(PLAIN),
        "raw": zlib.compress(PLAIN)[2:-4],
    }[coding]
    edges = [0, *sorted(min(place, len(coded)) for place in places), len(coded)]
    engine = decoder("deflate" if coding == "raw" else coding)
    assert b"".join(engine.decode(coded[a:b]) for a, b in itertools.pairwise(edges)) == PLAIN


@pytest.mark.parametrize("coding", ["", "identity", " Identity "])
def test_no_coding_leaves_the_bytes(coding):
    assert decoder(coding).decode(PLAIN) == PLAIN


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_bytes_of_another_coding_are_a_value_error(coding):
    engine = decoder(coding)
    with pytest.raises(ValueError, match=r".+"):
        engine.decode(b"\x78this is none of them" * 10)


def test_an_unknown_coding_and_a_missing_package_are_named(monkeypatch):
    with pytest.raises(UsageError, match="compress"):
        decoder("compress")
    monkeypatch.setitem(__import__("sys").modules, "brotli", None)
    with pytest.raises(UsageError, match="pip install brotli"):
        decoder("br")


def packed(coding: str, plain: bytes = PLAIN) -> bytes:
    brotli, zstandard = pytest.importorskip("brotli"), pytest.importorskip("zstandard")
    pack = {
        "gzip": gzip.compress,
        "deflate": zlib.compress,
        "br": brotli.compress,
        "zstd": zstandard.compress,
    }
    return pack[coding](plain)


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_bomb_meets_a_limit(monkeypatch, coding):
    monkeypatch.setattr("harness.cassette.decoding.MAX_BODY", 10_000)
    with pytest.raises(LimitError, match="10000 bytes"):
        decoder(coding).decode(packed(coding, bytes(100_000)))


@pytest.mark.parametrize("coding", ["gzip", "br", "zstd"])
def test_a_bomb_does_not_fill_the_memory_before_it_meets_the_limit(monkeypatch, coding):
    monkeypatch.setattr("harness.cassette.decoding.MAX_BODY", 4_000_000)
    bomb = packed(coding, bytes(60_000_000))
    tracemalloc.start()
    try:
        with pytest.raises(LimitError):
            decoder(coding).decode(bomb)
        assert tracemalloc.get_traced_memory()[1] < 25_000_000
    finally:
        tracemalloc.stop()


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_a_body_is_whole_when_its_coding_says_so(coding):
    coded, engine = packed(coding), decoder(coding)
    assert engine.is_whole  # an answer to HEAD has a coding and no body
    for at in range(0, len(coded), 7):
        engine.decode(coded[at : at + 7])
        assert engine.is_whole == (at + 7 >= len(coded))


@pytest.mark.parametrize("coding", ["gzip", "deflate", "br", "zstd"])
def test_bytes_after_the_end_of_a_body_are_a_value_error(coding):
    for cut in (0, 1):
        engine = decoder(coding)
        with pytest.raises(ValueError, match=r".+"):
            for piece in [packed(coding), b"and more"] if cut else [packed(coding) + b"and more"]:
                engine.decode(piece)


def test_several_members_or_frames_on_end_are_one_body():
    for coding in ("gzip", "zstd"):
        assert decoder(coding).decode(packed(coding, b"one ") + packed(coding, b"two")) == b"one two"
