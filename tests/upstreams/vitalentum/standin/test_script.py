"""A script holds its bytes once."""

from harness.upstreams.vitalentum.standin.script import Script, Step


def test_the_body_is_the_steps_joined() -> None:
    script = Script(headers=(), steps=(Step(0.1, b"one "), Step(0.0, b"two")))

    assert script.body == b"one two"
