"""What is wrong with a definition, each problem at the step it belongs to. Publishing needs none."""

from collections.abc import Collection, Iterator, Mapping
from datetime import timedelta
from typing import Any

from pydantic import ValidationError

from potager.content import render
from potager.content.links import personal as links
from potager.core.errors import Problem
from potager.insight import catalogue, conditions
from potager.insight.conditions.tree import in_chinese
from potager.insight.fields import Fields
from potager.insight.match import compile_matcher
from potager.journeys.graph import END, Definition, EventSpec, Json, Step
from potager.journeys.times import span
from potager.touch import channels

# Filled from what started the run: name → what an operator reads.
RUN_VARIABLES = {
    "product_name": ("商品名", "product of the order"),
    "商品": ("商品名", "product of the order"),
    "order_amount": ("订单金额", "amount of the order"),
    "订单金额": ("订单金额", "amount of the order"),
}
OWN_EVENTS = frozenset({"journey_entered", "journey_exited"})


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
        *_ways_in(definition, fields),
        *_targets(definition),
        *_unreached(definition),
        *_endless(definition),
        *(problem for step in definition.steps for problem in _step(step, fields)),
    ]


def _problem(code: str, place: str, zh: str, en: str) -> Problem:
    return Problem(f"journey.{code}", zh=zh, en=en, place=place)


def _form_problem(error: ValidationError, written: object) -> Problem:
    first = error.errors(include_url=False)[0]
    place: list[str] = []
    here: Any = written
    for part in first["loc"]:
        try:
            here = here[part]
        except (KeyError, IndexError, TypeError):
            here = None
        named = isinstance(part, int) and place == ["steps"] and isinstance(here, Mapping) and here.get("id")
        place.append(str(here["id"]) if named else str(part))
    said = first["msg"].removeprefix("Value error, ")
    where = ".".join(place)
    zh = in_chinese(first["type"], first.get("ctx", {})) or said
    return _problem("definition", where, f"「{where}」写得不对：{zh}", f"“{where}” is not valid: {said}")


def _ways_in(definition: Definition, fields: Fields) -> Iterator[Problem]:
    for n, trigger in enumerate(definition.triggers):
        place = f"triggers[{n}]"
        if trigger.event in OWN_EVENTS and not trigger.where:
            yield _problem(
                "self_trigger",
                place,
                "由旅程事件触发时，必须用条件写明是哪一个旅程",
                "A journey started by journey events must say by which journey's",
            )
        if trigger.event is not None:
            yield from _event(EventSpec(event=trigger.event, where=trigger.where), place, fields)
        if trigger.audience is not None and trigger.audience not in fields.audiences:
            yield _problem(
                "audience", place, f"没有人群「{trigger.audience}」", f"There is no audience “{trigger.audience}”"
            )
    if definition.lead is not None and definition.lead.or_event is not None:
        yield _problem(
            "lead_event",
            "lead.or_event",
            "提前等待（lead）不能由事件提前结束；要让客户不再进入，请写在 exits 里",
            "No event ends a lead early; write it among the exits to keep the person from entering",
        )
    yield from _event(definition.goal, "goal", fields)
    for n, spec in enumerate(definition.exits):
        yield from _event(spec, f"exits[{n}]", fields)
    if definition.filter is not None:
        yield from _condition(definition.filter, "filter", fields)


def _targets(definition: Definition) -> Iterator[Problem]:
    for step in definition.steps:
        for to, _ in definition.edges(step):
            if to != END and to not in definition.by_id:
                yield _problem(
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
            yield _problem(
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
        if not _holds_back(step)
    }
    for step_id in instant:
        if step_id in _downstream(step_id, instant):
            yield _problem(
                "endless",
                f"steps.{step_id}",
                f"从步骤「{step_id}」会不停地绕回自己：循环里至少要等待 1 小时",
                f"Step “{step_id}” comes back to itself without a pause: a circle needs a wait of an hour or more",
            )
            return


def _holds_back(step: Step) -> bool:
    return step.wait is not None and step.wait.for_ is not None and span(step.wait.for_) >= timedelta(hours=1)


def _downstream(start: str, edges: Mapping[str, Collection[str]]) -> set[str]:
    seen: set[str] = set()
    todo = list(edges.get(start, ()))
    while todo:
        here = todo.pop()
        if here not in seen:
            seen.add(here)
            todo += edges.get(here, ())
    return seen


def _step(step: Step, fields: Fields) -> Iterator[Problem]:
    place = f"steps.{step.id}"
    if step.message is not None:
        try:
            render.check(step.message.text, variables(fields), f"{place}.message.text")
            links.check(step.message.text, f"{place}.message.text")
        except Problem as problem:
            yield problem
        if (key := step.message.channel) is not None and key not in channels.installed():
            yield _problem(
                "channel",
                f"{place}.message.channel",
                f"没有触达渠道「{key}」；可以用：{'、'.join(channels.installed())}",
                f"There is no channel “{key}”; there are {', '.join(channels.installed())}",
            )
    for n, path in enumerate(step.branch or ()):
        yield from _condition(path.if_, f"{place}.branch[{n}].if", fields)
    if step.wait is not None and step.wait.or_event is not None:
        yield from _event(step.wait.or_event, f"{place}.wait.or_event", fields)
    if step.tag is not None and (key := step.tag.add or step.tag.remove) not in fields.tags:
        yield _problem("tag", place, f"没有标签「{key}」", f"There is no tag “{key}”")


def variables(fields: Fields) -> set[str]:
    """Names a message may use without a default: known for everybody or for every run of the journey."""
    return {*RUN_VARIABLES, *fields.attrs}


def _event(spec: EventSpec, place: str, fields: Fields) -> Iterator[Problem]:
    if spec.event not in fields.events:
        yield _problem(
            "event", place, f"埋点计划里没有事件「{spec.event}」", f"The tracking plan has no event “{spec.event}”"
        )
        return
    try:
        compile_matcher(spec.event, spec.where, fields)
    except Problem as problem:
        yield Problem(problem.code, zh=problem.zh, en=problem.en, place=f"{place}.{problem.place}".rstrip("."))


def _condition(written: Json, place: str, fields: Fields) -> Iterator[Problem]:
    try:
        conditions.bind(conditions.parse(written), fields)
    except Problem as problem:
        yield Problem(problem.code, zh=problem.zh, en=problem.en, place=f"{place}.{problem.place}".rstrip("."))
