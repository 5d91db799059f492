"""journeys.limits: how many journeys a person may be in and enter, and which exclude each other; exact with two
workers."""

import threading
from collections import Counter
from datetime import timedelta

import pytest
from django.db import connection
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from potager.core import store
from potager.core.errors import Problem
from potager.journeys import checks, limits, present, queries
from potager.journeys.models import Run
from potager.journeys.parts import EntryLimits
from potager.org.access import SYSTEM
from tests.journeys.conftest import HELLO, small
from tests.journeys.test_api import ask, web  # noqa: F401  (a fixture)
from tests.journeys.test_subscriber import PAUSE

STAY = [PAUSE, HELLO]


def house(**said) -> None:
    with store.write():
        limits.set_of_house(SYSTEM, EntryLimits(**said))


def publish(garden, key: str, event: str, **more) -> None:
    garden.publish(key=key, triggers=[{"event": event}], **({"steps": STAY, "goal": {"event": "friend_lost"}} | more))


def ended(cid: int) -> dict[str, str]:
    """Journey → why the newest passage ended, "" while it goes on."""
    rows = Run.objects.filter(subject_id=cid).order_by("id")
    return dict(rows.values_list("journey__key", "end_reason"))


class TestAtOnce:
    def test_a_person_is_in_so_many_journeys(self, garden):
        house(at_once=2)
        for key, event in (("aa", "friend_added"), ("bb", "product_viewed"), ("cc", "page_viewed")):
            publish(garden, key, event, entry="each")
        cid, other = garden.person(), garden.person()
        for event in ("friend_added", "friend_added", "product_viewed", "page_viewed"):
            garden.tell(event, cid)
        garden.tell("page_viewed", other)
        assert ended(cid) == {"aa": "", "bb": "", "cc": "limit:at_once"}
        assert Run.objects.filter(subject_id=cid, journey__key="aa", ended_us=None).count() == 2
        assert ended(other) == {"cc": ""}

    def test_who_has_left_leaves_a_place(self, garden):
        house(at_once=1)
        publish(garden, "aa", "friend_added", exits=[{"event": "message_replied"}])
        publish(garden, "bb", "product_viewed")
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.tell("product_viewed", cid)
        assert ended(cid) == {"aa": "", "bb": "limit:at_once"}
        garden.tell("message_replied", cid)
        garden.tell("product_viewed", cid)
        assert ended(cid) == {"aa": "exit:message_replied", "bb": ""}

    def test_one_event_opens_the_most_urgent_first(self, garden):
        house(at_once=1)
        publish(garden, "aa", "friend_added", priority=10)
        publish(garden, "bb", "friend_added", priority=90)
        cid = garden.person()
        garden.tell("friend_added", cid)
        assert ended(cid) == {"aa": "limit:at_once", "bb": ""}

    def test_the_journeys_own_word_stands_for_the_houses(self, garden):
        house(at_once=1)
        publish(garden, "aa", "friend_added")
        publish(garden, "free", "friend_added", limits={"at_once": 0}, priority=1)
        publish(garden, "two", "friend_added", limits={"at_once": 2}, priority=0)
        cid = garden.person()
        garden.tell("friend_added", cid)
        assert ended(cid) == {"aa": "", "free": "", "two": "limit:at_once"}

    def test_who_is_left_alone_for_comparison_counts_like_all(self, garden):
        house(at_once=1)
        publish(garden, "aa", "friend_added", control=90)
        publish(garden, "bb", "product_viewed")
        people = [garden.person() for _ in range(8)]
        for cid in people:
            garden.tell("friend_added", cid)
            garden.tell("product_viewed", cid)
        assert Run.objects.filter(journey__key="aa", shadow=True).exists()
        assert {ended(cid)["bb"] for cid in people} == {"limit:at_once"}


