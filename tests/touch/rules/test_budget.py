"""rules.budget: a month's money, reserved with the place, kept when paid, exact."""

from datetime import UTC, datetime

import pytest

from potager.core import clock, store
from potager.org.access import SYSTEM
from potager.touch import intents, outbox, places, receipts, settings
from potager.touch.channels import Receipt
from potager.touch.life import State
from potager.touch.models import CapReservation, Touch
from potager.touch.policy import SEND, Verdict, Words
from potager.touch.rules.budget import Budget, BudgetSetting
from potager.touch.settings import Policy
from tests.touch.conftest import DAY, both, say
from tests.touch.rules.asking import NOON, Message, ask, ask_all
from tests.touch.test_intents import message

NEXT_MONTH = datetime(2026, 11, 30, 16, tzinfo=UTC)
LONG = NOON + 40 * DAY


def policy(month_minor, **more):
    return Policy(caps=[], costs={"paper": 7, "free": 0}, budget=BudgetSetting(month_minor=month_minor, **more))


def over(spent, budget=20):
    numbers = {"budget": budget, "spent": spent, "cost": 7, "currency": "CNY"}
    return Verdict("defer", "budget", numbers, NEXT_MONTH)


def put(month_minor):
    with store.write():
        settings.put_policy(SYSTEM, policy(month_minor))


def test_messages_up_to_the_budget_and_none_over_it(house):
    texts = [Message(channel="paper", expires=LONG)] * 3
    assert ask_all([Budget()], texts, policy=policy(20)) == [SEND, SEND, over(14)]
    assert ask_all([Budget()], texts, policy=policy(21)) == [SEND] * 3
    assert ask(Budget(), texts[0], policy=policy(0)) == over(0, budget=0)


def test_without_a_budget_nothing_is_asked(house, django_assert_num_queries):
    with django_assert_num_queries(0):
        assert ask(Budget(), Message(channel="paper"), policy=policy(None)) == SEND


def test_what_costs_nothing_and_duty_pass(house):
    assert ask(Budget(), Message(channel="free"), policy=policy(0)) == SEND
    assert ask(Budget(), Message(channel="unknown"), policy=policy(0)) == SEND
    assert ask(Budget(), Message(channel="paper", purpose="transactional"), policy=policy(0)) == SEND
    strict = policy(0, purposes=["transactional"])
    assert ask(Budget(), Message(channel="paper", purpose="transactional", expires=LONG), policy=strict) == over(0, 0)


def test_duty_is_paid_from_the_same_money_and_a_shadow_costs_nothing(house):
    duty, text = Message(channel="paper", purpose="transactional"), Message(channel="paper", expires=LONG)
    shadow = Message(channel="paper", shadow=True)
    assert ask_all([Budget()], [duty, duty, text], policy=policy(20)) == [SEND, SEND, over(14)]
    assert ask_all([Budget()], [shadow, shadow, text, text], policy=policy(20)) == [SEND] * 4


def test_the_month_is_the_houses_calendar(people, paper):
    put(7)
    last_day = datetime(2026, 11, 30, 15, tzinfo=UTC)
    spent, waits = say(message(people[0], purpose="service"), message(people[1], run=2, purpose="service"), at=last_day)
    fresh = say(message(people[2], run=3, purpose="service"), at=NEXT_MONTH)[0]
    assert [each.state for each in (spent, waits, fresh)] == ["queued", "deferred", "queued"]
    assert waits.until == NEXT_MONTH
    assert (places.spent(NOON), places.spent(NEXT_MONTH)) == (14, 7)


def test_what_was_not_handed_over_gives_its_money_back(people, paper):
    put(7)
    say(message(people[0]))
    with store.write():
        intents.cancel([1])
    assert (places.spent(NOON), CapReservation.objects.count()) == (0, 0)
    assert say(message(people[1], run=2))[0].state == State.QUEUED


def test_what_was_handed_over_is_paid_for_but_takes_no_place_any_more(people, paper):
    put(7)
    touch = say(message(people[0]))[0]
    outbox.send_due()
    with store.write():
        receipts.record([Receipt(paper.tokens[0], State.FAILED, clock.now(), "blacklisted")])
    assert Touch.objects.get(id=touch.id).state == State.FAILED
    with store.write():
        mine = places.book(["person-0"], NOON - DAY, clock.now(), {})
    assert mine.taken(Message(person_key="person-0"), NOON - DAY) == []
    assert places.spent(NOON) == 7
    assert say(message(people[1], run=2))[0].rule == "budget"


@pytest.mark.django_db(transaction=True)
def test_it_is_exact_when_two_intend_at_once(house, people, paper):
    put(25)

    def journeys(first: int) -> None:
        for run in range(first, first + 10):
            say(message(people[run % 6], run=run), at=house)

    both(lambda: journeys(100), lambda: journeys(200))
    assert places.spent(NOON) == 21
    assert Touch.objects.filter(state="queued").count() == 3
    assert Touch.objects.filter(rule="budget").count() == 17


def test_why():
    assert Budget().why(over(14).detail) == Words(
        "本月预算 ¥0.20，已用 ¥0.14，再发一条要 ¥0.07",
        "This month's budget is ¥0.20, ¥0.14 is spent, one more costs ¥0.07",
    )
