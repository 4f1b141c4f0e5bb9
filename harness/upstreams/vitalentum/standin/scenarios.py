"""The scenarios the stand-in can play: name -> what it shows, and how its script is made. One table, at the end.

Pure. Every number of a script comes from the question and the seed: same question and same seed, same bytes
and same delays.
"""

from __future__ import annotations

import json
import random
from collections.abc import Callable
from difflib import get_close_matches
from typing import TYPE_CHECKING

import msgspec

from harness.chat.events import Delta, Done, Failed, Finished, Stamp, Started, Usage
from harness.chat.machine import Rule
from harness.errors import UsageError
from harness.sse import encode_comment, encode_event
from harness.upstreams.registry import get_upstream
from harness.upstreams.vitalentum.standin.chunks import Said, write
from harness.upstreams.vitalentum.standin.intake import CRASH, Question
from harness.upstreams.vitalentum.standin.pacing import inside_characters, paired, timed
from harness.upstreams.vitalentum.standin.script import Ending, Script, Step
from harness.upstreams.vitalentum.standin.talk import Dice, answer, pick, pieces

if TYPE_CHECKING:
    from collections.abc import Iterable

MAX_TOKENS = 1024
"""What the service asks its model for at most."""

BIG = 2 * 1024 * 1024
"""Characters in the big event: beyond the 512 KiB at which aiohttp's line reader gives up, within our limits."""

EARLY = 7
"""Events that come before a stream breaks."""

LONG = 130
"""Thoughts in a long answer, so many that MAX_TOKENS cuts it."""

HELLO = "Hello! How can I help you today?"
UNICODE = (
    "ASCII, Ünïcödé, кириллица, ελληνικά, עברית, العربية, हिन्दी, 日本語, 한국어. "
    "👋🏽 👩‍👩‍👧‍👦 🏳️‍🌈 e\u0301 \u202eright to left\u202c zero\u200bwidth "
    'quote " backslash \\ slash / tab \t lines \n\r\n separators \u2028\u2029\u0085 nul \x00 '
    "data: [DONE] is text here."
)
PAGE = b"<!DOCTYPE html><html><head><title>Just a moment...</title></head><body>Checking.</body></html>"

VITALENTUM = get_upstream("vitalentum")
ERROR = VITALENTUM.error_reply("upstream-failed")
RATE_LIMITED = VITALENTUM.error_reply("upstream-rate-limited")
JSON = ("Content-Type", "application/json")
HTML = ("Content-Type", "text/html; charset=utf-8")


class Ask(msgspec.Struct, frozen=True):
    """What a script is made of: the prompt, the stamp of its chunks, and dice."""

    prompt: str
    stamp: Stamp
    dice: Dice

    def blocks(self, said: Iterable[Said]) -> list[bytes]:
        """The bytes of each event, its blank line with it."""
        return [encode_event(write(each, self.stamp)) for each in said]


class Scenario(msgspec.Struct, frozen=True):
    """One row of the table."""

    description: str
    make: Callable[[Ask], Script]
    breaks: frozenset[Rule] = frozenset()
    """The rules of the stream grammar that its bytes break; none for what is no stream."""


def find_scenario(name: str) -> Scenario:
    """The row of this *name*. Raises UsageError, with the nearest names, where there is none."""
    if name in SCENARIOS:
        return SCENARIOS[name]
    nearest = get_close_matches(name, SCENARIOS) or SCENARIOS
    raise UsageError(f"there is no scenario {name!r}", expected="one of " + ", ".join(nearest))


def script(scenario: Scenario, question: Question, seed: int = 0) -> Script:
    """What *scenario* plays for this question."""
    return scenario.make(_ask(question, seed))


def _ask(question: Question, seed: int) -> Ask:
    """Of Python's generator only `random()` promises the same numbers for ever, so nothing else is used."""
    dice = random.Random(json.dumps([seed, question.history])).random  # noqa: S311 - play, no secret
    letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789"
    id_ = "chatcmpl-" + "".join(pick(letters, dice) for _ in range(29))
    created = 1_690_000_000 + int(dice() * 10_000_000)  # the summer of 2023
    return Ask(question.prompt, Stamp(id_, created, "gpt-3.5-turbo-0613"), dice)


# What scripts are made of.


def _said(text: str) -> list[Said]:
    """A whole reply; its twin test holds it against the chat table."""
    return [Started("assistant"), *map(Delta, pieces(text)), Finished("stop"), Done()]


def _answer(ask: Ask) -> list[bytes]:
    return ask.blocks(_said(answer(ask.prompt, ask.dice)))


def _stream(
    ask: Ask, blocks: Iterable[bytes], ending: Ending = Ending.FINISHED, *, more: int | None = None
) -> Script:
    """A stream of these pieces. With *more*, the head names a length that is so many bytes more than will come."""
    steps = tuple(timed(blocks, ask.dice))
    headers = VITALENTUM.reply_headers
    if more is not None:
        headers += (("Content-Length", str(sum(len(step.data) for step in steps) + more)),)
    return Script(headers=headers, steps=steps, ending=ending, end_s=0.05)


def _whole(status: int, body: bytes, *headers: tuple[str, str]) -> Script:
    """A reply that is no stream, in one piece."""
    return Script(status=status, headers=headers, steps=(Step(0.05, body),))


# The scenarios.


def _reply(ask: Ask) -> Script:
    return _stream(ask, paired(_answer(ask), ask.dice))


def _hello(ask: Ask) -> Script:
    return _stream(ask, paired(ask.blocks(_said(HELLO)), ask.dice))


