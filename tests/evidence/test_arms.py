"""evidence.arms: drawn once at first entry, in the order holdout → control → variants, and kept for ever."""

from datetime import UTC, datetime, timedelta

import pytest

from potager.core import choices, store
from potager.core.ids import bucket_of
from potager.evidence import arms
from potager.evidence.arms import Person, Share
from potager.evidence.models import Allocation, Assignment

AT = datetime(2026, 10, 1, 12, tzinfo=UTC)


def people(n: int, at: datetime = AT) -> list[Person]:
    return [Person(f"p{i}", i, at) for i in range(n)]


def define(**changes):
    settings = {"control_share": 3000, "window_days": 14} | changes
    with store.write():
        return arms.define("journey:welcome", **settings)


def draw(experiment, persons):
    with store.write():
        return arms.draw(experiment, persons)


def test_the_arm_is_the_bucket_of_salt_and_person(house):
    drawn = draw(define(), people(1000))
    assert drawn == {
        f"p{i}": "control" if bucket_of("journey:welcome", f"p{i}") < 3000 else "treated" for i in range(1000)
    }
    assert 250 <= sum(arm == "control" for arm in drawn.values()) <= 350


def test_one_assignment_per_person_with_the_first_entry(house):
    experiment = define()
    draw(experiment, [Person("p", 7, AT + timedelta(days=2)), Person("p", 7, AT), Person("q", 8, AT)])
    draw(experiment, [Person("p", 7, AT + timedelta(days=9))])
    rows = Assignment.objects.order_by("person_key").values_list("person_key", "cid", "first_entry_at")
    assert list(rows) == [("p", 7, AT), ("q", 8, AT)]


def test_a_later_share_moves_nobody_who_was_drawn_before(house):
    before = draw(define(), people(300))
    later = define(control_share=0)
    assert draw(later, people(300)) == before
    assert set(draw(later, [Person(f"new{i}", i, AT) for i in range(100)]).values()) == {"treated"}
    assert list(Allocation.objects.order_by("n").values_list("n", "control_share", "salt")) == [
        (1, 3000, "journey:welcome"),
        (2, 0, "journey:welcome"),
    ]


def test_raising_the_share_keeps_the_old_control_inside_the_new_one(house):
    small = define(control_share=1000).allocations.get(n=1)
    large = define(control_share=4000).allocations.get(n=2)
    keys = [f"p{i}" for i in range(500)]
    assert {k for k in keys if arms.arm_of(small, k) == "control"} < {
        k for k in keys if arms.arm_of(large, k) == "control"
    }


def test_variants_share_the_people_who_are_not_control(house):
    experiment = define(variants=[Share("a", 5000), Share("b", 5000)])
    drawn = list(draw(experiment, people(2000)).values())
    assert {arm: drawn.count(arm) for arm in sorted(set(drawn))} == pytest.approx(
        {"a": 700, "b": 700, "control": 600}, rel=0.12
    )


def test_the_global_holdout_comes_first_and_is_stored_as_its_own_experiment(house):
    with store.write():
        choices.put("evidence.holdout", {"share": 1000, "rotation": 3})
    drawn = draw(define(), people(1000))
    held = {f"p{i}" for i in range(1000) if bucket_of("holdout:3", f"p{i}") < 1000}
    assert {key for key, arm in drawn.items() if arm == "holdout"} == held
    stored = Assignment.objects.filter(experiment__key="holdout:3")
    assert set(stored.filter(arm="holdout").values_list("person_key", flat=True)) == held
    assert stored.count() == 1000


def test_a_new_rotation_redraws_newcomers_only(house):
    with store.write():
        choices.put("evidence.holdout", {"share": 2000, "rotation": 1})
    before = draw(define(), people(400))
    with store.write():
        choices.put("evidence.holdout", {"share": 2000, "rotation": 2})
    after = draw(define(), people(600))
    assert {key: after[key] for key in before} == before
    assert Assignment.objects.filter(experiment__key="holdout:2").count() == 200


def test_the_same_definition_again_makes_no_new_allocation(house):
    define()
    define(window_days=30)
    assert Allocation.objects.count() == 1
    assert define(window_days=30).window_days == 30


def test_the_older_arm_is_kept_and_mixed_exposure_is_marked(house):
    experiment = define()
    drawn = draw(experiment, people(40))
    control = next(key for key, arm in drawn.items() if arm == "control")
    treated = next(key for key, arm in drawn.items() if arm == "treated")
    Assignment.objects.filter(person_key=control).update(first_entry_at=AT - timedelta(days=1))
    with store.write():
        arms.unify(treated, control, cid=99)
    kept = Assignment.objects.get(person_key=treated)
    assert (kept.arm, kept.cid, kept.mixed, kept.superseded) == ("control", 99, True, False)
    (gone,) = Assignment.objects.filter(superseded=True)
    assert gone.arm == "treated"
    assert draw(experiment, [Person(treated, 99, AT)]) == {treated: "control"}


def test_an_assignment_only_the_dropped_person_had_moves_to_the_kept_one(house):
    experiment = define()
    drawn = draw(experiment, people(1))
    with store.write():
        arms.unify("kept", "p0", cid=5)
    row = Assignment.objects.get()
    assert (row.person_key, row.cid, row.arm, row.mixed) == ("kept", 5, drawn["p0"], False)
    assert row.superseded is False


def test_whom_the_holdout_holds_is_said_without_entering_anybody(house):
    keys = [f"p{i}" for i in range(300)]
    assert arms.held_out(keys) == set()
    with store.write():
        choices.put("evidence.holdout", {"share": 1_000})
    would = arms.held_out(keys)
    assert would == {key for key in keys if bucket_of("holdout:1", key) < 1_000}
    assert Assignment.objects.count() == 0
    drawn = draw(define(control_share=0), people(300))
    assert {key for key, arm in drawn.items() if arm == "holdout"} == would == arms.held_out(keys)
    with store.write():
        choices.put("evidence.holdout", {"share": 2_000})
    assert arms.held_out(keys) == would
    assert arms.held_out([f"new{i}" for i in range(99)]) == {
        f"new{i}" for i in range(99) if bucket_of("holdout:1", f"new{i}") < 2_000
    }
