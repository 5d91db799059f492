"""touch.jobs: what a running house does bit by bit adds up to what a pump does."""

from functools import partial

from potager.core import clock
from potager.touch import jobs, outbox
from potager.touch.channels import Receipt
from potager.touch.life import State
from potager.touch.models import CapReservation
from tests.touch.conftest import DAY, HOUR, say, state
from tests.touch.test_intents import message


def test_send_receipts_and_expiry(people, paper):
    sent, late = say(
        message(people[0]), message(people[1], run=2, due=clock.now() + HOUR, expires=clock.now() + 2 * HOUR)
    )
    jobs.KINDS["touch.send"]({})
    assert (state(sent), state(late)) == (State.HANDED_OVER, State.INTENDED)
    paper.told = [Receipt(paper.tokens[0], State.DELIVERED, clock.now())]
    jobs.KINDS["touch.receipts"]({})
    assert state(sent) == State.DELIVERED
    with clock.frozen(clock.now() + 40 * DAY):
        jobs.KINDS["touch.expire_tasks"]({})
    assert (state(late), CapReservation.objects.count()) == (State.EXPIRED, 0)


def test_sending_goes_on_until_nothing_moves(people, paper, monkeypatch):
    monkeypatch.setattr(outbox, "send_due", partial(outbox.send_due, 1))
    sent = say(*(message(people[n], run=n + 1) for n in range(3)))
    assert jobs.KINDS["touch.send"]({}) == 3
    assert {state(each) for each in sent} == {State.HANDED_OVER}


def test_every_periodic_job_has_a_handler():
    assert {each.kind for each in jobs.PERIODIC} == set(jobs.KINDS)
