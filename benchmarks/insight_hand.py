"""The same results as `benchmarks/insight.py` asks of the product, in the best SQL known, written by hand.

Aggregates by event type with CASE, one wide table, a merge that adds the new batch to it; nothing is recorded beside
the results.
"""

from collections import defaultdict
from datetime import date, timedelta

from benchmarks.insight_house import COUNTED, SEEN, conditions
from benchmarks.tags import CHANNELS, TYPES, rules

TODAY = date(2026, 10, 31)
MERGED = {"count": "sum", "sum": "sum", "min": "min", "max": "max", "arg_max": "arg_max"}


class Hand:
    """The aggregates of all 100 tags and both stage models, and the columns made of them."""

    def __init__(self) -> None:
        self.aggregates: dict[str, tuple[str, str, str, str]] = {}
        self.columns: dict[str, str] = {}
        for name, (event, measure, prop, days, where) in rules().items():
            self._metric(name, event, measure, prop, days, where)
        for event in COUNTED:
            for days, least in ((7, 1), (30, 2), (90, 3)):
                self.columns[f"n_{event}_{days}"] = f"coalesce({self._count(event, days)}, 0) >= {least}"
        for event in SEEN:
            last = self._add(event, "max", "day", "")
            self.columns[f"seen_{event}"] = f"coalesce(DATE '{TODAY}' - {last} <= 14, false)"
        for name, (kind, rule) in conditions().items():
            if kind == "mix":
                one, two = rule["all"][0]["tag"], rule["all"][1]["not"]["tag"]
                self.columns[name] = f"({self.columns[one]}) AND NOT ({self.columns[two]})"
        bought, ever = self._count("order_paid", 365), self._count("order_paid", None)
        clicks, carts = self._count("click", 30), self._count("add_cart", 30)
        views, views_30 = self._count("page_view", 90), self._count("page_view", 30)
        self.columns["aipl"] = (
            f"CASE WHEN {bought} >= 2 THEN 'loyal' WHEN {bought} >= 1 THEN 'purchase' "
            f"WHEN {carts} >= 1 OR {clicks} >= 3 THEN 'interest' WHEN {views} >= 1 THEN 'aware' ELSE 'none' END"
        )
        self.columns["life"] = (
            f"CASE WHEN {ever} >= 2 THEN 'repeat' WHEN {ever} >= 1 THEN 'bought' "
            f"WHEN {views_30} >= 1 THEN 'lively' ELSE 'silent' END"
        )

    def _add(self, event: str, fn: str, column: str, test: str) -> str:
        name = f"g{len(self.aggregates)}"
        for known, spec in self.aggregates.items():
            if spec == (event, fn, column, test):
                return known
        self.aggregates[name] = (event, fn, column, test)
        return name

    def _count(self, event: str, days: int | None) -> str:
        return self._add(event, "count", "", since(days))

    def _metric(self, name, event, measure, prop, days, where) -> None:
        tests = [since(days)] if days else []
        if where:
            tests.append({
                "channel": lambda value: f"channel = {CHANNELS.index(str(value)) + 1}",
                "campaign": lambda value: f"p_campaign = {value}",
                "amount": lambda value: f"amount >= {int(value) * 100}",
            }[where[0]](where[1]))  # fmt: skip
        test = " AND ".join(tests)
        if prop == "via":
            self.columns[name] = self._add(event, "max", "{'ts': ts, 'v': p_via}", test) + ".v"
        elif measure == "count":
            self.columns[name] = f"nullif({self._add(event, 'count', '', test)}, 0)"
        elif measure == "avg":
            total, n = self._add(event, "sum", prop, test), self._add(event, "count", "amount", test)
            self.columns[name] = f"{total} / nullif({n}, 0)"
        elif prop is None:
            self.columns[name] = self._add(event, {"first": "min", "last": "max"}[measure], "day", test)
        else:
            self.columns[name] = self._add(event, measure, prop, test)

    def grouped(self, events: str, orders: str) -> list[str]:
        """One query per event type and about twenty aggregates: cid, g0 …"""
        by_event: dict[str, list[str]] = defaultdict(list)
        for name, (event, *_) in self.aggregates.items():
            by_event[event].append(name)
        parts = []
        for event, names in by_event.items():
            for i in range(0, len(names), 20):
                picks = ", ".join(f"{aggregate(*self.aggregates[name][1:])} AS {name}" for name in names[i : i + 20])
                table = {"order_paid": orders, "*": f"{events} WHERE {since(90)}"}.get(event)
                table = table or f"{events} WHERE type = {number(event)}"
                parts.append(f"SELECT cid, {picks} FROM {table} GROUP BY cid")
        return parts

    def full(self) -> str:
        """Everything into one table: the aggregates, to be added to, and the columns."""
        parts = [f"p{i} AS MATERIALIZED ({sql})" for i, sql in enumerate(self.grouped("event", "orders"))]
        joins = " ".join(f"LEFT JOIN p{i} USING (cid)" for i in range(len(parts)))
        kept = ", ".join(self.aggregates)
        made = ", ".join(f"{sql} AS {name}" for name, sql in self.columns.items())
        return (
            f"CREATE OR REPLACE TABLE hand AS WITH {', '.join(parts)},"
            f" j AS (SELECT c.cid, {kept} FROM customer c {joins}) SELECT *, {made} FROM j"
        )

    def merge(self, upto: int) -> list[str]:
        """The same after a batch: its aggregates beside the kept ones, aggregated once more, put in their place."""
        fresh = f"(SELECT * FROM event WHERE seq > {upto})"
        parts = self.grouped(fresh, f"(SELECT * FROM orders WHERE seq > {upto})")
        union = " UNION ALL BY NAME ".join(parts)
        kept = ", ".join(self.aggregates)
        sums = ", ".join(f"{MERGED[fn]}({name}) AS {name}" for name, (_, fn, _, _) in self.aggregates.items())
        made = ", ".join(f"{sql} AS {name}" for name, sql in self.columns.items())
        return [
            f"CREATE OR REPLACE TEMP TABLE delta AS {union}",
            f"""CREATE OR REPLACE TEMP TABLE fresh_hand AS SELECT *, {made} FROM (SELECT cid, {sums} FROM (
                SELECT * FROM delta UNION ALL BY NAME
                SELECT cid, {kept} FROM hand WHERE cid IN (SELECT cid FROM delta)) GROUP BY cid)""",
            "DELETE FROM hand WHERE cid IN (SELECT cid FROM fresh_hand)",
            "INSERT INTO hand BY NAME FROM fresh_hand",
        ]


