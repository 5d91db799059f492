"""The random leaf: the same share each time, in both interpreters, and shares that split everybody."""

import pytest

from potager.core.errors import Problem
from potager.insight.conditions import bind_rule, parse, sentence
from tests.insight.asking import who
from tests.insight.garden import FIELDS

PEOPLE = [{}] * 200


def drawn(salt, first, last, **more):
    return who({"random": {"salt": salt, "from": first, "to": last}}, *PEOPLE, **more)


def test_shares_that_meet_split_everybody():
    first, rest = drawn("a", 0, 30), drawn("a", 30, 100)
    assert first | rest == set(range(1, 201))
    assert not first & rest
    assert 40 <= len(first) <= 80


def test_a_share_grows_by_keeping_who_was_in_it():
    assert drawn("a", 0, 10) < drawn("a", 0, 40)


def test_another_salt_draws_others():
    assert drawn("a", 0, 50) != drawn("b", 0, 50)


# printf '%s' spring-2026:<cid> | md5sum, those below 5 % of ffffffff.
EXPECTED = [19, 35, 45, 68, 71, 72, 80, 98, 118, 123, 176, 196, 197, 199]


def test_who_is_drawn_never_changes():
    assert sorted(drawn("spring-2026", 0, 5)) == EXPECTED


@pytest.mark.parametrize(
    ("share", "place"),
    [
        ({"salt": "a", "from": 50, "to": 50}, "random.to"),
        ({"salt": "a", "to": 101}, "random.to"),
        ({"salt": "", "to": 10}, "random.salt"),
        ({"to": 10}, "random.salt"),
    ],
)
def test_a_mistake_is_refused_at_its_place(share, place):
    with pytest.raises(Problem) as refused:
        bind_rule({"random": share}, FIELDS)
    assert refused.value.place == place


def test_it_reads_as_a_person_would_say_it():
    assert sentence(parse({"random": {"salt": "a", "to": 12.5}}), "zh", FIELDS) == "随机 12.5% 的客户（a）"
    between = parse({"not": {"random": {"salt": "a", "from": 50, "to": 100}}})
    assert sentence(between, "en", FIELDS) == "not customers drawn between 50%–100% (a)"
