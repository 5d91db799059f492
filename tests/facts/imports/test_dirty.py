"""Must show 4: a dirty file's sums add up, its rejects name line and reason, ids stay exact."""

import csv
import gzip
from datetime import date, datetime

import pytest
import xlsxwriter

from potager.core import store
from potager.core.errors import Problem
from potager.facts import loader
from potager.facts.imports import files, run
from potager.facts.imports.mapping import Kind, parse, parse_yaml
from potager.facts.models import EventDefinition, ImportRun
from potager.org.access import SYSTEM
from potager.people import attributes
from potager.people.models import Customer, Identity, Statement
from tests.facts.feeding import offer, order, rows

DIRTY = """订单号,会员号,付款时间,实付金额,状态,备注
9007199254740993,M1,2026-10-01 08:00:00,¥1,已付款,超过双精度的单号
9007199254740993,M1,2026-10-01 08:00:00,¥1,已付款,超过双精度的单号
9007199254740992,M1,2026-10-01 08:30:00,"1,234.50",已付款,"换行
的备注"
1003,,2026-10-02 08:00:00,20,已付款,没有会员号
1004,M2,2026-02-30 08:00:00,30,已付款,没有这一天
1005,M2,2026/10/3 8:05,-12.34,已付款,退款
1006,M3,2026-10-04,abc,已付款,不是金额
1007,M3,2026-10-04,1.005,已付款,太细
1008,M3,2026-10-04T10:00:00Z,40,未付款,英国时间
1009,M3,2026-10-04 10:00:00,50,未知,状态不对
1010,M3,2026-10-04 10:00:00,60

,M3,2026-10-04 10:00:00,70,已付款,没有单号 13800138000
"""
MAPPING = {
    "source": "till",
    "fields": {"order_no": "订单号", "ts": "付款时间", "amount": "实付金额", "status": "状态"},
    "constants": {"shop": "s"},
    "values": {"status": {"已付款": "paid", "未付款": "created"}},
    "identities": [{"type": "member_no", "realm": "s", "column": "会员号"}],
}


def bring(path, kind, mapping):
    with store.write():
        staged = run.stage(SYSTEM, file_name=path.name, content=files.keep(path))
        begun = run.begin(SYSTEM, staged, Kind(kind), parse(mapping))
    return run.work(begun.id)


