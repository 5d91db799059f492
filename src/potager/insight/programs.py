"""What a refresh computes, level by level, and the SQL that does it. Pure but for the printing.

A level holds definitions that need only the results of lower ones: layer and audience leaves look into tables, so a
definition with such a leaf stands above what it names. Rule tags are opened where they are used and need no table.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from functools import lru_cache
from typing import Any, Final

from potager.insight.conditions.binding import bind_cases, bind_metric, bind_rule
from potager.insight.conditions.features import Feature
from potager.insight.conditions.logic import Bound, every_leaf
from potager.insight.dialects import DUCKDB, printed
from potager.insight.fields import Fields, Kind, TagKind, refusal
from potager.insight.layers import bind_layers, ordered_settings
from potager.insight.plan import Plan, make_plan
from potager.insight.scans import Printed, table_of
from potager.insight.sql import Printer, ScanTable
from potager.insight.statements import Statement, beside_of, fingerprint

# Wide tables of about this many columns: the measured optimum between joins and row width.
WIDE: Final = 20


class Output(StrEnum):
    TAG = "tag"
    LAYER = "layer"
    AUDIENCE = "audience"


@dataclass(frozen=True, slots=True)
class Definition:
    """One thing to compute. Exactly one of `feature` and `cases` is set; a plain condition is one case without value.

    kind  of a metric's value, else text
    """

    output: Output
    key: str
    cases: tuple[tuple[str, Bound], ...] = ()
    otherwise: str | None = None
    feature: Feature | None = None

    @property
    def name(self) -> str:
        return f"{self.output}:{self.key}"

    @property
    def is_plain(self) -> bool:
        """Whether it is a condition that holds or not, without a value."""
        return self.feature is None and len(self.cases) == 1 and self.cases[0][0] == ""

    @property
    def needs(self) -> frozenset[str]:
        """The layers and audiences it looks up."""
        needed = (leaf.needs for _, bound in self.cases for leaf in every_leaf(bound))
        return frozenset().union(*needed)


@dataclass(frozen=True, slots=True)
class Program:
    """One level: fill the scans' tables and `flags`, then select the wide columns. `only` restricts to `changed`."""

    definitions: tuple[Definition, ...]
    plan: Plan
    scans: tuple[Printed, ...]
    flags: Statement | None
    wide: tuple[tuple[tuple[Definition, ...], Statement], ...]
    beside: tuple[str, ...]


def definitions_of(fields: Fields, *, scheduled: bool = False) -> list[Definition]:
    """Everything a refresh computes, bound. RFM models have their own form (rfm.py); frozen audiences none.

    scheduled  also what is computed at its own times, to see that it can be
    """
    found = []
    for tag in fields.tags.values():
        rule = tag.rule or {}
        match tag.source:
            case TagKind.RULE:
                found.append(Definition(Output.TAG, tag.key, (("", bind_rule(rule, fields)),)))
            case TagKind.CASES:
                cases, otherwise = bind_cases(rule, fields)
                found.append(Definition(Output.TAG, tag.key, tuple(cases), otherwise))
            case TagKind.METRIC:
                found.append(Definition(Output.TAG, tag.key, feature=bind_metric(rule, fields)))
            case TagKind.MANUAL:
                pass
    for model in fields.layers.values():
        if model.rule["kind"] == "ordered":
            written = {key: value for key, value in model.rule.items() if key != "kind"}
            layers, rest = bind_layers(ordered_settings(written), fields)
            found.append(Definition(Output.LAYER, model.key, tuple(layers), rest))
    for audience in fields.audiences.values():
        if audience.is_live or (scheduled and audience.scheduled):
            case = ("", bind_rule(audience.rule, fields))
            found.append(Definition(Output.AUDIENCE, audience.key, (case,)))
    return found


def levels_of(definitions: Sequence[Definition]) -> list[tuple[Definition, ...]]:
    """The definitions in levels, lowest first.

    Raises Problem("insight.condition") when layers or audiences refer to each other in a circle.
    """
    left = list(definitions)
    waiting = {each.name for each in left if each.output != Output.TAG}
    levels = []
    while left:
        ready = [each for each in left if not each.needs & waiting]
        if not ready:
            names = "、".join(sorted(each.name for each in left))
            raise refusal(f"分层与人群互相引用：{names}", f"Layers and audiences refer to each other: {names}", "")
        levels.append(tuple(ready))
        waiting -= {each.name for each in ready}
        left = [each for each in left if each not in ready]
    return levels


