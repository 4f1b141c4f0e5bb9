"""`harness schema`: infer, diff, export."""

from __future__ import annotations

import json

import jsonschema_rs
import pytest

from harness.cassette.model import Cassette
from harness.cli import schema as module
from harness.contract.inference.documents import documents_of
from harness.disk.cassettes import load_cassette, save_cassette
from harness.disk.schemafile import read_schema
from harness.disk.schemas import schema_path
from harness.report import Format
from harness.upstreams.registry import get_upstream
from tests.cli.conftest import CHUNKS, ROOT, interaction

TAPES = ROOT / "cassettes" / "vitalentum"


@pytest.fixture
def pair(cli, tape, tmp_path):
    """Two schemas: of a good recording, and of one with a field renamed."""
    chunks = [CHUNKS[0], CHUNKS[1].replace('"delta"', '"dleta"'), *CHUNKS[2:]]
    save_cassette(Cassette((interaction(chunks),)), tmp_path / "new.yaml")
    for name, source in (("old.schema.json", tape), ("new.schema.json", "new.yaml")):
        assert cli("schema", "infer", source, "--flat", "-o", name).status == 0
    return "old.schema.json", "new.schema.json"


def test_a_schema_of_recordings_takes_what_was_recorded(cli, tape):
    ended = cli("schema", "infer", tape)
    schema = json.loads(ended.out)
    assert (ended.status, ended.err) == (0, "Read 3 chunks of 1 exchange.\n")
    assert list(schema["$defs"]) == ["opener", "text", "finish"]
    assert schema["$id"] == "urn:stream-harness:inferred:vitalentum:chunk"
    assert all(jsonschema_rs.is_valid(schema, json.loads(chunk)) for chunk in CHUNKS[:3])


@pytest.mark.parametrize("flat", [[], ["--flat"]], ids=["phases", "flat"])
def test_the_recordings_of_this_project_fit_the_schema_drawn_from_them(cli, flat):
    schema = json.loads(cli("schema", "infer", TAPES, *flat).out)
    fits = jsonschema_rs.validator_for(schema).is_valid
    seen = [
        document
        for tape in TAPES.glob("*.yaml")
        for exchange in load_cassette(tape).interactions
        for _, document in filter(None, documents_of(exchange, get_upstream("vitalentum")))
    ]
    assert len(seen) > 1000
    assert all(map(fits, seen))


def test_the_text_is_the_same_every_time(cli):
    assert cli("schema", "infer", TAPES).out == cli("schema", "infer", TAPES).out


def test_what_was_said_is_not_in_it(cli, tape):
    assert "Привет" not in cli("schema", "infer", tape).out
    assert "Привет" not in cli("schema", "infer", tape, "--of", "request").out


@pytest.mark.parametrize(("kind", "field"), [("request", "conversation"), ("error", "error")])
def test_requests_and_errors_have_schemas_too(cli, kind, field):
    schema = json.loads(cli("schema", "infer", TAPES, "--of", kind).out)
    assert field in schema["properties"]


def test_nothing_to_infer_from_is_said(cli, tape):
    ended = cli("schema", "infer", tape, "--of", "error")
    assert (ended.status, ended.out) == (2, "")
    assert "There is no error in these recordings." in ended.err


def test_a_damaged_cassette_is_told_beside_the_schema(cli, tape, tmp_path):
    (tmp_path / "damaged.yaml").write_text("interactions: [\n")
    ended = cli("schema", "infer", ".")
    assert (ended.status, json.loads(ended.out)["x-observed"]["documents"]) == (4, 3)
    assert "damaged.yaml" in ended.err


def test_long_reading_tells_how_far_it_is(cli, tape, tmp_path, monkeypatch):
    monkeypatch.setattr(module, "EVERY", 1)
    save_cassette(Cassette((interaction(),)), tmp_path / "second.yaml")
    assert cli("schema", "infer", ".").err.splitlines()[0] == "1 of 2 cassettes read"


def test_a_setting_names_the_upstream_below_the_group_too(cli, tape, tmp_path):
    (tmp_path / "pyproject.toml").write_text('[tool.harness]\nupstream = "nobody"\n')
    assert "no upstream is named 'nobody'" in cli("schema", "infer", tape).err


def test_the_same_schema_is_clean(cli, pair):
    ended = cli("schema", "diff", pair[0], "--against", pair[0])
    assert (ended.status, ended.out) == (0, "✓ clean: no findings; 0 differences\n")


def test_what_moved_is_findings(cli, pair):
    ended = cli("schema", "diff", pair[0], "--against", pair[1], "--format", "json")
    report = json.loads(ended.out)
    found = {(each["rule"], each["where"]) for each in report["findings"]}
    assert (ended.status, report["verdict"]) == (1, "drift")
    assert ("schema-field-now-optional", "$.choices[*].delta") in found
    assert ("schema-optional-field-added", "$.choices[*].dleta") in found
    published = read_schema(schema_path("harness", "report"))
    assert jsonschema_rs.is_valid(published, report)


@pytest.mark.parametrize("format", Format)
def test_every_format_is_there(cli, pair, format):
    ended = cli("schema", "diff", pair[0], "--against", pair[1], "--format", format, "--exit-zero")
    assert (ended.status, "schema-optional-field-added" in ended.out) == (0, True)


def test_every_difference_is_explained(cli):
    assert cli("explain", "schema-field-added").out.startswith("schema-field-added: additive, layer chunk")


def test_a_schema_that_is_not_there_is_told(cli, pair):
    assert cli("schema", "diff", pair[0], "--against", "none.json").status == 2


def test_an_upstream_is_exported(cli):
    ended = cli("schema", "export", "--upstream", "vitalentum")
    document = json.loads(ended.out)
    media = document["paths"]["/api/converse-edge"]["post"]["responses"]["200"]["content"]
    assert (ended.status, document["openapi"]) == (0, "3.2.0")
    assert "itemSchema" in media["text/event-stream"]


def test_an_inferred_schema_is_exported_in_place_of_the_published(cli, pair):
    document = json.loads(cli("schema", "export", pair[0], "--upstream", "vitalentum").out)
    assert document["components"]["schemas"]["chunk"]["title"] == "Vitalentum: chunk"


def test_an_export_needs_an_upstream(cli):
    assert cli("schema", "export").status == 2


@pytest.mark.parametrize("name", ["infer", "diff", "export"])
def test_help_below_the_group_begins_with_examples_too(cli, name):
    out = cli("schema", name, "--help").out
    assert out.startswith(f"Examples:\n  harness schema {name} ")
    assert max(map(len, out.splitlines())) <= 80


def test_there_is_at_most_one_argument(cli):
    for command in module.command.commands.values():
        assert sum(each.param_type_name == "argument" for each in command.params) <= 1
