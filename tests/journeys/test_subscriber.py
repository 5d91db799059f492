"""journeys.subscriber: an event starts, wakes, converts and ends runs in the transaction that accepts it."""

from datetime import timedelta

import pytest

from potager.core import journal, store
from potager.core.journal import Fact, to_us
from potager.evidence.models import Assignment
from potager.journeys import closing, live, subscriber
from potager.journeys.models import Run
from potager.people.models import Customer
from potager.touch.models import Touch
from tests import journalled
from tests.journeys.conftest import BYE, HELLO

PAUSE = {"id": "pause", "wait": {"for": "5d"}}


def keys(cid: int) -> list[str]:
    return list(Run.objects.filter(subject_id=cid).order_by("id").values_list("entry_key", flat=True))


def test_once_is_once_for_ever(garden):
    garden.publish(steps=[HELLO])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(days=1)
    garden.tell("friend_added", cid)
    assert keys(cid) == [""]


def test_a_rebuild_starts_nothing(garden):
    garden.audience("dormant")
    garden.publish(triggers=[{"audience": "dormant"}])
    cid = garden.person()
    garden.tell("audience_entered", cid, audience="dormant", spell=1, cause="rebuild")
    assert keys(cid) == []


def test_a_late_fact_starts_nothing(garden):
    garden.publish()
    old, fresh = garden.person(), garden.person()
    garden.tell("friend_added", old, at=garden.now - timedelta(days=3, seconds=1))
    garden.tell("friend_added", fresh, at=garden.now - timedelta(days=3))
    assert (keys(old), keys(fresh)) == ([], [""])


def test_the_gap_between_entries_is_kept(garden):
    garden.publish(entry="each", gap="30d", steps=[HELLO])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(days=29)
    garden.tell("friend_added", cid)
    assert len(keys(cid)) == 1
    garden.later(days=1)
    garden.tell("friend_added", cid)
    assert len(keys(cid)) == 2
    two = [("friend_added", cid, "event", garden.now + timedelta(days=n), {}) for n in (0, 30, 31)]
    garden.tell_all(two)
    assert len(keys(cid)) == 3


def test_a_deleted_customer_enters_nothing(garden):
    garden.publish()
    cid = garden.person()
    Customer.objects.filter(id=cid).update(state="deleted")
    garden.tell("friend_added", cid)
    assert keys(cid) == []


def test_an_exit_acts_on_the_event_itself(garden):
    garden.publish(exits=[{"event": "order_paid"}], steps=[HELLO, PAUSE, BYE])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    garden.later(hours=1)
    garden.order(cid)
    run = garden.run(cid)
    assert (run.due_us, run.ended_us, run.end_reason) == (None, to_us(garden.now), "exit:order_paid")
    assert run.converted_us == to_us(garden.now)
    assert Touch.objects.get().state == "cancelled"
    garden.later(days=9)
    assert garden.steps(cid) == [("hello", "queued")]


def test_what_happened_before_the_entry_neither_ends_nor_converts(garden):
    garden.publish(exits=[{"event": "order_paid"}], steps=[HELLO, PAUSE])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.order(cid, at=garden.now - timedelta(hours=1))
    run = garden.run(cid)
    assert (run.ended_us, run.converted_us) == (None, None)


def test_an_event_that_both_ends_and_starts_does_both(garden):
    garden.publish(
        entry="each",
        triggers=[{"event": "order_paid", "key": "order_no"}],
        exits=[{"event": "order_paid"}],
        steps=[PAUSE, HELLO],
    )
    cid = garden.person()
    items = {"shop": "s", "version": 1, "status": "paid", "amount": 100, "items": []}
    garden.tell_all([("order_paid", cid, "order", garden.now, {**items, "order_no": no}) for no in ("A", "B", "C")])
    rows = Run.objects.filter(subject_id=cid).order_by("id").values_list("entry_key", "end_reason", "converted_us")
    now = to_us(garden.now)
    assert list(rows) == [
        ("order_no:A", "exit:order_paid", now),
        ("order_no:B", "exit:order_paid", now),
        ("order_no:C", "", None),
    ]


def test_conversion_counts_inside_the_window_even_after_the_end(garden):
    garden.publish(window=7)
    inside, outside = garden.person(), garden.person()
    for cid in (inside, outside):
        garden.tell("friend_added", cid)
    start = garden.now
    garden.later(seconds=1)
    garden.order(inside, at=start + timedelta(days=7) - timedelta(seconds=1))
    garden.order(outside, at=start + timedelta(days=7))
    assert garden.run(inside).converted_us == to_us(start + timedelta(days=7) - timedelta(seconds=1))
    assert garden.run(outside).converted_us is None


