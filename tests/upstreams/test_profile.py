"""A profile that is wrong is refused with its file, and with the word that was meant."""

import json
import tomllib
from pathlib import Path

import jsonschema
import msgspec
import pytest

from harness.errors import UsageError
from harness.upstreams.profile import WORDS, parse_profile
from harness.upstreams.upstream import (
    ChunkMap,
    ErrorMap,
    ErrorReply,
    Promises,
    Template,
    ToolMap,
    Upstream,
    UsageMap,
)

ROOT = Path(__file__).parents[2]

RIGHT = """
name = "parrot"
title = "Parrot"
base_url = "http://127.0.0.1:8181"
method = "POST"
path = "/say"
content_type = "application/json"
reply_type = "text/event-stream"
terminal = "BYE"

[[events]]
text = ["squawk"]
"""


def changed(old, new):
    assert old in RIGHT
    return RIGHT.replace(old, new)


def test_a_profile_is_read_with_defaults_for_what_it_leaves_out():
    parrot = parse_profile(RIGHT, where="profile.toml")
    assert (parrot.name, parrot.url(), parrot.has_end) == ("parrot", "http://127.0.0.1:8181/say", True)
    assert parrot.schemas == ("request", "chunk", "error")


def test_a_profile_that_nests_or_dots_without_end_is_refused_at_once():
    deep = ["x = " + "[" * 5000 + "]" * 5000, "x = " + "{a = " * 5000 + "1" + "}" * 5000]
    dotted = ["a." * 20_000 + "b = 1", "x = {" + "a. " * 20_000 + "b = 1}"]
    for line in deep + dotted:
        with pytest.raises(UsageError, match=r"nested too deeply|too many parts") as caught:
            parse_profile(line + RIGHT, where="profile.toml")
        assert caught.value.where == "profile.toml"


WRONG = [
    ('terminal = "BYE"', 'terminl = "BYE"', "did you mean 'terminal'?"),
    ("text = [", "txet = [", "did you mean 'text'?"),
    ("text = [", "zzzz = [", "docs/how-to/add-an-upstream.md"),
    ('path = "/say"', "", "missing required field `path`"),
    ('path = "/say"', "path = 5", "Expected `str`, got `int` - at `$.path`"),
    ('terminal = "BYE"', 'framing = "xml"', "Invalid enum value 'xml'"),
    ('name = "parrot"', 'name = "parrot', "no TOML"),
    ('name = "parrot"', 'name = "../parrot"', "name is no name"),
    ('name = "parrot"', 'name = "Parrot"', "name is no name"),
    ('name = "parrot"', 'name = ""', "name is no name"),
    ("http://127.0.0.1:8181", "127.0.0.1:8181", "base_url"),
    ("http://127.0.0.1:8181", "http://127.0.0.1:8181/", "base_url"),
    ("http://127.0.0.1:8181", "http://127.0.0.1:x", "base_url"),
    ("http://127.0.0.1:8181", "http://127.0.0.1:99999", "base_url"),
    ("http://127.0.0.1:8181", "http://[", "base_url"),
    ("http://127.0.0.1:8181", "http://:8181", "base_url"),
    ("http://127.0.0.1:8181", "http://me:word@127.0.0.1:8181", "base_url"),
    ("http://127.0.0.1:8181", "http://127.0.0.1?x", "base_url"),
    ('path = "/say"', 'path = "/"', "path is none"),
    ('path = "/say"', 'path = "say"', "path is none"),
    ('path = "/say"', 'path = "/say?x=1"', "path is none"),
    ('[[events]]\ntext = ["squawk"]', "", "no [[events]]"),
    ("[[events]]", "[[events]]\n[[events]]", "same name"),
    ('terminal = "BYE"', 'framing = "ndjson"\n[[events]]\nname = "ping"', "no event names"),
    (
        'terminal = "BYE"',
        'schemas = ["request", "error", "../chunk"]',
        "in the profile's schemas is none",
    ),
    ('terminal = "BYE"', 'schemas = ["request", "error"]', "must list request, error"),
    (
        'text = ["squawk"]',
        'templates = [{says = ["text"], json = "[]"}]',
        "no JSON object",
    ),
    (
        'text = ["squawk"]',
        'templates = [{says = ["text"], json = "{"}]',
        "no JSON object",
    ),
    ('terminal = "BYE"', 'json_strings = ["conversation"]', "must list request, error"),
]


@pytest.mark.parametrize(("old", "new", "said"), WRONG)
def test_a_wrong_profile_is_refused_in_words(old, new, said):
    with pytest.raises(UsageError) as caught:
        parse_profile(changed(old, new), where="parrot/profile.toml")
    assert said in str(caught.value)
    assert "parrot/profile.toml" in str(caught.value)


