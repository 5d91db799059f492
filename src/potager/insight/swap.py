"""Putting new results in place of old ones, and writing down every difference, inside one warehouse transaction."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import pyarrow as pa
from pyroaring import BitMap

from potager.core import clock
from potager.facts.warehouse import Writer
from potager.insight import beside, changed
from potager.insight.layers import RfmSettings
from potager.insight.membership import bitmap_of, listed
from potager.insight.moment import Moment
from potager.insight.programs import Definition, Output
from potager.insight.rfm import cells_sql, layers_sql, thresholds_sql, values_sql, values_table

REFRESH: Final = "refresh"
REBUILD: Final = "rebuild"


class Log:
    """The differences of one refresh.

    edited  names whose definition changed: their changes are a rebuild's
    after   number changes past this
    fresh   names never computed before: nothing was known of them, so nothing changed
    """

    def __init__(
        self,
        writer: Writer,
        *,
        refresh_id: str,
        at: datetime,
        after: int,
        all_cause: str,
        edited: frozenset[str],
        fresh: frozenset[str],
    ) -> None:
        self._writer = writer
        self._at = at
        self._all_cause = all_cause
        self._edited = edited
        self._fresh = fresh
        self.refresh_id = refresh_id
        self._after = after
        self._adds = 0
        columns = "ord INTEGER, kind VARCHAR, name VARCHAR, cid INTEGER, from_value VARCHAR, to_value VARCHAR"
        writer.execute(f"CREATE OR REPLACE TEMP TABLE news ({columns}, cause VARCHAR)")

    def add(self, output: Output, changes: Mapping[str, str]) -> None:
        """Note the changes that SELECTs of (cid, from_value, to_value) give, by key."""
        selected, values = [], []
        for key, sql in changes.items():
            name = f"{output}:{key}"
            if name in self._fresh:
                continue
            self._adds += 1
            cause = REBUILD if name in self._edited else self._all_cause
            selected.append(f"SELECT {self._adds}, ?, ?, cid, from_value, to_value, ? FROM ({sql})")
            values += [str(output), key, cause]
        if selected:
            self._writer.execute(f"INSERT INTO news {' UNION ALL '.join(selected)}", values)

    def finish(self) -> int:
        """Number everything noted and write it down; returns how many. A customer who is gone is no news for
        journeys; an audience's value becomes the number of the spell."""
        newest = int(self._writer.query("SELECT coalesce(max(seq), 0)::BIGINT AS n FROM change_log")["n"][0].as_py())
        first = max(newest, self._after)
        self._writer.execute(
            f"""INSERT INTO change_log
            WITH spells AS (
                SELECT name, cid, count(*) AS n FROM change_log WHERE kind = 'audience' AND to_value IS NOT NULL
                    AND cid IN (SELECT cid FROM news WHERE kind = 'audience')
                GROUP BY name, cid)
            SELECT {first} + row_number() OVER (ORDER BY x.ord, x.cid), ?, x.kind, x.name, x.cid,
                CASE WHEN x.kind = 'audience' AND x.from_value IS NOT NULL
                    THEN CAST(coalesce(s.n, 0) AS VARCHAR) ELSE x.from_value END,
                CASE WHEN x.kind = 'audience' AND x.to_value IS NOT NULL
                    THEN CAST(coalesce(s.n, 0) + 1 AS VARCHAR) ELSE x.to_value END,
                CASE WHEN c.live THEN x.cause ELSE '{REBUILD}' END, ?
            FROM news x
            LEFT JOIN customer c ON c.cid = x.cid
            LEFT JOIN spells s ON x.kind = 'audience' AND s.name = x.name AND s.cid = x.cid""",
            [self.refresh_id, self._at.astimezone(UTC).replace(tzinfo=None)],
        )
        return _count(self._writer, "news")


