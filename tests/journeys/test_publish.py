"""journeys.publish and journeys.files: versions, their impact, and what becomes of people inside."""

from datetime import timedelta
from pathlib import Path

import pytest

import potager
from potager.core import store
from potager.core.errors import Conflict, Problem
from potager.evidence.models import Allocation
from potager.journeys import files, present, publish, queries
from potager.journeys.impact import EmptyVariable, Queued, StepImpact, impact_of
from potager.journeys.models import Journey, JourneyVersion, Run
from potager.journeys.moving import Retimed
from potager.org.access import SYSTEM
from potager.org.models import AuditRow
from potager.playbooks import base
from potager.touch.models import Touch
from tests.journeys.conftest import BYE, HELLO, problems, small

PAUSE = {"id": "pause", "wait": {"for": "5d"}}
SHIPPED = sorted((Path(potager.__file__).parent / "playbooks/base/journeys").glob("*.yaml"))


def journey() -> Journey:
    return queries.journey_of("welcome")


def draft(**changes) -> None:
    with store.write():
        files.apply(SYSTEM, small(**changes))


def enter(garden, n: int = 3) -> list[int]:
    people = [garden.person() for _ in range(n)]
    for cid in people:
        garden.tell("friend_added", cid)
    garden.later(seconds=1)
    return people


def test_the_same_content_is_the_same_version(garden):
    garden.publish()
    garden.publish(about="新的说明")
    garden.publish()
    assert list(JourneyVersion.objects.order_by("n").values_list("n", flat=True)) == [1, 2]
    assert journey().live.n == 1


def test_impact_counts_people_at_changed_and_removed_steps(garden):
    garden.publish(steps=[HELLO, PAUSE, BYE])
    enter(garden)
    draft(steps=[HELLO, {"id": "pause", "wait": {"for": "3d"}}, BYE, {"id": "more", "exit": {}}])
    impact = impact_of(journey())
    assert impact.steps == [StepImpact("pause", 3, "changed", "pause", Retimed(3, sooner=3))]
    assert (impact.inside, impact.added, impact.first, impact.unchanged) == (3, ["more"], False, False)
    draft(steps=[HELLO, BYE])
    assert impact_of(journey()).steps == [StepImpact("pause", 3, "removed", "bye")]


@pytest.mark.parametrize(
    ("days", "timing"),
    [(1, Retimed(3, at_once=3)), (4, Retimed(3, sooner=3)), (5, None), (9, Retimed(3, later=3))],
)
def test_impact_says_when_a_changed_wait_lets_people_go(garden, days, timing):
    garden.publish(steps=[HELLO, PAUSE, BYE])
    enter(garden)
    garden.later(days=2)
    draft(steps=[HELLO, {"id": "pause", "wait": {"for": f"{days}d"}}, {**BYE, "title": "再见"}])
    assert [each.timing for each in impact_of(journey()).steps] == ([timing] if timing else [])


def test_impact_counts_messages_that_go_out_as_they_were_written(garden):
    garden.publish(steps=[HELLO, PAUSE, BYE])
    enter(garden)
    draft(steps=[{**HELLO, "title": "问候"}, PAUSE, BYE])
    assert impact_of(journey()).queued == []
    draft(steps=[{**HELLO, "message": {"text": "您好"}}, PAUSE, BYE])
    assert impact_of(journey()).queued == [Queued("hello", 3)]
    garden.send()
    assert impact_of(journey()).queued == []


def test_impact_tells_the_control_group_of_the_draft_beside_the_running_one(garden):
    draft(control=30)
    assert (impact_of(journey()).control, impact_of(journey()).control_before) == (30, None)
    garden.publish(control=30)
    draft(control=20)
    assert (impact_of(journey()).control, impact_of(journey()).control_before) == (20, 30)


def test_impact_names_variables_that_would_be_empty(garden):
    draft(steps=[{"id": "hello", "message": {"text": "{客户昵称}你好，我是{员工姓名|顾问}"}}])
    garden.person("小林")
    garden.person("")
    assert impact_of(journey()).empty == [EmptyVariable("hello", "customer_name", 1)]


