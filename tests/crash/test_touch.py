"""Must show 6: a worker killed around the channel's call. Same end state as undisturbed, no message twice."""

import os
from pathlib import Path

import pytest

from potager.touch.simulator import launcher
from tests.crash.houses import two_houses


def disturbed_equals_undisturbed(folder: Path, *, people: int, kills: int) -> None:
    server = os.environ.get("POTAGER_DATABASE", "")
    with (
        two_houses(folder, "tests.crash.touch_worker", str(people), server=server) as (calm, rough),
        launcher.running(calm.home / "simulator"),
        launcher.running(rough.home / "simulator"),
    ):
        died = sum(rough.killed(seed) for seed in range(kills))
        end = rough.finish()
        assert end == calm.finish()
    assert died == kills
    assert set(end["log"].values()) == {1}
    assert len(end["log"]) == 2 * people
    assert set(end["tasks"].values()) == {1}
    assert len(end["tasks"]) == people
    assert {touch[2] for touch in end["touches"]} == {"delivered", "handed_over"}


def test_killed_three_times(tmp_path):
    disturbed_equals_undisturbed(tmp_path, people=24, kills=3)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_twenty_times(tmp_path):
    disturbed_equals_undisturbed(tmp_path, people=150, kills=20)
