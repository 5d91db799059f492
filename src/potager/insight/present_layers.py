"""Layer models as pages show them."""

import json
from collections.abc import Mapping, Sequence
from datetime import date

from pyroaring import BitMap

from potager.insight import layer_schemas, queries, sets
from potager.insight.conditions import bind_rule
from potager.insight.conditions.base import Words
from potager.insight.conditions.logic import say
from potager.insight.fields import Fields
from potager.insight.layers import ordered_settings
from potager.insight.models import LayerModel
from potager.insight.present import names
from potager.insight.specs import Card


def layer_out(
    row: LayerModel, day: date, fields: Fields, language: str, used: Mapping[str, Sequence[str]]
) -> layer_schemas.LayerOut:
    """A model with the sizes of its layers on a day. used: what refers to what, see `uses`."""
    field = fields.layers[row.key]
    sizes = queries.layer_sizes(row.key, day)
    total = sum(sizes.values())
    limits = queries.thresholds(row.key, day) if row.kind == "rfm" else None
    return layer_schemas.LayerOut(
        **names(row.key, row.name_zh, row.name_en),
        kind=row.kind,
        settings=row.settings,
        day=day,
        layers=[
            layer_schemas.LayerSize(
                **names(key, zh, en), n=sizes.get(key, 0), share=sizes.get(key, 0) / total if total else 0
            )
            for key, (zh, en) in field.layers.items()
        ],
        thresholds=limits
        and layer_schemas.Limits(
            day=limits["day"],
            buyers=limits["buyers"],
            days=limits["days"],
            orders=limits["orders"],
            amount_minor=limits["amount"],
            cuts=json.loads(limits["cuts"]) if limits["cuts"] else None,
        ),
        sentences=_layer_sentences(row, fields, language),
        cards={key: Card.model_validate(card) for key, card in row.cards.items() if key in field.layers},
        used_by=list(used.get(f"layer:{row.key}", [])),
    )


def preview(body: layer_schemas.DivisionIn, fields: Fields, language: str) -> layer_schemas.DivisionOut:
    """How a model of these conditions would divide everybody, were it saved now.

    Raises Problem("insight.condition") with the place of the mistake.
    """
    bounds = [bind_rule(when, fields, f"whens[{i}]") for i, when in enumerate(body.whens)]
    taken, sizes, alone = BitMap(), [], []
    for bound in bounds:
        found = BitMap(sets.members(bound, fields=fields).astype("uint32"))
        alone.append(len(found))
        sizes.append(len(found - taken))
        taken |= found
    total = queries.live_customers()
    words = Words(language, fields)
    return layer_schemas.DivisionOut(
        sizes=sizes, alone=alone, rest=total - len(taken), total=total, sentences=[say(each, words) for each in bounds]
    )


def _layer_sentences(row: LayerModel, fields: Fields, language: str) -> dict[str, str]:
    if row.kind == "rfm":
        return {}
    words = Words(language, fields)
    return {each.key: say(bind_rule(each.when, fields), words) for each in ordered_settings(row.settings).layers}
