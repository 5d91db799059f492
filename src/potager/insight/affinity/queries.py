"""Reads of rules, next products and names for pages and the command line."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any, Final, Literal

import pyarrow as pa

from potager.core import clock
from potager.insight import tables
from potager.insight.affinity.baskets import lines_sql
from potager.insight.affinity.mining import NEXT, Mined, name_of
from potager.insight.affinity.settings import AffinitySettings, Basket, Grain
from potager.insight.moment import Moment
from potager.insight.slots import utc_text

Sort = Literal["q", "lift", "confidence", "n"]
_ORDER: Final[Mapping[Sort, str]] = {
    "q": "q, lift DESC",
    "lift": "lift DESC, n DESC",
    "confidence": "confidence DESC, n DESC",
    "n": "n DESC, lift DESC",
}


@dataclass(frozen=True, slots=True)
class Run:
    """What stored results stand at; nothing of it is known before the first run."""

    as_of: datetime
    computed_at: datetime
    ms: int
    baskets: int | None
    items: int | None
    minimums: list[int] | None
    n: int


@dataclass(frozen=True, slots=True)
class Filters:
    """Which rules are wanted. item stands on either side; least_* and most_q bound what a rule says."""

    item: str = ""
    least_lift: float = 0
    least_n: int = 0
    most_q: float = 1
    sort: Sort = "q"


@dataclass(frozen=True, slots=True)
class Item:
    key: str
    name: str
    buyers: int


def run_of(grain: Grain, basket: Basket) -> Run | None:
    """What the stored rules of a grain and basket stand at."""
    return _run(name_of(grain, basket))


def next_run() -> Run | None:
    """What the stored next products stand at."""
    return _run(NEXT)


def rules(grain: Grain, basket: Basket, wanted: Filters, *, size: int, offset: int = 0) -> tuple[list[Any], int]:
    """Stored rules as rows, and how many there are in all."""
    source = f"SELECT * EXCLUDE (grain, basket) FROM affinity_rule WHERE grain = '{grain}' AND basket = '{basket}'"
    return _chosen(source, wanted, size, offset, {})


def rules_of(mined: Mined, wanted: Filters, *, size: int, offset: int = 0) -> tuple[list[Any], int]:
    """The same of rules just mined."""
    return _chosen("FROM mined", wanted, size, offset, {"mined": mined.rules})


def names(grain: Grain, keys: Iterable[str]) -> dict[str, str]:
    """What a person calls these items: a product's name; categories and brands are called what they are."""
    wanted = sorted(set(keys))
    found = {key: key for key in wanted}
    if grain == Grain.PRODUCT and wanted:
        marks = ", ".join("?" * len(wanted))
        rows = tables.opened().query(f"SELECT product, name FROM product WHERE product IN ({marks})", wanted)
        found |= {row["product"]: row["name"] for row in rows.to_pylist() if row["name"]}
    return found


def items(settings: AffinitySettings, grain: Grain, search: str, size: int) -> list[Item]:
    """Items bought in the window whose key or name contains `search`, the most bought first."""
    moment = Moment(clock.now(), clock.zone())
    named = "any_value(coalesce(p.name, i.key))" if grain == Grain.PRODUCT else "i.key"
    found = tables.opened().query(
        f"""SELECT i.key, {named} AS name, any_value(i.buyers) AS buyers
        FROM (SELECT {grain} AS key, count(DISTINCT cid) AS buyers
            FROM ({lines_sql(settings, moment, days=settings.days)}) WHERE {grain} <> '' GROUP BY 1) i
        LEFT JOIN product p ON p.product = i.key
        GROUP BY i.key HAVING contains(lower(i.key || ' ' || {named}), lower($search))
        ORDER BY buyers DESC, i.key LIMIT {int(size)}""",
        {"search": search},
    )
    return [Item(**row) for row in found.to_pylist()]


def next_of(cid: int) -> list[Any]:
    """The next products of one customer as last computed, without what they have bought since."""
    run = next_run()
    if run is None:
        return []
    rows = tables.opened().query(
        f"""SELECT * EXCLUDE (cid, rank) FROM affinity_next n WHERE cid = $cid AND NOT EXISTS (
            FROM order_item i JOIN orders o ON o.k1 = i.k1 AND o.k2 = i.k2
            WHERE i.cid = $cid AND i.product = n.product AND o.status = 'paid'
                AND o.ts > TIMESTAMP '{utc_text(run.as_of)}')
        ORDER BY rank""",
        {"cid": cid},
    )
    return rows.to_pylist()


def last_days(cid: int, products: Sequence[str]) -> dict[str, date]:
    """When a customer last bought each of these products."""
    if not products:
        return {}
    marks = ", ".join("?" * len(products))
    rows = tables.opened().query(
        f"""SELECT i.product, CAST(max(o.day) AS DATE) AS day FROM order_item i
        JOIN orders o ON o.k1 = i.k1 AND o.k2 = i.k2 AND o.status = 'paid'
        WHERE i.cid = ? AND i.product IN ({marks}) GROUP BY i.product""",
        [cid, *products],
    )
    return {row["product"]: row["day"] for row in rows.to_pylist()}


def _run(name: str) -> Run | None:
    rows = tables.opened().query(
        "SELECT as_of, computed_at, ms, baskets, items, minimums, n FROM affinity_run WHERE name = ?", [name]
    )
    for row in rows.to_pylist():
        times = {key: row[key].replace(tzinfo=UTC) for key in ("as_of", "computed_at")}
        return Run(**{**row, **times})
    return None


def _chosen(
    source: str, wanted: Filters, size: int, offset: int, beside: Mapping[str, pa.Table]
) -> tuple[list[Any], int]:
    owner = tables.opened()
    params = {"item": wanted.item, "lift": wanted.least_lift, "n": wanted.least_n, "q": wanted.most_q}
    item = "(list_contains(left_items, $item) OR right_item = $item)" if wanted.item else "$item = ''"
    select = f"SELECT * FROM ({source}) WHERE {item} AND lift >= $lift AND n >= $n AND q <= $q"
    order = f"{_ORDER[wanted.sort]}, left_items, right_item"
    page = f"{select} ORDER BY {order} LIMIT {int(size)} OFFSET {int(offset)}"
    total = owner.query(f"SELECT count(*) AS n FROM ({select})", params, beside=beside)["n"][0].as_py()
    return owner.query(page, params, beside=beside).to_pylist(), int(total)
