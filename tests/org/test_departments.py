"""org.departments: a tree without circles whose keys never change."""

import pytest

from potager.core.errors import Conflict, Forbidden, NotFound, Problem
from potager.org import departments, queries, staff
from potager.org.models import Department
from tests.org.conftest import MANAGER, READERS, trail

pytestmark = pytest.mark.usefixtures("writing")


@pytest.fixture
def tree() -> None:
    """总部 › 销售部 › 华东区, and 客服部 beside 销售部."""
    for key, name, parent in (
        ("hq", "总部", None),
        ("sales", "销售部", "hq"),
        ("east", "华东区", "sales"),
        ("service", "客服部", "hq"),
    ):
        departments.create(MANAGER, key, name=name, parent=parent)


def paths() -> dict[str, str]:
    return {each.department.key: each.path for each in queries.departments()}


class TestCreate:
    def test_a_department_stands_inside_its_parent_and_is_written_down(self):
        departments.create(MANAGER, "hq", name="总部")
        departments.create(MANAGER, "sales", name="  销售部 ", parent="hq")
        assert paths() == {"hq": "总部", "sales": "总部 / 销售部"}
        assert trail() == [
            ("department.create", "department:hq", {"name": "总部", "parent": None}),
            ("department.create", "department:sales", {"name": "销售部", "parent": "hq"}),
        ]

    def test_a_key_is_taken_once(self, tree):
        with pytest.raises(Conflict) as refused:
            departments.create(MANAGER, "east", name="另一个华东")
        assert (refused.value.code, refused.value.place) == ("department.taken", "key")
        assert paths()["east"] == "总部 / 销售部 / 华东区"

    @pytest.mark.parametrize("key", ["", "华东", "a b", "-a", "a" * 65])
    def test_a_key_that_could_not_stay_is_refused(self, key):
        with pytest.raises(Problem) as refused:
            departments.create(MANAGER, key, name="华东")
        assert (refused.value.code, refused.value.place) == ("org.key", "key")
        assert Department.objects.count() == 0

    @pytest.mark.parametrize(("name", "says"), [("  ", "请填写名称"), ("长" * 101, "名称最长 100 个字，现在是 101 个")])
    def test_a_name_is_needed_and_fits(self, name, says):
        with pytest.raises(Problem) as refused:
            departments.create(MANAGER, "hq", name=name)
        assert (refused.value.code, refused.value.place, refused.value.zh) == ("org.name", "name", says)

    def test_an_unknown_parent_is_refused_at_its_place(self):
        with pytest.raises(Problem) as refused:
            departments.create(MANAGER, "east", name="华东", parent="nowhere")
        assert (refused.value.code, refused.value.place) == ("department.unknown", "parent")
        assert Department.objects.count() == 0


class TestRename:
    def test_the_name_changes_the_key_stays(self, tree):
        departments.rename(MANAGER, "sales", "零售部")
        assert paths()["east"] == "总部 / 零售部 / 华东区"
        assert trail()[-1] == ("department.rename", "department:sales", {"from": "销售部", "to": "零售部"})

    def test_the_same_name_again_is_no_act(self, tree):
        before = trail()
        departments.rename(MANAGER, "sales", "销售部")
        assert trail() == before

    def test_there_must_be_one(self):
        with pytest.raises(NotFound):
            departments.rename(MANAGER, "sales", "零售部")


class TestMove:
    def test_what_is_below_comes_along(self, tree):
        departments.move(MANAGER, "sales", "service")
        assert paths()["east"] == "总部 / 客服部 / 销售部 / 华东区"
        assert trail()[-1] == ("department.move", "department:sales", {"from": "hq", "to": "service"})

    def test_to_the_top(self, tree):
        departments.move(MANAGER, "sales", None)
        assert paths()["east"] == "销售部 / 华东区"
        assert trail()[-1][2] == {"from": "hq", "to": None}

    def test_to_where_it_stands_is_no_act(self, tree):
        before = trail()
        departments.move(MANAGER, "sales", "hq")
        departments.move(MANAGER, "hq", None)
        assert trail() == before

    @pytest.mark.parametrize("parent", ["sales", "east"])
    def test_never_in_a_circle(self, tree, parent):
        before = (paths(), trail())
        with pytest.raises(Conflict) as refused:
            departments.move(MANAGER, "sales", parent)
        assert (refused.value.code, refused.value.place) == ("department.circle", "parent")
        assert (paths(), trail()) == before


class TestRemove:
    def test_an_empty_one_goes(self, tree):
        departments.remove(MANAGER, "east")
        assert set(paths()) == {"hq", "sales", "service"}
        assert trail()[-1] == ("department.remove", "department:east", {"name": "华东区"})

    def test_one_with_departments_or_staff_in_it_stays_and_says_what_it_holds(self, tree):
        staff.create(MANAGER, "lin", name="林小雨", department="sales", active=False)
        with pytest.raises(Conflict) as refused:
            departments.remove(MANAGER, "sales")
        assert refused.value.code == "department.not_empty"
        assert refused.value.zh == ("「销售部」里还有 1 个下级部门、1 位员工（含已停用的）：请先移到别的部门，再删除")
        assert "sales" in paths()

    def test_there_must_be_one(self):
        with pytest.raises(NotFound):
            departments.remove(MANAGER, "nowhere")


@pytest.mark.parametrize("actor", READERS)
def test_staff_and_readers_change_nothing(tree, actor):
    before = (paths(), trail())
    for act in (
        lambda: departments.create(actor, "west", name="华西"),
        lambda: departments.rename(actor, "sales", "零售部"),
        lambda: departments.move(actor, "sales", None),
        lambda: departments.remove(actor, "east"),
    ):
        with pytest.raises(Forbidden):
            act()
    assert (paths(), trail()) == before


def test_the_list_goes_down_the_tree_by_name_and_counts_active_staff(tree):
    staff.create(MANAGER, "lin", name="林小雨", department="sales")
    staff.create(MANAGER, "wang", name="王强", department="sales", active=False)
    found = [(each.department.key, each.staff_count) for each in queries.departments()]
    assert found == [("hq", 0), ("service", 0), ("sales", 1), ("east", 0)]
    with pytest.raises(NotFound):
        queries.placed("nowhere")
