"""The laws of encoders: messages to the `conversation` of Vitalentum and back. Pure.

What an encoder wrote is read leniently, so that a role that was made up is told as that and not as "cannot be decoded".
"""

from __future__ import annotations

from collections.abc import Coroutine
from typing import TYPE_CHECKING, TypeAlias

import msgspec
from hypothesis import strategies as st

from harness.errors import HarnessError
from harness.fuzz.law import Breach, Law, Part
from harness.fuzz.strategies import messages
from harness.fuzz.targets import Hung, Kind
from harness.fuzz.told import clipped, failure_of
from harness.upstreams.jsontext import parse_json
from harness.upstreams.vitalentum import decode_conversation

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from harness.fuzz.targets import Target

_CONVERSATION = "request:$.conversation"

Entry: TypeAlias = tuple[str, str]
"""Who speaks, and what."""


class History(msgspec.Struct, frozen=True):
    """Messages to encode, as (role, content)."""

    messages: tuple[Entry, ...]

    def as_passed(self) -> list[dict[str, str]]:
        """The messages as clients pass them: new dictionaries each time."""
        return [{"role": role, "content": content} for role, content in self.messages]

    def on_the_wire(self) -> list[Entry]:
        """What the wire can tell of them: two speakers, and the texts."""
        return [("human" if role == "user" else "bot", _in_json(content)) for role, content in self.messages]


def _in_json(text: str) -> str:
    """The two halves of a surrogate pair are one character as soon as they stand in JSON beside each other."""
    return text.encode("utf-16", "surrogatepass").decode("utf-16", "surrogatepass")


def encoded(target: Target, history: History) -> str | Breach:
    """What the target makes of *history*, or how it failed."""
    return encoded_from(target, history.as_passed())


def encoded_from(target: Target, messages: list[dict[str, str]]) -> str | Breach:
    """What the target makes of these *messages*, which it may spoil."""
    try:
        with target.watch():
            text = target.call(messages)
    except (Hung, KeyboardInterrupt):
        raise
    except BaseException as error:  # as for parsers
        failure = failure_of(error)
        return Breach(failure.place, "the conversation as str", failure.words, crash=True)
    if not isinstance(text, str):
        if isinstance(text, Coroutine):
            text.close()  # nobody awaits it
        return Breach(_CONVERSATION, "the conversation as str", f"a {type(text).__name__}", crash=True)
    return "".join(text)  # a str as it is, whatever a class derived from it makes of its own


def entries(text: str) -> list[Entry] | None:
    """The entries of a conversation as far as they can be read; None where they cannot."""
    try:
        document = parse_json(text)
        history = document["history"]  # type: ignore[index]
        return [(str(entry["speaker"]), _in_json(str(entry["text"]))) for entry in history]
    except (ValueError, TypeError, KeyError):
        return None


def _about_entries(
    check: Callable[[list[Entry], list[Entry]], bool], where: str
) -> Callable[[Target, History], Breach | None]:
    """A check of what was written beside what should have been; it says nothing of what cannot be read."""

    def checked(target: Target, history: History) -> Breach | None:
        text = encoded(target, history)
        written = None if isinstance(text, Breach) else entries(text)
        wanted = history.on_the_wire()
        if written is None or check(written, wanted):
            return None
        return Breach(where, clipped(repr(wanted)), clipped(repr(written)))

    return checked


def _encodes(target: Target, history: History) -> Breach | None:
    text = encoded(target, history)
    return text if isinstance(text, Breach) else None


def _is_a_conversation(target: Target, history: History) -> Breach | None:
    text = encoded(target, history)
    if isinstance(text, Breach) or entries(text) is not None:
        return None
    return Breach(_CONVERSATION, "JSON with a history of speakers and texts", clipped(repr(text)))


def _decodes_back(target: Target, history: History) -> Breach | None:
    text = encoded(target, history)
    if isinstance(text, Breach):
        return None
    try:
        back = [_in_json(message.content) for message in decode_conversation(text)]
    except HarnessError as error:
        return Breach(_CONVERSATION, "a conversation that decodes", clipped(error.what))
    wanted = [content for _, content in history.on_the_wire()]
    return None if back == wanted else Breach(_CONVERSATION, clipped(repr(wanted)), clipped(repr(back)))


def _leaves_alone(target: Target, history: History) -> Breach | None:
    passed = history.as_passed()
    if isinstance(encoded_from(target, passed), Breach) or passed == history.as_passed():
        return None
    return Breach("messages", clipped(repr(history.as_passed())), clipped(repr(passed)))


def _is_injective(target: Target, history: History) -> Breach | None:
    """Beside each history stand its neighbours: one text longer, one entry fewer, two in the other order."""
    text = encoded(target, history)
    if isinstance(text, Breach):
        return None
    for other in _neighbours(history.messages):
        if History(other).on_the_wire() != history.on_the_wire() and encoded(target, History(other)) == text:
            return Breach(_CONVERSATION, "two texts", clipped(f"one for {other!r} as well"))
    return None


def _neighbours(said: Sequence[Entry]) -> Iterator[tuple[Entry, ...]]:
    for at, (role, content) in enumerate(said):
        before, after = tuple(said[:at]), tuple(said[at + 1 :])
        yield (*before, *after)
        yield (*before, (role, f"{content} "), *after)
        yield (*before, ("bot" if role == "user" else "user", content), *after)
        yield (*before, *after[:1], (role, content), *after[1:])


