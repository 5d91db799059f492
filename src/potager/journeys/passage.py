"""The write phase: what walks decided becomes rows, touches, tags, tasks and facts, in one short transaction."""

from collections import defaultdict
from collections.abc import Mapping, Sequence

from potager.core import choices, clock, house, journal, money, store
from potager.core.bulk import insert_rows, update_rows
from potager.core.journal import Fact, to_us
from potager.core.store import Lane as WriteLane
from potager.insight import tags
from potager.insight.fields import TagOrigin
from potager.journeys import stuck
from potager.journeys.ending import Telling
from potager.journeys.graph import Definition, Message, TagChange, Task
from potager.journeys.live import definitions_of
from potager.journeys.models import Run, RunStep
from potager.journeys.subjects import iids, owners
from potager.journeys.times import span
from potager.journeys.waits import outcome_key
from potager.journeys.walk import Effect, Passed, Walker
from potager.org.access import SYSTEM
from potager.touch import intents, tasks
from potager.touch.intents import Intent
from potager.touch.life import State as TouchState
from potager.touch.models import Lane
from potager.touch.tasks import NewTask

CHANNEL_SETTING = "journeys.channel"
Values = Mapping[str, object]


def values_of(walker: Walker, product_names: Mapping[str, str]) -> dict[str, object]:
    """The variables a message knows from what started the run; the customer's and the sender's come with the touch."""
    context = walker.context
    product = str(context.get("product", ""))
    values: dict[str, object] = {f"event.{key}": value for key, value in context.items() if not isinstance(value, dict)}
    if product:
        values["product_name"] = values["商品"] = product_names.get(product, product)
    if isinstance(amount := context.get("amount"), int):
        said = money.show(amount, house.facts().currency)
        values["order_amount"] = values["订单金额"] = said
    return values


def write(version_id: int, walkers: Sequence[Walker], product_names: Mapping[str, str], lease: int) -> int:
    """Write what these walkers did, leaving out those whose run was changed since it was read; returns how many."""
    definition = definitions_of([version_id])[version_id]
    with store.write(WriteLane.TICK):
        journal.hold()
        held = set(
            Run.objects.select_for_update()
            .filter(id__in=[walker.run_id for walker in walkers], lease_until_us=lease, due_us__isnull=False)
            .values_list("id", flat=True)
        )
        able = [walker for walker in walkers if walker.run_id in held]
        _touch(definition, able, product_names)
        _give_tasks(definition, able)
        _tag(able)
        _tell(definition, able)
        _note(able)
        _place(able, _settle(version_id, able))
    return len(able)


def _settle(version_id: int, walkers: Sequence[Walker]) -> Mapping[str, int]:
    """Note who cannot go on and why; returns until when each place holds its people back."""
    problems = {f"steps.{walker.step}": walker.stuck for walker in walkers if walker.stuck is not None}
    passed = {f"steps.{each.step}" for walker in walkers for each in walker.passed}
    return stuck.settle(version_id, problems, {*passed, stuck.VERSION})


def _tell(definition: Definition, walkers: Sequence[Walker]) -> None:
    """A run's first step makes its entry known; its end is known when it comes."""
    telling = [walker for walker in walkers if walker.first or walker.ended]
    known = iids({walker.cid for walker in telling})
    facts: list[Fact] = []
    for walker in telling:
        told = Telling(walker.run_id, definition.key, walker.cid, known.get(walker.cid), walker.arm)
        if walker.first:
            facts.append(told.entered(walker.entered))
        if walker.ended:
            facts.append(told.exited(walker.at, walker.ended))
    if facts:
        journal.append(facts)


def _touch(definition: Definition, walkers: Sequence[Walker], product_names: Mapping[str, str]) -> None:
    """Intend the messages; a verdict that drops the run ends it where it stands."""
    speaking = [(w, w.effect, w.effect.what) for w in walkers if w.effect and isinstance(w.effect.what, Message)]
    if not speaking:
        return
    channel = str(choices.get(CHANNEL_SETTING, "handout"))
    batch = [
        Intent(
            cid=w.cid,
            channel=message.channel or channel,
            template=message.text,
            run_id=w.run_id,
            step=effect.passed.step,
            visit=effect.passed.visit,
            purpose=message.purpose,
            lane=_lane(w, effect, message),
            journey=definition.key,
            sender=str(w.context.get("staff", "")) if w.context.get("event") == "friend_added" else "",
            person_key=w.person_key,
            arm=w.arm,
            shadow=w.shadow,
            due=effect.passed.at,
            expires=effect.passed.at + span(message.valid),
            values=values_of(w, product_names),
        )
        for w, effect, message in speaking
    ]
    for (walker, effect, _), answer in zip(speaking, intents.intend(batch), strict=True):
        effect.passed.outcome = answer.state.value
        effect.passed.detail = {"touch": answer.id}
        if answer.rule:
            effect.passed.detail["rule"] = answer.rule
        if answer.until is not None:
            effect.passed.detail["until"] = answer.until.isoformat()
        if answer.state == TouchState.DROPPED:
            _end_at(walker, effect.passed, f"policy:{answer.rule}")


