"""What is ordinary, and must be silent: named variations of recordings, the baseline's and the new ones'."""

from __future__ import annotations

import json
import random

import msgspec

from harness.cassette.model import Frame, Response
from tests.drift.corpus import WORDS, Style, corpus
from tests.drift.operators import (
    asked,
    bytes_,
    each,
    header,
    refused,
    replaced,
    request_header,
    request_parts,
    slower,
    swap,
    usage_of,
)

CHINESE, RUSSIAN = (
    list("潮水因为月亮和太阳而上涨退去每天两次"),
    [f" {word}" for word in ["луна", "и", "солнце", "тянут", "воду", "моря"]],
)


def same(found):
    return found


def recut(cut):
    """The same bytes at the same times, cut otherwise."""

    def mutate(found):
        stream = found.response.stream
        sizes = cut(found.response.body, stream)
        ends, times, place, total = [], [], 0, 0
        for frame in stream.frames:
            total += frame.size
            ends.append((total, frame.at_ms))
        total = 0
        for size in sizes:
            total += size
            while ends[place][0] < total:
                place += 1
            times.append(ends[place][1])
        frames = tuple(Frame(at, size) for at, size in zip(times, sizes, strict=True))
        return replaced(found, stream=msgspec.structs.replace(stream, frames=frames))

    return mutate


def by_bytes(body, stream):
    return [1] * len(body)


def in_pairs(body, stream):
    sizes = [frame.size for frame in stream.frames]
    return [sum(sizes[number : number + 2]) for number in range(0, len(sizes), 2)]


def one_in(count, change):
    """The change in one recording of so many, by its body."""
    return lambda found: change(found) if len(found.response.body) % count == 0 else found


def spaced(body):
    lines = body.decode().split("\n")
    return "\n".join(
        f"data: {json.dumps(json.loads(line[6:]))}" if line.startswith("data: {") else line for line in lines
    ).encode()


def turned(body):
    lines = body.decode().split("\n")
    return "\n".join(
        "data: " + json.dumps(dict(reversed(json.loads(line[6:]).items())))
        if line.startswith("data: {")
        else line
        for line in lines
    ).encode()


def shuffled(found):
    headers = list(found.response.headers)
    random.Random(len(found.response.body)).shuffle(headers)
    return replaced(found, headers=tuple((name.upper(), value) for name, value in headers))


def without_record(found):
    return replaced(found, stream=None)


def counted(name):
    return lambda found: header(name, str(len(found.response.body)))(found)


RATE_LIMITED = Response(429, "Slow", (("Retry-After", "3"),), b'{"error":{"message":"slow down"}}')

CONTROLS = {
    "nothing": (Style(), Style(), same, same),
    "with usage": (Style(usage=True), Style(usage=True), same, same),
    "keep-alives seen before": (Style(keep_alive=0.7), Style(keep_alive=0.7), same, same),
    "fewer keep-alives": (Style(keep_alive=0.9), Style(keep_alive=0.0), same, same),
    "optional field": (Style(optional=0.6), Style(optional=0.6), same, same),
    "rotating fingerprint": (Style(optional=1.0), Style(optional=1.0), same, same),
    "map": (Style(map=True), Style(map=True), same, same),
    "nulls seen before": (Style(nullable=True), Style(nullable=True), same, same),
    "chinese": (Style(), Style(texts=CHINESE), same, same),
    "russian": (Style(), Style(texts=RUSSIAN), same, same),
    "emoji": (Style(), Style(texts=["🌊", "🌙", "👩‍👩‍👧", " ok"] * 3), same, same),
    "short answers": (Style(), Style(texts=["Yes", "."]), same, same),
    "one word": (Style(), Style(texts=["Yes"]), same, same),
    "long answers": (Style(), Style(texts=[f" {word}" for word in WORDS * 10]), same, same),
    "repeated words": (Style(), Style(texts=[" no"] * 9), same, same),
    "json in the text": (Style(), Style(texts=['{"', "data: ", "[DONE]", "\n\n", '"}']), same, same),
    "byte by byte": (Style(), Style(), same, recut(by_bytes)),
    "two events a piece": (Style(), Style(), same, recut(in_pairs)),
    "spaced json": (Style(), Style(), same, bytes_(spaced)),
    "keys in another order": (Style(), Style(), same, bytes_(turned)),
    "escaped text": (Style(texts=RUSSIAN), Style(texts=RUSSIAN), same, bytes_(spaced)),
    "headers in another order and case": (Style(), Style(), same, shuffled),
    "a count in a header": (Style(), Style(), counted("X-Left"), counted("X-Left")),
    "a cookie": (Style(), Style(), same, one_in(2, header("Set-Cookie", "a=b"))),
    "a header now and then": (Style(), Style(), same, one_in(3, header("CF-Cache", "x"))),
    "another day": (
        Style(),
        Style(),
        same,
        each(lambda number, chunk, size: chunk.update(created=chunk["created"] + 40_000_000)),
    ),
    "more tokens": (
        Style(usage=True),
        Style(usage=True),
        same,
        usage_of(
            lambda number, usage, size: usage.update(
                prompt_tokens=900, total_tokens=900 + usage["completion_tokens"]
            )
        ),
    ),
    "a little slower": (Style(), Style(), same, slower(1.15, first=1.15)),
    "faster": (Style(), Style(), same, slower(0.6, first=0.5)),
    "tapes without pieces": (Style(), Style(), same, without_record),
    "one was rate limited": (
        Style(),
        Style(),
        same,
        one_in(7, lambda found: msgspec.structs.replace(found, response=RATE_LIMITED)),
    ),
    "errors seen before": (Style(), Style(), one_in(2, refused(400)), one_in(2, refused(400))),
    "another temperature": (Style(temperature=1), Style(temperature=0.25), same, same),
    "temperature as text": (Style(), Style(temperature="0.7"), same, same),
    "a setting now and then": (
        Style(),
        Style(),
        same,
        one_in(3, asked(lambda document: {**document, "top_p": 1})),
    ),
    "another address": (Style(), Style(), same, request_parts(uri="http://127.0.0.1:8080/api/converse-edge")),
    "another client": (Style(), Style(), same, request_header("Accept-Encoding", "gzip")),
    "a sometimes empty chunk": (
        Style(),
        Style(),
        swap(b'"delta":{"content":" the"}', b'"delta":{"content":""}'),
        swap(b'"delta":{"content":" the"}', b'"delta":{"content":""}'),
    ),
}
"""Name: style before, style now, change of each recording before, change of each recording now."""


def sides(name, seed, size=8):
    """Recordings before and after nothing has changed."""
    style, other, old, new = CONTROLS[name]
    return (
        [old(found) for found in corpus(seed, size, style)],
        [new(found) for found in corpus(seed + 500, size, other)],
    )