def _keeps_texts(target: Target, history: History) -> Breach | None:
    """What cannot be read is for this law, too: its inputs are odd in their texts and in nothing else."""
    text = encoded(target, history)
    if isinstance(text, Breach):
        return None
    if entries(text) is None:
        return Breach(_TEXT, "JSON that can be read", clipped(repr(text)))
    return _about_entries(_same_texts, _TEXT)(target, history)


def _same_order(written: list[Entry], wanted: list[Entry]) -> bool:
    """Only what is all there can be in the wrong order."""
    texts, in_order = [text for _, text in written], [text for _, text in wanted]
    return sorted(texts) != sorted(in_order) or texts == in_order


def _same_roles(written: list[Entry], wanted: list[Entry]) -> bool:
    """Only where the texts stand as they should can the speakers be compared."""
    apart = [text for _, text in written] != [text for _, text in wanted]
    return {speaker for speaker, _ in written} <= {"human", "bot"} and (apart or written == wanted)


def _same_texts(written: list[Entry], wanted: list[Entry]) -> bool:
    """Only where nothing is missing can the texts be compared."""
    texts, in_order = sorted(text for _, text in written), sorted(text for _, text in wanted)
    return len(texts) != len(in_order) or texts == in_order


def _history(said: Sequence[dict[str, str]]) -> History:
    return History(tuple((each["role"], each["content"]) for each in said))


_WORDS = st.sampled_from(("a", "b", "c"))
_PLAIN = st.lists(st.tuples(st.sampled_from(("user", "assistant", "system")), _WORDS), max_size=4)
_LISTED = _PLAIN.map(lambda said: History(tuple(said)))
_LONGEST_TEXT, _MOST_MESSAGES = 1 << 16, 200
"""Beyond what anybody would cut a text or a history to without saying so."""

_ONE = st.one_of(
    st.sampled_from(("a", " a", "a ", "", " ", "\n", "a\n", '"', "\\")),
    st.sampled_from(
        ("\t", "\r\n", "\xa0", "\u200b", "\ufeff", "e\u0301", "<&>", "{a}", "%s", "\\n", "\\u0041")
    ),
    st.text(max_size=8),
    st.integers(1, _LONGEST_TEXT).map(lambda length: "a" * length),
)
_TEXTS = st.lists(st.tuples(st.just("user"), _ONE), min_size=1, max_size=2).map(
    lambda said: History(tuple(said))
)
_COUNTED = st.lists(st.tuples(st.sampled_from(("user", "assistant")), _WORDS | st.just("")), max_size=4).map(
    lambda said: History(tuple(said))
)
_LONG = st.integers(1, _MOST_MESSAGES).map(lambda number: History((("user", "a"),) * number))
_SPOKEN = st.lists(
    st.tuples(
        st.sampled_from(("user", "assistant", "system", "tool", "function", "developer"))
        | st.sampled_from(("User", "USER", "user ", " user", "users", "human", "u", "")),
        _WORDS,
    ),
    max_size=4,
).map(lambda said: History(tuple(said)))
"""Roles of all services, and words that are nearly `user`."""

_ANY = messages().map(_history)
_TEXT = f"{_CONVERSATION}.history[*].text"

ENCODER_LAWS: tuple[Law, ...] = tuple(
    Law(name=name, says=says, why=why, kind=Kind.ENCODER, inputs=inputs, check=check, part=part)
    for name, says, why, inputs, check, part in (
        (
            "conversation",
            "What an encoder writes is JSON with a history of speakers and texts.",
            "The service refuses anything else.",
            _LISTED,
            _is_a_conversation,
            Part.FIRST,
        ),
        (
            "encodes",
            "Every history has a conversation: any text, any role, no message at all.",
            "What users type is any text, half of an emoji and NUL included.",
            _ANY,
            _encodes,
            Part.CLAUSE,
        ),
        (
            "count",
            "There are as many entries as messages: nothing is merged, dropped or added.",
            "Two turns in one, or an empty one left out, change what the model is told.",
            _COUNTED | _LONG,
            _about_entries(lambda written, wanted: len(written) == len(wanted), f"{_CONVERSATION}.history"),
            Part.CLAUSE,
        ),
        (
            "order",
            "The order of the messages is kept.",
            "The answer is to another question.",
            _LISTED,
            _about_entries(_same_order, f"{_CONVERSATION}.history"),
            Part.CLAUSE,
        ),
        (
            "roles",
            "The role `user` speaks as `human`, every other as `bot`, and nobody else speaks.",
            "The wire has two speakers; a third is refused, and a swapped one answers itself.",
            _SPOKEN,
            _about_entries(_same_roles, f"{_CONVERSATION}.history[*].speaker"),
            Part.CLAUSE,
        ),
        (
            "text",
            "Every text is what it was: not trimmed, not changed.",
            "Code loses its indentation, and a lone quote breaks the JSON.",
            _TEXTS,
            _keeps_texts,
            Part.CLAUSE,
        ),
        (
            "untouched",
            "The messages are the same after they were encoded.",
            "The caller's own history has changed, and the next question is asked with another one.",
            _LISTED,
            _leaves_alone,
            Part.CLAUSE,
        ),
        (
            "injective",
            "Two histories share a conversation only where the wire cannot tell them apart.",
            "A recording of the one would answer the other.",
            _LISTED,
            _is_injective,
            Part.CATCH_ALL,
        ),
        (
            "decodes-back",
            "A conversation decodes to the messages that it was made from.",
            "What no law above has caught.",
            _ANY,
            _decodes_back,
            Part.CATCH_ALL,
        ),
    )
)
