"""Computing every rule tag, layer and live audience, and swapping the results in.

One warehouse transaction holds it all: the new tables, the history, the differences in change_log, and how far it
looked (`upto_seq`). The loader waits meanwhile, so nothing lies between what was read and what is written.
`run` rebuilds everything; `merge` adds the events that came to what was computed, and recomputes the customers of
whom that would not tell the truth (docs/adr/0080).
"""

import time
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Final

import pyarrow as pa

from potager.core import clock
from potager.core.errors import Conflict
from potager.core.ids import new_token
from potager.core.models import Watermark
from potager.facts.warehouse import Target, Warehouse, Writer
from potager.insight import catalogue, changed, cost, layers, programs, swap, tables
from potager.insight.dialects import DUCKDB
from potager.insight.dictionaries import binding_of
from potager.insight.fields import Fields
from potager.insight.forwarder import WATERMARK
from potager.insight.layers import RfmSettings
from potager.insight.moment import Moment
from potager.insight.programs import Definition, Output, Program
from potager.insight.rfm import values_table
from potager.insight.scans import Scans
from potager.insight.slots import Binding
from potager.insight.statements import fingerprint
from potager.insight.swap import REBUILD, REFRESH, Log

_STATE_FIELDS: Final[list[tuple[str, pa.DataType]]] = [
    ("name", pa.string()),
    ("as_of_day", pa.date32()),
    ("upto_seq", pa.int64()),
    ("definition_hash", pa.string()),
    ("computed_at", pa.timestamp("us")),
    ("ms", pa.int64()),
    ("n", pa.int64()),
    ("as_of", pa.timestamp("us")),
]
STATE: Final = pa.schema(_STATE_FIELDS)


@dataclass(frozen=True, slots=True)
class Report:
    """What a refresh did. mode: full; merge when only changed customers were recomputed; none when nothing is new."""

    refresh_id: str
    as_of: datetime
    upto_seq: int
    mode: str
    changes: int
    names: int
    ms: int


@dataclass(frozen=True, slots=True)
class State:
    """What a result stands at."""

    as_of: datetime
    upto_seq: int
    definition_hash: str
    n: int


@dataclass(frozen=True, slots=True)
class Work:
    """What is to be computed.

    hashes  by name, what each definition means; and after a dot, where it looks at lists given from outside, what it
            means with those lists as they are now: see `_bind`
    """

    fields: Fields
    rfm: Mapping[str, RfmSettings]
    levels: Sequence[tuple[Definition, ...]]
    hashes: Mapping[str, str]

    def edited(self, known: Mapping[str, "State"]) -> frozenset[str]:
        """The names whose definition is not the one the results were computed with. A new upload of a list they look
        at is no edit: who enters by it enters."""
        return frozenset(
            name
            for name, text in self.hashes.items()
            if name in known and _rule_of(known[name].definition_hash) != _rule_of(text)
        )

    def moved_after(self, as_of: datetime) -> bool:
        """Whether lists given from outside, uploaded or scheduled, became others after results as of this instant."""
        audiences = (each.at for each in self.fields.audiences.values() if each.at is not None)
        return any(at > as_of for at in (*audiences, *(each.at for each in self.fields.lists.values())))

    def programs(self, *, only: bool, dialect: str = DUCKDB) -> list[Program]:
        return [programs.compile_level(level, only=only, dialect=dialect) for level in self.levels]


def run(as_of: str | date | datetime | None = None, *, cause: str = REFRESH) -> Report:
    """Rebuild everything as of an instant. cause "rebuild" says that history was brought in: no journey starts.

    Raises Conflict("insight.refresh") for an instant before the last one: results only move forward.
    """
    return _refresh(as_of, cause, merge_wanted=False)


def merge() -> Report:
    """Bring the results up to now by recomputing changed customers; in full where that would not be exact."""
    return _refresh(None, REFRESH, merge_wanted=True)


def prepare(fields: Fields) -> Work:
    """Bind every definition of these fields, in levels. Bound once, as long as the fields stay what they are."""
    global _prepared
    known = _prepared
    if known is None or known.fields != fields:
        known = _prepared = _bind(fields)
    return known


_prepared: Work | None = None


def _bind(fields: Fields) -> Work:
    rfm = {
        model.key: layers.rfm_settings({key: value for key, value in model.rule.items() if key != "kind"}, fields)
        for model in fields.layers.values()
        if model.rule["kind"] == "rfm"
    }
    found = programs.definitions_of(fields)
    base = {f"layer:{key}": fingerprint(settings) for key, settings in rfm.items()}
    # Members that no refresh computes: a definition that looks at them is computed anew when they are others.
    given = {f"list:{each.key}": str(each.upload) for each in fields.lists.values()}
    given |= {f"audience:{each.key}": str(each.run) for each in fields.audiences.values() if each.scheduled}
    rules = programs.fingerprints(found, base)
    now = programs.fingerprints(found, base | given) if given else rules
    hashes = {name: text if now[name] == text else f"{text}.{now[name]}" for name, text in rules.items()}
    return Work(fields, rfm, programs.levels_of(found), hashes)


