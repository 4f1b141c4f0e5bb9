"""Secrets out of an exchange before any of it reaches the disk. Pure; on by default wherever something is
written.

Headers are kept by an allow-list, parameters and JSON keys are judged by name, texts by token shapes and
known values. In a response's body every byte of a secret is covered by one other byte, so that pieces stay as
they came; elsewhere a fixed word takes its place, so that a request with another key still finds its
recording.
"""

from __future__ import annotations

import re
from base64 import b64decode
from typing import TYPE_CHECKING
from urllib.parse import unquote

import msgspec

from harness.cassette.finder import Finder
from harness.cassette.judge import LineJudge
from harness.cassette.known import is_telling
from harness.cassette.leaves import Reading, leaves, plain
from harness.cassette.model import Cassette, Headers, Interaction, Request, Response
from harness.cassette.names import is_kept_header, is_secret_header, is_secret_key, is_secret_parameter
from harness.cassette.scan import Hit, scan_cassette, scan_text
from harness.cassette.streamredact import StreamRedactor

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

PLACEHOLDER = "REDACTED"

MAX_REMEMBERED = 64
"""Values seen in requests that are looked for in what follows; the newest count."""

_PARAMETER = re.compile(r"(?<=[?&;])([^=&;#]{1,200})=([^&;#]*)")
_FORM_FIELD = re.compile(r"(?:^|(?<=&))([^=&]{1,200})=([^&]*)")
_USER_INFO = re.compile(r"(?<=://)[^/?#@\s]{1,300}(?=@)")
_COOKIE = re.compile(r"(?<==)[^;]*")


class Redactor:
    """Removes secrets. Remembers the credentials of the requests it has seen, so that an echo of one is found
    in a response.

    `values` are known secrets, as from the environment; `secret_keys` an upstream's own names of JSON keys
    that hold credentials.
    """

    def __init__(self, *, values: Iterable[str] = (), secret_keys: Iterable[str] = ()) -> None:
        self._finder = Finder(values, secret_keys)
        self._given = len(self._finder.values)

    def request(self, request: Request) -> Request:
        """The request without secrets. Its credentials are looked for from now on."""
        return msgspec.structs.replace(self.asked(request), headers=self._headers(request.headers))

    def asked(self, request: Request) -> Request:
        """The same, but for the headers, which stay: what is asked for is not said in them."""
        self._remember(_credentials(request, self._finder))
        body = None if request.body is None else self._request_body(request.body, request.headers)
        return msgspec.structs.replace(request, uri=self._uri(request.uri), body=body)

    def remember(self, headers: Headers) -> None:
        """Look for the credentials in a request's headers from now on; `request` does so by itself."""
        self._remember(_credentials_of_head(headers))

    def response_head(self, headers: Headers) -> Headers:
        """An answer's headers without secrets."""
        return self._headers(headers)

    def stream(self) -> StreamRedactor:
        """A redactor for one body, piece by piece."""
        return StreamRedactor(self._finder)

    def response(self, response: Response) -> Response:
        """A whole answer without secrets; its pieces stay as they are."""
        stream = self.stream()
        body = b"".join([*stream.feed(response.body), *stream.close()])
        return msgspec.structs.replace(
            response, reason=self._text(response.reason), headers=self._headers(response.headers), body=body
        )

    def interaction(self, interaction: Interaction) -> Interaction:
        """Request and answer without secrets."""
        return Interaction(self.request(interaction.request), self.response(interaction.response))

    def text(self, text: str) -> str:
        """Words that quote a recording, without secrets."""
        return self._text(text)

    def left_in(self, cassette: Cassette) -> list[Hit]:
        """What a scan still finds in a cassette that was redacted; nothing, if all is well."""
        return scan_cassette(cassette, self._finder)

    def left_in_text(self, data: bytes) -> list[Hit]:
        """The same for a finished file."""
        return scan_text(data.decode("latin-1"), self._finder)

    def _remember(self, values: Iterable[str]) -> None:
        fresh = [value for value in values if is_telling(value) and PLACEHOLDER not in value]
        if not fresh:
            return
        given, seen = self._finder.values[: self._given], self._finder.values[self._given :]
        if not set(fresh) <= set(self._finder.values):
            self._finder = Finder((*given, *(*seen, *fresh)[-MAX_REMEMBERED:]), self._finder.secret_keys)

    # The parts of a head

    def _headers(self, headers: Headers) -> Headers:
        return tuple((name, self._header(name.lower(), value)) for name, value in headers)

    def _header(self, name: str, value: str) -> str:
        if name in ("cookie", "set-cookie"):
            return _cookies(value, count=0 if name == "cookie" else 1)
        return self._uri(value) if is_kept_header(name) else PLACEHOLDER

    def _uri(self, uri: str) -> str:
        """An address, or a text that may hold one."""
        named = _PARAMETER.sub(self._parameter, _USER_INFO.sub(PLACEHOLDER, uri))
        return self._text(named)

    def _parameter(self, match: re.Match[str]) -> str:
        secret = is_secret_parameter(match[1], self._finder.secret_keys)
        return f"{match[1]}={PLACEHOLDER}" if secret else match[0]

    def _text(self, text: str) -> str:
        data = text.encode(errors="surrogatepass")
        return _replaced(data, self._secrets_of_text(data)).decode(errors="surrogatepass")

    # Bodies of requests

    def _request_body(self, body: bytes, headers: Headers) -> bytes:
        kind = next((value.lower() for name, value in headers if name.lower() == "content-type"), "")
        if "x-www-form-urlencoded" in kind:
            body = _FORM_FIELD.sub(self._parameter, body.decode("latin-1")).encode("latin-1")
        if body.lstrip()[:1] in (b"{", b"["):
            return _replaced(body, LineJudge(self._finder).judge_json(body.decode("latin-1")))
        return _replaced(body, self._secrets_of_text(body))

    def _secrets_of_text(self, data: bytes) -> list[Reading]:
        text = plain(data.decode("latin-1"))
        return [text.part(found.start, found.end) for found in self._finder.find(text.text)]