def bring_text(tmp_path, text, kind, mapping, *, encoding="utf-8", name="file.csv"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return bring(path, kind, mapping)


def sums(done):
    assert done.read == done.loaded + done.duplicate + done.rejected
    return (done.read, done.loaded, done.duplicate, done.rejected)


def rejects(done):
    with files.rejects_file(done.content, done.id).open(encoding="utf-8-sig", newline="") as file:
        return [(int(row["line"]), row["column"], row["code"], row["value"]) for row in csv.DictReader(file)]


@pytest.mark.parametrize("encoding", ["gb18030", "utf-8", "utf-8-sig", "utf-16"])
def test_a_dirty_file_of_orders(warehouse, tmp_path, encoding):
    done = bring_text(tmp_path, DIRTY, "orders", MAPPING, encoding=encoding)
    assert sums(done) == (12, 4, 1, 7)
    assert rejects(done) == [
        (6, "会员号", "identity", ""),
        (7, "付款时间", "time", "2026-02-30 08:00:00"),
        (9, "实付金额", "money", "abc"),
        (10, "实付金额", "too_fine", "1.005"),
        (12, "状态", "status", "未知"),
        (13, "", "cells", ""),
        (15, "订单号", "missing", ""),
    ]
    assert done.brought == {}
    found = "SELECT order_no, ts, day, status, amount FROM orders ORDER BY order_no"
    assert rows(warehouse, found) == [
        ("1008", datetime(2026, 10, 4, 10), date(2026, 10, 4), "created", 4000),
        ("9007199254740992", datetime(2026, 10, 1, 0, 30), date(2026, 10, 1), "paid", 123450),
        ("9007199254740993", datetime(2026, 10, 1), date(2026, 10, 1), "paid", 100),
    ]
    assert rows(warehouse, "SELECT amount, ts FROM refund") == [(1234, datetime(2026, 10, 3, 0, 5))]
    assert {i.value for i in Identity.objects.all()} == {"M1", "M2", "M3"}
    again = bring_text(tmp_path, DIRTY, "orders", MAPPING, encoding=encoding)
    assert sums(again) == (12, 0, 5, 7)
    assert not files.source_of(done.content).exists()


def test_kept_duplicates_negatives_and_rounding_are_the_mappings_choice(warehouse, tmp_path):
    mapping = MAPPING | {"duplicates": "keep", "negatives": "keep", "rounding": "half_up", "anonymous": "keep"}
    done = bring_text(tmp_path, DIRTY, "orders", mapping)
    # The same order number twice is one order, whatever the choice: the second row is a duplicate by its key.
    assert sums(done) == (12, 6, 1, 5)
    assert rows(
        warehouse, "SELECT order_no, amount FROM orders WHERE order_no IN ('1003', '1005', '1007') ORDER BY 1"
    ) == [("1003", 2000), ("1005", -1234), ("1007", 101)]
    assert rows(warehouse, "SELECT cid, iid FROM orders WHERE order_no = '1003'") == [(None, None)]
    refused = bring_text(tmp_path, DIRTY, "orders", MAPPING | {"negatives": "reject"})
    assert (8, "实付金额", "negative", "-12.34") in rejects(refused)


def test_the_same_order_by_file_and_by_journal_counts_once_and_a_higher_version_replaces_it(warehouse, tmp_path):
    at = datetime.fromisoformat("2026-10-01T00:00:00+00:00")
    offer(order("A1", at, amount=500, items=[{"line": "1", "amount": 500}]))
    text = "no,who,at,paid,v\nA1,M1,2026-10-01 08:00:00,5.00,1\nA2,M1,2026-10-01 08:00:00,6.00,1\n"
    mapping = {
        "fields": {"order_no": "no", "ts": "at", "amount": "paid", "version": "v"},
        "constants": {"shop": "s"},
        "identities": [{"type": "member_no", "realm": "s", "column": "who"}],
    }
    assert sums(bring_text(tmp_path, text, "orders", mapping)) == (2, 1, 1, 0)
    newer = text.replace("5.00,1", "4.00,2")
    assert sums(bring_text(tmp_path, newer, "orders", mapping)) == (2, 1, 1, 0)
    offer(order("A2", at, amount=1, version=1), order("A2", at, amount=700, version=2))
    loader.load_all()
    assert rows(warehouse, "SELECT order_no, amount, version FROM orders ORDER BY 1") == [
        ("A1", 400, 2),
        ("A2", 700, 2),
    ]
    assert rows(warehouse, "SELECT line, amount FROM order_item") == [("1", 500)]


def test_lines_without_numbers_make_orders_and_returned_lines_refunds(warehouse, tmp_path):
    text = (
        "no\twho\tat\tsku\tqty\tpaid\tcost\n"
        "B1\tM1\t2026-10-01 08:00\tx\t1\t2.50\t1\n"
        "B1\tM1\t2026-10-01 08:00\tx\t2\t5.00\t2\n"
        "B1\tM1\t2026-10-01 08:00\ty\t1\t-1.25\t0.5\n"
        "B2\tM2\t2026-10-02 08:00\ty\t1\t1.25\t\n"
    )
    mapping = {
        "fields": {"order_no": "no", "ts": "at", "product": "sku", "qty": "qty", "amount": "paid", "cost": "cost"},
        "identities": [{"type": "member_no", "realm": "s", "column": "who"}],
        "derive_orders": True,
    }
    done = bring_text(tmp_path, text, "order_items", mapping, name="lines.tsv")
    assert sums(done) == (4, 4, 0, 0)
    assert done.brought == {"orders": 2}
    assert rows(warehouse, "SELECT order_no, shop, amount, items, cost FROM orders ORDER BY 1") == [
        ("B1", "import", 750, 2, 300),
        ("B2", "import", 125, 1, None),
    ]
    assert rows(warehouse, "SELECT line, amount, qty FROM order_item ORDER BY amount") == [
        ("y:1", 125, 1.0),
        ("x:1", 250, 1.0),
        ("x:2", 500, 2.0),
    ]
    assert rows(
        warehouse, "SELECT r.amount, o.order_no FROM refund r JOIN orders o ON o.k1 = r.o1 AND o.k2 = r.o2"
    ) == [(125, "B1")]
    assert sums(bring_text(tmp_path, text, "order_items", mapping, name="lines.tsv")) == (4, 0, 4, 0)


def test_events_without_ids_are_keyed_by_their_row_and_unknown_ones_are_unplanned(warehouse, tmp_path):
    text = "what,who,at,score,none\nquiz,M1,2026-10-01,7,\nquiz,M1,2026-10-01,7,\nquiz,M2,2026-10-02,x,\n"
    mapping = {
        "fields": {"event": "what", "ts": "at"},
        "identities": [{"type": "member_no", "column": "who"}],
        "properties": {"score": "score", "none": "none"},
    }
    path = tmp_path / "events.csv.gz"
    path.write_bytes(gzip.compress(text.encode()))
    assert sums(bring(path, "events", mapping)) == (3, 2, 1, 0)
    assert rows(warehouse, "SELECT props FROM event ORDER BY ts") == [('{"score":"7"}',), ('{"score":"x"}',)]
    assert list(EventDefinition.objects.values_list("key", "planned")) == [("quiz", False)]
    assert sums(bring(path, "events", mapping | {"duplicates": "keep"})) == (3, 1, 2, 0)
    assert rows(warehouse, "SELECT count(*) FROM event") == [(3,)]


def test_costs_products_and_refunds_have_their_kinds(warehouse, tmp_path):
    costs = "日期,渠道,花费\n2026-10-01,直播,100\n2026-10-02,直播,$200.5\n"
    cost_mapping = {"fields": {"day": "日期", "channel": "渠道", "amount": "花费"}, "constants": {"source": "live"}}
    assert sums(bring_text(tmp_path, costs, "costs", cost_mapping)) == (2, 2, 0, 0)
    assert sums(bring_text(tmp_path, costs.replace("100", "150"), "costs", cost_mapping)) == (2, 1, 1, 0)
    assert rows(warehouse, "SELECT day, source, channel, amount FROM channel_cost ORDER BY day") == [
        (date(2026, 10, 1), "live", "直播", 15000),
        (date(2026, 10, 2), "live", "直播", 20050),
    ]
    products = "sku,品名,成本,天\nA,水,12.5,45\nB,乳,,many\n"
    product_mapping = {"fields": {"product": "sku", "name": "品名", "cost": "成本", "life_days": "天"}}
    assert sums(bring_text(tmp_path, products, "products", product_mapping)) == (2, 1, 0, 1)
    refunds = "退款,订单,at,额\nR1,A1,2026-10-05,-3\nR2,A1,2026-10-05,3\n"
    refund_mapping = {
        "fields": {"refund_no": "退款", "order_no": "订单", "ts": "at", "amount": "额"},
        "constants": {"shop": "s"},
    }
    offer(order("A1", datetime.fromisoformat("2026-10-01T00:00:00+00:00"), cid=7))
    assert sums(bring_text(tmp_path, refunds, "refunds", refund_mapping)) == (2, 2, 0, 0)
    assert rows(warehouse, "SELECT cid, amount FROM refund") == [(7, 300), (7, 300)]


class TestCustomers:
    TEXT = (
        "会员号,手机,姓名,城市,生日,首次\n"
        "M1,138 0013 8000,王小明,上海,1990-02-03,2025-01-01 10:00\n"
        "M1,138 0013 8000,王小明,上海,1990-02-03,2025-01-01 10:00\n"
        "M2,,李四,杭州,不记得,2025-01-02\n"
        "M3,12,赵五,,,2025-01-03\n"
        ",,无名,,,2025-01-03\n"
        "M4,13900139000,周六,成都,,2025-01-04\n"
    )
    MAPPING = {
        "fields": {"name": "姓名", "first_seen": "首次"},
        "constants": {"source": "store"},
        "identities": [
            {"type": "member_no", "realm": "s", "column": "会员号"},
            {"type": "phone", "column": "手机"},
        ],
        "attributes": {"city": "城市", "born": "生日"},
    }

    @pytest.fixture(autouse=True)
    def _attributes(self, warehouse):
        with store.write():
            attributes.define(SYSTEM, "city", name_zh="城市", kind="text")
            attributes.define(SYSTEM, "born", name_zh="生日", kind="date")

    def test_they_come_once_with_their_identities_and_attributes(self, warehouse, tmp_path):
        done = bring_text(tmp_path, self.TEXT, "customers", self.MAPPING, encoding="gb18030")
        assert sums(done) == (6, 2, 1, 3)
        assert rejects(done) == [
            (4, "生日", "attribute", "不记得"),
            (5, "手机", "identity", "M3 12"),
            (6, "会员号", "identity", ""),
        ]
        found = Customer.objects.order_by("id").values_list("name", "source", "attrs", "first_seen_at")
        assert [(name, source, attrs, at.isoformat()) for name, source, attrs, at in found] == [
            ("王小明", "store", {"city": "上海", "born": "1990-02-03"}, "2025-01-01T02:00:00+00:00"),
            ("周六", "store", {"city": "成都"}, "2025-01-03T16:00:00+00:00"),
        ]
        assert sums(bring_text(tmp_path, self.TEXT, "customers", self.MAPPING, encoding="gb18030")) == (6, 0, 3, 3)
        loader.load_all()
        assert rows(warehouse, "SELECT a_city, a_born, source FROM customer ORDER BY cid") == [
            ("上海", date(1990, 2, 3), "store"),
            ("成都", None, "store"),
        ]

    def test_a_changed_row_counts_and_no_contact_is_left_in_clear(self, warehouse, tmp_path):
        bring_text(tmp_path, self.TEXT, "customers", self.MAPPING)
        done = bring_text(tmp_path, self.TEXT.replace("成都", "重庆"), "customers", self.MAPPING)
        assert sums(done) == (6, 1, 2, 3)
        assert Statement.objects.count() == 2
        home = files.source_of(done.content).parent.parent
        for path in home.rglob("*"):
            assert not path.is_file() or "13900139000" not in path.read_bytes().decode("utf-8", "replace"), path

    def test_an_undeclared_attribute_is_refused_before_anything_is_read(self, tmp_path):
        with pytest.raises(Problem) as caught:
            bring_text(tmp_path, self.TEXT, "customers", self.MAPPING | {"attributes": {"cityy": "城市"}})
        assert caught.value.code == "import.unknown_attribute"
        assert "city" in caught.value.en
        assert ImportRun.objects.get().state == "failed"


def test_a_spreadsheet_keeps_exact_ids_and_refuses_inexact_ones(warehouse, tmp_path):
    path = tmp_path / "orders.xlsx"
    with xlsxwriter.Workbook(path) as book:
        book.add_worksheet("别的")
        sheet = book.add_worksheet("订单")
        sheet.write_row(0, 0, ["order", "member", "at", "paid"])
        sheet.write_row(1, 0, [1234567890, "M1"])
        sheet.write_datetime(1, 2, datetime(2026, 10, 1, 8), book.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"}))
        sheet.write(1, 3, 12.5)
        sheet.write_row(2, 0, [12345678901234567890, "M1", "2026-10-01", 1])
        sheet.write_row(3, 0, ["12345678901234567890", "M1", "2026-10-01", 0.1 + 0.2])
    mapping = {
        "sheet": "订单",
        "rounding": "half_up",
        "fields": {"order_no": "order", "ts": "at", "amount": "paid"},
        "identities": [{"type": "member_no", "column": "member"}],
    }
    done = bring(path, "orders", mapping)
    assert sums(done) == (3, 2, 0, 1)
    assert [(line, code) for line, _, code, _ in rejects(done)] == [(3, "imprecise")]
    assert rows(warehouse, "SELECT order_no, amount, ts FROM orders ORDER BY 1") == [
        ("1234567890", 1250, datetime(2026, 10, 1)),
        ("12345678901234567890", 30, datetime(2026, 9, 30, 16)),
    ]


def test_bytes_no_encoding_knows_reject_their_row_only(warehouse, tmp_path):
    path = tmp_path / "broken.csv"
    lines = [f"{i},M{i},2026-10-01,1".encode() for i in range(200)]
    lines[100] = b"100,M\xff\xff,2026-10-01,1"
    path.write_bytes("no,会员,at,paid\n".encode() + b"\n".join(lines))
    mapping = {
        "fields": {"order_no": "no", "ts": "at", "amount": "paid"},
        "identities": [{"type": "member_no", "column": "会员"}],
    }
    done = bring(path, "orders", mapping)
    assert sums(done) == (200, 199, 0, 1)
    assert rejects(done) == [(102, "", "encoding", "")]


class TestMappings:
    @pytest.mark.parametrize(
        ("change", "code", "words"),
        [
            ({"fields": {"order_no": "订单"}}, "import.missing_field", "amount, ts"),
            (
                {"fields": MAPPING["fields"] | {"order_no": "订单号码"}},
                "import.unknown_column",
                "did you mean “订单号”",
            ),
            ({"fields": MAPPING["fields"] | {"amuont": "备注"}}, "import.unknown_field", "did you mean “amount”"),
            ({"identities": []}, "import.identities", "identity column"),
            ({"timezone": "Asia/Peking"}, "import.mapping", "Asia/Peking"),
            ({"constants": {"ts": "2026-01-01"}}, "import.mapping", "either a column, a constant or generated"),
            ({"bogus": 1}, "import.mapping", "bogus"),
            ({"delimiter": "::"}, "import.mapping", "one character"),
        ],
    )
    def test_a_mapping_that_cannot_work_is_refused_with_the_cure(self, house, tmp_path, change, code, words):
        with pytest.raises(Problem) as caught:
            path = tmp_path / "file.csv"
            path.write_text(DIRTY)
            run.check(files.keep(path), Kind.ORDERS, parse(MAPPING | change))
        assert caught.value.code == code
        assert words in str(caught.value)

    def test_yaml_that_is_none_is_said(self):
        with pytest.raises(Problem) as caught:
            parse_yaml("fields: [")
        assert caught.value.code == "import.yaml"


def test_a_dry_run_counts_and_changes_nothing(warehouse, tmp_path):
    path = tmp_path / "file.csv"
    path.write_text(DIRTY)
    checked = run.check(files.keep(path), Kind.ORDERS, parse(MAPPING))
    assert (checked.read, checked.would_load, checked.duplicate, checked.rejected) == (12, 4, 1, 7)
    assert [reject.line for reject in checked.rejects] == [6, 7, 9, 10, 12, 13, 15]
    part = run.check(files.keep(path), Kind.ORDERS, parse(MAPPING), most=3)
    assert (part.read, part.would_load) == (3, 2)
    assert not Customer.objects.exists()
    assert not ImportRun.objects.exists()
    assert rows(warehouse, "SELECT count(*) FROM orders") == [(0,)]


@pytest.mark.parametrize("data", [b"", b"\n\n", b"PK\x03\x04broken", b"\x89PNG\x00\x00\x00"])
def test_what_is_no_table_is_refused(house, tmp_path, data):
    path = tmp_path / "file"
    path.write_bytes(data)
    with pytest.raises(Problem) as caught:
        run.check(files.keep(path), Kind.ORDERS, parse(MAPPING))
    assert caught.value.code == "import.file"


def test_a_file_without_header_is_mapped_by_place(warehouse, tmp_path):
    text = "A1;M1;01.10.2026;1\nA2;M1;02.10.2026;2\n"
    mapping = {
        "header": False,
        "time_formats": ["%d.%m.%Y"],
        "timezone": "Europe/Paris",
        "fields": {"order_no": "1", "ts": "3", "amount": "4"},
        "identities": [{"type": "member_no", "column": "2"}],
    }
    assert sums(bring_text(tmp_path, text, "orders", mapping)) == (2, 2, 0, 0)
    assert rows(warehouse, "SELECT ts FROM orders ORDER BY 1") == [
        (datetime(2026, 9, 30, 22),),
        (datetime(2026, 10, 1, 22),),
    ]
