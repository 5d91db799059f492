"""touch.intents: set-wise, once per key, judged and reserved in the caller's transaction."""

from datetime import UTC, datetime, timedelta

import pytest

from potager.core import clock, store
from potager.core.models import JournalEntry
from potager.org.access import SYSTEM
from potager.people import consent
from potager.people.consent import Stated
from potager.touch import intents, settings
from potager.touch.drafts import Intent
from potager.touch.intents import Intended, intend
from potager.touch.life import State
from potager.touch.models import CapReservation, Lane, Touch
from potager.touch.rules.cap import Cap
from potager.touch.settings import Policy
from tests.touch.conftest import DAY, HOUR, both, say, state

NIGHT = datetime(2026, 11, 1, 14, tzinfo=UTC)
MORNING = datetime(2026, 11, 2, 0, 30, tzinfo=UTC)


def message(customer, run: int = 1, step: str = "a", **more) -> Intent:
    return Intent(customer.id, "paper", "你好，{客户昵称|朋友}", run_id=run, step=step, journey="welcome", **more)


def types():
    return list(JournalEntry.objects.filter(source="touch").order_by("seq").values_list("type", flat=True))


def test_a_batch_is_rendered_judged_and_reserved(people, paper):
    made = say(*(message(customer, run=n) for n, customer in enumerate(people)))
    assert [each.state for each in made] == [State.QUEUED] * 6
    rows = Touch.objects.order_by("id")
    assert [row.text for row in rows] == ["你好，小雨", *["你好，朋友"] * 5]
    first = rows[0]
    assert (first.sender, first.person_key, first.iid) == ("lin", "person-0", people[0].identities.get().id)
    assert (first.purpose, first.lane, first.zone) == ("marketing", Lane.SOP, "Asia/Shanghai")
    assert first.expires_us - first.due_us == DAY // timedelta(microseconds=1)
    assert CapReservation.objects.count() == 6
    assert types() == []


def test_the_same_key_is_the_same_touch_within_and_across_calls(people, paper):
    first, twin = say(message(people[0]), message(people[0]))
    again = say(message(people[0]), message(people[0], step="b"))
    assert first == twin == again[0]
    assert again[1].id != first.id
    assert Touch.objects.count() == 2
    assert [again[1].state, again[1].rule] == [State.SKIPPED, "cap"]


def test_visits_and_parts_are_messages_of_their_own(people, paper):
    made = say(message(people[0]), message(people[0], visit=2), message(people[0], part="link"))
    assert len({each.id for each in made}) == 3


def test_a_few_statements_whatever_the_number(people, paper, django_assert_max_num_queries):
    batch = [message(people[n % 6], run=n, purpose="transactional") for n in range(1_000)]
    with store.write(), django_assert_max_num_queries(15):
        made = intend(batch)
    assert len({each.id for each in made}) == 1_000


def test_outside_a_write_transaction_it_refuses(people, paper):
    with pytest.raises(RuntimeError, match=r"store\.write"):
        intend([message(people[0])])


def test_skips_and_drops_are_facts_with_their_rule(people, paper):
    with store.write():
        identity = people[0].identities.get()
        consent.record(SYSTEM, [Stated(identity.id, people[0].id, "*", "marketing", allowed=False, at=clock.now())])
    refused, held, hole = say(
        message(people[0]),
        message(people[1], run=2, arm="control"),
        Intent(people[2].id, "paper", "{肤质}", run_id=3, step="a"),
    )
    assert [(e.state, e.rule) for e in (refused, held, hole)] == [
        (State.SKIPPED, "consent"),
        (State.DROPPED, "holdout"),
        (State.SKIPPED, "content"),
    ]
    facts = JournalEntry.objects.filter(source="touch").order_by("seq")
    assert [(f.type, f.cid, f.body["reason"]) for f in facts] == [
        ("touch_skipped", people[0].id, "consent"),
        ("touch_dropped", people[1].id, "holdout"),
        ("touch_skipped", people[2].id, "content"),
    ]
    assert facts[0].body == {
        "touch": refused.id,
        "channel": "paper",
        "purpose": "marketing",
        "sender": "lin",
        "journey": "welcome",
        "run": 1,
        "step": "a",
        "visit": 1,
        "reason": "consent",
    }
    assert CapReservation.objects.count() == 0


def test_deleted_unknown_and_ownerless_customers(people, paper):
    paper.needs_sender = True
    people[0].state = "deleted"
    people[1].owner = None
    for each in people[:2]:
        each.save()
    gone, nobody, ownerless = say(
        message(people[0]), Intent(999_999, "paper", "x", run_id=2, step="a"), message(people[1], run=3)
    )
    assert [(e.state, e.rule) for e in (gone, nobody, ownerless)] == [
        (State.DROPPED, "gone"),
        (State.DROPPED, "gone"),
        (State.SKIPPED, "channel"),
    ]
    assert Touch.objects.get(id=ownerless.id).detail == {"channel": "paper", "lacking": "sender"}


