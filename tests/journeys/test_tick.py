"""journeys.tick: due runs move, set by set, in two phases."""

from datetime import timedelta

from potager.core import journal, store
from potager.core.journal import Fact, from_us, to_us
from potager.journeys.models import Run, RunStep
from potager.touch.models import StaffTask, Touch
from tests import journalled
from tests.journeys.conftest import BYE, HELLO


def test_an_event_becomes_a_run_and_a_message(garden):
    garden.publish()
    cid = garden.person("小林")
    garden.tell("friend_added", cid, staff="chen")
    run = garden.run(cid)
    assert (run.step, run.visit, from_us(run.due_us), run.arm) == ("hello", 0, garden.now, "treated")
    assert garden.later(seconds=1) == 1
    touch = Touch.objects.get()
    assert (touch.text, touch.sender, touch.run_id, touch.step, touch.visit) == ("你好小林", "chen", run.pk, "hello", 1)
    run.refresh_from_db()
    assert (run.due_us, run.end_reason, run.ended_us) == (None, "done", to_us(garden.now - timedelta(seconds=1)))
    assert garden.steps(cid) == [("hello", "queued")]


def test_a_wait_rests_and_goes_on_at_its_time(garden):
    garden.publish(steps=[HELLO, {"id": "pause", "wait": {"for": "2d"}}, BYE])
    cid = garden.person()
    start = garden.now
    garden.tell("friend_added", cid, staff="chen")
    garden.later(seconds=1)
    run = garden.run(cid)
    assert (run.step, run.waiting, from_us(run.due_us)) == ("pause", True, start + timedelta(days=2))
    assert garden.at(start + timedelta(days=2) - timedelta(seconds=1)) == 0
    garden.at(start + timedelta(days=2))
    assert garden.steps(cid) == [("hello", "queued"), ("pause", "waited"), ("bye", "queued")]
    assert garden.texts(cid) == ["你好小林", "再见"]


def test_a_branch_asks_the_warehouse_and_takes_the_first_path_that_holds(garden):
    rich = {"event": "order_paid", "measure": {"sum": "amount"}, "within": "30d", "op": "gte", "value": "500.00"}
    any_order = {"event": "order_paid", "measure": "count", "op": "gte", "value": 1}
    garden.publish(
        steps=[
            {"id": "pause", "wait": {"for": "1d"}},
            {"id": "who", "branch": [{"if": rich, "go": "rich"}, {"if": any_order, "go": "some"}]},
            {"id": "none", "message": {"text": "没买过", "purpose": "service"}, "next": "end"},
            {"id": "rich", "message": {"text": "买得多", "purpose": "service"}, "next": "end"},
            {"id": "some", "message": {"text": "买过", "purpose": "service"}},
        ]
    )
    people = [garden.person() for _ in range(3)]
    garden.order(people[0], amount=60000)
    garden.order(people[1], amount=10000)
    for cid in people:
        garden.tell("friend_added", cid, staff="chen")
    garden.later(days=1)
    garden.later(days=1)
    assert [garden.texts(cid) for cid in people] == [["买得多"], ["买过"], ["没买过"]]
    detail = RunStep.objects.get(run__subject_id=people[0], step="who").detail
    assert (detail["path"], detail["if"]) == (1, rich)


def test_a_branch_waits_until_the_warehouse_knows_what_caused_it(garden):
    condition = {"event": "friend_added", "measure": "count", "op": "gte", "value": 1}
    garden.publish(steps=[{"id": "who", "branch": [{"if": condition, "go": "hello"}], "next": "end"}, HELLO])
    cid = garden.person()
    garden.tell("friend_added", cid, staff="chen")
    garden.at(garden.now + timedelta(seconds=1), load=False)
    assert garden.steps(cid) == []
    assert garden.run(cid).asks is True
    garden.later(seconds=1)
    assert garden.steps(cid) == [("who", "#1"), ("hello", "queued")]


