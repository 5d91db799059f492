"""Uploaded lists: whom a file names, what a new file changes, who may, and what refuses to go."""

import io
from datetime import timedelta

import pytest
import xlsxwriter
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from pyroaring import BitMap

from potager.core import clock, store
from potager.core.errors import Conflict, Problem
from potager.core.models import Job
from potager.insight import catalogue, definitions, list_files, lists, privacy, refresh, sets
from potager.insight.conditions import bind_rule, parse
from potager.insight.models import ListUpload, UploadedList
from potager.insight.specs import AudienceSpec, ListSpec
from potager.org.access import SYSTEM
from potager.org.models import AuditRow, Role
from potager.people.identity_types import IdentityRef, handle_of, hint_of
from potager.people.models import Customer, Identity, State

from .conftest import Plot, day, define_audience, define_tag, upload
from .test_api import client_of, send

PHONES = {1: "13800000001", 2: "13800000002"}


@pytest.fixture
def garden(plot: Plot) -> Plot:
    plot.customers(*range(1, 7))
    for cid, phone in PHONES.items():
        Identity.objects.create(
            type="phone", realm="", value=handle_of(IdentityRef("phone", "", phone)).value, sealed="x",
            hint=hint_of("phone", phone), customer_id=cid, home_cid=cid, first_us=0,
        )  # fmt: skip
    for realm, cid in (("corp", 3), ("shop", 4)):
        Identity.objects.create(type="member_no", realm=realm, value="same", customer_id=cid, home_cid=cid, first_us=0)
    Identity.objects.create(type="unionid", realm="wx", value="oUnion5", customer_id=5, home_cid=5, first_us=0)
    return plot


def written(tmp_path, text: str, name: str = "people.csv"):
    path = tmp_path / name
    path.write_text(text, encoding="utf-8")
    return path


def test_column_and_kind_are_those_that_find_the_most_people(garden, tmp_path):
    found = list_files.read(written(tmp_path, "姓名,手机\n甲,138 0000 0001\n乙,+8613800000002\n丙,13911112222\n"))
    assert (found.column, found.kind, found.rows) == ("手机", "phone", 3)
    assert sorted(found.members) == [1, 2]
    assert [(each.line, each.code, each.value) for each in found.misses] == [(4, "missing", "139****2222")]


def test_lines_that_name_nobody_and_lines_that_repeat_are_told_by_number(garden, tmp_path):
    found = list_files.read(written(tmp_path, "cid,x\n1,a\n001,b\n,c\n99,d\n2,e\n"), column="cid")
    assert (found.kind, sorted(found.members)) == ("cid", [1, 2])
    assert [(each.line, each.code) for each in found.misses] == [(4, "empty"), (5, "missing")]
    assert [(each.line, each.first) for each in found.doubles] == [(3, 2)]
    assert (found.missing, found.doubled) == (2, 1)


def test_a_value_of_two_customers_names_neither(garden, tmp_path):
    found = list_files.read(written(tmp_path, "no\nsame\n"), kind="member_no")
    assert [(each.line, each.code) for each in found.misses] == [(2, "several")]
    assert not found.members


def test_a_file_without_a_header_loses_nobody(garden, tmp_path):
    assert sorted(list_files.read(written(tmp_path, "oUnion5\nnobody\n")).members) == [5]
    assert sorted(list_files.read(written(tmp_path, "1\n2\n")).members) == [1, 2]


def test_a_workbook_is_read_like_a_text(garden, tmp_path):
    book = io.BytesIO()
    with xlsxwriter.Workbook(book) as workbook:
        sheet = workbook.add_worksheet()
        sheet.write_column(0, 0, ["phone", 13800000001, "13800000002"])
    path = tmp_path / "people.xlsx"
    path.write_bytes(book.getvalue())
    found = list_files.read(path)
    assert (found.column, found.kind, sorted(found.members)) == ("phone", "phone", [1, 2])


@pytest.mark.parametrize(
    ("asked", "code", "close"),
    [({"column": "phnoe"}, "list.column", "「phone」"), ({"kind": "phnoe"}, "list.kind", "「phone」")],
)
def test_columns_and_kinds_there_are_not_are_refused(garden, tmp_path, asked, code, close):
    with pytest.raises(Problem) as refused:
        list_files.read(written(tmp_path, "phone\n13800000001\n"), **asked)
    assert refused.value.code == code
    assert close in refused.value.zh


def test_who_was_deleted_is_not_found_and_who_was_merged_is_who_they_became(garden, tmp_path):
    Customer.objects.filter(id=3).update(state=State.DELETED)
    Customer.objects.filter(id=4).update(state=State.MERGED, merged_into=5)
    found = list_files.read(written(tmp_path, "cid\n3\n4\n5\n"))
    assert (sorted(found.members), found.missing, found.doubled) == ([5], 1, 1)


