"""The list leaf: who is on an uploaded list, in both interpreters; refused names; how it reads."""

import pytest

from potager.core.errors import Problem
from potager.insight.conditions import bind_rule, parse, sentence
from potager.insight.conditions.base import Subject
from potager.insight.moment import Moment
from potager.insight.single import evaluate
from tests.insight.asking import NOW, SHANGHAI, who
from tests.insight.garden import FIELDS

ON, OFF = {"lists": {"vip": None}}, {}
NAMED = {"vip": [1, 3, 9]}


def test_who_is_on_it():
    assert who({"list": "vip"}, ON, OFF, ON, lists=NAMED) == {1, 3}
    assert who({"not": {"list": "vip"}}, ON, OFF, ON, lists=NAMED) == {2}
    assert who({"list": "vip"}, ON, OFF, ON, lists=NAMED, dead=(3,)) == {1}


def test_in_a_household_it_is_asked_of_the_other():
    homes = [(1, 1, "buyer"), (1, 2, "child")]
    condition = {"household": {"someone": {"who": {"list": "vip"}}}}
    assert who(condition, ON, OFF, lists={"vip": [1]}, homes=homes) == {2}


@pytest.mark.parametrize(
    ("written", "place", "close"),
    [({"list": "vipp"}, "list", "「vip」"), ({"all": [{"list": "vipp"}]}, "all[0].list", "「vip」")],
)
def test_a_list_there_is_not_is_refused_at_its_place(written, place, close):
    with pytest.raises(Problem) as refused:
        bind_rule(written, FIELDS)
    assert refused.value.place == place
    assert close in refused.value.zh


def test_it_reads_as_a_person_would_say_it():
    assert sentence(parse({"list": "vip"}), "zh", FIELDS) == "在名单「贵宾」上"
    assert sentence(parse({"not": {"list": "vip"}}), "zh", FIELDS) == "不在名单「贵宾」上"
    assert sentence(parse({"list": "vip"}), "en", FIELDS) == "on list “VIPs”"
    assert sentence(parse({"not": {"list": "vip"}}), "en", FIELDS) == "not on list “VIPs”"


def test_the_explanation_says_since_when():
    subject = Subject(Moment(NOW, SHANGHAI), lists={"vip": NOW})
    [leaf] = evaluate(bind_rule({"list": "vip"}, FIELDS), subject, FIELDS, "en").leaves
    assert (leaf.ok, leaf.found, leaf.since) == (True, "on the list", NOW)
    [leaf] = evaluate(bind_rule({"list": "vip"}, FIELDS), Subject(Moment(NOW, SHANGHAI)), FIELDS).leaves
    assert (leaf.ok, leaf.found, leaf.since) == (False, "不在名单上", None)
