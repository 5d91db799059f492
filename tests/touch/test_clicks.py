"""touch.clicks: a message whose link was opened was followed, and somebody may be asked to act on it."""

import pytest

from potager.content.links import opening
from potager.content.links.models import PersonalLink
from potager.org.models import Staff
from potager.touch.life import State
from potager.touch.models import StaffTask, Touch
from potager.touch.pump import pump
from tests.content.links.conftest import facts, heard, made, person, sent, wall  # noqa: F401  (fixtures)
from tests.content.links.test_personal import message
from tests.touch.conftest import say

pytestmark = pytest.mark.usefixtures("house")


@pytest.fixture
def opened(wall, heard, paper):  # noqa: F811
    made(task="看了手册，现在问问她想要哪一款")
    one = person()
    touch = say(message(one, text="看看{link:spring}", sender="lin"))[0]
    pump()
    return one, touch


def test_a_click_is_a_receipt_of_its_touch_once(opened, wall):  # noqa: F811
    _, touch = opened
    row = PersonalLink.objects.get()
    assert row.sent_us > 0
    opening.opened(row.token)
    wall.later(60)
    opening.opened(row.token)
    assert Touch.objects.get(id=touch.id).state == State.CLICKED
    assert len(facts("touch_clicked")) == 1


def test_the_first_opening_asks_the_sender_to_act(opened, wall):  # noqa: F811
    one, _ = opened
    token = PersonalLink.objects.get().token
    opening.opened(token)
    wall.later(60)
    opening.opened(token)
    task = StaffTask.objects.get()
    assert (task.staff, task.cid, task.title) == ("lin", one.id, "看了手册，现在问问她想要哪一款")
    assert task.expires_us - task.due_us == 24 * 3_600_000_000


def test_without_a_sender_the_owner_is_asked_and_without_one_nobody(wall, heard):  # noqa: F811
    link = made(task="打个招呼")
    lin = Staff.objects.create(key="lin", name="林晓")
    owned, alone = sent(link, person(1, lin), 1), sent(link, person(2), 2)
    opening.opened(owned.token)
    opening.opened(alone.token)
    assert list(StaffTask.objects.values_list("staff", "cid")) == [("lin", owned.cid)]


def test_a_link_that_asks_nothing_makes_no_task(wall, heard):  # noqa: F811
    opening.opened(sent(made(), person()).token)
    assert StaffTask.objects.count() == 0
