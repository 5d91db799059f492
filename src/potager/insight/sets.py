"""The set interpreter at work: who a condition selects, in the warehouse.

Conditions are written (`Condition`) or bound; as_of is None for now, a date for the end of that business day, or an
instant. The first call of a process imports the SQL printer (a second); `warm` does that ahead.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date, datetime
from typing import Final

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray
from pyroaring import BitMap

from potager.core import clock
from potager.insight import beside, catalogue, cost, instant, tables
from potager.insight.conditions import Condition, bind
from potager.insight.conditions.base import Node
from potager.insight.conditions.logic import AllOf, Bound
from potager.insight.dialects.by_hand import reader
from potager.insight.dictionaries import binding_of
from potager.insight.fields import Fields
from potager.insight.moment import Moment
from potager.insight.statements import members_statement, run

AsOf = str | date | datetime | None
Cids = NDArray[np.int32]


@dataclass(frozen=True, slots=True)
class Counted:
    """How many of all live customers, and some of them: always the same ones for the same answer.

    rows  how many rows of facts were looked at for it: none when results told
    """

    count: int
    total: int
    samples: tuple[int, ...]
    rows: int

    @property
    def share(self) -> float:
        return self.count / self.total if self.total else 0.0


# Some people in no order that means anything, the same ones however the answer was found: cids times Knuth's number.
_SCATTER: Final = 2_654_435_761
_ROUND: Final = 4_294_967_296
# Rows what, n, h: how many, of how many, and the ten.
_COUNTED: Final = f"""
WITH m AS ({{}}), ten AS (
    SELECT CAST(cid AS BIGINT) AS cid, CAST(cid AS BIGINT) * {_SCATTER} % {_ROUND} AS h FROM m ORDER BY h, cid LIMIT 10
)
SELECT 'count' AS what, CAST(count(*) AS BIGINT) AS n, CAST(0 AS BIGINT) AS h FROM m
UNION ALL SELECT 'total', CAST(count(*) AS BIGINT), CAST(0 AS BIGINT) FROM customer WHERE live
UNION ALL SELECT 'sample', cid, h FROM ten"""


def members(
    condition: Condition | Bound, as_of: AsOf = None, *, fields: Fields | None = None, guarded: bool = True
) -> Cids:
    """The live customers for whom the condition holds, ascending. guarded: refuse what is too heavy to wait for."""
    found = _ask(condition, as_of, fields, "SELECT cid FROM ({}) AS m ORDER BY cid", guarded=guarded)
    return found["cid"].to_numpy()


def count(condition: Condition | Bound, as_of: AsOf = None, *, fields: Fields | None = None) -> int:
    """How many live customers the condition selects."""
    found = _ask(condition, as_of, fields, "SELECT CAST(count(*) AS BIGINT) AS n FROM ({}) AS m")
    return int(found["n"][0].as_py())


def counted(condition: Condition | Bound, as_of: AsOf = None, *, fields: Fields | None = None) -> Counted:
    """Count, total and ten samples: what the rule builder shows. From results where they tell, else in one query."""
    fields = fields or catalogue.load()
    bound = bind(condition, fields) if isinstance(condition, Node) else condition
    owner = tables.asked(fields)
    if as_of is None and owner.capabilities.own_sql:
        found = instant.members(bound, fields, Moment(clock.now(), fields.zone), owner)
        if found is not None:
            return Counted(len(found), instant.everybody(owner), _some(found), rows=0)
    read = cost.guard(bound, owner).rows
    rows = _ask(bound, as_of, fields, _COUNTED, guarded=False).to_pylist()
    numbers = {row["what"]: int(row["n"]) for row in rows if row["what"] != "sample"}
    samples = sorted((int(row["h"]), int(row["n"])) for row in rows if row["what"] == "sample")
    return Counted(numbers["count"], numbers["total"], tuple(cid for _, cid in samples), read)


def _some(found: BitMap) -> tuple[int, ...]:
    cids = np.array(found, dtype=np.int64)
    scattered = cids * _SCATTER % _ROUND
    near = np.argpartition(scattered, 10)[:10] if len(cids) > 10 else np.arange(len(cids))
    return tuple(cids[near[np.lexsort((cids[near], scattered[near]))]].tolist())


def holds(
    condition: Condition | Bound, cids: Iterable[int], as_of: AsOf = None, *, fields: Fields | None = None
) -> set[int]:
    """Those of the given customers for whom the condition holds. Saved conditions ask this while journeys move, so
    a heavy one is not refused here."""
    asked = pa.table({"cid": pa.array(sorted(set(cids)), pa.int32())})
    outer = "SELECT cid FROM ({}) AS m WHERE cid IN (SELECT cid FROM asked)"
    found = _ask(condition, as_of, fields, outer, {"asked": asked}, guarded=False)
    return set(found["cid"].to_numpy().tolist())


def warm() -> None:
    """Import the printer and use it once, so that the first count a person waits for is as quick as the second."""
    members_statement(AllOf(()))


def _ask(
    condition: Condition | Bound,
    as_of: AsOf,
    fields: Fields | None,
    outer: str,
    more: dict[str, pa.Table] | None = None,
    *,
    guarded: bool = True,
) -> pa.Table:
    fields = fields or catalogue.load()
    bound = bind(condition, fields) if isinstance(condition, Node) else condition
    moment = Moment(clock.as_of(as_of), fields.zone)
    owner = tables.asked(fields)
    if guarded:
        cost.guard(bound, owner)
    statement = members_statement(bound, owner.capabilities.name)
    lists = beside.tables(statement.beside, moment.at, reader(owner))
    return run(
        statement,
        binding_of(moment, owner.query),
        lambda sql, tables_: owner.query(sql, beside=tables_),
        lists | (more or {}),
        outer,
    )
