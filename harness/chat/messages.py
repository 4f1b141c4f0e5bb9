"""A chat message, and the one door through which callers' messages come in.

Values only. What `parse_messages` lets through, every encoder of this package can put on the wire.
"""

from __future__ import annotations

from collections.abc import ItemsView, Iterator, KeysView, Mapping, Sequence, ValuesView
from enum import StrEnum
from typing import TypeAlias

import msgspec
from msgspec.structs import asdict

from harness.errors import MessageError, UsageError

_KEYS = ("role", "content")


class Role(StrEnum):
    """The role words of the field. Others may come: a role is any string, and these are the ones with a name."""

    SYSTEM = "system"
    DEVELOPER = "developer"
    USER = "user"
    ASSISTANT = "assistant"
    TOOL = "tool"
    FUNCTION = "function"


class Message(msgspec.Struct, frozen=True):
    """One message of a conversation: who speaks, and the text.

    It also reads like the mapping that clients pass around, with exactly these two keys: `m["role"]`, `dict(m)`,
    `{**m}`, `m == {"role": ..., "content": ...}`.
    """

    role: str
    content: str

    def __getitem__(self, key: str) -> str:
        if key not in _KEYS:
            raise KeyError(key)
        value: str = getattr(self, key)
        return value

    def __iter__(self) -> Iterator[str]:
        return iter(_KEYS)

    def __len__(self) -> int:
        return len(_KEYS)

    def __contains__(self, key: object) -> bool:
        return key in _KEYS

    def __eq__(self, other: object) -> bool:
        if isinstance(other, Message):
            return self.role == other.role and self.content == other.content
        if isinstance(other, Mapping):
            return asdict(self) == dict(other)
        return NotImplemented

    def __hash__(self) -> int:
        return hash((self.role, self.content))

    def get(self, key: str, default: str | None = None) -> str | None:
        return self[key] if key in _KEYS else default

    def keys(self) -> KeysView[str]:
        return asdict(self).keys()

    def values(self) -> ValuesView[str]:
        return asdict(self).values()

    def items(self) -> ItemsView[str, str]:
        return asdict(self).items()


Mapping.register(Message)

Messages: TypeAlias = Sequence[Message | Mapping[str, object]]
"""What callers may pass."""


def parse_messages(messages: Messages) -> tuple[Message, ...]:
    """Callers' messages as values, order kept, nothing merged or dropped.

    *messages* is a list (or another sequence) of `Message`s or of mappings with `role` and `content`. The
    content is a string, or a list of OpenAI's text parts (`{"type": "text", "text": ...}`), whose texts are
    joined with nothing in between. Any string is a role, any string is a text, the empty one too. Other keys
    of a message or part are ignored. Raises `MessageError` with the message's index, and `UsageError` where
    *messages* is no list at all.
    """
    if isinstance(messages, str | bytes | bytearray | Mapping) or not isinstance(messages, Sequence):
        raise UsageError(
            f"messages is {_kind(messages)}, not a list of messages",
            expected='a list such as [{"role": "user", "content": "Hello"}]',
        )
    return tuple(_message(item, index) for index, item in enumerate(messages))


def _message(item: object, index: int) -> Message:
    if not isinstance(item, Mapping):
        raise _refusal(index, f"is {_kind(item)}, not a mapping", 'a mapping with "role" and "content"')
    return Message(_role(_entry(item, "role", index), index), _text(_entry(item, "content", index), index))


def _entry(item: Mapping[object, object], key: str, index: int) -> object:
    if key in item:
        return item[key]
    raise _refusal(index, f'has no "{key}"', 'a mapping with "role" and "content"')


def _role(role: object, index: int) -> str:
    if isinstance(role, str):
        return role
    raise _refusal(index, f'has {_kind(role)} as its "role"', 'a string, such as "user"')


def _text(content: object, index: int) -> str:
    if isinstance(content, str):
        return content
    if isinstance(content, list | tuple):
        return "".join(_part(part, number, index) for number, part in enumerate(content))
    raise _refusal(index, f'has {_kind(content)} as its "content"', "a string, or a list of text parts")


def _part(part: object, number: int, index: int) -> str:
    if isinstance(part, Mapping) and part.get("type") == "text" and isinstance(part.get("text"), str):
        return str(part["text"])
    raise _refusal(
        index,
        f"has a content part {number} that is no text part",
        '{"type": "text", "text": ...}: only text can be put on this wire',
    )


def _refusal(index: int, what: str, expected: str) -> MessageError:
    return MessageError(f"message {index} {what}", index=index, where=f"messages[{index}]", expected=expected)


def _kind(value: object) -> str:
    """What a value is, in words; never the value itself, which may be private."""
    return "None" if value is None else f"a value of type {type(value).__name__}"
