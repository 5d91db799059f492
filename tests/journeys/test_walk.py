"""journeys.walk and the steps that act: waits, splits, tags, endings. The walk itself is pure."""

import pytest
from pydantic import ValidationError

from potager.journeys.graph import Definition
from potager.journeys.walker import MAX_PASSES
from tests.journeys.conftest import BYE, HELLO, small
from tests.journeys.walking import go, walker


def test_one_act_a_walk_and_the_next_waits_to_see_it_written():
    one = walker()
    go([{**HELLO, "id": "first"}, {"id": "who", "branch": [{"if": {"tag": "a"}, "go": "bye"}]}, BYE], one)
    assert (one.step, one.asks, one.ended, [each.step for each in one.passed]) == ("who", True, "", ["first"])


def test_a_step_that_is_gone_ends_the_run():
    one = walker(step="gone")
    go([HELLO], one)
    assert one.ended == "step_gone"


def test_nobody_runs_in_circles_for_ever():
    one = walker(visit=MAX_PASSES - 1)
    go([{"id": "first", "wait": {"until": "10:00", "day": 0}}, {**HELLO, "next": "first"}], one)
    assert one.ended == "too_long"


@pytest.mark.parametrize(
    "broken",
    [
        {"steps": [{"id": "a", "wait": {}}]},
        {"steps": [{"id": "a", "wait": {"for": "1d", "day": 2}}]},
        {"steps": [{"id": "a", "wait": {"life": 0.5}}]},
        {"steps": [{"id": "a", "wait": {"between": ["09:00", "09:00"]}}]},
        {"steps": [{"id": "a", "tag": {"add": "x", "remove": "y"}}]},
        {"steps": [{"id": "a"}]},
        {"steps": [HELLO, HELLO]},
        {"steps": [{"id": "end", "exit": {}}]},
        {
            "steps": [
                {"id": "a", "split": [{"key": "x", "share": 50, "go": "end"}, {"key": "y", "share": 40, "go": "end"}]}
            ]
        },
        {"triggers": [{"event": "friend_added", "manual": True}]},
        {"triggers": [{"schedule": {"at": "09:00"}}]},
        {"control": 91},
    ],
)
def test_what_makes_no_sense_is_refused(broken):
    with pytest.raises(ValidationError):
        Definition.model_validate(small(**broken))


def test_exits_may_look_at_the_event(garden):
    where = [{"prop": "amount", "op": "gte", "value": "200.00"}]
    garden.publish(
        goal={"event": "friend_lost"},
        exits=[{"event": "order_paid", "where": where}],
        steps=[{"id": "pause", "wait": {"for": "5d"}}, HELLO],
    )
    small_order, large_order = garden.person(), garden.person()
    for cid, amount in ((small_order, 19900), (large_order, 20000)):
        garden.tell("friend_added", cid)
        garden.order(cid, amount=amount)
    assert (garden.run(small_order).end_reason, garden.run(large_order).end_reason) == ("", "exit:order_paid")
