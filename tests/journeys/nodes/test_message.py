"""journeys.nodes.message: what a message asks of the contact policy."""

from potager.insight import refresh
from potager.journeys import queries, starting
from potager.org.access import SYSTEM
from potager.touch.models import Lane, Touch

PLAIN = {"id": "hello", "message": {"text": "你好"}}


class TestLane:
    """Welcomes go out before anything else, and nothing else is one."""

    def test_the_first_message_to_a_new_friend(self, garden):
        garden.publish(steps=[PLAIN, {**PLAIN, "id": "more"}])
        garden.tell("friend_added", garden.person())
        garden.later(seconds=1)
        garden.later(seconds=1)
        assert list(Touch.objects.order_by("id").values_list("lane", flat=True)) == [Lane.WELCOME, Lane.WELCOME]

    def test_what_a_hand_starts_is_no_welcome(self, garden):
        garden.publish(triggers=[{"manual": True}], steps=[PLAIN])
        garden.person()
        garden.later(seconds=1)
        starting.start(SYSTEM, queries.journey_of("welcome"), {"all": []})
        garden.later(seconds=1)
        assert Touch.objects.get().lane == Lane.SOP

    def test_what_the_calendar_starts_is_no_welcome(self, garden):
        garden.audience("everybody")
        garden.person()
        garden.publish(triggers=[{"schedule": {"at": "13:00"}, "audience": "everybody"}], steps=[PLAIN])
        garden.later(hours=1)
        refresh.run()
        starting.fill_slots()
        garden.later(seconds=1)
        assert Touch.objects.get().lane == Lane.SOP

    def test_an_order_is_no_welcome(self, garden):
        garden.publish(triggers=[{"event": "order_paid"}], goal={"event": "friend_lost"}, steps=[PLAIN])
        garden.order(garden.person())
        garden.later(seconds=1)
        assert Touch.objects.get().lane == Lane.SOP