def rfm(
    writer: Writer,
    key: str,
    settings: RfmSettings,
    *,
    moment: Moment,
    log: Log,
    currency: str,
    orders: str | None,
) -> dict[str, int]:
    """An RFM model. One order moves the thresholds of everybody: a merge measures the concerned customers anew, and
    looks whom of the others the new thresholds put elsewhere.

    orders  a merge: the table of the concerned customers' orders
    """
    kept = values_table(settings)
    if orders is not None:
        writer.execute(f"DELETE FROM {kept} WHERE cid IN (FROM {changed.CONCERNED})")
        writer.execute(f"INSERT INTO {kept} BY NAME {values_sql(settings, moment, orders=orders)}")
        measured = kept
    else:
        measured = "rfm_value"
        writer.execute(f"CREATE OR REPLACE TEMP TABLE {measured} AS {values_sql(settings, moment)}")
    writer.execute(f"CREATE OR REPLACE TEMP TABLE rfm_limit AS {thresholds_sql(settings, measured, currency)}")
    writer.execute("DELETE FROM rfm_threshold WHERE model = ? AND day = ?", [key, moment.day])
    writer.execute(
        """INSERT INTO rfm_threshold BY NAME
        SELECT ? AS model, ? AS day, buyers, days, orders, amount, cuts FROM rfm_limit""",
        [key, moment.day],
    )
    cells = cells_sql(settings, measured, "rfm_limit")
    if orders is not None:
        moved = f"SELECT cid, layer FROM ({cells}) WHERE layer IS DISTINCT FROM was"
        writer.execute(f"CREATE OR REPLACE TEMP TABLE rfm_moved AS {moved}")
        writer.execute(f"UPDATE {kept} v SET layer = m.layer FROM rfm_moved m WHERE m.cid = v.cid")
        whose = f"(SELECT cid FROM rfm_moved UNION FROM {changed.CONCERNED})"
    else:
        writer.execute(f"CREATE OR REPLACE TABLE {kept} AS SELECT * EXCLUDE (was) FROM ({cells})")
        whose = None
    writer.execute(f"CREATE OR REPLACE TEMP TABLE fresh_layer AS {layers_sql(kept, among=whose)}")
    return _layer(writer, key, moment, log, whose=whose)


def others(
    writer: Writer, definitions: Sequence[Definition], moment: Moment, log: Log, *, only: bool
) -> dict[str, int]:
    """Layers and audiences of one level, from the temporary table `result`."""
    sizes: dict[str, int] = {}
    for each in definitions:
        if each.output == Output.LAYER:
            writer.execute(
                f'CREATE OR REPLACE TEMP TABLE fresh_layer AS SELECT cid, "{each.name}" AS layer FROM result'
            )
            sizes |= _layer(writer, each.key, moment, log, whose="(FROM changed)" if only else None)
        else:
            sizes |= _audience(writer, each, moment, log, only=only)
    return sizes


def _layer(writer: Writer, key: str, moment: Moment, log: Log, *, whose: str | None) -> dict[str, int]:
    """Close and open spells for customers whose layer differs; `fresh_layer` holds the new ones.

    whose  the customers looked at, all when None
    """
    scope = "" if whose is None else f" AND cid IN {whose}"
    differing = writer.execute(
        f"""CREATE OR REPLACE TEMP TABLE layer_diff AS
        SELECT coalesce(n.cid, o.cid) AS cid, o.layer AS from_value, n.layer AS to_value
        FROM fresh_layer n
        FULL JOIN (SELECT cid, layer FROM layer_now WHERE model = ?{scope}) o ON o.cid = n.cid
        WHERE n.layer IS DISTINCT FROM o.layer""",
        [key],
    )
    if differing:
        _turn(writer, key, moment.day)
        log.add(Output.LAYER, {key: "SELECT cid, from_value, to_value FROM layer_diff"})
    return {f"layer:{key}": _count(writer, f"(SELECT 1 FROM layer_now WHERE model = '{key}')")}


def _turn(writer: Writer, key: str, day: date) -> None:
    """End the spells of those in `layer_diff` with yesterday, and begin their new ones."""
    mine = "model = ? AND cid IN (SELECT cid FROM layer_diff)"
    # A spell that began today and ends today was never seen on any day.
    writer.execute(f"DELETE FROM layer_history WHERE {mine} AND from_day = ?", [key, day])
    writer.execute(f"UPDATE layer_history SET to_day = ? WHERE {mine} AND to_day IS NULL", [day, key])
    writer.execute(f"DELETE FROM layer_now WHERE {mine}", [key])
    new = "SELECT ?, cid, to_value, ?{} FROM layer_diff WHERE to_value IS NOT NULL ORDER BY cid"
    writer.execute(f"INSERT INTO layer_history {new.format(', NULL')}", [key, day])
    writer.execute(f"INSERT INTO layer_now {new.format('')}", [key, day])


