"""Every metric of a random house computed once more, with pandas.

The second computation shares nothing with the product's: it reads the rows the house was made of, as a person with a
notebook would.
"""

from collections.abc import Callable
from datetime import UTC, date, datetime, timedelta
from functools import wraps

import pandas as pd

from tests.insight.metrics.made import DEPARTMENT, OWN, PRODUCTS, STORE, MadeHouse


def once(method):
    """A frame is made once for each instant the house is asked as of."""

    @wraps(method)
    def kept(self):
        key = (method.__name__, self.as_of)
        if key not in self.frames:
            self.frames[key] = method(self)
        return self.frames[key]

    return kept


class Ledger(MadeHouse):
    """Frames by kind of fact, each with the business day and every dimension as a column ("-" for none)."""

    def __init__(self, seed: int, zone: str, first: date, last: date, as_of: datetime) -> None:
        super().__init__(seed, zone, first, last, as_of)
        self.frames: dict = {}

    @once
    def people(self) -> pd.DataFrame:
        frame = pd.DataFrame(self.customers)
        frame["first_day"] = frame["at"].map(self.day)
        frame["staff"] = frame["owner"]
        frame["department"] = frame["owner"].map(DEPARTMENT)
        return frame.rename(columns={"layer": "layer:metal", "skin": "tag:skin", "at": "seen"})

    def with_person(self, frame: pd.DataFrame, own: tuple[str, ...] = ()) -> pd.DataFrame:
        """Rows with the dimensions of their customer, but for those the rows have of their own."""
        mine = ["cid", "first_day", "live", "seen", "source", "staff", "department", "layer:metal", "tag:skin"]
        return frame.merge(self.people()[[name for name in mine if name not in own]], on="cid", how="left")

    @once
    def paid(self) -> pd.DataFrame:
        frame = pd.DataFrame(self.orders)
        frame = frame[(frame["status"] == "paid") & (frame["at"] <= self.as_of)].copy()
        frame["day"] = frame["at"].map(self.day)
        frame = self.with_person(frame)
        frame["first_day"] = frame["first_day"].where(frame["first_day"].notna(), frame["day"])
        return frame

    @once
    def lines(self) -> pd.DataFrame:
        """Lines of paid orders, and what they leave open."""
        orders = self.paid()
        lines = pd.DataFrame(self.items).rename(columns={"amount": "line_amount", "cost": "line_cost"})
        both = orders.merge(lines, on="n")
        both["category"] = both["product"].map(PRODUCTS)
        sums = lines.groupby("n")[["line_amount", "line_cost"]].sum()
        rest = orders.merge(sums, on="n", how="left")
        rest["line_amount"] = rest["amount"] - rest["line_amount"].fillna(0)
        rest["line_cost"] = rest["cost"] - rest["line_cost"].fillna(0)
        has_lines = rest["n"].isin(lines["n"])
        rest = rest[(rest["line_amount"] != 0) | (rest["line_cost"].fillna(0) != 0) | ~has_lines]
        return pd.concat([both, rest.assign(product=None, category=None)], ignore_index=True)

    @once
    def returned(self) -> pd.DataFrame:
        frame = pd.DataFrame(self.refunds)
        frame = frame[frame["at"] <= self.as_of].copy()
        frame["day"] = frame["at"].map(self.day)
        orders = {each["n"]: each for each in self.orders}
        frame["lost"] = [lost(row.amount, orders[row.n]) for row in frame.itertuples()]
        frame["channel"] = [orders[n]["channel"] for n in frame["n"]]
        frame["store"] = [orders[n]["store"] for n in frame["n"]]
        return self.with_person(frame)

    @once
    def returned_lines(self) -> pd.DataFrame:
        rows = []
        orders = {each["n"]: each for each in self.orders}
        for row in self.returned().to_dict("records"):
            left, left_lost = row["amount"], row["lost"]
            for item in (each for each in self.items if each["n"] == row["n"] and each["amount"] > 0):
                whole = orders[row["n"]]["amount"]
                part, part_lost = row["amount"] * item["amount"] // whole, row["lost"] * item["amount"] // whole
                left, left_lost = left - part, left_lost - part_lost
                product = item["product"]
                rows.append(
                    {**row, "amount": part, "lost": part_lost, "product": product, "category": PRODUCTS[product]}
                )
            rows.append({**row, "amount": left, "lost": left_lost, "product": None, "category": None})
        return pd.DataFrame(rows)

    @once
    def bonds(self) -> pd.DataFrame:
        frame = pd.DataFrame(self.relations)
        own = self.with_person(frame.rename(columns={"source": "begun_by"}), ("staff", "department"))
        own["source"] = own["begun_by"].where(own["begun_by"].notna(), own["source"])
        own["department"] = own["staff"].map(DEPARTMENT)
        own["store"] = own["staff"].map(STORE)
        return own

    @once
    def happened(self) -> pd.DataFrame:
        rows = [{"key": key, "cid": cid, "at": at, **more} for key, cid, at, more in self.events if at <= self.as_of]
        frame = pd.DataFrame(rows)
        frame["day"] = frame["at"].map(self.day)
        return frame

    @once
    def touches(self) -> pd.DataFrame:
        frame = self.happened()
        frame = frame[frame["key"].isin(["touch_confirmed", "touch_delivered", "touch_read", "touch_replied"])]
        rows = []
        for _, some in frame.groupby("p_touch"):
            arrived = some[some["key"].isin(["touch_confirmed", "touch_delivered"])]
            if len(arrived):
                first, kinds = some.iloc[0], set(some["key"])
                rows.append(
                    {
                        "cid": first["cid"], "day": arrived["day"].min(),
                        "channel": {1: "message", 2: "sms"}[first["channel"]],
                        "journey": first["p_journey"] or None,
                        "content": f"{first['p_journey']}/{first['p_step']}" if first["p_journey"] else None,
                        "sender": first["p_sender"], "read": "touch_read" in kinds, "replied": "touch_replied" in kinds,
                    }
                )  # fmt: skip
        found = self.with_person(pd.DataFrame(rows), ("staff", "department"))
        found["staff"] = found["sender"]
        found["department"] = found["sender"].map(DEPARTMENT)
        return found

    def instant(self, day: date) -> datetime:
        return datetime.combine(day, datetime.min.time(), tzinfo=self.zone).astimezone(UTC)

    def expected(
        self, measure: str, start: date, end: date, only: Callable[[pd.DataFrame], pd.DataFrame]
    ) -> tuple | None:
        """(numerator, denominator) of one measure among the rows `only` lets through; None where nobody can know."""
        return getattr(self, f"_{measure.split('(')[0]}")(start, end, only)

    def _in(self, frame: pd.DataFrame, start: date, end: date, column: str = "day") -> pd.DataFrame:
        return frame[(frame[column] >= start) & (frame[column] <= end)]

    @once
    def _known(self) -> pd.DataFrame:
        frame = self.people()
        return frame[frame["live"] & (frame["seen"] <= self.as_of)]

    def _users(self, start, end, only):
        frame = only(self._known())
        return len(frame[frame["first_day"] <= end]), 1

    def _users_new(self, start, end, only):
        return len(self._in(only(self._known()), start, end, "first_day")), 1

    def _spells(self, start, end, only):
        frame = only(self.bonds())
        stop = min(self.instant(end + timedelta(days=1)), self.as_of + timedelta(microseconds=1))
        return frame, self.instant(start), stop

    def _friends(self, start, end, only):
        frame, _, stop = self._spells(start, end, only)
        still = frame["until"].isna() | (frame["until"] >= stop)
        return frame[(frame["since"] < stop) & still]["cid"].nunique(), 1

    def _new_relations(self, start, end, only):
        frame, begin, stop = self._spells(start, end, only)
        return len(frame[(frame["since"] >= begin) & (frame["since"] < stop)]), 1

    def _losses(self, start, end, only):
        frame, begin, stop = self._spells(start, end, only)
        return len(frame[(frame["state"] == "lost") & (frame["until"] >= begin) & (frame["until"] < stop)]), 1

    def _loss_rate(self, start, end, only):
        frame, begin, stop = self._spells(start, end, only)
        there = frame[(frame["since"] < begin) & (frame["since"] < stop)]
        there = there[there["until"].isna() | (there["until"] >= begin)]
        return self._losses(start, end, only)[0], len(there) + self._new_relations(start, end, only)[0]

    @once
    def acted(self) -> pd.DataFrame:
        acts = self.happened()
        acts = acts[acts["key"].isin(OWN)]
        return pd.concat([self.with_person(acts[["cid", "day"]]), self.paid()])

    def _active(self, start, end, only):
        return self._in(only(self.acted()), start, end)["cid"].nunique(), 1

    @once
    def scanned(self) -> pd.DataFrame:
        scans = self.happened()
        scans = self.with_person(scans[scans["key"] == "code_scanned"][["cid", "day", "at"]])
        bonds = self.bonds()
        scans["added"] = [
            bool(((bonds["cid"] == s.cid) & (bonds["since"] >= s.at) & (bonds["since"] <= self.as_of)).any())
            for s in scans.itertuples()
        ]
        return scans

    def _add_rate(self, start, end, only):
        frame = self._in(only(self.scanned()), start, end)
        return frame[frame["added"]]["cid"].nunique(), frame["cid"].nunique()

    @once
    def befriended(self) -> pd.DataFrame:
        bonds = self.bonds()
        span = timedelta(days=7)
        first = bonds.groupby("cid")["since"].min().rename("added").reset_index()
        first = first[first["added"] + span <= self.as_of]
        first["day"] = first["added"].map(self.day)
        first["kept"] = [
            any(
                r.since <= f.added + span and (pd.isna(r.until) or r.until > f.added + span)
                for r in bonds[bonds["cid"] == f.cid].itertuples()
            )
            for f in first.itertuples()
        ]
        return self.with_person(first)

    def _retention(self, start, end, only):
        frame = self._in(only(self.befriended()), start, end)
        return int(frame["kept"].sum()), len(frame)

    def _sold(self, start, end, only):
        return self._in(only(self.paid()), start, end)

    def _orders(self, start, end, only):
        return len(self._sold(start, end, only)), 1

    def _items(self, start, end, only):
        return round(self._in(only(self.lines()), start, end)["qty"].sum()), 1

    def _gmv(self, start, end, only):
        return int(self._sold(start, end, only)["amount"].sum()), 1

    def _buyers(self, start, end, only):
        return self._sold(start, end, only)["cid"].nunique(), 1

    def _buyers_new(self, start, end, only):
        frame = self._sold(start, end, only)
        return frame[frame["first_day"] >= start]["cid"].nunique(), 1

    def _buyers_old(self, start, end, only):
        frame = self._sold(start, end, only)
        return frame[frame["first_day"] < start]["cid"].nunique(), 1

    def _refunds(self, start, end, only):
        return int(self._in(only(self.returned()), start, end)["amount"].sum()), 1

    def _refund_rate(self, start, end, only):
        return self._refunds(start, end, only)[0], self._gmv(start, end, only)[0]

    def _net_gmv(self, start, end, only):
        return self._gmv(start, end, only)[0] - self._refunds(start, end, only)[0], 1

    def _profit(self, start, end, only):
        frame = self._sold(start, end, only)
        frame = frame[frame["cost"].notna()]
        gained = int((frame["amount"] - frame["cost"]).sum())
        return gained - int(self._in(only(self.returned()), start, end)["lost"].sum()), int(frame["amount"].sum())

    def _gross_profit(self, start, end, only):
        frame = self._sold(start, end, only)
        if len(frame) and frame["cost"].isna().all():
            return None
        return self._profit(start, end, only)[0], 1

    def _margin_rate(self, start, end, only):
        return self._profit(start, end, only)

    def _aov(self, start, end, only):
        return self._gmv(start, end, only)[0], self._orders(start, end, only)[0]

    def _orders_per_buyer(self, start, end, only):
        return self._orders(start, end, only)[0], self._buyers(start, end, only)[0]

    def _conversion(self, start, end, only):
        return self._buyers(start, end, only)[0], self._users(start, end, only)[0]

    def _first_order_rate(self, start, end, only):
        return self._buyers_new(start, end, only)[0], self._users_new(start, end, only)[0]

    def _repeat_rate(self, start, end, only):
        counts = self._sold(start, end, only)["cid"].value_counts()
        return int((counts >= 2).sum()), len(counts)

    def _reached(self, start, end, only):
        return self._in(only(self.touches()), start, end)

    def _reach(self, start, end, only):
        return self._reached(start, end, only)["cid"].nunique(), 1

    def _read_rate(self, start, end, only):
        frame = self._reached(start, end, only)
        frame = frame[frame["channel"] == "message"]
        return int(frame["read"].sum()), len(frame)

    def _reply_rate(self, start, end, only):
        frame = self._reached(start, end, only)
        frame = frame[frame["channel"] == "message"]
        return int(frame["replied"].sum()), len(frame)

    def _spent(self, start, end, only):
        frame = pd.DataFrame(self.costs)
        frame = frame[frame["day"] <= self.day(self.as_of)]
        return self._in(only(frame), start, end)["amount"]

    def _cac(self, start, end, only):
        spent, people = self._spent(start, end, only), self._users_new(start, end, only)[0]
        return None if people and not len(spent) else (int(spent.sum()), people)

    def _cohort(self, start, end, only, until=None):
        """Profit of the people first seen in the period, and whether any of their orders' cost is known."""
        people = self._in(only(self._known()), start, end, "first_day")["cid"]
        orders, back = self.paid(), self.returned()
        orders, back = orders[orders["cid"].isin(people)], back[back["cid"].isin(people)]
        known = not len(orders) or orders["cost"].notna().any()
        if until:
            orders, back = orders[orders["day"] <= until], back[back["day"] <= until]
        costed = orders[orders["cost"].notna()]
        return int((costed["amount"] - costed["cost"]).sum()) - int(back["lost"].sum()), known

    def _ltv(self, start, end, only):
        profit, known = self._cohort(start, end, only)
        return (profit, self._users_new(start, end, only)[0]) if known else None

    def _roi_short(self, start, end, only):
        profit, known = self._cohort(start, end, only, end)
        spent = int(self._spent(start, end, only).sum())
        return (profit - spent, spent) if known else None

    def _roi_long(self, start, end, only):
        profit, known = self._cohort(start, end, only)
        spent = int(self._spent(start, end, only).sum())
        return (profit - spent, spent) if known else None


def lost(amount: int, order: dict) -> int:
    return 0 if order["cost"] is None else amount - order["cost"] * amount // order["amount"]
