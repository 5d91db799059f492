"""What is asked to be cut by what: names read, checked against the house, given a column. Pure."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import NoReturn

from potager.core.errors import Problem
from potager.insight.conditions import Bound, bind_cases, bind_rule
from potager.insight.fields import Fields, Kind, TagField, TagKind, nearest
from potager.insight.metrics.dimensions import DIMENSIONS, GRAINS
from potager.insight.metrics.terms import Words

MOST = 3
_GROUPED = frozenset({Kind.TEXT, Kind.CHOICE, Kind.BOOL})
YES, NO = "yes", "no"


@dataclass(frozen=True, slots=True)
class Cut:
    """One dimension asked for. `of` is what stands behind the colon; `n` numbers the cuts of people.

    column  a value the customer carries already
    sql     people and their value (cid, x) by statement; $as_of is the instant, {day} and {eve} the last day and the
            day before the first
    cases   people and their value by conditions, the first that holds; `otherwise` for the rest
    """

    key: str
    dimension: str
    of: str = ""
    n: int = 0
    column: str = ""
    sql: str = ""
    cases: tuple[tuple[str, Bound], ...] = ()
    otherwise: str | None = None

    @property
    def absent(self) -> Words | None:
        return DIMENSIONS[self.dimension].absent

    @property
    def listed(self) -> str:
        """The relation its values stand in beside the statement; "" when there is none."""
        return f"value_{self.n}" if self.cases else ""

    def people_sql(self, span_start: date, span_end: date) -> str:
        """The relation (cid, x) to join, "" when the customer carries the value."""
        if self.cases:
            return self.listed
        eve = date.fromordinal(span_start.toordinal() - 1)
        return f"({self.sql.format(day=span_end, eve=eve)})" if self.sql else ""


def refused(zh: str, en: str, place: str) -> NoReturn:
    """Raise the refusal of a question that has no answer: where in it, and the cure."""
    raise Problem("metrics.query", zh=zh, en=en, place=place)


def read(by: Sequence[str], fields: Fields) -> tuple[str | None, tuple[Cut, ...]]:
    """The grain of time, if any, and the other cuts in order.

    Raises Problem("metrics.query") with the place of a name that does not fit, and the nearest one.
    """
    grains = [key for key in by if key in GRAINS]
    if len(grains) > 1:
        refused(f"一次只能按一种时间粒度：{'、'.join(grains)}", f"One grain of time at once: {', '.join(grains)}", "by")
    if len(by) != len(set(by)):
        refused("同一维度写了两次", "The same dimension is named twice", "by")
    others = [(key, f"by[{i}]") for i, key in enumerate(by) if key not in GRAINS]
    if len(others) > MOST:
        refused(f"除时间外最多 {MOST} 个维度", f"At most {MOST} dimensions beside time", f"by[{len(by) - 1}]")
    cuts = tuple(_cut(key, n, fields, place) for n, (key, place) in enumerate(others))
    return (grains[0] if grains else None), cuts


def _cut(key: str, n: int, fields: Fields, place: str) -> Cut:
    name, colon, of = key.partition(":")
    dimension = DIMENSIONS.get(name)
    if dimension is None:
        close = nearest(name, DIMENSIONS)
        refused(
            f"没有维度「{name}」" + (f"，是不是「{close}」？" if close else ""),
            f"There is no dimension “{name}”" + (f"; did you mean “{close}”?" if close else ""),
            place,
        )
    if bool(colon) != bool(dimension.takes):
        takes = dimension.takes or Words("", "")
        refused(
            f"「{name}」后面要写明是哪个{takes.zh}，例如 {name}:rfm" if dimension.takes else f"「{name}」后面不带冒号",
            f"Say which: {name}: and {takes.en}" if dimension.takes else f"“{name}” takes nothing behind a colon",
            place,
        )
    match name:
        case "layer" | "layer_before":
            fields.layer(of, place)
            day = "{day}" if name == "layer" else "{eve}"
            held = f"from_day <= DATE '{day}' AND (to_day IS NULL OR to_day > DATE '{day}')"
            return Cut(
                key, name, of, n, sql=f"SELECT cid, layer AS x FROM layer_history WHERE model = '{of}' AND {held}"
            )
        case "attr":
            field = fields.attr(of, place)
            if field.kind not in _GROUPED or not field.column.startswith("a_"):
                _no_groups(of, place)
            return Cut(key, name, of, n, column=f'CAST(k."{field.column}" AS VARCHAR)')
        case "audience":
            fields.audience(of, place)
            return Cut(key, name, of, n, cases=((YES, bind_rule({"audience": of}, fields)),), otherwise=NO)
        case "tag":
            return _by_tag(Cut(key, name, of, n), fields.tag(of, place), fields, place)
        case _:
            return Cut(key, name, of, n)


def _by_tag(cut: Cut, tag: TagField, fields: Fields, place: str) -> Cut:
    if tag.source == TagKind.CASES:
        cases, otherwise = bind_cases(tag.rule or {}, fields)
        return Cut(cut.key, cut.dimension, cut.of, cut.n, cases=tuple(cases), otherwise=otherwise)
    if tag.kind is None:
        held = ((YES, bind_rule({"tag": tag.key}, fields)),)
        return Cut(cut.key, cut.dimension, cut.of, cut.n, cases=held, otherwise=NO)
    if not _has_groups(tag):
        _no_groups(tag.key, place)
    # Somebody known by two identities may carry two values: the one given last.
    sql = (
        f"SELECT cid, ARG_MAX(value, since) AS x FROM manual_tag WHERE tag = '{tag.key}' AND since <= $as_of"
        " AND (until IS NULL OR until > $as_of) GROUP BY cid"
    )
    return Cut(cut.key, cut.dimension, cut.of, cut.n, sql=sql)


def _no_groups(key: str, place: str) -> NoReturn:
    refused(
        f"「{key}」的值是连续的，不能分组；请建一个按条件取值的标签再用它",
        f"“{key}” has values without groups: make a tag by cases of it and cut by that",
        place,
    )


def labels(
    cuts: Sequence[Cut], fields: Fields, names: Mapping[str, Mapping[str, Words]]
) -> dict[str, dict[str, Words]]:
    """What the values of each cut are called. `names`: dimension → value → name, from other rooms."""
    found: dict[str, dict[str, Words]] = {}
    for cut in cuts:
        if cut.dimension in {"layer", "layer_before"}:
            layers = fields.layers[cut.of].layers
            found[cut.key] = {layer: Words(zh, en or zh) for layer, (zh, en) in layers.items()}
        elif cut.otherwise == NO:
            found[cut.key] = {YES: Words("是", "yes"), NO: Words("否", "no")}
        else:
            found[cut.key] = dict(names.get(cut.dimension, {}))
    return found


def groups_of(dimension: str, fields: Fields) -> dict[str, Words]:
    """What may stand behind the colon of a dimension in this house."""
    match dimension:
        case "layer" | "layer_before":
            return {key: Words(each.label("zh"), each.label("en")) for key, each in fields.layers.items()}
        case "audience":
            return {key: Words(each.label("zh"), each.label("en")) for key, each in fields.audiences.items()}
        case "attr":
            return {
                key: Words(each.label("zh"), each.label("en"))
                for key, each in fields.attrs.items()
                if each.kind in _GROUPED
            }
        case "tag":
            return {
                key: Words(each.label("zh"), each.label("en")) for key, each in fields.tags.items() if _has_groups(each)
            }
        case _:
            return {}


def _has_groups(tag: TagField) -> bool:
    by_hand = tag.source == TagKind.MANUAL and tag.kind in _GROUPED
    return tag.kind is None or tag.source == TagKind.CASES or by_hand
