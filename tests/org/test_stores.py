"""org.stores: create, rename, say which city."""

import pytest

from potager.core.errors import Conflict, Forbidden, NotFound, Problem
from potager.org import queries, staff, stores
from potager.org.models import Store
from tests.org.conftest import MANAGER, READERS, trail

pytestmark = pytest.mark.usefixtures("writing")


@pytest.fixture
def jingan() -> Store:
    return stores.create(MANAGER, "jingan", name="静安店", city="上海")


def test_a_store_is_created_and_written_down(jingan):
    assert list(Store.objects.values_list("key", "name", "city")) == [("jingan", "静安店", "上海")]
    assert trail() == [("store.create", "store:jingan", {"name": "静安店", "city": "上海"})]


def test_name_and_city_change_the_key_stays(jingan):
    stores.change(MANAGER, "jingan", name="静安寺店")
    stores.change(MANAGER, "jingan", city="")
    assert list(Store.objects.values_list("key", "name", "city")) == [("jingan", "静安寺店", "")]
    assert trail(action="store.change") == [
        ("store.change", "store:jingan", {"name": ["静安店", "静安寺店"]}),
        ("store.change", "store:jingan", {"city": ["上海", ""]}),
    ]


def test_the_same_again_is_no_act(jingan):
    stores.change(MANAGER, "jingan", name=" 静安店", city="上海 ")
    stores.change(MANAGER, "jingan")
    assert trail(action="store.change") == []


def test_a_key_is_taken_once(jingan):
    with pytest.raises(Conflict) as refused:
        stores.create(MANAGER, "jingan", name="另一家")
    assert (refused.value.code, refused.value.place) == ("store.taken", "key")


def test_what_cannot_be_kept_is_refused_at_its_place(jingan):
    for field, most in (("name", 100), ("city", 50)):
        with pytest.raises(Problem) as refused:
            stores.change(MANAGER, "jingan", **{field: "长" * (most + 1)})
        assert (refused.value.code, refused.value.place) == (f"org.{field}", field)
    with pytest.raises(NotFound):
        stores.change(MANAGER, "nowhere", name="无")
    assert list(Store.objects.values_list("name", "city")) == [("静安店", "上海")]


@pytest.mark.parametrize("actor", READERS)
def test_staff_and_readers_change_nothing(jingan, actor):
    with pytest.raises(Forbidden):
        stores.create(actor, "xuhui", name="徐汇店")
    with pytest.raises(Forbidden):
        stores.change(actor, "jingan", name="静安寺店")
    assert list(Store.objects.values_list("key", "name")) == [("jingan", "静安店")]


def test_a_store_counts_its_active_staff(jingan):
    staff.create(MANAGER, "lin", name="林小雨", store="jingan")
    staff.create(MANAGER, "wang", name="王强", store="jingan", active=False)
    assert queries.store("jingan").staff_count == 1
    with pytest.raises(NotFound):
        queries.store("nowhere")
