"""rules.exclusion: two journeys do not both speak within their span; the higher priority does."""

from dataclasses import replace
from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.journal import to_us
from potager.org.access import SYSTEM
from potager.touch import outbox, settings
from potager.touch.life import State
from potager.touch.models import CapReservation, Touch
from potager.touch.places import Book, Place
from potager.touch.policy import SEND, Scene, Verdict, Words
from potager.touch.pump import pump
from potager.touch.rules.cap import Cap
from potager.touch.rules.exclusion import Exclusion, ExclusionGroup, ExclusionSetting, Rival, Rivals
from potager.touch.settings import Policy
from tests.touch.conftest import DAY, HOUR, both, say, state
from tests.touch.rules.asking import NOON, Message, ask
from tests.touch.test_intents import message

RULE = Exclusion()
LONG = NOON + 9 * DAY


def policy(hours=24, groups=(), **more):
    return Policy(caps=[], exclusion=ExclusionSetting(hours=hours, groups=list(groups), **more))


def spoken(ago, journey="win-back", **more):
    return [Place(NOON - ago, "sms", more.pop("purpose", "marketing"), journey=journey, **more)]


def mine(**more):
    return Message(journey="birthday", expires=LONG, **more)


def other(journey="win-back", hours=24, group="", **more):
    return {"journey": journey, "hours": hours, "group": group, **more}


class TestSpoken:
    def test_another_journey_that_spoke_is_waited_for_to_the_microsecond(self, db):
        assert ask(RULE, mine(), policy=policy(), places=spoken(HOUR)) == Verdict(
            "defer", "exclusion", other(), NOON + 23 * HOUR
        )
        assert ask(RULE, mine(), policy=policy(), places=spoken(DAY)) == SEND
        assert ask(RULE, mine(), policy=policy(), places=spoken(DAY - timedelta(microseconds=1))).decision == "defer"

    def test_whatever_its_priority_what_was_taken_has_been_said(self, db):
        assert ask(RULE, mine(priority=90), policy=policy(), places=spoken(HOUR, priority=10)).decision == "defer"

    def test_what_waits_for_its_channel_with_a_lower_priority_yields(self, db):
        waits = spoken(HOUR, priority=10, waiting=7)
        assert ask(RULE, mine(priority=11), policy=policy(), places=waits) == SEND
        assert ask(RULE, mine(priority=10), policy=policy(), places=waits).decision == "defer"

    def test_the_same_journey_and_none_do_not_exclude_themselves(self, db):
        assert ask(RULE, mine(), policy=policy(), places=spoken(HOUR, "birthday")) == SEND
        assert ask(RULE, mine(), policy=policy(), places=spoken(HOUR, "")) == SEND
        assert ask(RULE, replace(mine(), journey=""), policy=policy(), places=spoken(HOUR)) == SEND

    def test_other_purposes_neither_wait_nor_count(self, db):
        assert ask(RULE, mine(purpose="transactional"), policy=policy(), places=spoken(HOUR)) == SEND
        assert ask(RULE, mine(), policy=policy(), places=spoken(HOUR, purpose="service")) == SEND
        strict = policy(purposes=["marketing", "service"])
        assert ask(RULE, mine(), policy=strict, places=spoken(HOUR, purpose="service")).decision == "defer"

    def test_the_one_that_is_out_of_the_way_last_decides(self, db):
        places = [*spoken(3 * HOUR, "a"), *spoken(HOUR, "b")]
        assert ask(RULE, mine(), policy=policy(), places=places).detail == other("b")

    def test_as_shipped_nothing_is_asked(self, db, django_assert_num_queries):
        assert RULE.since(Scene(NOON, {}, Policy())) is None
        with django_assert_num_queries(0):
            assert ask(RULE, mine(), policy=Policy(), places=spoken(HOUR)) == SEND


class TestGroups:
    GROUP = ExclusionGroup(name="促活", journeys=["birthday", "win-back"], hours=72)

    def test_a_group_excludes_its_own_for_its_own_span(self, db):
        only = policy(0, [self.GROUP])
        assert ask(RULE, mine(), policy=only, places=spoken(DAY)) == Verdict(
            "defer", "exclusion", other(hours=72, group="促活"), NOON + 2 * DAY
        )
        assert ask(RULE, mine(), policy=only, places=spoken(DAY, "new-customer")) == SEND

    def test_the_longest_span_that_holds_decides(self, db):
        assert ask(RULE, mine(), policy=policy(96, [self.GROUP]), places=spoken(DAY)).detail == other(hours=96)
        assert RULE.since(Scene(NOON, {}, policy(24, [self.GROUP]))) == NOON - 3 * DAY


