"""Must show 6: the swap of a refresh and the forwarder, killed at random moments. Same end state as undisturbed."""

import os
from pathlib import Path

import pytest

from tests.crash.houses import two_houses


def disturbed_equals_undisturbed(folder: Path, *, kills: int) -> None:
    server = os.environ.get("POTAGER_DATABASE", "")
    with two_houses(folder, "tests.crash.insight_worker", server=server) as (calm, rough):
        assert all(rough.killed(seed) for seed in range(kills))
        end = rough.finish()
        assert end == calm.finish()
    assert len(end["told"]) == len(end["changes"]) > 100
    assert end["tables"] == [["tag_wide_0_0"]]


def test_killed_three_times(tmp_path):
    disturbed_equals_undisturbed(tmp_path, kills=3)


@pytest.mark.slow
@pytest.mark.timeout(900)
def test_killed_twenty_times(tmp_path):
    disturbed_equals_undisturbed(tmp_path, kills=20)