def _rule_of(text: str) -> str:
    return text.partition(".")[0]


def describe(fields: Fields, of: Output | None = None, sizes: Mapping[str, int] | None = None) -> str:
    """What a refresh computes, level by level, as a person can read it.

    of     tags, layer models or audiences alone, as they would be planned without the others
    sizes  the rows of cost.TABLES, to tell what each level would cost
    """
    work = prepare(fields)
    parts = []
    if of in {None, Output.LAYER}:
        parts += [f"rfm {key}: orders of {settings.days} days" for key, settings in work.rfm.items()]
    for number, level in enumerate(work.levels):
        if some := [each for each in level if of in {None, each.output}]:
            planned = programs.plan_of(some)
            parts.append(f"level {number}\n{planned.describe()}")
            if sizes is not None:
                parts[-1] += f"\ncost: {cost.of_plan(planned, sizes)}"
    return "\n\n".join(parts)


def states(owner: Warehouse | Target) -> dict[str, State]:
    """What each result stands at, by name ("tag:…", "layer:…", "audience:…")."""
    rows = owner.query("SELECT name, as_of, upto_seq, definition_hash, n FROM result_state").to_pylist()
    return {
        row["name"]: State(row["as_of"].replace(tzinfo=UTC), row["upto_seq"], row["definition_hash"], row["n"] or 0)
        for row in rows
    }


def _refresh(as_of: str | date | datetime | None, cause: str, *, merge_wanted: bool) -> Report:
    work = prepare(catalogue.load())
    owner = tables.opened(work.fields)
    with owner.heavy():
        # Read after the wait for another refresh, or now would lie before what that one has computed.
        at = clock.as_of(as_of)
        known = states(owner)
        newest = max((state.as_of for state in known.values()), default=at)
        only_forward(at, newest)
        moment = Moment(at, work.fields.zone)
        brought = _brought_in(owner, known)
        only = merge_wanted and not brought and _can_merge(owner, work, known, moment)
        compiled = work.programs(only=only)
        # A warehouse made anew numbers its changes past those already forwarded.
        after = Watermark.objects.filter(name=WATERMARK).values_list("seq", flat=True).first() or 0
        with owner.write() as writer:
            started = time.perf_counter()
            upto = scalar(writer, "SELECT seq FROM watermark WHERE name = 'journal'")
            log = Log(
                writer,
                refresh_id=new_token("r"),
                at=at,
                after=after,
                all_cause=REBUILD if brought else cause,
                edited=work.edited(known),
                fresh=frozenset(work.hashes.keys() - known.keys()),
            )
            before = {name: state.n for name, state in known.items()}
            if only and not _find_changed(writer, known.values(), moment, compiled):
                if any(state.upto_seq != upto for state in known.values()):
                    # What came concerns nobody: the results know it nevertheless.
                    _write_states(writer, work, moment, upto=upto, sizes=before, ms=0)
                return Report(log.refresh_id, at, upto, "none", 0, len(work.hashes), 0)
            sizes = _compute(writer, work, compiled, moment, log, before=before if only else None)
            changes = log.finish()
            ms = round((time.perf_counter() - started) * 1000)
            _write_states(writer, work, moment, upto=upto, sizes=sizes, ms=ms)
        return Report(log.refresh_id, at, upto, "merge" if only else "full", changes, len(work.hashes), ms)


def _compute(
    writer: Writer,
    work: Work,
    compiled: Sequence[Program],
    moment: Moment,
    log: Log,
    *,
    before: Mapping[str, int] | None,
) -> dict[str, int]:
    """All levels, lowest first: RFM models look at orders alone, so they come before everything.

    before  a merge: how many customers each result had
    Returns how many each has.
    """
    binding, only = binding_of(moment, writer.query), before is not None
    sizes: dict[str, int] = {}
    scans = Scans(writer, binding, only=only)
    orders = scans.facts_of("orders", changed.CONCERNED) if only and work.rfm else None
    for key, settings in work.rfm.items():
        currency = work.fields.currency
        sizes |= swap.rfm(writer, key, settings, moment=moment, log=log, currency=currency, orders=orders)
    if only:
        swap.add_changed(writer)
    level = _Level(writer, binding, scans, swap.WideTables(writer, before or {}), log)
    for number, program in enumerate(compiled):
        sizes |= level.compute(program, number, only=only)
    level.wide.finish(only=only)
    if not only:
        for name in sorted(tables.kept(writer) - _kept_names(work, compiled)):
            writer.execute(f"DROP TABLE {name}")
    return sizes


