"""What a condition would cost, told from the plan and the sizes of tables before anything is read.

A cell is one row looked at for one aggregate, one step of a sequence, or one leaf of its own rows. Cells are what
time goes with (benchmarks: about 40 ns a cell on two cores); the guard refuses what would keep everybody waiting.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Final

from potager.core import choices
from potager.core.errors import Problem
from potager.facts.warehouse import Warehouse
from potager.insight.conditions.leaves.sequence import SequenceLeaf
from potager.insight.conditions.logic import Bound
from potager.insight.plan import Plan, make_plan
from potager.insight.programs import Definition, plan_of

MOST_CELLS: Final = "insight.most_cells"
_DEFAULT: Final = 2_000_000_000
_NANOSECONDS: Final = 40
TABLES: Final = ("event", "orders", "order_item", "refund", "customer")


@dataclass(frozen=True, slots=True)
class Estimate:
    """rows: read from the warehouse, once per scan."""

    scans: int
    rows: int
    cells: int

    @property
    def seconds(self) -> float:
        return self.cells * _NANOSECONDS / 1e9

    def __str__(self) -> str:
        return f"{self.scans} scans of {self.rows:,} rows, {self.cells:,} operations, about {self.seconds:,.2f} s"

    def __add__(self, other: "Estimate") -> "Estimate":
        return Estimate(self.scans + other.scans, self.rows + other.rows, self.cells + other.cells)


def estimate(bound: Bound, sizes: Mapping[str, int]) -> Estimate:
    """The cost of selecting by a condition; `sizes` are the rows of TABLES."""
    plan = make_plan({"": bound})
    total = of_plan(plan, sizes)
    for leaf in plan.leaves:
        for inner in leaf.inner:
            total += estimate(inner, sizes)
    return total


def of_plan(plan: Plan, sizes: Mapping[str, int]) -> Estimate:
    """The cost of one plan: its scans, and the leaves that look at rows of their own."""
    total = Estimate(0, sizes["customer"], sizes["customer"] * len(plan.leaves))
    for scan in plan.scans:
        total += Estimate(1, sizes[scan.table], sizes[scan.table] * len(scan.aggregates))
    for leaf in plan.leaves:
        if isinstance(leaf, SequenceLeaf):
            tables = dict.fromkeys((event.table, event.key) for event in leaf.chain.events)
            rows = sum(sizes[table] for table, _ in tables)
            total += Estimate(len(tables), rows, rows * (len(leaf.chain.events) + 3 * len(leaf.chain.stages)))
    return total


def of_definition(definition: Definition, sizes: Mapping[str, int]) -> Estimate:
    """The cost of computing one tag, layer model or audience by itself: what a refresh can never spend less on."""
    plan = plan_of([definition])
    total = of_plan(plan, sizes)
    for leaf in plan.leaves:
        for inner in leaf.inner:
            total += estimate(inner, sizes)
    return total


def guard(bound: Bound, owner: Warehouse) -> Estimate:
    """The estimate of a condition.

    Raises Problem("insight.cost") with it where it is beyond the house's limit.
    """
    return affordable(estimate(bound, owner.counts(TABLES)))


def affordable(found: Estimate) -> Estimate:
    """The same estimate.

    Raises Problem("insight.cost") with it where it is beyond the house's limit.
    """
    most = int(choices.get(MOST_CELLS, _DEFAULT))
    if found.cells > most:
        raise Problem(
            "insight.cost",
            zh=(
                f"这个条件太重：要扫描 {found.scans} 遍共 {found.rows:,} 行，{found.cells:,} 次计算，"
                f"约 {found.seconds:,.0f} 秒，超过上限 {most:,} 次；请减少不同的行为、步骤或度量"
            ),
            en=(
                f"This condition is too heavy: {found.scans} scans of {found.rows:,} rows, {found.cells:,} operations, "
                f"about {found.seconds:,.0f} s, beyond the limit of {most:,}; ask for fewer events, steps or measures"
            ),
        )
    return found
