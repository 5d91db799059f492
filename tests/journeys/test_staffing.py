"""Staff SOPs: what they may be made of, their tasks and what comes of them."""

from datetime import datetime

import pytest

from potager.core import store
from potager.core.errors import Conflict
from potager.core.journal import from_us, to_us
from potager.evidence.models import Experiment
from potager.journeys import checks, files, publish, queries, staffing, starting
from potager.journeys.models import Run, RunStep
from potager.org.access import SYSTEM, Actor
from potager.org.models import Role, Staff
from potager.people.models import Customer
from potager.touch import tasks
from potager.touch.models import StaffTask
from tests.journeys.conftest import HELLO, problems, small

DAILY = [{"staff": {}, "schedule": {"at": "18:00"}}]
REPORT = {
    "id": "report",
    "task": {"title": "写日报", "text": "今天加了几位好友", "within": "2h", "wait": True, "done": "praise"},
}
REMIND = {"id": "remind", "task": {"title": "补交日报", "within": "1d"}, "next": "end"}
PRAISE = {"id": "praise", "task": {"title": "看看同事的日报"}, "next": "end"}
STAFF = {"key": "daily", "subject": "staff", "entry": "each", "triggers": DAILY, "steps": [REPORT, REMIND, PRAISE]}


@pytest.fixture
def team(garden):
    for key, name in (("wu", "吴越"), ("li", "李然")):
        Staff.objects.create(key=key, name=name)
    return garden


def actor_of(key: str) -> Actor:
    return Actor(key, Role.STAFF, Staff.objects.get(key=key).pk)


def close(key: str, outcome: tasks.Outcome) -> None:
    with store.write():
        tasks.complete(actor_of(key), StaffTask.objects.get(staff=key, state="open").pk, outcome)


def steps(key: str) -> list[tuple[str, str]]:
    subject = Staff.objects.get(key=key).pk
    rows = RunStep.objects.filter(run__subject_id=subject, run__subject_kind="staff").order_by("visit")
    return list(rows.values_list("step", "outcome"))


def begin(team) -> None:
    """An evening begins: the world is at 18:00 in Shanghai, and everybody was asked."""
    team.publish(**STAFF)
    team.later(hours=6)
    starting.open_slots()
    team.later(seconds=1)


def test_what_is_for_customers_only_is_refused_with_its_place(team):
    wait = {"id": "rest", "wait": {"for": "1h", "or_event": {"event": "order_paid"}}}
    written = {**STAFF, "steps": [HELLO, {"id": "t", "tag": {"add": "x"}}, wait, REPORT, REMIND, PRAISE]}
    found = problems(**written, control=10, exits=[{"event": "order_paid"}])
    assert [each for each in found if each[0].endswith("_subject")] == [
        ("journey.step_subject", "steps.hello"),
        ("journey.step_subject", "steps.t"),
        ("journey.wait_subject", "steps.rest.wait.or_event"),
        ("journey.part_subject", "control"),
        ("journey.part_subject", "exits"),
    ]
    assert ("journey.trigger_subject", "triggers[0]") in problems(subject="staff", steps=[REMIND])
    assert ("journey.trigger_subject", "triggers[0]") in problems(triggers=DAILY)
    assert problems(**STAFF) == []


def test_a_customer_sop_is_stored_as_before():
    assert "subject" not in checks.read(small(subject="customer")).canonical()
    assert checks.read(small(subject="customer")).hash == checks.read(small()).hash


def test_a_published_sop_keeps_its_subject(team):
    team.publish(**STAFF)
    with pytest.raises(Conflict) as refused, store.write():
        files.apply(SYSTEM, small(key="daily"))
    assert (refused.value.code, refused.value.place) == ("journey.subject", "subject")


def test_customers_are_not_put_into_it_by_hand(team):
    team.publish(**STAFF)
    with pytest.raises(Conflict) as refused:
        starting.start(SYSTEM, queries.journey_of("daily"), {"all": []})
    assert refused.value.code == "journey.for_staff"


def test_each_is_asked_for_themselves_and_parts_by_what_they_answer(team):
    # Customers with the numbers of staff members are not asked about.
    for number in Staff.objects.values_list("id", flat=True):
        seen = {"created_at": team.now, "first_seen_at": team.now}
        Customer.objects.create(id=number, name="同号", person_key=f"number-{number}", **seen)
    begin(team)
    asked = StaffTask.objects.order_by("staff").values_list("staff", "title", "instructions", "cid", "iid")
    assert list(asked) == [(key, "写日报", "今天加了几位好友", None, None) for key in ("chen", "li", "wu")]
    task = StaffTask.objects.get(staff="wu")
    due, expires = (from_us(us) for us in (task.due_us, task.expires_us))
    assert due == datetime.fromisoformat("2026-11-01T18:00+08:00")
    assert expires == datetime.fromisoformat("2026-11-01T20:00+08:00")
    team.later(minutes=10)
    close("wu", "done")
    close("chen", "not_done")
    team.later(seconds=1)
    team.later(seconds=1)
    assert steps("wu") == [("report", "done"), ("praise", "asked")]
    assert steps("chen") == [("report", "not_done"), ("remind", "asked")]
    assert steps("li") == []
    team.later(hours=2)
    with store.write():
        assert tasks.expire() == 1
    team.later(seconds=1)
    assert steps("li") == [("report", "timeout"), ("remind", "asked")]
    assert set(Run.objects.values_list("ended_us", flat=True)) != {None}


def test_no_experiment_and_no_facts_about_customers(team):
    begin(team)
    assert not Experiment.objects.filter(key__startswith="journey:daily").exists()
    assert set(Run.objects.values_list("arm", "shadow")) == {("treated", False)}
    assert queries.runs(SYSTEM).count() == 0


def test_results_by_member_and_slot(team):
    begin(team)
    close("wu", "done")
    close("chen", "not_done")
    with store.write():
        tasks.cancel_runs([Run.objects.get(subject_id=Staff.objects.get(key="li").pk).pk])
    journey, slot = queries.journey_of("daily"), datetime.fromisoformat("2026-11-01T18:00+08:00")
    assert staffing.by_member(SYSTEM, journey) == [
        ("chen", "陈雨欣", staffing.Done(1, 0, 1, 0)),
        ("wu", "吴越", staffing.Done(1, 1, 0, 0)),
    ]
    assert staffing.by_slot(SYSTEM, journey) == [(slot, staffing.Done(2, 1, 1, 0))]
    assert staffing.by_member(actor_of("wu"), journey) == [("wu", "吴越", staffing.Done(1, 1, 0, 0))]
    assert (staffing.Done(2, 1, 1, 0).rate, staffing.Done(1, 0, 0, 0).rate) == (0.5, None)


def test_stopping_takes_open_tasks_back(team):
    begin(team)
    with store.write():
        assert publish.stop(SYSTEM, queries.journey_of("daily")) == 3
    assert set(StaffTask.objects.values_list("state", flat=True)) == {"cancelled"}
    assert to_us(team.now) >= max(Run.objects.values_list("ended_us", flat=True))
