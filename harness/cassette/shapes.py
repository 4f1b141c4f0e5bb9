"""What tokens look like: a table, and how to find a row's token whole, begun at the end of a text, or running
on. Pure.

A token is a *head* that says what it is and may be shown (`sk-proj-`, `ghp_`), and a *secret* behind it.
Every pattern is bounded or runs over one class, so time is linear. There are no entropy rules: the ids,
fingerprints and UUIDs of a chat stream are as random as keys, and must stay.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

_WORD = "[A-Za-z0-9]"
_DASHED = "[A-Za-z0-9_-]"
_DOTTED = "[A-Za-z0-9_.-]"
_BASE64_LINES = r"(?:[A-Za-z0-9+/=\s]|\\[nr]|\\\Z)"
"""Base64 in lines; the line breaks may be the escapes of JSON within JSON."""


class Atom(NamedTuple):
    """Characters of one class, between *least* and *most* of them; the last atom of a secret has no *most*."""

    chars: str
    least: int
    most: int = 0


class Row(NamedTuple):
    """One kind of token: any of the heads, then the atoms of the secret."""

    kind: str
    heads: tuple[str, ...]
    secret: tuple[Atom, ...]


ROWS = (
    Row("openai-key", ("sk-",), (Atom(_WORD, 20),)),
    Row("openai-project-key", ("sk-proj-", "sk-svcacct-", "sk-admin-", "sk-None-"), (Atom(_DASHED, 16),)),
    Row("anthropic-key", ("sk-ant-",), (Atom(_DASHED, 16),)),
    Row("openrouter-key", ("sk-or-",), (Atom(_DASHED, 16),)),
    Row("github-token", ("ghp_", "gho_", "ghu_", "ghs_", "ghr_"), (Atom(_WORD, 20),)),
    Row("github-fine-grained-token", ("github_pat_",), (Atom(_DASHED, 20),)),
    Row("gitlab-token", ("glpat-", "glrt-", "gldt-", "glptt-"), (Atom(_DASHED, 16),)),
    Row("aws-access-key-id", ("AKIA", "ASIA"), (Atom("[A-Z0-9]", 16),)),
    Row("google-api-key", ("AIza",), (Atom(_DASHED, 30),)),
    Row("google-oauth-token", ("ya29.",), (Atom(_DASHED, 20),)),
    Row(
        "slack-token",
        ("xoxb-", "xoxp-", "xoxa-", "xoxr-", "xoxs-", "xoxe-", "xapp-"),
        (Atom("[A-Za-z0-9-]", 10),),
    ),
    Row("stripe-key", ("sk_live_", "sk_test_", "rk_live_", "rk_test_", "whsec_"), (Atom(_WORD, 16),)),
    Row("hugging-face-token", ("hf_",), (Atom(_WORD, 30),)),
    Row("npm-token", ("npm_",), (Atom(_WORD, 30),)),
    Row("pypi-token", ("pypi-AgE",), (Atom(_DASHED, 30),)),
    Row("groq-key", ("gsk_",), (Atom(_WORD, 30),)),
    Row("xai-key", ("xai-",), (Atom(_WORD, 30),)),
    Row("perplexity-key", ("pplx-",), (Atom(_WORD, 30),)),
    Row("replicate-token", ("r8_",), (Atom(_WORD, 30),)),
    Row("sendgrid-key", ("SG.",), (Atom(_DASHED, 16, 64), Atom(r"\.", 1, 1), Atom(_DASHED, 16))),
    Row("digitalocean-token", ("dop_v1_", "doo_v1_"), (Atom("[0-9a-f]", 40),)),
    Row("json-web-token", ("eyJ",), (Atom(_DASHED, 8, 4000), Atom(r"\.", 1, 1), Atom(_DOTTED, 8))),
    Row("bearer-token", ("Bearer ", "bearer ", "BEARER "), (Atom("[A-Za-z0-9._~+/=-]", 20),)),
    Row(
        "private-key",
        tuple(
            f"-----BEGIN {kind}PRIVATE KEY-----"
            for kind in ("", "RSA ", "EC ", "DSA ", "OPENSSH ", "ENCRYPTED ")
        ),
        (Atom(r"(?:\s|\\[nr])", 0, 8), Atom("[A-Za-z0-9+/=]", 16, 16), Atom(_BASE64_LINES, 0)),
    ),
)
"""Lengths are a little below what the services give out, so that the shortened samples of tests and docs are
caught too.
"""


class Found(NamedTuple):
    """A secret in a text. `runs_on`: it reaches the end of the text, and goes on in the next for as far as
    this matches.
    """

    kind: str
    start: int
    end: int
    runs_on: re.Pattern[str] | None = None


class Begun(NamedTuple):
    """From *start* on, the end of a text could be the beginning of a token; from *secret* on it would be
    secret.
    """

    start: int
    secret: int


class Shape:
    """One head of one row, compiled."""

    def __init__(self, kind: str, head: str, secret: tuple[Atom, ...]) -> None:
        self.kind = kind
        self.anchor = head
        begin = f"(?<![A-Za-z0-9]){re.escape(head)}"
        self._whole = re.compile(f"{begin}({''.join(map(_at_least, secret))})")
        self._begun = re.compile(f"{begin}(?:{'|'.join(_beginnings(secret))})\\Z")
        self._run = re.compile(f"{secret[-1].chars}*")

    def find(self, text: str, start: int) -> Iterator[Found]:
        """Every token of this shape that begins at *start* or later."""
        if self.anchor in text:
            for match in self._whole.finditer(text, start):
                yield Found(
                    self.kind, match.start(1), match.end(), self._run if match.end() == len(text) else None
                )

    def begun(self, text: str, start: int) -> Begun | None:
        """The end of *text* if it is the head and a part of the secret that is too short as yet."""
        match = self._begun.search(text, start) if self.anchor in text else None
        return Begun(match.start(), match.start() + len(self.anchor)) if match else None


def _at_least(atom: Atom) -> str:
    return f"{atom.chars}{{{atom.least},{atom.most or ''}}}"


def _beginnings(secret: tuple[Atom, ...]) -> Iterator[str]:
    """Patterns of the secret's beginnings: some atoms whole, the next one begun."""
    for number, atom in enumerate(secret):
        most = atom.most or atom.least - 1
        if most > 0:
            yield "".join(map(_at_least, secret[:number])) + f"{atom.chars}{{0,{most}}}"


SHAPES = tuple(Shape(row.kind, head, row.secret) for row in ROWS for head in row.heads)
"""The table, compiled."""