def fingerprints(definitions: Sequence[Definition], base: Mapping[str, str]) -> dict[str, str]:
    """What each definition means, by name; a change of anything it looks up is a change of it. `base`: known ones."""
    found = dict(base)
    for level in levels_of(definitions):
        for each in level:
            below = [found.get(name, "") for name in sorted(each.needs)]
            found[each.name] = fingerprint(each.cases, each.otherwise, each.feature, below)
    return found


def plan_of(definitions: Sequence[Definition]) -> Plan:
    """The plan of one level."""
    conditions = {f"{each.name}[{i}]": bound for each in definitions for i, (_, bound) in enumerate(each.cases)}
    return make_plan(conditions, {each.name: each.feature for each in definitions if each.feature})


@lru_cache(maxsize=64)
def compile_level(definitions: tuple[Definition, ...], *, only: bool, dialect: str = DUCKDB) -> Program:
    """Print the SQL of one level for an engine. Equal levels are printed once, whatever the as_of."""
    import ibis

    restricted = "changed" if only else None
    plan = plan_of(definitions)
    printer = Printer(plan)

    def statement(expression: Any) -> Statement:
        return Statement(printed(expression, dialect), printer.slots.given)

    scans = [printer.scan(scan) for scan in plan.scans]
    stored = [
        ScanTable(ibis.table(table.schema(), name=table_of(scan, only=only)), scan.aggregates)
        for table, scan in zip(scans, plan.scans, strict=True)
    ]
    flags = printer.flags(stored, only=restricted)
    flag_table = None if flags is None else ibis.table(flags.schema(), name="flags")
    wide = []
    for chunk in _chunks(definitions):
        selected = _select(printer, chunk, stored, flag_table, restricted)
        wide.append((chunk, statement(selected)))
    return Program(
        definitions,
        plan,
        tuple(Printed(scan, statement(table)) for scan, table in zip(plan.scans, scans, strict=True)),
        None if flags is None else statement(flags),
        tuple(wide),
        beside_of(*plan.conditions.values()),
    )


def _chunks(definitions: Sequence[Definition]) -> list[tuple[Definition, ...]]:
    """Tags in wide tables of their own; layers and audiences together, since their tables live for one refresh."""
    tags = [each for each in definitions if each.output == Output.TAG]
    others = tuple(each for each in definitions if each.output != Output.TAG)
    chunks = [tuple(tags[i : i + WIDE]) for i in range(0, len(tags), WIDE)]
    return chunks + ([others] if others else [])


def _select(
    printer: Printer,
    definitions: Sequence[Definition],
    scans: Sequence[ScanTable],
    flags: Any,
    only: str | None,
) -> Any:
    """One row per live customer, one column per definition."""
    rows = printer.customers().select("cid")
    if only is not None:
        rows = rows.semi_join(printer.table(only), "cid")
    needed = sorted({printer.plan.scan_of(each.feature) for each in definitions if each.feature})
    if flags is not None and any(each.cases for each in definitions):
        rows = rows.left_join(flags, "cid").drop("cid_right")
    for number in needed:
        scan = scans[number]
        renamed = scan.table.rename({f"s{number}_a{i}": f"a{i}" for i in range(len(scan.aggregates))})
        rows = rows.left_join(renamed, "cid").drop("cid_right")
    columns = {each.name: _column(printer, each, rows) for each in definitions}
    return rows.select("cid", **columns)


def _column(printer: Printer, definition: Definition, rows: Any) -> Any:
    import ibis

    if definition.feature is not None:
        number = printer.plan.scan_of(definition.feature)
        scan = ScanTable(rows, printer.plan.scans[number].aggregates, f"s{number}_")
        value = printer.value(definition.feature, scan)
        return value.cast("float64") if definition.feature.kind == Kind.NUMBER else value
    if definition.is_plain:
        return printer.test(definition.cases[0][1], rows)
    branches = [(printer.test(bound, rows), ibis.literal(value)) for value, bound in definition.cases]
    otherwise = ibis.null("string") if definition.otherwise is None else ibis.literal(definition.otherwise)
    return ibis.cases(*branches, else_=otherwise) if branches else otherwise
