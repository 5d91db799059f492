"""journeys.queries: what other rooms are told of runs."""

from potager.journeys import queries
from potager.touch.models import Touch

HELLO = {"id": "hello", "message": {"text": "你好"}, "next": "pause"}
PAUSE = {"id": "pause", "wait": {"for": "1d"}}


def test_who_ended_early_or_reached_the_goal_has_left(garden):
    garden.publish(exits=[{"event": "message_replied"}], steps=[HELLO, PAUSE])
    through, inside, bought, torn = (garden.person() for _ in range(4))
    garden.tell("friend_added", through)
    garden.later(seconds=1)
    garden.later(days=2)
    for cid in (inside, bought, torn):
        garden.tell("friend_added", cid)
    garden.later(seconds=1)
    garden.order(bought)
    garden.tell("message_replied", torn)
    garden.later(seconds=1)
    runs = {cid: garden.run(cid) for cid in (through, inside, bought, torn)}
    assert (runs[through].end_reason, runs[inside].end_reason) == ("done", "")
    assert queries.left_early([run.pk for run in runs.values()]) == {runs[bought].pk, runs[torn].pk}


def test_messages_carry_their_journeys_priority(garden):
    garden.publish(priority=80, steps=[HELLO, PAUSE])
    garden.tell("friend_added", garden.person())
    garden.later(seconds=1)
    garden.later(seconds=1)
    assert list(Touch.objects.values_list("journey", "priority")) == [("welcome", 80)]
