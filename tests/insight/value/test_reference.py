"""Fits, expectations and CLV equal those of an established library (reference/make.py says which, and how)."""

import hashlib
import json
from collections import defaultdict
from datetime import date
from pathlib import Path

import numpy as np
import pytest

from potager.insight.value import bgnbd, clv, gamma_gamma
from potager.insight.value.clv import Customers, Terms

from .reference import orders

WRITTEN = json.loads((Path(orders.__file__).parent / "lifetimes.json").read_text())
FILES = {
    "complete_journey": orders.complete_journey,
    "seldom": lambda: orders.simulated("seldom"),
    "often": lambda: orders.simulated("often"),
}


def summary(found: list[orders.Order], end: date) -> tuple[list[int], Customers]:
    """By hand: days with a purchase, and what came after the first of them."""
    days: dict[int, dict[date, int]] = defaultdict(lambda: defaultdict(int))
    for each in found:
        if each.day <= end:
            days[each.customer][each.day] += each.cents
    rows = []
    for customer in sorted(days):
        first, *later = sorted(days[customer])
        last = later[-1] if later else first
        spent = sum(days[customer][day] for day in later) / 100
        rows.append((customer, len(later), (last - first).days, (end - first).days, spent))
    names, x, t_x, age, total = (np.array(column) for column in zip(*rows, strict=True))
    return names.tolist(), Customers(x.astype(np.int64), t_x.astype(float), age.astype(float), total.astype(float))


@pytest.fixture(params=FILES, scope="module")
def case(request):
    found = FILES[request.param]()
    written = WRITTEN["files"][request.param]
    assert hashlib.sha256(orders.as_csv(found).encode()).hexdigest() == written["sha256"]
    names, people = summary(found, date.fromisoformat(written["end"]))
    return written, names, people, found


def test_the_reference_names_its_maker():
    assert WRITTEN["made_by"]["lifetimes"] == "0.11.3"


def test_parameters_and_their_errors(case):
    written, _, people, _ = case
    buying = bgnbd.fit(bgnbd.grouped(people.x, people.t_x, people.T))
    spending = gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total))
    for found, theirs in ((buying, written["buying"]), (spending, written["spending"])):
        assert found.values == pytest.approx(list(theirs["params"].values()), rel=1e-4)
        assert found.standard_errors == pytest.approx(list(theirs["standard_errors"].values()), rel=1e-4)


def test_expectations_and_clv_of_each_customer_and_of_all(case):
    written, names, people, _ = case
    buying = bgnbd.fit(bgnbd.grouped(people.x, people.t_x, people.T))
    spending = gamma_gamma.fit(gamma_gamma.grouped(people.x, people.total))
    found = clv.values(buying, spending, people, Terms(days=90, months=12, discount=0.01, margin=1.0))
    assert len(names) == written["people"]
    for customer, theirs in written["customers"].items():
        at = names.index(int(customer))
        mean = people.total[at] / max(people.x[at], 1)
        ours = [people.x[at], people.t_x[at], people.T[at], mean, found.p_alive[at], found.orders[at]]
        assert [*ours, found.profit[at], found.clv[at]] == pytest.approx(theirs, rel=1e-4)
    sums = {"orders": found.orders, "profit": found.profit, "clv": found.clv, "alive": found.p_alive}
    assert {name: each.sum() for name, each in sums.items()} == pytest.approx(written["sums"], rel=1e-4)


def test_repeat_purchases_expected_of_all_over_time(case):
    written, _, people, found = case
    buying = bgnbd.params_of(bgnbd.fit(bgnbd.grouped(people.x, people.t_x, people.T)).logs)
    end, start = date.fromisoformat(written["end"]), min(each.day for each in found)
    began = (end - start).days - people.T
    for day, _, theirs in written["cumulative"]:
        known = began < day
        assert bgnbd.expected_repeats(buying, day - began[known]).sum() == pytest.approx(theirs, rel=1e-4)
