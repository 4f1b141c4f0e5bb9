"""Texts that grow: what their pieces add up to."""

from harness.cassette.finder import Finder
from harness.cassette.leaves import plain
from harness.cassette.strands import MAX_OPEN, MAX_WAIT, Strands

KEY = "sk-proj-" + "a1B2c3D4" * 6
SECRET = KEY[len("sk-proj-") :]


def covered(pieces: list[str], finder: Finder | None = None, *, is_json: bool = False) -> str:
    """The pieces as one strand, each at its place in one text; secrets as stars."""
    strands, text, at = Strands(finder or Finder()), list("".join(pieces)), 0
    for piece in pieces:
        strands.next_line()
        for secret in strands.append("path", plain(piece, at), is_json=is_json):
            for start, end in zip(secret.starts, secret.ends, strict=True):
                text[start:end] = "*" * (end - start)
        at += len(piece)
    return "".join(text)


def test_a_secret_in_two_pieces_is_found_with_the_second():
    for split in range(len(KEY) + 1):
        assert (
            covered(["use ", KEY[:split], KEY[split:], " now"]) == "use sk-proj-" + "*" * len(SECRET) + " now"
        )


def test_a_secret_runs_on_until_its_class_ends():
    assert covered([KEY, "more", "Of", "it. End"]) == "sk-proj-" + "*" * (len(SECRET) + 8) + ". End"


def test_a_token_does_not_begin_inside_a_word_that_came_before():
    assert covered(["a tas", "k-" + "abcdefghij" * 3]) == "a task-" + "abcdefghij" * 3


def test_a_token_that_begins_a_piece_is_one_whatever_came_before():
    assert covered(["word", KEY]) == "wordsk-proj-" + "*" * len(SECRET)


def test_what_only_began_is_let_be():
    assert covered(["use sk-proj-abc", " is no key"]) == "use sk-proj-abc is no key"


def test_a_known_value_is_secret_from_its_first_character():
    finder = Finder(["hunter2-swordfish"])
    assert covered(list("a hunter2-swordfish b"), finder) == "a " + "*" * 17 + " b"


def test_a_telling_key_makes_its_value_secret_however_it_comes():
    text = '{"q": "x", "password": "tops3cret", "r": "y"}'
    expected = '{"q": "x", "password": "*********", "r": "y"}'
    assert covered(list(text), is_json=True) == expected
    assert covered([text[:20], text[20:31], text[31:]], is_json=True) == expected


def test_strands_do_not_mix():
    strands = Strands(Finder())
    strands.append("a", plain(KEY[:12]))
    assert strands.append("b", plain(KEY[12:], 100)) == []
    assert strands.append("a", plain(KEY[12:], 200)) != []


def test_an_open_end_holds_from_the_first_byte_that_may_be_secret():
    strands = Strands(Finder())
    strands.append("a", plain("so sk-proj-abc", 50))
    assert strands.held_from == 50 + len("so sk-proj-")
    strands.append("a", plain(" is all", 70))
    assert strands.held_from is None


def test_a_head_alone_holds_nothing_back():
    strands = Strands(Finder())
    strands.append("a", plain("so ghp_"))
    assert strands.held_from is None
    assert strands.open_ends == ("ghp_",)


def test_an_end_that_nobody_continues_does_not_hold_for_ever():
    strands = Strands(Finder())
    strands.append("a", plain("sk-proj-abc"))
    for _ in range(MAX_WAIT):
        strands.next_line()
    assert strands.held_from is not None
    strands.next_line()
    assert strands.held_from is None
    assert strands.open_ends == ()


def test_the_number_of_open_ends_is_bounded():
    strands = Strands(Finder())
    for number in range(MAX_OPEN + 10):
        strands.append(f"path {number}", plain("sk-proj-abc"))
    assert len(strands.open_ends) == MAX_OPEN
