"""Import, ticks, ingestion and clicks at once on one SQLite file: nobody meets a lock, nothing is refused."""

import pytest
from benchmarks.contention import measure

pytestmark = pytest.mark.slow


def test_writers_of_every_kind_at_once_meet_no_lock():
    found = measure(25)
    assert (found["lock_errors"], found["refused"], found["server_tracebacks"]) == (0, 0, 0)
    assert found["imports"] >= 1
    assert found["events"] >= 1_000
    assert found["clicks"] >= 20
