"""JSON lines and Parquet bring what the same table brings as CSV, to the cent and the microsecond."""

import csv
import gzip
import json
import re
from datetime import UTC, date, datetime, timedelta, timezone
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from potager.core.errors import Problem
from potager.facts.imports import files
from potager.facts.imports.mapping import FileMapping, Kind
from potager.facts.imports.parse import Parser
from potager.facts.imports.records import LONGEST, MOST_COLUMNS
from potager.facts.imports.sniff import rows_of, shape_of
from potager.facts.imports.values import Converter
from potager.facts.models import ImportRun
from tests.facts.feeding import rows
from tests.facts.imports.test_dirty import MAPPING, bring, sums

ORDERS = [
    dict(zip(("订单号", "会员号", "付款时间", "实付金额", "状态"), values, strict=True))
    for values in (
        ("9007199254740993", "M1", "2026-10-01 08:00:00", "1234.50", "已付款"),
        ("1002", "M2", "2026-10-02T08:00:00+08:00", "0.1", "已付款"),
        ("1003", None, "2026-10-02 08:00:00", "20", "已付款"),
        ("1004", "M2", "2026-10-03 08:00:00", "1.005", "已付款"),
    )
]


def lines(*records):
    return "".join(json.dumps(each, ensure_ascii=False) + "\n" for each in records)


def shaped(path):
    shape = shape_of(path, FileMapping())
    return shape, [(row.line, list(row.cells), row.bad) for row in rows_of(path, shape)]


def written(tmp_path, text, name="file.jsonl", encoding="utf-8"):
    path = tmp_path / name
    path.write_bytes(text.encode(encoding))
    return path


def parquet(tmp_path, table, **how):
    path = tmp_path / "file.parquet"
    pq.write_table(table, path, **how)
    return path


def as_csv(tmp_path, records):
    path = tmp_path / "file.csv"
    with path.open("w", newline="") as out:
        writer = csv.DictWriter(out, list(records[0]))
        writer.writeheader()
        writer.writerows(records)
    return path


@pytest.mark.parametrize("form", ["csv", "jsonl", "jsonl.gz", "parquet"])
def test_the_same_orders_come_from_every_form(warehouse, tmp_path, form):
    if form == "csv":
        path = as_csv(tmp_path, ORDERS)
    elif form == "parquet":
        path = parquet(tmp_path, pa.Table.from_pylist(ORDERS), row_group_size=2)
    else:
        path = written(tmp_path, lines(*ORDERS))
        if form.endswith("gz"):
            path.write_bytes(gzip.compress(path.read_bytes()))
    assert sums(bring(path, "orders", MAPPING)) == (4, 2, 0, 2)
    found = rows(warehouse, "SELECT ts, amount FROM orders ORDER BY ts")
    assert found == [
        (datetime(2026, 10, 1), 123450), (datetime(2026, 10, 2), 10),
    ]  # fmt: skip


def test_a_line_that_is_no_object_is_rejected_by_its_number_and_the_others_come(warehouse, tmp_path):
    text = lines(ORDERS[0]) + "\n{broken\n[1, 2]\n" + lines(ORDERS[1])
    done = bring(written(tmp_path, text), "orders", MAPPING)
    assert sums(done) == (4, 2, 0, 2)
    with files.rejects_file(done.content, done.id).open(encoding="utf-8-sig") as file:
        found = [(row["line"], row["code"]) for row in csv.DictReader(file)]
    assert found == [("3", "json"), ("4", "json")]
    assert ImportRun.objects.get().state == "finished"


def test_names_are_those_of_all_lines_and_what_is_nested_has_dots(tmp_path):
    first = {"id": 1, "who": {"name": "李", "at": {"city": "上海"}}, "n": None}
    second = {"id": 12345678901234567890, "paid": True, "tags": ["a", 1], "who": {"name": " 王 "}}
    shape, found = shaped(written(tmp_path, "\ufeff" + lines(first, second), encoding="utf-8"))
    assert (shape.format, shape.header) == ("jsonl", False)
    assert shape.columns == ("id", "who.name", "who.at.city", "paid", "tags")
    assert found == [
        (1, ["1", "李", "上海", "", ""], None),
        (2, ["12345678901234567890", "王", "", "true", '["a",1]'], None),
    ]


def test_a_decimal_keeps_every_digit(tmp_path):
    _, found = shaped(written(tmp_path, '{"amount": 0.10000000000000000001, "rate": 1e-3}\n'))
    assert found == [(1, ["0.10000000000000000001", "1e-3"], None)]


def test_encodings_of_json(tmp_path):
    for encoding in ("utf-8", "gb18030", "utf-16"):
        assert shaped(written(tmp_path, lines({"名": "上海"}), encoding=encoding))[1] == [(1, ["上海"], None)]


@pytest.mark.parametrize(
    ("text", "place"),
    [
        ('[{"a": 1}, {"a": 2}]', "line 1"),
        ('[\n{"a": 1}\n]', "line 1"),
        ('{"a": 1}\n{"a": "' + "x" * LONGEST + '"}\n', "line 2"),
        ("{}\n{}\n", ""),
        (lines({f"k{n}": n for n in range(MOST_COLUMNS + 1)}), ""),
    ],
    ids=["array", "array over lines", "a line too long", "no field", "too many fields"],
)
def test_what_is_no_table_is_refused_with_its_place(tmp_path, text, place):
    with pytest.raises(Problem) as refused:
        shaped(written(tmp_path, text))
    assert (refused.value.code, refused.value.place) == ("import.file", place)