def test_an_owner_who_left_is_not_asked_to_speak(people, paper, staff):
    paper.needs_sender = True
    staff.active = False
    staff.save()
    made = say(message(people[0]))[0]
    row = Touch.objects.get(id=made.id)
    assert (row.sender, row.state, row.rule) == ("", State.SKIPPED, "channel")
    assert row.detail == {"channel": "paper", "lacking": "sender"}


def test_a_merged_customer_is_reached_as_who_they_are_now(people, paper):
    people[1].state, people[1].merged_into = "merged", people[0]
    people[1].save()
    made = say(message(people[1], person_key="person-1"))[0]
    row = Touch.objects.get(id=made.id)
    assert (row.cid, row.person_key, row.text) == (people[0].id, "person-1", "你好，小雨")


def test_a_channel_nobody_installed_skips(people, paper):
    made = say(Intent(people[0].id, "pigeon", "x", run_id=1, step="a"))[0]
    assert (made.state, made.rule) == (State.SKIPPED, "channel")


class TestQuietHours:
    def test_night_defers_to_the_morning_of_the_persons_clock(self, people, paper):
        people[1].attrs = {"time_zone": "Europe/Paris"}
        people[1].save()
        here, paris = say(message(people[0]), message(people[1], run=2), at=NIGHT)
        assert here == Intended(here.id, State.DEFERRED, "quiet", MORNING)
        assert paris.state == State.QUEUED
        assert types() == ["touch_deferred"]
        assert CapReservation.objects.count() == 1

    def test_an_unknown_zone_is_the_houses(self, people, paper):
        people[0].attrs = {"time_zone": "Mars/Olympus"}
        people[0].save()
        assert say(message(people[0]), at=NIGHT)[0].until == MORNING


class TestFutureDue:
    def test_it_is_judged_when_it_comes_due_and_takes_no_place_before(self, people, paper):
        made = say(message(people[0], due=clock.now() + 3 * HOUR))[0]
        assert made.state == State.INTENDED
        assert CapReservation.objects.count() == 0


class TestShadow:
    def test_it_is_withheld_and_nothing_happened_to_the_person(self, people, paper):
        made = say(message(people[0], arm="control", shadow=True))[0]
        assert made.state == State.WITHHELD
        assert types() == []
        assert Touch.objects.get(id=made.id).marks.get().state == "withheld"

    def test_the_same_policy_with_a_ledger_of_its_own(self, people, paper):
        shadow = {"arm": "control", "shadow": True}
        say(message(people[0], **shadow))
        second = say(message(people[0], step="b", **shadow), at=clock.now() + HOUR)[0]
        real = say(message(people[0], run=2), at=clock.now() + HOUR)[0]
        late = say(message(people[0], step="c", **shadow), at=NIGHT + 2 * DAY)[0]
        assert (second.state, second.rule) == (State.DEFERRED, "cap")
        assert real.state == State.QUEUED
        assert (late.state, late.rule) == (State.DEFERRED, "quiet")
        assert types() == []


class TestCancel:
    def test_what_was_not_sent_is_taken_back_and_gives_its_place_back(self, people, paper):
        queued = say(message(people[0]))[0]
        deferred = say(message(people[1], step="b"), at=NIGHT)[0]
        other = say(message(people[2], run=2))[0]
        with store.write():
            assert intents.cancel([1]) == 2
        assert [state(each) for each in (queued, deferred, other)] == [State.CANCELLED, State.CANCELLED, State.QUEUED]
        assert list(CapReservation.objects.values_list("person_key", flat=True)) == ["person-2"]
        assert types() == ["touch_deferred", "touch_cancelled", "touch_cancelled"]

    def test_twice_is_once(self, people, paper):
        say(message(people[0]))
        with store.write():
            intents.cancel([1])
            assert intents.cancel([1]) == 0
        assert types() == ["touch_cancelled"]


@pytest.mark.django_db(transaction=True)
def test_caps_are_exact_when_two_intend_at_once(house, people, paper):
    """Twenty journeys want the same person at the same moment through two workers; the cap is three."""
    with store.write():
        settings.put_policy(SYSTEM, Policy(caps=[Cap(limit=3, hours=24)]))

    def journeys(first: int) -> None:
        for run in range(first, first + 10):
            say(message(people[0], run=run), at=house)

    both(lambda: journeys(100), lambda: journeys(200))
    assert CapReservation.objects.count() == 3
    assert Touch.objects.filter(state="queued").count() == 3
    assert Touch.objects.count() == 20
