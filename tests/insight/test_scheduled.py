"""Scheduled audiences: computed when due, unchanged in between, once for what was missed; by hand; who may."""

from datetime import UTC, datetime

import pytest
from django.test import Client

from potager import assembly
from potager.core import clock, jobs, store
from potager.core.errors import Conflict, Problem
from potager.core.models import Job
from potager.insight import audience_history, catalogue, definitions, files, refresh, scheduled, sets
from potager.insight import jobs as insight_jobs
from potager.insight.conditions import bind_rule, parse
from potager.insight.models import Audience
from potager.insight.schedules import Schedule
from potager.insight.specs import AudienceSpec, TagSpec
from potager.org.access import SYSTEM
from potager.org.models import AuditRow, Role
from tests.journalled import entries

from .conftest import Plot, define_audience, define_tag
from .test_api import client_of, send

BUYERS = {"event": "order_paid"}
# In Shanghai; the plot's noon is hour 4 of UTC.
NINE = {"every": "day", "at": ["09:00"]}


def at(text: str) -> datetime:
    return datetime.fromisoformat(f"{text}+08:00").astimezone(UTC)


def save(key: str = "morning", condition: dict | None = None, schedule: dict | None = NINE) -> Audience:
    written = None if schedule is None else Schedule.model_validate(schedule)
    spec = AudienceSpec(key=key, name_zh=key, condition=condition or BUYERS, schedule=written)
    with store.write():
        return definitions.save_audience(SYSTEM, spec)


def members(as_of: str | None = None, key: str = "morning") -> list[int]:
    return sets.members(parse({"audience": key}), as_of and at(as_of)).tolist()


def run(text: str) -> list[scheduled.Run]:
    with clock.frozen(at(text)):
        return scheduled.run_due()


@pytest.fixture
def garden(plot: Plot) -> Plot:
    plot.customers(1, 2, 3)
    plot.order(1, "2026-10-01", 100)
    with clock.frozen(at("2026-10-10T12:00")):
        save()
        refresh.run()
    return plot


def test_members_are_what_the_condition_answers_at_its_time_and_stay_until_the_next(garden):
    assert Audience.objects.get().due_at == at("2026-10-11T09:00")
    assert run("2026-10-11T08:59") == []
    # Two at noon of the 11th: after the run.
    garden.order(2, "2026-10-11", 100)
    [done] = run("2026-10-11T09:00:20")
    assert (done.as_of, done.planned, done.n) == (at("2026-10-11T09:00"), at("2026-10-11T09:00"), 1)
    with clock.frozen(at("2026-10-11T20:00")):
        refresh.run()
        assert scheduled.run_due() == []
        assert members() == [1]
    assert Audience.objects.get().due_at == at("2026-10-12T09:00")
    run("2026-10-12T09:00")
    with clock.frozen(at("2026-10-12T10:00")):
        assert members() == [1, 2]
        assert members("2026-10-12T08:59") == [1]
        assert members("2026-10-11T08:59") == []


def test_what_was_missed_is_made_up_for_once_late_and_said(garden):
    garden.order(2, "2026-10-12", 100)
    garden.order(3, "2026-10-14", 100)
    with clock.frozen(at("2026-10-14T13:00")):
        [done] = scheduled.run_due()
        assert scheduled.run_due() == []
        last = audience_history.last_runs()["morning"]
    assert (done.planned, done.n, last.is_late, last.ran_at) == (
        at("2026-10-14T09:00"), 2, True, at("2026-10-14T13:00"),
    )  # fmt: skip
    assert Audience.objects.get().due_at == at("2026-10-15T09:00")
    assert garden.rows("SELECT count(*) FROM audience_run") == [(1,)]
    run("2026-10-15T09:04")
    assert not audience_history.last_runs()["morning"].is_late


def test_who_comes_and_goes_is_told_as_of_a_live_audience_after_the_first_run(garden):
    run("2026-10-11T09:00")
    assert garden.rows("SELECT count(*) FROM change_log") == [(0,)]
    garden.order(2, "2026-10-11", 100)
    run("2026-10-12T09:00")
    [entered] = [each.fact for each in entries() if each.fact.type == "audience_entered"]
    assert (entered.cid, entered.body) == (2, {"audience": "morning", "spell": 1, "cause": "refresh"})
    assert entered.at == at("2026-10-12T09:00")


def test_a_changed_condition_shows_at_the_next_run_as_a_rebuild(garden):
    run("2026-10-11T09:00")
    with clock.frozen(at("2026-10-11T12:00")):
        save(condition={"not": BUYERS})
        refresh.run()
        assert members() == [1]
    run("2026-10-12T09:00")
    with clock.frozen(at("2026-10-12T12:00")):
        assert members() == [2, 3]
    assert {cause for (cause,) in garden.rows("SELECT cause FROM change_log")} == {"rebuild"}