def _end_at(walker: Walker, passed: Passed, reason: str) -> None:
    """End a run in a step it has gone on from since: what came after did not happen."""
    walker.passed = walker.passed[: walker.passed.index(passed) + 1]
    walker.step, walker.visit, walker.at = passed.step, passed.visit, passed.at
    walker.waiting, walker.asks, walker.stuck = False, False, None
    walker.ended = reason


def _lane(walker: Walker, effect: Effect, message: Message) -> Lane:
    if message.purpose == "transactional":
        return Lane.TRANSACTIONAL
    welcome = walker.context.get("event") == "friend_added" and effect.passed.at == walker.entered
    return Lane.WELCOME if welcome else Lane.SOP


def _give_tasks(definition: Definition, walkers: Sequence[Walker]) -> None:
    """Ask the customers' owners to do something; a customer nobody owns has nobody to ask."""
    giving = [(w, w.effect.passed, w.effect.what) for w in walkers if w.effect and isinstance(w.effect.what, Task)]
    cids = {walker.cid for walker, _, _ in giving}
    staff, known = (owners(cids), iids(cids)) if cids else ({}, {})
    batch: list[NewTask] = []
    for walker, passed, task in giving:
        if walker.cid not in staff:
            passed.outcome = "nobody"
            if task.wait:
                # Nobody will ever tell the outcome: it is told here, and taken at once.
                walker.context[outcome_key(passed.step)] = {"outcome": "nobody"}
                walker.at = passed.at
            continue
        if walker.shadow:
            passed.outcome = "would_ask"
            continue
        passed.outcome = "asked"
        batch.append(
            NewTask(
                token=tasks.token_of(walker.run_id, passed.step, passed.visit),
                staff=staff[walker.cid],
                title=task.title,
                instructions=task.text,
                due=passed.at,
                expires=passed.at + span(task.within),
                iid=known.get(walker.cid),
                cid=walker.cid,
                journey=definition.key,
                run_id=walker.run_id,
                step=passed.step,
                visit=passed.visit,
            )
        )
    if batch:
        tasks.create(batch)


def _tag(walkers: Sequence[Walker]) -> None:
    """Change manual tags; what follows waits until the warehouse knows of it."""
    wanted: dict[tuple[str, str | None, bool], list[Walker]] = defaultdict(list)
    for walker in walkers:
        if walker.effect is None or not isinstance(walker.effect.what, TagChange):
            continue
        change = walker.effect.what
        walker.effect.passed.outcome = "would_tag" if walker.shadow else "tagged"
        walker.effect.passed.detail = change.model_dump(exclude_none=True)
        if not walker.shadow:
            wanted[change.add or change.remove or "", change.value, change.add is not None].append(walker)
    for (tag, value, adding), some in wanted.items():
        cids = [walker.cid for walker in some]
        if adding:
            tags.add(SYSTEM, cids, tag, value, origin=TagOrigin.JOURNEY)
        else:
            tags.remove(SYSTEM, cids, tag)
    if wanted:
        told, now = journal.last_seq(), clock.now()
        for some in wanted.values():
            for walker in some:
                walker.cause_seq = told
                # The tag begins now, however late that is: asked as of the step's own time it would not be there.
                if not walker.waiting:
                    walker.at = max(walker.at, now)


def _note(walkers: Sequence[Walker]) -> None:
    insert_rows(
        RunStep._meta.db_table,
        {
            "run_id": "bigint",
            "step": "text",
            "visit": "integer",
            "at_us": "bigint",
            "kind": "text",
            "outcome": "text",
            "detail": "jsonb",
        },
        [(w.run_id, p.step, p.visit, to_us(p.at), p.kind, p.outcome[:40], p.detail) for w in walkers for p in w.passed],
    )


def _place(walkers: Sequence[Walker], held_back: Mapping[str, int]) -> None:
    """Each run stands where its walk ended, free for the next tick unless it is stuck there."""
    update_rows(
        Run._meta.db_table,
        {
            "step": "text",
            "waiting": "boolean",
            "rest_us": "bigint",
            "visit": "integer",
            "due_us": "bigint",
            "asks": "boolean",
            "cause_seq": "bigint",
            "context": "jsonb",
            "ended_us": "bigint",
            "end_reason": "text",
            "lease_until_us": "bigint",
        },
        [
            (
                w.run_id,
                w.step,
                w.waiting,
                to_us(w.came) if w.came is not None else 0,
                w.visit,
                None if w.ended else to_us(w.at),
                w.asks,
                w.cause_seq,
                w.context,
                to_us(w.at) if w.ended else None,
                w.ended[:80],
                held_back[f"steps.{w.step}"] if w.stuck is not None else 0,
            )
            for w in walkers
        ],
    )
