"""Fitting the models to the orders and putting every customer's value in place, at once.

The orders are read and the models fitted beside the loader; only the swap of the result holds the warehouse. A fit that
finds nothing leaves the values as they were and writes down why.
"""

import time
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final, Literal

import numpy as np
import pyarrow as pa

from potager.core import clock, house
from potager.core.errors import Conflict
from potager.facts.warehouse import Warehouse, Writer
from potager.insight import tables
from potager.insight.moment import Moment
from potager.insight.statements import fingerprint
from potager.insight.value import bgnbd, clv, gamma_gamma, holdout, purchases
from potager.insight.value.clv import Customers, Terms, Values
from potager.insight.value.estimate import CannotFit, Estimate, Floats, Ints
from potager.insight.value.schemas import Estimated, ValueDecile, ValueParameter, ValueReport
from potager.insight.value.settings import ValueSettings, settings

# With fewer people who ever bought again, intervals are wider than any use.
MIN_REPEATERS: Final = 30


@dataclass(frozen=True, slots=True)
class Fitted:
    """What a fit did: how many customers have a value now, or why it found nothing (`error`)."""

    as_of: datetime
    ms: int
    customers: int
    report: ValueReport | None
    error: str | None


def run(as_of: str | date | datetime | None = None) -> Fitted:
    """Fit as of an instant and put the values in place.

    Raises Conflict("value.as_of") for an instant before the last fit: values only move forward.
    """
    asked, zone = settings(), house.facts().zone
    owner = tables.opened()
    with owner.heavy():
        at = clock.as_of(as_of)
        newest = newest_of(owner)
        if newest is not None and at < newest:
            raise Conflict(
                "value.as_of",
                zh=f"客户价值已经算到 {newest:%Y-%m-%d %H:%M}（UTC），不能退回更早的时间",
                en=f"Customer value stands at {newest:%Y-%m-%d %H:%M} UTC already and does not go back",
            )
        moment, started = Moment(at, zone), time.perf_counter()
        # Before the orders: what is loaded meanwhile may be in the values, and is asked about again.
        upto = int(owner.query("SELECT seq FROM watermark WHERE name = 'journal'")["seq"][0].as_py())
        try:
            rows, report = _computed(owner, moment, asked)
            error = None
        except CannotFit as reason:
            rows, report, error = None, None, reason.reason
        ms = round((time.perf_counter() - started) * 1000)
        with owner.write() as writer:
            if rows is not None:
                writer.replace("customer_value", rows)
            _note(
                writer,
                moment,
                asked,
                upto=upto,
                ms=ms,
                n=rows.num_rows if rows is not None else None,
                report=report,
                error=error,
            )
    return Fitted(at, ms, rows.num_rows if rows is not None else 0, report, error)


def bring_up() -> Fitted | None:
    """Fit if this business day has no fit yet; None when it has, or while its refresh is still to come."""
    owner, today = tables.opened(), clock.today()
    days = owner.query(
        """SELECT (SELECT max(as_of_day) FROM value_fit) AS fitted,
            (SELECT max(as_of_day) FROM result_state) AS refreshed"""
    ).to_pylist()[0]
    if days["fitted"] == today or (days["refreshed"] is not None and days["refreshed"] < today):
        return None
    return run()


def newest_of(owner: Warehouse) -> datetime | None:
    """The instant of the last fit, whatever it found."""
    found: datetime | None = owner.query("SELECT max(as_of) AS at FROM value_fit")["at"][0].as_py()
    return found.replace(tzinfo=UTC) if found else None


def _computed(owner: Warehouse, moment: Moment, asked: ValueSettings) -> tuple[pa.Table, ValueReport]:
    days = purchases.days(owner, moment)
    if not days.num_rows:
        raise CannotFit("no_one")
    rows = purchases.summary(owner, days, moment.day)
    people = Customers(
        rows["x"].to_numpy().astype(np.int64),
        *(rows[name].to_numpy().astype(np.float64) for name in ("t_x", "age", "total")),
    )
    repeaters = int((people.x > 0).sum())
    if 0 < repeaters < MIN_REPEATERS:
        raise CannotFit("too_few")
    buying = bgnbd.fit(bgnbd.grouped(people.x, people.t_x, people.T))
    spending = gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total))
    margin, source = _margin(owner, moment, asked)
    found = clv.values(buying, spending, people, Terms(asked.days, asked.months, asked.discount, margin))
    first: date = days["day"].to_numpy().min().item()
    report = ValueReport(
        settings=asked,
        margin=margin,
        margin_from=source,
        first_day=first,
        customers=len(people.x),
        repeaters=repeaters,
        repeats=int(people.x.sum()),
        buying=_parameters(buying, bgnbd.NAMES),
        spending=_parameters(spending, gamma_gamma.NAMES),
        mean_spend_minor=gamma_gamma.params_of(spending.logs).mean,
        correlation=_correlation(people),
        orders=_estimated(found.all_orders),
        profit_minor=_estimated(found.all_profit),
        clv_minor=_estimated(found.all_clv),
        alive=float(found.p_alive.sum()),
        alive_tenths=np.histogram(found.p_alive, bins=10, range=(0.0, 1.0))[0].tolist(),
        deciles=_deciles(found),
        holdout=holdout.held_out(owner, days, first, moment.day),
    )
    return _table(rows, people, found), report


