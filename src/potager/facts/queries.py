"""Reads of this room: what happened how often, what is sold, what was spent, which imports there were."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import TypeVar

from django.db.models import QuerySet

from potager.core.errors import NotFound
from potager.core.paging import PageQuery
from potager.facts import plan, warehouse
from potager.facts.models import ImportRun

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Heard:
    """How often an event was heard of, and when first and last."""

    count: int
    first: datetime
    last: datetime


@dataclass(frozen=True, slots=True)
class Product:
    product: str
    name: str | None
    category: str | None
    brand: str | None
    price: int | None
    cost: int | None
    life_days: int | None


@dataclass(frozen=True, slots=True)
class Cost:
    day: date
    source: str
    channel: str
    amount: int


def heard() -> dict[str, Heard]:
    """Per event key of the plan; paid orders and refunds are counted as the events they are."""
    rows = warehouse.get().query(
        """SELECT t.key, count(*) AS n, min(ts) AS first, max(ts) AS last
            FROM event e JOIN event_type t ON t.id = e.type GROUP BY t.key
        UNION ALL SELECT 'order_paid', count(*), min(ts), max(ts) FROM orders WHERE status = 'paid' HAVING count(*) > 0
        UNION ALL SELECT 'order_refunded', count(*), min(ts), max(ts) FROM refund HAVING count(*) > 0"""
    )
    return {
        row["key"]: Heard(row["n"], row["first"].replace(tzinfo=UTC), row["last"].replace(tzinfo=UTC))
        for row in rows.to_pylist()
    }


def misfits() -> dict[tuple[str, str], int]:
    """(event key, property key) → how many values did not fit the declared kind."""
    rows = warehouse.get().query(
        """SELECT t.key, m.property, sum(m.n)::BIGINT AS n
        FROM property_misfit m JOIN event_type t ON t.id = m.type GROUP BY t.key, m.property"""
    )
    return {(row["key"], row["property"]): row["n"] for row in rows.to_pylist()}


def unplanned_properties(event: str, newest: int = 10_000) -> list[tuple[str, int]]:
    """The properties that the newest events of a kind carry and nobody planned, most frequent first."""
    known = {each.key for each in plan.events()[event].properties} if event in plan.events() else set()
    rows = warehouse.get().query(
        """SELECT key, count(*)::BIGINT AS n FROM (
            SELECT unnest(json_keys(props)) AS key FROM (
                SELECT e.props FROM event AS e JOIN event_type AS t ON t.id = e.type
                WHERE t.key = $event ORDER BY e.ts DESC LIMIT $newest
            )
        ) GROUP BY key ORDER BY n DESC, key""",
        {"event": event, "newest": newest},
    )
    return [(row["key"], row["n"]) for row in rows.to_pylist() if row["key"] not in known]


def plan_events() -> list[tuple[plan.Event, Heard | None]]:
    """Every event of the plan with what was heard of it; unplanned ones first, then by how often."""
    counts = heard()
    rows = [(event, counts.get(key)) for key, event in plan.events().items()]
    return sorted(rows, key=lambda row: (row[0].planned, -(row[1].count if row[1] else 0), row[0].key))


def products(page: PageQuery, *, search: str = "") -> tuple[list[Product], int]:
    """Products by key, those whose key, name, category or brand contains `search`."""
    where = "contains(lower(concat_ws(' ', product, name, category, brand)), lower($search))"
    columns = "product, name, category, brand, price, cost, life_days"
    return _page(Product, f"SELECT {columns} FROM product WHERE {where} ORDER BY product", page, {"search": search})


def costs(page: PageQuery) -> tuple[list[Cost], int]:
    """Channel costs, newest day first."""
    select = "SELECT day, source, channel, amount FROM channel_cost ORDER BY day DESC, source, channel"
    return _page(Cost, select, page, {})


def imports() -> QuerySet[ImportRun]:
    """Every import, newest first."""
    return ImportRun.objects.order_by("-id")


def import_run(run_id: int) -> ImportRun:
    """Raises NotFound."""
    run = ImportRun.objects.filter(id=run_id).first()
    if run is None:
        raise NotFound("导入", "import", run_id)
    return run


def _page(kind: Callable[..., T], select: str, page: PageQuery, params: Mapping[str, object]) -> tuple[list[T], int]:
    owner = warehouse.get()
    total = owner.query(f"SELECT count(*) AS n FROM ({select})", params)["n"][0].as_py()
    rows = owner.query(f"{select} LIMIT {page.size} OFFSET {(page.page - 1) * page.size}", params)
    return [kind(**row) for row in rows.to_pylist()], int(total)
