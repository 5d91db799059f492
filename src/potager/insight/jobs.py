"""Background entries of this room; what they do is elsewhere."""

from collections.abc import Mapping
from datetime import timedelta

from potager.core.jobs import Handler, Periodic
from potager.insight import forwarder, refresh
from potager.insight.affinity import mining
from potager.insight.value import fitting


def bring_up(_payload: Mapping[str, object]) -> None:
    """Merge what is new into the results (in full after midnight), and tell the journal what changed."""
    refresh.merge()
    forwarder.forward_all()


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
    "insight.refresh_now": bring_up,
    "insight.value": fit_value,
    "insight.affinity": bring_up_affinity,
    "insight.affinity_now": mine_affinity,
}
PERIODIC = (
    Periodic("insight.refresh", "heavy", timedelta(minutes=1)),
    Periodic("insight.value", "heavy", timedelta(minutes=5), idle=timedelta(minutes=30)),
    Periodic("insight.affinity", "heavy", timedelta(minutes=10), idle=timedelta(hours=1)),
)
