"""Exports of audiences: columns one chooses, both formats alike, nothing that a spreadsheet would run, an audit row."""

import csv
import io

import pytest
from django.test import Client
from python_calamine import CalamineWorkbook

from potager.core.errors import Problem
from potager.insight import exporting
from potager.insight.models import Audience
from potager.org.models import AuditRow, Role
from potager.people.models import Customer

from .conftest import day
from .test_api import BUYERS, client_of, garden, owner, send  # noqa: F401  (fixtures)

COLUMNS = "tag=buyer&tag=spent_365&tag=activity&tag=skin_type&layer=rfm"


@pytest.fixture
def exporter(owner: Client) -> Client:  # noqa: F811
    Audience.objects.create(key="b", name_zh="b", condition=BUYERS, created_at=day("2026-10-01"))
    Customer.objects.filter(id=1).update(name="=HYPERLINK(1)")
    send(owner, "post", "/tags/skin_type/add", {"cids": [2], "value": "dry"})
    return owner


def test_both_formats_hold_the_chosen_columns(exporter):
    text = send(exporter, "get", f"/audiences/b/csv?{COLUMNS}").content.decode("utf-8-sig")
    book = send(exporter, "get", f"/audiences/b/xlsx?{COLUMNS}")
    assert book["Content-Disposition"] == 'attachment; filename="b.xlsx"'
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book.content)).get_sheet_by_index(0).to_python()
    rows = list(csv.reader(io.StringIO(text)))
    assert [row[2:] for row in sheet] == [row[2:] for row in rows]
    assert (sheet[1][0], rows[1][0]) == (1.0, "1")
    assert [row[4:7] for row in rows[1:]] == [["是", "1200.00", "高"], ["是", "100.00", "高"]]
    assert [bool(row[7]) for row in rows[1:]] == [False, True]
    assert rows[1][8] == "重要价值"


def test_no_cell_is_a_formula(exporter):
    text = send(exporter, "get", "/audiences/b/csv").content.decode("utf-8-sig")
    assert list(csv.reader(io.StringIO(text)))[1][1] == "'=HYPERLINK(1)"
    book = send(exporter, "get", "/audiences/b/xlsx").content
    sheet = CalamineWorkbook.from_filelike(io.BytesIO(book)).get_sheet_by_index(0).to_python()
    # In a workbook it is text by its type: a formula that was never computed would read as 0.
    assert sheet[1][1] == "=HYPERLINK(1)"


@pytest.mark.parametrize("begin", ["=", "+", "-", "@", "\t", "\r"])
def test_csv_guards_every_way_a_formula_begins(begin):
    export = exporting.Export(["a"], [[f"{begin}1"], [-1]])
    rows = list(csv.reader(io.StringIO(exporting.as_csv(export).decode("utf-8-sig"), newline="")))
    assert rows == [["a"], [f"'{begin}1"], ["-1"]]


def test_an_export_is_written_down_with_its_columns(exporter):
    send(exporter, "get", "/audiences/b/xlsx?layer=rfm", HTTP_ACCEPT_LANGUAGE="en")
    row = AuditRow.objects.get(action="audience.export")
    assert (row.actor, row.subject) == ("owner", "audience:b")
    assert (row.detail["customers"], row.detail["format"], row.detail["columns"][:2]) == (
        2,
        "xlsx",
        ["Customer", "Name"],
    )


def test_unknown_columns_and_staff_are_refused(exporter):
    answer = send(exporter, "get", "/audiences/b/xlsx?tag=buyr")
    assert (answer.status_code, answer.json()["place"]) == (422, "tag")
    assert send(client_of(Role.STAFF), "get", "/audiences/b/xlsx").status_code == 403
    assert not AuditRow.objects.filter(action="audience.export").exists()


def test_a_sheet_too_small_is_said_before_anything_is_written(monkeypatch):
    monkeypatch.setattr(exporting, "_SHEET", 1)
    with pytest.raises(Problem, match="export CSV"):
        exporting.check(exporting.Export(["a"], [["1"], ["2"]]), "xlsx")
