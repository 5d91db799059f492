"""The numbers of event types and channels in this warehouse."""

from collections.abc import Callable

import pyarrow as pa

from potager.insight.moment import Moment
from potager.insight.slots import Binding


def binding_of(moment: Moment, read: Callable[[str], pa.Table]) -> Binding:
    """What fills the slots of a statement run now, as of `moment`."""
    rows = read(
        "SELECT 't' AS kind, id, key FROM event_type UNION ALL SELECT 'c', id, key FROM channel_dict"
    ).to_pylist()
    return Binding(
        moment,
        {row["key"]: row["id"] for row in rows if row["kind"] == "t"},
        {row["key"]: row["id"] for row in rows if row["kind"] == "c"},
    )
