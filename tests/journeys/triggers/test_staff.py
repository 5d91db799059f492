"""journeys.triggers.staff: who is on the roster, when, and each once."""

import pytest

from potager.journeys import starting
from potager.journeys.models import Run, Slot
from potager.journeys.triggers.staff import OnStaff, Roster
from potager.org.models import Account, Department, Role, Staff, Store
from tests.journeys.conftest import problems

REPORT = {"id": "report", "task": {"title": "写日报"}}
MORNING = {"at": "09:00", "only": "workdays"}


@pytest.fixture
def team(garden):
    """chen of 静安店; wu and li in 华东 below 总部, li a manager; gone works here no more."""
    head = Department.objects.create(key="head", name="总部")
    east = Department.objects.create(key="east", name="华东", parent=head)
    Store.objects.create(key="empty", name="空店")
    Staff.objects.create(key="wu", name="吴越", department=east)
    li = Staff.objects.create(key="li", name="李然", department=head)
    Staff.objects.create(key="gone", name="走了", department=east, active=False)
    Account.objects.create(login="li", role=Role.MANAGER, staff=li)
    return garden


@pytest.mark.parametrize(
    ("roster", "keys"),
    [
        ({}, ["chen", "li", "wu"]),
        ({"departments": ["head"]}, ["li", "wu"]),
        ({"departments": ["east"]}, ["wu"]),
        ({"stores": ["jingan"]}, ["chen"]),
        ({"roles": ["manager"]}, ["li"]),
        ({"departments": ["head"], "stores": ["jingan"]}, []),
    ],
)
def test_who_is_meant(team, roster, keys):
    assert [each.key for each in Roster(**roster).people()] == keys


def wrong(staff, schedule=MORNING):
    triggers = [{"staff": staff, "schedule": schedule}]
    return problems(subject="staff", triggers=triggers, steps=[REPORT])


def test_a_roster_of_what_there_is_not_is_refused(team):
    assert wrong({}) == []
    assert wrong({"departments": ["west"]}) == [("journey.roster_unknown", "triggers[0].staff.departments")]
    assert wrong({"stores": ["west"]}) == [("journey.roster_unknown", "triggers[0].staff.stores")]
    assert wrong({"stores": ["empty"]}) == [("journey.roster_empty", "triggers[0].staff")]
    assert wrong({}, {"cron": "* 9 * * *"}) == [("journey.cron_dense", "triggers[0]")]


def test_the_name_changes_with_who_and_when():
    names = {
        OnStaff(staff=staff, schedule=schedule).name()
        for staff in ({}, {"stores": ["jingan"]})
        for schedule in (MORNING, {"at": "18:00"})
    }
    assert len(names) == 4
    assert OnStaff(staff={}, schedule=MORNING).name() == OnStaff(staff={"stores": []}, schedule=MORNING).name()


def test_each_slot_lets_everybody_in_once_and_weekends_are_free(team):
    """The world begins on a Sunday at noon."""
    triggers = [{"staff": {"departments": ["head"]}, "schedule": MORNING}]
    team.publish(key="meet", subject="staff", entry="each", triggers=triggers, steps=[REPORT])

    def entered(**span) -> list[tuple[str, int]]:
        team.later(**span)
        assert starting.open_slots() == []
        runs = Run.objects.filter(subject_kind="staff").order_by("entry_key", "subject_id")
        keys = dict(Staff.objects.values_list("id", "key"))
        return [(run.entry_key, keys[run.subject_id]) for run in runs]

    assert entered(hours=1) == []
    monday = [("slot:20261102T0100", "wu"), ("slot:20261102T0100", "li")]
    assert entered(days=1) == monday
    assert entered(minutes=5) == monday
    Staff.objects.filter(key="wu").update(active=False)
    assert entered(days=1) == [*monday, ("slot:20261103T0100", "li")]
    # The slot before the publication stands as opened, and empty.
    assert list(Slot.objects.order_by("at_us").values_list("entered", flat=True)) == [0, 2, 1]
