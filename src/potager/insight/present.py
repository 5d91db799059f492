"""Definitions and results as pages show them."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Final

from django.http import HttpRequest

from potager.insight import queries, schemas, tag_insight
from potager.insight.conditions import bind_cases, bind_metric, bind_rule
from potager.insight.conditions.base import Words
from potager.insight.conditions.event_words import say_feature
from potager.insight.conditions.logic import say
from potager.insight.conditions.ops import MEASURED, OF_ATTRIBUTES, OPS, Op
from potager.insight.fields import BUILT_IN_ATTRS, VALUE_ATTRS, Field, Fields, Kind, Names, TagKind, name_in
from potager.insight.models import TagDefinition
from potager.insight.moment import CALENDAR_ZH
from potager.people.households import ROLES

# Definitions of other rooms that may name ours: user ("journey:win-back") → what is written there.
Written = Callable[[], Mapping[str, object]]
_written_elsewhere: list[Written] = []


def set_written_elsewhere(sources: Sequence[Written]) -> None:
    """Called once by assembly: whose definitions count as uses of a tag, layer model or audience."""
    _written_elsewhere[:] = sources


def written_elsewhere() -> dict[str, object]:
    """What definitions of other rooms say, by user ("journey:win-back")."""
    found: dict[str, object] = {}
    for source in _written_elsewhere:
        found |= source()
    return found


def language_of(request: HttpRequest) -> str:
    """ "zh" unless English is asked for."""
    return "en" if request.headers.get("Accept-Language", "zh").lower().startswith("en") else "zh"


def catalog(fields: Fields) -> schemas.Catalogue:
    """The fields of the house for the rule builder."""
    sources = [schemas.Named(key=key, name_zh=name, name_en=key) for key, name in fields.sources.items()]
    staff = [schemas.Named(key=key, name_zh=name, name_en=name) for key, name in fields.staff.items()]
    choices = {"source": sources, "owner": staff}
    products = {
        key: [schemas.Named(**names(each, each, each)) for each in some] for key, some in queries.sold().items()
    }
    known = (*fields.attrs.values(), *BUILT_IN_ATTRS.values(), *VALUE_ATTRS.values())
    attrs = [_field(each, choices.get(each.key), OF_ATTRIBUTES) for each in known]
    return schemas.Catalogue(
        attrs=attrs,
        events=[
            schemas.EventFieldOut(
                key=event.key,
                name_zh=event.label("zh"),
                name_en=event.label("en"),
                props=[_field(prop) for prop in event.props.values()],
                items=[_field(each, products.get(each.key)) for each in event.items.values()],
            )
            for event in fields.events.values()
        ],
        tags=[
            schemas.TagFieldOut(
                **names(tag.key, tag.zh, tag.en),
                kind=tag.kind,
                ops=list(OPS[tag.kind]) if tag.kind else [],
                options=_options(tag.options, tag.labels),
            )
            for tag in fields.tags.values()
        ],
        layers=[
            schemas.LayerFieldOut(
                **names(model.key, model.zh, model.en),
                layers=[schemas.Named(**names(key, zh, en)) for key, (zh, en) in model.layers.items()],
            )
            for model in fields.layers.values()
        ],
        audiences=[schemas.Named(**names(each.key, each.zh, each.en)) for each in fields.audiences.values()],
        lists=[schemas.Named(**names(each.key, each.zh, each.en)) for each in fields.lists.values()],
        staff=staff,
        sources=sources,
        windows=[schemas.Named(key=key, name_zh=zh, name_en=key.replace("_", " ")) for key, zh in CALENDAR_ZH.items()],
        household_roles=list(ROLES),
        measured_ops={kind: list(ops) for kind, ops in MEASURED.items()},
    )


def _field(
    field: Field, options: list[schemas.Named] | None = None, ops: Mapping[Kind, tuple[Op, ...]] = OPS
) -> schemas.FieldOut:
    return schemas.FieldOut(
        **names(field.key, field.zh, field.en),
        kind=field.kind,
        ops=list(ops[field.kind]),
        options=_options(field.options, {}) if options is None else options,
    )


def names(key: str, zh: str, en: str) -> dict[str, str]:
    return {"key": key, "name_zh": zh or key, "name_en": en or key}


def _options(options: Iterable[str], labels: Names) -> list[schemas.Named]:
    return [schemas.Named(**_value(each, labels)) for each in options]


def _value(value: str, labels: Names) -> dict[str, str]:
    return names(value, *labels.get(value, ("", "")))


def tag_list(fields: Fields, language: str) -> list[schemas.TagOut]:
    """Every tag with its coverage."""
    known, total = queries.stands(), queries.live_customers()
    manual, cases, used = queries.manual_counts(), queries.case_counts(fields), uses(fields)
    found = []
    for row in TagDefinition.objects.order_by("group", "key"):
        stand, labels = known.get(f"tag:{row.key}"), fields.tags[row.key].labels
        by_value = manual.get(row.key, {}) if row.source == TagKind.MANUAL else dict(cases.get(row.key, {}))
        place = {option: at for at, option in enumerate(row.options)}
        n = sum(by_value.values()) if row.source == TagKind.MANUAL else stand.n if stand else None
        found.append(
            schemas.TagOut(
                **names(row.key, row.name_zh, row.name_en),
                group=row.group,
                colour=row.colour,
                source=row.source,
                value_kind=row.value_kind,
                options=_options(row.options, labels),
                rule=row.rule,
                expires_after_days=row.expires_after_days,
                note=row.note,
                sentence=tag_sentence(row, fields, language),
                count=n,
                share=n / total if n is not None and total else None,
                values=[
                    schemas.ValueCount(**_value(value, labels), n=n)
                    for value, n in sorted(by_value.items(), key=lambda each: place.get(each[0] or "", len(place)))
                    if value is not None
                ],
                used_by=used.get(f"tag:{row.key}", []),
                computed_at=stand.computed_at if stand else None,
            )
        )
    return found


def tag_insight_out(row: TagDefinition, fields: Fields) -> schemas.TagInsight:
    """What the numbers of a tag are and were."""
    n, found = tag_insight.overlaps(row.key, fields)
    stand = queries.stands().get(f"tag:{row.key}")
    return schemas.TagInsight(
        n=n,
        origins=[schemas.TagOriginCount(origin=origin, n=n) for origin, n in queries.manual_origins(row.key).items()],
        trend=[schemas.TagDay(day=day, n=had) for day, had in tag_insight.trend(row.key, fields.tags[row.key], n)],
        overlaps=[_overlap(each, n, fields) for each in found],
        computed_at=stand.computed_at if stand else None,
        as_of=stand.as_of if stand else None,
        ms=stand.ms if stand else None,
    )


def _overlap(each: tag_insight.Overlap, mine: int, fields: Fields) -> schemas.TagOverlap:
    tag = fields.tags[each.tag]
    return schemas.TagOverlap(
        **names(tag.key, tag.zh, tag.en),
        value=None if each.value is None else schemas.Named(**_value(each.value, tag.labels)),
        n=each.n,
        both=each.both,
        share=each.both / mine,
        lift=each.lift,
        jaccard=each.both / (mine + each.n - each.both),
    )


def tag_sentence(row: TagDefinition, fields: Fields, language: str) -> str:
    """The rule in words; nothing for a tag given by hand."""
    words = Words(language, fields)
    match row.source:
        case TagKind.RULE:
            return say(bind_rule(row.rule, fields), words)
        case TagKind.METRIC:
            return say_feature(bind_metric(row.rule or {}, fields), words)
        case TagKind.CASES:
            return _case_sentence(row, words)
        case _:
            return ""


def _case_sentence(row: TagDefinition, words: Words) -> str:
    cases, otherwise = bind_cases(row.rule or {}, words.fields)
    labels = words.fields.tags[row.key].labels
    said = [
        f"{name_in(labels, value, words.language)}{words.pick('：', ': ')}{say(bound, words)}" for value, bound in cases
    ]
    if otherwise is not None:
        rest = name_in(labels, otherwise, words.language)
        said.append(words.pick(f"其余：{rest}", f"otherwise {rest}"))
    return words.pick("；", "; ").join(said)


def uses(fields: Fields) -> dict[str, list[str]]:
    """Which definitions refer to each tag, layer model, audience and list. A frozen audience needs none."""
    found: dict[str, list[str]] = {}

    def note(user: str, written: object) -> None:
        for name in _referred(written):
            if user != name and user not in found.setdefault(name, []):
                found[name].append(user)

    for tag in fields.tags.values():
        note(f"tag:{tag.key}", tag.rule)
    for model in fields.layers.values():
        note(f"layer:{model.key}", model.rule)
    for audience in fields.audiences.values():
        if not audience.frozen:
            note(f"audience:{audience.key}", audience.rule)
    for user, written in written_elsewhere().items():
        note(user, written)
    return found


_KINDS: Final = ("tag", "layer", "audience", "list")


def _referred(written: object) -> set[str]:
    """The tags, layers, audiences and lists a written definition names, wherever they stand in it."""
    if isinstance(written, Mapping):
        own = {f"{kind}:{written[kind]}" for kind in _KINDS if isinstance(written.get(kind), str)}
        if isinstance(left := written.get("left"), str):
            own.add(f"audience:{left}")
        if isinstance(change := written.get("tag"), Mapping):
            own |= {f"tag:{change[act]}" for act in ("add", "remove") if isinstance(change.get(act), str)}
        return own.union(*(_referred(value) for value in written.values()))
    if isinstance(written, list | tuple):
        return set().union(*(_referred(value) for value in written))
    return set()


def name_of(user: str, fields: Fields, language: str) -> str:
    """What a definition that refers to others is called ("audience:vip"); those of other rooms by their key."""
    kind, _, key = user.partition(":")
    match kind:
        case "tag" if key in fields.tags:
            return name_in({key: (fields.tags[key].zh, fields.tags[key].en)}, key, language)
        case "layer" if key in fields.layers:
            return fields.layers[key].label(language)
        case "audience" if key in fields.audiences:
            return fields.audiences[key].label(language)
        case _:
            return key


def users_of(users: Iterable[str], fields: Fields, language: str) -> list[schemas.UsedBy]:
    """The definitions that refer to another, with what they are called."""
    return [schemas.UsedBy(user=each, name=name_of(each, fields, language)) for each in users]
