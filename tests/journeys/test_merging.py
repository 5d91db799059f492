"""journeys.merging: runs follow the person when customers are merged, and come back when they are split."""

import pytest

from potager.core import store
from potager.core.journal import to_us
from potager.evidence.models import Assignment
from potager.journeys.models import Run
from potager.org.access import SYSTEM
from potager.people import merge
from potager.people.identify import IdentityRef, resolve
from potager.people.models import Customer
from tests.journeys.conftest import BYE, HELLO

PAUSE = {"id": "pause", "wait": {"for": "5d"}}


@pytest.fixture
def pair(garden) -> tuple[int, int]:
    """Two customers, the older first, through the door for people."""
    garden.publish(control=50, steps=[HELLO, PAUSE, BYE])
    with store.write():
        first, second = resolve([[IdentityRef("external_userid", "corp", f"wm{n}")] for n in "ab"])
    return first.cid, second.cid


def enter(garden, cid: int) -> Run:
    garden.tell("friend_added", cid)
    garden.later(seconds=1)
    return garden.run(cid)


def together(a: int, b: int) -> tuple[int, int]:
    """Merge; who is left, and the number of the merge."""
    with store.write():
        made = merge.merge(SYSTEM, a, b)
    return Customer.objects.get(id__in=[a, b], state="live").pk, made.pk


def test_an_open_run_moves_with_its_person(garden, pair):
    run = enter(garden, pair[1])
    kept, _ = together(*pair)
    run.refresh_from_db()
    assert (run.subject_id, run.due_us is not None) == (kept, True)
    assert Assignment.objects.get().cid == kept
    garden.later(days=5)
    assert garden.steps(kept)[-1][0] == "bye"


def test_on_a_clash_the_younger_leaves(garden, pair):
    older = enter(garden, pair[1])
    younger = enter(garden, pair[0])
    kept, _ = together(*pair)
    older.refresh_from_db()
    younger.refresh_from_db()
    assert (older.subject_id, older.entry_key, older.ended_us) == (kept, "", None)
    assert (younger.entry_key, younger.end_reason, younger.ended_us) == (
        f"~{younger.pk}",
        "merged",
        to_us(garden.now),
    )
    (assignment,) = Assignment.objects.filter(superseded=False)
    assert assignment.arm == older.arm
    assert assignment.mixed is (older.arm != younger.arm)


def test_a_merged_person_does_not_enter_again(garden, pair):
    enter(garden, pair[1])
    kept, _ = together(*pair)
    garden.tell("friend_added", kept)
    assert Run.objects.filter(subject_id=kept, entry_key="").count() == 1


def test_splitting_gives_the_run_back(garden, pair):
    run = enter(garden, pair[1])
    _, made = together(*pair)
    with store.write():
        merge.unmerge(SYSTEM, made)
    run.refresh_from_db()
    assert run.subject_id == pair[1]
