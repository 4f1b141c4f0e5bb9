"""What code under test prints is no result, and it cannot end the process unseen."""

from __future__ import annotations

import io
import os
import sys

import pytest

from harness.cli.aside import aside, each_aside


def test_what_is_printed_goes_elsewhere(capsys):
    elsewhere = io.StringIO()
    with aside(elsewhere):
        print("noise")
    print("result")
    assert (elsewhere.getvalue(), capsys.readouterr().out) == ("noise\n", "result\n")


def test_nobody_ends_the_process():
    leave = os._exit
    with pytest.raises(SystemExit, match=r"os\._exit\(0\)"), aside(sys.stderr):
        os._exit(0)
    assert os._exit is leave


def test_a_forked_child_ends_as_it_likes():
    with aside(sys.stderr):
        child = os.fork()
        if child == 0:
            os._exit(7)
        assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 7


def test_steps_are_aside_and_what_is_between_them_is_not(capsys):
    def steps():
        for number in range(2):
            print("noise")
            yield number
        print("noise")

    elsewhere = io.StringIO()
    for number in each_aside(steps(), elsewhere):
        print(number)
    assert (elsewhere.getvalue(), capsys.readouterr().out) == ("noise\n" * 3, "0\n1\n")
