"""httpx and httpx2 are told apart by what they hand us, and neither is imported for it."""

import subprocess
import sys

import httpx
import httpx2
import pytest

from harness.cassette.framing import Playback
from harness.cassette.model import End
from harness.net.httpxkin import error_at_end, library_of, stream_class, wire_end
from harness.net.tap import WireEnd

both = pytest.mark.parametrize("library", [httpx, httpx2], ids=["httpx", "httpx2"])


@both
def test_a_value_brings_its_library_along_also_one_of_a_class_of_the_callers(library):
    class Own(library.Request):
        pass

    assert library_of(library.Request("GET", "http://x/")) is library
    assert library_of(library.Response(200)) is library
    assert library_of(Own("GET", "http://x/")) is library


@both
@pytest.mark.parametrize(
    ("error", "end"),
    [
        ("ReadTimeout", WireEnd.TIMEOUT),
        ("PoolTimeout", WireEnd.TIMEOUT),
        ("RemoteProtocolError", WireEnd.SHORT),
        ("ReadError", WireEnd.RESET),
        ("WriteError", WireEnd.RESET),
    ],
)
def test_an_error_of_the_library_says_how_the_wire_ended(library, error, end):
    assert wire_end(library, getattr(library, error)("x")) is end


@both
@pytest.mark.parametrize(
    "words",
    [
        "illegal chunk header: bytearray(b'ZZ\\r\\n')",
        "malformed chunk footer: bytearray(b'de') (expected b'\\r\\n')",
        "illegal header line: bytearray(b'no trailer')",
    ],
)
def test_what_is_no_chunk_is_known_by_the_librarys_words_and_ours_are_among_them(library, words):
    assert wire_end(library, library.RemoteProtocolError(words)) is WireEnd.BROKEN_CHUNK
    ours = error_at_end(library, Playback((), End.SHORT, 0.0, rubbish=b"ZZ\r\n"))
    assert wire_end(library, ours) is WireEnd.BROKEN_CHUNK


@both
def test_an_error_of_the_callers_own_says_that_it_left(library):
    assert wire_end(library, RuntimeError()) is WireEnd.CLOSED


@both
@pytest.mark.parametrize("end", [end for end in End if end not in (End.COMPLETE, End.TRUNCATED)])
def test_an_ending_is_raised_as_an_error_that_would_be_recorded_as_a_broken_one(library, end):
    error = error_at_end(library, Playback((), end, 0.0))
    expected = {End.SHORT: WireEnd.SHORT, End.TIMEOUT: WireEnd.TIMEOUT}.get(end, WireEnd.RESET)
    assert wire_end(library, error) is expected


@both
def test_a_clean_end_raises_nothing_and_rubbish_does(library):
    assert error_at_end(library, Playback((), End.TRUNCATED, 0.0)) is None
    broken = error_at_end(library, Playback((), End.SHORT, 0.0, rubbish=b"ZZ\r\n"))
    assert (type(broken), str(broken)) == (library.RemoteProtocolError, "illegal chunk header")


@both
def test_a_stream_is_one_of_the_library_for_both_colours(library):
    assert issubclass(stream_class(library), (library.SyncByteStream, library.AsyncByteStream))
    assert stream_class(library) is stream_class(library)


def test_neither_library_is_imported_for_our_transports():
    code = "import harness.net.transport, sys; print([name for name in ('httpx', 'httpx2') if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True)
    assert done.stdout == "[]\n"
