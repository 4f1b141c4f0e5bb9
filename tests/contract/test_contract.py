"""A contract is an upstream with all of its documents, or an error that names the one that is missing."""

import pytest

from harness.contract.contract import Contract
from harness.disk.schemas import load_schemas
from harness.errors import UsageError
from harness.upstreams.registry import get_upstream

VITALENTUM = get_upstream("vitalentum")


def test_each_json_string_of_the_request_has_its_document() -> None:
    contract = Contract(VITALENTUM, load_schemas(VITALENTUM))
    assert contract.strings.keys() == {"conversation"}
    assert contract.strings["conversation"].fits({"history": []})
    assert contract.event_names == {"message"}


@pytest.mark.parametrize("name", VITALENTUM.schemas)
def test_a_missing_document_is_named(name: str) -> None:
    documents = load_schemas(VITALENTUM)
    del documents[name]
    with pytest.raises(UsageError, match=name):
        Contract(VITALENTUM, documents)
