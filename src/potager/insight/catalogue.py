"""The fields of this house, read from the operations store."""

from typing import Final

from django.db.models import Max

from potager.core import house
from potager.facts import plan
from potager.facts.models import PropertyKind
from potager.insight.fields import (
    AudienceField,
    EventField,
    Field,
    Fields,
    Kind,
    ListField,
    TagField,
    TagKind,
    event_field,
)
from potager.insight.layers import layer_field
from potager.insight.models import Audience, LayerModel, TagDefinition, UploadedList
from potager.org.models import Staff
from potager.people.models import Attribute, Source

_KIND: Final = {
    PropertyKind.TEXT: Kind.TEXT,
    PropertyKind.INTEGER: Kind.NUMBER,
    PropertyKind.NUMBER: Kind.NUMBER,
    PropertyKind.MONEY: Kind.MONEY,
    PropertyKind.BOOL: Kind.BOOL,
    PropertyKind.TIME: Kind.TIME,
    PropertyKind.DATE: Kind.DATE,
}


def load() -> Fields:
    """Everything conditions may name now. A handful of small reads; keep the result for one piece of work."""
    facts = house.facts()
    return Fields(
        currency=facts.currency,
        zone=facts.zone,
        attrs={
            each.key: Field(
                each.key, Kind(each.kind), f"a_{each.key}", each.name_zh, each.name_en, tuple(map(str, each.options))
            )
            for each in Attribute.objects.filter(personal=False).order_by("key")
        },
        events=_events(),
        tags={
            each.key: TagField(
                each.key,
                TagKind(each.source),
                Kind(each.value_kind) if each.value_kind else None,
                each.rule,
                each.name_zh,
                each.name_en,
                tuple(map(str, each.options)),
                {value: (label["zh"], label["en"]) for value, label in each.labels.items()},
            )
            for each in TagDefinition.objects.order_by("group", "key")
        },
        layers={
            each.key: layer_field(each.key, each.kind, each.settings, each.name_zh, each.name_en)
            for each in LayerModel.objects.order_by("key")
        },
        audiences={
            each.key: AudienceField(
                each.key,
                each.frozen_at is not None,
                each.condition,
                each.name_zh,
                each.name_en,
                each.schedule is not None,
                each.runs,
                each.ran_at,
            )
            for each in Audience.objects.defer("members").order_by("key")
        },
        staff=dict(Staff.objects.order_by("key").values_list("key", "name")),
        sources=dict(Source.objects.order_by("key").values_list("key", "name_zh")),
        lists={
            each.key: ListField(each.key, each.newest, each.since, each.name_zh, each.name_en)
            for each in UploadedList.objects.annotate(newest=Max("uploads__id"), since=Max("uploads__at")).order_by(
                "key"
            )
        },
    )


def _events() -> dict[str, EventField]:
    found = {}
    for event in plan.events().values():
        props = [
            Field(prop.key, _KIND[prop.kind], f"p_{prop.key}", prop.zh, prop.en)
            for prop in event.properties
            if prop.key not in {"amount", "qty", "channel"}
        ]
        # The two entities read as verbs in a sentence: 近 90 天购买 ≥ 2 次.
        names = ("", "") if event.key in {"order_paid", "order_refunded"} else (event.zh, event.en)
        found[event.key] = event_field(event.key, props, *names)
    return found
