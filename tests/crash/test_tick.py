"""Must show 6: a tick killed anywhere. Same end state as undisturbed, no step twice; and two workers, one step."""

from pathlib import Path

import pytest

from tests.crash.houses import two_houses

pytestmark = pytest.mark.once
WORKER = "tests.crash.tick_worker"


def disturbed_equals_undisturbed(folder: Path, *, people: int, kills: int) -> None:
    with two_houses(folder, WORKER, str(people)) as (calm, rough):
        died = sum(rough.killed(seed) for seed in range(kills))
        end = rough.finish()
        assert end == calm.finish()
    assert died == kills
    assert len(end["runs"]) == people
    steps = [(run, step, visit) for run, step, visit, _, _ in end["steps"]]
    assert len(steps) == len(set(steps))
    assert {fact[1] for fact in end["facts"]} == {"journey_entered", "journey_exited"}
    assert len(end["facts"]) == 2 * people
    assert {run[4] for run in end["runs"]} == {"done"}


def test_killed_three_times(tmp_path):
    disturbed_equals_undisturbed(tmp_path, people=24, kills=3)


def test_two_workers_at_once_take_each_step_once(tmp_path):
    with two_houses(tmp_path, WORKER, "24") as (one, two):
        assert two.finish("pair") == one.finish()


@pytest.mark.slow
@pytest.mark.timeout(1_500)
def test_killed_twenty_times(tmp_path):
    disturbed_equals_undisturbed(tmp_path, people=100, kills=20)
