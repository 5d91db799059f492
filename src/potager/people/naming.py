"""Which cid a group of identities bears. The grouping itself is a pure function of the assertions; names follow it."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from potager.people.graph import Member


@dataclass(frozen=True, slots=True)
class Names:
    """The cid of each group (None: it needs a fresh one), and which group owns each home."""

    cids: list[int | None]
    owner: Mapping[int, int]


def name_groups(groups: Sequence[Sequence[int]], members: Mapping[int, Member]) -> Names:
    """A group bears the smallest home it owns.

    Where a split leaves one home in several groups, it belongs to the group whose strongest, then oldest, identity
    came from there.
    """
    claims: dict[int, tuple[tuple[int, int], int]] = {}
    for index, group in enumerate(groups):
        for iid in group:
            member = members[iid]
            claim = (member.rank, index)
            if member.home and (member.home not in claims or claim < claims[member.home]):
                claims[member.home] = claim
    cids: list[int | None] = [None] * len(groups)
    owner = {home: index for home, (_, index) in claims.items()}
    for home in sorted(owner, reverse=True):
        cids[owner[home]] = home
    return Names(cids, owner)
