"""Funnels, retention and the focus list at work: bound, run in the warehouse, answered."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from typing import Any

import pyarrow as pa

from potager.core import clock
from potager.core.errors import Problem
from potager.facts.warehouse import Warehouse
from potager.insight import catalogue, tables
from potager.insight.dialects.by_hand import ask
from potager.insight.fields import Fields
from potager.insight.metrics import cohorts, focus, funnel
from potager.insight.metrics.cuts import Cut, labels, read, refused
from potager.insight.metrics.happenings import bind_stage, name_of
from potager.insight.metrics.periods import Period
from potager.insight.metrics.plan import is_of_people, people_statement
from potager.insight.metrics.present import condition_of, names, said, sentence_of, span_of
from potager.insight.metrics.run import Lists, naive, params_of, staff_table, used
from potager.insight.metrics.schemas import (
    CohortOut,
    FocusCategory,
    FocusIn,
    FocusOut,
    FocusRow,
    FunnelGroup,
    FunnelIn,
    FunnelOut,
    LevelOut,
    RetentionIn,
    RetentionOut,
    StageOut,
    Wording,
)
from potager.insight.metrics.terms import Words
from potager.insight.moment import Moment

_SECOND = 1_000_000


def funnel_of(body: FunnelIn, language: str) -> FunnelOut:
    """Answer a funnel.

    Raises Problem("metrics.query") or Problem("insight.condition") with the place in it.
    """
    fields, known = catalogue.load(), clock.as_of(body.as_of)
    asked = bind_funnel(body, known, fields)
    where = condition_of(body.where, fields)
    cut = _cut(body.by, fields)
    owner = tables.asked(fields)
    lists = Lists(owner, Moment(known, fields.zone))
    beside = {"value": _values(cut, owner, lists, known, asked.span)}
    if where is not None:
        beside["chosen"] = lists.members(where)
    form = funnel.by_nearness if owner.capabilities.own_sql else funnel.portable
    outer = funnel.counted(len(asked.steps)).replace("$open_us", str(_us(known - timedelta(days=body.within))))
    rows = lists.run(form(asked, chosen=where is not None), outer, beside).to_pylist()
    called = [name_of(each, fields) for each in asked.steps]
    whole: Mapping[str, Any] = next((row for row in rows if row["whole"]), {})
    groups = sorted((row for row in rows if not row["whole"]), key=lambda row: (-row["n1"], row["value"] or "\uffff"))
    return FunnelOut(
        as_of=known,
        start=asked.span.start,
        end=asked.span.end,
        within=body.within,
        open=whole.get("still", 0),
        whole=_stages(body, called, whole),
        groups=[FunnelGroup(value=row["value"], stages=_stages(body, called, row)) for row in groups] if cut else [],
        labels=_labels(cut, fields),
        sentence=sentence_of(where, fields, language),
    )


def retention_of(body: RetentionIn, language: str) -> RetentionOut:
    """Answer a retention table.

    Raises Problem("metrics.query") or Problem("insight.condition") with the place in it.
    """
    fields, known = catalogue.load(), clock.as_of(body.as_of)
    asked = bind_retention(body, known, fields)
    where = condition_of(body.where, fields)
    owner = tables.asked(fields)
    lists = Lists(owner, Moment(known, fields.zone))
    beside = {} if where is None else {"chosen": lists.members(where)}
    rows = lists.run(cohorts.statement(asked, chosen=where is not None), "{}", beside).to_pylist()
    last = clock.business_date(known + timedelta(microseconds=1)) - timedelta(days=1)
    found = cohorts.cohorts(asked, rows, last)
    return RetentionOut(
        as_of=known,
        start=asked.span.start,
        end=asked.span.end,
        grain=asked.grain,
        mode=asked.mode,
        cohorts=[CohortOut(cohort=each.label, people=each.people, back=list(each.back)) for each in found],
        overall=[_share(back, people) for back, people in cohorts.overall(found)],
        sentence=sentence_of(where, fields, language),
    )


def focus_of(body: FocusIn) -> FocusOut:
    """Answer the focus list.

    Raises Problem("metrics.query") or Problem("insight.condition") with the place in it.
    """
    fields, known = catalogue.load(), clock.as_of(body.as_of)
    span = span_of(body, known, fields.zone)
    cut = _cut(body.who, fields, "who")
    owner = tables.asked(fields)
    lists = Lists(owner, Moment(known, fields.zone))
    asked = {**params_of(known, span), "minutes": body.minutes, "wage": body.wage_minor}
    beside = {"value": _values(cut, owner, lists, known, span), "staff": staff_table()}
    rows = ask(owner, focus.STATEMENT, used(asked, focus.STATEMENT), beside=beside).to_pylist()
    parts: dict[tuple[str | None, str | None], list[FocusCategory]] = {}
    for row in rows:
        if not row["is_group"]:
            share = FocusCategory(category=row["category"], bought=row["has_bought"], **_input(row))
            parts.setdefault((row["source"], row["x"]), []).append(share)
    judged = [_focus_row(row, parts[row["source"], row["x"]]) for row in rows if row["is_group"]]
    judged.sort(key=_order)
    return FocusOut(
        as_of=known, start=span.start, end=span.end, rows=judged, labels={**_labels(cut, fields), **_source_labels()}
    )


def _order(row: FocusRow) -> tuple[bool, float, str, str]:
    """What to stop first, the dearest before; then what brings most."""
    is_kept = row.verdict != "stop"
    return is_kept, -row.return_minor if is_kept else row.return_minor, row.source or "", row.who or ""


def _focus_row(row: Mapping[str, Any], parts: list[FocusCategory]) -> FocusRow:
    found = focus.judge(row)
    return FocusRow(
        source=row["source"],
        who=row["x"],
        low_minor=found.low,
        high_minor=found.high,
        verdict=found.verdict,
        why=said(found.why),
        categories=sorted(parts, key=lambda each: (-each.return_minor, each.category or "", each.bought)),
        **_input(row),
    )


def _input(row: Mapping[str, Any]) -> dict[str, Any]:
    hours = row["minutes"] / 60
    return {
        "people": row["people"],
        "gmv_minor": row["gmv"],
        "profit_minor": row["profit"],
        "money_minor": row["money"],
        "touches": row["touches"],
        "minutes": row["minutes"],
        "return_minor": row["earned"],
        "per_hour_minor": (row["profit"] - row["money"]) / hours if hours else None,
    }


def _source_labels() -> dict[str, dict[str, Wording]]:
    return {"source": {key: said(name) for key, name in names()["source"].items()}}


def bind_funnel(body: FunnelIn, known: datetime, fields: Fields) -> funnel.Funnel:
    """A written funnel checked against the house."""
    stages = [bind_stage(each.event, each.where, fields, f"steps[{i}]") for i, each in enumerate(body.steps)]
    return funnel.make_funnel(stages, body.within, span_of(body, known, fields.zone))


def bind_retention(body: RetentionIn, known: datetime, fields: Fields) -> cohorts.Retention:
    """A written retention table checked against the house."""
    first = bind_stage(body.first.event, body.first.where, fields, "first")
    back = bind_stage(body.back.event, body.back.where, fields, "back")
    span = span_of(body, known, fields.zone)
    return cohorts.Retention(first, back, body.grain, body.mode, body.periods, span)


def _cut(by: str | None, fields: Fields, place: str = "by") -> Cut | None:
    if by is None:
        return None
    try:
        grain, cuts = read([by], fields)
    except Problem as problem:
        raise Problem(problem.code, zh=problem.zh, en=problem.en, place=place) from problem
    if grain or not (cuts[0].absent or is_of_people(cuts[0])):
        refused(
            f"这里只能按客户的维度拆分，「{by}」不是",
            f"Here people are told apart by what they are: “{by}” is not that",
            place,
        )
    if cuts[0].absent:
        refused(cuts[0].absent.zh, cuts[0].absent.en, place)
    return cuts[0]


def _values(cut: Cut | None, owner: Warehouse, lists: Lists, known: datetime, span: Period) -> pa.Table:
    """(cid, x): each customer's value of the cut; nobody has one when nothing is cut."""
    if cut is None:
        return pa.table({"cid": pa.array([], pa.int32()), "x": pa.array([], pa.string())})
    if cut.cases:
        return lists.values(cut.cases, cut.otherwise)
    sql = people_statement(cut, span)
    return ask(owner, sql, used(params_of(known), sql), beside={"staff": staff_table()})


