"""Background entries of this room; what they do is elsewhere."""

from collections.abc import Mapping
from datetime import UTC, datetime, timedelta
from typing import Final

from potager.core import clock, store
from potager.core.jobs import Handler, Periodic
from potager.insight import forwarder, refresh, scheduled, tags
from potager.insight.affinity import mining
from potager.insight.value import fitting

# A refresh may take this share of the machine's time: after one that took a second, four pass before the next.
_SHARE: Final = 0.2
_rested_at = datetime.min.replace(tzinfo=UTC)


def bring_up(_payload: Mapping[str, object]) -> int:
    """Merge what is new into the results (in full after midnight), and tell the journal what changed."""
    global _rested_at
    if clock.wall() < _rested_at:
        # Something may be waiting: not a reason to look less often.
        return 1
    report = refresh.merge()
    _rested_at = clock.wall() + timedelta(milliseconds=report.ms * (1 / _SHARE - 1))
    forwarder.forward_all()
    return int(report.mode != "none")


def bring_up_now(_payload: Mapping[str, object]) -> None:
    """The same, whenever the last one was."""
    refresh.merge()
    forwarder.forward_all()


def expire_tags(_payload: Mapping[str, object]) -> int:
    """Take the tags given by hand whose term is over."""
    with store.write():
        return tags.expire()


def run_scheduled(_payload: Mapping[str, object]) -> int:
    """Compute the scheduled audiences that are due."""
    return len(scheduled.run_due())


def fit_value(_payload: Mapping[str, object]) -> int:
    """Fit customer value once a business day, after the day's refresh."""
    return int(fitting.bring_up() is not None)


def bring_up_affinity(_payload: Mapping[str, object]) -> int:
    """Mine rules and next products once a business day, and after the settings changed."""
    return mining.bring_up()


def mine_affinity(_payload: Mapping[str, object]) -> None:
    """Mine them again, whatever they stand at."""
    mining.run()


KINDS: Mapping[str, Handler] = {
    "insight.refresh": bring_up,
    # One-off, after a definition was saved.
    "insight.refresh_now": bring_up_now,
    "insight.expire_tags": expire_tags,
    "insight.scheduled": run_scheduled,
    "insight.value": fit_value,
    "insight.affinity": bring_up_affinity,
    "insight.affinity_now": mine_affinity,
}
PERIODIC = (
    # Hurried by what is loaded; of itself it looks for facts dated ahead that are due, and for midnight.
    Periodic("insight.refresh", "heavy", timedelta(seconds=1), idle=timedelta(minutes=1)),
    Periodic("insight.expire_tags", "tick", timedelta(seconds=30), idle=timedelta(minutes=1)),
    Periodic("insight.scheduled", "heavy", timedelta(seconds=5), idle=timedelta(seconds=30)),
    Periodic("insight.value", "heavy", timedelta(minutes=5), idle=timedelta(minutes=30)),
    Periodic("insight.affinity", "heavy", timedelta(minutes=10), idle=timedelta(hours=1)),
)