def _long(ask: Ask) -> Script:
    first, *deltas, _, done = _said(answer(ask.prompt, ask.dice, thoughts=LONG))
    said = [first, *deltas[:MAX_TOKENS], Finished("length"), done]
    return _stream(ask, paired(ask.blocks(said), ask.dice))


def _unicode(ask: Ask) -> Script:
    return _stream(ask, ask.blocks(_said(UNICODE)))


def _empty(ask: Ask) -> Script:
    return _stream(ask, ask.blocks(_said("")))


def _keep_alive(ask: Ask) -> Script:
    comment = encode_comment("keep-alive")
    return _stream(ask, [piece for block in _answer(ask) for piece in (comment, block)])


def _crlf(ask: Ask) -> Script:
    return _stream(ask, [block.replace(b"\n", b"\r\n") for block in _answer(ask)])


def _cut_characters(ask: Ask) -> Script:
    return _stream(ask, inside_characters(b"".join(ask.blocks(_said(UNICODE)))))


def _no_done(ask: Ask) -> Script:
    return _stream(ask, _answer(ask)[:-1])


def _no_last_newline(ask: Ask) -> Script:
    *blocks, done = _answer(ask)
    return _stream(ask, [*blocks, done.rstrip(b"\n")])


def _cut_short(ask: Ask) -> Script:
    blocks = _answer(ask)
    return _stream(ask, [*blocks[:EARLY], blocks[EARLY][:40]], Ending.CLOSED)


def _reset(ask: Ask) -> Script:
    return _stream(ask, _answer(ask)[:EARLY], Ending.RESET)


def _stall(ask: Ask) -> Script:
    return _stream(ask, _answer(ask)[:EARLY], Ending.SILENT)


def _short_length(ask: Ask) -> Script:
    return _stream(ask, _answer(ask)[:-3], Ending.CLOSED, more=500)


def _choices_empty(ask: Ask) -> Script:
    *said, done = _said(answer(ask.prompt, ask.dice))
    asked, answered = len(pieces(ask.prompt)), len(said) - 2
    return _stream(ask, ask.blocks([*said, Usage(asked, answered, asked + answered), done]))


def _multi_data(ask: Ask) -> Script:
    return _stream(ask, (encode_event(write(said, ask.stamp, indent=2)) for said in _said(HELLO)))


def _big_event(ask: Ask) -> Script:
    text = "All work and no play makes Jack a dull boy. "
    big = (text * (BIG // len(text) + 1))[:BIG]
    return _stream(ask, ask.blocks([Started("assistant"), Delta(big), Finished("stop"), Done()]))


def _error_in_stream(ask: Ask) -> Script:
    failed = Failed("The server had an error while processing your request.", "server_error")
    return _stream(ask, _answer(ask)[:EARLY] + ask.blocks([failed]))


def _bare_error(ask: Ask) -> Script:
    return _stream(ask, [ERROR.body.encode()])


def _rate_limited(ask: Ask) -> Script:
    return _whole(429, RATE_LIMITED.body.encode(), JSON, ("Retry-After", "20"))


def _server_error(ask: Ask) -> Script:
    return _whole(CRASH.status, CRASH.body, HTML)


def _html_200(ask: Ask) -> Script:
    return _whole(200, PAGE, HTML)


_UNENDED = frozenset({Rule.TERMINAL_MISSING})
_CUT = frozenset({Rule.FINISH_MISSING, Rule.TERMINAL_MISSING})

SCENARIOS: dict[str, Scenario] = {
    "reply": Scenario("an answer to the prompt, in its language, token by token", _reply),
    "hello": Scenario("one short greeting, whatever the prompt", _hello),
    "long": Scenario("1,024 tokens, the most the service asks for; finish_reason length", _long),
    "unicode": Scenario(
        "many scripts, emoji, control characters, and the words data: [DONE] as text", _unicode
    ),
    "empty": Scenario("a reply without a word", _empty),
    "choices-empty": Scenario("a usage chunk, whose choices are empty, before [DONE]", _choices_empty),
    "keep-alive": Scenario("a comment before every event", _keep_alive),
    "crlf": Scenario("lines end with CR LF", _crlf),
    "cut-characters": Scenario("pieces end inside characters", _cut_characters),
    "multi-data": Scenario("each chunk spread over several data: lines", _multi_data),
    "big-event": Scenario("one event of 2 MiB", _big_event),
    "no-done": Scenario("ends cleanly, without [DONE]", _no_done, _UNENDED),
    "no-last-newline": Scenario(
        "[DONE] without the newline and the blank line behind it", _no_last_newline, _UNENDED
    ),
    "cut-short": Scenario(
        "the connection closes inside an event; the last HTTP chunk never comes", _cut_short, _CUT
    ),
    "short-length": Scenario("Content-Length names 500 bytes more than come", _short_length, _CUT),
    "reset": Scenario("the connection is reset after seven events", _reset, _CUT),
    "stall": Scenario("silence after seven events, the connection stays open", _stall, _CUT),
    "error-in-stream": Scenario(
        "an error object in the place of a chunk, then a clean end",
        _error_in_stream,
        frozenset({Rule.ERROR_IN_STREAM}),
    ),
    "bare-error": Scenario("status 200, and an error object as the whole body, no data:", _bare_error),
    "rate-limited": Scenario("429 with Retry-After", _rate_limited),
    "server-error": Scenario("500 with a page of HTML", _server_error),
    "html-200": Scenario("200 with a page of HTML", _html_200),
}
"""`reply` first, then what is well formed, then what is cut, then what is refused."""
