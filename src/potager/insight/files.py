"""Tags, layer models and audiences as files. apply(export(x)) changes nothing."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Final, Literal

import yaml
from pydantic import ValidationError

from potager.core.errors import NotFound
from potager.insight import definitions, tag_groups
from potager.insight.conditions.tree import problem_of
from potager.insight.fields import nearest, refusal
from potager.insight.models import Audience, LayerModel, TagDefinition, TagGroup
from potager.insight.specs import AudienceSpec, LayerSpec, Spec, TagGroupSpec, TagSpec, written
from potager.org.access import Actor

KINDS: Final = ("tag_group", "tag", "layers", "audience")
_SPECS: Final[Mapping[str, type[Spec]]] = {
    "tag_group": TagGroupSpec,
    "tag": TagSpec,
    "layers": LayerSpec,
    "audience": AudienceSpec,
}
Change = Literal["new", "changed", "unchanged"]


@dataclass(frozen=True, slots=True)
class Planned:
    """What applying a definition would change, as a person can read it."""

    kind: str
    key: str
    change: Change
    diff: str


def read(document: Mapping[str, Any]) -> tuple[str, Spec]:
    """A document of kind tag_group, tag, layers or audience.

    Raises Problem("insight.condition") with the place of the mistake.
    """
    kind = str(document.get("kind", ""))
    body = {key: value for key, value in document.items() if key != "kind"}
    if kind not in KINDS:
        close = nearest(kind, KINDS)
        raise refusal(
            f"kind 应为 {'、'.join(KINDS)} 之一" + (f"，是不是「{close}」？" if close else ""),
            f"kind is one of {', '.join(KINDS)}" + (f"; did you mean “{close}”?" if close else ""),
            "kind",
        )
    if kind == "layers":
        body["kind"] = body.pop("model", "ordered")
    try:
        return kind, _SPECS[kind].model_validate(body)
    except ValidationError as error:
        raise problem_of(error, body) from error


def plan(document: Mapping[str, Any]) -> Planned:
    """Compare a document with what is stored."""
    kind, spec = read(document)
    stored = _stored(kind, spec.key)
    if isinstance(spec, LayerSpec) and isinstance(stored, LayerSpec) and not spec.cards:
        # A file without cards leaves what is written on them.
        spec = spec.model_copy(update={"cards": stored.cards})
    new = _dump(kind, spec)
    if stored is None:
        return Planned(kind, spec.key, "new", new)
    if stored == spec:
        return Planned(kind, spec.key, "unchanged", "")
    old = _dump(kind, stored)
    lines = difflib.unified_diff(old.splitlines(), new.splitlines(), "stored", "file", lineterm="", n=2)
    return Planned(kind, spec.key, "changed", "\n".join(lines))


def apply(actor: Actor, document: Mapping[str, Any], sizes: Mapping[str, int] | None = None) -> Planned:
    """Store the definition, unless it is stored just so.

    sizes  the rows of cost.TABLES, to refuse a definition that would be too heavy
    """
    planned = plan(document)
    if planned.change == "unchanged":
        return planned
    _, spec = read(document)
    match spec:
        case TagGroupSpec():
            tag_groups.save(actor, spec)
        case TagSpec():
            definitions.save_tag(actor, spec, sizes)
        case LayerSpec():
            definitions.save_layers(actor, spec, sizes)
        case AudienceSpec():
            definitions.save_audience(actor, spec, sizes)
    return planned


def export(kind: str, key: str) -> str:
    """The stored definition as YAML.

    Raises NotFound.
    """
    stored = _stored(kind, key)
    if stored is None:
        raise NotFound("定义", "definition", f"{kind}:{key}")
    return _dump(kind, stored)


def export_all() -> list[tuple[str, str]]:
    """Every definition as (kind:key, YAML); frozen audiences are lists, not definitions."""
    keys = [("tag_group", row.key) for row in tag_groups.listed()]
    keys += [("tag", key) for key in TagDefinition.objects.order_by("key").values_list("key", flat=True)]
    keys += [("layers", key) for key in LayerModel.objects.order_by("key").values_list("key", flat=True)]
    live = Audience.objects.filter(frozen_at__isnull=True).order_by("key")
    keys += [("audience", key) for key in live.values_list("key", flat=True)]
    return [(f"{kind}:{key}", export(kind, key)) for kind, key in keys]


def _stored(kind: str, key: str) -> Spec | None:
    match kind:
        case "tag_group":
            group = TagGroup.objects.filter(key=key).first()
            return None if group is None else group_spec(group)
        case "tag":
            tag = TagDefinition.objects.filter(key=key).first()
            return None if tag is None else tag_spec(tag)
        case "layers":
            model = LayerModel.objects.filter(key=key).first()
            return None if model is None else layer_spec(model)
        case _:
            audience = Audience.objects.filter(key=key).first()
            return None if audience is None else audience_spec(audience)


def group_spec(row: TagGroup) -> TagGroupSpec:
    return TagGroupSpec(
        key=row.key, name_zh=row.name_zh, name_en=row.name_en, colour=row.colour, exclusive=row.exclusive, note=row.note
    )


def tag_spec(row: TagDefinition) -> TagSpec:
    """A stored tag as it was written; what follows from its rule is left out."""
    manual = row.source == "manual"
    return TagSpec(
        key=row.key, name_zh=row.name_zh, name_en=row.name_en, group=row.group, colour=row.colour,
        source=row.source, rule=row.rule, note=row.note, expires_after_days=row.expires_after_days,
        value_kind=row.value_kind if manual else "", options=row.options if manual else [],
        labels=row.labels,
    )  # fmt: skip


def layer_spec(row: LayerModel) -> LayerSpec:
    return LayerSpec(
        key=row.key, name_zh=row.name_zh, name_en=row.name_en, kind=row.kind, settings=row.settings, cards=row.cards
    )


def audience_spec(row: Audience) -> AudienceSpec:
    return AudienceSpec(
        key=row.key,
        name_zh=row.name_zh,
        name_en=row.name_en,
        condition=row.condition,
        note=row.note,
        schedule=row.schedule,
    )


def _dump(kind: str, spec: Spec) -> str:
    body = written(spec)
    if kind == "layers":
        body = {"model": body.pop("kind"), **body}
    return yaml.safe_dump(_ordered({"kind": kind, **body}), allow_unicode=True, sort_keys=False, width=120)


# PostgreSQL keeps the keys of JSON in an order of its own; files are read by people.
_KEYS: Final = """
    kind key name_zh name_en zh en model group colour exclusive source value_kind options labels rule
    expires_after_days settings cards condition schedule goal sops owner review
    every at weekdays day days thresholds layers cases when else attr event tag layer audience list relation all any not
    prop where measure within from to op in value note
"""
_ORDER: Final = {name: n for n, name in enumerate(_KEYS.split())}


def _ordered(value: Any) -> Any:
    """The same JSON with its keys in the order a person would write them."""
    if isinstance(value, Mapping):
        keys = sorted(value, key=lambda key: (_ORDER.get(key, len(_ORDER)), key))
        return {key: _ordered(value[key]) for key in keys}
    return [_ordered(each) for each in value] if isinstance(value, list) else value
