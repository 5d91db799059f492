"""Which identities are one person: a pure function of the set of assertions, whatever order they came in.

1. Strong links and merges made by a person join without condition.
2. Then contacts (phone, e-mail): the strong groups a cluster of contact links touches are joined if no two of them
   hold a strong identity of the same (type, realm). Otherwise the links of that cluster join no two strong groups;
   each contact in it stays with the group that was linked to it earliest.
3. Then devices, by the same rule over the groups so far.

A contact or device linked with more than CROWD identities is nobody's own (a shop's telephone, a made-up number): its
links join nothing.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

from potager.people.identity_types import Handle, Tier

CROWD = 50


@dataclass(frozen=True, slots=True)
class Node:
    """An identity. `handle` breaks ties, so that ids given by order of arrival never matter."""

    tier: Tier
    handle: Handle


class Edge(NamedTuple):
    """Two identities claimed to be one person, first at `at_us`."""

    a: int
    b: int
    at_us: int


class Forest:
    """Union–find over ids."""

    def __init__(self, ids: Iterable[int]) -> None:
        self._parent = {i: i for i in ids}

    def root(self, i: int) -> int:
        parent = self._parent
        while parent[i] != i:
            parent[i] = parent[parent[i]]
            i = parent[i]
        return i

    def join(self, a: int, b: int) -> None:
        a, b = self.root(a), self.root(b)
        if a != b:
            self._parent[b] = a

    def groups(self) -> dict[int, list[int]]:
        found: dict[int, list[int]] = {}
        for i in self._parent:
            found.setdefault(self.root(i), []).append(i)
        return found


def partition(nodes: Mapping[int, Node], links: Sequence[Edge], merges: Iterable[tuple[int, int]]) -> list[list[int]]:
    """The groups of identities that are one person each. Severed links and undone merges are left out by the caller."""
    forest = Forest(nodes)
    for a, b in merges:
        forest.join(a, b)
    tiers: dict[Tier, list[Edge]] = {tier: [] for tier in Tier}
    nobodys = crowded(nodes, links)
    for edge in links:
        if edge.a in nobodys or edge.b in nobodys:
            continue
        tiers[max(nodes[edge.a].tier, nodes[edge.b].tier)].append(edge)
    for edge in tiers[Tier.STRONG]:
        forest.join(edge.a, edge.b)
    for tier in (Tier.CONTACT, Tier.DEVICE):
        if tiers[tier]:
            _join_where_undisputed(forest, nodes, tier, tiers[tier])
    return list(forest.groups().values())


def crowded(nodes: Mapping[int, Node], links: Iterable[Edge]) -> set[int]:
    """The contacts and devices linked with too many identities to be anybody's own."""
    degree = Counter(end for edge in links for end in edge[:2] if nodes[end].tier != Tier.STRONG)
    return {end for end, links_of in degree.items() if links_of > CROWD}


def _join_where_undisputed(forest: Forest, nodes: Mapping[int, Node], tier: Tier, edges: Sequence[Edge]) -> None:
    groups = forest.groups()
    clusters = Forest(groups)
    for a, b, _ in edges:
        clusters.join(forest.root(a), forest.root(b))
    disputed = {
        cluster
        for cluster, roots in clusters.groups().items()
        if len(roots) > 1 and _contradict([groups[root] for root in roots], nodes)
    }
    contested: list[Edge] = []
    for edge in edges:
        if clusters.root(forest.root(edge.a)) in disputed:
            contested.append(edge)
        else:
            forest.join(edge.a, edge.b)
    _attach_to_earliest(forest, nodes, tier, contested)


def _contradict(groups: Sequence[Sequence[int]], nodes: Mapping[int, Node]) -> bool:
    seen: set[tuple[str, str]] = set()
    for group in groups:
        holds = {nodes[i].handle[:2] for i in group if nodes[i].tier == Tier.STRONG}
        if seen & holds:
            return True
        seen |= holds
    return False


def _attach_to_earliest(forest: Forest, nodes: Mapping[int, Node], tier: Tier, edges: Sequence[Edge]) -> None:
    """Give each loose group (nothing stronger than `tier` in it) to the earliest linked group that is anchored."""
    anchored = {forest.root(i) for i in nodes if nodes[i].tier < tier}

    def order(edge: Edge) -> tuple[int, list[Handle]]:
        return edge.at_us, sorted((nodes[edge.a].handle, nodes[edge.b].handle))

    for edge in sorted(edges, key=order):
        a, b = forest.root(edge.a), forest.root(edge.b)
        if a == b or (a in anchored and b in anchored):
            continue
        forest.join(a, b)
        if b in anchored:
            anchored.add(a)
