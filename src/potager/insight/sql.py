"""The set interpreter's printer: a plan as Ibis expressions, as DuckDB SQL with slots.

Ibis prints, the warehouse's driver runs. Importing Ibis takes a second, so it happens on first use, and printed
statements are kept by what they answer (see sets.py).
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from potager.insight.conditions.base import BoundLeaf, Rows
from potager.insight.conditions.features import DAY, WEEK, Aggregate, Feature, Fn, Measure, Window
from potager.insight.conditions.logic import Bound, fold
from potager.insight.conditions.where import Clause, Either, Every, Filter, HasItem, Neither, filters
from potager.insight.fields import ANY_EVENT, Kind
from potager.insight.plan import WORD, Plan, Scan, make_plan
from potager.insight.slots import Slots

if TYPE_CHECKING:
    import ibis.expr.types as ir

COLUMN = {
    Kind.TEXT: "string",
    Kind.CHOICE: "string",
    Kind.NUMBER: "float64",
    Kind.MONEY: "int64",
    Kind.BOOL: "boolean",
    Kind.DATE: "date",
    Kind.TIME: "timestamp",
}
_METHOD = {
    Fn.COUNT: "count",
    Fn.SUM: "sum",
    Fn.DISTINCT: "nunique",
    Fn.MIN: "min",
    Fn.MAX: "max",
    Fn.FIRST: "min",
    Fn.LAST: "max",
}
_FACT = {"cid": "int32", "ts": "timestamp", "day": "date"}
_TABLES = {
    "customer": {"cid": "int32", "live": "boolean", "first_seen": "timestamp", "first_day": "date"},
    "relation": {
        "cid": "int32", "staff": "string", "since": "timestamp", "until": "timestamp", "source": "string",
    },
    "manual_tag": {
        "cid": "int32", "tag": "string", "value": "string", "since": "timestamp", "until": "timestamp",
    },
    "customer_value": {
        "cid": "int32", "p_alive": "float64", "expected_orders": "float64", "expected_profit": "int64", "clv": "int64",
    },
    "layer_history": {
        "model": "string", "cid": "int32", "layer": "string", "from_day": "date", "to_day": "date",
    },
    "order_item": {
        "k1": "int64", "k2": "int64", "product": "string", "qty": "float64", "amount": "int64",
    },
    "product": {"product": "string", "name": "string", "category": "string", "brand": "string"},
}  # fmt: skip


@dataclass(frozen=True, slots=True)
class ScanTable:
    """A scan's result: one row per customer, its aggregates by what they compute. `prefix` sets them apart in joins."""

    table: Any
    aggregates: Sequence[Aggregate]
    prefix: str = ""

    def column(self, aggregate: Aggregate) -> Any:
        return self.table[f"{self.prefix}a{self.aggregates.index(aggregate)}"]


