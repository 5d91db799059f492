"""Reads of results and definitions for pages and the command line."""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, date, datetime
from typing import Any

import pyarrow as pa
from django.db.models import Count

from potager.core.errors import NotFound
from potager.facts.warehouse import Warehouse
from potager.insight import tables
from potager.insight.dialects.by_hand import ask
from potager.insight.fields import Fields, TagKind
from potager.insight.models import Audience, LayerModel, ManualTag, TagDefinition
from potager.people.models import State


@dataclass(frozen=True, slots=True)
class Stand:
    """What a result stands at: how many customers, computed when, as of when, how long the refresh took."""

    n: int | None
    computed_at: datetime
    as_of: datetime
    ms: int


_MOST_NAMES = 500


def sold() -> dict[str, list[str]]:
    """The categories and brands of the catalogue, for the rule builder."""
    found = {}
    for column in ("category", "brand"):
        rows = tables.opened().query(
            f"SELECT DISTINCT {column} AS name FROM product WHERE {column} <> '' ORDER BY 1 LIMIT {_MOST_NAMES}"
        )
        found[column] = [str(name) for name in rows["name"].to_pylist()]
    return found


def tag(key: str) -> TagDefinition:
    """Raises NotFound."""
    row = TagDefinition.objects.filter(key=key).first()
    if row is None:
        raise NotFound("标签", "tag", key)
    return row


def layer_model(key: str) -> LayerModel:
    """Raises NotFound."""
    row = LayerModel.objects.filter(key=key).first()
    if row is None:
        raise NotFound("分层模型", "layer model", key)
    return row


def audience(key: str) -> Audience:
    """Raises NotFound."""
    row = Audience.objects.filter(key=key).first()
    if row is None:
        raise NotFound("人群", "audience", key)
    return row


def stands() -> dict[str, Stand]:
    """Every result by name."""
    rows = tables.asked().query("SELECT name, n, computed_at, as_of, ms FROM result_state").to_pylist()
    return {row["name"]: Stand(row["n"], _aware(row["computed_at"]), _aware(row["as_of"]), row["ms"]) for row in rows}


def live_customers() -> int:
    """How many live customers the warehouse knows."""
    return int(tables.opened().query("SELECT count(*)::BIGINT AS n FROM customer WHERE live")["n"][0].as_py())


def manual_counts() -> dict[str, dict[str | None, int]]:
    """Tags given by hand: value → live customers."""
    rows = (
        ManualTag.objects.filter(customer__state=State.LIVE)
        .values_list("tag", "value")
        .annotate(n=Count("customer", distinct=True))
        .order_by("tag", "value")
    )
    found: dict[str, dict[str | None, int]] = {}
    for key, value, n in rows:
        found.setdefault(key, {})[value] = n
    return found


def manual_origins(key: str) -> dict[str, int]:
    """How the live customers who have a tag by hand came by it (fields.TagOrigin), the commonest first."""
    rows = (
        ManualTag.objects.filter(tag=key, customer__state=State.LIVE)
        .values_list("origin")
        .annotate(n=Count("customer", distinct=True))
        .order_by("-n", "origin")
    )
    return dict(rows)


def case_counts(fields: Fields) -> dict[str, dict[str, int]]:
    """Tags by cases: value → customers, as last computed."""
    owner = tables.asked()
    known = places(owner)
    found = {}
    for key, field in fields.tags.items():
        if field.source == TagKind.CASES and key in known:
            wide, column = known[key]
            rows = ask(owner, f'SELECT "{column}" AS v, count(*)::BIGINT AS n FROM {wide} GROUP BY 1').to_pylist()
            found[key] = {row["v"]: row["n"] for row in rows if row["v"] is not None}
    return found


def values_of(cid: int) -> dict[str, Any]:
    """The computed tags of one customer that have a value: true, a text, a number or a date."""
    owner = tables.opened()
    wanted: dict[str, list[tuple[str, str]]] = {}
    for key, (wide, column) in places(owner).items():
        wanted.setdefault(wide, []).append((key, column))
    found: dict[str, Any] = {}
    for wide, columns in wanted.items():
        for row in owner.query(f"SELECT * FROM {wide} WHERE cid = ?", [cid]).to_pylist():
            found |= {key: row[column] for key, column in columns if _is_there(row[column])}
    return found


