"""Saving and removing definitions. Each save is checked together with everything that refers to it."""

from collections.abc import Mapping
from dataclasses import replace

from pyroaring import BitMap

from potager.core import clock, house, jobs
from potager.core.errors import Conflict, NotFound, Problem
from potager.insight import catalogue, cost, layers, programs, tag_groups
from potager.insight.conditions import bind_cases, bind_metric, bind_rule
from potager.insight.fields import AudienceField, Fields, Kind, LayerField, TagField, TagKind, nearest, refusal
from potager.insight.models import Audience, LayerModel, ManualTag, TagDefinition
from potager.insight.specs import AudienceSpec, Card, LayerSpec, TagSpec
from potager.org import audit
from potager.org.access import Actor, require_write

Sizes = Mapping[str, int]


def save_tag(actor: Actor, spec: TagSpec, sizes: Sizes | None = None) -> TagDefinition:
    """Create or change a tag. sizes: the rows of cost.TABLES, to refuse one that would be too heavy.

    Raises Problem("insight.condition") with the place in the rule, Problem("insight.cost"), Conflict when its kind is
    fixed by use.
    """
    require_write(actor)
    fields = catalogue.load()
    field = _tag_field(spec, fields)
    _check(replace(fields, tags={**fields.tags, spec.key: field}), f"tag:{spec.key}", sizes)
    before = TagDefinition.objects.filter(key=spec.key).first()
    tag_groups.admit(spec.group, spec.source, spec.key)
    leaves_hands = before is not None and before.source == TagKind.MANUAL.value and spec.source != "manual"
    if leaves_hands and ManualTag.objects.filter(tag=spec.key).exists():
        raise Conflict(
            "tag.source",
            zh="这个标签已经手工打给了客户，不能改成规则标签；请新建一个",
            en="Customers carry this tag by hand: it cannot become a rule tag; make a new one",
            place="source",
        )
    row, created = TagDefinition.objects.update_or_create(
        key=spec.key,
        defaults={
            **spec.model_dump(exclude={"key", "value_kind", "options"}),
            "value_kind": field.kind or "",
            "options": list(field.options),
        },
    )
    _saved(actor, "tag", spec.key, created=created)
    return row


def save_layers(actor: Actor, spec: LayerSpec, sizes: Sizes | None = None) -> LayerModel:
    """Create or change a layer model. Without cards it keeps those of the layers that stay.

    Raises Problem("insight.condition") with the place of the mistake.
    """
    require_write(actor)
    fields = catalogue.load()
    if spec.kind == "rfm":
        layers.rfm_settings(spec.settings, fields)
    field = layers.layer_field(spec.key, spec.kind, spec.settings, spec.name_zh, spec.name_en)
    for layer, card in spec.cards.items():
        _check_card(layer, card, field, fields)
    _check(replace(fields, layers={**fields.layers, spec.key: field}), f"layer:{spec.key}", sizes)
    before = LayerModel.objects.filter(key=spec.key).first()
    said = spec.model_dump(mode="json", exclude={"key"})
    if before is not None and not spec.cards:
        said["cards"] = {layer: card for layer, card in before.cards.items() if layer in field.layers}
    row, created = LayerModel.objects.update_or_create(key=spec.key, defaults=said)
    _saved(actor, "layers", spec.key, created=created)
    return row


def save_card(actor: Actor, model: LayerModel, layer: str, card: Card) -> LayerModel:
    """Write down how one layer is treated; an empty card takes the old one away.

    Raises Problem("insight.condition") for a layer or a member of the staff there is not.
    """
    require_write(actor)
    fields = catalogue.load()
    _check_card(layer, card, fields.layers[model.key], fields)
    others = {key: value for key, value in model.cards.items() if key != layer}
    model.cards = others if card == Card() else {**others, layer: card.model_dump(mode="json")}
    model.save(update_fields=["cards"])
    audit.record(actor, "layers.card", f"layers:{model.key}", {"layer": layer, **card.model_dump(mode="json")})
    return model