class Printer:
    """Builds the expressions of one plan. `slots` collects what is filled at run time."""

    def __init__(self, plan: Plan, slots: Slots | None = None) -> None:
        self.plan = plan
        self.slots = slots or Slots()

    def table(self, name: str, more: Mapping[str, str] | None = None, *, cid: bool = True) -> "ir.Table":
        """A table of the warehouse, or one beside it; `more` are columns this room does not know by heart."""
        import ibis

        columns = _TABLES.get(name, {"cid": "int32"} if cid else {})
        return ibis.table({**columns, **(more or {})}, name=name)

    def customers(self, more: Mapping[str, str] | None = None, only: str | None = None) -> "ir.Table":
        """The universe: live customers, with the attributes any leaf looks at."""
        columns = {
            leaf.field.column: COLUMN[leaf.field.kind]
            for leaf in self.plan.leaves
            if leaf.source == "customer" and hasattr(leaf, "field")
        }
        table = self.table("customer", columns | dict(more or {}))
        return self.restricted(table.filter(table.live), only)

    def restricted(self, table: "ir.Table", only: str | None) -> "ir.Table":
        """The rows of the customers in the table `only`, all when None."""
        return table if only is None else table.semi_join(self.table(only), "cid")

    def members(self, bound: Bound) -> "ir.Table":
        """The live customers for whom another condition holds, asked at the same instant."""
        return members_table(bound, self.slots)

    def added(self) -> "ir.Table":
        """When each customer was added: the first relation by then, or else the first time they were seen."""
        import ibis

        relation = self.table("relation")
        first = relation.filter(relation.since <= self.slots.as_of()).group_by("cid").agg(since=relation.since.min())
        customer = self.customers().select("cid", "first_seen")
        joined = customer.left_join(first, "cid")
        return joined.select(customer.cid, added_at=ibis.coalesce(first.since, customer.first_seen))

    def expected(self) -> "ir.Table":
        """What is expected of each customer; missing for who never bought."""
        customer = self.customers().select("cid")
        return customer.left_join(self.table("customer_value"), "cid").drop("cid_right")

    def scan(self, scan: Scan) -> "ir.Table":
        """One row per customer with such events: columns a0, a1 …"""
        clauses = [clause for each in scan.aggregates for clause in each.where]
        measured = {
            each.column: COLUMN[each.kind] for each in scan.aggregates if each.column and each.column not in {DAY, WEEK}
        }
        rows, passes = self.facts(scan.table, scan.event, clauses, measured)
        single = scan.windows[0] if len(scan.windows) == 1 else None
        if single is not None:
            rows = _filtered(rows, self.in_window(rows, single))
        elif not scan.is_open:
            rows = rows.filter(rows.day >= self.slots.floor(scan.windows))
        if scan.since_added:
            rows = self.since_added(rows)
        aggregates = {
            f"a{i}": self._aggregate(rows, each, passes, windowed=single is None)
            for i, each in enumerate(scan.aggregates)
        }
        return rows.group_by("cid").agg(**aggregates)

    def happened(self, feature: Feature) -> "ir.Table":
        """The facts a feature is measured over, whatever its measure and window: cid, ts, day."""
        rows, passes = self.facts(feature.table, feature.key, feature.where)
        return _filtered(rows, [passes(rows, clause) for clause in feature.where]).select("cid", "ts", "day")

    def since_added(self, rows: Any) -> Any:
        """The rows from the instant their customer was added."""
        return rows.join(self.added(), "cid").filter(lambda t: t.ts >= t.added_at)

    def facts(
        self,
        table: str,
        event: str,
        clauses: Sequence[Clause],
        measured: Mapping[str, str] | None = None,
        *,
        only: str | None = None,
    ) -> tuple["ir.Table", "Passes"]:
        """The facts of one event up to the instant, and how to ask whether one of `clauses` holds for a row."""
        columns = {**_FACT, **(measured or {})}
        columns |= {each.field.column: COLUMN[each.field.kind] for each in filters(clauses)}
        if table == "event" and "channel" in columns:
            columns["channel"] = "int16"
        if table == "orders":
            columns |= {"status": "string", "k1": "int64", "k2": "int64"}
        if table == "event":
            columns["type"] = "int16"
        whole = self.table(table, columns)
        rows = whole.filter(whole.ts <= self.slots.as_of())
        if table == "orders":
            rows = rows.filter(rows.status == "paid")
        if table == "event" and event != ANY_EVENT:
            rows = rows.filter(rows.type == self.slots.event_type(event))
        rows = self.restricted(rows, only)
        items = tuple(dict.fromkeys(clause.line for clause in clauses if isinstance(clause, HasItem)))
        if items:
            rows = rows.left_join(self._orders_with(items), ["k1", "k2"]).drop("k1_right", "k2_right")
        return rows, Passes(table, self.slots, items)

    def _orders_with(self, lines: Sequence[Every]) -> "ir.Table":
        """One row per order with an item that passes any of `lines`: i0, i1 … tell which."""
        item, product = self.table("order_item", cid=False), self.table("product", cid=False)
        columns = {name: product[name] for name in ("name", "category", "brand")}
        each = item.left_join(product, item.product == product.product).select(item, **columns)
        passes = Passes("order_item", self.slots)
        flags = {f"i{n}": passes.all(each, line.parts) for n, line in enumerate(lines)}
        flagged = each.select("k1", "k2", **flags)
        return flagged.group_by("k1", "k2").agg(**{name: flagged[name].any() for name in flags})

    def in_window(self, rows: Any, window: Window) -> list[Any]:
        """The tests that keep a row within a window; that it is not later than as_of is tested already."""
        shape = window.shape
        tests = []
        if shape.first:
            tests.append(rows.day >= self.slots.first(window))
        if shape.last:
            tests.append(rows.day <= self.slots.last(window))
        if shape.after:
            tests.append(rows.ts > self.slots.after(window))
        if shape.until:
            tests.append(rows.ts <= self.slots.until(window))
        return tests

    def _aggregate(self, rows: Any, each: Aggregate, passes: "Passes", *, windowed: bool) -> Any:
        import ibis

        tests = [passes(rows, one) for one in each.where]
        if windowed:
            tests += self.in_window(rows, each.window)
        if each.column is None:
            return rows.count() if not tests else ibis.ifelse(_all(tests), 1, ibis.null("int8")).count()
        column = self.slots.today().delta(rows.day, unit="day") // 7 if each.column == WEEK else rows[each.column]
        if each.fn in {Fn.FIRST, Fn.LAST}:
            tests.append(column.notnull())
            column = ibis.struct({"ts": rows.ts, "v": column})
        value = ibis.ifelse(_all(tests), column, ibis.null()) if tests else column
        result = getattr(value, _METHOD[each.fn])()
        # Sums of 64-bit integers are printed as 128-bit ones, which no reader of Arrow knows.
        return result.cast("int64") if each.fn == Fn.SUM and column.type().is_integer() else result

    def flags(self, scans: Sequence[ScanTable], *, only: str | None = None) -> "ir.Table | None":
        """One row per customer with any bit set: w0, w1 … None when there are no leaves."""
        import ibis

        branches = []
        for source, bits in self._by_source().items():
            table = scans[source].table if isinstance(source, int) else self._source(source, only)
            looked_at = ScanTable(table, scans[source].aggregates) if isinstance(source, int) else table
            words = {
                f"w{w}": _mask(
                    ibis, [(b - w * WORD, leaf.row(looked_at, self.slots)) for b, leaf in bits if b // WORD == w]
                )
                for w in range(self.plan.words)
            }
            marked = table.select("cid", **words)
            # Most people pass few of the tests: rows that carry no bit are not worth a group.
            branches.append(marked.filter(ibis.or_(*(marked[word] != 0 for word in words))))
        if not branches:
            return None
        rows = ibis.union(*branches, distinct=False) if len(branches) > 1 else branches[0]
        return rows.group_by("cid").agg(**{f"w{w}": rows[f"w{w}"].bit_or() for w in range(self.plan.words)})

    def _by_source(self) -> dict[int | str | Rows, list[tuple[int, BoundLeaf]]]:
        """Bits by where they are found: the number of a scan, the name of a table, or rows of a leaf's own."""
        found: dict[int | str | Rows, list[tuple[int, BoundLeaf]]] = {}
        for bit, leaf in enumerate(self.plan.leaves):
            source = leaf.source if leaf.measured is None else self.plan.scan_of(leaf.measured)
            found.setdefault(source, []).append((bit, leaf))
        return found

    def _source(self, source: str | Rows, only: str | None) -> "ir.Table":
        if isinstance(source, Rows):
            return source.table(self, only)
        if source == "customer":
            return self.customers(only=only)
        made = {"added": self.added, "value": self.expected}.get(source)
        return self.restricted(made() if made else self.table(source), only)

    def test(self, bound: Bound, words: Any) -> Any:
        """The condition as a boolean over a row that carries the words (None where no bit is set)."""
        import ibis

        def leaf(each: BoundLeaf) -> Any:
            bit = self.plan.leaves.index(each)
            is_set = (words[f"w{bit // WORD}"].fill_null(0) & (1 << bit % WORD)) != 0
            return ~is_set if each.default else is_set

        return fold(bound, leaf, ibis.literal(value=True), ibis.literal(value=False))

    def value(self, feature: Feature, scan: ScanTable) -> Any:
        """A feature's value per customer: money in minor units, dates as business dates, nothing for a count of 0."""
        first, *rest = (scan.column(each) for each in feature.aggregates)
        match feature.measure:
            case Measure.DAYS_SINCE_FIRST | Measure.DAYS_SINCE_LAST:
                return self.slots.today().delta(first, unit="day")
            case Measure.AVG:
                return first / rest[0].nullif(0)
            case Measure.FIRST | Measure.LAST if feature.prop is not None:
                return first["v"]
            case Measure.COUNT | Measure.DISTINCT | Measure.ACTIVE_DAYS | Measure.ACTIVE_WEEKS:
                return first.nullif(0)
            case _:
                return first


def members_table(bound: Bound, slots: Slots) -> "ir.Table":
    """The live customers for whom the condition holds: one column cid."""
    plan = make_plan({"": bound})
    printer = Printer(plan, slots)
    scans = [ScanTable(printer.scan(scan), scan.aggregates) for scan in plan.scans]
    rows: Any = printer.customers().select("cid")
    flags = printer.flags(scans)
    if flags is not None:
        rows = rows.left_join(flags, "cid")
    return rows.filter(printer.test(bound, rows)).select("cid")


@dataclass(frozen=True, slots=True)
class Passes:
    """Whether a clause holds for rows of `table`; `items` is what was asked of order lines, flag by flag."""

    table: str
    slots: Slots
    items: tuple[Every, ...] = ()

    def __call__(self, rows: Any, clause: Clause) -> Any:
        """A boolean; NULL counts as false, and is made so before it is negated."""
        match clause:
            case Filter():
                return self._test(rows[clause.field.column], clause)
            case HasItem(line):
                return rows[f"i{self.items.index(line)}"].fill_null(False)
            case Neither(part):
                return ~self(rows, part).fill_null(False)
            case Every(parts):
                return _all([self(rows, part) for part in parts]) if parts else _every_row(rows)
            case Either(parts):
                return _any([self(rows, part) for part in parts]) if parts else ~_every_row(rows)

    def all(self, rows: Any, clauses: Sequence[Clause]) -> Any:
        """Whether all hold, never NULL."""
        return self(rows, Every(tuple(clauses))).fill_null(False)

    def _test(self, column: Any, each: Filter) -> Any:
        if self.table == "event" and each.field.column == "channel" and each.test.value is not None:
            return _channel_test(column, each, self.slots)
        return each.test.sql(column, self.slots)


def _every_row(rows: Any) -> Any:
    """True for each row; a literal would be no column, and could not be counted."""
    column = rows[rows.columns[0]]
    return column.notnull() | column.isnull()


def _channel_test(column: Any, each: Filter, slots: Slots) -> Any:
    """Channels of events are dictionary numbers."""
    wanted = each.test.value if isinstance(each.test.value, tuple) else (each.test.value,)
    is_one = _any([column == slots.channel(key) for key in wanted])
    return is_one if each.test.op in {"eq", "in"} else ~is_one


def _all(tests: Sequence[Any]) -> Any:
    result = tests[0]
    for test in tests[1:]:
        result &= test
    return result


def _any(tests: Sequence[Any]) -> Any:
    result = tests[0]
    for test in tests[1:]:
        result |= test
    return result


def _filtered(rows: Any, tests: Sequence[Any]) -> Any:
    return rows.filter(_all(tests)) if tests else rows


def _mask(ibis: Any, bits: Sequence[tuple[int, Any]]) -> Any:
    mask = ibis.literal(0, "int64")
    for bit, test in bits:
        mask = mask + ibis.ifelse(test, 1 << bit, 0).cast("int64")
    return mask
