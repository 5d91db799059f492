"""Generated histories: what comes to a house between one refresh and the next, in the order it becomes known."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from datetime import UTC, datetime, timedelta
from typing import Any
from zoneinfo import ZoneInfo

import pyarrow as pa
from hypothesis import strategies as st

from potager.core.ids import key_of
from potager.facts.warehouse import Warehouse
from potager.facts.warehouse.schema import recreate_event_view
from potager.insight import tables
from potager.insight.conditions.base import Happening

from .conditions_strategies import happenings
from .garden import ATTRS, CHANNELS, PRODUCTS, TYPES

ZONE = ZoneInfo("Asia/Shanghai")
# Two in the afternoon in Shanghai; a history that goes on for ten hours crosses midnight.
START = datetime(2026, 11, 3, 6, tzinfo=UTC)
_PROPS = (
    ("p_product", "VARCHAR"), ("p_seconds", "DOUBLE"), ("p_shared", "BOOLEAN"), ("p_group_chat", "VARCHAR"),
    ("p_purpose", "VARCHAR"),
)  # fmt: skip
_KIND = {"NUMBER": "DOUBLE", "MONEY": "BIGINT", "BOOL": "BOOLEAN", "DATE": "DATE"}


@dataclass(frozen=True)
class Came:
    """A fact of a customer, whenever it happened."""

    cid: int
    happening: Happening


@dataclass(frozen=True)
class Corrected:
    """A newer version of a customer's latest order: another amount, or cancelled, or somebody else's."""

    cid: int
    amount: int
    status: str
    owner: int


@dataclass(frozen=True)
class Moved:
    """Everything of one customer belongs to another from now on."""

    cid: int
    into: int


@dataclass(frozen=True)
class Said:
    """A customer's entry: an attribute."""

    cid: int
    city: str | None


@dataclass(frozen=True)
class Met:
    """A relation with a member of the staff."""

    cid: int
    staff: str
    since: datetime
    until: datetime | None


@dataclass(frozen=True)
class Filed:
    """A product put under another category."""

    product: str
    category: str


Step = Came | Corrected | Moved | Said | Met | Filed


@dataclass(frozen=True)
class History:
    """What is known at first, then what comes before each further refresh, and how many hours later that is."""

    customers: int
    first: Sequence[Step]
    later: Sequence[tuple[int, Sequence[Step]]]


@st.composite
def histories(draw: Any) -> History:
    customers = draw(st.integers(2, 5))
    cids = st.integers(1, customers)
    near = st.sampled_from([START + timedelta(hours=hours) for hours in (-700, -49, -25, -24, -3, -1, 0, 1, 2, 5)])
    came = st.builds(Came, cids, happenings(ZONE))
    steps = st.one_of(
        came,
        came,
        came,
        st.builds(Corrected, cids, st.sampled_from([0, 3333, 10050]), st.sampled_from(["paid", "cancelled"]), cids),
        st.builds(Moved, cids, cids),
        st.builds(Said, cids, st.sampled_from(["上海", "杭州", None])),
        st.builds(Met, cids, st.sampled_from(["zhangsan", "lisi"]), near, st.none() | near),
        st.builds(Filed, st.sampled_from(["p1", "p2", "p9"]), st.sampled_from(["护肤", "彩妆"])),
    )
    later = st.tuples(st.sampled_from([0, 0, 1, 1, 2, 9]), st.lists(steps, min_size=1, max_size=4))
    return History(customers, draw(st.lists(came, max_size=10)), draw(st.lists(later, min_size=1, max_size=4)))


