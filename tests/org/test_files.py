"""org.files: the organisation as a file, applied as often as one likes and given back as it was."""

import pytest
import yaml
from click.testing import CliRunner, Result

from potager.cli.main import cli
from potager.core import store
from potager.core.errors import Problem
from potager.org import accounts, departments, files, queries, staff
from potager.org.access import SYSTEM
from potager.org.models import Account, AuditRow, Department, Role, Staff, Store
from tests.org.conftest import MANAGER, PASSWORD, READERS, trail

FILE = """\
kind: org
departments:
- key: east
  name: 华东区
  parent: sales
- key: sales
  name: 销售部
stores:
- key: jingan
  name: 静安店
  city: 上海
- key: online
  name: 线上
staff:
- key: lin
  name: 林小雨
  department: east
  store: jingan
- key: wang
  name: 王强
  active: false
"""


def apply(text: str, actor=SYSTEM) -> files.Planned:
    with store.write():
        return files.apply(actor, yaml.safe_load(text))


def refusal(text: str) -> Problem:
    with pytest.raises(Problem) as refused, store.write():
        files.apply(SYSTEM, yaml.safe_load(text))
    assert refused.value.code == "org.file"
    return refused.value


def nothing_is_stored() -> bool:
    return not any(model.objects.exists() for model in (Department, Store, Staff, AuditRow))


@pytest.fixture
def kept(db) -> None:
    apply(FILE)


class TestApply:
    def test_a_child_may_stand_before_its_parent(self, kept):
        assert [each.path for each in queries.departments()] == ["销售部", "销售部 / 华东区"]
        places = Staff.objects.order_by("key").values_list("key", "department__key", "store__key", "active")
        assert list(places) == [("lin", "east", "jingan", True), ("wang", None, None, False)]
        assert list(Store.objects.order_by("key").values_list("key", "city")) == [("jingan", "上海"), ("online", "")]
        assert [action for action, *_ in trail()] == [
            "department.create",
            "department.create",
            "store.create",
            "store.create",
            "staff.create",
            "staff.create",
        ]

    def test_applied_again_it_changes_and_writes_nothing(self, kept):
        before = trail()
        assert apply(FILE) == files.Planned("org", "unchanged", "")
        assert trail() == before

    def test_what_it_gives_back_is_what_was_applied(self, kept):
        assert files.export() == FILE
        assert apply(files.export()).change == "unchanged"

    def test_only_differences_are_acts(self, kept):
        text = FILE.replace("林小雨", "林雨").replace("静安店", "静安寺店").replace("active: false", "active: true")
        before = len(trail())
        assert apply(text).change == "changed"
        assert trail()[before:] == [
            ("store.change", "store:jingan", {"name": ["静安店", "静安寺店"]}),
            ("staff.change", "staff:lin", {"name": ["林小雨", "林雨"]}),
            ("staff.reactivate", "staff:wang", {}),
        ]

    def test_what_is_not_named_is_left_alone(self, kept):
        assert apply("{kind: org, staff: [{key: zhao, name: 赵敏}]}").change == "new"
        assert files.export().startswith(FILE)
        assert Staff.objects.filter(active=True).count() == 2

    def test_an_entry_is_stated_whole(self, kept):
        apply("{kind: org, staff: [{key: lin, name: 林小雨}]}")
        lin = Staff.objects.get(key="lin")
        assert (lin.department, lin.store) == (None, None)

    def test_a_branch_can_be_turned_upside_down(self, db):
        apply("{kind: org, departments: [{key: a, name: A}, {key: b, name: B, parent: a}]}")
        with store.write():
            departments.create(MANAGER, "between", name="C", parent="b")
        apply(
            "{kind: org, departments: [{key: a, name: A, parent: between}, {key: b, name: B}]}",
        )
        assert [each.path for each in queries.departments()] == ["B", "B / C", "B / C / A"]

    def test_deactivating_closes_the_account(self, kept):
        with store.write():
            accounts.create(SYSTEM, login="lin-login", password=PASSWORD, role=Role.STAFF, staff_key="lin")
            accounts.create(SYSTEM, login="ning", password=PASSWORD, role=Role.OWNER)
        apply("{kind: org, staff: [{key: lin, name: 林小雨, active: false}]}")
        assert Account.objects.get(login="lin-login").is_active is False

    def test_forty_staff_and_their_plan_in_one_go(self, db):
        staff_list = [{"key": f"s{n:02}", "name": f"员工{n}"} for n in range(40)]
        apply(yaml.safe_dump({"kind": "org", "staff": staff_list}))
        assert Staff.objects.count() == 40


class TestPlan:
    def test_shows_what_would_change_and_changes_nothing(self, kept):
        before = trail()
        planned = files.plan(yaml.safe_load(FILE.replace("华东区", "华东大区")))
        assert planned.change == "changed"
        assert [line for line in planned.diff.splitlines() if line[:1] in "+-"][2:] == [
            "-  name: 华东区",
            "+  name: 华东大区",
        ]
        assert trail() == before

    def test_of_a_new_organisation_is_the_file(self, db):
        assert files.plan(yaml.safe_load(FILE)) == files.Planned("org", "new", FILE)
        assert nothing_is_stored()


