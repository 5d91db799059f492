"""Background refreshes: soon after something was loaded, and never for more than a fifth of the time."""

from dataclasses import replace
from datetime import timedelta

import pytest

from potager import assembly
from potager.core import clock, jobs, journal, store
from potager.core.journal import Fact
from potager.core.models import Job
from potager.insight import jobs as insight_jobs
from potager.insight import refresh
from tests.journalled import entries

from .conftest import Plot, define_tag

LANES = ["load", "heavy"]


@pytest.fixture
def garden(plot: Plot, monkeypatch) -> Plot:
    assembly.assemble()
    monkeypatch.setattr(insight_jobs, "_rested_at", insight_jobs._rested_at)
    plot.customers(1)
    define_tag("replied", {"event": "message_replied"})
    with plot.warehouse.write() as writer:
        # From here on the loader feeds this warehouse.
        writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [journal.last_seq()])
    refresh.run()
    jobs.arm()
    # What a refresh does is asked here, not what else runs beside it.
    with store.write():
        Job.objects.exclude(kind__in=["facts.load", "insight.refresh"]).delete()
    settle()
    return plot


def settle() -> None:
    """Everything that is due, then a long rest: what runs again was hurried."""
    while jobs.run_due(LANES):
        pass
    later = journal.to_us(clock.wall() + timedelta(hours=1))
    with store.write():
        Job.objects.filter(due_us__gt=journal.to_us(clock.wall())).update(due_us=later)


def reply(n: int) -> None:
    fact = Fact("event", "message_replied", "test", f"r{n}", clock.now() - timedelta(minutes=1), {}, cid=1)
    with store.write():
        journal.append([fact])


def told(plot: Plot) -> list[tuple]:
    return plot.rows("SELECT name, cid, to_value FROM change_log ORDER BY seq")


def test_an_event_changes_a_tag_as_soon_as_it_is_loaded(garden, monkeypatch):
    monkeypatch.setattr(insight_jobs, "_rested_at", clock.wall())
    reply(1)
    settle()
    assert told(garden) == [("replied", 1, "true")]
    events = [entry.fact.type for entry in entries() if entry.fact.kind == "event"]
    assert events == ["message_replied", "tag_added"]


def test_after_a_refresh_four_times_as_long_is_left_to_others(garden, monkeypatch):
    monkeypatch.setattr(insight_jobs, "_rested_at", clock.wall())
    took: list[int] = []
    merged = refresh.merge

    def slow():
        report = merged()
        took.append(report.ms)
        return replace(report, ms=60_000)

    monkeypatch.setattr(refresh, "merge", slow)
    reply(1)
    settle()
    assert len(took) == 1
    # What the refresh told the journal was loaded too; it waits its turn.
    assert Job.objects.get(kind="insight.refresh").due_us > journal.to_us(clock.wall())
    rest = insight_jobs._rested_at - clock.wall()
    assert timedelta(minutes=3, seconds=50) < rest <= timedelta(minutes=4)
