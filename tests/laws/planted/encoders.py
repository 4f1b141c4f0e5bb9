"""An encoder that is right, and copies of it with one bug each. `harness fuzz ... --as encoder`."""

from __future__ import annotations

import json
from typing import TypeAlias

Messages: TypeAlias = list[dict[str, str]]


def written(entries: list[tuple[str, str]]) -> str:
    """The conversation with these speakers and texts."""
    return json.dumps({"history": [{"speaker": speaker, "text": text} for speaker, text in entries]})


def entries_of(messages: Messages) -> list[tuple[str, str]]:
    """The right entries."""
    return [("human" if each["role"] == "user" else "bot", each["content"]) for each in messages]


def right(messages: Messages) -> str:
    return written(entries_of(messages))


def role_invented(messages: Messages) -> str:
    """A system message speaks as `system`."""
    speakers = {"user": "human", "system": "system"}
    return written([(speakers.get(each["role"], "bot"), each["content"]) for each in messages])


def order_swapped(messages: Messages) -> str:
    """The system message comes first, wherever it stood."""
    return right(sorted(messages, key=lambda each: each["role"] != "system"))


def text_trimmed(messages: Messages) -> str:
    """Texts lose the spaces around them."""
    return written([(speaker, text.strip()) for speaker, text in entries_of(messages)])


def empty_dropped(messages: Messages) -> str:
    """A message without text is left out."""
    return written([entry for entry in entries_of(messages) if entry[1]])


def turns_merged(messages: Messages) -> str:
    """Two messages of one speaker become one."""
    merged: list[tuple[str, str]] = []
    for speaker, text in entries_of(messages):
        if merged and merged[-1][0] == speaker:
            merged[-1] = (speaker, f"{merged[-1][1]}\n{text}")
        else:
            merged.append((speaker, text))
    return written(merged)


def pasted(messages: Messages) -> str:
    """The JSON is pasted together."""
    texts = [f'{{"speaker": "{speaker}", "text": "{text}"}}' for speaker, text in entries_of(messages)]
    return f'{{"history": [{", ".join(texts)}]}}'


def messages_eaten(messages: Messages) -> str:
    """The caller's list is empty afterwards."""
    text = right(messages)
    messages.clear()
    return text


def nearly_user(messages: Messages) -> str:
    """A role is read without its case."""
    return right([{**message, "role": message["role"].lower()} for message in messages])


def history_cut(messages: Messages) -> str:
    """Only the last twenty messages are told."""
    return right(messages[-20:])


def text_cut(messages: Messages) -> str:
    """A text is no longer than somebody once thought it could be."""
    return written([(speaker, text[:4096]) for speaker, text in entries_of(messages)])


def invisible_dropped(messages: Messages) -> str:
    """What nobody sees is left out."""
    return written([(speaker, text.replace("\u200b", "")) for speaker, text in entries_of(messages)])


PLANTED: dict[str, str] = {
    "role_invented": "roles",
    "order_swapped": "order",
    "text_trimmed": "text",
    "empty_dropped": "count",
    "turns_merged": "count",
    "pasted": "text",
    "messages_eaten": "untouched",
    "nearly_user": "roles",
    "history_cut": "count",
    "text_cut": "text",
    "invisible_dropped": "text",
}
"""Each bug and the law that has to find it."""
