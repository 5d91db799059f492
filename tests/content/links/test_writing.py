"""links.writing: what may be written, and who may."""

from datetime import date

import pytest
from pydantic import ValidationError

from potager.content.links import addresses, writing
from potager.content.links.models import Link
from potager.content.links.schemas import state_of
from potager.core import clock, store
from potager.core.errors import Conflict, Forbidden, NotFound, Problem
from potager.insight.models import TagDefinition
from potager.org.access import Actor
from potager.org.models import AuditRow, Role
from tests.content.links.conftest import OWNER, SPRING, made, page, spec

pytestmark = pytest.mark.usefixtures("house")


def change(key: str = "spring", **more) -> Link:
    with store.write():
        return writing.change(OWNER, key, spec(key, **more))


def test_a_link_is_made_changed_retired_and_brought_back():
    TagDefinition.objects.create(key="warm", name_zh="有意向", source="manual")
    row = made(tags=[{"tag": "warm"}], task="打个招呼", until_day=date(2026, 11, 30))
    assert (row.kind, row.target, row.body, row.changed_by) == ("url", SPRING, "", "owner")
    assert row.tags == [{"tag": "warm", "value": None}]
    change(target="https://shop.example.com/summer", title="夏季手册")
    row.refresh_from_db()
    assert (row.title, row.tags, row.task, row.until_day) == ("夏季手册", [], "", None)
    with store.write():
        writing.retire(OWNER, "spring")
        writing.retire(OWNER, "spring")
        assert state_of(Link.objects.get()) == "retired"
        writing.revive(OWNER, "spring")
        writing.revive(OWNER, "spring")
    assert Link.objects.get().retired_at is None
    assert list(AuditRow.objects.filter(subject="link:spring").order_by("id").values_list("action", flat=True)) == [
        *("link.create", "link.change", "link.retire", "link.revive"),
    ]


@pytest.mark.parametrize(
    ("code", "place", "more"),
    [
        ("link.target", "target", {"target": "javascript:alert(1)"}),
        ("link.target", "target", {"target": ""}),
        ("link.circle", "target", {"target": "http://127.0.0.1:8000/r/abcdefghijkl"}),
        ("link.body", "body", {"kind": "page", "body": " "}),
        ("link.days", "until_day", {"from_day": date(2026, 11, 2), "until_day": date(2026, 11, 1)}),
        ("tag.rule", "tag", {"tags": [{"tag": "vip"}]}),
        ("tag.value", "value", {"tags": [{"tag": "warm", "value": "1"}]}),
    ],
)
def test_what_cannot_be_is_refused_with_its_place(code, place, more):
    TagDefinition.objects.create(key="warm", name_zh="有意向", source="manual")
    TagDefinition.objects.create(key="vip", name_zh="贵宾", source="rule", rule={"all": []})
    with pytest.raises(Problem) as caught:
        made(**more)
    assert (caught.value.code, caught.value.place) == (code, place)
    assert Link.objects.count() == 0


def test_a_key_is_taken_once_and_kinds_stay():
    made()
    with pytest.raises(Conflict) as caught:
        made()
    assert caught.value.code == "link.taken"
    with pytest.raises(Conflict) as caught:
        change(kind="page", body="x")
    assert caught.value.code == "link.kind"
    with pytest.raises(NotFound):
        change("nothing")


def test_unknown_tags_and_fields_are_refused():
    with pytest.raises(NotFound):
        made(tags=[{"tag": "nobody"}])
    with pytest.raises(ValidationError):
        spec(colour="red")
    with pytest.raises(ValidationError):
        spec("Not A Key")


def test_a_kind_keeps_only_what_it_has():
    assert spec(body="x").body == ""
    assert page().target == ""


def test_who_only_reads_writes_nothing():
    made()
    for role in (Role.READ_ONLY, Role.STAFF):
        for act in (writing.retire, writing.revive):
            with pytest.raises(Forbidden), store.write():
                act(Actor("x", role), "spring")
        with pytest.raises(Forbidden), store.write():
            writing.create(Actor("x", role), spec("other"))
        with pytest.raises(Forbidden), store.write():
            writing.change(Actor("x", role), "spring", spec())


@pytest.mark.parametrize(
    ("days", "state"),
    [
        ((None, None), "open"),
        ((date(2026, 11, 1), date(2026, 11, 1)), "open"),
        ((date(2026, 11, 2), None), "upcoming"),
        ((None, date(2026, 10, 31)), "over"),
    ],
)
def test_days_are_business_days_both_included(days, state):
    assert clock.today() == date(2026, 11, 1)
    assert state_of(made(from_day=days[0], until_day=days[1])) == state
    assert addresses.base() == "http://127.0.0.1:8000"