class TestPeopleInside:
    def publish(self, garden, choice):
        garden.publish(steps=[HELLO, PAUSE, BYE])
        self.people = enter(garden)
        garden.publish(choice, steps=[HELLO, {"id": "news", "message": {"text": "新消息", "purpose": "service"}}, BYE])
        garden.later(seconds=1)

    def test_finish_stays_on_the_old_version(self, garden):
        self.publish(garden, "finish")
        garden.later(days=5)
        assert garden.steps(self.people[0]) == [("hello", "queued"), ("pause", "waited"), ("bye", "queued")]

    def test_move_goes_to_the_next_step_that_is_left(self, garden):
        self.publish(garden, "move")
        assert garden.steps(self.people[0]) == [("hello", "queued"), ("bye", "queued")]
        assert set(Run.objects.values_list("version__n", flat=True)) == {2}

    def test_exit_ends_everybody(self, garden):
        self.publish(garden, "exit")
        assert set(Run.objects.values_list("end_reason", "due_us")) == {("published", None)}

    def test_a_new_split_draws_those_who_are_moved(self, garden):
        garden.publish(steps=[HELLO, PAUSE, BYE])
        people = enter(garden, 30)
        split = [{"key": "a", "share": 50, "go": "bye"}, {"key": "b", "share": 50, "go": "hello2"}]
        hello2 = {**HELLO, "id": "hello2"}
        garden.publish("move", steps=[HELLO, PAUSE, {"id": "copy", "split": split}, {**BYE, "next": "end"}, hello2])
        garden.later(days=5)
        went = [garden.steps(cid)[-2] for cid in people]
        assert {step for step, _ in went} == {"copy"}
        assert {variant for _, variant in went} == {"a", "b"}


def test_pause_and_resume(garden):
    garden.publish(steps=[HELLO, PAUSE, BYE])
    cid, *_ = enter(garden)
    with store.write():
        publish.pause(SYSTEM, journey())
    late = garden.person()
    garden.tell("friend_added", late)
    assert garden.later(days=5) == 0
    with store.write(), pytest.raises(Conflict):
        publish.pause(SYSTEM, journey())
    with store.write():
        publish.resume(SYSTEM, journey())
    garden.later(seconds=1)
    assert garden.steps(cid)[-1] == ("bye", "queued")
    assert Run.objects.filter(subject_id=late).count() == 0


class TestOverdue:
    """Three days into a wait of five the journey is paused, for seven days."""

    STEPS = [HELLO, PAUSE, BYE, {"id": "day", "wait": {"until": "12:00", "day": 6}}, {**BYE, "id": "last"}]

    @pytest.fixture
    def cid(self, garden) -> int:
        garden.publish(steps=self.STEPS)
        (cid,) = enter(garden, 1)
        garden.later(days=3)
        with store.write():
            publish.pause(SYSTEM, journey())
        garden.later(days=7)
        return cid

    def resume(self, overdue) -> None:
        with store.write():
            publish.resume(SYSTEM, journey(), overdue)

    def sent(self, garden, cid) -> list[tuple[str, float]]:
        for _ in range(20):
            garden.later(hours=12)
        touches = Touch.objects.filter(cid=cid).order_by("due_us", "id").values_list("step", "due_us")
        entered = garden.run(cid).entered_us
        return [(step, round((due - entered) / 86_400_000_000, 2)) for step, due in touches]

    def test_who_became_due_is_told_by_step(self, garden, cid):
        told = present.overdue(journey())
        assert (told.people, [(each.step, each.people) for each in told.steps]) == (1, [("pause", 1)])
        assert told.steps[0].oldest == garden.now - timedelta(days=5, seconds=1)
        assert told.paused_at == garden.now - timedelta(days=7)

    def test_late_is_as_of_its_own_time(self, garden, cid):
        self.resume("late")
        assert self.sent(garden, cid) == [("hello", 0), ("bye", 5), ("last", 6)]

    def test_shifted_is_as_if_the_pause_had_not_been(self, garden, cid):
        self.resume("shift")
        assert self.sent(garden, cid) == [("hello", 0), ("bye", 12), ("last", 13)]
        assert journey().paused_at is None
        told = AuditRow.objects.filter(action="journey.resume").values_list("detail", flat=True)
        assert list(told) == [{"overdue": "shift"}]

    def test_two_pauses_add_up(self, garden, cid):
        self.resume("shift")
        garden.later(days=1)
        with store.write():
            publish.pause(SYSTEM, journey())
        garden.later(days=2)
        self.resume("shift")
        assert self.sent(garden, cid) == [("hello", 0), ("bye", 14), ("last", 15)]

    def test_who_stands_before_a_step_is_shifted_too(self, garden):
        garden.publish(key="slow", steps=[HELLO, PAUSE], lead={"for": "2d"})
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.later(days=1)
        slow = queries.journey_of("slow")
        with store.write():
            publish.pause(SYSTEM, slow)
        garden.later(days=4)
        with store.write():
            publish.resume(SYSTEM, slow, "shift")
        garden.later(hours=1)
        assert garden.run(cid, "slow").arm == ""
        garden.later(days=1)
        assert garden.run(cid, "slow").arm == "treated"


