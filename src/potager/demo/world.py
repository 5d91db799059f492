"""The demo world: founded, given its history, and lived through day by day with the whole product running.

Nothing of the product is bypassed: facts go through the journal, people through the door for people, messages through
policy, outbox and the simulated platform in its own process. What turns facts into acts, the main job, is given by
the assembly.
"""

import time
from collections import Counter, defaultdict
from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from datetime import datetime
from typing import Protocol

from potager.core import clock, journal, store
from potager.core.store import Lane
from potager.demo import arrivals, founding, history, keeping, phones, playbook, staff, telling
from potager.demo.clockwork import ANSWERED, OPENING, at
from potager.demo.parameters import Parameters, date_of
from potager.demo.twin import Day, Twin
from potager.facts import bulk, loader
from potager.touch import pump
from potager.touch.channels.simulator import Simulator

DAY = 86_400
# How many facts one write transaction accepts.
AT_ONCE = 2_000
Say = Callable[[str], None]


class MainJob(Protocol):
    """Load, refresh (if asked), forward, tick, send, until nothing moves; returns the seconds of each."""

    def __call__(self, *, refresh: bool) -> Mapping[str, float]: ...


@dataclass(slots=True)
class Report:
    """What building or advancing took, by phase in seconds, and what happened."""

    seconds: defaultdict[str, float] = field(default_factory=lambda: defaultdict(float))
    counts: Counter[str] = field(default_factory=Counter)

    @contextmanager
    def phase(self, name: str) -> Iterator[None]:
        begun = time.perf_counter()
        yield
        self.seconds[name] += time.perf_counter() - begun

    def add(self, phases: Mapping[str, float]) -> None:
        for name, value in phases.items():
            self.seconds[name] += value

    def rounded(self) -> dict[str, Mapping[str, float]]:
        """As JSON: seconds per phase and their sum, and the counts."""
        seconds = {name: round(value, 1) for name, value in self.seconds.items()}
        return {"seconds": seconds | {"total": round(sum(self.seconds.values()), 1)}, "counts": dict(self.counts)}


class World:
    """A twin and the house it lives with."""

    def __init__(self, twin: Twin, main_job: MainJob, report: Report) -> None:
        self.twin = twin
        self.report = report
        self._main_job = main_job
        self._simulator = Simulator()
        self._register = arrivals.register(twin.people)

    def live_day(self) -> None:
        """One day, from nine to nine: things happen, the house looks up and acts, people answer."""
        with self.report.phase("operators"):
            playbook.keep_calendar(self.twin.parameters, self.twin.day)
        with self.report.phase("twin"):
            day = self.twin.live_day()
            if len(self.twin.people) > len(self._register.cid):
                self._register = arrivals.register(self.twin.people)
        since = OPENING
        moments = self.twin.parameters.moments
        for turn, moment in enumerate(moments):
            until = min(moment, DAY)
            self._happen(day, since, until)
            _move_to(at(day.day, moment))
            self.report.add(self._main_job(refresh=turn == len(moments) - 1))
            self._answer(turn)
            _move_to(at(day.day, moment + ANSWERED))
            with self.report.phase("receipts"):
                pump.tell()
            since = until
        keeping.put(self.twin)

    def _happen(self, day: Day, since: int, until: int) -> None:
        """What the twin does in these seconds reaches the house."""
        people = self.twin.people
        with self.report.phase("people"):
            joined_at = people.joined_at[day.joined]
            newcomers = day.joined[(joined_at >= since) & (joined_at < until)].tolist()
            if newcomers:
                arrivals.arrive(people, newcomers)
                arrivals.note(self._register, newcomers)
            phones.delete(
                self._simulator, people, phones.losses_between(day.lost.who, day.lost.second, day.day, since, until)
            )
        with self.report.phase("ingest"):
            facts = telling.tell(day, people, self._register, since, until)
            for start in range(0, len(facts), AT_ONCE):
                with store.write(Lane.INGEST):
                    journal.append(facts[start : start + AT_ONCE])
        self.report.counts["customers"] += len(newcomers)
        self.report.counts["facts"] += len(facts)

    def _answer(self, turn: int) -> None:
        """People see what came since the last look, and answer or leave."""
        with self.report.phase("answers"):
            arrived, self.twin.heard = phones.arrived(self.twin.heard, self._register)
            answered, leaving = self.twin.hear([each.message for each in arrived], turn)
            phones.reply(self._simulator, arrived, answered)
            phones.delete(self._simulator, self.twin.people, phones.departures(arrived, leaving.tolist()))
        with self.report.phase("staff"):
            self.report.counts["tasks"] += staff.work(self.twin.people, self._register)
        self.report.counts["messages"] += sum(not each.message.shadow for each in arrived)
        self.report.counts["withheld"] += sum(each.message.shadow for each in arrived)
        self.report.counts["replies"] += len(answered)
        self.report.counts["deletions"] += len(leaving)


def build(parameters: Parameters, main_job: MainJob, say: Say) -> Report:
    """Found the house and live until T. The house must be empty; needs a running simulator."""
    report = Report()
    say(f"沐岚护肤 · {parameters.customers} customers")
    with report.phase("found"):
        founding.found(parameters)
        arrivals.prepare()
    with report.phase("twin"):
        twin = Twin.born(parameters)
        past = history.live_history(twin)
    with report.phase("people"):
        arrivals.arrive(twin.people, range(twin.lives.people))
    _give_history(twin, past, report)
    world = World(twin, main_job, report)
    with report.phase("operators"):
        playbook.equip(parameters)
    report.add(main_job(refresh=True))
    with report.phase("operators"):
        playbook.go_live()
        keeping.put(twin)
    _live_until_built(world, say)
    return report


def is_unfinished() -> bool:
    """Whether this house is a demo world whose building was broken off after its history was in."""
    return keeping.days_left() > 0


def finish(main_job: MainJob, say: Say) -> Report:
    """Go on with a building that was broken off: the broken day is lived again, and what it told counts once."""
    report = Report()
    _live_until_built(World(keeping.take(), main_job, report), say)
    return report


def _live_until_built(world: World, say: Say) -> None:
    parameters = world.twin.parameters
    while (day := world.twin.day) < parameters.last_day:
        if (lived := day - parameters.replay_day) % 10 == 0:
            say(f"{date_of(day)}  {lived}/{parameters.replay_days}")
        world.live_day()
    with world.report.phase("load"):
        loader.load_all()


def advance_day(main_job: MainJob) -> Report:
    """Live one more day of this house's world."""
    report = Report()
    World(keeping.take(), main_job, report).live_day()
    with report.phase("load"):
        loader.load_all()
    return report


def _move_to(moment: datetime) -> None:
    """The world's time goes forward; a day lived again after a crash finds it there already."""
    if moment > clock.now():
        clock.set_world(moment)


def _give_history(twin: Twin, past: history.History, report: Report) -> None:
    """The year before, through the bulk door; those who left it did so on their phones."""
    with report.phase("history"):
        register = arrivals.register(twin.people)
        phones.delete(Simulator(), twin.people, past.losses())
        pump.tell()
        bulk.load(
            "demo-history",
            products=history.products(),
            events=history.events(past, twin.people, register),
            orders=history.orders(past, twin.people, register),
            items=history.items(past, register),
            refunds=history.refunds(past, register),
            costs=history.costs(past, twin.people),
        )