def _margin(owner: Warehouse, moment: Moment, asked: ValueSettings) -> tuple[float, Literal["set", "orders", "none"]]:
    if asked.margin is not None:
        return asked.margin, "set"
    measured = purchases.margin(owner, moment)
    return (1.0, "none") if measured is None else (measured, "orders")


def _parameters(found: Estimate, names: tuple[str, ...]) -> list[ValueParameter]:
    parameters = []
    for at, name in enumerate(names):
        low, high = found.interval(at)
        parameters.append(ValueParameter(name=name, point=float(found.values[at]), low=low, high=high))
    return parameters


def _estimated(total: clv.Total) -> Estimated:
    return Estimated(point=total.point, low=total.low, high=total.high)


def _correlation(people: Customers) -> float | None:
    """Between repeats and money per repeat, among repeaters. None where either is the same for all."""
    again = people.x > 0
    x, z = people.x[again].astype(np.float64), people.total[again] / people.x[again]
    return float(np.corrcoef(x, z)[0, 1]) if np.ptp(x) and np.ptp(z) else None


def _deciles(found: Values) -> list[ValueDecile]:
    """Highest CLV first; the first tenths are the larger ones by one customer where ten does not divide them."""
    order = np.argsort(-found.clv, kind="stable")
    whole = float(found.clv.sum())
    return [
        ValueDecile(
            customers=len(part),
            lowest_minor=int(_minor(found.clv[part]).min()),
            clv_minor=float(found.clv[part].sum()),
            share=float(found.clv[part].sum()) / whole if whole > 0 else None,
            p_alive=float(found.p_alive[part].mean()),
            orders=float(found.orders[part].sum()),
        )
        for part in np.array_split(order, 10)
        if len(part)
    ]


def _minor(amount: Floats) -> Ints:
    return np.rint(amount).astype(np.int64)


def _table(rows: pa.Table, people: Customers, found: Values) -> pa.Table:
    """customer_value: one row per customer who ever bought, by cid."""
    return pa.table(
        {
            "cid": pa.array(rows["cid"].to_numpy().astype(np.int32)),
            "p_alive": pa.array(found.p_alive),
            "expected_orders": pa.array(found.orders),
            "expected_profit": pa.array(_minor(found.profit)),
            "clv": pa.array(_minor(found.clv)),
            "clv_low": pa.array(_minor(found.clv_low)),
            "clv_high": pa.array(_minor(found.clv_high)),
            "repeats": pa.array(people.x.astype(np.int32)),
            "recency": pa.array(people.t_x.astype(np.int32)),
            "age": pa.array(people.T.astype(np.int32)),
        }
    )


_STATE_FIELDS: Final[list[tuple[str, pa.DataType]]] = [
    ("as_of_day", pa.date32()),
    ("as_of", pa.timestamp("us")),
    ("upto_seq", pa.int64()),
    ("definition_hash", pa.string()),
    ("computed_at", pa.timestamp("us")),
    ("ms", pa.int64()),
    ("n", pa.int64()),
    ("error", pa.string()),
    ("report", pa.string()),
]
_STATE: Final = pa.schema(_STATE_FIELDS)


def _note(
    writer: Writer,
    moment: Moment,
    asked: ValueSettings,
    *,
    upto: int,
    ms: int,
    n: int | None,
    report: ValueReport | None,
    error: str | None,
) -> None:
    """Write down what this fit stands at. One row a business day; a fit that found nothing keeps the last report."""
    row = {
        "as_of_day": moment.day,
        "as_of": moment.at.astimezone(UTC).replace(tzinfo=None),
        "upto_seq": upto,
        "definition_hash": fingerprint(asked),
        "computed_at": clock.wall().replace(tzinfo=None),
        "ms": ms,
        "n": n,
        "error": error,
        "report": report and report.model_dump_json(),
    }
    kept = "" if error is None else " AND error IS NOT NULL"
    writer.execute(f"DELETE FROM value_fit WHERE as_of_day = ?{kept}", [moment.day])
    writer.append("value_fit", pa.Table.from_pylist([row], schema=_STATE))
