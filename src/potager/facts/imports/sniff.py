"""What a file is: its encoding, delimiter, header and columns; and its rows as texts, with their line numbers."""

import codecs
import csv
import gzip
import hashlib
import io
from collections import Counter
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import BinaryIO, Final

from python_calamine import CalamineError, CalamineWorkbook

from potager.core.errors import Problem
from potager.facts.imports import records
from potager.facts.imports.mapping import FileMapping

_BLOCK = 1 << 20
_DELIMITERS = ",\t;|"
_LINES = 50


@dataclass(frozen=True, slots=True)
class Shape:
    """What was found out, or given. Columns are unique; a file without header has "1", "2", …"""

    format: str
    encoding: str
    delimiter: str
    header: bool
    sheet: str
    columns: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Row:
    """A data row: the line it starts on (spreadsheets, Parquet: the row number) and its cells.

    bad  a code of values.REASONS when the row could not be read at all
    """

    line: int
    cells: Sequence[str]
    bad: str | None = None


def content_hash(source: BinaryIO) -> str:
    """SHA-256 of the file's bytes as 64 hexadecimal digits."""
    digest = hashlib.sha256()
    while block := source.read(_BLOCK):
        digest.update(block)
    return digest.hexdigest()


def shape_of(path: Path, mapping: FileMapping) -> Shape:
    """Look at a file the way the mapping says, finding out what it leaves to us.

    Raises Problem("import.file") for what is no table.
    """
    if _starts(path, b"PK\x03\x04"):
        return _sheet_shape(path, mapping)
    if _starts(path, b"PAR1"):
        return _records_shape("parquet", "", records.parquet_columns(path))
    encoding = mapping.encoding if mapping.encoding != "auto" else _encoding(path)
    sample = _first_lines(path, encoding)
    if records.is_json(next(line for line in sample if line.strip())):
        with _text(path, encoding) as text:
            return _records_shape("jsonl", encoding, records.columns_of(each for _, each in records.json_records(text)))
    try:
        delimiter = mapping.delimiter if mapping.delimiter != "auto" else _delimiter(sample)
        first = next(row for row in csv.reader(sample, delimiter=delimiter) if any(row))
    except csv.Error as error:
        raise _unreadable("1", error) from error
    return _shaped(first, mapping, format="csv", encoding=encoding, delimiter=delimiter, sheet="")


def rows_of(path: Path, shape: Shape) -> Iterator[Row]:
    """The data rows in order; blank lines are no rows. Cells are texts as written, without surrounding blanks.

    A byte that the encoding does not know shows as a lone surrogate, so that its row can be rejected by line.
    """
    first = shape.header
    for row in _READERS[shape.format](path, shape):
        if not any(row.cells) and row.bad is None:
            continue
        if first:
            first = False
            continue
        yield row


def _records_shape(kind: str, encoding: str, columns: tuple[str, ...]) -> Shape:
    return Shape(kind, encoding, delimiter="", header=False, sheet="", columns=columns)


def _json_rows(path: Path, shape: Shape) -> Iterator[Row]:
    with _text(path, shape.encoding) as text:
        for line, record in records.json_records(text):
            if record is None:
                yield Row(line, [""] * len(shape.columns), bad="json")
            else:
                yield Row(line, [record.get(column, "") for column in shape.columns])


def _parquet_rows(path: Path, shape: Shape) -> Iterator[Row]:
    for line, record in records.parquet_records(path):
        yield Row(line, [record.get(column, "") for column in shape.columns])


def _starts(path: Path, magic: bytes) -> bool:
    with path.open("rb") as file:
        return file.read(len(magic)) == magic


def _open(path: Path) -> BinaryIO:
    if _starts(path, b"\x1f\x8b"):
        return gzip.open(path, "rb")  # type: ignore[return-value]  # GzipFile reads like any binary file
    return path.open("rb")


def _encoding(path: Path) -> str:
    """A byte order mark decides; else UTF-8 unless GB18030 reads the whole file with fewer errors."""
    with _open(path) as file:
        if file.read(2) in {codecs.BOM_UTF16_LE, codecs.BOM_UTF16_BE}:
            return "utf-16"
    wrong = _undecodable(path, "utf-8")
    return "gb18030" if wrong and _undecodable(path, "gb18030") < wrong else "utf-8"


def _undecodable(path: Path, encoding: str) -> int:
    decoder = codecs.getincrementaldecoder(encoding)("replace")
    wrong = 0
    with _open(path) as file:
        while block := file.read(_BLOCK):
            wrong += decoder.decode(block).count("\ufffd")
    return wrong + decoder.decode(b"", final=True).count("\ufffd")


def _text(path: Path, encoding: str) -> io.TextIOWrapper:
    # utf-8-sig drops a byte order mark if there is one.
    codec = "utf-8-sig" if encoding == "utf-8" else encoding
    return io.TextIOWrapper(_open(path), encoding=codec, errors="surrogateescape", newline="")