class TestEntries:
    def test_so_many_in_a_rolling_span(self, garden):
        house(entries=2, within="7d")
        publish(garden, "aa", "friend_added", entry="each", steps=[HELLO])
        publish(garden, "bb", "product_viewed", steps=[HELLO])
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.later(days=3)
        garden.tell("product_viewed", cid)
        garden.later(days=3)
        garden.tell("friend_added", cid)
        assert [run.end_reason for run in Run.objects.filter(journey__key="aa").order_by("id")] == [
            "done",
            "limit:entries",
        ]
        # Seven days after the first entry it is out of the span.
        garden.later(days=1)
        garden.tell("friend_added", cid)
        assert Run.objects.filter(journey__key="aa").exclude(arm="").count() == 2

    def test_many_events_at_once(self, garden):
        publish(garden, "aa", "friend_added", entry="each", limits={"entries": 3})
        cid = garden.person()
        garden.tell_all([("friend_added", cid, "event", garden.now, {}) for _ in range(5)])
        assert Counter(Run.objects.values_list("end_reason", flat=True)) == {"": 3, "limit:entries": 2}

    def test_a_name_used_before_is_no_refusal(self, garden):
        publish(garden, "aa", "order_paid", limits={"entries": 1})
        cid = garden.person()
        garden.order(cid)
        garden.order(cid)
        assert Run.objects.count() == 1

    def test_the_refused_have_used_up_neither_name_nor_gap(self, garden):
        house(at_once=1)
        publish(garden, "aa", "friend_added", exits=[{"event": "message_replied"}])
        publish(garden, "bb", "product_viewed", entry="each", gap="30d")
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.tell("product_viewed", cid)
        garden.tell("message_replied", cid)
        garden.tell("product_viewed", cid)
        assert [run.end_reason for run in Run.objects.filter(journey__key="bb").order_by("id")] == ["limit:at_once", ""]

    def test_behind_a_lead_or_a_filter_it_is_asked_at_the_entry(self, garden):
        viewed = {"event": "product_viewed", "measure": "count", "op": "gte", "value": 1}
        house(at_once=1)
        publish(garden, "late", "friend_added", lead={"for": "2d"})
        publish(garden, "picky", "product_viewed", filter=viewed)
        publish(garden, "aa", "page_viewed")
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.tell("product_viewed", cid)
        assert ended(cid) == {"late": "", "picky": ""}
        garden.later(seconds=1)
        assert garden.run(cid, "picky").arm == "treated"
        garden.later(days=2)
        assert ended(cid) == {"late": "limit:at_once", "picky": ""}
        assert garden.run(cid, "late").arm == ""


class TestGroups:
    def two(self, garden, low: int = 10, high: int = 90, **more) -> int:
        publish(garden, "low", "friend_added", group="promo", priority=low, **more)
        publish(garden, "high", "product_viewed", group="promo", priority=high)
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        return cid

    def test_a_more_urgent_one_takes_the_place_of_one_that_has_done_nothing(self, garden):
        cid = self.two(garden)
        garden.tell("product_viewed", cid)
        assert ended(cid) == {"low": "displaced:high", "high": ""}

    def test_and_not_of_one_that_has(self, garden):
        cid = self.two(garden, steps=[HELLO, PAUSE])
        garden.tell("product_viewed", cid)
        assert ended(cid) == {"low": "", "high": "limit:group"}

    @pytest.mark.parametrize("low", [90, 91])
    def test_nor_of_one_as_urgent(self, garden, low):
        cid = self.two(garden, low=low)
        garden.tell("product_viewed", cid)
        assert ended(cid) == {"low": "", "high": "limit:group"}

    def test_other_groups_and_none_do_not_exclude(self, garden):
        cid = self.two(garden)
        publish(garden, "none", "page_viewed")
        publish(garden, "other", "page_viewed", group="care")
        garden.tell("page_viewed", cid)
        assert ended(cid) == {"low": "", "none": "", "other": ""}

    def test_whoever_is_refused_displaces_nobody(self, garden):
        cid = self.two(garden)
        publish(garden, "aa", "page_viewed")
        garden.tell("page_viewed", cid)
        house(at_once=1)
        garden.tell("product_viewed", cid)
        assert ended(cid) == {"low": "", "aa": "", "high": "limit:at_once"}

    def test_what_hears_of_the_leaving_finds_the_new_one_inside(self, garden):
        cid = self.two(garden)
        where = [{"prop": "journey", "op": "eq", "value": "low"}]
        garden.publish(
            key="after",
            group="promo",
            priority=50,
            triggers=[{"event": "journey_exited", "where": where}],
            steps=STAY,
        )
        garden.tell("product_viewed", cid)
        assert ended(cid) == {"low": "displaced:high", "high": "", "after": "limit:group"}

    def test_the_passage_displaced_sends_nothing_more(self, garden):
        cid = self.two(garden)
        garden.tell("product_viewed", cid)
        garden.later(days=5)
        assert garden.steps(cid, "low") == []
        assert garden.texts(cid) == ["你好小林"]