def test_a_csv_file_whose_header_begins_with_a_bracket_stays_one(tmp_path):
    assert shaped(written(tmp_path, "{id},name\n1,x\n", "file.csv"))[0].columns == ("{id}", "name")
    assert shaped(written(tmp_path, "[id],name\n1,x\n", "file.csv"))[0].columns == ("[id]", "name")


def test_the_types_of_parquet(tmp_path):
    zone = timezone(timedelta(hours=8))
    table = pa.table(
        {
            "id": pa.array([2**63 - 1], pa.int64()),
            "money": pa.array([Decimal("12.30")], pa.decimal128(18, 2)),
            "double": pa.array([3.0]),
            "naive": pa.array([datetime(2026, 10, 1, 8)], pa.timestamp("ms")),
            "zoned": pa.array([datetime(2026, 10, 1, 8, tzinfo=zone)], pa.timestamp("us", "Asia/Shanghai")),
            "fine": pa.array([1_790_000_000_123_456_789], pa.timestamp("ns")),
            "day": pa.array([date(2026, 10, 1)]),
            "city": pa.array(["上海"]).dictionary_encode(),
            "who": pa.array([{"name": "李", "home": {"city": "杭州"}}]),
            "list": pa.array([["a", "b"]]),
            "raw": pa.array(["字".encode()], pa.binary()),
            "none": pa.array([None], pa.string()),
            "nan": pa.array([float("nan")]),
        }
    )
    shape, [(line, cells, bad)] = shaped(parquet(tmp_path, table))
    found = dict(zip(shape.columns, cells, strict=True))
    assert (shape.format, line, bad) == ("parquet", 1, None)
    assert found == {
        "id": "9223372036854775807", "money": "12.30", "double": "3", "naive": "2026-10-01 08:00:00",
        "zoned": "2026-10-01 08:00:00+08:00", "fine": "2026-09-21 14:13:20.123456", "day": "2026-10-01",
        "city": "上海", "who.name": "李", "who.home.city": "杭州", "list": '["a","b"]', "raw": "字", "none": "",
        "nan": "",
    }  # fmt: skip


def test_a_whole_double_that_may_be_several_numbers_rejects_its_row(warehouse, tmp_path):
    records = [{**ORDERS[0], "订单号": float(2**53)}, {**ORDERS[1], "订单号": 1002.0}]
    done = bring(parquet(tmp_path, pa.Table.from_pylist(records)), "orders", MAPPING)
    assert sums(done) == (2, 1, 0, 1)


def test_a_broken_parquet_file_is_a_plain_sentence(tmp_path):
    path = parquet(tmp_path, pa.Table.from_pylist(ORDERS))
    path.write_bytes(path.read_bytes()[:-20])
    with pytest.raises(Problem) as refused:
        shaped(path)
    assert "Parquet" in refused.value.zh


_TEXTS = st.text(st.characters(codec="utf-8", exclude_categories=["Cs", "Cc"]), max_size=8)
_RECORDS = st.lists(
    st.fixed_dictionaries(
        {
            "ts": st.datetimes(datetime(2000, 1, 1), datetime(2098, 1, 1)),
            "amount": st.decimals(-(10**9), 10**9, places=2),
            "no": _TEXTS,
            "who": st.none() | _TEXTS,
        }
    ),
    min_size=1,
    max_size=8,
)


@settings(deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(_RECORDS)
def test_any_table_is_read_alike_in_all_forms(tmp_path, records):
    texts = [
        {"ts": each["ts"].isoformat(sep=" "), "amount": str(each["amount"]), "no": each["no"], "who": each["who"] or ""}
        for each in records
    ]
    # Amounts as numbers, as programs write them.
    as_json = lines(*[{**text, "who": each["who"]} for each, text in zip(records, texts, strict=True)])
    as_json = re.sub(r'"amount": "([^"]*)"', r'"amount": \1', as_json)
    schema = pa.schema(
        [("ts", pa.timestamp("us")), ("amount", pa.decimal128(20, 2)), ("no", pa.string()), ("who", pa.string())]
    )
    table = pa.Table.from_pylist(records, schema)
    read = [
        parsed(path)
        for path in (
            as_csv(tmp_path, texts), written(tmp_path, as_json), parquet(tmp_path, table, row_group_size=3),
        )
    ]  # fmt: skip
    assert read[0] == read[1] == read[2]


def parsed(path):
    """The values of the rows and how many were rejected; a row is what its cells say."""
    mapping = FileMapping(
        header="auto" if path.suffix != ".csv" else True,
        delimiter="," if path.suffix == ".csv" else "auto",
        encoding="utf-8",
        fields={"order_no": "no", "ts": "ts", "amount": "amount"},
        anonymous="keep",
        negatives="keep",
    )
    shape = shape_of(path, mapping)
    parser = Parser(Kind.ORDERS, mapping, shape, Converter(zone="UTC", formats=(), exponent=2, round_half_up=False))
    table, rejects = parser.parse(list(rows_of(path, shape)))
    parser.close()
    return table.select(["order_no", "ts", "amount"]).to_pylist(), len(rejects)


def test_instants_of_any_zone_are_the_same_instant(tmp_path):
    at = datetime(2026, 10, 1, 8, tzinfo=UTC)
    table = pa.table({"at": pa.array([at], pa.timestamp("us", "America/New_York"))})
    assert shaped(parquet(tmp_path, table))[1][0][1] == ["2026-10-01 04:00:00-04:00"]