def _stages(body: FunnelIn, called: list[Words], row: Mapping[str, Any]) -> list[StageOut]:
    counts = [row.get(f"n{n}", 0) for n in range(1, len(called) + 1)]
    medians = [None, *(row.get(f"m{n}") for n in range(2, len(called) + 1))]
    return [
        StageOut(
            event=body.steps[i].event,
            name=said(called[i]),
            people=n,
            of_first=n / counts[0] if counts[0] else None,
            of_previous=n / counts[i - 1] if i and counts[i - 1] else None,
            median_seconds=_seconds(medians[i]),
        )
        for i, n in enumerate(counts)
    ]


def _labels(cut: Cut | None, fields: Fields) -> dict[str, dict[str, Wording]]:
    called = labels([cut] if cut else [], fields, names())
    return {key: {value: said(name) for value, name in some.items()} for key, some in called.items()}


def _share(back: int, people: int) -> LevelOut:
    nobody = Words("还没有满这么久的人群", "no cohort is that old yet")
    if not people:
        return LevelOut(value=None, numerator=None, denominator=None, why=said(nobody))
    return LevelOut(value=back / people, numerator=back, denominator=people, why=None)


def _seconds(median: float | None) -> float | None:
    return None if median is None else median / _SECOND


def _us(at: datetime) -> int:
    return int((naive(at) - datetime(1970, 1, 1)) / timedelta(microseconds=1))  # noqa: DTZ001  (naive is UTC here)
