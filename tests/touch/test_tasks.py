"""touch.tasks and the hand-out: done by people, once, inside a send window."""

import pytest

from potager.core import clock, store
from potager.core.errors import Conflict, Forbidden, NotFound
from potager.core.models import JournalEntry
from potager.org.access import Actor
from potager.org.models import AuditRow, Role, Staff
from potager.touch import channels, intents, queries, tasks
from potager.touch.channels.handout import Handout
from potager.touch.drafts import Intent
from potager.touch.life import State
from potager.touch.models import CapReservation, StaffTask, Touch
from potager.touch.pump import Counts, pump
from potager.touch.tasks import NewTask, token_of
from tests.touch.conftest import DAY, HOUR, say, state

MANAGER = Actor("boss", Role.MANAGER)


@pytest.fixture
def lin(staff):
    return Actor("lin", Role.STAFF, staff.id)


@pytest.fixture
def wang(staff):
    return Actor("wang", Role.STAFF, Staff.objects.create(key="wang", name="王敏").id)


@pytest.fixture
def handout(house):
    before = list(channels.installed().values())
    channels.set_channels([Handout()])
    yield
    channels.set_channels(before)


@pytest.fixture
def handed(people, handout):
    """A message handed to lin for 小雨."""
    made = say(Intent(people[0].id, "handout", "你好，{客户昵称}", run_id=1, step="a", journey="welcome"))[0]
    assert pump() == Counts(sent=1)
    return made


def complete(actor, task, outcome="done", note=""):
    with store.write():
        return tasks.complete(actor, task.id, outcome, note)


def types():
    return list(JournalEntry.objects.filter(source="touch").order_by("seq").values_list("type", flat=True))


def plain(n=1, staff="lin", due=0, **more):
    now = clock.now() + due * HOUR
    return NewTask(
        token_of(n, "call", 1), staff, "打个电话", now, now + 4 * HOUR, run_id=n, step="call", journey="welcome", **more
    )


def create(*new):
    with store.write():
        return tasks.create(new)


class TestHandout:
    def test_a_message_becomes_a_task_of_its_sender(self, people, handed):
        task = StaffTask.objects.get()
        assert (task.staff, task.cid, task.text, task.touch_id) == ("lin", people[0].id, "你好，小雨", handed.id)
        assert (task.state, task.run_id, task.step, task.journey) == ("open", 1, "a", "welcome")
        assert task.expires_us == Touch.objects.get(id=handed.id).expires_us
        assert state(handed) == State.HANDED_OVER

    def test_done_means_the_staff_member_sent_it(self, lin, handed):
        done = complete(lin, StaffTask.objects.get(), note=" 已发 ")
        assert (done.state, done.closed_by, done.note) == ("done", "lin", "已发")
        assert state(handed) == State.STAFF_CONFIRMED
        assert types() == ["touch_sent", "task_done", "touch_confirmed"]
        assert State.DELIVERED not in Handout.capabilities.receipts
        audit = AuditRow.objects.get(action="touch.task")
        assert (audit.actor, audit.subject, audit.detail) == ("lin", f"task:{done.id}", {"outcome": "done"})

    def test_not_done_fails_the_touch_and_gives_its_place_back(self, lin, handed):
        complete(lin, StaffTask.objects.get(), "not_done", "客户在出差")
        assert state(handed) == State.FAILED
        assert CapReservation.objects.count() == 0
        assert types() == ["touch_sent", "task_not_done", "touch_failed"]
        assert JournalEntry.objects.get(type="touch_failed").body["reason"] == "staff_not_done"

    def test_past_the_window_task_and_touch_expire_together(self, lin, handed):
        assert pump(clock.now() + DAY) == Counts(expired=1)
        assert (StaffTask.objects.get().state, state(handed)) == ("expired", State.EXPIRED)
        assert types() == ["touch_sent", "task_expired", "touch_expired"]
        with pytest.raises(Conflict):
            complete(lin, StaffTask.objects.get())

    def test_the_end_of_the_journey_takes_it_back(self, lin, handed):
        with store.write():
            assert intents.cancel([1]) == 0
        assert pump() == Counts(withdrawn=1)
        assert (StaffTask.objects.get().state, state(handed)) == ("cancelled", State.CANCELLED)
        assert types() == ["touch_sent", "touch_cancelled"]

    def test_done_before_it_could_be_taken_back_stays_done(self, lin, handed):
        with store.write():
            intents.cancel([1])
        complete(lin, StaffTask.objects.get())
        assert pump() == Counts()
        assert state(handed) == State.STAFF_CONFIRMED

    def test_handing_over_the_same_token_again_makes_no_second_task(self, people, handed):
        row = Touch.objects.get(id=handed.id)
        recipient = channels.Recipient(row.token, row.id, row.cid, row.person_key, clock.now() + DAY)
        batch = channels.Batch("lin", row.text, "welcome", (recipient,))
        assert Handout().send([batch], clock.now()) == [channels.Result(row.token, "accepted")]
        assert StaffTask.objects.count() == 1
        assert Handout().lookup([row.token, "never"]) == {row.token}


