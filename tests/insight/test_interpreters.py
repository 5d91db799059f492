"""Both interpreters answer every condition alike: the single one in memory and the set one in the warehouse.

A case is one generated condition asked of a generated garden of customers; conditions are planned together, as a
refresh does, so that scans and words of flags are shared.
"""

import dataclasses

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from potager.insight.conditions import bind_rule
from potager.insight.single import holds

from .conditions_strategies import CASES, gardens
from .garden import FIELDS, Garden

TOGETHER = 20


def examples(number):
    """So many gardens, each asked TOGETHER conditions."""

    def decorate(test):
        asked = given(gardens(), st.lists(CASES, min_size=TOGETHER, max_size=TOGETHER))(test)
        return settings(max_examples=number, deadline=None, suppress_health_check=list(HealthCheck))(asked)

    return decorate


@pytest.mark.once
@examples(20)
def test_both_interpreters_agree(planted, conditions):
    agree(planted, conditions)


@pytest.mark.slow
@examples(100)
def test_both_interpreters_agree_two_thousand_times(planted, conditions):
    agree(planted, conditions)


def agree(planted, conditions):
    members = [cid for cid, subject in planted.people.items() if "spring" in subject.audiences]
    named = [cid for cid, subject in planted.people.items() if "vip" in subject.lists]
    zone, lists = planted.moment.zone, {"vip": named}
    garden = Garden(zone, planted.people, planted.dead, {"spring": members}, planted.homes, lists)
    fields = dataclasses.replace(FIELDS, zone=zone)
    bounds = [bind_rule(condition, fields) for condition in conditions]
    found = garden.members_of_all(bounds, planted.moment)
    for condition, bound, members in zip(conditions, bounds, found, strict=True):
        single = {cid for cid, subject in planted.people.items() if cid not in planted.dead and holds(bound, subject)}
        assert members == single, condition
