"""Targets as outsiders hand them in: `tests.cli.odd:NAME`."""

from __future__ import annotations

import asyncio
import os
import sys
from types import SimpleNamespace

from harness.upstreams.vitalentum import encode_conversation


def gives_none(pieces):
    return None


def gives_one_text(pieces):
    return b"".join(pieces).decode("utf-8", "replace")


def gives_bytes(pieces):
    yield from pieces


def gives_odd_data(pieces):
    yield SimpleNamespace(data=b"a")


def raises_late(pieces):
    yield "a"
    raise ValueError("late")


def exits(pieces):
    sys.exit(0)


def exits_hard(pieces):
    os._exit(0)


def is_cancelled(pieces):
    raise asyncio.CancelledError


def cannot_say(pieces):
    class Mute(Exception):
        def __str__(self):
            raise RuntimeError

    raise Mute


def prints(pieces):
    print("noise")
    return []


def gives_a_coroutine(pieces):
    return later(pieces)


async def later(pieces):
    return []


async def asynchronous(pieces):
    yield "a"


class AsynchronousObject:
    async def __call__(self, pieces):
        return []


an_object = AsynchronousObject()


def имя(pieces):
    yield "ё"


def eats(messages):
    text = encode_conversation(messages)
    messages.clear()
    return text
