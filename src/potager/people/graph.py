"""Reading identities and the assertions between them, thousands at a time."""

from collections.abc import Collection, Iterable
from dataclasses import dataclass, field

from potager.people.identity_types import TIERS, Handle, Tier
from potager.people.partition import Edge, Node
from potager.people.sql import among, fetch, listed, table_of

Pair = tuple[int, int]


@dataclass(slots=True)
class Member:
    """An identity while it is being grouped. A negative iid is one not stored yet; it has no cid and no home."""

    iid: int
    handle: Handle
    tier: Tier
    first_us: int
    source: str = ""
    cid: int = 0
    home: int = 0
    moves: int = 0
    crowded: bool = False
    clear: str = ""

    @property
    def rank(self) -> tuple[Tier, int]:
        """Who speaks for a group: the strongest, then the oldest (unstored ones are youngest, in their order)."""
        return self.tier, self.iid if self.iid > 0 else (1 << 62) - self.iid


@dataclass(slots=True)
class Cluster:
    """Identities with every assertion that can matter to their grouping."""

    members: dict[int, Member] = field(default_factory=dict)
    links: list[Edge] = field(default_factory=list)
    merges: list[Pair] = field(default_factory=list)

    def nodes(self) -> dict[int, Node]:
        return {iid: Node(member.tier, member.handle) for iid, member in self.members.items()}


@dataclass(frozen=True, slots=True)
class Stored:
    """What is stored of a claimed pair: when it was first linked (None: never), and whether somebody severed it."""

    at_us: int | None
    severed: bool


_MEMBER = "id, type, realm, value, first_us, source, customer_id, home_cid, moves, crowded"


def find(handles: Iterable[Handle]) -> dict[Handle, Member]:
    """The stored identities among these."""
    values: dict[tuple[str, str], list[str]] = {}
    for kind, realm, value in handles:
        values.setdefault((kind, realm), []).append(value)
    found: dict[Handle, Member] = {}
    for (kind, realm), wanted in values.items():
        sql = f"SELECT {_MEMBER} FROM people_identity WHERE type = %s AND realm = %s AND {among('value', text=True)}"
        for row in fetch(sql, kind, realm, listed(wanted)):
            member = _member(row)
            found[member.handle] = member
    return found


def stored_pairs(pairs: Collection[Pair]) -> dict[Pair, Stored]:
    """What is stored of each of these pairs (a < b)."""
    if not pairs:
        return {}
    source, data = table_of(list(pairs), ("bigint", "bigint"))
    rows = fetch(
        f"""SELECT v.c0, v.c1, l.at_us, s.a FROM {source}
            LEFT JOIN people_link l ON l.a = v.c0 AND l.b = v.c1
            LEFT JOIN people_severance s ON s.a = v.c0 AND s.b = v.c1""",
        data,
    )
    return {(_int(a), _int(b)): Stored(None if us is None else _int(us), s is not None) for a, b, us, s in rows}


def clusters(iids: Collection[int]) -> Cluster:
    """Everything connected with these identities by links that stand and merges not undone.

    A crowded identity is not followed into its crowd, unless it is one of these or was merged by hand.
    """
    seen: set[int] = set()
    links: set[Edge] = set()
    merges: set[Pair] = set()
    frontier = set(iids)
    while frontier:
        seen |= frontier
        edges, joins = _links_at(frontier), _merges_at(frontier)
        links |= edges
        merges |= joins
        frontier = {end for edge in edges for end in edge[:2]} | {end for pair in joins for end in pair}
        frontier -= seen
    sql = f"SELECT {_MEMBER} FROM people_identity WHERE {among('id')}"
    members = {(member := _member(row)).iid: member for row in fetch(sql, listed(seen))} if seen else {}
    return Cluster(members, list(links), list(merges))


def _links_at(iids: Collection[int]) -> set[Edge]:
    stands = "NOT EXISTS (SELECT 1 FROM people_severance s WHERE s.a = l.a AND s.b = l.b)"
    found: set[Edge] = set()
    for end, other in (("l.a", "l.b"), ("l.b", "l.a")):
        rows = fetch(
            f"""SELECT l.a, l.b, l.at_us FROM people_link l JOIN people_identity o ON o.id = {other} AND NOT o.crowded
                WHERE {among(end)} AND {stands}""",
            listed(iids),
        )
        found.update(Edge(_int(a), _int(b), _int(us)) for a, b, us in rows)
    return found


def _merges_at(iids: Collection[int]) -> set[Pair]:
    found: set[Pair] = set()
    for end in ("a_id", "b_id"):
        rows = fetch(
            f"SELECT a_id, b_id FROM people_merge WHERE undone_at IS NULL AND {among(end)}",
            listed(iids),
        )
        found.update((_int(a), _int(b)) for a, b in rows)
    return found


def _member(row: tuple[object, ...]) -> Member:
    iid, kind, realm, value, first_us, source, cid, home, moves, crowded = row
    kind = str(kind)
    return Member(
        iid=_int(iid),
        handle=Handle(kind, str(realm), str(value)),
        tier=TIERS[kind],
        first_us=_int(first_us),
        source=str(source),
        cid=_int(cid),
        home=_int(home),
        moves=_int(moves),
        crowded=bool(crowded),
    )


def _int(value: object) -> int:
    assert isinstance(value, int)
    return value
