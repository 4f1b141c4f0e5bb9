"""However a stream is cut and timed, its bytes stay the same."""

from __future__ import annotations

import random
from typing import TYPE_CHECKING

from hypothesis import given
from hypothesis import strategies as st

from harness.upstreams.vitalentum.standin.pacing import (
    FIRST_S,
    NEXT_S,
    PAUSE_S,
    inside_characters,
    paired,
    timed,
)

if TYPE_CHECKING:
    from harness.upstreams.vitalentum.standin.talk import Dice

blocks_of_bytes = st.lists(st.binary(min_size=1), min_size=1)
dice_of_any_seed = st.integers().map(lambda seed: random.Random(seed).random)


@given(blocks_of_bytes, dice_of_any_seed)
def test_pairing_loses_no_byte_and_cuts_no_block(blocks: list[bytes], dice: Dice) -> None:
    pieces = paired(list(blocks), dice)

    assert b"".join(pieces) == b"".join(blocks)
    assert len(pieces) <= len(blocks)


@given(st.lists(st.binary(min_size=1), min_size=2), dice_of_any_seed)
def test_the_last_two_blocks_come_together(blocks: list[bytes], dice: Dice) -> None:
    assert paired(list(blocks), dice)[-1].endswith(blocks[-2] + blocks[-1])


@given(blocks_of_bytes, dice_of_any_seed)
def test_times_are_a_model_s(blocks: list[bytes], dice: Dice) -> None:
    first, *others = timed(blocks, dice)

    assert FIRST_S[0] <= first.delay_s <= FIRST_S[1]
    assert all(NEXT_S[0] <= step.delay_s <= NEXT_S[1] + PAUSE_S for step in others)
    assert [first.data, *(step.data for step in others)] == blocks


@given(st.text())
def test_every_cut_inside_characters_is_inside_one(text: str) -> None:
    pieces = inside_characters(text.encode())

    assert b"".join(pieces) == text.encode()
    assert len(pieces) == 1 + sum(character > "\x7f" for character in text)
    assert all(piece[-1] >= 0xC0 for piece in pieces[:-1])
