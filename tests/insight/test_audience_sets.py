"""Audiences made of audiences over HTTP: combined, sampled, split, overlapping; and who may."""

import pytest
from django.test import Client
from pyroaring import BitMap

from potager.insight import refresh, sets
from potager.insight.conditions import parse
from potager.insight.models import Audience
from potager.org.models import AuditRow, Role

from .conftest import Plot, day
from .test_api import client_of, send

SETS = "/audience-sets"


def live(key: str, condition: dict[str, object]) -> None:
    Audience.objects.create(key=key, name_zh=key, condition=condition, created_at=day("2026-10-01"))


def fixed(key: str, *cids: int) -> None:
    at = day("2026-10-01")
    Audience.objects.create(
        key=key,
        name_zh=key,
        condition={"event": "order_paid"},
        created_at=at,
        frozen_at=at,
        members=BitMap(cids).serialize(),
    )


@pytest.fixture
def garden(plot: Plot) -> Plot:
    plot.customers(*range(1, 11))
    for cid in (1, 2, 3, 4):
        plot.order(cid, "2026-10-20", 10_000)
    live("buyers", {"event": "order_paid"})
    fixed("even", 2, 4, 6, 8, 10)
    fixed("small", 1, 2, 3)
    refresh.run()
    return plot


@pytest.fixture
def owner(garden: Plot) -> Client:
    return client_of(Role.OWNER)


def members(key: str) -> list[int]:
    return sets.members(parse({"audience": key})).tolist()


@pytest.mark.parametrize(
    ("op", "of", "outside", "expected"),
    [
        ("union", ["buyers", "even"], [], [1, 2, 3, 4, 6, 8, 10]),
        ("intersect", ["buyers", "even"], [], [2, 4]),
        ("minus", ["buyers", "even"], [], [1, 3]),
        ("intersect", ["buyers", "even"], ["small"], [4]),
        ("union", ["even"], ["buyers"], [6, 8, 10]),
    ],
)
def test_a_combination_is_the_same_frozen_and_live(owner, op, of, outside, expected):
    body = {"op": op, "of": of, "outside": outside, "name_zh": "新"}
    assert send(owner, "post", f"{SETS}/combine", body | {"key": "kept"}).json()["n"] == len(expected)
    answer = send(owner, "post", f"{SETS}/combine", body | {"key": "follows", "live": True})
    assert (answer.status_code, answer.json()["frozen_at"]) == (201, None)
    refresh.run()
    assert members("kept") == members("follows") == expected


def test_a_live_combination_follows_and_a_frozen_one_stays(owner, garden):
    body = {"op": "intersect", "of": ["buyers", "even"], "name_zh": "新"}
    for key, follows in (("kept", False), ("follows", True)):
        send(owner, "post", f"{SETS}/combine", body | {"key": key, "live": follows})
    garden.order(6, "2026-10-30", 10_000)
    refresh.run()
    assert (members("kept"), members("follows")) == ([2, 4], [2, 4, 6])


def test_combining_refuses_what_makes_no_sense(owner):
    body = {"op": "minus", "of": ["buyers", "even"], "name_zh": "新", "key": "x"}
    for change, status, code in (
        ({"of": ["buyers", "buyers"]}, 422, "audience.twice"),
        ({"of": ["buyers"], "outside": ["buyers"]}, 422, "audience.twice"),
        ({"of": ["buyers", "nothing"]}, 404, "not_found"),
        ({"key": "even"}, 409, "audience.taken"),
        ({"key": "even", "live": True}, 409, "audience.taken"),
    ):
        answer = send(owner, "post", f"{SETS}/combine", body | change)
        assert (answer.status_code, answer.json()["code"]) == (status, code)
    assert not Audience.objects.filter(key="x").exists()


def test_overlap_counts_every_region_of_live_customers(owner, garden):
    found = send(owner, "get", f"{SETS}/overlap?key=buyers&key=even&key=small").json()
    assert [(each["key"], each["n"]) for each in found["audiences"]] == [("buyers", 4), ("even", 5), ("small", 3)]
    assert [(each["inside"], each["n"]) for each in found["regions"]] == [
        (["even"], 3),
        (["buyers", "small"], 2),
        (["buyers", "even"], 1),
        (["buyers", "even", "small"], 1),
    ]
    assert found["n"] == 7


@pytest.mark.parametrize("query", ["key=buyers", "key=even&key=even", "&".join(f"key=k{i}" for i in range(7))])
def test_overlap_is_of_two_to_six_different_audiences(owner, query):
    answer = send(owner, "get", f"{SETS}/overlap?{query}")
    assert (answer.status_code, answer.json()["code"], answer.json()["place"]) == (422, "audience.overlap", "key")


def test_a_region_is_kept_with_exactly_its_people(owner):
    body = {"key": "region", "name_zh": "区域", "op": "intersect", "of": ["buyers", "small"], "outside": ["even"]}
    assert send(owner, "post", f"{SETS}/combine", body).json()["n"] == 2
    assert members("region") == [1, 3]
    row = AuditRow.objects.get(subject="audience:region")
    assert (row.action, row.detail) == ("audience.freeze", {"of": "buyers intersect small", "customers": 2})


def test_a_sample_is_a_list_of_some_members(owner):
    one = send(owner, "post", f"{SETS}/even/sample", {"key": "two", "name_zh": "两个", "n": 2}).json()
    assert (one["n"], set(members("two")) < {2, 4, 6, 8, 10}) == (2, True)
    send(owner, "post", f"{SETS}/even/sample", {"key": "again", "name_zh": "再来", "percent": 40})
    assert members("again") == members("two")
    for wrong in ({}, {"n": 1, "percent": 1}, {"n": 0}, {"percent": 101}):
        answer = send(owner, "post", f"{SETS}/even/sample", {"key": "wrong", "name_zh": "错"} | wrong)
        assert answer.status_code == 422


def test_a_split_makes_disjoint_lists_of_everybody(owner):
    parts = [{"key": "test", "name_zh": "试验", "share": 4}, {"key": "control", "name_zh": "对照", "share": 1}]
    items = send(owner, "post", f"{SETS}/even/split", {"parts": parts}).json()["items"]
    assert [(each["key"], each["n"]) for each in items] == [("test", 4), ("control", 1)]
    assert sorted(members("test") + members("control")) == [2, 4, 6, 8, 10]
    twice = [{"key": "new", "name_zh": "新"}, {"key": "control", "name_zh": "对照"}]
    assert send(owner, "post", f"{SETS}/even/split", {"parts": twice}).json()["code"] == "audience.taken"
    assert not Audience.objects.filter(key="new").exists()


def test_a_list_outlives_the_audience_it_was_taken_from(owner):
    body = {"op": "union", "of": ["even", "small"], "name_zh": "新", "key": "kept"}
    send(owner, "post", f"{SETS}/combine", body)
    assert send(owner, "delete", "/audiences/small").status_code == 204
    found = send(owner, "get", "/audiences/kept").json()
    assert (found["n"], found["sentence"]) == (7, "取自一个已经删除的定义")


def test_staff_combine_nothing_and_see_no_overlap(garden):
    staff = client_of(Role.STAFF)
    body = {"op": "union", "of": ["even", "small"], "name_zh": "新", "key": "kept"}
    assert send(staff, "post", f"{SETS}/combine", body).status_code == 403
    assert send(staff, "get", f"{SETS}/overlap?key=even&key=small").status_code == 403
    assert send(staff, "post", f"{SETS}/even/sample", {"key": "s", "name_zh": "s", "n": 1}).status_code == 403
