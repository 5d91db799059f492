"""The test of the purchase model: fitted without the last weeks, and held against them."""

from datetime import date, timedelta
from typing import Final

import numpy as np
import pyarrow as pa

from potager.facts.warehouse import Warehouse
from potager.insight.value import bgnbd, purchases
from potager.insight.value.estimate import CannotFit, Floats, Ints
from potager.insight.value.schemas import ValueBucket, ValueHoldout, ValueWeek

# Weeks held out: a quarter of the time observed, within these; none when less than twice that would be left to learn.
_SHORTEST: Final = 4
_LONGEST: Final = 26
# A bucket is closed when it holds this part of the customers.
_BUCKET: Final = 0.1


def cut_of(first: date, last: date) -> date | None:
    """The last day the fit may see; None when too little time was observed."""
    weeks = ((last - first).days + 1) // 7
    held = min(max(weeks // 4, _SHORTEST), _LONGEST)
    return last - timedelta(weeks=held) if weeks >= 3 * held else None


def held_out(owner: Warehouse, days: pa.Table, first: date, last: date) -> ValueHoldout | None:
    """Expected against actual. None when too little time was observed, or what was cannot be fitted."""
    cut = cut_of(first, last)
    if cut is None:
        return None
    rows = purchases.summary(owner, days, cut)
    x, t_x, age, later = (rows[name].to_numpy() for name in ("x", "t_x", "age", "later"))
    x, t_x, age = x.astype(np.int64), t_x.astype(np.float64), age.astype(np.float64)
    try:
        params = bgnbd.params_of(bgnbd.fit(bgnbd.grouped(x, t_x, age)).logs)
    except CannotFit:
        return None
    length = (last - cut).days
    expected = bgnbd.expected_purchases(params, x, t_x, age, float(length))
    return ValueHoldout(
        cut=cut,
        days=length,
        customers=len(x),
        expected=float(expected.sum()),
        actual=int(later.sum()),
        buckets=_buckets(x, expected, later),
        weeks=_weeks(purchases.by_day(owner, days, cut), params, first, cut, last),
    )


def _buckets(x: Ints, expected: Floats, later: Ints) -> list[ValueBucket]:
    found = []
    for least, most in _edges(x):
        inside = (x >= least) & (x <= most)
        bought = later[inside]
        spread = float(bought.std(ddof=1)) if len(bought) > 1 else 0.0
        found.append(
            ValueBucket(
                least=least,
                most=most,
                customers=len(bought),
                expected=float(expected[inside].mean()),
                actual=float(bought.mean()),
                error=spread / float(np.sqrt(len(bought))),
            )
        )
    return found


def _edges(x: Ints) -> list[tuple[int, int]]:
    """From few repeats to many: so many frequencies together as hold a tenth; too few at the end join the last."""
    found: list[tuple[int, int]] = []
    least, held = 0, 0
    for repeats, customers in zip(*np.unique(x, return_counts=True), strict=True):
        held += int(customers)
        if held >= _BUCKET * len(x):
            found.append((least, int(repeats)))
            least, held = int(repeats) + 1, 0
    if held:
        start = found.pop()[0] if found else 0
        found.append((start, int(x.max())))
    return found


def _weeks(rows: pa.Table, params: bgnbd.Params, first: date, cut: date, last: date) -> list[ValueWeek]:
    """Whole weeks back from the last day; days before the first whole one are left out."""
    length = (last - first).days + 1
    came, repeats = np.zeros(length), np.zeros(length, dtype=np.int64)
    at = (rows["day"].to_numpy().astype("datetime64[D]") - np.datetime64(first)).astype(np.int64)
    came[at], repeats[at] = rows["came"].to_numpy(), rows["repeats"].to_numpy()
    # By the end of day d a customer of day f is expected to have repeated as often as within d - f days.
    cumulative = np.convolve(came, bgnbd.expected_repeats(params, np.arange(length, dtype=np.float64)))[:length]
    expected = np.diff(cumulative, prepend=0.0)
    weeks = []
    for end in range(length % 7 + 7, length + 1, 7):
        start = first + timedelta(days=end - 7)
        weeks.append(
            ValueWeek(
                start=start,
                expected=float(expected[end - 7 : end].sum()),
                actual=int(repeats[end - 7 : end].sum()),
                held_out=start > cut,
            )
        )
    return weeks