@dataclass
class Plant:
    """A warehouse that a history grows in, one numbered entry after another, as the loader would."""

    warehouse: Warehouse
    seq: int = 0
    orders: dict[int, list[tuple[int, int, Happening]]] = field(default_factory=dict)

    def prepare(self, customers: int) -> None:
        """Empty tables with the columns of the garden, its dictionaries, and so many customers."""
        tables.opened()
        with self.warehouse.write() as writer:
            for name in writer.query("SELECT table_name AS name FROM duckdb_tables() WHERE NOT temporary").to_pylist():
                table = name["name"]
                if table.startswith(("tag_wide_", tables.KEPT)):
                    writer.execute(f"DROP TABLE {table}")
                else:
                    writer.execute(f"DELETE FROM {table}")
            for table in ("event_hot", "event_cold"):
                for column, kind in _PROPS:
                    writer.execute(f"ALTER TABLE {table} ADD COLUMN IF NOT EXISTS {column} {kind}")
            for attr in ATTRS.values():
                kind = _KIND.get(attr.kind.name, "VARCHAR")
                writer.execute(f"ALTER TABLE customer ADD COLUMN IF NOT EXISTS {attr.column} {kind}")
            recreate_event_view(writer)
            writer.execute("INSERT INTO watermark VALUES ('journal', 0)")
            for table, numbers in (("event_type", TYPES), ("channel_dict", CHANNELS)):
                named = pa.table({"id": pa.array(numbers.values(), pa.int16()), "key": list(numbers)})
                writer.append(table, named)
        for product, (_, category, _) in PRODUCTS.items():
            self.grow([Filed(product, category)])
        self.grow([Said(cid, None) for cid in range(1, customers + 1)])

    def grow(self, steps: Sequence[Step]) -> None:
        """One entry for each step, then the watermark."""
        with self.warehouse.write() as writer:
            self._writer = writer
            for step in steps:
                self.seq += 1
                match step:
                    case Came():
                        self._came(step)
                    case Corrected():
                        self._corrected(step)
                    case Moved():
                        self._moved(step)
                    case Said():
                        self._put("customer", cid=step.cid, live=True, a_city=step.city, first_seen=_naive(START))
                    case Met():
                        self._put(
                            "relation", cid=step.cid, staff=step.staff, since=_naive(step.since),
                            until=_naive(step.until),
                        )  # fmt: skip
                    case Filed():
                        writer.execute("DELETE FROM product WHERE product = ?", [step.product])
                        self._put("product", product=step.product, category=step.category)
            writer.execute("UPDATE watermark SET seq = ? WHERE name = 'journal'", [self.seq])

    def _put(self, table: str, **row: Any) -> None:
        if table == "customer":
            # One that was merged away stays so.
            gone = self._writer.query("SELECT 1 AS x FROM customer WHERE cid = ? AND NOT live", [row["cid"]]).num_rows
            row["live"] = row["live"] and not gone
            self._writer.execute("DELETE FROM customer WHERE cid = ?", [row["cid"]])
        named = {**row, "seq": self.seq}
        marks = ", ".join("?" * len(named))
        self._writer.execute(f"INSERT INTO {table} ({', '.join(named)}) VALUES ({marks})", list(named.values()))

    def _came(self, step: Came) -> None:
        one, key = step.happening, key_of("fact", str(self.seq))
        iid = step.cid
        moved = self._writer.query("SELECT cid FROM identity_move WHERE iid = ?", [iid])["cid"].to_pylist()
        fact = {
            "k1": key.k1, "k2": key.k2, "iid": iid, "cid": moved[0] if moved else iid, "ts": _naive(one.at),
            "day": one.day,
        }  # fmt: skip
        props = one.props
        if one.type == "order_paid":
            self._put("orders", **fact, version=1, status="paid", amount=props["amount"], store=props["store"])
            for n, item in enumerate(one.items):
                line = {name: item.get(name) for name in ("product", "qty", "amount")}
                self._put("order_item", **fact, line=str(n), version=1, **line)
            self.orders.setdefault(iid, []).append((key.k1, key.k2, one))
        elif one.type == "order_refunded":
            self._put("refund", **fact, o1=0, o2=0, version=1, amount=props["amount"])
        else:
            self._put(
                "event_hot", **fact, type=TYPES[one.type], channel=CHANNELS.get(props.get("channel") or ""),
                p_product=props.get("product"), p_seconds=props.get("seconds"), p_shared=props.get("shared"),
                p_group_chat=props.get("group_chat"), p_purpose=props.get("purpose"),
            )  # fmt: skip

    def _corrected(self, step: Corrected) -> None:
        """The row of the newer version takes the older one's place, and who loses the order is remembered."""
        if not (mine := self.orders.get(step.cid)):
            return
        k1, k2, one = mine[-1]
        [old] = self._writer.query("SELECT * FROM orders WHERE k1 = ? AND k2 = ?", [k1, k2]).to_pylist()
        found = self._writer.query("SELECT cid FROM identity_move WHERE iid = ?", [step.owner])["cid"].to_pylist()
        cid = found[0] if found else step.owner
        if cid != old["cid"]:
            self._put("left_behind", cid=old["cid"])
        self._writer.execute("DELETE FROM orders WHERE k1 = ? AND k2 = ?", [k1, k2])
        self._put(
            "orders", k1=k1, k2=k2, iid=step.owner, cid=cid, ts=old["ts"], day=one.day, version=old["version"] + 1,
            status=step.status, amount=step.amount, store=old["store"],
        )  # fmt: skip
        self._writer.execute("UPDATE order_item SET cid = ? WHERE k1 = ? AND k2 = ?", [cid, k1, k2])

    def _moved(self, step: Moved) -> None:
        """As the loader rewrites: facts by the identity they came by, both customers' entries anew."""
        known = self._writer.query("SELECT iid FROM identity_move WHERE iid IN (?, ?)", [step.cid, step.into])
        if step.cid == step.into or known.num_rows:
            return
        self._put("identity_move", iid=step.cid, cid=step.into)
        for table in ("event_hot", "event_cold", "orders", "order_item", "refund"):
            self._writer.execute(f"UPDATE {table} SET cid = ? WHERE iid = ?", [step.into, step.cid])
        self._put("customer", cid=step.cid, live=False)
        self._writer.execute("UPDATE customer SET seq = ? WHERE cid = ?", [self.seq, step.into])


def _naive(at: datetime | None) -> datetime | None:
    return at.astimezone(UTC).replace(tzinfo=None) if at else None
