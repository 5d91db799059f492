"""What audiences were: their size at the end of each business day, and the last run of scheduled ones."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from potager.core import clock
from potager.insight import tables
from potager.insight.scheduled import LATE

# Days of a trend, today included.
DAYS: Final = 30

Sizes = list[tuple[date, int | None]]


@dataclass(frozen=True, slots=True)
class LastRun:
    """planned: when it was due, None when somebody asked for it."""

    as_of: datetime
    planned: datetime | None
    ran_at: datetime
    computed_at: datetime
    ms: int
    n: int

    @property
    def is_late(self) -> bool:
        """Whether it began well after it was due."""
        return self.planned is not None and self.ran_at - self.planned > LATE


def last_runs() -> dict[str, LastRun]:
    """The newest run of each scheduled audience."""
    rows = tables.opened().query(
        """SELECT * FROM audience_run
        QUALIFY row_number() OVER (PARTITION BY audience ORDER BY as_of DESC, computed_at DESC) = 1"""
    )
    return {
        row["audience"]: LastRun(
            _aware(row["as_of"]),
            None if row["planned"] is None else _aware(row["planned"]),
            _aware(row["ran_at"]),
            _aware(row["computed_at"]),
            row["ms"],
            row["n"],
        )
        for row in rows.to_pylist()
    }


def trends(since: Mapping[str, datetime], days: int = DAYS) -> dict[str, Sizes]:
    """The size of each audience at the end of each of the last business days, as computed by then; None before its
    first version.

    since  the audiences wanted, and from when each is what it is now: older versions were of another of that key
    """
    today = clock.today()
    dates = [today - timedelta(days=back) for back in range(days - 1, -1, -1)]
    found = {key: dict[date, int]() for key in since}
    before: dict[str, int] = {}
    for row in _by_day(dates, since):
        if row["day"] is None:
            before[row["audience"]] = row["n"]
        else:
            found[row["audience"]][row["day"]] = row["n"]
    return {key: _filled(dates, sizes, before.get(key)) for key, sizes in found.items()}


def _by_day(dates: list[date], since: Mapping[str, datetime]) -> list[dict[str, Any]]:
    """The last size of each audience on each day it was computed anew; day None: before the first of `dates`."""
    ends = pa.table({
        "day": pa.array([None, *dates], pa.date32()),
        "until": pa.array([_naive(clock.day_start(dates[0])), *(_naive(clock.day_end(day)) for day in dates)]),
    })  # fmt: skip
    wanted = pa.table({
        "audience": pa.array(list(since), pa.string()),
        "since": pa.array([_naive(at) for at in since.values()], pa.timestamp("us")),
    })  # fmt: skip
    # Instants of several versions may be one; ends of days never are.
    rows = tables.opened().query(
        """SELECT v.audience, e.day, max_by(v.n, v.version) AS n
        FROM (SELECT * FROM audience_version JOIN wanted USING (audience) WHERE as_of >= since) v
        ASOF JOIN ends e ON v.as_of <= e.until GROUP BY ALL""",
        beside={"ends": ends, "wanted": wanted},
    )
    return rows.to_pylist()


def _filled(dates: list[date], sizes: Mapping[date, int], before: int | None) -> Sizes:
    found: Sizes = []
    for day in dates:
        before = sizes.get(day, before)
        found.append((day, before))
    return found


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
