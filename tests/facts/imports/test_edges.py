"""Corners of imports that a dirty file does not reach: locks, other processes, guesses, unreadable bytes."""

import fcntl
import json
import threading

import pytest

from potager.core import store
from potager.core.errors import Conflict, Down, NotFound, Problem
from potager.facts import bulk, bulk_merge, jobs, lake, warehouse
from potager.facts.imports import files, run
from potager.facts.imports.guess import guess
from potager.facts.imports.mapping import FileMapping, Kind, parse
from potager.facts.imports.parse import mask
from potager.facts.imports.sniff import rows_of, shape_of
from potager.facts.merge.events import Merged
from potager.facts.models import ImportRun
from potager.org.access import SYSTEM
from tests.conftest import needs_own_file
from tests.facts.imports.test_dirty import DIRTY, MAPPING, bring_text, sums
from tests.facts.test_bulk import events_table


def begun(tmp_path, text=DIRTY, mapping=MAPPING):
    path = tmp_path / "file.csv"
    path.write_text(text)
    with store.write():
        return run.begin(
            SYSTEM, run.stage(SYSTEM, file_name="file.csv", content=files.keep(path)), Kind.ORDERS, parse(mapping)
        )


def test_a_run_that_was_cut_short_is_taken_up_again_and_a_finished_one_is_not(warehouse, tmp_path):
    first = begun(tmp_path)
    assert begun(tmp_path).id == first.id
    assert ImportRun.objects.count() == 1
    done = run.work(first.id)
    assert sums(done) == (12, 4, 1, 7)
    assert run.work(first.id).finished_at == done.finished_at
    assert begun(tmp_path).id != first.id


def test_a_file_is_worked_on_by_one_at_a_time(warehouse, tmp_path):
    waiting = begun(tmp_path)
    lock = files.source_of(waiting.content).with_name("lock")
    with lock.open("w") as held:
        fcntl.flock(held, fcntl.LOCK_EX)
        with pytest.raises(Conflict) as caught:
            run.work(waiting.id)
        assert caught.value.code == "import.running"
        # The one at work may be killed: the job comes again instead of being over.
        with pytest.raises(Down):
            jobs.import_file({"run": waiting.id})
    assert ImportRun.objects.get().state == "running"
    jobs.import_file({"run": waiting.id})
    assert ImportRun.objects.get().state == "finished"


def test_a_job_whose_import_cannot_go_on_leaves_the_reason_and_does_not_try_again(warehouse, tmp_path):
    failing = begun(tmp_path, mapping=MAPPING | {"fields": MAPPING["fields"] | {"ts": "没有"}})
    jobs.import_file({"run": failing.id})
    failing.refresh_from_db()
    assert (failing.state, failing.error_en.startswith("There is no column “没有”")) == ("failed", True)


def test_a_removed_file_is_not_found(house):
    with pytest.raises(NotFound):
        files.open_source("0" * 64)


def test_a_file_of_rejects_only_is_a_result_too(warehouse, tmp_path):
    text = "\n".join([DIRTY.splitlines()[0], "1003,,2026-10-02 08:00:00,20,已付款,没有会员号"])
    assert sums(bring_text(tmp_path, text, "orders", MAPPING)) == (1, 0, 0, 1)


@pytest.mark.parametrize(
    ("kind", "columns", "fields", "identities"),
    [
        ("order_items", ["basket_id", "household_id", "product_id", "quantity", "sales_value", "transaction_timestamp"],
         {"order_no": "basket_id", "product": "product_id", "qty": "quantity", "amount": "sales_value",
          "ts": "transaction_timestamp"}, ["household_id"]),
        ("customers", ["昵称", "手机号", "UnionID", "添加时间"],
         {"name": "昵称", "first_seen": "添加时间"}, ["unionid", "phone"]),
        ("products", ["商品编码", "商品名称", "成本价", "手机"],
         {"product": "商品编码", "name": "商品名称", "cost": "成本价"}, []),
    ],
)  # fmt: skip
def test_mappings_are_guessed_from_the_names_of_columns(kind, columns, fields, identities):
    guessed = guess(Kind(kind), columns)
    assert guessed.fields == fields
    assert [each.type for each in guessed.identities] == identities
    assert guessed.derive_orders == (kind == "order_items")


@pytest.mark.parametrize(
    ("text", "delimiter", "header", "columns"),
    [
        ("a|b\n1|2\n", "|", True, ("a", "b")),
        ("1;x\n2;y\n", ";", False, ("1", "2")),
        ("a,a,,b\n1,2,3,4\n", ",", True, ("a", "a_2", "3", "b")),
        ("one\n1\n", ",", True, ("one",)),
    ],
)
def test_shape(tmp_path, text, delimiter, header, columns):
    path = tmp_path / "x"
    path.write_text(text)
    shape = shape_of(path, FileMapping())
    assert (shape.delimiter, shape.header, shape.columns) == (delimiter, header, columns)


