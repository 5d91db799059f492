"""How what is wrong with a definition is said, each fault with the place it belongs to ("steps.<id>.…")."""

from collections.abc import Iterator

from potager.core.errors import Problem
from potager.insight import conditions
from potager.insight.fields import Fields
from potager.insight.match import compile_matcher
from potager.journeys.parts import EventSpec, Json


def fault(code: str, place: str, zh: str, en: str) -> Problem:
    return Problem(f"journey.{code}", zh=zh, en=en, place=place)


def of_event(spec: EventSpec, place: str, fields: Fields) -> Iterator[Problem]:
    """What keeps an event from being listened to: it is not planned, or what is asked of it cannot be."""
    if spec.event not in fields.events:
        yield fault(
            "event", place, f"埋点计划里没有事件「{spec.event}」", f"The tracking plan has no event “{spec.event}”"
        )
        return
    try:
        compile_matcher(spec.event, spec.where, fields)
    except Problem as problem:
        yield _within(problem, place)


def of_condition(written: Json, place: str, fields: Fields) -> Iterator[Problem]:
    """What keeps a condition from being asked."""
    try:
        conditions.bind(conditions.parse(written), fields)
    except Problem as problem:
        yield _within(problem, place)


def _within(problem: Problem, place: str) -> Problem:
    return Problem(problem.code, zh=problem.zh, en=problem.en, place=f"{place}.{problem.place}".rstrip("."))