def test_an_earlier_version_is_brought_back(garden):
    garden.publish(steps=[HELLO, PAUSE, BYE])
    garden.publish(steps=[HELLO, BYE])
    with store.write():
        files.restore(SYSTEM, journey(), 1)
    assert journey().draft["steps"][1] == PAUSE
    with store.write():
        publish.publish(SYSTEM, journey())
    assert (journey().live.n, JourneyVersion.objects.count()) == (1, 2)


def test_results_are_told_by_version(garden):
    garden.publish(steps=[HELLO, PAUSE])
    first = enter(garden, 2)[0]
    garden.order(first)
    garden.publish(steps=[HELLO, PAUSE, BYE])
    enter(garden, 1)
    garden.send()
    told = [
        (each.version, each.arm, each.entered, each.reached, each.converted)
        for each in present.version_results(journey())
    ]
    assert told == [(2, "treated", 1, 0, 0), (1, "treated", 2, 0, 1)]


def test_what_waited_too_long_in_a_pause_is_not_sent(garden):
    garden.publish(steps=[HELLO, PAUSE, BYE])
    cid, *_ = enter(garden)
    with store.write():
        publish.pause(SYSTEM, journey())
    garden.later(days=8)
    with store.write():
        publish.resume(SYSTEM, journey())
    garden.later(seconds=1)
    garden.send()
    assert Touch.objects.get(cid=cid, step="bye").state in {"expired", "skipped"}
    assert "再见" not in {batch.text for batch in garden.paper.given}


def test_stop_ends_everybody_and_nobody_enters(garden):
    garden.publish(steps=[HELLO, PAUSE, BYE])
    enter(garden)
    with store.write():
        assert publish.stop(SYSTEM, journey()) == 3
    garden.tell("friend_added", garden.person())
    assert Run.objects.filter(due_us__isnull=False).count() == 0
    assert set(Run.objects.values_list("end_reason", flat=True)) == {"stopped"}
    assert list(AuditRow.objects.filter(action="journey.stop").values_list("detail", flat=True)) == [{"people": 3}]


def test_the_big_switch_holds_everything(garden):
    garden.publish(steps=[HELLO])
    with store.write():
        publish.stop_all(SYSTEM, stopped=True)
    cid = garden.person()
    garden.tell("friend_added", cid)
    assert garden.later(seconds=1) == 0
    with store.write():
        publish.stop_all(SYSTEM, stopped=False)
    garden.later(seconds=1)
    assert garden.steps(cid) == [("hello", "queued")]


