"""Set algebra of audiences, as roaring bitmaps: union, intersect, minus, sample, split, and every region of an overlap.

Samples and splits draw by a hash of the customer and a seed: the same people each time, in no order of arrival, and for
another seed independent ones.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from hashlib import blake2b
from typing import Final

import numpy as np
from numpy.typing import NDArray
from pyroaring import BitMap


class SetOp(StrEnum):
    """Who of several audiences: in any, in all, in the first and none of the others."""

    UNION = "union"
    INTERSECT = "intersect"
    MINUS = "minus"


def combined(op: SetOp, sets: Sequence[BitMap], outside: Sequence[BitMap] = ()) -> BitMap:
    """The members of `op` over one set or more, without those of `outside`."""
    first, *others = sets
    match op:
        case SetOp.UNION:
            found = BitMap.union(first, *others)
        case SetOp.INTERSECT:
            # The smallest first: what is not in it is never looked at.
            found = BitMap.intersection(*sorted(sets, key=len)) if others else first.copy()
        case SetOp.MINUS:
            found = BitMap.difference(first, *others) if others else first.copy()
    return BitMap.difference(found, *outside) if outside else found


def sample(members: BitMap, n: int, seed: str) -> BitMap:
    """n of them, all when there are fewer. A greater n adds people and takes none away."""
    return BitMap(_drawn(members, seed)[:n])


def share_of(members: BitMap, percent: float) -> int:
    """How many people this share is, halves rounded up."""
    return int(len(members) * percent / 100 + 0.5)


def split(members: BitMap, shares: Sequence[int], seed: str) -> list[BitMap]:
    """Disjoint parts that together are everybody, as large as their shares of the whole to within one person."""
    drawn, whole, upto, begin = _drawn(members, seed), sum(shares), 0, 0
    parts = []
    for share in shares:
        upto += share
        end = (2 * len(drawn) * upto + whole) // (2 * whole)
        parts.append(BitMap(drawn[begin:end]))
        begin = end
    return parts


@dataclass(frozen=True, slots=True)
class Region:
    """The people in exactly these sets and in no other."""

    inside: tuple[str, ...]
    members: BitMap


def regions(sets: Mapping[str, BitMap]) -> list[Region]:
    """Every region with somebody in it, the largest first; everybody is in exactly one."""
    found = [Region((), BitMap.union(*sets.values()))] if sets else []
    for name, members in sets.items():
        found = [
            part
            for region in found
            for part in (
                Region((*region.inside, name), region.members & members),
                Region(region.inside, region.members - members),
            )
            if part.members
        ]
    return sorted(found, key=lambda region: (-len(region.members), region.inside))


_STEPS: Final = ((30, 0xBF58476D1CE4E5B9), (27, 0x94D049BB133111EB))


def _drawn(members: BitMap, seed: str) -> NDArray[np.uint32]:
    """Everybody in the order of the draw: by SplitMix64 of the customer, begun at the seed's digest."""
    cids = np.array(members, dtype=np.uint32)
    begun = int.from_bytes(blake2b(seed.encode(), digest_size=8).digest(), "big")
    mixed = cids.astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15) + np.uint64(begun)
    for shift, factor in _STEPS:
        mixed = (mixed ^ (mixed >> np.uint64(shift))) * np.uint64(factor)
    mixed ^= mixed >> np.uint64(31)
    # Every step can be undone, so no two customers have the same place.
    return cids[np.argsort(mixed, kind="stable")]
