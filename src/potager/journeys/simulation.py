"""A draft walked through days gone by: the events that really happened, the same triggers, walk and contact policy.
Nothing is sent and nothing written.

What a person did is known beforehand, so a rest ends at its time or at the event that ends it, whichever comes first.
What nobody can know is taken as it is most often: tasks are not answered, and tags a step would have given are not
there to be asked for.
"""

import heapq
from collections import defaultdict
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime, timedelta
from functools import partial
from itertools import count
from typing import Literal

from potager.core import choices, clock, journal
from potager.core.errors import Problem
from potager.core.journal import Entry, to_us
from potager.evidence import arms
from potager.evidence.models import Experiment
from potager.journeys import coming, limits, live
from potager.journeys.closing import matches
from potager.journeys.entry import Candidate
from potager.journeys.foreseen import Foreseen, day_of, hour_of
from potager.journeys.graph import Definition
from potager.journeys.knowing import Warehouse
from potager.journeys.live import Live
from potager.journeys.models import Journey, Run
from potager.journeys.nodes.goal import Goal
from potager.journeys.nodes.message import CHANNEL_SETTING, Message
from potager.journeys.nodes.node import Act, Writing
from potager.journeys.nodes.task import Task
from potager.journeys.nodes.wait import Arrival
from potager.journeys.waits import outcome_key, product_of
from potager.journeys.walk import walk
from potager.journeys.walker import TOGETHER, Walker, by_time
from potager.touch import channels
from potager.touch.drafts import Draft
from potager.touch.foreseen import Ledger

MOST = 20_000
LONGEST = timedelta(seconds=20)
_MOMENT = timedelta(microseconds=1)


def simulate(journey: Journey, definition: Definition, since: datetime, until: datetime) -> Foreseen:
    """What would have come of a definition between two instants of the past. Raises Problem for one about staff."""
    if definition.subject != "customer":
        raise Problem(
            "journey.simulation_subject",
            zh="员工 SOP 按时间表派任务，没有可以推演的客户事件；请在发布前查看名单和时间",
            en="A staff SOP asks by a schedule: no events of customers walk through it; look at its roster and times",
            place="subject",
        )
    # Of a draft no experiment need be kept yet: arms are foreseen, not drawn.
    draft = Live(journey.pk, 0, definition, Experiment(key=live.experiment_key(definition.key)), {})
    return _Simulation(draft, since, until).run()


@dataclass(slots=True)
class _Passage:
    """A passage nobody makes. `over`: it has ended; `cancelled`: from when its deferred messages are taken back."""

    candidate: Candidate
    walker: Walker
    over: bool = False
    cancelled: datetime | None = None


@dataclass(frozen=True, slots=True)
class _Turn:
    """What is next for a passage: the event that lets in, to enter, to walk on, or to have a deferred message judged
    again."""

    kind: Literal["come", "enter", "walk", "judge"]
    passage: _Passage
    draft: Draft | None = None