def since(days: int | None) -> str:
    return f"day >= DATE '{TODAY - timedelta(days=days - 1)}'" if days else ""


def number(event: str) -> int:
    return TYPES.index(event) + 1


def aggregate(fn: str, column: str, test: str) -> str:
    if fn == "count" and not column:
        return f"count(CASE WHEN {test} THEN 1 END)" if test else "count(*)"
    return f"{fn}(CASE WHEN {test} THEN {column} END)" if test else f"{fn}({column})"


_CELL = """CASE WHEN r * n.k <= n.r THEN 1 ELSE 0 END * 4 + CASE WHEN f * n.k >= n.f THEN 1 ELSE 0 END * 2
    + CASE WHEN m * n.k >= n.m THEN 1 ELSE 0 END"""
_TOTAL = "(SELECT count(*) AS k, sum(r) AS r, sum(f) AS f, sum(m) AS m FROM {})"
RFM_FULL = f"""CREATE OR REPLACE TABLE hand_rfm AS
WITH v AS MATERIALIZED (
    SELECT cid, date_diff('day', max(day), DATE '{TODAY}') AS r, count(*) AS f, sum(amount)::BIGINT AS m
    FROM orders WHERE status = 'paid' AND day > DATE '{TODAY}' - 365 GROUP BY cid)
SELECT v.cid, v.r, v.f, v.m, {_CELL.replace("r *", "v.r *").replace("f *", "v.f *").replace("m *", "v.m *")} AS cell
FROM v CROSS JOIN {_TOTAL.format("v")} n"""


def rfm_merge(upto: int) -> list[str]:
    came = f"(SELECT cid, date_diff('day', max(day), DATE '{TODAY}') AS r, count(*) AS f, sum(amount)::BIGINT AS m "
    came += f"FROM orders WHERE seq > {upto} AND status = 'paid' GROUP BY cid)"
    return [
        f"""CREATE OR REPLACE TEMP TABLE fresh_rfm AS SELECT cid, min(r) AS r, sum(f)::BIGINT AS f, sum(m)::BIGINT AS m
        FROM (FROM {came} UNION ALL SELECT cid, r, f, m FROM hand_rfm
              WHERE cid IN (SELECT cid FROM orders WHERE seq > {upto})) GROUP BY cid""",
        "DELETE FROM hand_rfm WHERE cid IN (SELECT cid FROM fresh_rfm)",
        "INSERT INTO hand_rfm BY NAME SELECT *, NULL AS cell FROM fresh_rfm",
        f"""CREATE OR REPLACE TEMP TABLE moved_rfm AS SELECT cid, new FROM (
            SELECT v.cid, v.cell, {_CELL.replace("r *", "v.r *").replace("f *", "v.f *").replace("m *", "v.m *")} AS new
            FROM hand_rfm v CROSS JOIN {_TOTAL.format("hand_rfm")} n) WHERE new IS DISTINCT FROM cell""",
        "UPDATE hand_rfm h SET cell = m.new FROM moved_rfm m WHERE m.cid = h.cid",
    ]


AUDIENCE_BY_TAGS = """SELECT count(*) FROM hand WHERE coalesce(gmv_90, 0) >= 30000 AND NOT n_review_90
    AND (n_click_30 OR (seen_share AND NOT (n_message_out_7 OR coalesce(refund_cnt, 0) >= 2)))"""
_ORDERS, _OUT, _VIEWS, _USES = (number(each) for each in ("order", "message_out", "page_view", "coupon_use"))
AUDIENCE_BY_EVENTS = f"""SELECT count(*) FROM customer WHERE (
    cid IN (SELECT cid FROM event WHERE type = {_ORDERS} AND {since(30)} GROUP BY cid HAVING sum(amount) >= 20000)
    AND cid NOT IN (SELECT cid FROM event WHERE type = {_OUT} AND {since(7)})
    AND cid IN (SELECT cid FROM event WHERE type = {_VIEWS} AND {since(30)} GROUP BY cid HAVING count(*) >= 2))
    OR cid IN (SELECT cid FROM event WHERE type = {_USES} AND {since(7)})"""