def test_the_page_counts_the_refused(garden):
    house(at_once=1)
    publish(garden, "aa", "friend_added")
    publish(garden, "bb", "product_viewed", entry="each")
    cid = garden.person()
    garden.tell("friend_added", cid)
    for _ in range(3):
        garden.tell("product_viewed", cid)
    shown = present.detail(queries.journey_of("bb"), "zh")
    assert [(each.reason, each.n) for each in shown.refused] == [("limit:at_once", 3)]
    assert (shown.journey.inside, shown.journey.entered_30d, shown.ahead) == (0, 0, 0)
    garden.later(days=31)
    assert present.detail(queries.journey_of("bb"), "zh").refused == []


def test_definitions_without_limits_are_what_they_were():
    written = {"kind": "journey", **small()}
    assert checks.read(small()).canonical() == {
        **written,
        "steps": [{"id": "hello", "message": {"text": "你好{客户昵称|朋友}", "purpose": "service"}}],
    }
    both = checks.read(small(group="promo", limits={"entries": 3, "within": "7d"})).canonical()
    assert (both["group"], both["limits"]) == ("promo", {"entries": 3, "within": "7d"})
    with pytest.raises(Problem):
        checks.read(small(limits={"entries": -1}))


def test_the_houses_limits_over_http(web):  # noqa: F811
    assert ask(web, "get", "/limits") == {"at_once": None, "entries": None, "within": "30d"}
    asked = {"at_once": 3, "entries": 5, "within": "7d"}
    assert ask(web, "put", "/limits", asked) == asked
    assert limits.of_house() == EntryLimits(**asked)
    ask(web, "put", "/limits", {"at_once": -1}, status=422)
    assert ask(web, "get", "/limits") == asked


@settings(max_examples=25, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(told=st.lists(st.tuples(st.integers(0, 3), st.integers(0, 20)), min_size=1, max_size=25), most=st.integers(1, 3))
def test_never_more_than_so_many_and_never_fewer_than_possible(garden, told, most):
    """Against counting by hand: whoever tells in any order and pace."""
    keys = [f"j{n}-{garden.count}" for n in range(4)]
    house()
    for n, key in enumerate(keys):
        event = ("friend_added", "product_viewed", "page_viewed", "message_replied")[n]
        publish(garden, key, event, entry="each", limits={"entries": most, "within": "10d"}, steps=[HELLO])
    cid, at = garden.person(), garden.now
    expected: list = []
    for journey, days in told:
        at += timedelta(days=days)
        garden.at(at, load=False)
        garden.tell(("friend_added", "product_viewed", "page_viewed", "message_replied")[journey], cid)
        if sum(each > at - timedelta(days=10) for each in expected) < most:
            expected.append(at)
    entered = Run.objects.filter(subject_id=cid, journey__key__in=keys).exclude(arm="")
    assert entered.count() == len(expected)
    for key in keys:
        with store.write():
            from potager.journeys import publish as publishing

            publishing.stop(SYSTEM, queries.journey_of(key))


@pytest.mark.django_db(transaction=True)
@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite takes one writer at a time")
def test_two_workers_let_nobody_in_too_often(garden):
    house(at_once=2)
    events = ("friend_added", "product_viewed", "page_viewed", "message_replied")
    for n, event in enumerate(events):
        publish(garden, f"j{n}", event)
    people = [garden.person() for _ in range(5)]
    errors: list[Exception] = []

    def tell(mine: tuple[str, ...]) -> None:
        try:
            for cid in people:
                for event in mine:
                    garden.tell(event, cid)
        except Exception as error:  # noqa: BLE001  (shown by the test's own thread)
            errors.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=tell, args=(mine,)) for mine in (events[:2], events[2:])]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert errors == []
    for cid in people:
        inside = Run.objects.filter(subject_id=cid, ended_us=None).count()
        assert (inside, Counter(ended(cid).values())) == (2, {"": 2, "limit:at_once": 2})
