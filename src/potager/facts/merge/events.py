"""Events into event_hot (the journal) or event_cold (bulk loads)."""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from potager.facts.columns import TypedColumn, count_misfits, extracted, selected
from potager.facts.merge import common
from potager.facts.warehouse.base import Writer

_OTHER = "_other"
_MOST_KEYS = 30_000


@dataclass(frozen=True, slots=True)
class Merged:
    """How many rows were offered and how many were new."""

    offered: int
    loaded: int


def from_journal(batch: str) -> str:
    """Journal rows of kind event as the relation `merge` takes."""
    return f"""
        SELECT seq, seq AS pos, k1, k2, iid, cid, ts, type, {common.text("body", "channel")} AS channel,
            {common.whole("body", "amount")} AS amount, {common.decimal("body", "qty")} AS qty, body AS props
        FROM {batch} WHERE kind = 'event'"""


def merge(
    writer: Writer, relation: str, columns: Sequence[TypedColumn], *, table: str, ledger_from: datetime | None
) -> Merged:
    """Add the events of a relation (seq, pos, k1, k2, iid, cid, ts, type, channel, amount, qty, props).

    type and channel are keys here, numbers in the table.
    ledger_from  rows since then had their key checked by the journal's ledger, unless a bulk load touched their month;
                 None = no row was checked (a bulk load)
    """
    offered = common.stage(writer, "new_event", relation)
    _drop_known(writer, ledger_from)
    _learn(writer, "event_type", "type")
    _learn(writer, "channel_dict", "channel")
    if table == "event_cold":
        months = writer.query("SELECT DISTINCT date_trunc('month', ts)::DATE AS month FROM new_event ORDER BY month")
        # Month by month, sorted by customer: what a sort of everything at once costs is in docs/concepts/warehouse.md.
        loaded = 0
        for month in months["month"].to_pylist():
            chosen = f"date_trunc('month', e.ts) = DATE '{month}'"
            loaded += _insert(writer, table, columns, f"WHERE {chosen} ORDER BY cid, e.ts, e.k1, e.k2")
    else:
        loaded = _insert(writer, table, columns, "ORDER BY e.seq")
    count_misfits(writer, "(SELECT t.id AS type, props FROM new_event e JOIN event_type t ON t.key = e.type)", columns)
    common.drop(writer, "new_event")
    return Merged(offered, loaded)


def _drop_known(writer: Writer, ledger_from: datetime | None) -> None:
    if ledger_from is None:
        writer.execute(
            """CREATE OR REPLACE TEMP TABLE new_event AS SELECT * FROM new_event
            QUALIFY row_number() OVER (PARTITION BY k1, k2 ORDER BY seq, pos) = 1"""
        )
        unchecked = "true"
    else:
        unchecked = f"""(n.ts < TIMESTAMP '{ledger_from:%Y-%m-%d %H:%M:%S}' OR EXISTS (
            SELECT 1 FROM bulk_load b WHERE b.target = 'event'
            AND n.ts >= b.first_month AND n.ts < b.last_month + INTERVAL 1 MONTH))"""
    span = writer.query(
        f"""SELECT date_trunc('month', min(ts))::TIMESTAMP AS first,
            (date_trunc('month', max(ts)) + INTERVAL 1 MONTH)::TIMESTAMP AS last FROM new_event n WHERE {unchecked}"""
    ).to_pylist()[0]
    if span["first"] is None:
        return
    writer.execute(
        f"""DELETE FROM new_event n WHERE {unchecked} AND EXISTS (
            SELECT 1 FROM event e WHERE e.k1 = n.k1 AND e.k2 = n.k2 AND e.ts >= $first AND e.ts < $last)""",
        span,
    )


def _learn(writer: Writer, dictionary: str, column: str) -> None:
    """Give new keys the next numbers, in the order they were first met: a rebuild gives them the same ones.

    Past 30,000 keys a sender is inventing names; the rest share one number, their name stays in the lake.
    """
    new = f"{column} IS NOT NULL AND {column} NOT IN (SELECT key FROM {dictionary})"
    if not common.scalar(writer, f"SELECT count(*) FROM new_event WHERE {new}"):
        return
    if common.scalar(writer, f"SELECT count(*) FROM {dictionary}") >= _MOST_KEYS:
        writer.execute(
            f"UPDATE new_event SET {column} = '{_OTHER}' WHERE {column} NOT IN (SELECT key FROM {dictionary})"
        )
    writer.execute(
        f"""INSERT INTO {dictionary}
        SELECT (SELECT coalesce(max(id), 0) FROM {dictionary}) + row_number() OVER (ORDER BY seq, key), key
        FROM (SELECT {column} AS key, min(seq) AS seq FROM new_event WHERE {new} GROUP BY ALL)"""
    )


def _insert(writer: Writer, table: str, columns: Sequence[TypedColumn], tail: str) -> int:
    return writer.execute(
        f"""INSERT INTO {table} BY NAME
        SELECT seq, k1, k2, iid, cid, ts, {common.business_day("ts")} AS day, type, channel, amount, qty, props
            {selected(columns)}
        FROM (
            SELECT e.seq, e.k1, e.k2, e.iid, coalesce(m.cid, e.cid) AS cid, e.ts, t.id AS type, c.id AS channel,
                e.amount, e.qty, e.props{extracted(columns, "e.props")}
            FROM new_event e
            JOIN event_type t ON t.key = e.type
            LEFT JOIN channel_dict c ON c.key = e.channel
            LEFT JOIN identity_move m ON m.iid = e.iid
            {tail})"""
    )