class _Simulation:
    def __init__(self, draft: Live, since: datetime, until: datetime) -> None:
        self.draft, self.definition = draft, draft.definition
        self.since, self.until = since, until
        self.known = Warehouse()
        self.ledger = Ledger(since)
        self.channel = str(choices.get(CHANNEL_SETTING, "handout"))
        self.told = Foreseen(self.definition.hash, since, until, until)
        self.turns: list[tuple[datetime, int, _Turn]] = []
        self.order = count()
        self.events: dict[int, list[Entry]] = {}
        self.window = timedelta(days=self.definition.window)
        self.converted: set[int] = set()

    def run(self) -> Foreseen:
        over = clock.wall() + LONGEST
        self._note_limits()
        self._note_beginning()
        self._begin()
        while self.turns and self.turns[0][0] < self.until:
            first = self.turns[0][0]
            if clock.wall() >= over:
                self.told.reached = first
                break
            some = []
            while self.turns and self.turns[0][0] < min(first + TOGETHER, self.until):
                some.append(heapq.heappop(self.turns))
            self._come([turn.passage for _, _, turn in some if turn.kind == "come"])
            self._enter([(at, turn.passage) for at, _, turn in some if turn.kind == "enter"])
            self._judge_again([(at, turn.passage, turn.draft) for at, _, turn in some if turn.draft is not None])
            self._walk([turn.passage for _, _, turn in some if turn.kind == "walk" and not turn.passage.over])
        self.told.converted = len(self.converted)
        self.told.inside = sum(turn.kind == "walk" and not turn.passage.over for _, _, turn in self.turns)
        self.told.pending = sum(turn.kind == "judge" for _, _, turn in self.turns)
        return self.told

    def _note_limits(self) -> None:
        said = limits.of_journey(self.definition)
        if said.at_once or said.entries or self.definition.group:
            self.told.problems["limits"] = Problem(
                "journey.simulation_limits",
                zh="模拟不看进入次数上限和旅程互斥组：实际进入的人可能更少",
                en="Entry limits and groups are not simulated: fewer people may enter",
                place="limits",
            )

    def _note_beginning(self) -> None:
        """Days nobody remembers let nobody in: whoever reads the sums must know."""
        begins = journal.reaches_back_to()
        if begins is not None and begins > self.since:
            day = day_of(begins)
            self.told.problems["since"] = Problem(
                "journey.simulation_journal",
                zh=f"事件只保留到 {day}，更早几天没有算进来；请把天数改少，或以这天之后的数字为准",
                en=f"Events are kept back to {day}: the days before are not in these sums; ask for fewer days",
                place="since",
            )

    def _put(self, at: datetime, turn: _Turn) -> None:
        heapq.heappush(self.turns, (at, next(self.order), turn))

    def _begin(self) -> None:
        """Everybody whom a way in lets come, at that time."""
        found = coming.candidates(self.draft, self.since, self.until)
        people = coming.person_keys({each.cid for each in found})
        if len(found) > MOST:
            self.told.share = MOST / len(found)
            kept = coming.drawn(self.definition.key, list(people.values()), self.told.share)
            people = {cid: person for cid, person in people.items() if person in kept}
        found = [each for each in found if each.cid in people]
        cids = {each.cid for each in found}
        self._read_events(cids)
        drawn = coming.arms_of(self.definition, {people[cid] for cid in cids})
        self.door = coming.Door(self.draft.journey_id, self.definition, cids, self.since)
        for n, each in enumerate(found, 1):
            one = drawn[people[each.cid]]
            walker = Walker(
                run_id=-n,
                cid=each.cid,
                person_key=people[each.cid],
                arm=one.arm,
                shadow=one.arm in arms.UNTREATED,
                variants=one.variants,
                context=dict(each.context),
                entered=each.at,
                step=self.definition.first,
                waiting=False,
                visit=0,
                at=each.at,
                cause_seq=0,
            )
            self._put(each.at, _Turn("come", _Passage(each, walker)))

    def _come(self, coming_in: Sequence[_Passage]) -> None:
        """By the entry rules, and the lead that lies before the entry."""
        lead = self.definition.lead
        products = {product_of(each.candidate.context) for each in coming_in} - {""}
        lives = self.known.life_days(products) if lead is not None else {}
        for passage in coming_in:
            each, walker = passage.candidate, passage.walker
            if reason := self.door.refuses(each):
                self.told.refused[reason] += 1
                continue
            if lead is not None:
                walker.at = max(each.at, lead.ends(Arrival(each.at, each.at, clock.zone(), each.context, lives)))
                walker.entered = walker.at
            if self._exit(passage, each.at, walker.at):
                self.told.refused["left"] += 1
                self.door.give_back(each)
            else:
                self._put(walker.at, _Turn("enter", passage))

    def _read_events(self, cids: set[int]) -> None:
        """What these people did that may end, wake or convert a passage, in the order it happened."""
        types = {self.definition.goal.event, *(each.event for each in self.definition.exits)}
        for step in self.definition.steps:
            types.update(step.node.rest_ends())
        found: dict[int, list[Entry]] = defaultdict(list)
        for entry in journal.between(self.since, self.until, types):
            if entry.fact.cid is not None and entry.fact.cid in cids:
                found[entry.fact.cid].append(entry)
        self.events = {cid: sorted(some, key=lambda each: (each.fact.at, each.seq)) for cid, some in found.items()}

    def _later(self, passage: _Passage, start: datetime, end: datetime) -> list[Entry]:
        """Their events between two instants, that which let them in left out."""
        return [
            entry
            for entry in self.events.get(passage.walker.cid, ())
            if start <= entry.fact.at < end and entry.seq > passage.candidate.seq
        ]

    def _exit(self, passage: _Passage, start: datetime, end: datetime) -> Entry | None:
        later = self._later(passage, start, end)
        return next((each for each in later if any(matches(each, spec) for spec in self.definition.exits)), None)

    def _enter(self, entering: Sequence[tuple[datetime, _Passage]]) -> None:
        passing = list(entering)
        if (condition := self.definition.filter) is not None:
            passing = []
            try:
                for some, as_of in by_time(entering, key=lambda each: each[0]):
                    holding = self.known.holds(condition, {each.walker.cid for _, each in some}, as_of)
                    passing += [each for each in some if each[1].walker.cid in holding]
            except Problem as problem:
                self.told.problems["filter"] = problem
            let = {each.walker.run_id for _, each in passing}
            for passage in (each for _, each in entering if each.walker.run_id not in let):
                self.told.refused["filter"] += 1
                self.door.give_back(passage.candidate)
        for at, passage in passing:
            self.told.entries[day_of(at)] += 1
            later = self._later(passage, at, at + self.window)
            if any(matches(each, self.definition.goal) for each in later):
                self.converted.add(passage.walker.run_id)
            # What ends it at the very instant it begins is heard before anybody takes a step.
            if at_once := self._exit(passage, at, at + _MOMENT):
                self._end(passage, f"exit:{at_once.fact.type}", at)
            else:
                self._put(at, _Turn("walk", passage))

    def _walk(self, passages: Sequence[_Passage]) -> None:
        for passage in passages:
            passage.walker.resting = False
        walk(self.definition, [each.walker for each in passages], self.known, clock.zone())
        self._act(passages)
        for passage in passages:
            self._place(passage)

    def _place(self, passage: _Passage) -> None:
        """Count the steps taken, and say when the passage goes on."""
        walker = passage.walker
        self.told.steps.update(each.step for each in walker.passed)
        walker.passed, walker.effect, walker.asks = [], None, False
        if walker.stuck is not None:
            self.told.problems[f"steps.{walker.step}"] = walker.stuck
            self._end(passage, "stuck", None)
        elif walker.ended:
            self._end(passage, walker.ended, walker.at if walker.ended.startswith("policy:") else None)
        elif walker.waiting:
            self._rest(passage)
        else:
            self._put(walker.at, _Turn("walk", passage))

    def _end(self, passage: _Passage, reason: str, cancelled: datetime | None) -> None:
        passage.over, passage.cancelled = True, cancelled
        self.told.ends[reason] += 1

    def _rest(self, passage: _Passage) -> None:
        """A rest lasts until its time, or until something happens that ends it or the passage."""
        walker = passage.walker
        came, due, node = walker.came or walker.at, walker.at, self.definition.by_id[walker.step].node
        resting = Run(pk=walker.run_id, step=walker.step, rest_us=to_us(came), due_us=to_us(due), arm=walker.arm)
        for entry in self._later(passage, came, due):
            if any(matches(entry, spec) for spec in self.definition.exits):
                self._end(passage, f"exit:{entry.fact.type}", entry.fact.at)
                return
            outcome = node.told(resting, entry, partial(matches, entry))
            if outcome is not None:
                walker.context[outcome_key(walker.step)] = outcome
                walker.at = entry.fact.at
                break
        self._put(walker.at, _Turn("walk", passage))

    def _act(self, passages: Sequence[_Passage]) -> None:
        """What the walks left to be done, foreseen: messages are judged, tasks counted."""
        effects = [(each, effect) for each in passages if (effect := each.walker.effect) is not None]
        products = {product for each, _ in effects if (product := product_of(each.walker.context))}
        for some, at in by_time(effects, key=lambda each: each[1].passed.at):
            writing = Writing(
                self.definition.key,
                self.definition.subject,
                self.definition.priority,
                self.window,
                self.known.names(products),
                at,
            )
            self._reach([each for each, e in some if isinstance(e.node, Goal)])
            self._ask([Act(each.walker, e.passed, e.node) for each, e in some if isinstance(e.node, Task)], writing)
            acts = [(each, Act(each.walker, e.passed, e.node)) for each, e in some if isinstance(e.node, Message)]
            batch = [act.node.intent(act, writing, self.channel) for _, act in acts]
            drafts = self.ledger.drafts(batch, at)
            for draft in drafts:
                self.told.empty.update(draft.missing)
            said = self._judge([(act.passed.at, each, draft) for (each, act), draft in zip(acts, drafts, strict=True)])
            for _, act in acts:
                if rule := said.get(act.walker.run_id):
                    act.walker.end_at(act.passed, f"policy:{rule}")

    def _reach(self, passages: Sequence[_Passage]) -> None:
        """Who comes to a goal has converted, unless an event of theirs has said or will say so."""
        for walker in (each.walker for each in passages):
            if walker.run_id not in self.converted and walker.at < walker.entered + self.window:
                self.converted.add(walker.run_id)

    def _ask(self, acts: Sequence[Act[Task]], writing: Writing) -> None:
        for task in Task.orders(acts, writing):
            self.told.work[task.staff][day_of(task.due)] += 1

    def _judge_again(self, judging: Sequence[tuple[datetime, _Passage, Draft]]) -> None:
        """Messages that were let wait; a verdict that drops the run ends it wherever it stands."""
        at_of = {passage.walker.run_id: (at, passage) for at, passage, _ in judging}
        for run_id, rule in self._judge(judging).items():
            at, passage = at_of[run_id]
            if not passage.over:
                self._end(passage, f"policy:{rule}", at)

    def _judge(self, judging: Sequence[tuple[datetime, _Passage, Draft]]) -> dict[int, str]:
        """Ask policy about messages that are due; returns the passages it drops, each with the rule."""
        dropped: dict[int, str] = {}
        due = [each for each in judging if each[1].cancelled is None or each[0] < each[1].cancelled]
        if len(judging) > len(due):
            self.told.verdicts["cancel", "journey_ended"] += len(judging) - len(due)
        for some, now in by_time(due, key=lambda each: each[0]):
            verdicts = self.ledger.judge([draft for _, _, draft in some], now)
            for (at, passage, draft), verdict in zip(some, verdicts, strict=True):
                if verdict.decision == "defer":
                    self.told.deferred[verdict.rule] += 1
                    self._put(verdict.until or at + TOGETHER, _Turn("judge", passage, draft))
                    continue
                self.told.verdicts[verdict.decision, verdict.rule] += 1
                if verdict.decision == "drop":
                    dropped[draft.run_id] = verdict.rule
                elif verdict.decision == "send":
                    self._send(draft, at)
        return dropped

    def _send(self, draft: Draft, at: datetime) -> None:
        if draft.shadow:
            self.told.withheld += 1
            return
        self.told.sends[hour_of(at)] += 1
        way = channels.installed().get(draft.channel)
        if way is not None and way.capabilities.needs_sender:
            self.told.work[draft.sender][day_of(at)] += 1
