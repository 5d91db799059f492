"""touch.receipts and touch.follow: told late, twice, out of order; merges move what came by an identity."""

from itertools import permutations

import pytest

from potager.core import clock, journal, store
from potager.core.journal import Fact
from potager.core.models import JournalEntry, Watermark
from potager.org.access import SYSTEM
from potager.touch import claims, follow, receipts, settings
from potager.touch.channels import Receipt
from potager.touch.life import State
from potager.touch.models import CapReservation, StaffTask, Touch
from potager.touch.pump import Counts, pump
from tests.touch.conftest import HOUR, say, state
from tests.touch.test_intents import message, types


@pytest.fixture
def out(people, paper):
    """A touch the channel has, and its token."""
    touch = say(message(people[0]))[0]
    pump()
    return touch, paper.tokens[0]


def told(token, *states, reason=""):
    now = clock.now()
    return [Receipt(token, State(each), now + n * HOUR, reason) for n, each in enumerate(states)]


def record(batch):
    with store.write():
        return receipts.record(batch)


@pytest.mark.parametrize("order", list(permutations(["staff_confirmed", "delivered", "replied"])))
def test_any_order_same_end_and_every_station_told_once(people, paper, order):
    touch = say(message(people[0]))[0]
    pump()
    for receipt in told(paper.tokens[0], *order):
        record([receipt])
    record(told(paper.tokens[0], *order))
    assert state(touch) == State.REPLIED
    assert sorted(types()) == ["touch_confirmed", "touch_delivered", "touch_replied", "touch_sent"]
    assert Touch.objects.get().marks.count() == 5


def test_the_time_kept_is_when_it_happened(out):
    touch, token = out
    record(told(token, "staff_confirmed", "delivered"))
    marks = {mark.state: mark.at_us for mark in Touch.objects.get(id=touch.id).marks.all()}
    now = journal.to_us(clock.now())
    assert (marks["staff_confirmed"], marks["delivered"]) == (now, now + 3_600_000_000)
    assert JournalEntry.objects.get(type="touch_delivered").at_us == now + 3_600_000_000


def test_a_receipt_for_nobodys_token_is_no_news(out):
    assert record(told("never-given", "delivered")) == 0
    assert record([]) == 0
    assert types() == ["touch_sent"]


def test_a_receipt_before_the_hand_over_was_written_down_counts(people, paper):
    touch = say(message(people[0]))[0]
    Touch.objects.update(token="t1", lease_until_us=1)
    assert record(told("t1", "delivered")) == 1
    assert state(touch) == State.DELIVERED
    assert pump() == Counts()
    assert paper.given == []


@pytest.mark.parametrize("proof", ["staff_confirmed", "delivered", "replied"])
def test_what_arrived_was_sent_and_paid_for_though_its_sender_died_before_it_said_so(people, paper, proof):
    with store.write():
        settings.put_policy(SYSTEM, settings.Policy(costs={"paper": 7}))
    touch = say(message(people[0]))[0]
    (claimed,) = claims.claim(paper, 10)
    record(told(claimed.token, proof))
    record(told(claimed.token, proof))
    assert state(touch) == proof
    (sent,) = JournalEntry.objects.filter(type="touch_sent")
    assert (sent.body["amount"], Touch.objects.get(id=touch.id).cost_minor) == (7, 7)
    assert Touch.objects.get(id=touch.id).marks.filter(state="handed_over").count() == 1


def test_pages_are_read_once(out, paper):
    touch, token = out
    paper.told = told(token, "staff_confirmed", "delivered")
    assert (receipts.pull(paper), receipts.pull(paper)) == (2, 0)
    assert Watermark.objects.get(name="touch:paper").seq == 2
    Watermark.objects.update(seq=0)
    assert receipts.pull(paper) == 2
    assert (state(touch), len(types())) == (State.DELIVERED, 3)


def test_touches_and_tasks_follow_their_identity(out, people):
    touch, _ = out
    iid = people[0].identities.get().id
    StaffTask.objects.create(
        token="x", staff="lin", title="x", iid=iid, cid=people[0].id, created_us=0, due_us=0, expires_us=0
    )
    moved = Fact("identity", "identity_moved", "people", "identity:1", clock.now(), {}, iid=iid, cid=people[1].id)
    before = list(journal._subscribers)
    journal.set_subscribers([follow.on_entries])
    with store.write():
        journal.append([moved])
    journal.set_subscribers(before)
    assert (Touch.objects.get(id=touch.id).cid, StaffTask.objects.get().cid) == (people[1].id, people[1].id)


@pytest.mark.parametrize(
    ("lost", "proof"),
    [
        # The channel's word that it did not arrive stands against the staff member's.
        *((State.FAILED, proof) for proof in (State.DELIVERED, State.REPLIED)),
        *(
            (lost, proof)
            for lost in (State.EXPIRED, State.CANCELLED)
            for proof in (State.STAFF_CONFIRMED, State.DELIVERED, State.REPLIED)
        ),
    ],
)
def test_what_arrived_after_all_takes_its_place_again(people, out, lost, proof):
    """A receipt that it was lost gave the place back: the person has the message, and the cap must know."""
    touch, token = out
    record(told(token, lost, reason="over_quota"))
    assert CapReservation.objects.count() == 0
    record(told(token, proof))
    assert list(CapReservation.objects.values_list("touch_id", "given_back")) == [(touch.id, False)]
    again = say(message(people[0], run=2))[0]
    assert (again.state, again.rule) == (State.SKIPPED, "cap")


@pytest.mark.parametrize("order", list(permutations(["failed", "delivered", "clicked"])))
def test_lost_and_found_in_any_order_keeps_one_place(out, order):
    touch, token = out
    for receipt in told(token, *order, reason="not_a_friend"):
        record([receipt])
        record([receipt])
    assert (state(touch), CapReservation.objects.count()) == (State.CLICKED, 1)
