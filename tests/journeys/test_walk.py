"""journeys.walk and the steps that act: waits, splits, tags, endings. The walk itself is pure."""

from collections.abc import Collection, Mapping
from datetime import UTC, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
from pydantic import ValidationError

from potager.evidence.models import Assignment
from potager.insight.models import ManualTag
from potager.journeys import tick
from potager.journeys.graph import Definition
from potager.journeys.models import Run
from potager.journeys.walk import MAX_PASSES, Walker, walk
from tests.journeys.conftest import BYE, HELLO, small

SHANGHAI = ZoneInfo("Asia/Shanghai")
NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)


class Knows:
    """A warehouse that has everything up to 100, answers with the customers of a list, and counts its questions."""

    loaded_seq = 100

    def __init__(self, holding: Collection[int] = (), lives: Mapping[str, int] | None = None) -> None:
        self.holding = set(holding)
        self.lives = lives or {}
        self.asked: list[tuple[set[int], datetime]] = []

    def holds(self, condition, cids, as_of):
        self.asked.append((set(cids), as_of))
        return self.holding & set(cids)

    def life_days(self, products):
        return {product: days for product, days in self.lives.items() if product in products}


def walker(cid: int = 1, **changes) -> Walker:
    return Walker(
        **{
            "run_id": cid,
            "cid": cid,
            "person_key": f"p{cid}",
            "arm": "treated",
            "shadow": False,
            "variants": {},
            "context": {},
            "entered": NOON,
            "step": "first",
            "waiting": False,
            "visit": 0,
            "at": NOON,
            "cause_seq": 5,
        }
        | changes
    )


def go(steps, *walkers: Walker, knows: Knows | None = None) -> Knows:
    knows = knows or Knows()
    walk(Definition.model_validate(small(steps=steps)), walkers, knows, SHANGHAI)
    return knows


@pytest.mark.parametrize(
    ("wait", "context", "until"),
    [
        ({"for": "36h"}, {}, NOON + timedelta(hours=36)),
        ({"until": "19:30"}, {}, NOON + timedelta(hours=7.5)),
        ({"until": "10:00"}, {}, NOON + timedelta(hours=22)),
        ({"until": "10:00", "day": 3}, {}, NOON + timedelta(days=3, hours=-2)),
        ({"between": ["22:00", "02:00"]}, {}, NOON + timedelta(hours=10)),
        ({"life": 0.5, "default": "30d"}, {"product": "A", "qty": 2}, NOON + timedelta(days=40)),
        ({"life": 0.5, "default": "30d"}, {"product": "B"}, NOON + timedelta(days=30)),
        ({"life": 0.5, "default": "30d"}, {}, NOON + timedelta(days=30)),
    ],
)
def test_where_a_wait_ends(wait, context, until):
    one = walker(context=context)
    go([{"id": "first", "wait": wait}, HELLO], one, knows=Knows(lives={"A": 40}))
    assert (one.step, one.waiting, one.at, one.passed) == ("first", True, until, [])


def test_a_wait_that_is_over_already_is_no_wait():
    one = walker(entered=NOON - timedelta(days=9))
    go([{"id": "first", "wait": {"until": "10:00", "day": 2}}, {"id": "out", "exit": {"reason": "enough"}}], one)
    assert [(each.step, each.outcome) for each in one.passed] == [("first", "no_wait"), ("out", "enough")]
    assert one.ended == "enough"


def test_one_act_a_walk_and_the_next_waits_to_see_it_written():
    one = walker()
    go([{**HELLO, "id": "first"}, {"id": "who", "branch": [{"if": {"tag": "a"}, "go": "bye"}]}, BYE], one)
    assert (one.step, one.asks, one.ended, [each.step for each in one.passed]) == ("who", True, "", ["first"])


def test_runs_whose_times_lie_together_are_asked_about_together():
    walkers = [walker(cid, at=NOON + timedelta(minutes=5 * cid)) for cid in range(4)]
    knows = go(
        [{"id": "first", "branch": [{"if": {"tag": "a"}, "go": "bye"}], "next": "end"}, BYE], *walkers, knows=Knows({1})
    )
    assert knows.asked == [({0, 1}, NOON + timedelta(minutes=5)), ({2, 3}, NOON + timedelta(minutes=15))]
    assert [each.passed[0].outcome for each in walkers] == ["else", "#1", "else", "else"]


def test_what_the_warehouse_cannot_know_yet_is_not_asked():
    one = walker(cause_seq=101)
    knows = go([{"id": "first", "branch": [{"if": {"tag": "a"}, "go": "bye"}], "next": "end"}, BYE], one)
    assert (knows.asked, one.asks, one.resting, one.passed) == ([], True, True, [])


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


def test_a_split_follows_the_variant_drawn_at_entry(garden):
    split = [{"key": "a", "share": 50, "go": "hello"}, {"key": "b", "share": 50, "go": "bye"}]
    garden.publish(control=40, steps=[{"id": "copy", "split": split}, {**HELLO, "next": "end"}, BYE])
    people = [garden.person() for _ in range(30)]
    for cid in people:
        garden.tell("friend_added", cid)
    garden.later(seconds=1)
    for run in Run.objects.all():
        variant = run.variants["copy"]
        assert garden.steps(run.subject_id)[0] == ("copy", variant)
        assert garden.steps(run.subject_id)[1][0] == {"a": "hello", "b": "bye"}[variant]
    treated = Run.objects.filter(arm="treated")
    drawn = Assignment.objects.filter(experiment__key="journey:welcome/copy")
    assert dict(drawn.values_list("cid", "arm")) == {run.subject_id: run.variants["copy"] for run in treated}


def test_a_tag_is_known_to_the_branch_behind_it(garden):
    garden.tag("walked")
    steps = [
        {"id": "mark", "tag": {"add": "walked"}},
        {"id": "marked", "branch": [{"if": {"tag": "walked"}, "go": "unmark"}], "next": "end"},
        {"id": "unmark", "tag": {"remove": "walked"}},
    ]
    garden.publish(control=50, steps=steps)
    people = [garden.person() for _ in range(12)]
    for cid in people:
        garden.tell("friend_added", cid)
    garden.later(seconds=1)
    treated = set(Run.objects.filter(arm="treated").values_list("subject_id", flat=True))
    assert set(ManualTag.objects.values_list("customer_id", flat=True)) == treated
    assert tick.waiting_for_facts() == len(treated)
    garden.later(seconds=1)
    garden.later(seconds=1)
    for cid in people:
        outcome = [("mark", "tagged"), ("marked", "#1"), ("unmark", "tagged")]
        assert garden.steps(cid) == (outcome if cid in treated else [("mark", "would_tag"), ("marked", "else")])
    assert ManualTag.objects.count() == 0


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