def _check_card(layer: str, card: Card, field: LayerField, fields: Fields) -> None:
    for value, known, zh, en, place in (
        (layer, field.layers, "层", "layer", f"cards.{layer}"),
        (card.owner, fields.staff, "员工", "member of the staff", f"cards.{layer}.owner"),
    ):
        if value and value not in known:
            close = nearest(value, known)
            raise refusal(
                f"没有{zh}「{value}」" + (f"，是不是「{close}」？" if close else ""),
                f"There is no {en} “{value}”" + (f"; did you mean “{close}”?" if close else ""),
                place,
            )


def save_audience(actor: Actor, spec: AudienceSpec, sizes: Sizes | None = None) -> Audience:
    """Create or change a live or scheduled audience. A change of a scheduled one shows at its next run.

    Raises Problem("insight.condition") with the place in the condition, Conflict for a frozen one.
    """
    require_write(actor)
    if Audience.objects.filter(key=spec.key, frozen_at__isnull=False).exists():
        raise Conflict(
            "audience.frozen",
            zh="这个人群已经冻结，不能再改条件；请另建一个",
            en="This audience is frozen: its condition cannot change; make another",
            place="key",
        )
    fields = catalogue.load()
    field = AudienceField(
        spec.key,
        frozen=False,
        rule=spec.condition,
        zh=spec.name_zh,
        en=spec.name_en,
        scheduled=spec.schedule is not None,
    )
    _check(replace(fields, audiences={**fields.audiences, spec.key: field}), f"audience:{spec.key}", sizes)
    row, created = Audience.objects.update_or_create(
        key=spec.key,
        defaults={**spec.model_dump(exclude={"key"}), **_times(spec)},
        create_defaults={**spec.model_dump(), **_times(spec), "created_at": clock.now()},
    )
    _saved(actor, "audience", spec.key, created=created)
    return row


def _times(spec: AudienceSpec) -> dict[str, object]:
    """When it is computed next, and what is known of its lists so far."""
    if spec.schedule is None:
        return {"due_at": None, "ran_at": None, "runs": 0}
    before = Audience.objects.filter(key=spec.key).defer("members").first()
    due = spec.schedule.next_after(clock.now(), house.facts().zone)
    if before is None:
        return {"due_at": due}
    if before.schedule is None:
        # Its members stay until the first run; who comes and goes by that is told from those of now.
        return {"due_at": due, "runs": 1}
    return {} if before.schedule == spec.schedule.model_dump() else {"due_at": due}


def freeze(actor: Actor, spec: AudienceSpec, members: BitMap, *, of: str) -> Audience:
    """Keep these members as a list of its own that never changes. of: where they come from, for the audit trail.

    Raises Conflict when the key is taken.
    """
    require_write(actor)
    refuse_taken(spec.key)
    now = clock.now()
    row = Audience.objects.create(**spec.model_dump(), created_at=now, frozen_at=now, members=members.serialize())
    audit.record(actor, "audience.freeze", f"audience:{spec.key}", {"of": of, "customers": len(members)})
    return row


def refuse_taken(key: str) -> None:
    """Raises Conflict when there is an audience of this key."""
    if Audience.objects.filter(key=key).exists():
        raise Conflict("audience.taken", zh=f"已有人群「{key}」", en=f"There is an audience “{key}”", place="key")


def remove(actor: Actor, kind: str, key: str) -> None:
    """Remove a tag, a layer model or an audience that nothing else refers to.

    Raises NotFound, or Conflict naming what refers to it.
    """
    require_write(actor)
    row = _row(kind, key)
    if row is None:
        raise NotFound("定义", "definition", key)
    try:
        _check(_without(catalogue.load(), kind, key))
    except Problem as problem:
        raise Conflict(
            "definition.used",
            zh=f"「{row.name_zh}」还在被别的定义使用：{problem.zh}",
            en=f"“{row.name_en or key}” is still in use: {problem.en}",
            place="key",
        ) from problem
    if kind == "tag" and ManualTag.objects.filter(tag=key).exists():
        raise Conflict(
            "definition.used",
            zh="还有客户带着这个标签；请先批量移除",
            en="Customers still carry this tag: take it from them first",
            place="key",
        )
    row.delete()
    audit.record(actor, f"{kind}.remove", f"{kind}:{key}")
    _refresh_soon()


