"""What YAML's scalars and tags mean: as PyYAML's safe loader, its dangers left out."""

import io
import time

import pytest
import yaml
from vcr.serializers import yamlserializer

from harness.cassette.yamlread import read_yaml
from harness.errors import CassetteError

SCALARS = """
- null
- ~
-
- true
- NO
- 12
- 0o14
- 014
- 0x1F
- 0b11
- 1_000
- -7
- 1.5
- 1e3
- 1.0e+3
- .inf
- -.5
- 12:30:45
- 2026-11-22
- 2026-11-22T12:00:00Z
- 2026-11-22 12:00:00.5 +01:00
- '12'
- "caf\\u00e9 \\n"
- plain text of several words
- !!str 12
- !!int '12'
- !!binary aGk=
- !!float 3
- ! 12
- !!python/str abc
- !!python/unicode 'é'
- |
  a
   b
- >-
  folded
  text
"""


def test_scalars_mean_what_pyyaml_makes_of_them():
    expected = yaml.load(SCALARS, Loader=yamlserializer._CassetteLoader)
    found = read_yaml(SCALARS)
    assert found == expected
    assert [type(value) for value in found] == [type(value) for value in expected]


def test_a_stored_buffer_and_a_stored_iterator_become_their_bytes():
    buffer, parts = io.BytesIO(b"\x00abc"), iter([b"ab", b"c"])
    stored = yaml.dump([buffer, parts, ("a", "b")], Dumper=yamlserializer._CassetteDumper)
    assert read_yaml(stored) == [b"\x00abc", b"abc", ["a", "b"]]


@pytest.mark.parametrize(
    "stored",
    [
        "!!python/object/new:_io.BytesIO {state: [99999999999]}",
        "!!python/object/new:_io.BytesIO {state: [[1, 2]]}",
        "!!python/object/apply:builtins.iter {args: [[99999999999]]}",
        "!!python/object/apply:builtins.iter {args: [5]}",
    ],
)
def test_a_stored_object_that_asks_for_memory_gets_none(stored):
    with pytest.raises(CassetteError, match="damaged stored object"):
        read_yaml(stored)


@pytest.mark.parametrize(
    "scalar", ["1" + ":59" * 300_000, "9" * 1001, "0." + "1" * 1_000_000, "2026-11-22" + " " * 1_000_000]
)
def test_an_endless_number_is_no_work(scalar):
    before = time.process_time()
    with pytest.raises(CassetteError, match="not what its tag says"):
        read_yaml(f"[{scalar}]" if " " not in scalar else f"!!timestamp '{scalar}'")
    assert time.process_time() - before < 2
