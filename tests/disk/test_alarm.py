"""What takes too long is interrupted, and told where it let nobody interrupt it."""

from __future__ import annotations

import signal
import time

import pytest

from harness.disk.alarm import alarm


class TooLong(BaseException):
    """No `Exception`."""


def test_what_takes_too_long_is_interrupted():
    began = time.monotonic()
    with pytest.raises(TooLong), alarm(0.02, TooLong):
        time.sleep(5)
    assert time.monotonic() - began < 4


def test_what_comes_back_in_time_is_left_alone():
    with alarm(5.0, TooLong):
        pass
    assert signal.getitimer(signal.ITIMER_REAL)[0] in (0.0, pytest.approx(120, abs=120))


def test_who_puts_the_alarm_off_is_told_when_it_is_over():
    with pytest.raises(TooLong), alarm(0.01, TooLong):
        signal.setitimer(signal.ITIMER_REAL, 0)
        time.sleep(0.6)