def _row(kind: str, key: str) -> TagDefinition | LayerModel | Audience | None:
    match kind:
        case "tag":
            return TagDefinition.objects.filter(key=key).first()
        case "layers":
            return LayerModel.objects.filter(key=key).first()
        case _:
            return Audience.objects.filter(key=key).first()


def _without(fields: Fields, kind: str, key: str) -> Fields:
    match kind:
        case "tag":
            return replace(fields, tags={k: v for k, v in fields.tags.items() if k != key})
        case "layers":
            return replace(fields, layers={k: v for k, v in fields.layers.items() if k != key})
        case _:
            return replace(fields, audiences={k: v for k, v in fields.audiences.items() if k != key})


def _tag_field(spec: TagSpec, fields: Fields) -> TagField:
    """The tag as conditions will see it, its rule checked. Kind and options follow from a rule."""
    source = TagKind(spec.source)
    kind, options = (Kind(spec.value_kind) if spec.value_kind else None), tuple(spec.options)
    if (spec.rule is None) != (source == TagKind.MANUAL):
        raise refusal(
            "手工标签没有规则，其他标签需要规则",
            "A tag given by hand has no rule; every other tag needs one",
            "rule",
        )
    rule = spec.rule or {}
    if source == TagKind.RULE:
        kind, options = None, ()
    elif source == TagKind.METRIC:
        kind, options = bind_metric(rule, fields).kind, ()
    elif source == TagKind.CASES:
        cases, otherwise = bind_cases(rule, fields)
        values = [value for value, _ in cases] + ([otherwise] if otherwise is not None else [])
        kind, options = Kind.CHOICE, tuple(dict.fromkeys(values))
    elif kind in {Kind.MONEY, Kind.BOOL, Kind.DATE}:
        raise refusal(
            "手工标签的值只能是文字、选项或数字", "By hand a value is text, a choice or a number", "value_kind"
        )
    if spec.expires_after_days is not None and source != TagKind.MANUAL:
        raise refusal(
            "规则标签随规则去掉，不需要有效期",
            "A tag with a rule goes when its rule says so: it takes no term",
            "expires_after_days",
        )
    for value in spec.labels:
        if value not in options:
            close = nearest(value, options)
            raise refusal(
                f"没有值「{value}」" + (f"，是不是「{close}」？" if close else ""),
                f"There is no value “{value}”" + (f"; did you mean “{close}”?" if close else ""),
                f"labels.{value}",
            )
    labels = {value: (label.zh, label.en) for value, label in spec.labels.items()}
    field = TagField(spec.key, source, kind, spec.rule, spec.name_zh, spec.name_en, options, labels)
    if source == TagKind.RULE:
        bind_rule(rule, replace(fields, tags={**fields.tags, spec.key: field}))
    return field


def _check(fields: Fields, saved: str = "", sizes: Sizes | None = None) -> None:
    """Everything binds, nothing refers to itself by way of others, and what is saved is not too heavy to compute."""
    found = programs.definitions_of(fields, scheduled=True)
    programs.levels_of(found)
    for each in found:
        if sizes is not None and each.name == saved:
            cost.affordable(cost.of_definition(each, sizes))


def _saved(actor: Actor, kind: str, key: str, *, created: bool) -> None:
    audit.record(actor, f"{kind}.create" if created else f"{kind}.change", f"{kind}:{key}")
    _refresh_soon()


def _refresh_soon() -> None:
    jobs.enqueue("insight.refresh_now", lane="heavy", dedupe_key="insight.refresh_now")
