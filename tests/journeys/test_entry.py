"""journeys.entry and journeys.admission: who enters, what that uses up, and which version they live."""

from datetime import timedelta

from potager.journeys.models import JourneySubject, Run
from tests.journeys.conftest import BYE, HELLO, problems

VIEWED = {"event": "product_viewed", "measure": "count", "op": "gte", "value": 1}
FRIEND_LOST = {"event": "friend_lost"}


def entered() -> int:
    return Run.objects.exclude(arm="").count()


class TestGap:
    """Only an entry uses up the gap."""

    def test_whom_the_filter_refuses_may_try_again(self, garden):
        garden.publish(entry="each", gap="30d", filter=VIEWED, goal=FRIEND_LOST, steps=[HELLO])
        cid = garden.person()
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        assert (entered(), JourneySubject.objects.count()) == (0, 0)
        garden.tell("product_viewed", cid)
        garden.later(days=1)
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        assert entered() == 1

    def test_a_refusal_after_an_entry_leaves_the_gap_of_that_entry(self, garden):
        recently = VIEWED | {"within": "2d"}
        garden.publish(entry="each", gap="30d", filter=recently, goal=FRIEND_LOST, steps=[HELLO])
        cid = garden.person()
        garden.tell("product_viewed", cid)
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        first = JourneySubject.objects.get().last_entry_us
        garden.later(days=30)
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        assert (entered(), JourneySubject.objects.get().last_entry_us) == (1, first)
        garden.tell("product_viewed", cid)
        garden.tell("friend_added", cid)
        garden.later(seconds=1)
        assert entered() == 2

    def test_who_ended_the_lead_never_entered(self, garden):
        garden.publish(
            entry="each",
            gap="30d",
            lead={"for": "10d"},
            triggers=[{"event": "order_paid"}],
            exits=[FRIEND_LOST],
            goal=FRIEND_LOST,
            steps=[HELLO],
        )
        cid = garden.person()
        garden.order(cid)
        garden.later(days=1)
        garden.tell("friend_lost", cid)
        garden.later(days=1)
        garden.order(cid)
        garden.later(days=10)
        garden.later(seconds=1)
        assert entered() == 1

    def test_a_name_used_before_uses_up_nothing(self, garden):
        garden.publish(
            entry="each",
            gap="2d",
            triggers=[{"event": "order_paid", "key": "order_no"}],
            goal=FRIEND_LOST,
            steps=[HELLO],
        )
        cid = garden.person()
        garden.order(cid, no="A")
        garden.later(days=3)
        garden.order(cid, no="A")
        garden.later(days=1)
        garden.order(cid, no="B")
        assert list(Run.objects.order_by("id").values_list("entry_key", flat=True)) == ["order_no:A", "order_no:B"]


def test_who_enters_late_draws_the_splits_of_their_own_version(garden):
    def split(step: str) -> dict[str, object]:
        return {"id": step, "split": [{"key": "a", "share": 50, "go": "hello"}, {"key": "b", "share": 50, "go": "bye"}]}

    late = {
        "lead": {"for": "10d"},
        "triggers": [{"event": "order_paid"}],
        "goal": FRIEND_LOST,
        "entry": "each",
    }
    garden.publish(**late, steps=[split("old"), {**HELLO, "next": "end"}, BYE])
    people = [garden.person() for _ in range(20)]
    for cid in people:
        garden.order(cid)
    garden.later(seconds=1)
    garden.publish("finish", **late, steps=[split("new"), {**HELLO, "next": "end"}, BYE])
    garden.later(days=10)
    garden.later(seconds=1)
    assert {tuple(run.variants) for run in Run.objects.all()} == {("old",)}
    went = {cid: dict(garden.steps(cid)) for cid in people}
    assert {steps["old"] for steps in went.values()} == {"a", "b"}
    assert all(("hello" in steps) == (steps["old"] == "a") for steps in went.values())


def test_each_way_in_has_its_own_freshness(garden):
    def paid(fresh: str, op: str) -> dict[str, object]:
        where = [{"prop": "amount", "op": op, "value": "200.00"}]
        return {"event": "order_paid", "fresh": fresh, "where": where}

    garden.publish(entry="each", triggers=[paid("1h", "gte"), paid("9d", "lt")], goal=FRIEND_LOST)
    rich, poor = garden.person(), garden.person()
    for cid, amount in ((rich, 30000), (poor, 10000)):
        garden.order(cid, amount=amount, at=garden.now - timedelta(days=2))
    assert list(Run.objects.values_list("subject_id", flat=True)) == [poor]


def test_a_lead_is_not_ended_by_an_event(garden):
    lead = {"for": "10d", "or_event": {"event": "product_viewed"}}
    assert problems(lead=lead) == [("journey.lead_event", "lead.or_event")]


def test_a_message_names_a_channel_there_is(garden):
    def steps(channel: str) -> list[dict[str, object]]:
        return [{"id": "hello", "message": {"text": "你好", "channel": channel}}]

    assert problems(steps=steps("pigeon")) == [("journey.channel", "steps.hello.message.channel")]
    assert problems(steps=steps("paper")) == []
