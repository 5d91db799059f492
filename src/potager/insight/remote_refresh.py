"""The refresh on a distributed engine: everything in full, out of the facts a copy brought.

The definitions are the compiled programs of every refresh, printed for the engine; what is written by hand is
translated (insight.dialects). Only the writing differs: new tables stand beside the old until all is computed, then
they are exchanged one by one, `result_state` last. So a refresh that ends half-way leaves the answers there were, or in
the moment of the exchanges some newer ones, labelled as what they were. It writes no change_log: no news for journeys.
"""

import time
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime
from typing import Final

import pyarrow as pa
from pyroaring import BitMap

from potager.core import clock
from potager.core.errors import Conflict
from potager.core.ids import new_token
from potager.facts.warehouse import Target
from potager.facts.warehouse.literals import literals
from potager.insight import beside, catalogue, refresh
from potager.insight.dictionaries import binding_of
from potager.insight.membership import bitmap_of
from potager.insight.moment import Moment
from potager.insight.programs import Definition, Output, Program
from potager.insight.refresh import Report, Work
from potager.insight.rfm import cells_sql, layers_sql, thresholds_sql, values_sql
from potager.insight.slots import Binding
from potager.insight.staging import Staging
from potager.insight.swap import Version, counted, next_version

_BY_CID: Final = ("cid",)
_COLUMN: Final = pa.schema([("tag", pa.string()), ("wide", pa.string()), ("col", pa.string())])
_THRESHOLD_FIELDS: Final[list[tuple[str, pa.DataType]]] = [
    ("model", pa.string()), ("day", pa.date32()), ("buyers", pa.int64()), ("days", pa.float64()),
    ("orders", pa.float64()), ("amount", pa.float64()), ("cuts", pa.string()),
]  # fmt: skip
_THRESHOLD: Final = pa.schema(_THRESHOLD_FIELDS)
# What is read before it was ever written; everything else comes with the copy.
_READ: Final = {"result_state": refresh.STATE, "tag_column": _COLUMN, "rfm_threshold": _THRESHOLD}
# In the order of their exchange, behind the tables of tags.
_RESULTS: Final = ("tag_column", "layer_history", "layer_now", "rfm_threshold", "audience_version", "result_state")
_VERSION: Final = "audience, version, computed_at, as_of, n, bitmap"


def run(target: Target, as_of: str | date | datetime | None = None) -> Report:
    """Rebuild everything as of an instant.

    Raises Conflict("insight.refresh") for an instant before the last one, and when another refresh ended meanwhile.
    """
    work = refresh.prepare(catalogue.load())
    with target.heavy():
        at = clock.as_of(as_of)
        started = time.perf_counter()
        for table, schema in _READ.items():
            target.create(table, schema)
        known, moment = refresh.states(target), Moment(at, work.fields.zone)
        refresh.only_forward(at, max([_newest(target, work, moment), *(state.as_of for state in known.values())]))
        upto = int(target.query("SELECT seq FROM watermark WHERE name = 'journal'")["seq"][0].as_py())
        stage = Staging(target)
        try:
            computed = _Computing(stage, work, moment, binding_of(moment, target.query))
            computed.everything(work.programs(only=False, dialect=target.capabilities.name))
            ms = round((time.perf_counter() - started) * 1000)
            stage.put("result_state", refresh.state_rows(work, moment, upto=upto, sizes=computed.sizes, ms=ms))
            if refresh.states(target) != known:
                raise _overtaken()
            gone = _wides(target.query("SELECT wide FROM tag_column")) - computed.wides.keys()
            stage.exchange([*computed.wides, *(name for name in _RESULTS if name in stage.names)])
        finally:
            stage.clear()
        for name in sorted(gone):
            target.drop(name)
    return Report(new_token("r"), at, upto, "full", 0, len(work.hashes), ms)


