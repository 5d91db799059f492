"""Any order and batching of claims, merges, unmerges, cuts and late facts ends in the same persons and totals."""

from collections import defaultdict
from datetime import UTC, datetime, timedelta

from django.db import transaction
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from potager.core import journal, store
from potager.core.journal import Fact, to_us
from potager.org.access import SYSTEM
from potager.people import customers, merge
from potager.people.customers import Said
from potager.people.identify import resolve
from potager.people.identity_types import TIERS, IdentityRef, handle_of
from potager.people.models import Customer, Identity
from potager.people.partition import Edge, Node, partition
from tests import journalled

AT = datetime(2026, 10, 1, tzinfo=UTC)
POOL = [
    *(IdentityRef("user_id", "shop", f"u{i}") for i in range(3)),
    *(IdentityRef("openid", "app", f"o{i}") for i in range(3)),
    *(IdentityRef("phone", "", f"1380000000{i}") for i in range(3)),
    *(IdentityRef("anonymous_id", "shop", f"d{i}") for i in range(2)),
]
refs = st.sampled_from(POOL)
pairs = st.tuples(refs, refs).filter(lambda pair: pair[0] != pair[1])
claims = st.lists(
    st.tuples(st.lists(refs, min_size=1, max_size=3, unique=True), st.integers(0, 20), st.integers(1, 100)),
    min_size=1,
    max_size=12,
)
merges = st.lists(st.tuples(pairs, st.booleans()), max_size=3)
cuts = st.lists(pairs, max_size=2)


@settings(max_examples=40, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(claims=claims, merges=merges, cuts=cuts, data=st.data())
def test_the_partition_is_a_function_of_the_set_of_assertions(house, claims, merges, cuts, data):
    steps = [
        *(("claim", claim) for claim in claims),
        *(("merge", index) for index in range(len(merges))),
        *(("cut", pair) for pair in cuts),
    ]
    # Every identity is heard of in the end, or a run without it would have one person fewer.
    steps += [("claim", ([ref], 30, 0)) for ref in POOL]
    results = [run(data.draw(st.permutations(steps)), merges, data.draw(st.integers(1, 6))) for _ in range(2)]
    assert results[0] == results[1]
    people, totals, _ = results[0]
    assert people == expected(claims, merges, cuts)
    assert sum(totals.values()) == sum(amount for _, _, amount in claims)


def run(steps, merges, batch):
    """Play the steps, claims in batches; returns the persons and each person's total from the journal alone."""
    with transaction.atomic():
        waiting = []
        made = {}
        for kind, what in steps:
            if kind == "claim":
                waiting.append(what)
                if len(waiting) == batch:
                    play(waiting)
            elif kind == "merge":
                play(waiting)
                (a, b), undone = merges[what]
                made[what] = act(merge.join, *stored(a, b))
                if undone:
                    act(merge.unmerge, made[what].id)
            else:
                play(waiting)
                act(merge.sever, [tuple(sorted(stored(*what)))])
        play(waiting)
        result = persons(), totals(), rows()
        transaction.set_rollback(True)
    return result


def play(waiting):
    with store.write():
        found = resolve([refs for refs, _, _ in waiting], at=[AT + timedelta(hours=h) for _, h, _ in waiting])
        journal.append(
            [
                Fact(
                    "event", "bought", "test", f"{journal.last_seq()}:{i}", AT, {"n": amount}, iid=one.iid, cid=one.cid
                )
                for i, (one, (_, _, amount)) in enumerate(zip(found, waiting, strict=True))
            ]
        )
        said = [
            Said(one.iid, one.cid, AT + timedelta(hours=hours), {"name": f"name {amount}"})
            for one, (_, hours, amount) in zip(found, waiting, strict=True)
            if amount
        ]
        customers.put(SYSTEM, said)
    waiting.clear()


def act(what, *arguments):
    with store.write():
        return what(SYSTEM, *arguments)


def stored(*wanted):
    with store.write():
        return [one.iid for one in resolve([[ref] for ref in wanted], at=[AT + timedelta(hours=30)] * len(wanted))]


def persons():
    groups = defaultdict(set)
    for identity in Identity.objects.all():
        groups[identity.customer_id].add((identity.type, identity.value))
    live = set(Customer.objects.filter(state="live").values_list("id", flat=True))
    assert live == set(groups)
    heirs = dict(Customer.objects.filter(state="merged").values_list("id", "merged_into_id"))
    assert set(heirs.values()) <= live
    return {frozenset(group) for group in groups.values()}


def rows():
    """What is known of each person: the name said last, and since when they are known."""
    groups = defaultdict(set)
    for identity in Identity.objects.select_related("customer"):
        groups[identity.customer].add((identity.type, identity.value))
    return {frozenset(group): (customer.name, customer.first_seen_at) for customer, group in groups.items()}


def totals():
    """As a reader of the journal sees it: a fact belongs to the cid it bore until its identity moved."""
    amounts, cids = defaultdict(int), {}
    for entry in journalled.entries(0, 100_000):
        fact = entry.fact
        if fact.kind == "event":
            amounts[fact.iid] += fact.body["n"]
        if fact.kind in {"event", "identity"}:
            cids[fact.iid] = fact.cid
    members = defaultdict(set)
    current = {}
    for identity in Identity.objects.all():
        members[identity.customer_id].add((identity.type, identity.value))
        current[identity.id] = identity.customer_id
    assert cids == {iid: current[iid] for iid in cids}
    sums = defaultdict(int)
    for iid, amount in amounts.items():
        sums[frozenset(members[current[iid]])] += amount
    return {person: total for person, total in sums.items() if total}


def expected(claims, merges, cuts):
    """The same from the whole set at once."""
    ids = {ref: number for number, ref in enumerate(POOL)}
    nodes = {ids[ref]: Node(TIERS[ref.type], handle_of(ref)) for ref in POOL}
    cut = {frozenset(ids[ref] for ref in pair) for pair in cuts}
    links = {}
    for refs, hours, _ in claims:
        centre = next((ref for ref in refs if TIERS[ref.type] == 0), refs[0])
        for ref in refs:
            pair = frozenset((ids[ref], ids[centre]))
            if ref != centre and pair not in cut:
                us = to_us(AT + timedelta(hours=hours))
                links[pair] = min(us, links.get(pair, us))
    edges = [Edge(*sorted(pair), us) for pair, us in links.items()]
    joined = [(ids[a], ids[b]) for (a, b), undone in merges if not undone]
    handles = {number: (node.handle.type, node.handle.value) for number, node in nodes.items()}
    return {frozenset(handles[i] for i in group) for group in partition(nodes, edges, joined)}