def put(tmp_path, key: str, text: str) -> UploadedList:
    found = list_files.read(written(tmp_path, text))
    row = UploadedList.objects.filter(key=key).first()
    with store.write():
        if row is None:
            return lists.save(SYSTEM, ListSpec(key=key, name_zh="贵宾"), found, "people.csv")
        return lists.replace(SYSTEM, row, found, "people.csv")


def members(condition: dict[str, object]) -> list[int]:
    return sets.members(parse(condition)).tolist()


def test_a_new_file_is_news_for_everything_that_looks_at_the_list(garden, tmp_path):
    put(tmp_path, "vip", "cid\n1\n2\n")
    define_audience("invited", {"list": "vip"})
    define_audience("twice", {"audience": "invited"})
    define_tag("named", {"all": [{"list": "vip"}]})
    define_tag("other", {"event": "order_paid"})
    refresh.run()
    assert refresh.merge().mode == "none"
    put(tmp_path, "vip", "cid\n2\n3\n")
    assert sets.counted(bind_rule({"tag": "named"}, catalogue.load())).count == 2
    assert members({"tag": "named"}) == members({"list": "vip"}) == [2, 3]
    report = refresh.merge()
    assert (report.mode, members({"audience": "twice"})) == ("full", [2, 3])
    changes = garden.rows("SELECT kind, name, cid, to_value IS NOT NULL, cause FROM change_log ORDER BY 1, 2, 3")
    assert changes == [
        (kind, name, cid, entered, "refresh")
        for kind, name in (("audience", "invited"), ("audience", "twice"), ("tag", "named"))
        for cid, entered in ((1, False), (3, True))
    ]
    assert refresh.merge().mode == "none"


def test_an_edited_condition_over_a_list_is_still_a_rebuild(garden, tmp_path):
    put(tmp_path, "vip", "cid\n1\n2\n")
    row = define_audience("invited", {"list": "vip"})
    refresh.run()
    row.condition = {"not": {"list": "vip"}}
    row.save()
    refresh.run()
    assert {cause for (cause,) in garden.rows("SELECT cause FROM change_log")} == {"rebuild"}


def test_results_as_of_before_an_upload_are_computed_anew_after_it(garden):
    with clock.frozen(day("2026-11-01", 3)):
        upload("vip", 1, at=day("2026-11-01", 3))
        define_tag("named", {"list": "vip"})
        refresh.run(day("2026-11-01", 2))
        assert refresh.states(garden.warehouse)["tag:named"].n == 0
        assert sets.counted(bind_rule({"tag": "named"}, catalogue.load())).count == 1
        assert refresh.merge().mode == "full"
        assert refresh.states(garden.warehouse)["tag:named"].n == 1


def test_a_list_in_use_is_not_removed_and_its_users_are_named(garden, tmp_path):
    put(tmp_path, "vip", "cid\n1\n")
    with store.write():
        definitions.save_audience(SYSTEM, AudienceSpec(key="invited", name_zh="受邀", condition={"list": "vip"}))
    with pytest.raises(Conflict) as refused, store.write():
        lists.remove(SYSTEM, "vip")
    assert refused.value.zh == "名单「贵宾」还在使用：受邀"
    spec = AudienceSpec(key="kept", name_zh="存", condition={"list": "vip"})
    with store.write():
        # A frozen one was taken from the list and needs it no more.
        definitions.freeze(SYSTEM, spec, BitMap([1]), of="invited")
    with store.write():
        definitions.remove(SYSTEM, "audience", "invited")
        lists.remove(SYSTEM, "vip")
    assert not ListUpload.objects.exists()


def test_a_file_that_names_nobody_keeps_what_there_was(garden, tmp_path):
    put(tmp_path, "vip", "cid\n1\n")
    with pytest.raises(Problem) as refused:
        put(tmp_path, "vip", "cid\n77\n")
    assert refused.value.code == "list.empty"
    assert members({"list": "vip"}) == [1]
    with pytest.raises(Conflict), store.write():
        found = list_files.read(written(tmp_path, "cid\n1\n"))
        lists.save(SYSTEM, ListSpec(key="vip", name_zh="又一份"), found, "people.csv")


def test_a_person_is_told_the_lists_they_are_on(garden):
    upload("vip", 1, at=day("2026-10-01"))
    upload("vip", 1, 2, at=day("2026-10-05"))
    upload("gone", 1, at=day("2026-10-01"))
    upload("gone", 2, at=day("2026-10-05"))
    assert privacy.told([1])["lists"] == [{"list": "vip", "since": day("2026-10-01")}]


@pytest.fixture
def owner(garden: Plot) -> Client:
    return client_of(Role.OWNER)


def post(client: Client, path: str, text: str, **more: str):
    file = SimpleUploadedFile("people.csv", text.encode(), content_type="text/csv")
    return client.post(f"/api/insight/lists{path}", {"file": file, **more})


