"""Counts out of what is computed already: tags from their tables, as sets of customers.

A count asked for now, of tags, layers, audiences and what customers are, needs no look at events, as long as the
results contain everything that is known. Each tag becomes a bitmap, kept until results or facts are others; the tree is
set algebra. Anything else (an as_of, events in the condition, results that lag) is for the printed query, which gives
the same answer.
"""

import threading
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from functools import lru_cache
from typing import Final

from pyroaring import BitMap

from potager.facts.warehouse import Warehouse
from potager.insight import beside, refresh
from potager.insight.conditions.base import BoundLeaf
from potager.insight.conditions.features import ZERO, Measure
from potager.insight.conditions.logic import AllOf, AnyOf, Bound, NotOf, RuleTag
from potager.insight.conditions.ops import Test
from potager.insight.dialects import printed
from potager.insight.dictionaries import binding_of
from potager.insight.fields import Fields, Kind
from potager.insight.membership import bitmap_of
from potager.insight.moment import Moment
from potager.insight.programs import Definition
from potager.insight.slots import Binding, Slots, utc_text
from potager.insight.sql import COLUMN
from potager.insight.statements import Statement, members_statement

_MOST: Final = 256


@dataclass(slots=True)
class Known:
    """The bitmaps of one state of results and facts."""

    warehouse: Warehouse | None = None
    work: refresh.Work | None = None
    version: tuple[object, ...] = ()
    sets: dict[object, BitMap] = field(default_factory=dict)


_known = Known()
_lock = threading.Lock()


def members(bound: Bound, fields: Fields, moment: Moment, owner: Warehouse) -> BitMap | None:
    """Who the condition selects now; None when that cannot be told from results."""
    work = refresh.prepare(fields)
    definitions = {each.key: each for level in work.levels for each in level if each.name == f"tag:{each.key}"}
    tags = dict.fromkeys(_tags(bound, definitions))
    if not tags or None in tags:
        return None
    standing, upto = refresh.states(owner), _watermark(owner)
    for key in tags:
        state = standing.get(f"tag:{key}")
        if state is None or (state.upto_seq, state.definition_hash) != (upto, work.hashes[f"tag:{key}"]):
            return None
    as_of = min(state.as_of for state in standing.values())
    if (
        moment.date_of(as_of) != moment.day
        or work.moved_after(as_of)
        or _came_due(owner, utc_text(as_of), utc_text(moment.at))
    ):
        return None
    binding = binding_of(moment, owner.query)
    newest = max(state.as_of for state in standing.values())
    places = {row["tag"]: (row["wide"], row["col"]) for row in owner.query("FROM tag_column").to_pylist()}
    return _Asking(owner, binding, definitions, places, _sets_of(owner, work, (upto, newest, moment.day))).of(bound)


def everybody(owner: Warehouse) -> int:
    """How many live customers there are."""
    return int(owner.query("SELECT count(*)::BIGINT AS n FROM customer WHERE live")["n"][0].as_py())


def _tags(bound: Bound, definitions: Mapping[str, Definition]) -> list[str | None]:
    """The rule tags asked about; None among them for what results cannot answer."""
    match bound:
        case AllOf(parts) | AnyOf(parts):
            return [each for part in parts for each in _tags(part, definitions)]
        case NotOf(part):
            return _tags(part, definitions)
        case RuleTag(key=key, test=test):
            definition = definitions.get(key)
            return [key if definition is not None and _is_told(definition, test) else None]
        case _:
            return [None] if bound.measured is not None or not isinstance(bound.source, str) else []


def _is_told(definition: Definition, test: Test | None) -> bool:
    """Whether the stored value decides what the rule would: an average of money is compared without division, and
    whether there was anything to measure is not told by a property's value."""
    feature = definition.feature
    if feature is None:
        return True
    if any(feature.window.hours):
        return False
    if test is None:
        return feature.prop is None
    return not (feature.measure == Measure.AVG and feature.kind == Kind.MONEY)


@dataclass(frozen=True, slots=True)
class _Asking:
    """One question: what it reads from, and the bitmaps it may use again."""

    owner: Warehouse
    binding: Binding
    definitions: Mapping[str, Definition]
    places: Mapping[str, tuple[str, str]]
    sets: dict[object, BitMap]

    def of(self, bound: Bound) -> BitMap:
        match bound:
            case AllOf(parts):
                return BitMap.intersection(self._everybody(), *map(self.of, parts))
            case AnyOf(parts):
                return BitMap.union(BitMap(), *map(self.of, parts))
            case NotOf(part):
                return self._everybody() - self.of(part)
            case RuleTag(key=key, test=test):
                return self._once((key, test), lambda: self._tag(key, test))
            case _:
                # Lists, layers and relations move without a new fact of their own: looked up each time.
                return self._leaf(bound)

    def _everybody(self) -> BitMap:
        return self._once(
            "live", lambda: bitmap_of(self.owner.query("SELECT cid FROM customer WHERE live ORDER BY cid"))
        )

    def _once(self, key: object, find: Callable[[], BitMap]) -> BitMap:
        if (found := self.sets.get(key)) is None:
            if len(self.sets) >= _MOST:
                self.sets.clear()
            found = self.sets[key] = find()
        return found

    def _tag(self, key: str, test: Test | None) -> BitMap:
        wide, column = self.places[key]
        definition = self.definitions[key]
        if definition.is_plain:
            return bitmap_of(self.owner.query(f'SELECT cid FROM {wide} WHERE "{column}"'))
        statement = _value_statement(definition, test, wide, column)
        return bitmap_of(self.owner.query(statement.filled(self.binding)))

    def _leaf(self, leaf: BoundLeaf) -> BitMap:
        statement = members_statement(leaf)
        lists = beside.tables(statement.beside, self.binding.moment.at, self.owner.query)
        return bitmap_of(self.owner.query(statement.filled(self.binding), beside=lists))


@lru_cache(maxsize=512)
def _value_statement(definition: Definition, test: Test | None, wide: str, column: str) -> Statement:
    """Whose stored value passes. A count of nothing is stored as no value, and is 0 where it is compared."""
    import ibis

    feature, slots = definition.feature, Slots()
    kind = "string" if feature is None else "float64" if feature.kind == Kind.NUMBER else COLUMN[feature.kind]
    rows = ibis.table({"cid": "int32", column: kind}, name=wide)
    value = rows[column]
    if feature is not None and feature.measure in ZERO:
        value = value if test is None else value.fill_null(0)
    passing = rows.filter(value.notnull() if test is None else test.sql(value, slots)).select("cid")
    return Statement(printed(passing), dict(slots.given))


def _sets_of(owner: Warehouse, work: refresh.Work, version: tuple[object, ...]) -> dict[object, BitMap]:
    """The bitmaps known of this state; those of another are let go."""
    global _known
    with _lock:
        if _known.warehouse is not owner or _known.work is not work or _known.version != version:
            _known = Known(owner, work, version)
        return _known.sets


def _watermark(owner: Warehouse) -> int:
    return int(owner.query("SELECT seq FROM watermark WHERE name = 'journal'")["seq"][0].as_py())


def _came_due(owner: Warehouse, after: str, until: str) -> bool:
    """Whether a fact dated ahead of the results lies behind us now."""
    if after == until:
        return False
    within = f"ts > TIMESTAMP '{after}' AND ts <= TIMESTAMP '{until}'"
    tables = ("event", "orders", "refund")
    some = " UNION ALL ".join(f"(SELECT 1 AS x FROM {table} WHERE {within} LIMIT 1)" for table in tables)
    return bool(owner.query(some).num_rows)
