"""Layer counts at the two ends of a period, and who moved between layers."""

from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from potager.goals.overview_schemas import LayerCount, LayerFlow, LayerMove
from potager.insight import catalogue, tables
from potager.insight.fields import LayerField

# A spell of layer_history holds from from_day until before to_day.
_FLOWS = """
WITH first AS (
    SELECT model, cid, layer FROM layer_history
    WHERE from_day <= $before AND (to_day IS NULL OR to_day > $before)
), last AS (
    SELECT model, cid, layer FROM layer_history
    WHERE from_day <= $now AND (to_day IS NULL OR to_day > $now)
)
SELECT model, COALESCE(first.layer, '') AS source, COALESCE(last.layer, '') AS target, COUNT(*) AS people
FROM first FULL JOIN last USING (model, cid) GROUP BY ALL ORDER BY model, people DESC, source, target
"""


def flows(before: date, now: date) -> list[LayerFlow]:
    """Per layer model: people in each layer at the end of both days, and the moves between them, most people first."""
    found = tables.opened().query(_FLOWS, {"before": before, "now": now}).to_pylist()
    return [
        _flow(key, [row for row in found if row["model"] == key], field)
        for key, field in catalogue.load().layers.items()
    ]


def _flow(key: str, rows: Sequence[Mapping[str, Any]], model: LayerField) -> LayerFlow:
    def people(column: str, layer: str) -> int:
        return sum(row["people"] for row in rows if row[column] == layer)

    return LayerFlow(
        model=key,
        zh=model.label("zh"),
        en=model.label("en"),
        layers=[
            LayerCount(
                key=layer,
                zh=model.layer_label(layer, "zh"),
                en=model.layer_label(layer, "en"),
                before=people("source", layer),
                now=people("target", layer),
            )
            for layer in model.layers
        ],
        moves=[
            LayerMove(source=row["source"], target=row["target"], people=row["people"])
            for row in rows
            if row["source"] != row["target"]
        ],
    )
