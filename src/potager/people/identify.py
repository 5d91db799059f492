"""From identities as the outside names them to customers: the one way in for anything that concerns a person."""

from collections.abc import Collection, Mapping, Sequence
from datetime import datetime
from typing import NamedTuple

from potager.core import clock, store
from potager.core.bulk import insert_rows
from potager.core.errors import Problem
from potager.core.journal import to_us
from potager.people import graph
from potager.people.graph import Cluster, Member, Pair
from potager.people.identity_types import SEALED, TIERS, Handle, IdentityRef, Tier, contact, handle_of
from potager.people.models import Link
from potager.people.partition import Edge
from potager.people.settle import settle
from potager.people.sql import execute, table_of

__all__ = ["IdentityRef", "Resolved", "resolve"]


class Resolved(NamedTuple):
    """The first identity of a claim and its customer; `is_new` when this very call created that customer."""

    iid: int
    cid: int
    is_new: bool


def resolve(
    claims: Sequence[Sequence[IdentityRef]],
    *,
    at: Sequence[datetime] | None = None,
    source: Sequence[str] | None = None,
) -> list[Resolved]:
    """Find or create the customer of each claim, in a handful of statements however many claims there are.

    A claim is one or more identities asserted to be one person; its first is the one a fact came by.
    at       when each claim was made (aware; now by default): it decides first_seen and who had a contact first
    source   the source key of each claim, kept with identities first heard of by it
    Raises Problem("people.identity", place="claims[i]") for an identity that cannot be read; nothing is stored then.
    """
    if not store.is_writing():
        raise RuntimeError("identify.resolve needs a store.write transaction")
    if not claims:
        return []
    # The journal's own lock, taken before a cid is read: a fact may not be appended with a cid that another
    # transaction has merged away and journalled meanwhile. One lock for both also leaves no order to get wrong.
    store.serialise("journal")
    batch = _Batch()
    now = to_us(clock.now())
    times = [to_us(each) for each in at] if at is not None else [now] * len(claims)
    batch.read(claims, times, source or [""] * len(claims))
    created = batch.settle()
    firsts = (batch.members[handles[0]] for handles in batch.claims)
    return [Resolved(member.iid, member.cid, member.cid in created) for member in firsts]


class _Batch:
    """The claims of one call: their identities, stored or new, and the pairs they assert."""

    def __init__(self) -> None:
        self.claims: list[list[Handle]] = []
        self.members: dict[Handle, Member] = {}
        self._new: dict[int, Member] = {}
        self._earlier: dict[int, Member] = {}
        self._pairs: dict[Pair, int] = {}

    def read(self, claims: Sequence[Sequence[IdentityRef]], times: Sequence[int], sources: Sequence[str]) -> None:
        """Look the identities up, give new ones temporary numbers in order of appearance, note who is heard earlier."""
        handles = _handles(claims)
        self.claims = [[handles[ref] for ref in claim] for claim in claims]
        members = self.members = graph.find(handles.values())
        for refs, named, us, source in zip(claims, self.claims, times, sources, strict=True):
            for ref, handle in zip(refs, named, strict=True):
                if (member := members.get(handle)) is None:
                    member = members[handle] = Member(-len(self._new) - 1, handle, TIERS[ref.type], us, source)
                    if ref.type in SEALED:
                        member.clear = contact(ref.type, ref.value)
                    self._new[member.iid] = member
                elif us < member.first_us:
                    member.first_us, member.source = us, source or member.source
                    if member.iid > 0:
                        self._earlier[member.iid] = member
            if len(named) > 1:
                self._pair([members[handle] for handle in named], us)

    def settle(self) -> frozenset[int]:
        """Store what is new and regroup what it touches; returns the cids created."""
        stored = self._store_known_pairs()
        fresh = {pair: us for pair, us in self._pairs.items() if pair[0] < 0}
        derive = self._store_earlier()
        if not self._new and not stored and not derive:
            return frozenset()
        crowd = {member.iid for member in self.members.values() if member.crowded}
        ends = {member.iid: member for member in self.members.values()}
        counting = {pair: us for pair, us in fresh.items() if crowd.isdisjoint(pair)}
        touched = {end for pair in (*stored, *counting) if crowd.isdisjoint(pair) for end in pair if end > 0}
        created = settle(self._cluster(touched, counting), derive=derive)
        _insert_links([(*sorted((ends[a].iid, ends[b].iid)), us) for (a, b), us in fresh.items()])
        return created

    def _pair(self, members: Sequence[Member], us: int) -> None:
        """Everybody is linked with the first strong identity of the claim, or with the first."""
        centre = next((member for member in members if member.tier == Tier.STRONG), members[0])
        for member in members:
            if member is not centre:
                pair = (member.iid, centre.iid) if member.iid < centre.iid else (centre.iid, member.iid)
                self._pairs[pair] = min(us, self._pairs.get(pair, us))

    def _store_known_pairs(self) -> list[Pair]:
        """Write links between stored identities that are new, or earlier than known; returns those that count."""
        known = graph.stored_pairs([pair for pair in self._pairs if pair[0] > 0])
        wanted = {pair: row for pair, row in known.items() if row.at_us is None or self._pairs[pair] < row.at_us}
        _insert_links([(*pair, self._pairs[pair]) for pair in wanted])
        return [pair for pair, row in wanted.items() if not row.severed]

    def _store_earlier(self) -> set[int]:
        if self._earlier:
            rows = [(m.iid, m.first_us, m.source) for m in self._earlier.values()]
            source, data = table_of(rows, ("bigint", "bigint", "text"))
            execute(f"UPDATE people_identity SET first_us = v.c1, source = v.c2 FROM {source} WHERE id = v.c0", data)
        return {member.cid for member in self._earlier.values()}

    def _cluster(self, touched: Collection[int], fresh: Mapping[Pair, int]) -> Cluster:
        cluster = graph.clusters(touched)
        mine = {member.iid: member for member in self.members.values()}
        for iid in cluster.members:
            cluster.members[iid] = mine.get(iid, cluster.members[iid])
        cluster.members.update(self._new)
        cluster.links.extend(Edge(a, b, us) for (a, b), us in fresh.items())
        return cluster


def _handles(claims: Sequence[Sequence[IdentityRef]]) -> dict[IdentityRef, Handle]:
    handles: dict[IdentityRef, Handle] = {}
    for index, claim in enumerate(claims):
        place = f"claims[{index}]"
        if not claim:
            raise Problem("people.identity", zh="缺少身份", en="A claim names no identity", place=place)
        try:
            for ref in claim:
                if ref not in handles:
                    handles[ref] = handle_of(ref)
        except Problem as problem:
            raise Problem(problem.code, zh=problem.zh, en=problem.en, place=place) from problem
    return handles


def _insert_links(links: Sequence[Sequence[int]]) -> None:
    insert_rows(
        Link._meta.db_table,
        {"a": "bigint", "b": "bigint", "at_us": "bigint"},
        links,
        on_conflict="ON CONFLICT (a, b) DO UPDATE SET at_us = excluded.at_us WHERE excluded.at_us < people_link.at_us",
    )
