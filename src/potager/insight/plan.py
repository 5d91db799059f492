"""What has to be computed so that many definitions are answered together. Pure: no database, no SQL.

All definitions due together → distinct leaves → their event aggregates, grouped by event and scanned over the widest
window, at most MAX_AGGREGATES a query → flags: one bit per leaf → each definition a test of bits.
"""

from collections import defaultdict
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Final

from potager.insight.conditions.base import BoundLeaf, Rows, Words
from potager.insight.conditions.features import MERGED, Aggregate, Feature, Measured, Window
from potager.insight.conditions.logic import Bound, leaves
from potager.insight.conditions.where import filters, say_where
from potager.insight.fields import Fields

# More aggregates in one query make each group's state outgrow the processor's caches (measured: benchmarks/tags.py).
MAX_AGGREGATES: Final = 20
# Bits in one word: a signed 64-bit integer, kept clear of its sign.
WORD: Final = 62
_EN: Final = Words("en", Fields())


@dataclass(frozen=True, slots=True)
class Scan:
    """One query over one event: its aggregates, grouped by customer.

    since_added  rows count from the day the customer was added; needs the join that finds that day
    """

    table: str
    event: str
    since_added: bool
    aggregates: tuple[Aggregate, ...]

    @property
    def windows(self) -> tuple[Window, ...]:
        """The distinct windows of its aggregates."""
        return tuple(dict.fromkeys(each.window for each in self.aggregates))

    @property
    def adds_up(self) -> bool:
        """Whether what it computed and what it computes of new events alone make what it computes of all.

        Orders and refunds are corrected after the fact, the day a customer was added may move back, a window of
        hours loses events by the clock, and distinct values do not add.
        """
        return (
            self.table == "event"
            and not self.since_added
            and not any(window.hours for window in self.windows)
            and all(each.fn in MERGED for each in self.aggregates)
        )

    @property
    def is_open(self) -> bool:
        """Whether some window reaches back for ever."""
        return any(window.is_since_added or not (window.name or window.first) for window in self.windows)


@dataclass(frozen=True, slots=True)
class Plan:
    """The scans, the leaves by bit number, and what each definition is made of."""

    scans: tuple[Scan, ...]
    leaves: tuple[BoundLeaf, ...]
    conditions: Mapping[str, Bound] = field(default_factory=dict)
    features: Mapping[str, Feature] = field(default_factory=dict)

    @property
    def words(self) -> int:
        """How many integers hold all bits."""
        return -(-len(self.leaves) // WORD)

    def scan_of(self, feature: Measured) -> int:
        """The number of the scan that computes all of a feature."""
        wanted = set(feature.aggregates)
        for number, scan in enumerate(self.scans):
            if (scan.table, scan.event) == (feature.table, feature.key) and wanted <= set(scan.aggregates):
                return number
        raise KeyError(feature)

    @property
    def hours(self) -> frozenset[int]:
        """After how many hours a fact changes some answer without any new fact."""
        windows = (window.hours for scan in self.scans for window in scan.windows)
        return frozenset().union(*windows, *(leaf.hours for leaf in self.leaves))

    @property
    def asks_of_others(self) -> bool:
        """Whether an answer may change with facts of other customers, or with lists that leave no fact."""
        return not all(leaf.is_own for leaf in self.leaves)

    def describe(self) -> str:
        """The plan as a person can read it."""
        return "\n".join(_describe(self))


def make_plan(conditions: Mapping[str, Bound], features: Mapping[str, Feature] | None = None) -> Plan:
    """Plan these conditions and metric features together."""
    features = features or {}
    distinct = tuple(dict.fromkeys(leaf for bound in conditions.values() for leaf in leaves(bound)))
    wanted = [leaf.measured for leaf in distinct if leaf.measured is not None] + list(features.values())
    return Plan(_scans(wanted), distinct, conditions, features)


def _scans(features: Sequence[Measured]) -> tuple[Scan, ...]:
    by_event: dict[tuple[str, str, bool], dict[Measured, None]] = defaultdict(dict)
    for feature in features:
        by_event[feature.table, feature.key, feature.window.is_since_added][feature] = None
    scans: list[Scan] = []
    for (table, event, since_added), group in by_event.items():
        scans.extend(Scan(table, event, since_added, chunk) for chunk in _chunks(group))
    return tuple(scans)


def _chunks(features: Mapping[Measured, None]) -> list[tuple[Aggregate, ...]]:
    """The aggregates of one event in queries of bearable size; those of one feature stay together."""
    chunks: list[dict[Aggregate, None]] = []
    placed: set[Aggregate] = set()
    # Narrow windows together: a chunk scans no further back than its widest.
    for feature in sorted(features, key=lambda each: (each.window.name is None, repr(each.window))):
        needed = feature.aggregates
        if all(each in placed for each in needed) and any(set(needed) <= chunk.keys() for chunk in chunks):
            continue
        fresh = dict.fromkeys(needed)
        if not chunks or len(chunks[-1] | fresh) > MAX_AGGREGATES:
            chunks.append({})
        chunks[-1] |= fresh
        placed |= fresh.keys()
    return [tuple(chunk) for chunk in chunks]


def _describe(plan: Plan) -> list[str]:
    total = sum(len(scan.aggregates) for scan in plan.scans)
    lines = [
        (
            f"{len(plan.conditions)} conditions, {len(plan.features)} measures → {len(plan.leaves)} distinct leaves, "
            f"{total} aggregates in {len(plan.scans)} scans"
        )
    ]
    for number, scan in enumerate(plan.scans):
        span = "all history" if scan.is_open else "widest of " + ", ".join(map(_window, scan.windows))
        lines.append(f"scan {number}: {scan.event} in {scan.table}, {span}; reads {', '.join(_columns(scan))}")
        for each in scan.aggregates:
            where = f" where {say_where(each.where, _EN)}" if each.where else ""
            lines.append(f"    {each.fn}({each.column or '*'}){where} · {_window(each.window)}")
    for bit, leaf in enumerate(plan.leaves):
        source = leaf.source.NAME if isinstance(leaf.source, Rows) else leaf.source
        shown = source if leaf.measured is None else f"scan {plan.scan_of(leaf.measured)}"
        lines.append(f"bit {bit}: {_leaf(leaf)} ← {shown}")
    lines += [f"{name}: bits {_bits(plan, bound)}" for name, bound in plan.conditions.items()]
    lines += [f"{name}: {feature.measure} from scan {plan.scan_of(feature)}" for name, feature in plan.features.items()]
    return lines


def _columns(scan: Scan) -> list[str]:
    """What a scan reads of each row, besides what tells its event."""
    clauses = [clause for each in scan.aggregates for clause in each.where]
    named = [each.column for each in scan.aggregates if each.column] + [each.field.column for each in filters(clauses)]
    return list(dict.fromkeys(["cid", "ts", "day", *sorted(set(named) - {"cid", "ts", "day", "week"})]))


def _window(window: Window) -> str:
    if window.name:
        return f"before {window.name}" if window.before else window.name
    return f"{window.first or '…'} to {window.last or '…'}" if window.first or window.last else "ever"


def _leaf(leaf: BoundLeaf) -> str:
    return leaf.say(_EN)


def _bits(plan: Plan, bound: Bound) -> str:
    numbers = sorted({plan.leaves.index(leaf) for leaf in leaves(bound)})
    return ", ".join(map(str, numbers)) or "none"