def _replaced(data: bytes, secrets: list[Reading]) -> bytes:
    """The fixed word in the place of each secret; secrets that touch or overlap are one."""
    parts: list[bytes] = []
    done = 0
    for start, end in _merged(secrets):
        parts += [data[done:start], PLACEHOLDER.encode()]
        done = end
    return b"".join([*parts, data[done:]])


def _merged(secrets: list[Reading]) -> Iterator[tuple[int, int]]:
    spans = sorted((secret.starts[0], secret.ends[-1]) for secret in secrets if secret.text)
    while spans:
        start, end = spans.pop(0)
        while spans and spans[0][0] <= end:
            end = max(end, spans.pop(0)[1])
        yield start, end


def _credentials(request: Request, finder: Finder) -> Iterator[str]:
    """The values that a request gives to prove who asks, wherever it gives them."""
    yield from _credentials_of_head(request.headers)
    for match in _PARAMETER.finditer(request.uri):
        if is_secret_parameter(match[1], finder.secret_keys):
            yield unquote(match[2])
    for leaf in leaves(plain((request.body or b"").decode("latin-1"))):
        if is_secret_key(leaf.key, finder.secret_keys):
            yield leaf.value.text.encode("latin-1").decode(errors="surrogateescape")


def _credentials_of_head(headers: Headers) -> Iterator[str]:
    for name, value in headers:
        if is_secret_header(name):
            yield from _parts_of_credential(value)


def _parts_of_credential(value: str) -> Iterator[str]:
    """A header's value, what follows its scheme, the values of its cookies, what its base64 says (RFC 7617)."""
    yield value
    scheme, _, rest = value.partition(" ")
    yield rest
    yield from (match[0] for match in _COOKIE.finditer(value))
    if scheme.lower() == "basic":
        user_and_password = _base64(rest)
        yield from (user_and_password, user_and_password.partition(":")[2])


def _base64(text: str) -> str:
    """What *text* says; nothing where it is no base64 after all."""
    try:
        return b64decode(text + "==").decode(errors="replace")
    except ValueError:
        return ""


def _cookies(value: str, *, count: int) -> str:
    """The value of each cookie gone (`count` 0), or of the first, before its attributes. One without a name
    is all value.
    """
    named = all("=" in part for part in value.split(";")[: count or None])
    return _COOKIE.sub(PLACEHOLDER, value, count=count) if named else PLACEHOLDER
