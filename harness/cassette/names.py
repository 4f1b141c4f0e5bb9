"""Names that decide about secrecy: headers that may be kept, keys and parameters whose values may not. Tables
only.

Headers are an allow-list, because a service can call its key header anything. Keys of bodies are a
block-list, because bodies are what is tested.
"""

from __future__ import annotations

import re
from functools import lru_cache

KEPT_HEADERS = frozenset(
    """
    accept accept-encoding accept-language accept-ranges access-control-allow-credentials
    access-control-allow-headers access-control-allow-methods access-control-allow-origin
    access-control-expose-headers access-control-max-age age allow alt-svc anthropic-beta
    anthropic-version cache-control cf-cache-status cf-ray connection content-disposition
    content-encoding content-language content-length content-security-policy content-type
    cross-origin-embedder-policy cross-origin-opener-policy cross-origin-resource-policy date dnt etag
    expect expires host http-referer if-modified-since if-none-match keep-alive last-modified link
    location nel openai-beta openai-model openai-processing-ms openai-version origin permissions-policy
    pragma priority proxy-connection ratelimit ratelimit-limit ratelimit-policy ratelimit-remaining
    ratelimit-reset referer referrer-policy report-to request-id retry-after sec-ch-ua sec-ch-ua-mobile
    sec-ch-ua-platform sec-fetch-dest sec-fetch-mode sec-fetch-site sec-fetch-user server server-timing
    strict-transport-security te timing-allow-origin trailer transfer-encoding upgrade
    upgrade-insecure-requests user-agent vary via warning www-authenticate x-accel-buffering x-cache
    x-content-type-options x-envoy-upstream-service-time x-frame-options x-harness-standin x-powered-by
    x-request-id x-runtime x-should-retry x-title x-vercel-cache x-vercel-id x-xss-protection
    """.split()  # noqa: SIM905 - a page of names reads better without its quotes
)
"""What a header of this name says is about the exchange, not about who is asking."""

_KEPT_FAMILIES = ("anthropic-ratelimit-", "x-ratelimit-", "x-stainless-")

_SECRET_WORDS = re.compile(r"auth|cookie|credential|key|passw|secret|session|signature|token")
"""In the name of a header that is not kept: its value is also looked for elsewhere."""

_SECRET_KEYS = frozenset(
    """
    accesskey accesskeyid accesstoken apikey apisecret apitoken auth authkey authorization authorizationtoken authtoken
    awsaccesskeyid awssecretaccesskey awssessiontoken bearer bearertoken clientsecret connectionstring
    cookie csrftoken encryptionkey githubtoken idtoken jwt masterkey passphrase passwd password
    privatekey proxyauthorization pwd refreshtoken secret secretaccesskey secretkey secrettoken
    securitytoken servicekey sessioncookie sessiontoken setcookie signingkey subscriptionkey token
    userpassword webhooksecret xapikey xauthtoken xcsrftoken
    """.split()  # noqa: SIM905 - a page of names reads better without its quotes
)
_QUERY_ONLY = frozenset(
    {
        "code",
        "key",
        "sig",
        "signature",
        "xamzcredential",
        "xamzsecuritytoken",
        "xamzsignature",
        "xgoogsignature",
    }
)
"""Parameters that carry credentials in addresses (Google's `key`, signed links), and innocent things in
bodies.
"""

_JSON_KEYS = frozenset({"arguments", "partial_json", "conversation", "input_json", "function_call"})
"""Keys of chat streams and requests whose string is itself a JSON document, whole or in pieces."""


def is_kept_header(name: str) -> bool:
    """Whether a header's value may be written down."""
    lowered = name.lower()
    return lowered in KEPT_HEADERS or lowered.startswith(_KEPT_FAMILIES)


def is_secret_header(name: str) -> bool:
    """Whether a header's value is a credential, so that an echo of it is one too."""
    return not is_kept_header(name) and bool(_SECRET_WORDS.search(name.lower()))


def is_secret_key(name: str, more: frozenset[str] = frozenset()) -> bool:
    """Whether a JSON key or form field of this name holds a credential; *more* are the upstream's own,
    folded.
    """
    return (folded := fold(name)) in _SECRET_KEYS or folded in more


def is_secret_parameter(name: str, more: frozenset[str] = frozenset()) -> bool:
    """The same for a parameter of a query."""
    return is_secret_key(name, more) or fold(name) in _QUERY_ONLY


def is_json_key(name: str) -> bool:
    """Whether a string under this key is itself the text of a JSON document."""
    return name in _JSON_KEYS


@lru_cache(4096)
def fold(name: str) -> str:
    """One spelling for api_key, api-key, apiKey and X-Api-Key's last part."""
    return name.lower().replace("_", "").replace("-", "").replace(" ", "")