class TestRefusals:
    def test_everything_wrong_is_said_at_once_with_its_path_and_nothing_is_written(self, db):
        problem = refusal(
            """
            kind: org
            departments:
            - {key: 销售, name: 销售部}
            - {key: a, name: A, parent: b}
            - {key: b, name: B, parent: a}
            - {key: c, name: C, parent: nowhere}
            stores:
            - {key: jingan, name: ""}
            - {key: jingan, name: 静安店}
            staff:
            - {key: lin, name: 林小雨, department: east, store: xuhui}
            """
        )
        assert problem.place == ""
        lines = problem.zh.splitlines()
        assert lines[0] == "有 8 处要改，什么都没有写入："
        assert [line.strip().split("：")[0] for line in lines[1:]] == [
            "departments[0].key",
            "stores[0].name",
            "stores[1].key",
            "departments[1].parent",
            "departments[2].parent",
            "departments[3].parent",
            "staff[0].department",
            "staff[0].store",
        ]
        assert problem.en.splitlines()[0] == "8 things to correct, nothing was written:"
        assert nothing_is_stored()

    def test_faults_of_form_too(self, db):
        problem = refusal(
            """
            kind: org
            stores: {jingan: 静安店}
            staff:
            - {key: 1001, name: 林小雨}
            - {name: 王强, actve: false}
            - {key: zhao, name: 赵敏, active: "no"}
            """
        )
        assert problem.zh.splitlines()[1:] == [
            "  stores：应为列表，每条以 - 开头",
            '  staff[0].key：应为文字；数字和 yes/no 请加引号，例如 "1001"',
            "  staff[1].key：缺少这一项，请补上",
            "  staff[1].actve：没有这一项，请检查拼写或删掉",
            "  staff[2].active：应为 true 或 false",
        ]
        assert nothing_is_stored()

    def test_one_fault_is_said_at_its_place(self, db):
        problem = refusal("{kind: org, staff: [{key: lin, name: 林小雨, store: xuhui}]}")
        assert problem.place == "staff[0].store"
        assert problem.zh == "没有门店「xuhui」：请在文件里加上它，或检查标识"

    def test_an_entry_that_is_none(self, db):
        assert refusal("{kind: org, staff: [lin]}").place == "staff[0]"

    def test_a_city_that_is_too_long(self, db):
        assert refusal(f"{{kind: org, stores: [{{key: a, name: A, city: {'长' * 51}}}]}}").place == "stores[0].city"

    def test_a_circle_through_a_stored_department(self, kept):
        problem = refusal("{kind: org, departments: [{key: sales, name: 销售部, parent: east}]}")
        assert problem.place == "departments[0].parent"
        assert files.export() == FILE

    def test_the_last_owner_is_refused_at_the_entry_and_all_is_undone(self, kept):
        with store.write():
            accounts.create(SYSTEM, login="lin-login", password=PASSWORD, role=Role.OWNER, staff_key="lin")
        problem = refusal(
            "{kind: org, stores: [{key: new, name: 新店}], staff: [{key: lin, name: 林小雨, active: false}]}"
        )
        assert problem.place == "staff[0]"
        assert "所有者" in problem.zh
        assert files.export() == FILE

    @pytest.mark.parametrize("actor", READERS)
    def test_staff_and_readers_apply_nothing(self, db, actor):
        with pytest.raises(Problem):
            apply(FILE, actor)
        assert nothing_is_stored()


class TestCommands:
    def run(self, *args: object) -> Result:
        return CliRunner().invoke(cli, [str(arg) for arg in args], catch_exceptions=False)

    def test_apply_plan_and_export(self, db, tmp_path):
        path = tmp_path / "org.yaml"
        path.write_text(FILE, "utf-8")
        assert self.run("plan", path).output == "new        org org\n"
        assert self.run("apply", path).output == "new        org org\n"
        assert self.run("apply", path).output == "unchanged  org org\n"
        assert self.run("export", "org").output == FILE

    def test_the_organisation_has_no_key_and_the_others_have(self, db):
        assert self.run("export", "org", "x").exit_code == 2
        assert self.run("export", "tag").exit_code == 2

    def test_a_wrong_file_beside_a_right_one_keeps_both_out(self, house, tmp_path):
        (tmp_path / "org.yaml").write_text("{kind: org, staff: [{key: lin, name: 林小雨}]}", "utf-8")
        (tmp_path / "tag.yaml").write_text("{kind: tag, key: vip}", "utf-8")
        with pytest.raises(Problem):
            self.run("apply", tmp_path)
        assert nothing_is_stored()


def test_a_staff_member_made_elsewhere_is_given_back_too(kept):
    with store.write():
        staff.create(MANAGER, "zhao", name="赵敏", store="online")
    assert yaml.safe_load(files.export())["staff"][-1] == {"key": "zhao", "name": "赵敏", "store": "online"}
