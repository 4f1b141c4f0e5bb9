"""What a token looks like: whole, begun, and running on."""

import json
import time
from pathlib import Path

import pytest

from harness.cassette.shapes import ROWS, SHAPES, Begun

VECTORS = Path(__file__).parent.parent / "vectors" / "redact" / "shapes.json"
CASES = json.loads(VECTORS.read_text(encoding="utf-8"))["shapes"]


def kinds_in(text: str) -> set[str]:
    return {found.kind for shape in SHAPES for found in shape.find(text, 0)}


@pytest.mark.parametrize("case", CASES, ids=lambda case: case["kind"])
def test_a_token_is_found_with_its_kind_and_its_secret_part(case):
    text = f"it is {case['head']}{case['secret']}, they said"
    found = [each for shape in SHAPES for each in shape.find(text, 0) if each.kind == case["kind"]]
    assert found
    assert text[found[0].start : found[0].end].rstrip() == case["secret"].rstrip()


@pytest.mark.parametrize("row", ROWS, ids=lambda row: row.kind)
def test_every_head_has_its_shape(row):
    assert {shape.anchor for shape in SHAPES if shape.kind == row.kind} == set(row.heads)


@pytest.mark.parametrize(
    "text",
    [
        *(
            "chatcmpl-AbC9dEfGhIjKlMnOpQrStUvWxYz01",
            "fp_44709d6fcb",
            "msg_01XFDUDYJgAACzvnptvVoYEL",
            "84a1b2c3d4e5f678-FRA",
        ),
        *(
            "123e4567-e89b-12d3-a456-426614174000",
            "sk-learn",
            "task-abcdefghijklmnopqrstuvwxyz",
            "sk-estimator-html-representation",
        ),
        *(
            "eyJust a word.",
            "AKIA",
            "Bearer of bad news",
            "hf_transfer",
            "SG.x",
            "xoxo",
            "-----BEGIN PUBLIC KEY-----",
        ),
    ],
)
def test_other_words_are_no_tokens(text):
    assert kinds_in(text) == set()


def test_a_token_at_the_end_of_the_text_may_run_on():
    (shape,) = (shape for shape in SHAPES if shape.anchor == "ghp_")
    (found,) = shape.find("ghp_" + "a1" * 18, 0)
    assert found.runs_on.match("b2 and")[0] == "b2"
    (closed,) = shape.find("ghp_" + "a1" * 18 + ".", 0)
    assert closed.runs_on is None


@pytest.mark.parametrize(
    ("text", "begun"),
    [
        ("x ghp_abc", Begun(2, 6)),
        ("ghp_", Begun(0, 4)),
        ("ghp_abc.", None),
        ("xghp_abc", None),
        ("ghp_" + "a" * 40, None),
    ],
)
def test_the_beginning_of_a_token_is_known_from_its_head_on(text, begun):
    (shape,) = (shape for shape in SHAPES if shape.anchor == "ghp_")
    assert shape.begun(text, 0) == begun


def test_a_token_of_parts_may_have_begun_in_any_of_them():
    (shape,) = (shape for shape in SHAPES if shape.anchor == "eyJ")
    token = "eyJ" + "a" * 20 + "." + "b" * 8
    assert all(shape.begun(token[:size], 0) == Begun(0, 3) for size in range(3, len(token)))
    assert shape.begun(token, 0) is None


@pytest.mark.parametrize(
    "text", ["sk-" * 20_000, "eyJ" + "a" * 60_000, "SG." * 20_000, "-----BEGIN " * 6_000, "Bearer " * 9_000]
)
def test_hostile_text_takes_linear_time(text):
    before = time.process_time()
    kinds_in(text)
    for shape in SHAPES:
        shape.begun(text, 0)
    assert time.process_time() - before < 1
