"""rules.platform: the platform's limit of mass messages per customer and calendar period, exact."""

from datetime import UTC, datetime, timedelta

import pytest

from potager.core import store
from potager.org.access import SYSTEM
from potager.touch import intents, settings
from potager.touch.models import CapReservation, Touch
from potager.touch.places import Place
from potager.touch.policy import SEND, Scene, Verdict, Words
from potager.touch.rules.platform import PlatformLimit, PlatformSetting
from potager.touch.settings import Policy
from tests.touch.conftest import both, say
from tests.touch.rules.asking import DAY, HOUR, NOON, Message, ask, ask_all
from tests.touch.test_intents import message

LIMIT = PlatformLimit()
MIDNIGHT = datetime(2026, 11, 1, 16, tzinfo=UTC)


@pytest.fixture
def mass(people, paper):
    """Messages through paper count."""
    paper.mass = True
    return paper


def before(at, *ago, channel="paper", **more):
    return [Place(at - each, channel, "marketing", **more) for each in ago]


def policy(per, limit=None):
    return Policy(platform=PlatformSetting(per=per, limit=limit))


def asked(per, at, *ago, limit=None, places=None, **about):
    text = Message(**{"channel": "paper", "expires": at + 40 * DAY, **about})
    return ask(LIMIT, text, at=at, places=places or before(at, *ago), policy=policy(per, limit))


@pytest.mark.parametrize(
    ("at", "days", "end"),
    [
        (datetime(2026, 10, 31, 4, tzinfo=UTC), 31, datetime(2026, 10, 31, 16, tzinfo=UTC)),
        (datetime(2026, 11, 30, 4, tzinfo=UTC), 30, datetime(2026, 11, 30, 16, tzinfo=UTC)),
        (datetime(2027, 2, 28, 4, tzinfo=UTC), 28, datetime(2027, 2, 28, 16, tzinfo=UTC)),
        (datetime(2028, 2, 29, 4, tzinfo=UTC), 29, datetime(2028, 2, 29, 16, tzinfo=UTC)),
    ],
)
def test_a_month_holds_as_many_as_it_has_days(mass, at, days, end):
    daily = [n * DAY for n in range(days)]
    assert asked("month", at, *daily[1:]) == SEND
    assert asked("month", at, *daily) == Verdict(
        "defer", "platform", {"per": "month", "limit": days, "sent": days}, end
    )


def test_a_week_holds_seven_and_begins_on_monday(mass):
    sunday = datetime(2026, 11, 1, 15, 59, tzinfo=UTC)
    seven = [n * HOUR for n in range(7)]
    assert asked("week", sunday, *seven[1:]) == SEND
    assert asked("week", sunday, *seven) == Verdict(
        "defer", "platform", {"per": "week", "limit": 7, "sent": 7}, MIDNIGHT
    )
    monday = sunday + timedelta(minutes=1)
    assert asked("week", monday, places=before(sunday, *seven)) == SEND


def test_a_day_holds_one_from_midnight_of_the_business_zone(mass):
    just = timedelta(microseconds=1)
    held = Verdict("defer", "platform", {"per": "day", "limit": 1, "sent": 1}, MIDNIGHT + DAY)
    assert asked("day", MIDNIGHT, just) == SEND
    assert asked("day", MIDNIGHT + HOUR, HOUR) == held
    # The customer's own zone has no part in it.
    assert asked("day", MIDNIGHT + HOUR, HOUR, zone="Europe/Paris") == held


def test_another_number_where_the_platform_says_so(mass):
    assert asked("month", NOON, HOUR, 2 * HOUR, 3 * HOUR, limit=4) == SEND
    full = asked("month", NOON, HOUR, 2 * HOUR, 3 * HOUR, 4 * HOUR, limit=4)
    assert full.detail == {"per": "month", "limit": 4, "sent": 4}


def test_no_ledger_no_limit(mass):
    assert asked("none", NOON, *[HOUR] * 90) == SEND
    assert LIMIT.since(Scene(NOON, {}, policy("none"))) is None


def test_every_purpose_and_sender_counts_but_no_other_channel(mass):
    taken = [Place(NOON - HOUR, "paper", "transactional")]
    assert asked("day", NOON, places=taken, purpose="service", sender="chen").rule == "platform"
    assert asked("day", NOON, places=before(NOON, HOUR, channel="sim_sms")) == SEND
    assert asked("day", NOON, HOUR, channel="sim_sms") == SEND


def test_shadows_take_no_place_from_real_messages_but_see_both(mass):
    shadows = before(NOON, HOUR, shadow=True)
    assert asked("day", NOON, places=shadows) == SEND
    assert asked("day", NOON, places=shadows, shadow=True).rule == "platform"


def test_an_earlier_message_of_the_batch_counts(mass):
    texts = [Message(channel="paper", expires=NOON + 2 * DAY)] * 2
    assert [each.decision for each in ask_all([LIMIT], texts, policy=policy("day"))] == ["send", "defer"]


def test_it_counts_from_the_start_of_the_period(mass):
    assert LIMIT.since(Scene(MIDNIGHT + HOUR, {}, policy("day"))) == MIDNIGHT - timedelta(microseconds=1)


def test_a_message_taken_back_gives_its_place_back(people, mass):
    with store.write():
        settings.put_policy(SYSTEM, Policy(caps=[], platform=PlatformSetting(per="day")))
    first, second = say(message(people[0]), message(people[0], run=2))
    with store.write():
        intents.cancel([1])
    third = say(message(people[0], run=3))[0]
    assert [(each.state, each.rule) for each in (first, second, third)] == [
        ("queued", ""),
        ("deferred", "platform"),
        ("queued", ""),
    ]
    assert second.until == MIDNIGHT


@pytest.mark.django_db(transaction=True)
def test_it_is_exact_when_two_intend_at_once(house, people, mass):
    with store.write():
        settings.put_policy(SYSTEM, Policy(caps=[], platform=PlatformSetting(per="week", limit=3)))

    def journeys(first: int) -> None:
        for run in range(first, first + 10):
            say(message(people[0], run=run), at=house)

    both(lambda: journeys(100), lambda: journeys(200))
    assert CapReservation.objects.count() == 3
    assert Touch.objects.filter(state="queued").count() == 3
    assert Touch.objects.filter(rule="platform").count() == 17


@pytest.mark.parametrize(
    ("per", "zh", "en"), [("day", "今天", "today"), ("week", "本周", "this week"), ("month", "本月", "this month")]
)
def test_why(per, zh, en):
    assert LIMIT.why({"per": per, "limit": 7, "sent": 8}) == Words(
        f"平台群发上限：每位客户{zh}最多 7 条，已有 8 条",
        f"Platform limit: 7 mass messages per customer {en}, 8 already sent",
    )