_VERSION_FIELDS: Final[list[tuple[str, pa.DataType]]] = [
    ("audience", pa.string()),
    ("version", pa.int32()),
    ("computed_at", pa.timestamp("us")),
    ("as_of", pa.timestamp("us")),
    ("n", pa.int64()),
    ("bitmap", pa.binary()),
]
_VERSION: Final = pa.schema(_VERSION_FIELDS)


@dataclass(frozen=True, slots=True)
class Version:
    """A version of an audience: its number and who is in it."""

    number: int
    members: BitMap


def next_version(key: str, newest: Version | None, now: BitMap, at: datetime) -> pa.Table:
    """The row that follows the newest version; none when the members are the same."""
    row = {
        "audience": key,
        "version": newest.number + 1 if newest else 1,
        "computed_at": clock.wall().replace(tzinfo=None),
        "as_of": at.astimezone(UTC).replace(tzinfo=None),
        "n": len(now),
        "bitmap": now.serialize(),
    }
    return pa.Table.from_pylist([] if newest and newest.members == now else [row], schema=_VERSION)


def _audience(writer: Writer, definition: Definition, moment: Moment, log: Log, *, only: bool) -> dict[str, int]:
    """The members of an audience out of the temporary table `result`."""
    now = bitmap_of(writer.query(f'SELECT cid FROM result WHERE "{definition.name}" ORDER BY cid'))
    whose = bitmap_of(writer.query("SELECT cid FROM changed")) if only else None
    return {definition.name: put_version(writer, definition.key, now, moment.at, log, whose=whose)}


def put_version(writer: Writer, key: str, now: BitMap, at: datetime, log: Log, *, whose: BitMap | None = None) -> int:
    """A new version of an audience where the members differ, and who came and went.

    whose  the customers looked at, all when None: the others stay as they were
    Returns how many there are.
    """
    rows = writer.query(
        "SELECT version, bitmap FROM audience_version WHERE audience = ? ORDER BY version DESC LIMIT 1", [key]
    ).to_pylist()
    newest = Version(rows[0]["version"], BitMap.deserialize(rows[0]["bitmap"])) if rows else None
    before = newest.members if newest else BitMap()
    if whose is not None:
        now |= before - whose
    version = next_version(key, newest, now, at)
    if not version.num_rows:
        return len(now)
    writer.append("audience_version", version)
    writer.stage("entered", listed(now - before))
    writer.stage("left_now", listed(before - now))
    log.add(Output.AUDIENCE, {key: "SELECT cid, NULL AS from_value, 'in' AS to_value FROM entered"})
    log.add(Output.AUDIENCE, {key: "SELECT cid, 'in' AS from_value, NULL AS to_value FROM left_now"})
    return len(now)


def stage_lists(writer: Writer, names: Sequence[str], at: datetime) -> None:
    """Make these lists readable as tables."""
    for name, rows in beside.tables(names, at, writer.query).items():
        writer.stage(name, rows)


def add_changed(writer: Writer) -> None:
    """Customers whose layer changed with the thresholds alone are computed, too: what looks at layers asks of them."""
    writer.execute("INSERT INTO changed SELECT DISTINCT cid FROM news WHERE cid NOT IN (FROM changed)")


@dataclass(frozen=True, slots=True)
class _Pending:
    name: str
    definitions: tuple[Definition, ...]


