"""The group leaf: joining, leaving, coming back, what the chat is for, and its words."""

import pytest

from potager.core.errors import Problem
from potager.insight.conditions import bind_rule, parse, sentence
from potager.insight.conditions.base import Happening
from potager.insight.moment import Moment
from potager.insight.single import evaluate
from tests.insight.asking import NOW, SHANGHAI, at, who
from tests.insight.garden import FIELDS, Subject


def told(kind, on, chat="g1", **props):
    when = at(on if "T" in on else f"{on}T12:00")
    return Happening(kind, when, when.astimezone(SHANGHAI).date(), {"group_chat": chat, **props})


def joined(on, chat="g1", **props):
    return told("group_joined", on, chat, **props)


def left(on, chat="g1", **props):
    return told("group_left", on, chat, **props)


def did(*events):
    return {"events": list(events)}


PEOPLE = [
    did(joined("2026-10-01", purpose="福利")),
    did(joined("2026-10-01"), left("2026-10-20")),
    did(joined("2026-10-01", "g2"), left("2026-10-20"), joined("2026-10-28", purpose="学习")),
    did(),
    did(left("2026-10-20")),
]


def asked(**wanted):
    return who({"group": wanted}, *PEOPLE)


def test_who_joined_and_did_not_leave_is_in_it():
    assert asked() == {1, 3}
    assert asked(chat="g1") == {1, 3}
    assert asked(chat=["g2", "g7"]) == {3}


def test_who_left_last_is_out_also_when_the_join_is_not_known():
    assert asked(state="left") == {2, 5}
    assert asked(state="any") == {1, 2, 3, 5}
    assert asked(state="left", chat="g2") == set()


def test_at_one_instant_the_leave_counts():
    same = did(joined("2026-10-01"), left("2026-10-01"))
    again = did(left("2026-10-01"), joined("2026-10-01T12:00:00.000001"))
    assert who({"group": {}}, same, again) == {2}
    assert who({"group": {"state": "left"}}, same, again) == {1}


def test_what_a_chat_is_for_is_told_by_the_last_join():
    assert asked(purpose="福利") == {1}
    assert asked(purpose="学习") == {3}
    turned = did(joined("2026-10-01", purpose="学习"), left("2026-10-02"), joined("2026-10-03", purpose="福利"))
    assert who({"group": {"purpose": "学习"}}, turned) == set()
    forgot = did(joined("2026-10-01", purpose="学习"), joined("2026-10-03"))
    assert who({"group": {"purpose": "学习"}}, forgot) == set()


def test_within_which_days_the_last_join_lies():
    assert asked(joined_within="7d") == {3}
    assert asked(joined_within="last_month") == {1, 3}
    assert asked(state="any", joined_within="last_month") == {1, 2, 3}


def test_facts_after_the_instant_do_not_count():
    assert who({"group": {}}, *PEOPLE, as_of=at("2026-10-10T12:00")) == {1, 2, 3}
    assert who({"group": {"state": "left"}}, *PEOPLE, as_of=at("2026-10-20T11:59")) == set()


def test_an_event_without_a_chat_is_about_none():
    assert who({"group": {"state": "any"}}, did(joined("2026-10-01", None))) == set()


@pytest.mark.parametrize(
    ("wanted", "place"),
    [
        ({"state": "gone"}, "group.state"),
        ({"purpose": ""}, "group.purpose"),
        ({"joined_within": "24h"}, "group.joined_within"),
        ({"staff": "zhangsan"}, "group.staff"),
    ],
)
def test_what_cannot_be_asked_is_refused_at_its_place(wanted, place):
    with pytest.raises(Problem) as refused:
        bind_rule({"group": wanted}, FIELDS)
    assert refused.value.place == place


@pytest.mark.parametrize(
    ("wanted", "zh", "en"),
    [
        ({}, "在群聊里", "in any group chat"),
        ({"chat": ["g1", "g2"]}, "在群「g1、g2」里", "in group chat g1, g2"),
        (
            {"purpose": "福利", "state": "left", "joined_within": "7d"},
            "近 7 天进群，已退出定位为「福利」的群聊",
            "left any 福利 group chat, joined in the last 7 days",
        ),
        ({"state": "any", "chat": "g1"}, "进过群「g1」", "ever in group chat g1"),
    ],
)
def test_its_words(wanted, zh, en):
    condition = parse({"group": wanted})
    assert (sentence(condition, "zh", FIELDS), sentence(condition, "en", FIELDS)) == (zh, en)


def test_why_somebody_is_in():
    subject = Subject(Moment(NOW, SHANGHAI), **PEOPLE[2])
    verdict = evaluate(bind_rule({"group": {}}, FIELDS), subject, FIELDS)
    assert (verdict.leaves[0].found, verdict.leaves[0].since) == ("g1、g2", at("2026-10-01T12:00"))