def test_preview_save_replace_and_download(owner):
    looked = post(owner, "/preview", "cid\n1\n1\n99\n").json()
    assert looked == {
        "columns": ["cid"], "column": "cid", "kind": "cid", "rows": 3, "found": 1, "missing": 1, "doubled": 1,
        "misses": [{"line": 4, "code": "missing", "value": "99"}], "doubles": [{"line": 3, "first": 2}],
    }  # fmt: skip
    assert not UploadedList.objects.exists()
    made = post(owner, "", "cid\n1\n1\n99\n", key="vip-2026", name_zh="贵宾", name_en="VIPs", note="年会")
    assert made.status_code == 201
    first = made.json()
    assert {key: first[key] for key in ("key", "n", "missing", "doubled", "kind", "file_name", "by", "uploads")} == {
        "key": "vip-2026", "n": 1, "missing": 1, "doubled": 1, "kind": "cid", "file_name": "people.csv",
        "by": "owner", "uploads": 1,
    }  # fmt: skip
    assert Job.objects.filter(kind="insight.refresh_now").count() == 1
    rows = owner.get("/api/insight/lists/vip-2026/misses").content.decode("utf-8-sig").splitlines()
    assert rows == ["line,code,reason_zh,reason_en,value", "4,missing,没有这样的客户,There is no such customer,99"]
    again = post(owner, "/vip-2026/file", "手机\n13800000001\n13800000002\n", column="手机", kind="phone").json()
    assert (again["n"], again["missing"], again["uploads"]) == (2, 0, 2)
    assert send(owner, "get", "/catalog").json()["lists"] == [{"key": "vip-2026", "name_zh": "贵宾", "name_en": "VIPs"}]
    counted = send(owner, "post", "/count", {"condition": {"list": "vip-2026"}}).json()
    assert (counted["count"], counted["sentence"]) == (2, "在名单「贵宾」上")
    assert [row.action for row in AuditRow.objects.order_by("id")] == ["list.create", "list.replace"]
    assert AuditRow.objects.last().detail == {"file": "people.csv", "customers": 2, "missing": 0, "doubled": 0}


def test_rename_uses_and_remove(owner):
    post(owner, "", "cid\n1\n", key="vip", name_zh="贵宾")
    renamed = send(owner, "put", "/lists/vip", {"name_zh": "老贵宾", "note": "x"}).json()
    assert (renamed["name_zh"], renamed["note"], renamed["used_by"]) == ("老贵宾", "x", [])
    send(owner, "post", "/audiences", {"key": "invited", "name_zh": "受邀", "condition": {"list": "vip"}})
    listed = send(owner, "get", "/lists").json()
    assert listed["total"] == 1
    assert listed["items"][0]["used_by"] == [{"user": "audience:invited", "name": "受邀"}]
    refused = send(owner, "delete", "/lists/vip")
    assert (refused.status_code, "受邀" in refused.json()["message"]) == (409, True)
    assert send(owner, "delete", "/audiences/invited").status_code == 204
    assert send(owner, "delete", "/lists/vip").status_code == 204
    assert send(owner, "get", "/lists/vip").status_code == 404


def test_who_may(owner):
    post(owner, "", "cid\n1\n", key="vip", name_zh="贵宾")
    staff, manager = client_of(Role.STAFF), client_of(Role.MANAGER)
    assert send(staff, "get", "/lists").json()["items"][0]["key"] == "vip"
    for path in ("/preview", "", "/vip/file"):
        assert post(staff, path, "cid\n2\n", key="other", name_zh="x").status_code == 403
    assert send(staff, "put", "/lists/vip", {"name_zh": "x"}).status_code == 403
    assert send(staff, "delete", "/lists/vip").status_code == 403
    assert staff.get("/api/insight/lists/vip/misses").status_code == 403
    assert Client().get("/api/insight/lists").status_code == 401
    assert post(manager, "/vip/file", "cid\n2\n").json()["n"] == 1


def test_mistakes_are_said(owner):
    assert post(owner, "", "cid\n1\n", key="Bad Key", name_zh="x").status_code == 422
    assert post(owner, "/preview", "").json()["code"] == "import.file"
    assert post(owner, "/preview", "cid\n1\n", column="phone").json()["code"] == "list.column"
    assert post(owner, "/nothing/file", "cid\n1\n").status_code == 404


def test_a_list_keeps_the_day_of_each_upload(garden, tmp_path):
    with clock.frozen(day("2026-10-01")):
        put(tmp_path, "vip", "cid\n1\n")
    with clock.frozen(day("2026-10-01") + timedelta(days=3)):
        put(tmp_path, "vip", "cid\n2\n")
    assert sets.members(parse({"list": "vip"}), "2026-10-02").tolist() == [1]
    assert sets.members(parse({"list": "vip"}), "2026-10-04").tolist() == [2]