def test_publishing_defines_the_experiment(garden):
    garden.publish(control=12.5, window=21)
    allocation = Allocation.objects.select_related("experiment").get()
    assert (allocation.control_share, allocation.experiment.key, allocation.experiment.window_days) == (
        1250,
        "journey:welcome",
        21,
    )


class TestFiles:
    def test_applying_what_was_exported_changes_nothing(self, garden):
        for path in SHIPPED:
            written = files.load(path.read_text())
            with store.write():
                assert files.apply(SYSTEM, written).change == "new"
            text = files.export(written["key"])
            with store.write():
                assert files.apply(SYSTEM, files.load(text)).change == "unchanged"
            assert files.export(written["key"]) == text

    def test_a_draft_equal_to_what_is_live_is_no_draft(self, garden):
        garden.publish()
        draft(about="改一下")
        assert journey().draft is not None
        draft()
        assert journey().draft is None

    def test_plan_says_what_would_change(self, garden):
        garden.publish()
        planned = files.plan(small(about="改一下"))
        assert (planned.change, "+about: 改一下" in planned.diff) == ("changed", True)

    def test_the_form_is_checked_and_the_step_named(self, garden):
        steps = [HELLO, {"id": "pause", "wait": {"for": "3x"}}]
        with pytest.raises(Problem) as refused:
            draft(steps=steps)
        assert (refused.value.code, refused.value.place) == ("journey.definition", "steps.pause.wait.for")
        assert not Journey.objects.exists()


class TestChecks:
    def test_a_sound_definition_has_no_problems(self, garden):
        assert problems(steps=[HELLO, PAUSE, BYE]) == []

    @pytest.mark.parametrize(
        ("steps", "expected"),
        [
            ([{**HELLO, "next": "nowhere"}], [("journey.target", "steps.hello")]),
            ([{**HELLO, "next": "end"}, BYE], [("journey.unreached", "steps.bye")]),
            ([HELLO, {**BYE, "next": "hello"}], [("journey.endless", "steps.hello")]),
            ([HELLO, {"id": "p", "wait": {"for": "30m"}, "next": "hello"}], [("journey.endless", "steps.hello")]),
            ([HELLO, {"id": "p", "wait": {"for": "1h"}, "next": "hello"}], []),
            ([{"id": "t", "tag": {"add": "gone"}}], [("journey.tag", "steps.t")]),
            (
                [{"id": "m", "message": {"text": "{nobody_knows}"}}],
                [("touch.variable", "steps.m.message.text")],
            ),
            (
                [{"id": "b", "branch": [{"if": {"tag": "gone"}, "go": "end"}]}],
                [("insight.condition", "steps.b.branch[0].if.tag")],
            ),
        ],
    )
    def test_each_problem_names_its_step(self, garden, steps, expected):
        assert problems(steps=steps) == expected

    def test_ways_in_are_checked(self, garden):
        triggers = [{"audience": "gone"}, {"event": "nothing_such"}, {"event": "journey_entered"}]
        assert problems(triggers=triggers) == [
            ("journey.audience", "triggers[0]"),
            ("journey.event", "triggers[1]"),
            ("journey.self_trigger", "triggers[2]"),
        ]

    def test_publishing_refuses_the_first_problem_and_changes_nothing(self, garden):
        draft(steps=[{**HELLO, "next": "nowhere"}])
        with pytest.raises(Problem, match="nowhere"), store.write():
            publish.publish(SYSTEM, journey())
        assert (journey().state, JourneyVersion.objects.count()) == ("draft", 0)


def test_the_base_pack_brings_sound_journeys(garden):
    base.apply(SYSTEM)
    base.apply(SYSTEM)
    keys = ["new-customer-7d", "repurchase-reminder", "win-back"]
    assert list(Journey.objects.order_by("key").values_list("key", "state")) == [(key, "draft") for key in keys]
    with store.write():
        for key in keys:
            publish.publish(SYSTEM, queries.journey_of(key))
    assert {live.live.definition["control"] for live in queries.journeys()} == {30.0}
