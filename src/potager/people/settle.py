"""Bringing customers into line with the partition of a cluster, after any assertion was added or taken back."""

import base64
from collections.abc import Collection, Mapping, Sequence

from potager.core import clock, crypto, journal
from potager.core.bulk import insert_rows
from potager.core.ids import key_of
from potager.core.journal import Fact, from_us
from potager.people import profile, relations, review
from potager.people.graph import Cluster, Member
from potager.people.identity_types import SEALED, hint_of
from potager.people.models import Customer, Identity, State
from potager.people.naming import name_groups
from potager.people.partition import crowded, partition
from potager.people.sql import execute, instant, table_of, written

# What hangs on an identity and carries its present customer beside it.
_FOLLOWING = ("people_followrelation", "people_householdmember", "people_consent")


def settle(cluster: Cluster, *, derive: Collection[int] = ()) -> frozenset[int]:
    """Group the cluster, store its new identities, move those whose customer changed, and journal every change.

    Afterwards every member bears its real iid and its cid. Returns the cids created.
    `derive` are cids whose row must be derived again although no identity of theirs moved.
    """
    members = cluster.members
    nodes = cluster.nodes()
    groups = partition(nodes, cluster.links, cluster.merges)
    names = name_groups(groups, members)
    nameless = [[members[i] for i in group] for group, cid in zip(groups, names.cids, strict=True) if cid is None]
    created = _create(nameless)
    fresh = iter(created)
    new: list[Member] = []
    moved: list[Member] = []
    changed = set(derive)
    for index, (group, name) in enumerate(zip(groups, names.cids, strict=True)):
        cid = next(fresh) if name is None else name
        for member in (members[i] for i in group):
            if member.iid < 0:
                new.append(member)
                if name is not None:
                    changed.add(cid)
            elif member.cid != cid:
                moved.append(member)
                changed |= {member.cid, member.home, cid}
            member.cid = cid
            if not member.home or names.owner[member.home] != index:
                member.home = cid
    _store(new)
    _mark(members, crowded(nodes, cluster.links))
    _move(moved)
    review.note(cluster)
    profile.derive(changed)
    return frozenset(created)


def _create(groups: Sequence[Sequence[Member]]) -> list[int]:
    """A fresh customer for each group, in order, journalled."""
    if not groups:
        return []
    now = clock.now()
    first = [min(group, key=lambda member: member.first_us) for group in groups]
    creating = [min(group, key=lambda member: member.rank) for group in groups]
    rows = insert_rows(
        Customer._meta.db_table,
        {
            "name": "text",
            "created_at": "timestamptz",
            "first_seen_at": "timestamptz",
            "source": "text",
            "attrs": "jsonb",
            "person_key": "text",
            "state": "text",
            "revision": "integer",
        },
        [
            ("", written(now), instant(one.first_us), one.source, {}, person_key(by), "live", 1)
            for one, by in zip(first, creating, strict=True)
        ],
        returning=("id",),
    )
    cids = sorted(int(str(row[0])) for row in rows)
    made = [
        profile.Row(cid, "", now, from_us(one.first_us), one.source, None, {}, State.LIVE, None, 1)
        for cid, one in zip(cids, first, strict=True)
    ]
    journal.append([profile.customer_fact(row, None, at=now) for row in made])
    return cids


def person_key(creating: Member) -> str:
    """32 hexadecimal digits that never change for the customer this identity created."""
    k1, k2 = key_of(*creating.handle)
    return f"{k1 & (1 << 64) - 1:016x}{k2 & (1 << 64) - 1:016x}"


def _store(new: list[Member]) -> None:
    new.sort(key=lambda member: member.rank[1])
    rows = insert_rows(
        Identity._meta.db_table,
        {
            "type": "text",
            "realm": "text",
            "value": "text",
            "sealed": "text",
            "hint": "text",
            "customer_id": "integer",
            "home_cid": "integer",
            "first_us": "bigint",
            "source": "text",
            "moves": "integer",
            "crowded": "boolean",
        },
        [(*one.handle, *_sealed(one), one.cid, one.home, one.first_us, one.source, 0, False) for one in new],
        returning=("id",),
    )
    for member, iid in zip(new, sorted(int(str(row[0])) for row in rows), strict=True):
        member.iid = iid


def _mark(members: Mapping[int, Member], crowd: Collection[int]) -> None:
    """Note who became, or ceased to be, linked with too many."""
    changed = [member for key, member in members.items() if member.crowded != (key in crowd)]
    for member in changed:
        member.crowded = not member.crowded
        Identity.objects.filter(id=member.iid).update(crowded=member.crowded)


def _sealed(member: Member) -> tuple[str, str]:
    kind, _, lookup = member.handle
    if kind not in SEALED:
        return "", ""
    sealed = crypto.seal(member.clear, bytes.fromhex(lookup))
    return base64.b64encode(sealed).decode(), hint_of(kind, member.clear)


def _move(moved: Sequence[Member]) -> None:
    if not moved:
        return
    for member in moved:
        member.moves += 1
    source, data = table_of(
        [(m.iid, m.cid, m.home, m.moves) for m in moved], ("bigint", "integer", "integer", "integer")
    )
    execute(
        f"UPDATE people_identity SET customer_id = v.c1, home_cid = v.c2, moves = v.c3 FROM {source} WHERE id = v.c0",
        data,
    )
    now = clock.now()
    journal.append(
        [
            Fact("identity", "identity_moved", "people", f"identity:{m.iid}:{m.moves}", now, {}, iid=m.iid, cid=m.cid)
            for m in moved
        ]
    )
    numbers = {member.iid: member.moves for member in moved}
    relations.leaving(numbers)
    for table in _FOLLOWING:
        execute(f"UPDATE {table} SET customer_id = v.c1 FROM {source} WHERE identity_id = v.c0", data)
    relations.arrived(numbers)
