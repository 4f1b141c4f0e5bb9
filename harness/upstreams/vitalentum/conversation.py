"""Messages to the `conversation` string and back. Pure, and linear in the text.

The string is what the published client writes, byte for byte: Python's own JSON spacing, everything beyond
ASCII escaped, `speaker` before `text`. The way back takes any spacing, and refuses what it could not give
back.
"""

from __future__ import annotations

import json

from harness.chat.messages import Message, Messages, Role, parse_messages
from harness.errors import ConversationError
from harness.upstreams.excerpt import excerpt
from harness.upstreams.jsontext import parse_json, repeated_keys

HUMAN = "human"
BOT = "bot"
SPEAKERS = {HUMAN: Role.USER.value, BOT: Role.ASSISTANT.value}
"""Each speaker of the wire and the role it stands for on the way back."""


def encode_conversation(messages: Messages) -> str:
    """The JSON string that goes into the request's `conversation`.

    *messages* is what `parse_messages` takes. The role `user` speaks as `human`, every other role as `bot`,
    `system` too: the wire has two speakers. Order is kept, nothing is merged, dropped or trimmed.
    """
    history = [
        {"speaker": _speaker(message.role), "text": message.content} for message in parse_messages(messages)
    ]
    return json.dumps({"history": history})


def decode_conversation(text: str) -> list[Message]:
    """The messages of a conversation string: `human` as `user`, `bot` as `assistant`.

    Takes any JSON spacing. Refuses with `ConversationError`, which names the JSON path, what this function
    could not give back by encoding: other speakers, a text that is no string, missing, repeated or unknown
    keys.
    """
    return [_message(entry, f"$.history[{number}]") for number, entry in enumerate(_history(_parse(text)))]


def _speaker(role: str) -> str:
    return HUMAN if role == Role.USER else BOT


def _parse(text: str) -> object:
    if not isinstance(text, str):
        raise _error("the conversation is no string", "$", "the JSON text as a string", type(text).__name__)
    try:
        document = parse_json(text)
    except ValueError as why:
        raise _error(f"the conversation is no JSON: {why}", "$", "a JSON document", excerpt(text)) from None
    if twice := repeated_keys(text):
        raise _error(f"the conversation repeats the key {excerpt(twice[0])!r}", "$", "each key once", None)
    return document


def _history(document: object) -> list[object]:
    history = _object(document, "$", ("history",))["history"]
    if isinstance(history, list):
        return history
    raise _error("the history is no array", "$.history", "an array of entries", _kind(history))


def _message(entry: object, path: str) -> Message:
    fields = _object(entry, path, ("speaker", "text"))
    speaker, text = fields["speaker"], fields["text"]
    if not isinstance(speaker, str) or speaker not in SPEAKERS:
        found = excerpt(speaker) if isinstance(speaker, str) else _kind(speaker)
        raise _error("the speaker is unknown", f"{path}.speaker", '"human" or "bot"', found)
    if not isinstance(text, str):
        raise _error("the text is no string", f"{path}.text", "a string", _kind(text))
    return Message(SPEAKERS[speaker], text)


def _object(value: object, path: str, keys: tuple[str, ...]) -> dict[str, object]:
    """*value* as an object that holds exactly these *keys*."""
    if not isinstance(value, dict):
        raise _error("an object is missing", path, f"an object with {' and '.join(keys)}", _kind(value))
    if missing := [key for key in keys if key not in value]:
        raise _error(
            f"{missing[0]} is missing", f"{path}.{missing[0]}", f"an object with {' and '.join(keys)}", None
        )
    if extra := [key for key in value if key not in keys]:
        raise _error(f"the key {excerpt(extra[0])!r} is unknown", path, f"only {' and '.join(keys)}", None)
    return value


def _kind(value: object) -> str:
    names = {dict: "an object", list: "an array", str: "a string", bool: "true or false", type(None): "null"}
    return names.get(type(value), "a number")


def _error(what: str, path: str, expected: str, found: str | None) -> ConversationError:
    return ConversationError(what, where=path, expected=expected, found=found)
