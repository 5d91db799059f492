"""Files that name people, one a line: which column, by what, whom each line means, and which lines mean nobody."""

import csv
import io
import itertools
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import Final

from pyroaring import BitMap

from potager.core.errors import Problem
from potager.facts.imports.mapping import FileMapping
from potager.facts.imports.parse import mask
from potager.facts.imports.sniff import Row, Shape, rows_of, shape_of
from potager.insight.fields import nearest
from potager.people import queries as people

# What a column may name people by, the likeliest first: a customer's number, or a type of identity.
KINDS: Final = (
    "cid", "phone", "unionid", "external_userid", "member_no", "customer_id", "user_id", "openid", "email",
)  # fmt: skip
REASONS: Final = {
    "empty": ("这一格是空的", "The cell is empty"),
    "missing": ("没有这样的客户", "There is no such customer"),
    "several": ("不止一位客户有这个值", "More than one customer has this value"),
}
# Misses beyond these are counted and not kept.
MOST_MISSES: Final = 10_000
_TRIED_ROWS, _TRIED_COLUMNS, _AT_ONCE = 200, 12, 5_000


@dataclass(frozen=True, slots=True)
class Miss:
    """A line that names nobody. `value` is masked."""

    line: int
    code: str
    value: str


@dataclass(frozen=True, slots=True)
class Double:
    """A line that names somebody whom an earlier line named."""

    line: int
    first: int


@dataclass(slots=True)
class Read:
    """What a file says. `missing` and `doubled` count all, `misses` and `doubles` are the first of them."""

    columns: Sequence[str]
    column: str
    kind: str
    rows: int = 0
    members: BitMap = field(default_factory=BitMap)
    missing: int = 0
    doubled: int = 0
    misses: list[Miss] = field(default_factory=list)
    doubles: list[Double] = field(default_factory=list)


def read(path: Path, *, column: str = "", kind: str = "") -> Read:
    """Whom a CSV or XLSX file names. Column and kind are found out when not given: those that find the most people.

    Raises Problem("import.file") for what is no table, Problem("list.column") and Problem("list.kind") for a column
    or kind there is not.
    """
    shape = shape_of(path, FileMapping())
    tried = list(itertools.islice(rows_of(path, shape), _TRIED_ROWS))
    at, kind = _choose(shape, tried, column, kind)
    if shape.header and people.bearers(kind, [shape.columns[at]]):
        # What looked like the name of the column is the first person.
        shape = replace(shape, header=False, columns=tuple(str(n) for n in range(1, len(shape.columns) + 1)))
    found = Read(shape.columns, shape.columns[at], kind)
    firsts: dict[int, int] = {}
    rows = rows_of(path, shape)
    while chunk := list(itertools.islice(rows, _AT_ONCE)):
        _match(found, chunk, at, firsts)
    return found


def misses_csv(misses: Iterable[Sequence[object]]) -> bytes:
    """Lines that name nobody, as kept: [line, code, masked value]."""
    out = io.StringIO()
    writer = csv.writer(out)
    writer.writerow(("line", "code", "reason_zh", "reason_en", "value"))
    for line, code, value in misses:
        writer.writerow((line, code, *REASONS[str(code)], value))
    return out.getvalue().encode("utf-8-sig")


def _choose(shape: Shape, rows: Sequence[Row], column: str, kind: str) -> tuple[int, str]:
    if kind and kind not in KINDS:
        raise _unknown("kind", "身份类型", "kind", kind, KINDS)
    if column and column not in shape.columns:
        raise _unknown("column", "列", "column", column, shape.columns)
    places = [shape.columns.index(column)] if column else range(len(shape.columns))[:_TRIED_COLUMNS]
    kinds = [kind] if kind else KINDS
    if len(places) == len(kinds) == 1:
        return places[0], kinds[0]
    first = [Row(1, shape.columns)] if shape.header else []
    pairs = [(place, each) for place in places for each in kinds]
    scores = [len(people.bearers(each, _cells([*first, *rows], place))) for place, each in pairs]
    return pairs[scores.index(max(scores))]


def _unknown(what: str, zh: str, en: str, given: str, known: Sequence[str]) -> Problem:
    close = nearest(given, known)
    return Problem(
        f"list.{what}",
        zh=f"没有{zh}「{given}」" + (f"，是不是「{close}」？" if close else f"；有 {'、'.join(known)}"),
        en=f"There is no {en} “{given}”"
        + (f"; did you mean “{close}”?" if close else f"; there are {', '.join(known)}"),
        place=what,
    )


def _cells(rows: Iterable[Row], at: int) -> list[str]:
    return [cell for row in rows if (cell := _cell(row, at))]


def _cell(row: Row, at: int) -> str:
    return row.cells[at] if at < len(row.cells) else ""


def _match(found: Read, rows: Sequence[Row], at: int, firsts: dict[int, int]) -> None:
    """Add some rows. firsts: whom earlier lines named, and which."""
    known = people.bearers(found.kind, _cells(rows, at))
    for row in rows:
        found.rows += 1
        text = _cell(row, at)
        cids = known.get(text, set())
        if len(cids) != 1:
            found.missing += 1
            if len(found.misses) < MOST_MISSES:
                code = "empty" if not text else "several" if cids else "missing"
                found.misses.append(Miss(row.line, code, _shown(text)))
            continue
        [cid] = cids
        if cid in firsts:
            found.doubled += 1
            if len(found.doubles) < MOST_MISSES:
                found.doubles.append(Double(row.line, firsts[cid]))
            continue
        firsts[cid] = row.line
        found.members.add(cid)


def _shown(text: str) -> str:
    """The value masked, and without bytes that could not be decoded."""
    return mask(text.encode("utf-8", "replace").decode("utf-8"))
