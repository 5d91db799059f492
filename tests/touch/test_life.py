"""touch.life: receipts in any order, as often as they come, end in the same state."""

from itertools import permutations

import pytest

from potager.touch import life
from potager.touch.life import State

RECEIPTS = [
    State.UNKNOWN,
    State.HANDED_OVER,
    State.EXPIRED,
    State.CANCELLED,
    State.STAFF_CONFIRMED,
    State.FAILED,
    State.DELIVERED,
    State.READ,
    State.CLICKED,
    State.REPLIED,
]


def lived(news, start=State.QUEUED):
    current = start
    for each in news:
        if life.advances(current, each):
            current = each
    return current


@pytest.mark.parametrize("n", [1, 2, 3])
def test_any_order_ends_in_the_receipt_that_says_most(n):
    for chosen in permutations(RECEIPTS, n):
        most = max(chosen, key=RECEIPTS.index)
        assert lived(chosen) == most
        assert lived([*chosen, *chosen]) == most


@pytest.mark.parametrize(
    ("news", "end"),
    [
        (["handed_over", "staff_confirmed", "delivered"], "delivered"),
        (["delivered", "staff_confirmed", "handed_over"], "delivered"),
        (["handed_over", "failed", "delivered"], "delivered"),
        (["handed_over", "cancelled", "delivered", "expired"], "delivered"),
        (["unknown", "delivered", "replied", "read"], "replied"),
        (["handed_over", "expired", "cancelled"], "cancelled"),
    ],
)
def test_stories(news, end):
    assert lived([State(each) for each in news]) == State(end)


@pytest.mark.parametrize("settled", [State.SKIPPED, State.DROPPED, State.WITHHELD])
def test_what_was_never_sent_hears_no_receipts(settled):
    assert lived([State(each) for each in RECEIPTS], start=settled) == settled


def test_every_state_is_told_once_by_a_rule_and_no_rule_leads_back():
    assert sorted(rule.to for rule in life.RULES) == sorted(set(State) - {State.INTENDED})
    assert not any(rule.to in rule.frm for rule in life.RULES)
    assert {rule.to for rule in life.RULES if State.INTENDED in rule.frm} == {
        State.DEFERRED,
        State.SKIPPED,
        State.DROPPED,
        State.QUEUED,
        State.WITHHELD,
        State.EXPIRED,
        State.CANCELLED,
    }