def test_passages_past_every_window_are_not_read_any_more(garden, monkeypatch):
    garden.publish(window=7, steps=[HELLO])
    garden.publish(key="other", window=14, steps=[{"id": "long", "wait": {"for": "400d"}}])
    cid = garden.person()
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    read, definitions_of = [], closing.definitions_of
    monkeypatch.setattr(closing, "definitions_of", lambda ids: definitions_of(read.append(set(ids)) or ids))
    first, other = (garden.run(cid, key).version_id for key in ("welcome", "other"))
    garden.order(cid, at=garden.now + timedelta(days=13))
    garden.later(days=20)
    garden.order(cid)
    assert read == [{first, other}, {other}]


def test_a_policy_that_drops_ends_the_run(garden):
    garden.publish(steps=[HELLO, PAUSE, BYE])
    cid = garden.person()
    garden.tell("friend_added", cid)
    Customer.objects.filter(id=cid).update(state="deleted")
    garden.later(seconds=1)
    assert garden.steps(cid) == [("hello", "dropped")]
    assert garden.run(cid).end_reason == "policy:gone"


def test_an_entry_and_its_event_are_taken_back_together(garden):
    garden.publish()
    cid = garden.person()

    def break_off() -> None:
        with store.write():
            journal.append([Fact("event", "friend_added", "test", "x", garden.now, {}, cid=cid)])
            raise RuntimeError("power cut")

    with pytest.raises(RuntimeError):
        break_off()
    assert Run.objects.count() == 0


def test_a_batch_that_concerns_nobody_costs_two_small_queries(garden, django_assert_num_queries):
    garden.publish(exits=[{"event": "order_paid"}])
    cid = garden.person()
    live.board()
    entries = [
        journal.Entry(n, (0, n), Fact("event", "page_viewed", "t", str(n), garden.now, {}, cid=cid))
        for n in range(1000)
    ]
    with django_assert_num_queries(1):
        subscriber.on_entries(entries)


class TestLead:
    """A reminder enters when its time has come, not when the order was paid."""

    REMIND = {
        "key": "remind",
        "entry": "each",
        "triggers": [{"event": "order_paid", "key": "order_no"}],
        "lead": {"life": 0.5, "default": "10d"},
        "exits": [{"event": "order_paid"}],
        "control": 30,
        "steps": [{"id": "remind", "message": {"text": "{product_name}快用完了", "purpose": "service"}}],
    }

    def test_the_arm_is_drawn_when_the_lead_is_over(self, garden):
        garden.publish(**self.REMIND)
        cid = garden.person()
        garden.order(cid)
        garden.later(seconds=1)
        run = garden.run(cid, "remind")
        assert (run.arm, run.waiting, run.due_us) == ("", True, to_us(garden.now + timedelta(days=10, seconds=-1)))
        assert Assignment.objects.count() == 0
        garden.later(days=10)
        run.refresh_from_db()
        assert run.arm in {"control", "treated"}
        assert Assignment.objects.get().first_entry_at == garden.now - timedelta(seconds=1)
        assert garden.steps(cid, "remind")[0][0] == "remind"

    def test_who_orders_again_before_never_entered(self, garden):
        garden.publish(**self.REMIND)
        cid = garden.person()
        garden.order(cid, no="A")
        garden.later(days=5)
        garden.order(cid, no="B")
        garden.later(days=6)
        first, second = Run.objects.order_by("id")
        assert (first.arm, first.end_reason, first.converted_us) == ("", "exit:order_paid", None)
        assert (second.arm, second.waiting) == ("", True)
        assert Assignment.objects.count() == 0
        assert [e for e in journalled.entries(0, 1000) if e.fact.source == "journeys"] == []


class TestFilter:
    """A filter is asked when the first step is due; who does not pass did not enter."""

    BOUGHT = {"event": "order_paid", "measure": "count", "op": "gte", "value": 1}

    def test_only_those_pass_for_whom_it_holds(self, garden):
        garden.publish(filter=self.BOUGHT, goal={"event": "friend_lost"})
        buyer, other = garden.person(), garden.person()
        garden.order(buyer)
        for cid in (buyer, other):
            garden.tell("friend_added", cid)
        garden.later(seconds=1)
        assert garden.texts(buyer) == ["你好小林"]
        assert garden.texts(other) == []
        assert garden.run(other).end_reason == "not_eligible"
        assert Assignment.objects.count() == 1

    def test_who_was_refused_may_try_again(self, garden):
        garden.publish(filter=self.BOUGHT, goal={"event": "friend_lost"})
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        garden.order(cid)
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        assert garden.texts(cid) == ["你好小林"]
