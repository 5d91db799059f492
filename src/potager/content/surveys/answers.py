"""What somebody filled in, read against the questions they were asked. Pure."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from datetime import date
from decimal import Decimal, InvalidOperation
from typing import Any, Final

from potager.content.surveys.specs import CHOSEN, POINTS, SurveyQuestion, SurveySpec
from potager.core.errors import Problem
from potager.people.identity_types import contact

LONGEST: Final = 1_000
# (question) → what was filled in for it, several for a choice of many.
Filled = Callable[[str], list[str]]


@dataclass(slots=True)
class Read:
    """answers: by question, in clear and coded; faults: by question, what to put right."""

    answers: dict[str, Any] = field(default_factory=dict)
    faults: dict[str, str] = field(default_factory=dict)


def read(spec: SurveySpec, filled: Filled) -> Read:
    """The answers to the questions that were shown; whatever stands in the others is no answer."""
    found = Read()
    for question in spec.questions:
        if not is_shown(question, found.answers):
            continue
        given = [each.strip() for each in filled(question.key) if each.strip()]
        if not given:
            if not question.optional:
                found.faults[question.key] = "这道题还没有回答"
            continue
        value = _value(question, given)
        if value is None:
            found.faults[question.key] = _CURES[question.kind]
        else:
            found.answers[question.key] = value
    return found


def is_shown(question: SurveyQuestion, answers: Mapping[str, Any]) -> bool:
    """Whether a question is asked, given the answers to those before it."""
    asked = question.show_if
    if asked is None:
        return True
    answer = answers.get(asked.question)
    return any(each in asked.any for each in (answer if isinstance(answer, list) else [answer]))


def said(question: SurveyQuestion, answer: Any) -> str:
    """An answer as a person reads it."""
    if question.kind in CHOSEN:
        labels = {option.key: option.label for option in question.options}
        return "、".join(labels[key] for key in (answer if isinstance(answer, list) else [answer]))
    return str(answer)


_CURES: Final[Mapping[str, str]] = {
    "single": "请选一项",
    "multiple": "请至少选一项",
    "scale": "请选 0 到 10 分",
    "stars": "请选 1 到 5 星",
    "text": f"请写得短一些，最多 {LONGEST} 字",
    "number": "请填数字，例如 12.5",
    "date": "请填日期，例如 2026-11-01",
    "phone": "请填 11 位手机号",
}


def _value(question: SurveyQuestion, given: list[str]) -> Any:
    """The coded answer; None where it is none."""
    text = given[0]
    match question.kind:
        case "single":
            return text if text in question.values else None
        case "multiple":
            known = [key for key in question.values if key in given]
            return known if len(known) == len(set(given)) else None
        case "scale" | "stars":
            return int(text) if text in {str(point) for point in POINTS[question.kind]} else None
        case "text":
            return text if len(text) <= LONGEST else None
        case "number":
            return _number(text)
        case "date":
            return _date(text)
        case "phone":
            return _phone(text)


def _number(text: str) -> int | float | None:
    if len(text) > 40:
        return None
    try:
        number = Decimal(text.replace(",", ""))
    except InvalidOperation:
        return None
    if not number.is_finite() or abs(number) >= 10**15:
        return None
    return int(number) if number == number.to_integral_value() else float(number)


def _date(text: str) -> str | None:
    try:
        day = date.fromisoformat(text)
    except ValueError:
        return None
    return day.isoformat() if 1900 <= day.year < 2200 else None


def _phone(text: str) -> str | None:
    try:
        return contact("phone", text)
    except Problem:
        return None