@dataclass(frozen=True, slots=True)
class _Level:
    """What every level of a refresh computes with."""

    writer: Writer
    binding: Binding
    scans: Scans
    wide: swap.WideTables
    log: Log

    def compute(self, program: Program, number: int, *, only: bool) -> dict[str, int]:
        swap.stage_lists(self.writer, program.beside, self.binding.moment.at)
        for scan in program.scans:
            self.scans.compute(scan)
        if program.flags is not None:
            self.writer.execute(f"CREATE OR REPLACE TEMP TABLE flags AS {program.flags.filled(self.binding)}")
        sizes: dict[str, int] = {}
        for part, (definitions, statement) in enumerate(program.wide):
            sql = statement.filled(self.binding)
            if definitions[0].output == programs.Output.TAG:
                sizes |= self.wide.write(f"tag_wide_{number}_{part}", definitions, sql, self.log, only=only)
            else:
                self.writer.execute(f"CREATE OR REPLACE TEMP TABLE result AS {sql}")
                sizes |= swap.others(self.writer, definitions, self.binding.moment, self.log, only=only)
        return sizes


def only_forward(at: datetime, newest: datetime) -> None:
    """Raises Conflict("insight.refresh") for an instant before the one results stand at."""
    if at < newest:
        raise Conflict(
            "insight.refresh",
            zh=f"结果已经算到 {newest:%Y-%m-%d %H:%M}（UTC），不能退回更早的时间",
            en=f"Results stand at {newest:%Y-%m-%d %H:%M} UTC already and do not go back",
        )


def _can_merge(owner: Warehouse, work: Work, known: Mapping[str, State], moment: Moment) -> bool:
    """Whether adding what is new gives what a full run would: same definitions, same business date, something to add
    to, and nothing that changes with facts of other people (households) or by another computation (value)."""
    same = {name: state.definition_hash for name, state in known.items()} == dict(work.hashes)
    today = all(moment.date_of(state.as_of) == moment.day for state in known.values())
    if not (known and same and today) or work.moved_after(min(state.as_of for state in known.values())):
        return False
    compiled = work.programs(only=True)
    if any(program.plan.asks_of_others for program in compiled) or _value_moved(owner, work):
        return False
    return _kept_names(work, compiled) <= tables.kept(owner)


def _kept_names(work: Work, compiled: Iterable[Program]) -> set[str]:
    """The tables of what is computed once and added to afterwards."""
    scans = {scan.kept for program in compiled for scan in program.scans}
    return scans | {values_table(settings) for settings in work.rfm.values()}


def _value_moved(owner: Warehouse, work: Work) -> bool:
    """Whether definitions look at customer value and it was fitted since: it changes for everybody, without any new
    fact of theirs."""
    if not any(leaf.source == "value" for program in work.programs(only=True) for leaf in program.plan.leaves):
        return False
    fitted = "SELECT max(computed_at) FROM value_fit WHERE error IS NULL"
    rows = owner.query(f"SELECT coalesce(({fitted}) >= min(computed_at), false) AS moved FROM result_state")
    return bool(rows["moved"][0].as_py())


def _brought_in(owner: Warehouse, known: Mapping[str, State]) -> bool:
    """Whether history was loaded in bulk since: its changes are old news."""
    upto = max((state.upto_seq for state in known.values()), default=None)
    if upto is None:
        return False
    rows = owner.query("SELECT count(*)::BIGINT AS n FROM bulk_load WHERE seq > ?", [upto])
    return bool(rows["n"][0].as_py())


def _find_changed(writer: Writer, known: Iterable[State], moment: Moment, compiled: Iterable[Program]) -> int:
    """Whom a merge has to look at: see insight.changed. Returns how many."""
    oldest = min(known, key=lambda each: (each.upto_seq, each.as_of))
    hours = frozenset().union(*(program.plan.hours for program in compiled))
    return changed.find(writer, upto=oldest.upto_seq, as_of=oldest.as_of, moment=moment, hours=hours)


def _write_states(writer: Writer, work: Work, moment: Moment, *, upto: int, sizes: Mapping[str, int], ms: int) -> None:
    writer.execute("DELETE FROM result_state")
    writer.append("result_state", state_rows(work, moment, upto=upto, sizes=sizes, ms=ms))


def state_rows(work: Work, moment: Moment, *, upto: int, sizes: Mapping[str, int], ms: int) -> pa.Table:
    """What every result stands at after this refresh."""
    at = moment.at.astimezone(UTC).replace(tzinfo=None)
    computed = clock.wall().replace(tzinfo=None)
    rows = [
        {
            "name": name,
            "as_of_day": moment.day,
            "upto_seq": upto,
            "definition_hash": text,
            "computed_at": computed,
            "ms": ms,
            "n": sizes.get(name),
            "as_of": at,
        }
        for name, text in work.hashes.items()
    ]
    return pa.Table.from_pylist(rows, schema=STATE)


def scalar(writer: Writer, sql: str) -> int:
    """The one number of a one-row answer, 0 when there is none."""
    column = writer.query(sql).column(0)
    return int(column[0].as_py() or 0) if len(column) else 0