@dataclass(frozen=True, slots=True)
class _Computing:
    """One refresh.

    sizes  how many customers each result has, by name
    wides  the tags of each table of tags made
    """

    stage: Staging
    work: Work
    moment: Moment
    binding: Binding
    sizes: dict[str, int] = field(default_factory=dict)
    wides: dict[str, tuple[Definition, ...]] = field(default_factory=dict)

    def everything(self, compiled: Sequence[Program]) -> None:
        """All levels, lowest first: RFM models look at orders alone, so they come before everything."""
        self._rfm()
        for number, program in enumerate(compiled):
            self._level(program, number)
        self.stage.put("tag_column", _columns(self.wides))
        self.stage.write("layer_now", _NOW, _BY_CID)

    def _rfm(self) -> None:
        layers, limits = {}, {}
        for number, (key, settings) in enumerate(self.work.rfm.items()):
            values, limit = f"rfm_value_{number}", f"rfm_limit_{number}"
            self.stage.write(values, values_sql(settings, self.moment), _BY_CID)
            self.stage.write(limit, thresholds_sql(settings, values, self.work.fields.currency, portable=True))
            layers[key] = layers_sql(f"({cells_sql(settings, values, limit)})")
            limits[key] = limit
        if layers:
            self._turn(layers)
            self.stage.write("rfm_threshold", thresholds_with(limits, self.moment.day))

    def _level(self, program: Program, number: int) -> None:
        for name, rows in beside.tables(program.beside, self.moment.at, self.stage.ask).items():
            self.stage.put(name, rows)
        for scan in program.scans:
            if scan.kept not in self.stage.names:
                self.stage.make(scan.kept, scan.statement.filled(self.binding), _BY_CID)
        if program.flags is not None:
            self.stage.make("flags", program.flags.filled(self.binding), _BY_CID)
        for part, (definitions, statement) in enumerate(program.wide):
            sql = statement.filled(self.binding)
            if definitions[0].output == Output.TAG:
                self._tags(f"tag_wide_{number}_{part}", definitions, sql)
            else:
                self.stage.make("result", sql, _BY_CID)
                self._turn({each.key: _layer_of(each) for each in definitions if each.output == Output.LAYER})
                self._audiences([each for each in definitions if each.output == Output.AUDIENCE])

    def _tags(self, name: str, definitions: tuple[Definition, ...], sql: str) -> None:
        self.stage.make(name, typed(definitions, sql), _BY_CID)
        self.wides[name] = definitions
        [found] = self.stage.ask(f"SELECT {counted(definitions)} FROM (SELECT *, 1 AS sign FROM {name})").to_pylist()
        self.sizes.update((each, int(n or 0)) for each, n in found.items())

    def _turn(self, layers: dict[str, str]) -> None:
        """End and begin the spells of these models, each with the SELECT of (cid, layer) that tells its layers."""
        if not layers:
            return
        told = [f"SELECT '{key}' AS model, cid, layer FROM ({sql}) l" for key, sql in layers.items()]
        self.stage.write("fresh_layer", " UNION ALL ".join(told), _BY_CID)
        self.stage.write("layer_history", turned(layers, self.moment.day), _BY_CID)
        rows = self.stage.ask(
            "SELECT model, CAST(count(*) AS BIGINT) AS n FROM layer_history"
            f" WHERE to_day IS NULL AND model IN ({literals(layers)}) GROUP BY model"
        ).to_pylist()
        found = {row["model"]: int(row["n"]) for row in rows}
        self.sizes.update((f"layer:{key}", found.get(key, 0)) for key in layers)

    def _audiences(self, definitions: Sequence[Definition]) -> None:
        """A new version of each audience whose members are others than those of its newest."""
        if not definitions:
            return
        rows = self.stage.ask(_NEWEST.format(keys=literals(each.key for each in definitions))).to_pylist()
        newest = {
            row["audience"]: Version(row["version"], BitMap.deserialize(bytes.fromhex(row["bitmap"]))) for row in rows
        }
        fresh = []
        for each in definitions:
            now = bitmap_of(self.stage.ask(f'SELECT cid FROM result WHERE "{each.name}"'))
            self.sizes[each.name] = len(now)
            fresh.append(next_version(each.key, newest.get(each.key), now, self.moment.at))
        versions = pa.concat_tables(fresh)
        if versions.num_rows:
            self.stage.put("fresh_version", versions)
            both = (f"SELECT {_VERSION} FROM {table}" for table in ("audience_version", "fresh_version"))
            self.stage.write("audience_version", " UNION ALL ".join(both))


