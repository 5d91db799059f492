"""People of an experiment, and orders of theirs."""

from datetime import datetime, timedelta

from potager.evidence.models import Assignment, Experiment
from tests.hand_made import local, order, put

ENTRY = local("2026-10-01 09:00")
WINDOW = 14
SOP = "repurchase"


def assign(experiment: Experiment, cids, arm: str, *, entry: datetime = ENTRY, n: int = 1, **more) -> None:
    Assignment.objects.bulk_create(
        [
            Assignment(experiment=experiment, person_key=f"p{cid}", cid=cid, arm=arm, n=n, first_entry_at=entry, **more)
            for cid in cids
        ]
    )


def buyers(warehouse, spec: dict[int, int], *, cost: int | None = 0, at: datetime = ENTRY + timedelta(days=1)) -> None:
    """One order each: cid → amount."""
    put(warehouse, "orders", [order(f"o{cid}", cid, at, amount, cost) for cid, amount in spec.items()])