def tag_values(key: str, asked: pa.Table) -> dict[int, Any]:
    """A computed tag of the customers `asked` (a column cid) who have it, as last computed."""
    owner = tables.opened()
    place = places(owner).get(key)
    if place is None:
        return {}
    wide, column = place
    rows = owner.query(f'SELECT cid, "{column}" AS v FROM {wide} SEMI JOIN asked USING (cid)', beside={"asked": asked})
    return {row["cid"]: row["v"] for row in rows.to_pylist() if _is_there(row["v"])}


def _is_there(value: object) -> bool:
    """Whether a tag has this value: 0 days since the last order is one, though it equals false."""
    return value is not None and value is not False


def layers_of(cid: int) -> list[tuple[str, str, date]]:
    """(model, layer, since) of one customer now."""
    rows = tables.opened().query("SELECT model, layer, since FROM layer_now WHERE cid = ? ORDER BY model", [cid])
    return [(row["model"], row["layer"], row["since"]) for row in rows.to_pylist()]


def layer_sizes(model: str, day: date) -> dict[str, int]:
    """Customers by layer on a day, as last computed by then."""
    rows = ask(
        tables.asked(),
        """SELECT layer, count(*)::BIGINT AS n FROM layer_history
        WHERE model = $model AND from_day <= $day AND (to_day IS NULL OR to_day > $day) GROUP BY layer""",
        {"model": model, "day": day},
    )
    return {row["layer"]: row["n"] for row in rows.to_pylist()}


def layer_flow(model: str, start: date, end: date) -> list[tuple[str | None, str | None, int]]:
    """From which layer to which, how many customers, between two days; None where one was not in the model."""
    stood = (
        "SELECT cid, layer FROM layer_history"
        " WHERE model = $model AND from_day <= ${day} AND (to_day IS NULL OR to_day > ${day})"
    )
    before, after = stood.format(day="start"), stood.format(day="end")
    rows = ask(
        tables.asked(),
        f"""SELECT a.layer AS f, b.layer AS t, count(*)::BIGINT AS n
        FROM ({before}) a FULL JOIN ({after}) b ON b.cid = a.cid
        GROUP BY 1, 2 ORDER BY 1 NULLS FIRST, 2 NULLS LAST""",
        {"model": model, "start": start, "end": end},
    )
    return [(row["f"], row["t"], row["n"]) for row in rows.to_pylist()]


def layer_history(model: str, start: date, end: date) -> dict[date, dict[str, int]]:
    """Sizes by layer for each day of a span."""
    rows = tables.opened().query(
        """SELECT CAST(d.day AS DATE) AS day, h.layer, count(*)::BIGINT AS n
        FROM range(CAST(? AS TIMESTAMP), CAST(? AS TIMESTAMP) + INTERVAL 1 DAY, INTERVAL 1 DAY) d(day)
        JOIN layer_history h ON h.model = ? AND h.from_day <= d.day AND (h.to_day IS NULL OR h.to_day > d.day)
        GROUP BY 1, 2 ORDER BY 1, 2""",
        [start, end, model],
    )
    found: dict[date, dict[str, int]] = {}
    for row in rows.to_pylist():
        found.setdefault(row["day"], {})[row["layer"]] = row["n"]
    return found


def thresholds(model: str, day: date) -> Mapping[str, Any] | None:
    """The RFM thresholds in force on a day."""
    rows = ask(
        tables.asked(),
        """SELECT day, buyers, days, orders, amount, cuts FROM rfm_threshold
        WHERE model = $model AND day <= $day ORDER BY day DESC LIMIT 1""",
        {"model": model, "day": day},
    )
    found = rows.to_pylist()
    return found[0] if found else None


def versions() -> dict[str, tuple[int, int, datetime]]:
    """Live audiences: newest version, members, as of when."""
    rows = ask(
        tables.asked(),
        """SELECT audience, version, n, as_of FROM audience_version
        QUALIFY row_number() OVER (PARTITION BY audience ORDER BY version DESC) = 1""",
    )
    return {row["audience"]: (row["version"], row["n"], _aware(row["as_of"])) for row in rows.to_pylist()}


def places(owner: Warehouse) -> dict[str, tuple[str, str]]:
    """In which wide table and column the values of each computed tag are."""
    rows = owner.query("SELECT tag, wide, col FROM tag_column ORDER BY wide, tag").to_pylist()
    return {row["tag"]: (row["wide"], row["col"]) for row in rows}


def _aware(at: datetime) -> datetime:
    return at.replace(tzinfo=UTC)