def test_a_live_audience_that_becomes_scheduled_keeps_its_members_and_its_news(garden):
    with clock.frozen(at("2026-10-11T12:00")):
        save("both", schedule=None)
        refresh.run()
        save("both")
    garden.order(2, "2026-10-11", 100)
    with clock.frozen(at("2026-10-11T20:00")):
        refresh.run()
        assert members(key="both") == [1]
    run("2026-10-12T09:00")
    told = garden.rows("SELECT cid, to_value, cause FROM change_log WHERE name = 'both'")
    assert told == [(2, "1", "refresh")]
    with clock.frozen(at("2026-10-12T10:00")):
        save("both", schedule=None)
        row = Audience.objects.get(key="both")
        assert (row.kind, row.due_at, row.runs) == ("live", None, 0)
        garden.order(3, "2026-10-01", 100)
        refresh.run()
        assert members(key="both") == [1, 2, 3]


def test_what_looks_at_it_follows_its_runs(garden):
    with clock.frozen(at("2026-10-11T12:00")):
        define_tag("seen", {"audience": "morning"})
        define_audience("others", {"not": {"audience": "morning"}})
        refresh.run()
    garden.order(2, "2026-10-11", 100)
    run("2026-10-12T09:00")
    with clock.frozen(at("2026-10-12T09:01")):
        assert sets.counted(bind_rule({"tag": "seen"}, catalogue.load())).count == 2
        assert refresh.merge().mode == "full"
        assert members(key="others") == [3]
        assert refresh.merge().mode == "none"
    assert Job.objects.filter(kind="insight.refresh_now").exists()


def test_layers_and_audiences_it_looks_up_are_brought_up_first(garden):
    with clock.frozen(at("2026-10-10T13:00")):
        save("live", schedule=None)
        save("dependent", condition={"audience": "live"})
        refresh.run()
    garden.order(2, "2026-10-10", 100, hour=5)
    with clock.frozen(at("2026-10-10T14:00")):
        scheduled.run_now(SYSTEM, Audience.objects.get(key="dependent"))
        assert members(key="dependent") == [1, 2]


def test_one_that_fails_keeps_no_other_waiting_and_stays_due(garden, monkeypatch):
    with clock.frozen(at("2026-10-10T13:00")):
        Audience.objects.create(
            key="broken", name_zh="broken", condition={"tag": "nothing"}, created_at=clock.now(),
            schedule=NINE, due_at=at("2026-10-10T23:00"),
        )  # fmt: skip
    assert [each.key for each in run("2026-10-11T09:00")] == ["morning"]
    assert Audience.objects.get(key="broken").due_at == at("2026-10-10T23:00")


def test_a_run_done_again_after_a_crash_changes_nothing(garden, monkeypatch):
    run("2026-10-11T09:00")
    garden.order(2, "2026-10-11", 100)
    with monkeypatch.context() as crash:
        crash.setattr(scheduled, "_note", lambda *_: 1 / 0)
        assert run("2026-10-12T09:00") == []
    changes = garden.rows("SELECT seq, cid FROM change_log")
    assert len(changes) == 1
    assert [each.n for each in run("2026-10-12T09:01")] == [2]
    assert garden.rows("SELECT seq, cid FROM change_log") == changes
    assert garden.rows("SELECT count(*) FROM audience_run WHERE as_of = '2026-10-12 01:00:00'") == [(1,)]
    assert [each.fact.cid for each in entries() if each.fact.type == "audience_entered"] == [2]


def test_the_background_job_runs_what_is_due(garden):
    assembly.assemble()
    jobs.arm()
    assert Job.objects.filter(dedupe_key="every:insight.scheduled").count() == 1
    with clock.frozen(at("2026-10-11T09:00")):
        assert insight_jobs.run_scheduled({}) == 1
        assert insight_jobs.run_scheduled({}) == 0


def test_what_it_names_cannot_be_removed_and_circles_are_refused(garden):
    with store.write():
        definitions.save_tag(SYSTEM, TagSpec(key="hot", name_zh="热", source="rule", rule=BUYERS))
    save("needs", condition={"tag": "hot"})
    with pytest.raises(Conflict), store.write():
        definitions.remove(SYSTEM, "tag", "hot")
    save("one", condition={"audience": "needs"})
    with pytest.raises(Problem) as refused:
        save("needs", condition={"audience": "one"})
    assert "互相引用" in refused.value.zh
    with pytest.raises(Problem) as refused:
        save("typo", condition={"tag": "hto"})
    assert refused.value.place == "tag"


