"""What is known of customers, and why: counts with samples, explanations, the tags of one person."""

from datetime import date, datetime
from typing import Any

from potager.core import clock
from potager.insight import catalogue, membership, odd, queries, schemas, sets, single, subjects, tables, tags
from potager.insight.conditions import bind_cases, bind_metric, bind_rule
from potager.insight.conditions.base import Words
from potager.insight.conditions.logic import Bound, say
from potager.insight.conditions.ops import show
from potager.insight.fields import Fields, Kind, TagKind, name_in
from potager.insight.models import TagDefinition
from potager.insight.moment import Moment
from potager.insight.present import names
from potager.org import queries as org
from potager.org.access import Actor
from potager.people import queries as people
from potager.people.models import Customer


def count(actor: Actor, body: schemas.CountIn, language: str) -> schemas.CountOut:
    """The live count of the rule builder."""
    started = clock.wall()
    fields = catalogue.load()
    bound = bind_rule(body.condition, fields)
    found = sets.counted(bound, body.as_of, fields=fields)
    names = dict(people.visible_to(actor).filter(id__in=found.samples).values_list("id", "name"))
    return schemas.CountOut(
        count=found.count,
        total=found.total,
        share=found.share,
        samples=[schemas.Sample(cid=cid, name=names[cid]) for cid in found.samples if cid in names],
        ms=round((clock.wall() - started).total_seconds() * 1000),
        rows=found.rows,
        sentence=say(bound, Words(language, fields)),
        findings=[
            schemas.FindingOut(code=each.code, place=each.place, message=each.say(language))
            for each in odd.findings(bound, body.as_of, fields)
        ],
    )


def explain(customer: Customer, condition: schemas.Written, as_of: str | None, language: str) -> schemas.ExplainOut:
    """Why a condition holds for one customer, or not."""
    fields = catalogue.load()
    bound = bind_rule(condition, fields)
    verdict = _verdict(bound, customer.pk, clock.as_of(as_of), fields, language)
    return schemas.ExplainOut(
        ok=verdict.ok, sentence=say(bound, Words(language, fields)), leaves=[_leaf(each) for each in verdict.leaves]
    )


def _verdict(bound: Bound, cid: int, at: datetime, fields: Fields, language: str) -> single.Verdict:
    moment = Moment(at, fields.zone)
    subject = subjects.load(tables.opened(), cid, moment, fields)
    return single.evaluate(bound, subject, fields, language)


def _leaf(each: single.LeafVerdict) -> schemas.LeafOut:
    return schemas.LeafOut(path=each.path, sentence=each.sentence, ok=each.ok, found=each.found, since=each.since)


def reason(customer: Customer, row: TagDefinition, language: str) -> schemas.Reason:
    """Why this customer has this tag, or not."""
    if row.source == TagKind.MANUAL:
        held = next((each for each in tags.of_customer(customer) if each.tag == row.key), None)
        if held is None:
            return schemas.Reason(has=False, value=None, by=None, since=None, leaves=[])
        labels = catalogue.load().tags[row.key].labels
        value = None if held.value is None else name_in(labels, held.value, language)
        return schemas.Reason(has=True, value=value, by=org.name_of(held.by), since=held.since, leaves=[])
    fields = catalogue.load()
    bound = bind_rule({"tag": row.key}, fields)
    if row.source == TagKind.CASES:
        return _by_case(customer, row, fields, language)
    verdict = _verdict(bound, customer.pk, clock.now(), fields, language)
    value = None
    if row.source == TagKind.METRIC:
        feature = bind_metric(row.rule or {}, fields)
        subject = subjects.load(tables.opened(), customer.pk, Moment(clock.now(), fields.zone), fields)
        measured = feature.value(feature.rows(subject), subject.moment)
        value = None if measured is None else show(feature.kind, measured, language, fields.currency)
        return schemas.Reason(has=value is not None, value=value, by=None, since=None, leaves=_leaves(verdict))
    return schemas.Reason(has=verdict.ok, value=value, by=None, since=_since(verdict), leaves=_leaves(verdict))


def _by_case(customer: Customer, row: TagDefinition, fields: Fields, language: str) -> schemas.Reason:
    """The case that decided, after those that did not hold."""
    cases, otherwise = bind_cases(row.rule or {}, fields)
    labels = fields.tags[row.key].labels
    leaves_seen: list[schemas.LeafOut] = []
    for value, bound in cases:
        verdict = _verdict(bound, customer.pk, clock.now(), fields, language)
        leaves_seen += _leaves(verdict)
        if verdict.ok:
            named = name_in(labels, value, language)
            return schemas.Reason(has=True, value=named, by=None, since=_since(verdict), leaves=leaves_seen)
    rest = None if otherwise is None else name_in(labels, otherwise, language)
    return schemas.Reason(has=rest is not None, value=rest, by=None, since=None, leaves=leaves_seen)


def _leaves(verdict: single.Verdict) -> list[schemas.LeafOut]:
    return [_leaf(each) for each in verdict.leaves]


def _since(verdict: single.Verdict) -> datetime | None:
    known = [each.since for each in verdict.leaves if each.ok and each.since is not None]
    return max(known) if known and verdict.ok else None


def knowledge(customer: Customer, language: str) -> schemas.Knowledge:
    """The tags, layers and audiences of one customer."""
    fields = catalogue.load()
    rows = {row.key: row for row in TagDefinition.objects.order_by("group", "key")}
    held = {each.tag: each for each in tags.of_customer(customer)}
    computed = queries.values_of(customer.pk)
    found = []
    for key, row in rows.items():
        hand = held.get(key)
        if hand is None and key not in computed:
            continue
        value = _shown(fields, key, hand.value if hand else computed[key], language)
        found.append(
            schemas.CustomerTag(
                **names(key, row.name_zh, row.name_en),
                group=row.group,
                colour=row.colour,
                source=row.source,
                value=value,
                by=org.name_of(hand.by) if hand else None,
                since=hand.since if hand else None,
                until=hand.until if hand else None,
            )
        )
    inside = membership.members(fields.audiences.keys(), clock.now(), tables.opened().query)
    return schemas.Knowledge(
        tags=found,
        layers=[_standing(fields, *each) for each in queries.layers_of(customer.pk) if each[0] in fields.layers],
        audiences=[
            schemas.Named(**names(each.key, each.zh, each.en))
            for each in fields.audiences.values()
            if customer.pk in inside[each.key]
        ],
    )


def _shown(fields: Fields, key: str, value: Any, language: str) -> str | None:
    """The value of a tag as a person reads it; None for a tag one simply has."""
    tag = fields.tags[key]
    if tag.kind is None or value is None:
        return None
    if tag.kind in {Kind.TEXT, Kind.CHOICE} or tag.source == TagKind.MANUAL:
        return name_in(tag.labels, str(value), language)
    return show(tag.kind, value, language, fields.currency)


def _standing(fields: Fields, model: str, layer: str, since: date) -> schemas.CustomerLayer:
    field = fields.layers[model]
    return schemas.CustomerLayer(
        **names(model, field.zh, field.en),
        layer=layer,
        layer_zh=field.layer_label(layer, "zh"),
        layer_en=field.layer_label(layer, "en"),
        since=since,
    )
