"""Set algebra: equal to Python's sets on any input; draws are stable, splits cover exactly."""

from itertools import product

from hypothesis import given
from hypothesis import strategies as st
from pyroaring import BitMap

from potager.insight.algebra import SetOp, combined, regions, sample, share_of, split

SETS = st.lists(st.sets(st.integers(0, 40)), min_size=1, max_size=6)


@given(SETS, SETS)
def test_combinations_equal_those_of_plain_sets(sets, outside):
    first, *others = sets
    maps, gone = [BitMap(each) for each in sets], [BitMap(each) for each in outside]
    expected = {
        SetOp.UNION: first.union(*others),
        SetOp.INTERSECT: first.intersection(*others),
        SetOp.MINUS: first.difference(*others),
    }
    for op, found in expected.items():
        assert set(combined(op, maps)) == found
        assert set(combined(op, maps, gone)) == found.difference(*outside)
    assert [set(each) for each in maps] == sets


@given(SETS)
def test_regions_are_the_people_of_exactly_those_sets(sets):
    named = {f"s{i}": each for i, each in enumerate(sets)}
    expected = {}
    for chosen in product([True, False], repeat=len(sets)):
        inside = tuple(name for name, yes in zip(named, chosen, strict=True) if yes)
        people = {
            cid for cid in set().union(*sets) if inside == tuple(name for name, each in named.items() if cid in each)
        }
        if people:
            expected[inside] = people
    found = regions({name: BitMap(each) for name, each in named.items()})
    assert {each.inside: set(each.members) for each in found} == expected
    assert [len(each.members) for each in found] == sorted((len(each.members) for each in found), reverse=True)


@given(st.sets(st.integers(0, 2**31 - 1)), st.lists(st.integers(1, 9), min_size=2, max_size=6), st.text(min_size=1))
def test_a_split_covers_everybody_once_by_its_shares(people, shares, seed):
    parts = split(BitMap(people), shares, seed)
    assert BitMap.union(*parts) == BitMap(people)
    assert sum(len(part) for part in parts) == len(people)
    for part, share in zip(parts, shares, strict=True):
        assert abs(len(part) - len(people) * share / sum(shares)) < 1.0 + 1e-9
    assert parts == split(BitMap(people), shares, seed)


def test_a_sample_is_the_same_again_and_grows_by_adding():
    people = BitMap(range(10_000))
    some = sample(people, 1_000, "spring")
    assert len(some) == 1_000
    assert some == sample(people, 1_000, "spring")
    assert some < sample(people, 1_001, "spring")
    assert sample(people, 20_000, "spring") == people
    # Another seed draws independently: about a tenth of a tenth is in both.
    assert 60 < len(some & sample(people, 1_000, "autumn")) < 140
    # No part of the range is favoured: each half has about half.
    assert 440 < len(some & BitMap(range(5_000))) < 560


def test_a_share_is_rounded_to_people():
    assert [share_of(BitMap(range(7)), percent) for percent in (50, 10, 1, 100)] == [4, 1, 0, 7]
