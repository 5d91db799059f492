"""What conditions need beside the warehouse's own tables: members of audiences and lists, households, lunar days.

By name: "audience:<key>" and "list:<key>" (cid), "household" (household, cid, role), "lunar" (day, number).
"""

from collections.abc import Iterable
from datetime import datetime

import pyarrow as pa

from potager.insight import lunar, membership
from potager.insight.conditions.leaves.attr import LUNAR
from potager.insight.conditions.leaves.household import HOUSEHOLD
from potager.insight.membership import Read
from potager.people import queries as people

_AUDIENCE, _LIST = "audience:", "list:"


def tables(names: Iterable[str], as_of: datetime, read: Read) -> dict[str, pa.Table]:
    """These lists as of an instant, as Arrow rows by name."""
    wanted = list(names)
    keys = [name.removeprefix(_AUDIENCE) for name in wanted if name.startswith(_AUDIENCE)]
    found = {
        f"{_AUDIENCE}{key}": membership.listed(bitmap) for key, bitmap in membership.members(keys, as_of, read).items()
    }
    listed = [name.removeprefix(_LIST) for name in wanted if name.startswith(_LIST)]
    found |= {f"{_LIST}{key}": membership.listed(bitmap) for key, bitmap in membership.on_lists(listed, as_of).items()}
    if HOUSEHOLD in wanted:
        found[HOUSEHOLD] = _households()
    if LUNAR in wanted:
        found[LUNAR] = lunar.table()
    return found


def _households() -> pa.Table:
    rows = list(people.household_roles())
    households, cids, roles = zip(*rows, strict=True) if rows else ((), (), ())
    return pa.table({
        "household": pa.array(households, pa.int64()),
        "cid": pa.array(cids, pa.int32()),
        "role": pa.array(roles, pa.string()),
    })  # fmt: skip