def test_as_of_is_the_due_time_however_late_the_tick(garden):
    bought = {"event": "order_paid", "measure": "count", "op": "gte", "value": 1}
    garden.publish(
        goal={"event": "friend_lost"},
        steps=[
            {"id": "pause", "wait": {"for": "1d"}},
            {"id": "who", "branch": [{"if": bought, "go": "hello"}], "next": "end"},
            HELLO,
        ],
    )
    cid = garden.person()
    start = garden.now
    garden.tell("friend_added", cid, staff="chen")
    garden.later(seconds=1)
    garden.order(cid, at=start + timedelta(days=2))
    garden.at(start + timedelta(days=3))
    assert garden.steps(cid) == [("pause", "waited"), ("who", "else")]


def test_entering_and_leaving_are_facts(garden):
    garden.publish(steps=[HELLO, {"id": "pause", "wait": {"for": "2d"}}])
    cid = garden.person()
    garden.tell("friend_added", cid, staff="chen")
    garden.later(seconds=1)
    garden.later(days=2)
    told = [e.fact for e in journalled.entries(0, 1000) if e.fact.source == "journeys"]
    run = garden.run(cid)
    assert [(f.type, f.cid, f.body) for f in told] == [
        ("journey_entered", cid, {"journey": "welcome", "run": run.pk, "arm": "treated"}),
        ("journey_exited", cid, {"journey": "welcome", "run": run.pk, "arm": "treated", "reason": "done"}),
    ]
    assert all(fact.iid is not None for fact in told)


def test_control_people_live_the_same_life_in_the_shadow(garden):
    garden.publish(control=50, steps=[HELLO, {"id": "pause", "wait": {"for": "1d"}}, BYE])
    people = [garden.person() for _ in range(20)]
    for cid in people:
        garden.tell("friend_added", cid, staff="chen")
    garden.later(seconds=1)
    garden.send()
    garden.later(days=1)
    control = [cid for cid in people if garden.run(cid).arm == "control"]
    treated = [cid for cid in people if garden.run(cid).arm == "treated"]
    assert len(control) + len(treated) == 20
    assert control
    assert treated
    assert [garden.steps(cid) for cid in control] == [
        [("hello", "withheld"), ("pause", "waited"), ("bye", "withheld")] for _ in control
    ]
    assert Touch.objects.filter(cid__in=control, shadow=False).count() == 0
    garden.send()
    assert set(garden.paper.people) == set(treated)
    assert len(garden.paper.people) == 2 * len(treated)


def test_a_task_waits_for_its_outcome(garden):
    ask = {"id": "ask", "task": {"title": "打个电话", "within": "1d", "wait": True, "done": "hello"}}
    garden.publish(steps=[ask, {**BYE, "next": "end"}, HELLO])
    done, late, refused = (garden.person() for _ in range(3))
    for cid in (done, late, refused):
        garden.tell("friend_added", cid, staff="chen")
    garden.later(seconds=1)
    tasks = {task.cid: task for task in StaffTask.objects.all()}
    assert {task.staff for task in tasks.values()} == {"chen"}
    for cid, type_ in ((done, "task_done"), (refused, "task_not_done")):
        task = tasks[cid]
        body = {"task": task.pk, "run": task.run_id, "step": task.step}
        with store.write():
            journal.append([Fact("event", type_, "touch", f"task:{cid}", garden.now, body, cid=cid)])
    garden.later(seconds=1)
    assert garden.steps(done) == [("ask", "done"), ("hello", "queued")]
    assert garden.steps(refused) == [("ask", "not_done"), ("bye", "queued")]
    assert garden.steps(late) == []
    garden.later(days=1)
    assert garden.steps(late) == [("ask", "timeout"), ("bye", "queued")]


def test_nobody_due_asks_nothing_of_anybody(garden, django_assert_max_num_queries):
    garden.publish(steps=[{"id": "pause", "wait": {"for": "9d"}}, HELLO])
    for _ in range(5):
        garden.tell("friend_added", garden.person(), staff="chen")
    garden.later(seconds=1)
    from potager.journeys import tick

    with django_assert_max_num_queries(4):
        assert tick.tick() == 0
    assert Run.objects.filter(waiting=True).count() == 5
