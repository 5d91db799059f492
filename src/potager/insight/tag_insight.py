"""What is worth knowing of one tag: how many had it day by day, and which other tags the same people have.

Trend of a computed tag: today's number, taken back change by change (change_log), as far as the day before the first
change: what was before is not known. Of one given by hand: the spells of the people who are live today. Both are told
at the end of each business day, today's so far.
"""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime, timedelta
from typing import Any, Final

import pyarrow as pa

from potager.core import clock
from potager.facts.warehouse import Warehouse
from potager.insight import queries, tables
from potager.insight.fields import Fields, TagField, TagKind
from potager.insight.slots import utc_text

DAYS: Final = 60
# Fewer people than this say nothing about a tag they share.
LEAST: Final = 5
MOST: Final = 12


@dataclass(frozen=True, slots=True)
class Overlap:
    """n have the other tag (with this value), both have both; lift: both over what chance alone would give."""

    tag: str
    value: str | None
    n: int
    both: int
    lift: float


def overlaps(key: str, fields: Fields) -> tuple[int, list[Overlap]]:
    """How many live customers have the tag, and the tags found with it more often than by chance, the strongest
    first. Measures are left out: nearly everybody has a value."""
    owner = tables.opened()
    mine = _carriers(owner, key, fields.tags[key])
    total = queries.live_customers()
    if mine.num_rows == 0:
        return 0, []
    found = [each for each in _counted(owner, key, fields, mine) if each[2] >= LEAST and each[3] >= LEAST]
    lifted = [Overlap(*each, lift=each[3] * total / (mine.num_rows * each[2])) for each in found]
    strong = sorted((each for each in lifted if each.lift > 1), key=lambda each: (-each.lift, -each.both, each.tag))
    return mine.num_rows, strong[:MOST]


def trend(key: str, field: TagField, now: int) -> list[tuple[date, int]]:
    """How many had the tag at the end of each business day, at most DAYS back.

    now  how many have it
    """
    owner, today = tables.opened(), clock.today()
    if field.source == TagKind.MANUAL:
        return _by_spells(owner, key, [today - timedelta(days=n) for n in range(DAYS, -1, -1)])
    changes = _changes(owner, key)
    before = min(changes) - timedelta(days=1) if changes else today
    first = max(before, today - timedelta(days=DAYS))
    found, n, day = [], now, today
    while day >= first:
        found.append((day, n))
        n -= changes.get(day, 0)
        day -= timedelta(days=1)
    return found[::-1]


def _changes(owner: Warehouse, key: str) -> Mapping[date, int]:
    """Business day → how many more had the tag after it than before."""
    rows = owner.query(
        """SELECT "at", sum(CASE WHEN from_value IS NULL THEN 1 WHEN to_value IS NULL THEN -1 ELSE 0 END)::BIGINT AS n
        FROM change_log WHERE kind = 'tag' AND name = ? GROUP BY "at" """,
        [key],
    )
    found: defaultdict[date, int] = defaultdict(int)
    for row in rows.to_pylist():
        at: datetime = row["at"]
        found[clock.business_date(at.replace(tzinfo=UTC))] += row["n"]
    return found


def _by_spells(owner: Warehouse, key: str, days: list[date]) -> list[tuple[date, int]]:
    ends = [min(clock.day_end(day), clock.now()).astimezone(UTC).replace(tzinfo=None) for day in days]
    rows = owner.query(
        """SELECT d.day, count(DISTINCT m.cid)::BIGINT AS n
        FROM day_end d LEFT JOIN (
            SELECT * FROM manual_tag WHERE tag = ? AND cid IN (SELECT cid FROM customer WHERE live)
        ) m ON m.since <= d.at AND (m.until IS NULL OR m.until > d.at) GROUP BY d.day ORDER BY d.day""",
        [key],
        beside={"day_end": pa.table({"day": pa.array(days, pa.date32()), "at": pa.array(ends, pa.timestamp("us"))})},
    )
    return [(row["day"], row["n"]) for row in rows.to_pylist()]


def _carriers(owner: Warehouse, key: str, field: TagField) -> pa.Table:
    """The live customers who have the tag: one column cid."""
    if field.source == TagKind.MANUAL:
        return owner.query(f"SELECT DISTINCT cid FROM ({_held_now()}) WHERE tag = ?", [key])
    places = queries.places(owner)
    if key not in places:
        return pa.table({"cid": pa.array([], pa.int32())})
    wide, column = places[key]
    has = f'"{column}"' if field.source == TagKind.RULE else f'"{column}" IS NOT NULL'
    return owner.query(f"SELECT cid FROM {wide} WHERE {has}")


def _counted(owner: Warehouse, key: str, fields: Fields, mine: pa.Table) -> list[tuple[str, str | None, int, int]]:
    """(tag, value, everybody with it, of mine with it); each wide table is read once."""
    found: list[tuple[str, str | None, int, int]] = []
    by_wide: defaultdict[str, list[tuple[str, str]]] = defaultdict(list)
    for tag, (wide, column) in queries.places(owner).items():
        if tag == key or tag not in fields.tags:
            continue
        if fields.tags[tag].source == TagKind.RULE:
            by_wide[wide].append((tag, column))
        elif fields.tags[tag].source == TagKind.CASES:
            found += _grouped(owner, f"SELECT cid, '{tag}' AS tag, \"{column}\" AS value FROM {wide}", mine)
    for wide, columns in by_wide.items():
        picks = ", ".join(
            f'count(*) FILTER (w."{column}")::BIGINT AS n{i}, count(m.cid) FILTER (w."{column}")::BIGINT AS b{i}'
            for i, (_, column) in enumerate(columns)
        )
        sql = f"SELECT {picks} FROM {wide} w LEFT JOIN mine m ON m.cid = w.cid"
        row: dict[str, Any] = owner.query(sql, beside={"mine": mine}).to_pylist()[0]
        found += [(tag, None, row[f"n{i}"], row[f"b{i}"]) for i, (tag, _) in enumerate(columns)]
    by_hand = _grouped(owner, f"SELECT DISTINCT cid, tag, value FROM ({_held_now()})", mine)
    return found + [each for each in by_hand if each[0] != key]


def _grouped(owner: Warehouse, rows: str, mine: pa.Table) -> list[tuple[str, str | None, int, int]]:
    """The same of rows (cid, tag, value)."""
    sql = f"""SELECT w.tag, w.value, count(*)::BIGINT AS n, count(m.cid)::BIGINT AS both
        FROM ({rows}) w LEFT JOIN mine m ON m.cid = w.cid WHERE w.tag IS NOT NULL GROUP BY 1, 2 ORDER BY 1, 2"""
    found = owner.query(sql, beside={"mine": mine}).to_pylist()
    return [(row["tag"], row["value"], row["n"], row["both"]) for row in found]


def _held_now() -> str:
    """The open spells of tags given by hand, of live customers."""
    now = f"TIMESTAMP '{utc_text(clock.now())}'"
    return f"""SELECT cid, tag, value FROM manual_tag WHERE since <= {now} AND (until IS NULL OR until > {now})
        AND cid IN (SELECT cid FROM customer WHERE live)"""
