"""What else is compared than a journey with its control: the house with its holdout, the variants of a split."""

from datetime import timedelta

import pytest

from potager.core import clock, store
from potager.core.errors import Problem
from potager.evidence import arms, report
from potager.evidence.arms import Holdout, Share
from potager.evidence.models import Assignment
from potager.org.access import SYSTEM, Actor
from potager.org.models import AuditRow, Role
from tests.conftest import NOON
from tests.evidence.people import ENTRY, SOP, WINDOW, assign, buyers
from tests.evidence.test_api import signed_in
from tests.hand_made import begin, local, put_events

OWNER = Actor("o", Role.OWNER)
RULE = Holdout(share=500, rotation=1, window_days=WINDOW)


def keep(rule: Holdout, actor: Actor = OWNER) -> Holdout:
    with store.write():
        return arms.keep_holdout(actor, rule)


@pytest.fixture
def held_out(warehouse):
    """1,000 people whom journeys may treat, 300 of whom 210 bought; 300 held out, of whom 45 bought."""
    begin(warehouse)
    keep(RULE)
    with clock.frozen(local("2026-09-01")):
        experiment = arms.define(arms.holdout_key(RULE), control_share=3_000, window_days=WINDOW)
    assign(experiment, range(1, 701), "treated")
    assign(experiment, range(701, 1001), "holdout")
    buyers(warehouse, dict.fromkeys((*range(1, 211), *range(701, 746)), 20_000), cost=8_000)


class TestOverall:
    def test_without_a_holdout_nothing_is_shown(self, warehouse):
        assert report.overall(NOON) is None

    def test_the_house_is_compared_with_its_holdout_whatever_touched_it(self, held_out, warehouse):
        touched = ENTRY + timedelta(hours=2)
        put_events(
            warehouse,
            [
                ("touch_delivered", 1, touched, {"p_journey": "one"}),
                ("touch_delivered", 2, touched, {"p_journey": "other"}),
                ("friend_lost", 3, touched, {}),
            ],
        )
        found = report.overall(NOON)
        assert found is not None
        assert found.journey == ""
        assert found.people.model_dump() == {"treated": 700, "control": 300}
        assert found.left_out.held_out == 0
        assert found.figures[0].per_thousand.value == pytest.approx(150)
        assert found.verdict.code == "gain"
        assert found.reached.treated.model_dump() == {"numerator": 2, "denominator": 700}
        assert found.attributed.model_dump() == {
            "within_days": 7,
            "orders": 2,
            "buyers": 2,
            "gmv_minor": 40_000,
            "margin_minor": 24_000,
        }

    def test_people_still_inside_their_window_wait(self, held_out):
        found = report.overall(ENTRY + timedelta(days=WINDOW) - timedelta(seconds=1))
        assert found.people.model_dump() == {"treated": 0, "control": 0}
        assert (found.left_out.open_treated, found.left_out.open_control) == (700, 300)

    def test_a_new_rotation_starts_a_new_comparison(self, held_out):
        keep(Holdout(share=500, rotation=2, window_days=WINDOW))
        assert report.overall(NOON) is None


