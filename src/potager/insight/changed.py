"""Whom a merge has to look at: the customers about whom something is known that the results do not contain.

In temporary tables of the refresh's transaction:
    concerned   those with something new of their own
    changed     whoever is computed: those, and whom the new thresholds of an RFM model put into another layer
    recounted   of these, whose old facts changed: moved to them, taken from them, or a customer's own entry
    added_event the events that came, of customers who are not recounted

What came is told by load sequence, never by event time; a fact dated ahead comes when it is due.
"""

from collections.abc import Iterable
from datetime import datetime, timedelta
from typing import Final

from potager.facts.warehouse import Writer
from potager.insight.moment import Moment
from potager.insight.slots import utc_text

CONCERNED: Final = "concerned"
RECOUNTED: Final = "recounted"
ADDED: Final = "added_event"


def find(writer: Writer, *, upto: int, as_of: datetime, moment: Moment, hours: Iterable[int]) -> int:
    """Fill the tables with what came since results that contain the facts up to `upto`, as of `as_of`.

    hours  after how many hours a fact changes some answer by the clock alone
    Returns how many customers changed.
    """
    fresh, due = f"seq > {upto}", _between("ts", as_of, moment.at)
    came = f"SELECT cid FROM {{}} WHERE {fresh} UNION ALL SELECT cid FROM {{}} WHERE {due}"
    _event_rows(writer, upto=upto, due=due, until=utc_text(moment.at))
    writer.execute(
        f"""CREATE OR REPLACE TEMP TABLE {RECOUNTED} AS SELECT DISTINCT cid FROM (
            {_union(f"SELECT cid FROM {table} WHERE {fresh}" for table in ("customer", "left_behind", "identity_move"))}
        ) WHERE cid IS NOT NULL"""
    )
    parts = [f"SELECT cid FROM {ADDED}", f"SELECT cid FROM {RECOUNTED}"]
    parts += [came.format(table, table) for table in ("orders", "order_item", "refund")]
    parts += [
        f"SELECT cid FROM {table} WHERE {fresh} OR {_between('since', as_of, moment.at)} "
        f"OR {_between('until', as_of, moment.at)}"
        for table in ("relation", "manual_tag")
    ]
    parts.append(f"SELECT cid FROM order_item WHERE product IN (SELECT product FROM product WHERE {fresh})")
    parts += [
        f"SELECT cid FROM {table} WHERE {_between('ts', as_of - age, moment.at - age)}"
        for age in (timedelta(hours=count) for count in sorted(set(hours)))
        for table in ("event", "orders", "refund")
    ]
    writer.execute(
        f"CREATE OR REPLACE TEMP TABLE {CONCERNED} AS SELECT DISTINCT cid FROM ({_union(parts)}) WHERE cid IS NOT NULL"
    )
    writer.execute(f"DELETE FROM {ADDED} WHERE cid IN (FROM {RECOUNTED})")
    writer.execute(f"CREATE OR REPLACE TEMP TABLE changed AS FROM {CONCERNED}")
    return int(writer.query("SELECT count(*)::BIGINT AS n FROM changed")["n"][0].as_py())


def _event_rows(writer: Writer, *, upto: int, due: str, until: str) -> None:
    """Two reads of which each looks at few blocks: numbers and times both ascend in the hot part."""
    whose = "cid IS NOT NULL"
    writer.execute(
        f"""CREATE OR REPLACE TEMP TABLE {ADDED} AS
        SELECT * EXCLUDE (props) FROM event WHERE seq > {upto} AND ts <= TIMESTAMP '{until}' AND {whose}
        UNION ALL
        SELECT * EXCLUDE (props) FROM event WHERE seq <= {upto} AND {due} AND {whose}"""
    )


def _between(column: str, after: datetime, until: datetime) -> str:
    return f"({column} > TIMESTAMP '{utc_text(after)}' AND {column} <= TIMESTAMP '{utc_text(until)}')"


def _union(parts: Iterable[str]) -> str:
    return " UNION ALL ".join(parts)
