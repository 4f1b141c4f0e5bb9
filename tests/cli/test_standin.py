"""`harness standin`: its scenarios and mutations. That it serves and stops is tested in tests/cli/test_serving.py."""

from __future__ import annotations

from harness.upstreams.vitalentum.standin.mutations import MUTATIONS
from harness.upstreams.vitalentum.standin.scenarios import SCENARIOS


def test_the_scenarios_and_the_mutations_are_listed(cli):
    listed = [line.split()[0] for line in cli("standin", "--list").out.splitlines() if line.startswith("  ")]
    assert listed == [*SCENARIOS, *MUTATIONS]


def test_a_wrong_scenario_is_answered_with_the_nearest(cli):
    ended = cli("standin", "--scenario", "rset")
    assert (ended.status, "Did you mean 'reset'?" in ended.err) == (2, True)


def test_a_wrong_mutation_is_answered_with_the_nearest(cli):
    ended = cli("standin", "--mutate", "rle-gone")
    assert (ended.status, "one of role-gone" in ended.err) == (2, True)


def test_a_taken_port_is_told(cli, standin):
    ended = cli("standin", "--port", standin.rpartition(":")[2])
    assert (ended.status, "cannot listen" in ended.err.lower()) == (2, True)
