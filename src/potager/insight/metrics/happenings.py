"""What people did, as rows that funnels and retention put in order: cid, us (microseconds of the instant), day."""

from collections.abc import Mapping, Sequence
from typing import Any

from potager.core.errors import Problem
from potager.insight import dialects
from potager.insight.conditions.base import Words as Naming
from potager.insight.conditions.binding import bind_metric
from potager.insight.conditions.event_words import say_what
from potager.insight.conditions.features import Feature
from potager.insight.fields import Fields
from potager.insight.metrics.terms import Words
from potager.insight.plan import make_plan
from potager.insight.slots import Give
from potager.insight.sql import Printer


def bind_stage(event: str, where: Sequence[Mapping[str, Any]], fields: Fields, place: str) -> Feature:
    """An event and tests of its properties, checked against the house.

    Raises Problem("insight.condition") with the place below `place`.
    """
    try:
        return bind_metric({"event": event, "where": list(where)}, fields)
    except Problem as problem:
        inside = f"{place}.{problem.place}".rstrip(".")
        raise Problem(problem.code, zh=problem.zh, en=problem.en, place=inside) from problem


def name_of(stage: Feature, fields: Fields) -> Words:
    """The stage as a person would say it."""
    return Words(say_what(stage, Naming("zh", fields)), say_what(stage, Naming("en", fields)))


def printed(stages: Sequence[Feature]) -> tuple[list[str], dict[str, Give]]:
    """The rows of each stage as SQL with slots, and the slots of them all."""
    printer = Printer(make_plan({}))
    texts = [dialects.printed(printer.happened(each)) for each in stages]
    wrapped = [f"SELECT cid, epoch_us(ts) AS us, day FROM ({text}) AS happened WHERE cid IS NOT NULL" for text in texts]
    return wrapped, dict(printer.slots.given)
