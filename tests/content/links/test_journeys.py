"""What an opened link starts, ends and counts for: its events reach journeys and conditions by themselves."""

from datetime import timedelta

import pytest

from potager import assembly
from potager.content.links import opening, writing
from potager.content.links.models import PersonalLink
from potager.content.links.specs import LinkSpec
from potager.core import journal, store
from potager.journeys.models import Run
from potager.touch.models import Touch
from tests.content.links.conftest import OWNER, SPRING
from tests.journeys.conftest import Garden, garden, problems  # noqa: F401  (a fixture)

OF_SPRING = [{"prop": "link", "value": "spring"}]


@pytest.fixture
def served(garden: Garden) -> Garden:  # noqa: F811
    """Everybody hears the journal; two links."""
    journal.set_subscribers(assembly.SUBSCRIBERS)
    with store.write():
        for key in ("spring", "autumn"):
            writing.create(OWNER, LinkSpec(key=key, kind="url", title=key, target=SPRING))
    return garden


def letter(key: str = "spring") -> dict:
    return {"id": f"send-{key}", "message": {"text": f"看看{{link:{key}}}", "purpose": "service"}}


def opened(cid: int, key: str = "spring") -> None:
    opening.opened(PersonalLink.objects.get(cid=cid, link__key=key).token)


def test_an_opened_link_starts_a_journey_and_another_link_does_not(served):
    served.publish(key="newcomer", steps=[letter("spring"), letter("autumn")])
    served.publish(
        triggers=[{"event": "link_opened", "where": OF_SPRING}],
        steps=[{"id": "ask", "message": {"text": "想要哪一款？", "purpose": "service"}}],
    )
    one, other = served.person(), served.person()
    for cid in (one, other):
        served.tell("friend_added", cid, staff="chen")
    served.later(seconds=1)
    served.send()
    opened(one, "spring")
    opened(other, "autumn")
    served.later(seconds=1)
    assert served.texts(one)[-1] == "想要哪一款？"
    assert not Run.objects.filter(journey__key="welcome", subject_id=other).exists()


def test_an_opened_link_ends_a_wait_and_a_condition_counts_it(served):
    seen = {"event": "link_opened", "where": OF_SPRING, "measure": "count", "within": "7d", "op": "gte", "value": 1}
    served.publish(
        steps=[
            letter(),
            {"id": "look", "wait": {"for": "2d", "or_event": {"event": "link_opened", "where": OF_SPRING}}},
            {"id": "did", "branch": [{"if": seen, "go": "warm"}]},
            {"id": "cold", "message": {"text": "还没看吧", "purpose": "service"}, "next": "end"},
            {"id": "warm", "message": {"text": "看过啦", "purpose": "service"}},
        ]
    )
    one, other = served.person(), served.person()
    for cid in (one, other):
        served.tell("friend_added", cid, staff="chen")
    served.later(seconds=1)
    served.send()
    opened(one)
    served.later(minutes=1)
    assert served.texts(one)[1:] == ["看过啦"]
    assert len(served.texts(other)) == 1
    served.at(served.now + timedelta(days=2))
    assert served.texts(other)[1:] == ["还没看吧"]


def test_the_touch_of_a_journeys_step_reads_as_clicked(served):
    served.publish(steps=[letter()])
    cid = served.person()
    served.tell("friend_added", cid, staff="chen")
    served.later(seconds=1)
    served.send()
    opened(cid)
    touch = Touch.objects.get(cid=cid)
    row = PersonalLink.objects.get()
    assert (touch.state, row.touch, row.journey, row.sender) == ("clicked", touch.id, "welcome", "chen")


def test_a_journey_that_names_a_link_not_in_use_is_not_published(served):
    assert problems(steps=[letter()]) == []
    assert problems(steps=[letter("winter")]) == [("link.unknown", "steps.send-winter.message.text")]
    with store.write():
        writing.retire(OWNER, "spring")
    assert problems(steps=[letter()]) == [("link.unknown", "steps.send-spring.message.text")]
