"""What operations knows of people as rows to join: customers, relations, manual tags, moved identities."""

from collections.abc import Sequence

import pyarrow as pa

from potager.facts.columns import TypedColumn, extracted, selected
from potager.facts.merge import common
from potager.facts.warehouse.base import Writer

_FACT_TABLES = ("event_hot", "event_cold", "orders", "order_item", "refund")
_TAG_FIELDS: list[tuple[str, pa.DataType]] = [
    ("cid", pa.int32()),
    ("tag", pa.string()),
    ("value", pa.string()),
    ("since", pa.timestamp("us")),
    ("until", pa.timestamp("us")),
    ("seq", pa.int64()),
]
_TAG_ROW = pa.schema(_TAG_FIELDS)


def merge_customers(writer: Writer, batch: str, attributes: Sequence[TypedColumn]) -> None:
    """Each journal row of kind customer is the whole customer; the last one stands."""
    common.stage(
        writer,
        "new_customer",
        f"""SELECT cid, seq, body FROM {batch} WHERE kind = 'customer' AND cid IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY cid ORDER BY seq DESC) = 1""",
    )
    writer.execute("DELETE FROM customer WHERE cid IN (SELECT cid FROM new_customer)")
    writer.execute(
        f"""INSERT INTO customer BY NAME
        SELECT cid, seq, created_at, first_seen, {common.business_day("first_seen")} AS first_day, source, owner, live,
            attrs{selected(attributes)}
        FROM (SELECT *{extracted(attributes, "attrs")} FROM (
            SELECT cid, seq, {common.instant("body", "created_at")} AS created_at,
                {common.instant("body", "first_seen_at")} AS first_seen, {common.text("body", "source")} AS source,
                {common.text("body", "owner")} AS owner, {common.text("body", "state")} = 'live' AS live,
                CAST(json_extract(body, '$.attrs') AS VARCHAR) AS attrs
            FROM new_customer ORDER BY seq))"""
    )
    common.drop(writer, "new_customer")


def merge_relations(writer: Writer, batch: str) -> None:
    """A relation is (customer, staff, since); the last row about it stands. One that moved to another customer goes."""
    common.stage(
        writer,
        "new_relation",
        f"""SELECT cid, seq, {common.text("body", "staff")} AS staff, {common.instant("body", "since")} AS since,
            {common.instant("body", "until")} AS until, {common.text("body", "state")} AS state,
            {common.text("body", "source")} AS source
        FROM {batch} WHERE kind = 'relation' AND cid IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY cid, staff, since ORDER BY seq DESC) = 1""",
    )
    writer.execute(
        """DELETE FROM relation r WHERE EXISTS (
            FROM new_relation n WHERE n.cid = r.cid AND n.staff = r.staff AND n.since = r.since)"""
    )
    writer.execute("INSERT INTO relation BY NAME FROM new_relation WHERE state <> 'moved' ORDER BY seq")
    common.drop(writer, "new_relation")


def merge_tags(writer: Writer, batch: str) -> None:
    """Adding opens a spell unless the same value is on; removing closes the open spells (of one value, when named)."""
    operations = writer.query(
        f"""SELECT cid, seq, ts, {common.text("body", "tag")} AS tag, {common.text("body", "value")} AS value,
            {common.text("body", "op")} AS op FROM {batch} WHERE kind = 'tag' AND cid IS NOT NULL ORDER BY seq"""
    )
    writer.stage("tag_operation", operations)
    touched = "(cid, tag) IN (SELECT DISTINCT cid, tag FROM tag_operation)"
    open_spells: dict[tuple[int, str], list[dict[str, object]]] = {}
    closed: list[dict[str, object]] = []
    for row in writer.query(f"FROM manual_tag WHERE until IS NULL AND {touched} ORDER BY seq").to_pylist():
        open_spells.setdefault((row["cid"], row["tag"]), []).append(row)
    for row in operations.to_pylist():
        spells = open_spells.setdefault((row["cid"], row["tag"]), [])
        if row["op"] == "remove":
            ending = [spell for spell in spells if row["value"] is None or spell["value"] == row["value"]]
            closed += [{**spell, "until": row["ts"], "seq": row["seq"]} for spell in ending]
            spells[:] = [spell for spell in spells if spell not in ending]
        elif all(spell["value"] != row["value"] for spell in spells):
            spell = {name: row[name] for name in ("cid", "tag", "value", "seq")}
            spells.append({**spell, "since": row["ts"], "until": None})
    left = [spell for spells in open_spells.values() for spell in spells]
    writer.execute(f"DELETE FROM manual_tag WHERE until IS NULL AND {touched}")
    writer.append(
        "manual_tag", pa.Table.from_pylist(sorted(closed + left, key=lambda row: int(str(row["seq"]))), schema=_TAG_ROW)
    )


def move_identities(writer: Writer, batch: str) -> None:
    """Rewrite the customer of every fact that came by an identity that moved; remember it for facts still to come."""
    common.stage(
        writer,
        "moved",
        f"""SELECT iid, cid, seq FROM {batch} WHERE kind = 'identity' AND iid IS NOT NULL
        QUALIFY row_number() OVER (PARTITION BY iid ORDER BY seq DESC) = 1""",
    )
    writer.execute("DELETE FROM identity_move WHERE iid IN (SELECT iid FROM moved)")
    writer.execute("INSERT INTO identity_move BY NAME FROM moved ORDER BY seq")
    for table in _FACT_TABLES:
        writer.execute(
            f"""UPDATE {table} f SET cid = m.cid FROM moved m
            WHERE m.iid = f.iid AND f.cid IS DISTINCT FROM m.cid"""
        )
    common.drop(writer, "moved")
