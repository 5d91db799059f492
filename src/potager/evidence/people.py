"""The people of experiments, read from the operations store: who is compared, and who is left out and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

import numpy as np
import pyarrow as pa
from django.db import connection
from django.db.models import QuerySet

from potager.evidence.arms import BUCKETS, CONTROL, HOLDOUT, TREATED
from potager.evidence.models import Allocation, Assignment, Experiment

JOURNEY = "journey:"
_PERSON: Mapping[str, pa.DataType] = {
    "journey": pa.string(),
    "touching": pa.string(),
    "pid": pa.int64(),
    "cid": pa.int32(),
    "treated": pa.bool_(),
    "entered": pa.timestamp("us"),
    "closes": pa.timestamp("us"),
}


@dataclass(frozen=True, slots=True)
class Contrast:
    """Which arms of an experiment are compared: those of `base` with those of `against` (None: all others but
    `aside`, who take no part).

    name      what the result is known by, once in a report
    touching  the journey whose touches and attribution the result speaks of; "" for any
    share     the base's share of 10,000 under an allocation
    """

    experiment: Experiment
    name: str
    touching: str
    base: str
    against: str | None = None
    aside: str | None = None
    share: Callable[[Allocation], int] = lambda allocation: allocation.control_share


def of_journey(experiment: Experiment) -> Contrast:
    """A journey's treated people with its control; the global holdout stands aside."""
    key = journey_key(experiment)
    return Contrast(experiment, key, key, base=CONTROL, aside=HOLDOUT)


def of_house(experiment: Experiment) -> Contrast:
    """Everybody journeys may treat with the global holdout."""
    return Contrast(experiment, "", "", base=HOLDOUT, against=TREATED)


def of_split(experiment: Experiment) -> list[Contrast]:
    """Each variant of a split with the first one, in the order of the newest allocation."""
    journey, _, step = journey_key(experiment).partition("/")
    first, *others = (str(each["key"]) for each in experiment.allocations.order_by("-n")[0].variants)

    def share(other: str) -> Callable[[Allocation], int]:
        def of(allocation: Allocation) -> int:
            shares = {each["key"]: int(each["share"]) for each in allocation.variants}
            both = shares.get(first, 0) + shares.get(other, 0)
            return round(BUCKETS * shares.get(first, 0) / both) if both else 0

        return of

    return [
        Contrast(experiment, f"{journey}/{step}/{other}", journey, base=first, against=other, share=share(other))
        for other in others
    ]


@dataclass(frozen=True, slots=True)
class People:
    """Who is analysed: one row per person whose window had closed, and how many are left out and why.

    rows         journey (the contrast's name), touching, pid, cid, treated, entered, closes (UTC without zone, as in
                 the warehouse)
    treated, control             people in rows
    open_treated, open_control   entered too recently: their window was still open
    held_out     the global holdout takes no part in a journey's own comparison
    earlier      drawn while the control share was another one
    mixed        in rows, but two merged customers had been given different arms
    control_share of 10,000, of all rows
    since        the first entry among rows
    """

    rows: pa.Table
    treated: int
    control: int
    open_treated: int
    open_control: int
    held_out: int
    earlier: int
    mixed: int
    control_share: int
    since: datetime | None


def journey_experiments() -> QuerySet[Experiment]:
    """The experiments of whole journeys (not of one split), by key."""
    return Experiment.objects.filter(key__startswith=JOURNEY).exclude(key__contains="/").order_by("key")


def journey_key(experiment: Experiment) -> str:
    """The journey an experiment belongs to."""
    return experiment.key.removeprefix(JOURNEY)


def split_experiments(journey: str) -> QuerySet[Experiment]:
    """The experiments of the splits inside a journey, by key."""
    return Experiment.objects.filter(key__startswith=f"{JOURNEY}{journey}/").order_by("key")


def people(contrast: Contrast, as_of: datetime) -> People:
    """The people who entered until `as_of`, arms as drawn, windows as the experiment states."""
    experiment = contrast.experiment
    shares = {each.n: contrast.share(each) for each in experiment.allocations.order_by("n")}
    share = shares[max(shares)]
    # Shares that were the same drew by the same rule; only those since the last real change can be compared.
    changed = max((n for n, each in shares.items() if each != share), default=0)
    found = _assignments(experiment, as_of)
    window = np.timedelta64(timedelta(days=experiment.window_days), "us")
    entered: np.ndarray[Any, np.dtype[np.datetime64]] = found["entered"]
    base = found["arm"] == contrast.base
    aside = found["arm"] == (contrast.aside or "")
    against = ~base & ~aside if contrast.against is None else found["arm"] == contrast.against
    earlier = (base | against) & (found["n"] <= changed)
    rest = (base | against) & ~earlier
    closed = rest & (entered + window <= np.datetime64(as_of.astimezone(UTC).replace(tzinfo=None), "us"))
    return People(
        rows=pa.table(
            {
                "journey": pa.array([contrast.name] * int(closed.sum()), pa.string()),
                "touching": pa.array([contrast.touching] * int(closed.sum()), pa.string()),
                "pid": found["pid"][closed],
                "cid": found["cid"][closed],
                "treated": against[closed],
                "entered": entered[closed],
                "closes": entered[closed] + window,
            },
            schema=pa.schema(list(_PERSON.items())),
        ),
        treated=int((closed & against).sum()),
        control=int((closed & base).sum()),
        open_treated=int((rest & ~closed & against).sum()),
        open_control=int((rest & ~closed & base).sum()),
        held_out=int(aside.sum()),
        earlier=int(earlier.sum()),
        mixed=int(found["mixed"][closed].sum()),
        control_share=share,
        since=entered[closed].min().item().replace(tzinfo=UTC) if closed.any() else None,
    )


def together(groups: Sequence[People]) -> pa.Table:
    """The rows of several journeys, for one statement about them all."""
    return pa.concat_tables([each.rows for each in groups]) if groups else pa.table({})


def _assignments(experiment: Experiment, as_of: datetime) -> dict[str, np.ndarray[Any, Any]]:
    """pid, cid, arm, n, entered, mixed as columns. Read past the ORM's conversions, row by row the larger part."""
    rows = Assignment.objects.filter(experiment=experiment, superseded=False, first_entry_at__lte=as_of).order_by("id")
    sql, params = rows.values_list("id", "cid", "arm", "n", "first_entry_at", "mixed").query.sql_with_params()
    with connection.cursor() as cursor:
        cursor.execute(sql, params)
        fetched = cursor.fetchall()
    pid, cid, arm, n, entered, mixed = zip(*fetched, strict=True) if fetched else [()] * 6
    # Without the ORM, SQLite gives naive instants in UTC and PostgreSQL aware ones; Arrow takes both as UTC.
    column = pa.array(entered, pa.timestamp("us", "UTC"))
    return {
        "pid": np.array(pid, dtype=np.int64),
        "cid": np.array(cid, dtype=np.int32),
        "arm": np.array(arm, dtype=str),
        "n": np.array(n, dtype=np.int64),
        "entered": column.to_numpy(zero_copy_only=False).astype("datetime64[us]"),
        "mixed": np.array(mixed, dtype=np.bool_),
    }
