"""Files of records that name their own fields, JSON lines and Parquet: the same rows of texts as any other file.

What is nested becomes columns with dots in their names, a list the JSON it is. Numbers stay as written: a decimal never
passes through a float.
"""

import math
from collections.abc import Iterable, Iterator, Mapping
from datetime import datetime
from decimal import Decimal
from pathlib import Path
from typing import IO, Any, Final

import msgspec
import pyarrow as pa
import pyarrow.parquet as pq

from potager.core.errors import Problem

LONGEST: Final = 1 << 20
MOST_COLUMNS: Final = 2_000
# At or above this a double is no longer a whole number exactly; identifiers that long must be stored as text.
_EXACT: Final = 2**53
IMPRECISE: Final = "\ue000imprecise"
_BATCH: Final = 10_000
_object = msgspec.json.Decoder(dict[str, Any], float_hook=str)
Record = dict[str, str]


def is_json(line: str) -> bool:
    """Whether a file's first line is one of JSON objects.

    Raises Problem("import.file") for one array around all of them.
    """
    text = line.lstrip("\ufeff \t")
    if text.startswith("[") and text[1:].lstrip()[:1] in {"", "{"}:
        raise Problem(
            "import.file",
            zh="这是一个 JSON 数组：请改成每行一个对象（JSON Lines）",
            en="This is one JSON array: write one object a line (JSON Lines)",
            place="line 1",
        )
    return text.startswith("{") and (_said(text) is not None)


def json_records(lines: IO[str]) -> Iterator[tuple[int, Record | None]]:
    """Each line that is not blank with its number; None for one that is no JSON object.

    Raises Problem("import.file") for a line of more than 1 MiB.
    """
    number = 0
    while line := lines.readline(LONGEST + 1):
        number += 1
        if len(line) > LONGEST:
            raise Problem(
                "import.file",
                zh=f"第 {number} 行超过 1 MB，不像是一条记录",
                en=f"Line {number} is longer than 1 MB: that is no record",
                place=f"line {number}",
            )
        if line.strip():
            yield number, _said(line.lstrip("\ufeff"))


def _said(line: str) -> Record | None:
    try:
        return flat(_object.decode(line))
    except (msgspec.DecodeError, UnicodeEncodeError):
        return None


def flat(value: Mapping[str, Any]) -> Record:
    """What is nested under names with dots; what is null is left out."""
    found: Record = {}
    for key, each in value.items():
        name = str(key).strip()
        if isinstance(each, Mapping):
            found |= {f"{name}.{below}": text for below, text in flat(each).items()}
        elif each is not None:
            found[name] = text_of(each)
    return found


def text_of(value: object) -> str:
    """A value as the text a CSV file would hold; a double that may stand for several whole numbers is told as such."""
    match value:
        case float():
            text = _number(value)
        case bool():
            text = str(value).lower()
        case datetime():
            text = value.isoformat(sep=" ")
        case Decimal():
            text = format(value, "f")
        case bytes():
            text = value.decode("utf-8", "surrogateescape")
        case list():
            text = msgspec.json.encode(value, enc_hook=str).decode()
        case _:
            text = str(value)
    return text.strip()


def _number(value: float) -> str:
    """Whole numbers without the point; what is no number is nothing."""
    if not value.is_integer():
        return repr(value) if math.isfinite(value) else ""
    return str(int(value)) if abs(value) < _EXACT else IMPRECISE


def columns_of(records: Iterable[Record | None]) -> tuple[str, ...]:
    """Every name any record has, in the order they are met.

    Raises Problem("import.file") when no record has any, or for more than 2,000 of them.
    """
    found: dict[str, None] = {}
    for record in records:
        if record is not None and not record.keys() <= found.keys():
            found |= dict.fromkeys(record)
            if len(found) > MOST_COLUMNS:
                raise Problem(
                    "import.file",
                    zh=f"这些记录有超过 {MOST_COLUMNS} 种字段名：字段名里可能混进了数据",
                    en=f"The records have more than {MOST_COLUMNS} different names: data may have become names",
                )
    if not found:
        raise Problem("import.file", zh="文件里没有一条记录", en="There is no record in the file")
    return tuple(found)


def parquet_columns(path: Path) -> tuple[str, ...]:
    """The names in the file, those of nested fields with dots."""
    names = tuple(name for field in _opened(path).schema_arrow for name in _names(field))
    if not names:
        raise Problem("import.file", zh="文件里没有一列", en="There is no column in the file")
    return names


def parquet_records(path: Path) -> Iterator[tuple[int, Record]]:
    """Each row with its number from 1, read a few thousand at a time."""
    number = 0
    file = _opened(path)
    try:
        for batch in file.iter_batches(_BATCH):
            for row in _plain(batch).to_pylist():
                number += 1
                yield number, flat(row)
    except (pa.ArrowException, OSError) as error:
        raise _broken(error) from error


def _names(field: "pa.Field[Any]") -> Iterator[str]:
    if pa.types.is_struct(field.type):
        for below in field.type:
            yield from (f"{field.name}.{name}" for name in _names(below))
    else:
        yield field.name


def _plain(batch: pa.RecordBatch) -> pa.Table:
    """The batch with instants in microseconds: Python has none that are finer."""
    table = pa.Table.from_batches([batch])
    for place, field in enumerate(table.schema):
        if pa.types.is_timestamp(field.type) and field.type.unit == "ns":
            finest = table[place].cast(pa.timestamp("us", field.type.tz), safe=False)
            table = table.set_column(place, field.name, finest)
    return table


def _opened(path: Path) -> pq.ParquetFile:
    try:
        return pq.ParquetFile(path)
    except (pa.ArrowException, OSError) as error:
        raise _broken(error) from error


def _broken(error: Exception) -> Problem:
    said = str(error).splitlines()[0][:200]
    return Problem(
        "import.file", zh="这个 Parquet 文件读不下去，可能已损坏", en=f"This Parquet file cannot be read: {said}"
    )