def test_an_endless_cell_names_its_line(tmp_path):
    path = tmp_path / "x.csv"
    path.write_text("a,b\n" + "1,2\n" * 100 + '3,"' + "x" * 200_000)
    shape = shape_of(path, FileMapping())
    with pytest.raises(Problem) as caught:
        list(rows_of(path, shape))
    assert (caught.value.code, caught.value.place) == ("import.file", "line 102")
    path.write_text('a,"' + "x" * 200_000)
    with pytest.raises(Problem) as caught:
        shape_of(path, FileMapping())
    assert (caught.value.code, caught.value.place) == ("import.file", "line 1")


def test_values_shown_to_people_are_masked():
    assert mask("call 13800138000 or li.lei@example.com, order 123456") == (
        "call 138****8000 or l***@example.com, order 123456"
    )
    assert len(mask("字" * 100)) == 60


def test_a_process_without_the_warehouse_waits_for_the_one_that_has_it(warehouse, monkeypatch):
    bulk.stage("elsewhere", "events", 0, events_table(2))

    def owned():
        raise Conflict("warehouse.owned", zh="", en="")

    monkeypatch.setattr(bulk.warehouse, "get", owned)
    with pytest.raises(Problem) as caught:
        bulk.commit("elsewhere", patience=0)
    assert (caught.value.code, caught.value.status) == ("bulk.waiting", 503)
    report = lake.bulk_folder("elsewhere") / bulk_merge.REPORT
    timer = threading.Timer(0.3, lambda: report.write_text(json.dumps({"event": [2, 2]})))
    timer.start()
    assert bulk.commit("elsewhere", patience=20) == {"event": Merged(2, 2)}
    timer.join()


@needs_own_file
def test_a_warehouse_that_cannot_be_prepared_lets_the_file_go(house, monkeypatch):
    warehouse.close()

    def broken(_writer):
        raise ValueError("no")

    monkeypatch.setattr(warehouse.schema, "ensure", broken)
    with pytest.raises(ValueError, match="no"):
        warehouse.get()
    monkeypatch.undo()
    assert warehouse.get().query("SELECT 1 AS one").to_pylist() == [{"one": 1}]
    warehouse.close()


TILL = """会员号,时间,金额,门店,小票
m1,2026-10-01 10:00:00,12.00,静安,7
m1,2026-10-01 10:00:00,12.00,静安,7
m2,2026-10-01 11:00:00,-3.00,徐汇,7
m2,2026-10-01 12:00:00,8.00,徐汇,8
"""
TILL_MAPPING = {
    "source": "till",
    "fields": {"ts": "时间", "amount": "金额"},
    "identities": [{"type": "member_no", "realm": "till", "column": "会员号"}],
}


def stored():
    rows = warehouse.get().query("SELECT order_no, amount FROM orders ORDER BY amount").to_pylist()
    return [(row["order_no"], row["amount"]) for row in rows]


@pytest.mark.parametrize(
    ("duplicates", "loaded", "amounts"), [("drop", 3, [800, 1200]), ("keep", 4, [800, 1200, 1200])]
)
def test_orders_without_numbers_get_keys_of_their_rows_that_stay_the_same(
    warehouse, tmp_path, duplicates, loaded, amounts
):
    mapping = TILL_MAPPING | {"generated": ["order_no"], "duplicates": duplicates}
    assert sums(bring_text(tmp_path, TILL, "orders", mapping)) == (4, loaded, 4 - loaded, 0)
    first = stored()
    assert [amount for _, amount in first] == amounts
    assert all(number.startswith("row:") for number, _ in first)
    assert len({number for number, _ in first}) == len(first)
    again = TILL + "m3,2026-10-02 09:00:00,5.00,静安,9\n"
    assert sums(bring_text(tmp_path, again, "orders", mapping)) == (5, 1, 4, 0)
    assert set(first) < set(stored())


def test_an_order_number_is_put_together_from_several_columns(warehouse, tmp_path):
    mapping = TILL_MAPPING | {"fields": TILL_MAPPING["fields"] | {"order_no": ["门店", "小票"]}}
    assert sums(bring_text(tmp_path, TILL, "orders", mapping)) == (4, 3, 1, 0)
    assert stored() == [("徐汇|8", 800), ("静安|7", 1200)]


@pytest.mark.parametrize(
    ("kind", "mapping", "code"),
    [
        ("orders", {"fields": {"order_no": "小票"}, "generated": ["order_no"]}, "import.mapping"),
        ("orders", {"generated": ["ts"]}, "import.mapping"),
        ("order_items", TILL_MAPPING | {"generated": ["order_no"]}, "import.generated"),
        ("orders", TILL_MAPPING, "import.missing_field"),
    ],
)
def test_a_key_is_generated_only_where_it_may_be(warehouse, tmp_path, kind, mapping, code):
    with pytest.raises(Problem) as refused:
        bring_text(tmp_path, TILL, kind, mapping)
    assert refused.value.code == code