class TestPlainTasks:
    def test_a_step_asks_once(self, staff):
        assert (create(plain()), create(plain(), plain(2))) == (1, 1)
        assert StaffTask.objects.count() == 2

    def test_its_outcome_is_a_fact_the_journey_can_wait_for(self, lin, people):
        create(plain(cid=people[0].id, iid=people[0].identities.get().id))
        task = complete(lin, StaffTask.objects.get())
        fact = JournalEntry.objects.get(type="task_done")
        assert (fact.cid, fact.iid) == (people[0].id, people[0].identities.get().id)
        assert fact.body == {
            "task": task.id,
            "staff": "lin",
            "journey": "welcome",
            "run": 1,
            "step": "call",
            "visit": 1,
        }

    def test_the_end_of_the_run_closes_it(self, staff):
        create(plain(), plain(2))
        with store.write():
            intents.cancel([1])
        assert list(StaffTask.objects.order_by("id").values_list("state", flat=True)) == ["cancelled", "open"]

    def test_expiry_is_told_once(self, staff):
        create(plain())
        later = clock.now() + 4 * HOUR
        assert (pump(later), pump(later)) == (Counts(expired=1), Counts())
        assert types() == ["task_expired"]


class TestWhoMay:
    def test_staff_see_and_do_their_own_managers_all(self, lin, wang):
        create(plain(1), plain(2, staff="wang"))
        mine, others = StaffTask.objects.order_by("id")
        assert list(queries.tasks(lin)) == [mine]
        assert list(queries.tasks(Actor("ghost", Role.STAFF))) == []
        assert list(queries.tasks(MANAGER)) == [mine, others]
        with pytest.raises(NotFound):
            complete(lin, others)
        complete(MANAGER, others)

    def test_readers_do_nothing(self, staff):
        create(plain())
        with pytest.raises(Forbidden):
            complete(Actor("reader", Role.READ_ONLY), StaffTask.objects.get())
        assert (StaffTask.objects.get().state, types(), AuditRow.objects.count()) == ("open", [], 0)

    def test_twice_is_a_conflict_that_says_what_it_is(self, lin):
        create(plain())
        complete(lin, StaffTask.objects.get())
        with pytest.raises(Conflict) as refused:
            complete(lin, StaffTask.objects.get(), "not_done")
        assert (refused.value.code, refused.value.zh) == ("task.closed", "这条待办已经是「已完成」，不能再改")
        assert types() == ["task_done"]


class TestLists:
    def test_by_state_staff_and_day(self, lin, wang):
        create(plain(1, due=-14), plain(2), plain(3, staff="wang", due=26), plain(4, due=3))
        StaffTask.objects.filter(run_id=1).update(expires_us=2**60)
        complete(lin, StaffTask.objects.get(run_id=4))

        def runs(**asked):
            return [task.run_id for task in queries.tasks(MANAGER, **asked)]

        assert runs() == [1, 2, 4, 3]
        assert runs(due="overdue") == [1]
        assert runs(due="today") == [2, 4]
        assert runs(due="later") == [3]
        assert runs(state="done") == [4]
        assert runs(staff="wang") == [3]

    def test_execution_rate_counts_what_was_due_and_not_taken_back(self, lin, wang):
        create(*(plain(n, due=-20) for n in range(1, 5)), plain(9, staff="wang", due=-20), plain(10, due=-24 * 9))
        for n, outcome in ((1, "done"), (2, "not_done")):
            complete(lin, StaffTask.objects.get(run_id=n), outcome)
        with store.write():
            intents.cancel([3])
        pump()
        assert queries.execution(MANAGER, days=7) == [
            queries.Execution("lin", 1, 3),
            queries.Execution("wang", 0, 1),
        ]
        assert queries.execution(lin, days=7) == [queries.Execution("lin", 1, 3)]
