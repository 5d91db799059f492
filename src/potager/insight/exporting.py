"""The members of an audience as a file: CSV or XLSX, with the tags and layers one chooses beside each customer."""

import csv
import io
import tempfile
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from pathlib import Path
from typing import Any, Final, Literal

import pyarrow as pa

from potager.core import money
from potager.core.errors import Problem
from potager.insight import catalogue, queries, tables
from potager.insight.fields import Fields, Kind, TagField, TagKind, name_in
from potager.insight.models import ManualTag
from potager.org import audit
from potager.org.access import Actor
from potager.people import queries as people

Format = Literal["csv", "xlsx"]
Row = list[str | int]

# A sheet has 1,048,576 rows, the first of which is the head.
_SHEET: Final = 1_048_575
_FORMULA: Final = ("=", "+", "-", "@", "\t", "\r")
_CHUNK: Final = 2_000


@dataclass(frozen=True, slots=True)
class Export:
    """The head and the rows of a file: only customers the actor sees."""

    head: list[str]
    rows: list[Row]


def gather(
    actor: Actor, cids: Iterable[int], *, tags: Sequence[str] = (), layers: Sequence[str] = (), language: str = "zh"
) -> Export:
    """Customers with their tags and layers as last computed.

    Raises Problem("insight.condition") for a tag or a layer model there is not.
    """
    fields = catalogue.load()
    chosen = [fields.tag(key, "tag") for key in dict.fromkeys(tags)]
    models = [fields.layer(key, "layer") for key in dict.fromkeys(layers)]
    found = list(people.search(actor, cids=cids, sort="id"))
    seen = [row.pk for row in found]
    columns = [_tag(fields, each.key, seen, language) for each in chosen]
    columns += [_layer(fields, each.key, seen, language) for each in models]
    head = ["客户编号", "姓名", "来源", "归属员工"]
    if language != "zh":
        head = ["Customer", "Name", "Source", "Staff"]
    return Export(
        [*head, *(each.label(language) for each in chosen), *(each.label(language) for each in models)],
        [
            [
                row.pk,
                row.name,
                row.source,
                row.owner.name if row.owner else "",
                *(each.get(row.pk, "") for each in columns),
            ]
            for row in found
        ],
    )


def check(export: Export, form: Format) -> None:
    """Raises Problem when the file cannot hold the rows."""
    if form == "xlsx" and len(export.rows) > _SHEET:
        raise Problem(
            "audience.export",
            zh=f"XLSX 最多放 {_SHEET:,} 行，这个人群有 {len(export.rows):,} 人；请导出 CSV",
            en=f"XLSX holds {_SHEET:,} rows and this audience has {len(export.rows):,}: export CSV",
        )


def note(actor: Actor, key: str, export: Export, form: Format) -> None:
    """Write down who took how many customers of which audience, and what about them."""
    detail = {"customers": len(export.rows), "format": form, "columns": export.head}
    audit.record(actor, "audience.export", f"audience:{key}", detail)


def as_csv(export: Export) -> bytes:
    """Text that a spreadsheet reads as UTF-8, and never as a formula."""
    text = io.StringIO()
    text.write("\ufeff")
    writer = csv.writer(text)
    writer.writerow([_harmless(cell) for cell in export.head])
    writer.writerows([_harmless(cell) for cell in row] for row in export.rows)
    return text.getvalue().encode()


def as_xlsx(export: Export) -> bytes:
    """A workbook of one sheet, written row by row. Text is text there: nothing in it is a formula or a link."""
    # Opening a workbook costs more than most requests; those who export pay it.
    import xlsxwriter

    options = {"constant_memory": True, "strings_to_formulas": False, "strings_to_urls": False}
    with tempfile.TemporaryDirectory() as folder:
        path = Path(folder) / "members.xlsx"
        with xlsxwriter.Workbook(str(path), options) as book:
            sheet = book.add_worksheet()
            sheet.freeze_panes(1, 0)
            rows: list[Row] = [[*export.head], *export.rows]
            for at, row in enumerate(rows):
                for column, cell in enumerate(row):
                    if isinstance(cell, int):
                        sheet.write_number(at, column, cell)
                    else:
                        sheet.write_string(at, column, cell)
        return path.read_bytes()


def _harmless(cell: str | int) -> str | int:
    """Spreadsheets run what begins like a formula; a leading apostrophe makes it text."""
    return f"'{cell}" if isinstance(cell, str) and cell.startswith(_FORMULA) else cell


def _tag(fields: Fields, key: str, cids: Sequence[int], language: str) -> dict[int, str]:
    field = fields.tags[key]
    if field.source == TagKind.MANUAL:
        values: dict[int, Any] = dict(_by_hand(key, cids))
    else:
        values = queries.tag_values(key, _asked(cids))
    return {cid: _said(value, field, fields.currency, language) for cid, value in values.items()}


def _layer(fields: Fields, key: str, cids: Sequence[int], language: str) -> dict[int, str]:
    rows = tables.opened().query(
        "SELECT l.cid, l.layer FROM layer_now l SEMI JOIN asked USING (cid) WHERE l.model = ?",
        [key],
        beside={"asked": _asked(cids)},
    )
    field = fields.layers[key]
    return {row["cid"]: field.layer_label(row["layer"], language) for row in rows.to_pylist()}


def _by_hand(key: str, cids: Sequence[int]) -> Iterator[tuple[int, str | bool]]:
    for first in range(0, len(cids), _CHUNK):
        rows = ManualTag.objects.filter(tag=key, customer_id__in=cids[first : first + _CHUNK]).order_by("since", "id")
        yield from ((cid, value or True) for cid, value in rows.values_list("customer_id", "value"))


def _asked(cids: Sequence[int]) -> pa.Table:
    return pa.table({"cid": pa.array(cids, pa.int32())})


def _said(value: object, field: TagField, currency: str, language: str) -> str:
    """Money in whole units as a plain number, so that a spreadsheet can reckon with it."""
    if value is True:
        return "是" if language == "zh" else "yes"
    if field.kind == Kind.MONEY and isinstance(value, int | float | Decimal):
        return str(money.to_decimal(round(value), currency))
    return name_in(field.labels, str(value), language)
