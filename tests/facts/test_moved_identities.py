"""Random claims, merges, unmerges, cuts and late facts, loads in between: the warehouse counts by person, exactly."""

import random
from collections import defaultdict
from datetime import timedelta

import pytest

from potager.core import journal, store
from potager.core.journal import Fact
from potager.facts import loader
from potager.people.models import Identity
from tests.people.test_merge_property import AT, POOL, act, expected, merge, resolve, stored


def tell(rng: random.Random, number: int, refs, hours: int, amount: int) -> None:
    """A claim and a fact that comes by it: now an event, now an order, sometimes with a refund."""
    at = AT + timedelta(hours=hours)
    with store.write():
        (one,) = resolve([refs], at=[at])
        body = {"amount": amount}
        order = {"shop": "s", "order_no": f"o{number}", "version": 1, "status": "paid", "amount": amount}
        refund = {"shop": "s", "order_no": f"o{number}", "refund_no": f"r{number}", "amount": amount}
        facts = [
            Fact("event", "bought", "test", f"e{number}", at, body, iid=one.iid, cid=one.cid),
            Fact("order", "order_paid", "test", f"o{number}", at, order, iid=one.iid, cid=one.cid),
        ]
        if rng.random() < 0.3:
            facts.append(Fact("refund", "order_refunded", "test", f"r{number}", at, refund, iid=one.iid, cid=one.cid))
        journal.append(facts)


@pytest.mark.parametrize("seed", range(5))
def test_totals_follow_the_people(warehouse, seed):
    rng = random.Random(seed)
    claims = [
        (rng.sample(POOL, rng.randint(1, 3)), rng.randint(0, 20), rng.randint(1, 100))
        for _ in range(rng.randint(5, 25))
    ]
    merges = [(tuple(rng.sample(POOL, 2)), rng.random() < 0.5) for _ in range(3)]
    cuts = [tuple(rng.sample(POOL, 2))]
    known = [([ref], 30, 0) for ref in POOL]
    steps = [*(("claim", each) for each in claims + known), *(("merge", each) for each in merges), ("cut", cuts[0])]
    rng.shuffle(steps)
    amounts: dict[int, int] = defaultdict(int)
    undo = []
    for number, (kind, what) in enumerate(steps):
        if kind == "claim":
            tell(rng, number, *what)
            amounts[Identity.objects.get(id=stored(what[0][0])[0]).id] += what[2]
        elif kind == "merge":
            (a, b), undone = what
            made = act(merge.join, *stored(a, b))
            undo += [made.id] if undone else []
        else:
            act(merge.sever, [tuple(sorted(stored(*what)))])
        if rng.random() < 0.3:
            loader.load_all()
        if undo and rng.random() < 0.4:
            act(merge.unmerge, undo.pop())
    for left in undo:
        act(merge.unmerge, left)
    loader.load_all()

    groups = defaultdict(set)
    sums: dict[int, int] = defaultdict(int)
    for identity in Identity.objects.all():
        groups[identity.customer_id].add((identity.type, identity.value))
        sums[identity.customer_id] += amounts[identity.id]
    assert {frozenset(group) for group in groups.values()} == expected(claims, merges, cuts)
    sums = {cid: total for cid, total in sums.items() if total}
    for table in ("event", "orders"):
        sql = f"SELECT cid, sum(amount)::BIGINT AS total FROM {table} GROUP BY cid HAVING total > 0"
        assert {row["cid"]: row["total"] for row in warehouse.query(sql).to_pylist()} == sums
    strays = warehouse.query(
        "SELECT count(*) AS n FROM refund r JOIN orders o ON o.k1 = r.o1 AND o.k2 = r.o2 WHERE r.cid <> o.cid"
    )
    assert strays.to_pylist() == [{"n": 0}]
    live = warehouse.query("SELECT cid FROM customer WHERE live").to_pylist()
    assert {row["cid"] for row in live} == set(groups)