def test_as_a_file_it_keeps_its_schedule(garden):
    text = files.export("audience", "morning")
    assert "every: day" in text
    assert [each.change for each in (files.plan(document) for document in _documents(text))] == ["unchanged"]


def _documents(text: str) -> list[dict]:
    import yaml

    return list(yaml.safe_load_all(text))


def test_the_same_schedule_saved_again_keeps_its_time(garden):
    with clock.frozen(at("2026-10-11T10:00")):
        save()
        assert Audience.objects.get().due_at == at("2026-10-11T09:00")
        save(schedule={"every": "day", "at": ["10:30"]})
        assert Audience.objects.get().due_at == at("2026-10-11T10:30")


def test_trends_tell_the_size_at_the_end_of_each_day(garden):
    run("2026-10-11T09:00")
    garden.order(2, "2026-10-11", 100)
    run("2026-10-13T09:00")
    with clock.frozen(at("2026-10-14T12:00")):
        since = {"morning": at("2026-10-10T12:00"), "none": at("2026-10-10T12:00")}
        found = audience_history.trends(since, days=5)
        sizes = [n for _, n in found["morning"]]
        assert [f"{on:%d}" for on, _ in found["morning"]] == ["10", "11", "12", "13", "14"]
        assert sizes == [None, 1, 1, 2, 2]
        assert [n for _, n in found["none"]] == [None] * 5
        assert [n for _, n in audience_history.trends(since, days=2)["morning"]] == [2, 2]
        # A key used again begins anew.
        again = audience_history.trends({"morning": at("2026-10-12T12:00")}, days=5)["morning"]
        assert [n for _, n in again] == [None, None, None, 2, 2]


@pytest.fixture
def owner(plot: Plot) -> Client:
    plot.customers(1, 2, 3)
    plot.order(1, "2026-10-01", 100)
    return client_of(Role.OWNER)


BODY = {
    "key": "monthly",
    "name_zh": "月度",
    "condition": BUYERS,
    "schedule": {"every": "month", "at": ["09:00"], "day": 31},
}


def test_over_http_it_is_made_run_and_shown(owner):
    made = send(owner, "post", "/audiences", BODY).json()
    assert (made["kind"], made["n"], made["as_of"], made["computed_at"]) == ("scheduled", None, None, None)
    assert made["schedule"] == {"every": "month", "at": ["09:00"], "weekdays": [], "day": 31}
    assert made["next_run"] == Audience.objects.get().due_at.isoformat().replace("+00:00", "Z")
    ran = send(owner, "post", "/audiences/monthly/run").json()
    assert (ran["n"], ran["late_from"], ran["next_run"]) == (1, None, made["next_run"])
    assert ran["ms"] >= 0
    assert len(ran["trend"]) == 30
    assert [each["n"] for each in ran["trend"][-2:]] == [None, 1]
    assert [(row.action, row.subject) for row in AuditRow.objects.order_by("id")] == [
        ("audience.create", "audience:monthly"), ("audience.run", "audience:monthly"),
    ]  # fmt: skip
    kept = send(owner, "post", "/audiences/monthly/freeze", {"key": "kept", "name_zh": "存"}).json()
    assert (kept["kind"], kept["n"], kept["trend"], kept["schedule"]) == ("frozen", 1, [], None)
    live = send(owner, "put", "/audiences/monthly", {**BODY, "schedule": None}).json()
    assert (live["kind"], live["next_run"]) == ("live", None)
    assert send(owner, "post", "/audiences/monthly/run").json()["code"] == "audience.unscheduled"


def test_who_uses_it_is_shown(owner):
    send(owner, "post", "/audiences", BODY)
    send(owner, "post", "/audiences", {"key": "top", "name_zh": "上层", "condition": {"audience": "monthly"}})
    items = {each["key"]: each for each in send(owner, "get", "/audiences").json()["items"]}
    assert items["monthly"]["used_by"] == [{"user": "audience:top", "name": "上层"}]
    assert items["top"]["kind"] == "live"


def test_who_may_run_it(owner):
    send(owner, "post", "/audiences", BODY)
    assert send(client_of(Role.STAFF), "post", "/audiences/monthly/run").status_code == 403
    assert send(Client(), "post", "/audiences/monthly/run").status_code == 401
    assert send(client_of(Role.MANAGER), "post", "/audiences/monthly/run").status_code == 200
    assert send(owner, "post", "/audiences/nothing/run").status_code == 404
    wrong = send(owner, "post", "/audiences", {**BODY, "key": "x", "schedule": {"every": "week", "at": ["09:00"]}})
    assert wrong.status_code == 422