class TestToCome:
    def rivals(self, due, priority=80, **more):
        setting = policy().exclusion
        return Rivals(setting, {7: [Rival("win-back", priority, due, more.get("shadow", False))]})

    def judge(self, case, rivals):
        return RULE.judge(case, rivals, Book(NOON, {}))

    def test_a_higher_one_that_comes_within_the_span_is_waited_for(self):
        due = NOON + 5 * HOUR
        assert self.judge(mine(), self.rivals(due)) == Verdict("defer", "exclusion", other(priority=80), due)
        assert self.judge(mine(), self.rivals(NOON + DAY)) is None
        assert self.judge(mine(priority=80), self.rivals(due)) is None

    def test_one_that_is_due_but_not_judged_yet_is_asked_for_again_soon(self):
        verdict = self.judge(mine(), self.rivals(NOON - HOUR))
        assert verdict is not None
        assert verdict.until == NOON + timedelta(minutes=10)

    def test_a_shadow_is_seen_by_shadows_alone(self):
        rivals = self.rivals(NOON + HOUR, shadow=True)
        assert self.judge(mine(), rivals) is None
        assert self.judge(mine(shadow=True), rivals) is not None


def put(**more):
    with store.write():
        settings.put_policy(SYSTEM, Policy(caps=more.pop("caps", []), **more))


def of(customer, journey, priority, run, **more):
    return replace(message(customer, run=run, priority=priority, **more), journey=journey)


class TestTogether:
    def test_of_two_at_once_the_higher_goes_whatever_their_order(self, people, paper):
        put(exclusion=ExclusionSetting(hours=24))
        expires = clock.now() + 3 * DAY
        low, high = say(
            of(people[0], "win-back", 30, 1, expires=expires), of(people[0], "birthday", 60, 2, expires=expires)
        )
        assert (low.state, low.rule, high.state) == (State.DEFERRED, "exclusion", State.QUEUED)
        assert low.until == clock.now() + DAY

    def test_one_that_waits_for_its_channel_gives_way(self, people, paper):
        put(exclusion=ExclusionSetting(hours=24))
        low = say(of(people[0], "win-back", 30, 1))[0]
        high = say(of(people[0], "birthday", 60, 2))[0]
        assert (high.state, Touch.objects.get(id=low.id).judged_us, CapReservation.objects.count()) == (
            State.QUEUED,
            0,
            1,
        )
        pump()
        row = Touch.objects.get(id=low.id)
        assert (state(high), row.state, row.rule) == (State.HANDED_OVER, State.SKIPPED, "exclusion")

    def test_one_in_a_workers_hand_does_not(self, people, paper):
        put(exclusion=ExclusionSetting(hours=24))
        low = say(of(people[0], "win-back", 30, 1))[0]
        pump()
        high = say(of(people[0], "birthday", 60, 2))[0]
        assert (state(low), high.state, high.rule) == (State.HANDED_OVER, State.SKIPPED, "exclusion")

    def test_one_deferred_over_night_is_waited_for_by_a_lower(self, people, paper):
        put(exclusion=ExclusionSetting(hours=24))
        later = clock.now() + 3 * HOUR
        say(of(people[0], "birthday", 60, 2, due=later))
        low = say(of(people[0], "win-back", 30, 1, expires=clock.now() + 3 * DAY))[0]
        assert (low.state, low.until) == (State.DEFERRED, later)
        pump(later)
        row = Touch.objects.get(id=low.id)
        assert (row.state, row.due_us) == (State.DEFERRED, to_us(later + DAY))

    def test_a_cap_yields_to_priority_and_is_never_exceeded(self, people, paper):
        put(caps=[Cap(limit=1, hours=24)])
        low = say(of(people[0], "win-back", 30, 1))[0]
        high = say(of(people[0], "birthday", 60, 2))[0]
        assert (high.state, CapReservation.objects.count()) == (State.QUEUED, 1)
        pump()
        assert (state(low), state(high), len(paper.tokens)) == (State.SKIPPED, State.HANDED_OVER, 1)
        assert Touch.objects.get(id=low.id).rule == "cap"

    def test_equal_priorities_keep_their_order(self, people, paper):
        put(caps=[Cap(limit=1, hours=24)])
        first, second = say(of(people[0], "win-back", 50, 1)), say(of(people[0], "birthday", 50, 2))
        pump()
        assert (state(first[0]), state(second[0])) == (State.HANDED_OVER, State.SKIPPED)

    @pytest.mark.django_db(transaction=True)
    def test_while_a_worker_sends_another_takes_the_place_one_message_goes(self, people, paper):
        put(caps=[Cap(limit=1, hours=24)])
        for n in range(12):
            Touch.objects.all().delete()
            paper.given.clear()
            say(of(people[n % 6], "win-back", 30, 2 * n))
            both(
                outbox.send_due,
                lambda n=n: say(of(people[n % 6], "birthday", 60, 2 * n + 1)),
            )
            outbox.send_due()
            assert (len(paper.tokens), CapReservation.objects.count()) == (1, 1)


@pytest.mark.parametrize(
    ("detail", "zh", "en"),
    [
        (
            other(),
            "24 小时内旅程「win-back」已联系过这位客户",
            "The journey win-back has written to this person within 24 hours",
        ),
        (
            other(group="A", priority=80),
            "互斥组「A」24 小时内旅程「win-back」优先级更高（80），由它先说",
            "The journey win-back has a higher priority (80) and speaks first within 24 hours (A)",
        ),
    ],
)
def test_why(detail, zh, en):
    assert RULE.why(detail) == Words(zh, en)