class TestSplits:
    def test_each_variant_stands_against_the_first(self, warehouse):
        begin(warehouse)
        shares = [Share("plain", 5_000), Share("story", 3_000), Share("offer", 2_000)]
        with clock.frozen(local("2026-09-01")):
            split = arms.define(f"journey:{SOP}/ask", control_share=0, window_days=WINDOW, variants=shares)
        assign(split, range(1, 501), "plain")
        assign(split, range(501, 801), "story")
        assign(split, range(801, 1001), "offer")
        buyers(warehouse, dict.fromkeys((*range(1, 101), *range(501, 621), *range(801, 841)), 20_000), cost=8_000)
        put_events(warehouse, [("touch_delivered", 501, ENTRY + timedelta(hours=1), {"p_journey": SOP})])
        story, offer = report.splits(SOP, NOON)
        assert [(each.step, each.base, each.variant) for each in (story, offer)] == [
            ("ask", "plain", "story"),
            ("ask", "plain", "offer"),
        ]
        assert story.result.journey == f"{SOP}/ask/story"
        assert story.result.people.model_dump() == {"treated": 300, "control": 500}
        assert story.result.control_share == 6_250
        assert story.result.figures[0].per_thousand.value == pytest.approx(200)
        assert story.result.reached.treated.numerator == 1
        assert story.result.verdict.code == "gain"
        assert offer.result.people.model_dump() == {"treated": 200, "control": 500}
        assert offer.result.figures[0].per_thousand.value == pytest.approx(0)
        assert offer.result.left_out.held_out == 0

    def test_a_changed_share_leaves_out_who_was_drawn_by_the_old_one(self, warehouse):
        begin(warehouse)
        key = f"journey:{SOP}/ask"
        for at, first in (("2026-09-01", 5_000), ("2026-09-15", 8_000)):
            with clock.frozen(local(at)):
                shares = [Share("plain", first), Share("story", 10_000 - first)]
                split = arms.define(key, control_share=0, window_days=WINDOW, variants=shares)
        assign(split, range(1, 11), "plain", n=1)
        assign(split, range(11, 15), "story", n=2)
        (found,) = report.splits(SOP, NOON)
        assert found.result.people.model_dump() == {"treated": 4, "control": 0}
        assert found.result.left_out.earlier == 10

    def test_a_journey_without_split_has_none(self, experiment):
        assert report.splits(SOP, NOON) == []


class TestHoldoutSetting:
    def test_the_share_decides_who_is_drawn_from_now_on_and_is_written_down(self, house):
        keep(Holdout(share=2_000, window_days=30))
        with store.write():
            journey = arms.define(f"journey:{SOP}", control_share=0, window_days=WINDOW)
            drawn = arms.draw(journey, [arms.Person(f"p{n}", n, NOON) for n in range(500)])
        held = sum(arm == "holdout" for arm in drawn.values())
        assert 70 <= held <= 130
        stored = Assignment.objects.filter(experiment__key="holdout:1")
        assert stored.filter(arm="holdout").count() == held
        assert stored.first().experiment.window_days == 30
        trace = AuditRow.objects.get(action="evidence.holdout")
        assert trace.actor == "o"
        assert trace.detail["after"] == {"share": 2_000, "rotation": 1, "window_days": 30}

    def test_a_rotation_never_goes_back(self, house):
        keep(Holdout(share=500, rotation=3))
        with pytest.raises(Problem) as refused:
            keep(Holdout(share=500, rotation=2))
        assert refused.value.code == "evidence.holdout"
        assert arms.holdout().rotation == 3

    def test_a_system_keeps_it_too(self, house):
        assert keep(RULE, SYSTEM) == arms.holdout() == RULE


class TestApi:
    def test_the_owner_sets_it_everybody_reads_it(self, held_out):
        assert signed_in(Role.READ_ONLY).get("/api/evidence/holdout").json() == RULE.model_dump()
        body = {"share": 1_000, "rotation": 2, "window_days": 60}
        refused = signed_in(Role.MANAGER).put("/api/evidence/holdout", body, content_type="application/json")
        assert (refused.status_code, arms.holdout()) == (403, RULE)
        done = signed_in(Role.OWNER).put("/api/evidence/holdout", body, content_type="application/json")
        assert (done.status_code, done.json()) == (200, body)
        too_much = {"share": 5_000, "rotation": 2, "window_days": 60}
        answer = signed_in_again().put("/api/evidence/holdout", too_much, content_type="application/json")
        assert answer.status_code == 422
        assert arms.holdout().share == 1_000

    def test_the_overall_result_and_splits_are_for_those_who_see_all(self, held_out):
        reader = signed_in(Role.READ_ONLY)
        assert reader.get("/api/evidence/overall").json()["result"]["people"] == {"treated": 700, "control": 300}
        assert reader.get(f"/api/evidence/journeys/{SOP}/splits").json() == []
        assert signed_in(Role.STAFF).get("/api/evidence/overall").status_code == 403


def signed_in_again():
    """The owner made above, on a new browser."""
    from django.test import Client

    from potager.org.models import Account

    client = Client()
    client.force_login(Account.objects.get(role=Role.OWNER))
    return client