def _first_lines(path: Path, encoding: str) -> list[str]:
    with _text(path, encoding) as text:
        lines = [line for line, _ in zip(text, range(_LINES), strict=False)]
    if not any(line.strip() for line in lines):
        raise Problem("import.file", zh="文件是空的", en="The file is empty")
    if any("\x00" in line for line in lines):
        raise Problem(
            "import.file",
            zh="这不是表格文件：请提供 CSV、TSV、JSON Lines（都可以用 gzip 压缩）、XLSX 或 Parquet",
            en="This is no table: give a CSV, TSV or JSON Lines file, gzipped if you like, or XLSX or Parquet",
        )
    return lines


def _delimiter(lines: Sequence[str]) -> str:
    """The candidate that cuts the most lines into the same number of cells, more cells first."""

    def agreement(delimiter: str) -> tuple[int, int]:
        widths = Counter(len(row) for row in csv.reader(lines, delimiter=delimiter) if row)
        width, count = max(widths.items(), key=lambda item: (item[0] > 1, item[1], item[0]))
        return (count if width > 1 else 0, width)

    return max(_DELIMITERS, key=agreement)


def _shaped(first_row: Sequence[str], mapping: FileMapping, **found: str) -> Shape:
    first = [cell.strip() for cell in first_row]
    header = mapping.header if mapping.header != "auto" else _is_header(first, mapping)
    columns = _unique(first) if header else tuple(str(i) for i in range(1, len(first) + 1))
    return Shape(header=header, columns=columns, **found)


def _is_header(first: Sequence[str], mapping: FileMapping) -> bool:
    """Names that are mapped are a header; else a first row without any number is."""
    return bool(set(mapping.columns()) & set(first)) or not any(_is_value(cell) for cell in first)


def _is_value(cell: str) -> bool:
    text = cell.strip()
    return bool(text) and text[0] in "0123456789+-.¥$" and any(character.isdigit() for character in text)


def _unique(names: Sequence[str]) -> tuple[str, ...]:
    """Header names as they are; an empty or repeated one gets its place as a suffix."""
    seen: dict[str, int] = {}
    columns = []
    for place, name in enumerate(names, start=1):
        plain = name or str(place)
        columns.append(plain if plain not in seen else f"{plain}_{place}")
        seen[plain] = place
    return tuple(columns)


def _text_rows(path: Path, shape: Shape) -> Iterator[Row]:
    with _text(path, shape.encoding) as text:
        reader = csv.reader(text, delimiter=shape.delimiter)
        line = 1
        try:
            for cells in reader:
                yield Row(line, [cell.strip() for cell in cells])
                line = reader.line_num + 1
        except csv.Error as error:
            raise _unreadable(str(line), error) from error


def _unreadable(line: str, error: csv.Error) -> Problem:
    return Problem(
        "import.file",
        zh=f"第 {line} 行起读不下去：引号没有闭合，或者单元格过长",
        en=f"From line {line} on the file cannot be read ({error}): a quote is not closed, or a cell is too long",
        place=f"line {line}",
    )


def _workbook(path: Path) -> CalamineWorkbook:
    try:
        return CalamineWorkbook.from_path(str(path))
    except CalamineError as error:
        raise Problem(
            "import.file", zh="这个 XLSX 文件打不开，可能已损坏", en=f"This XLSX file cannot be opened: {error}"
        ) from error


def _sheet_shape(path: Path, mapping: FileMapping) -> Shape:
    names = _workbook(path).sheet_names
    sheet = mapping.sheet or names[0]
    if sheet not in names:
        raise Problem(
            "import.sheet",
            zh=f"没有叫「{sheet}」的工作表；有：{'、'.join(names)}",
            en=f"There is no sheet “{sheet}”; there are: {', '.join(names)}",
            place="sheet",
        )
    rows = [row.cells for row, _ in zip(_cells_of(path, sheet), range(_LINES), strict=False) if any(row.cells)]
    if not rows:
        raise Problem("import.file", zh=f"工作表「{sheet}」是空的", en=f"The sheet “{sheet}” is empty")
    return _shaped(rows[0], mapping, format="xlsx", encoding="", delimiter="", sheet=sheet)


def _sheet_rows(path: Path, shape: Shape) -> Iterator[Row]:
    return _cells_of(path, shape.sheet)


def _cells_of(path: Path, sheet: str) -> Iterator[Row]:
    opened = _workbook(path).get_sheet_by_name(sheet)
    start = (opened.start or (0, 0))[0] + 1
    for number, cells in enumerate(opened.iter_rows(), start=start):
        yield Row(number, [records.text_of(cell) for cell in cells])


_READERS: Final[Mapping[str, Callable[[Path, Shape], Iterator[Row]]]] = {
    "csv": _text_rows, "xlsx": _sheet_rows, "jsonl": _json_rows, "parquet": _parquet_rows,
}  # fmt: skip


def chunked(rows: Iterable[Row], size: int) -> Iterator[list[Row]]:
    """Rows in lists of at most `size`."""
    chunk: list[Row] = []
    for row in rows:
        chunk.append(row)
        if len(chunk) == size:
            yield chunk
            chunk = []
    if chunk:
        yield chunk
