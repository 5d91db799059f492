"""What is wrong with a definition, each problem at the step it belongs to. Publishing needs none."""

from collections.abc import Collection, Iterator, Mapping
from typing import Any

from pydantic import ValidationError

from potager.core.errors import Problem
from potager.insight import catalogue
from potager.insight.conditions.tree import in_chinese
from potager.insight.fields import Fields
from potager.journeys import faults
from potager.journeys.graph import Definition
from potager.journeys.nodes.wait import Wait
from potager.journeys.parts import END


def read(written: object) -> Definition:
    """The written definition.

    Raises Problem("journey.definition") naming the step (steps.<id>.…) of the first mistake in its form.
    """
    try:
        return Definition.model_validate(written)
    except ValidationError as error:
        raise _form_problem(error, written) from error


def problems(definition: Definition) -> list[Problem]:
    """Everything that keeps this definition from being published, in the order of its steps."""
    fields = catalogue.load()
    return [
        *_subject(definition),
        *_ways_in(definition, fields),
        *_targets(definition),
        *_unreached(definition),
        *_endless(definition),
        *(problem for step in definition.steps for problem in step.node.problems(f"steps.{step.id}", fields)),
    ]


def _form_problem(error: ValidationError, written: object) -> Problem:
    first = error.errors(include_url=False)[0]
    place: list[str] = []
    here: Any = written
    for n, part in enumerate(first["loc"]):
        if n == 2 and place[0] == "triggers":
            # The kind of a trigger tells its forms apart; nobody wrote it.
            continue
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
        named = isinstance(part, int) and place == ["steps"] and isinstance(here, Mapping) and here.get("id")
        place.append(str(here["id"]) if named else str(part))
    said = first["msg"].removeprefix("Value error, ")
    where = ".".join(place)
    zh = in_chinese(first["type"], first.get("ctx", {})) or said
    return faults.fault("definition", where, f"「{where}」写得不对：{zh}", f"“{where}” is not valid: {said}")


def _subject(definition: Definition) -> Iterator[Problem]:
    """What a journey about this subject cannot have."""
    subject = definition.subject
    for n, trigger in enumerate(definition.triggers):
        if subject not in trigger.SUBJECTS:
            yield faults.fault(
                "trigger_subject",
                f"triggers[{n}]",
                "这种开始条件不属于这类 SOP：员工 SOP 用「员工 + 时间」开始，客户 SOP 用其他条件",
                "This way in does not fit: a staff SOP begins by staff and schedule, a customer SOP by any other",
            )
    for step in definition.steps:
        yield from step.node.misfits(subject, f"steps.{step.id}")
    if subject == "customer":
        return
    written = definition.model_fields_set & _OF_CUSTOMERS
    for part in sorted(part for part in written if getattr(definition, part)):
        yield faults.fault(
            "part_subject",
            part,
            f"员工 SOP 没有「{part}」，它只对客户有效；请删掉",
            f"A staff SOP has no “{part}”, which is for customers only; leave it out",
        )


# Parts of a definition that ask about customers.
_OF_CUSTOMERS = frozenset({"gap", "lead", "filter", "control", "exits", "group", "limits"})


def _ways_in(definition: Definition, fields: Fields) -> Iterator[Problem]:
    for n, trigger in enumerate(definition.triggers):
        yield from trigger.problems(f"triggers[{n}]", fields)
    if definition.lead is not None:
        yield from _lead(definition.lead)
    yield from faults.of_event(definition.goal, "goal", fields)
    for n, spec in enumerate(definition.exits):
        yield from faults.of_event(spec, f"exits[{n}]", fields)
    if definition.filter is not None:
        yield from faults.of_condition(definition.filter, "filter", fields)


def _lead(lead: Wait) -> Iterator[Problem]:
    if lead.or_event is not None:
        yield faults.fault(
            "lead_event",
            "lead.or_event",
            "提前等待（lead）不能由事件提前结束；要让客户不再进入，请写在 exits 里",
            "No event ends a lead early; write it among the exits to keep the person from entering",
        )
    if lead.own_date is not None or lead.best is not None or lead.zone == "customer":
        yield faults.fault(
            "lead_person",
            "lead",
            "提前等待（lead）只看触发的事件和店铺时钟；要按客户自己的日期或时区等，请在第一步加一个等待",
            "A lead goes by the event and the house's clock; for a person's own date or zone put a wait first",
        )


def _targets(definition: Definition) -> Iterator[Problem]:
    for step in definition.steps:
        for to, _ in definition.edges(step):
            if to != END and to not in definition.by_id:
                yield faults.fault(
                    "target",
                    f"steps.{step.id}",
                    f"步骤「{step.id}」要去的「{to}」不存在",
                    f"Step “{step.id}” leads to “{to}”, which does not exist",
                )


def _unreached(definition: Definition) -> Iterator[Problem]:
    reached = {definition.first}
    todo = [definition.first]
    while todo:
        step = definition.by_id.get(todo.pop())
        fresh = {to for to, _ in definition.edges(step)} - reached - {END} if step else set()
        reached |= fresh
        todo += fresh
    for step in definition.steps:
        if step.id not in reached:
            yield faults.fault(
                "unreached",
                f"steps.{step.id}",
                f"没有任何路径能到达步骤「{step.id}」",
                f"No path leads to step “{step.id}”",
            )


def _endless(definition: Definition) -> Iterator[Problem]:
    """A circle must contain a wait of at least an hour, or a person would run around in it."""
    instant = {
        step.id: [to for to, _ in definition.edges(step) if to in definition.by_id]
        for step in definition.steps
        if not step.node.holds_back()
    }
    for step_id in instant:
        if step_id in _downstream(step_id, instant):
            yield faults.fault(
                "endless",
                f"steps.{step_id}",
                f"从步骤「{step_id}」会不停地绕回自己：循环里至少要等待 1 小时",
                f"Step “{step_id}” comes back to itself without a pause: a circle needs a wait of an hour or more",
            )
            return


def _downstream(start: str, edges: Mapping[str, Collection[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(edges.get(start, ()))
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += edges.get(here, ())
    return seen