class WideTables:
    """The tables of tag values. New ones stand beside the old until every difference is taken.

    sizes  how many customers had each tag before
    """

    def __init__(self, writer: Writer, sizes: Mapping[str, int]) -> None:
        self._writer = writer
        self._sizes = sizes
        rows = writer.query("SELECT tag, wide, col FROM tag_column").to_pylist()
        self._old: dict[str, tuple[str, str]] = {row["tag"]: (row["wide"], row["col"]) for row in rows}
        self._pending: list[_Pending] = []

    def write(
        self, name: str, definitions: tuple[Definition, ...], sql: str, log: Log, *, only: bool
    ) -> dict[str, int]:
        """Compute one wide table and log what changed. Measures are values, not tags: they change without news."""
        kind = "TEMP TABLE" if only else "TABLE"
        fresh = f"fresh_{name}"
        self._writer.execute(f"CREATE OR REPLACE {kind} {fresh} AS {sql}")
        if only:
            # Read once: a few rows of every block, which costs as much as the whole table.
            self._writer.execute(f"CREATE OR REPLACE TEMP TABLE old_wide AS FROM {name} WHERE cid IN (FROM changed)")
        for wide, group in self._by_old(definitions).items():
            self._log(fresh, "old_wide" if only else wide, group, log)
        self._pending.append(_Pending(name, definitions))
        rows = f"SELECT *, 1 AS sign FROM {fresh}"
        if only:
            # The fresh table of a merge holds the changed customers only; the others have what they had.
            rows += " UNION ALL BY NAME SELECT *, -1 AS sign FROM old_wide"
        found = self._writer.query(f"SELECT {counted(definitions)} FROM ({rows})").to_pylist()[0]
        return {each: int(n or 0) + (self._sizes[each] if only else 0) for each, n in found.items()}

    def _by_old(self, definitions: Sequence[Definition]) -> Mapping[str, list[Definition]]:
        groups: dict[str, list[Definition]] = {}
        for each in definitions:
            if each.feature is None and each.key in self._old:
                groups.setdefault(self._old[each.key][0], []).append(each)
        return groups

    def _log(self, fresh: str, old: str, group: Sequence[Definition], log: Log) -> None:
        pairs = [(_value(each, "n", each.name), _value(each, "o", self._old[each.key][1])) for each in group]
        columns = ", ".join(f"{new} AS n{i}, {old} AS o{i}" for i, (new, old) in enumerate(pairs))
        differ = " OR ".join(f"{new} IS DISTINCT FROM {old}" for new, old in pairs)
        differing = self._writer.execute(
            f"""CREATE OR REPLACE TEMP TABLE tag_diff AS SELECT coalesce(n.cid, o.cid) AS cid, {columns}
            FROM {fresh} n FULL JOIN {old} o ON o.cid = n.cid WHERE {differ}"""
        )
        if differing:
            changes = (
                "SELECT cid, CAST(o{0} AS VARCHAR) AS from_value, CAST(n{0} AS VARCHAR) AS to_value FROM tag_diff"
                " WHERE n{0} IS DISTINCT FROM o{0}"
            )
            log.add(Output.TAG, {each.key: changes.format(i) for i, each in enumerate(group)})

    def finish(self, *, only: bool) -> None:
        """Swap: drop the old tables and give the new ones their names; or put in the changed customers' rows."""
        if only:
            for each in self._pending:
                self._writer.execute(f"DELETE FROM {each.name} WHERE cid IN (FROM changed)")
                self._writer.execute(f"INSERT INTO {each.name} BY NAME FROM fresh_{each.name}")
                # A temporary table outlives the transaction, and would stand before a real one of its name.
                self._writer.execute(f"DROP TABLE fresh_{each.name}")
            return
        for wide in dict.fromkeys(wide for wide, _ in self._old.values()):
            self._writer.execute(f"DROP TABLE IF EXISTS {wide}")
        self._writer.execute("DELETE FROM tag_column")
        for each in self._pending:
            self._writer.execute(f"ALTER TABLE fresh_{each.name} RENAME TO {each.name}")
            for definition in each.definitions:
                self._writer.execute(
                    "INSERT INTO tag_column VALUES (?, ?, ?)", [definition.key, each.name, definition.name]
                )


def counted(definitions: Sequence[Definition]) -> str:
    """How many customers have each tag, by name, as columns over rows that carry a sign."""
    return ", ".join(_counted(each) for each in definitions)


def _counted(definition: Definition) -> str:
    name = f'"{definition.name}"'
    has = name if definition.is_plain else f"{name} IS NOT NULL"
    return f"CAST(sum(CASE WHEN {has} THEN sign END) AS BIGINT) AS {name}"


def _value(definition: Definition, side: str, column: str) -> str:
    """A tag's value as change_log has it: the value, or true for a tag without values; NULL = has it not."""
    text = f'{side}."{column}"'
    return f"nullif({text}, false)" if definition.is_plain else text


def _count(writer: Writer, relation: str) -> int:
    return int(writer.query(f"SELECT count(*)::BIGINT AS n FROM {relation}")["n"][0].as_py())
