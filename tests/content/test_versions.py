"""content.versions: who moves a wording from where to where, what is refused, and what stays as history."""

from datetime import date, timedelta

import pytest

from potager.content import queries, scripts, versions
from potager.content.models import Kind, ScriptVersion, State
from potager.content.specs import ScriptSpec
from potager.core import clock, store
from potager.core.errors import Conflict, Forbidden, Problem
from potager.org.access import Actor
from potager.org.models import Account, AuditRow, Role
from tests.content.conftest import MANAGER, OWNER, published, written


def act(verb, *args):
    with store.write():
        return verb(*args)


def stands() -> list[tuple[str, int, str]]:
    rows = ScriptVersion.objects.order_by("kind", "n").values_list("kind", "n", "state")
    return [(kind, n, state) for kind, n, state in rows]


def test_a_wording_is_written_submitted_and_published_by_another(two):
    row = written("您好，{客户昵称|朋友}")
    act(versions.submit, OWNER, row.pk)
    with pytest.raises(Forbidden):
        act(versions.publish, OWNER, row.pk)
    assert stands() == [("stage", 1, "in_review")]
    done = act(versions.publish, MANAGER, row.pk)
    assert (done.state, done.submitted_by, done.reviewed_by, done.published_at) == (
        State.PUBLISHED,
        "owner",
        "manager",
        clock.now(),
    )
    actions = AuditRow.objects.order_by("id").values_list("actor", "action")
    assert list(actions) == [
        ("owner", "script.create"),
        ("owner", "script.write"),
        ("owner", "script.submit"),
        ("manager", "script.publish"),
    ]


def test_alone_in_the_house_one_reviews_oneself(house):
    Account.objects.create(login="owner", role=Role.OWNER)
    Account.objects.create(login="left", role=Role.MANAGER, is_active=False)
    row = written()
    act(versions.submit, OWNER, row.pk)
    assert act(versions.publish, OWNER, row.pk).state == State.PUBLISHED


def test_the_next_version_takes_the_place_of_the_last_and_history_stays(two):
    first = published("一")
    second = published("二")
    first.refresh_from_db()
    assert (first.state, first.texts, first.ended_at) == (State.EXPIRED, {"text": "一"}, clock.now())
    assert (second.n, second.state) == (2, State.PUBLISHED)
    published("三", kind=Kind.PROFILE)
    assert stands() == [("profile", 1, "published"), ("stage", 1, "expired"), ("stage", 2, "published")]


def test_a_draft_is_changed_in_place_and_a_submitted_one_not_at_all(two):
    row = written("一")
    assert written("二").pk == row.pk
    act(versions.submit, OWNER, row.pk)
    with pytest.raises(Conflict, match=r"version\.in_review"):
        written("三")
    back = act(versions.give_back, MANAGER, row.pk, "太长")
    assert (back.state, back.remark, back.texts) == (State.DRAFT, "太长", {"text": "二"})
    assert written("三").texts == {"text": "三"}


def test_a_version_moves_from_where_it_stands_only(two):
    row = published()
    for verb in (versions.submit, versions.publish, versions.give_back):
        with pytest.raises(Conflict, match=r"version\.state"):
            act(verb, MANAGER, row.pk)
    act(versions.withdraw, MANAGER, row.pk)
    assert stands() == [("stage", 1, "expired")]


@pytest.mark.parametrize(
    ("text", "code", "place"),
    [
        ("", "version.empty", "text"),
        ("{没有的变量}", "touch.variable", "text"),
        ("销量第一", "content.sensitive", "text[2]"),
    ],
)
def test_what_may_not_be_said_is_not_submitted(two, text, code, place):
    row = written(text)
    with pytest.raises(Problem) as refused:
        act(versions.submit, OWNER, row.pk)
    assert (refused.value.code, refused.value.place) == (code, place)
    assert stands() == [("stage", 1, "draft")]


def test_publishing_looks_at_the_words_again(two):
    from potager.content import house_words
    from potager.content.specs import WordSpec

    row = written("小黑瓶")
    act(versions.submit, OWNER, row.pk)
    act(house_words.save, OWNER, WordSpec(word="小黑瓶", level="blocking"))
    with pytest.raises(Problem, match=r"content\.sensitive"):
        act(versions.publish, MANAGER, row.pk)


def test_both_texts_of_psychology_are_wanted(two):
    row = written("新客看", kind=Kind.PSYCHOLOGY, old="")
    with pytest.raises(Problem) as refused:
        act(versions.submit, OWNER, row.pk)
    assert refused.value.place == "old"


def test_after_its_last_day_a_version_is_expired(two):
    row = published(expires_on=date(2026, 11, 1))
    assert queries.state_on(row, date(2026, 11, 1)) == State.PUBLISHED
    assert [each.pk for each in queries.usable(date(2026, 11, 1))] == [row.pk]
    with clock.frozen(clock.now() + timedelta(days=1)):
        assert queries.state_on(row, clock.today()) == State.EXPIRED
        assert list(queries.usable(clock.today())) == []
        assert [each.key for each in queries.scripts(OWNER, state="expired")] == ["hello"]
        late = written(expires_on=date(2026, 11, 1), key="late")
        with pytest.raises(Problem, match=r"version\.expired"):
            act(versions.submit, OWNER, late.pk)


def test_staff_know_what_they_may_use(two):
    published(key="said")
    written(key="draft")
    staff = Actor("lin", Role.STAFF)
    assert [each.key for each in queries.scripts(staff)] == ["said"]
    assert [each.key for each in queries.scripts(OWNER)] == ["draft", "said"]


def test_readers_and_staff_write_nothing(two):
    row = written()
    for role in (Role.READ_ONLY, Role.STAFF):
        for verb in (versions.submit, versions.publish, versions.withdraw, versions.give_back):
            with pytest.raises(Forbidden):
                act(verb, Actor("x", role), row.pk)
        with pytest.raises(Forbidden):
            act(scripts.create, Actor("x", role), ScriptSpec(key="a", title="a"))


def test_what_was_published_is_not_removed(two):
    published(key="said")
    with pytest.raises(Conflict, match=r"script\.published"):
        act(scripts.remove, OWNER, "said")
