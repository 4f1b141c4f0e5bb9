"""Every upstream's documents are found, in a checkout and in an installed package, and each is read once."""

from pathlib import Path

import jsonschema
import msgspec
import pytest

from harness.disk import schemas
from harness.disk.schemas import load_schema, load_schemas, schema_path
from harness.errors import UsageError
from harness.upstreams.registry import get_upstream, upstream_names

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("upstream", upstream_names())
def test_every_upstream_has_its_documents_and_no_others_lie_there(upstream: str) -> None:
    found = load_schemas(get_upstream(upstream))
    files = {path.name for path in (ROOT / "schemas" / upstream).glob("*")}
    assert files == {f"{name}.schema.json" for name in found}


def test_a_document_is_read_once_and_cannot_be_changed() -> None:
    document = load_schema("vitalentum", "chunk")
    assert load_schema("vitalentum", "chunk") is document
    with pytest.raises(TypeError):
        document["type"] = "array"  # type: ignore[index]


def test_in_an_installed_package_the_documents_lie_inside(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    inside, beside = tmp_path / "harness" / "schemas", tmp_path / "schemas"
    (inside / "x").mkdir(parents=True)
    (inside / "x" / "chunk.schema.json").write_text("{}")
    monkeypatch.setattr(schemas, "_FOLDERS", (inside, beside))
    assert schema_path("x", "chunk") == inside / "x" / "chunk.schema.json"
    with pytest.raises(UsageError, match="x/error is missing"):
        schema_path("x", "error")


def test_the_report_schema_is_one_and_fits_its_own_examples() -> None:
    document = msgspec.json.decode(schema_path("harness", "report").read_bytes())
    jsonschema.Draft7Validator.check_schema(document)
    for example in document["examples"]:
        jsonschema.Draft7Validator(document).validate(example)