_NOW: Final = "SELECT model, cid, layer, from_day AS since FROM layer_history WHERE to_day IS NULL"
_NEWEST: Final = """
SELECT audience, version, hex(bitmap) AS bitmap FROM audience_version WHERE audience IN ({keys})
QUALIFY row_number() OVER (PARTITION BY audience ORDER BY version DESC) = 1"""
# A spell that began today and ends today was never seen on any day.
_TURNED: Final = """
WITH standing AS (
    SELECT model, cid, layer, from_day FROM layer_history WHERE to_day IS NULL AND model IN ({models})
)
SELECT model, cid, layer, from_day, to_day FROM layer_history WHERE to_day IS NOT NULL OR model NOT IN ({models})
UNION ALL
SELECT o.model, o.cid, o.layer, o.from_day, CASE WHEN n.layer = o.layer THEN NULL ELSE {day} END AS to_day
FROM standing o LEFT JOIN fresh_layer n ON n.model = o.model AND n.cid = o.cid
WHERE n.layer = o.layer OR o.from_day <> {day}
UNION ALL
SELECT n.model, n.cid, n.layer, {day} AS from_day, CAST(NULL AS DATE) AS to_day
FROM fresh_layer n LEFT JOIN standing o ON o.model = n.model AND o.cid = n.cid
WHERE o.layer IS NULL OR o.layer <> n.layer"""


def turned(models: Iterable[str], day: date) -> str:
    """The history of layers once `fresh_layer` (model, cid, layer) holds on a day: spells of other layers end with the
    day before, new ones begin; of models not named, and of whoever stays, everything stands."""
    return _TURNED.format(models=literals(models), day=_date(day))


def thresholds_with(limits: dict[str, str], day: date) -> str:
    """The thresholds with those of a day, by model the table that holds them, in place of what that day had."""
    columns = "buyers, days, orders, amount, cuts"
    others = f"day <> {_date(day)} OR model NOT IN ({literals(limits)})"
    kept = f"SELECT model, day, {columns} FROM rfm_threshold WHERE {others}"
    fresh = [f"SELECT '{key}' AS model, {_date(day)} AS day, {columns} FROM {table}" for key, table in limits.items()]
    return " UNION ALL ".join([kept, *fresh])


def typed(definitions: Iterable[Definition], select: str) -> str:
    """The columns of tags with conditions told to be true or false: to some engines they are the numbers 1 and 0."""
    columns = (
        f"CAST(`{each.name}` AS BOOLEAN) AS `{each.name}`" if each.is_plain else f"`{each.name}`"
        for each in definitions
    )
    return f"SELECT cid, {', '.join(columns)} FROM ({select}) AS w"


def _layer_of(definition: Definition) -> str:
    return f'SELECT cid, "{definition.name}" AS layer FROM result'


def _columns(wides: dict[str, tuple[Definition, ...]]) -> pa.Table:
    rows = [{"tag": each.key, "wide": wide, "col": each.name} for wide, some in wides.items() for each in some]
    return pa.Table.from_pylist(rows, schema=_COLUMN)


def _newest(target: Target, work: Work, moment: Moment) -> datetime:
    """The last instant the history of what is computed knows of: it may have come with a copy."""
    names = [name.partition(":") for name in work.hashes]
    models, audiences = (literals(["", *(key for of, _, key in names if of == kind)]) for kind in ("layer", "audience"))
    spells = f"SELECT max(from_day) AS f, max(to_day) AS t FROM layer_history WHERE model IN ({models})"
    days = target.query(spells).to_pylist()[0]
    versions = f"SELECT max(as_of) AS last FROM audience_version WHERE audience IN ({audiences})"
    [at] = target.query(versions)["last"].to_pylist()
    found = [moment.start_of(day) for day in days.values() if day is not None]
    return max(
        [*found, *([at.replace(tzinfo=UTC)] if at is not None else [])], default=datetime.min.replace(tzinfo=UTC)
    )


def _wides(rows: pa.Table) -> set[str]:
    return {str(wide) for wide in rows["wide"].to_pylist()}


def _overtaken() -> Conflict:
    return Conflict(
        "insight.refresh",
        zh="另一次刷新在这期间先完成了，这一次没有改动任何结果：需要的话请再执行一次",
        en="Another refresh ended meanwhile, and this one changed nothing: run it again where it is needed",
    )


def _date(day: date) -> str:
    return f"DATE '{day.isoformat()}'"
