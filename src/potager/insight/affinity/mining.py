"""Mining the rules of the house and swapping them in; as of any instant, without storing anything."""

import time
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import pyarrow as pa

from potager.core import clock
from potager.facts.warehouse import Warehouse
from potager.insight import tables
from potager.insight.affinity import following, plan, settings
from potager.insight.affinity.scratch import worked
from potager.insight.affinity.settings import AffinitySettings, Basket, Bounds, Grain
from potager.insight.moment import Moment

NEXT: Final = "next"
_RUN_FIELDS: Final[list[tuple[str, pa.DataType]]] = [
    ("name", pa.string()),
    ("as_of", pa.timestamp("us")),
    ("as_of_day", pa.date32()),
    ("upto_seq", pa.int64()),
    ("computed_at", pa.timestamp("us")),
    ("ms", pa.int64()),
    ("definition_hash", pa.string()),
    ("baskets", pa.int64()),
    ("items", pa.int64()),
    ("minimums", pa.list_(pa.int64())),
    ("n", pa.int64()),
]
_RUN: Final = pa.schema(_RUN_FIELDS)


@dataclass(frozen=True, slots=True)
class Mined:
    """Rules and what they were mined from.

    rules     left_items, right_item, n, n_left, n_right, baskets, support, confidence, lift, p, q
    minimums  the count from which sets of 2, 3 … items are all there: above what was asked where the bounds said so
    """

    rules: pa.Table
    baskets: int
    items: int
    minimums: tuple[int, ...]


def name_of(grain: Grain, basket: Basket) -> str:
    """The name a run's freshness is kept under: "rules:product:order"."""
    return f"rules:{grain}:{basket}"


def mine(chosen: AffinitySettings, moment: Moment, grain: Grain, basket: Basket, bounds: Bounds | None = None) -> Mined:
    """Mine the rules of one grain and basket as of a moment."""
    owner = tables.opened()
    with worked(owner, plan.steps(chosen, moment, grain, basket, bounds)):
        total = owner.query(f"SELECT baskets, items FROM {plan.TOTAL}").to_pylist()[0]
        minimums = [_number(owner, plan.complete_sql(size)) for size in range(2, chosen.max_left + 2)]
        return Mined(owner.query(f"FROM {plan.RESULT}"), total["baskets"], total["items"], tuple(minimums))


def run(as_of: str | date | datetime | None = None, *, bounds: Bounds | None = None) -> int:
    """Mine every grain and basket, then the next products; each is swapped in when it is ready. Returns how many."""
    chosen, moment = settings.current(), Moment(clock.as_of(as_of), clock.zone())
    owner = tables.opened()
    for grain in Grain:
        for basket in Basket:
            started, upto = time.perf_counter(), _upto(owner)
            mined = mine(chosen, moment, grain, basket, bounds)
            _swap(owner, grain, basket, mined, _run_row(chosen, moment, started, upto))
    started, upto = time.perf_counter(), _upto(owner)
    found = following.find(chosen, moment)
    _swap_next(owner, found, _run_row(chosen, moment, started, upto))
    return len(Grain) * len(Basket) + 1


def bring_up() -> int:
    """Mine what does not stand at today and the settings in force; 0 when everything does."""
    chosen = settings.current().fingerprint()
    rows = tables.opened().query("SELECT as_of_day, definition_hash FROM affinity_run").to_pylist()
    today = clock.today()
    wanted = len(Grain) * len(Basket) + 1
    if len(rows) == wanted and all(row["as_of_day"] == today and row["definition_hash"] == chosen for row in rows):
        return 0
    return run()


def _upto(owner: Warehouse) -> int:
    return _number(owner, "SELECT seq FROM watermark WHERE name = 'journal'")


def _number(owner: Warehouse, sql: str) -> int:
    return int(owner.query(sql).column(0)[0].as_py())


def _run_row(chosen: AffinitySettings, moment: Moment, started: float, upto: int) -> dict[str, object]:
    return {
        "as_of": moment.at.astimezone(UTC).replace(tzinfo=None),
        "as_of_day": moment.day,
        "upto_seq": upto,
        "computed_at": clock.wall().replace(tzinfo=None),
        "ms": round((time.perf_counter() - started) * 1000),
        "definition_hash": chosen.fingerprint(),
    }


def _swap(owner: Warehouse, grain: Grain, basket: Basket, mined: Mined, row: Mapping[str, object]) -> None:
    rules = mined.rules.append_column("grain", pa.array([str(grain)] * mined.rules.num_rows, pa.string()))
    rules = rules.append_column("basket", pa.array([str(basket)] * mined.rules.num_rows, pa.string()))
    made = {
        **row, "name": name_of(grain, basket), "baskets": mined.baskets, "items": mined.items,
        "minimums": list(mined.minimums), "n": mined.rules.num_rows,
    }  # fmt: skip
    with owner.write() as writer:
        writer.execute("DELETE FROM affinity_rule WHERE grain = ? AND basket = ?", [str(grain), str(basket)])
        writer.append("affinity_rule", rules)
        writer.execute("DELETE FROM affinity_run WHERE name = ?", [made["name"]])
        writer.append("affinity_run", pa.Table.from_pylist([made], schema=_RUN))


def _swap_next(owner: Warehouse, found: pa.Table, row: Mapping[str, object]) -> None:
    with owner.write() as writer:
        writer.replace("affinity_next", found)
        writer.execute("DELETE FROM affinity_run WHERE name = ?", [NEXT])
        made = {**row, "name": NEXT, "n": found.num_rows}
        writer.append("affinity_run", pa.Table.from_pylist([made], schema=_RUN))