def refused(text):
    with pytest.raises(UsageError) as caught:
        parse_profile(text, where="parrot/profile.toml")
    return str(caught.value)


def test_refusals_in_full():
    where = "\n  where: parrot/profile.toml"
    assert refused("x = 1" + "." * 201) == (
        f"A line of the profile has too many parts.{where}\n  expected: at most 200 dots"
    )
    assert refused("x = " + "[" * 5000 + "]" * 5000) == f"The profile is nested too deeply.{where}"
    assert refused(changed('name = "parrot"', 'name = "parrot')).startswith("The profile is no TOML: Illegal")
    assert refused(changed("text = [", "txet = [")) == (
        "The profile is wrong: Object contains unknown field `txet` - at `$.events[0]`."
        f"{where}\n  help: did you mean 'text'?"
    )
    assert refused(changed('path = "/say"', "path = 5")) == (
        "The profile is wrong: Expected `str`, got `int` - at `$.path`."
        f"{where}\n  help: docs/how-to/add-an-upstream.md lists the words"
    )
    assert refused(changed('name = "parrot"', 'name = ""')) == (
        f"The profile's name is no name: small letters, digits and hyphens, 64 at most.{where}"
    )


def test_two_hundred_dots_are_no_fault():
    assert parse_profile(RIGHT + "#" + "." * 200, where="profile.toml").name == "parrot"


def test_a_complaint_is_shown_up_to_two_hundred_characters():
    told = refused(changed("text = [", f'"{"word " * 60}" = [')).split("\n", 1)[0]
    assert len(told) == len("The profile is wrong: ") + 200 + len("….")


@pytest.mark.parametrize("base", ["https://127.0.0.1", "http://parrot.dev:1", "http://[::1]:8181"])
def test_a_base_url_is_a_scheme_a_host_and_perhaps_a_port(base):
    assert parse_profile(changed("http://127.0.0.1:8181", base), where="x").base_url == base


@pytest.mark.parametrize("base", ["http://127.0.0.1:0", "ftp://127.0.0.1", "http://a b", "HTTP//x"])
def test_another_base_url_is_none(base):
    assert "base_url" in refused(changed("http://127.0.0.1:8181", base))


def test_the_words_are_those_of_the_struct():
    assert {"name", "events", "role_first", "calls", "prompt_tokens", "own_upstream"} <= {*WORDS}


SCHEMA = json.loads((ROOT / "schemas/harness/profile.schema.json").read_text("utf-8"))
EVENT = SCHEMA["definitions"]["event"]
TABLES = [
    (Upstream, SCHEMA),
    (ChunkMap, EVENT),
    (Template, EVENT["properties"]["templates"]["items"]),
    (ToolMap, EVENT["properties"]["tools"]),
    (UsageMap, EVENT["properties"]["counts"]),
    (Promises, SCHEMA["properties"]["promises"]),
    (ErrorMap, SCHEMA["properties"]["errors"]),
    (ErrorReply, SCHEMA["properties"]["error_replies"]["items"]),
]


@pytest.mark.parametrize(("struct", "table"), TABLES, ids=[struct.__name__ for struct, _ in TABLES])
def test_the_published_schema_has_the_words_of_the_struct_each_described(struct, table):
    assert [*table["properties"]] == [field.name for field in msgspec.structs.fields(struct)]
    asked = {field.name for field in msgspec.structs.fields(struct) if field.required}
    assert {*table.get("required", ())} == asked | ({"events"} if struct is Upstream else set())
    assert table["additionalProperties"] is False
    assert all(word["description"] for word in table["properties"].values())


@pytest.mark.parametrize(
    "file", sorted(ROOT.glob("harness/upstreams/*/profile.toml")), ids=lambda file: file.parent.name
)
def test_every_profile_fits_the_published_schema(file):
    jsonschema.Draft7Validator.check_schema(SCHEMA)
    jsonschema.Draft7Validator(SCHEMA).validate(tomllib.loads(file.read_text("utf-8")))


@pytest.mark.parametrize(
    ("old", "new", "said"), WRONG, ids=[f"{new or old}: {said}" for old, new, said in WRONG]
)
def test_the_published_schema_refuses_what_the_struct_refuses(old, new, said):
    """But for what is no TOML, and for what no schema can say."""
    try:
        document = tomllib.loads(changed(old, new))
    except tomllib.TOMLDecodeError:
        assert said == "no TOML"
        return
    fits = jsonschema.Draft7Validator(SCHEMA).is_valid(document)
    assert fits == (said in ("same name", "no event names", "no JSON object", "must list request, error"))
