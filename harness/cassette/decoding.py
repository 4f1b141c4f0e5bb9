"""Content codings undone piece by piece: gzip, deflate, br, zstd. Pure; a bomb meets a named limit, not the
memory.

A cassette keeps the body without its content-coding (RFC 9110, 8.4), so that every client can replay it; the
coding's name stays in the record. br and zstd want the extras of those names.
"""

from __future__ import annotations

import zlib
from importlib import import_module
from typing import TYPE_CHECKING, Any, Protocol

from harness.errors import LimitError, UsageError

if TYPE_CHECKING:
    from collections.abc import Callable

MAX_BODY = 64 * 1024 * 1024
"""Decoded bytes of one body at most: the same cap as a cassette's, so that what is recorded can be read again."""


SLICE = 256
"""Bytes of zstd undone at a time, because its library takes no limit: 4 bytes can stand for 128 KiB (RFC
8878, 3.1.1.2).
"""


class Decoder(Protocol):
    """Bytes of one coding in, plain bytes out; what is not complete yet is kept inside."""

    def decode(self, data: bytes) -> bytes:
        """Plain bytes that `data` completes. Raises ValueError for bytes that are not of this coding."""

    @property
    def is_whole(self) -> bool:
        """Whether the coding's own end has come, or nothing at all."""


class _Identity:
    is_whole = True

    def decode(self, data: bytes) -> bytes:
        return data


class _Zlib:
    """gzip (also several members on end), or deflate with or without its zlib wrapper, as servers send either."""

    def __init__(self, *, gzip: bool) -> None:
        self._gzip = gzip
        self._engine = zlib.decompressobj(31 if gzip else 15)
        self._started = False

    @property
    def is_whole(self) -> bool:
        return self._engine.eof or not self._started

    def decode(self, data: bytes) -> bytes:
        try:
            return self._inflate(data)
        except zlib.error as error:
            raise ValueError(str(error)) from error

    def _inflate(self, data: bytes) -> bytes:
        if not self._started and not self._gzip and data and data[0] & 0x0F != 8:
            self._engine = zlib.decompressobj(
                -15
            )  # raw deflate: RFC 9110 8.4.1.2 notes that some servers send it
        self._started = self._started or bool(data)
        plain = self._engine.decompress(data, MAX_BODY)
        while self._gzip and self._engine.eof and self._engine.unused_data:
            rest, self._engine = self._engine.unused_data, zlib.decompressobj(31)
            plain += self._engine.decompress(rest, MAX_BODY)
        if self._engine.unused_data:
            raise ValueError("bytes after the end of the body")
        if self._engine.unconsumed_tail:
            raise _too_large()
        return plain


class _Brotli:
    def __init__(self) -> None:
        self._engine = _library("brotli").Decompressor()
        self._started = False

    @property
    def is_whole(self) -> bool:
        return bool(self._engine.is_finished()) or not self._started

    def decode(self, data: bytes) -> bytes:
        self._started = self._started or bool(data)
        try:
            plain = bytes(self._engine.process(data, output_buffer_limit=MAX_BODY))
        except Exception as error:  # it has an error class of its own, and does not say what it raises
            raise ValueError(str(error)) from error
        if len(plain) > MAX_BODY or not self._engine.can_accept_more_data():
            raise _too_large()
        return plain


class _Zstd:
    """One frame, or several on end (RFC 8878, 3.1)."""

    def __init__(self) -> None:
        self._library = _library("zstandard")
        self._engine = self._frame()
        self._started = False

    @property
    def is_whole(self) -> bool:
        return self._engine.eof or not self._started

    def decode(self, data: bytes) -> bytes:
        self._started = self._started or bool(data)
        plain = b""
        for start in range(0, len(data), SLICE):
            plain += self._undone(data[start : start + SLICE])
            if len(plain) > MAX_BODY:
                raise _too_large()
        return plain

    def _undone(self, data: bytes) -> bytes:
        plain = b""
        while data:
            if self._engine.eof:
                self._engine = self._frame()
            try:
                plain += self._engine.decompress(data)
            except self._library.ZstdError as error:
                raise ValueError(str(error)) from error
            data = self._engine.unused_data
        return plain

    def _frame(self) -> Any:
        return self._library.ZstdDecompressor().decompressobj()


def _library(package: str) -> Any:
    """A coding that a library of its own undoes."""
    try:
        return import_module(package)
    except ImportError as error:
        raise UsageError(
            f"The answer is coded with {package}, and that package is not installed.",
            help=f"pip install {package}, or send an Accept-Encoding without it",
        ) from error


def _too_large() -> LimitError:
    return LimitError(
        f"A body grew past {MAX_BODY} bytes when its content-coding was undone.",
        limit="body",
        at_most=MAX_BODY,
        help="record without compression, or record a shorter answer",
    )


_CODINGS: dict[str, Callable[[], Decoder]] = {
    "gzip": lambda: _Zlib(gzip=True),
    "x-gzip": lambda: _Zlib(gzip=True),
    "deflate": lambda: _Zlib(gzip=False),
    "br": _Brotli,
    "zstd": _Zstd,
    "identity": _Identity,
    "": _Identity,
}


def decoder(coding: str) -> Decoder:
    """The decoder for a Content-Encoding value of one coding. Raises UsageError for one we do not know."""
    name = coding.strip().lower()
    if name not in _CODINGS:
        raise UsageError(
            f"The answer has a content-coding we cannot undo: {name!r}.",
            expected=", ".join(filter(None, _CODINGS)),
        )
    return _CODINGS[name]()
