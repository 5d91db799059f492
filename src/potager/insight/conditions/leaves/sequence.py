"""The sequence leaf: events one after the other, each within a time of the one before, some not in between.

All events of one instant count as one moment of the customer: a step follows another only at a later instant. Of the
moments a step could follow, the latest is the one that matters: the gap to it is the shortest and the least lies in
between. So both interpreters walk the moments once per step.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from datetime import date, datetime, timedelta
from functools import partial
from itertools import groupby
from typing import TYPE_CHECKING, Annotated, Any, ClassVar, Final

from pydantic import Discriminator
from pydantic import Field as Schema
from pydantic import Tag as Variant

from potager.insight.conditions.base import (
    Answer,
    Binder,
    BoundLeaf,
    Happening,
    Node,
    Rows,
    Subject,
    Words,
    Written,
)
from potager.insight.conditions.event_words import say_span, say_what
from potager.insight.conditions.features import Feature, Window
from potager.insight.conditions.leaves.event import MeasuredEvent, Within, bind_feature, bind_window
from potager.insight.conditions.paths import join
from potager.insight.conditions.where import WhereNode
from potager.insight.fields import Fields, refusal
from potager.insight.moment import Moment
from potager.insight.slots import Slots

if TYPE_CHECKING:
    from potager.insight.sql import Printer


class Happens(Node):
    """An event with its own tests."""

    event: str
    where: tuple[WhereNode, ...] = ()
    items: tuple[WhereNode, ...] | None = None


def _form(value: object) -> str:
    if isinstance(value, str):
        return "<name>"
    is_none = "none" in value if isinstance(value, Mapping) else hasattr(value, "none")
    return "<none>" if is_none else "<event>"


_Event = Annotated[Annotated[str, Variant("<name>")] | Annotated[Happens, Variant("<event>")], Discriminator(_form)]


class Step(Happens):
    """within: how long after the step before, "3d" business dates or "48h". without: what lies not in between."""

    within: str | None = None
    without: tuple[_Event, ...] = ()


class Absent(Node):
    """The last step: the event did not follow within a time that is over by now."""

    none: _Event
    within: str


_Step = Annotated[
    Annotated[str, Variant("<name>")] | Annotated[Step, Variant("<event>")] | Annotated[Absent, Variant("<none>")],
    Discriminator(_form),
]


class Sequence(Written):
    """`{"sequence": ["product_viewed", {"event": "order_paid", "within": "3d"}], "within": "30d"}`."""

    KEY: ClassVar[str] = "sequence"

    sequence: tuple[_Step, ...] = Schema(min_length=2, max_length=8)
    within: Within = None

    def bind(self, binder: Binder, place: str) -> "SequenceLeaf":
        event = partial(_bind_event, within=self.within, fields=binder.fields, place=place)
        stages, absent = [], None
        for i, step in enumerate(self.sequence):
            here = join(place, f"sequence[{i}]")
            if isinstance(step, Absent):
                if i < len(self.sequence) - 1:
                    raise refusal("「没有发生」只能是最后一步", "Only the last step may be absent", join(here, "none"))
                gap = _gap(step.within, join(here, "within"))
                absent = Silence(event(step.none, here=join(here, "none")), gap)
                continue
            if isinstance(step, str):
                stages.append(Stage(event(step, here=here), None, ()))
                continue
            if i == 0 and (step.within is not None or step.without):
                raise refusal("第一步前面没有别的步骤", "Nothing comes before the first step", here)
            gap_before = None if step.within is None else _gap(step.within, join(here, "within"))
            without = tuple(event(each, here=join(here, f"without[{n}]")) for n, each in enumerate(step.without))
            stages.append(Stage(event(step, here=here), gap_before, without))
        return SequenceLeaf(Chain(tuple(stages), absent))


def _bind_event(written: str | Happens, *, here: str, within: Any, fields: Fields, place: str) -> Feature:
    if isinstance(written, str):
        fields.event(written, here)
        written = Happens(event=written)
    asked = MeasuredEvent(event=written.event, where=written.where, items=written.items)
    return replace(bind_feature(asked, fields, here), window=bind_window(within, join(place, "within")))


@dataclass(frozen=True, slots=True)
class Gap:
    """At most so many business dates, or hours, later."""

    days: int | None = None
    hours: int | None = None

    def allows(self, before: "Instant", after: "Instant") -> bool:
        if self.days is not None:
            return (after.day - before.day).days <= self.days
        return after.at - before.at <= timedelta(hours=self.hours or 0)

    def is_over(self, before: "Instant", moment: Moment) -> bool:
        """Whether nothing that happens from now on could be within it."""
        if self.days is not None:
            return (moment.day - before.day).days > self.days
        return moment.at - before.at > timedelta(hours=self.hours or 0)

    def say(self, words: Words) -> str:
        if self.days is not None:
            return words.pick(f"{self.days} 天内", f"within {self.days} days")
        return words.pick(f"{self.hours} 小时内", f"within {self.hours} hours")


_GAP: Final = re.compile(r"([1-9]\d{0,3})([dh])")


def _gap(written: str, place: str) -> Gap:
    match = _GAP.fullmatch(written)
    if match is None:
        raise refusal(
            "步骤之间的时间写成 3d（天）或 48h（小时）",
            "Write the time between steps as 3d (days) or 48h (hours)",
            place,
        )
    number = int(match[1])
    return Gap(days=number) if match[2] == "d" else Gap(hours=number)


@dataclass(frozen=True, slots=True)
class Stage:
    """One step: what happens, how long after the step before at most, and what does not happen in between."""

    event: Feature
    gap: Gap | None
    without: tuple[Feature, ...]


@dataclass(frozen=True, slots=True)
class Silence:
    """What does not follow the last stage within a time."""

    event: Feature
    gap: Gap


@dataclass(frozen=True, slots=True)
class Instant:
    """All that happens to a customer at one instant: the numbers of the chain's events that do."""

    at: datetime
    day: date
    events: frozenset[int]


@dataclass(frozen=True, slots=True)
class Chain(Rows):
    """The customers who went through all stages. Events are numbered as `events` lists them."""

    NAME: ClassVar[str] = "sequence"

    stages: tuple[Stage, ...]
    absent: Silence | None

    @property
    def events(self) -> tuple[Feature, ...]:
        listed = [each for stage in self.stages for each in (stage.event, *stage.without)]
        return tuple(dict.fromkeys([*listed, self.absent.event] if self.absent else listed))

    @property
    def window(self) -> Window:
        return self.stages[0].event.window

    @property
    def gaps(self) -> Iterator[Gap]:
        yield from (stage.gap for stage in self.stages if stage.gap is not None)
        if self.absent is not None:
            yield self.absent.gap

    def table(self, printer: "Printer", only: str | None) -> Any:
        import ibis

        rows = self._instants(printer, only)
        earlier = ibis.window(group_by="cid", order_by="ts", preceding=(None, 1))
        rows = rows.mutate(reached=rows[self._flag(self.stages[0].event)])
        for stage in self.stages[1:]:
            rows = rows.mutate(
                last_ts=ibis.ifelse(rows.reached, rows.ts, ibis.null()).max().over(earlier),
                last_day=ibis.ifelse(rows.reached, rows.day, ibis.null()).max().over(earlier),
                between_ts=ibis.ifelse(self._any(rows, stage.without), rows.ts, ibis.null()).max().over(earlier),
            )
            reached = rows[self._flag(stage.event)] & rows.last_ts.notnull()
            if stage.gap is not None:
                reached &= _allows(stage.gap, rows.last_ts, rows.last_day, rows.ts, rows.day)
            if stage.without:
                reached &= rows.between_ts.isnull() | (rows.between_ts <= rows.last_ts)
            rows = rows.drop("reached").mutate(reached=reached).drop("last_ts", "last_day", "between_ts")
        if self.absent is not None:
            rows = self._in_silence(rows, self.absent, printer.slots)
        return rows.filter(rows.reached).select("cid").distinct()

    def _instants(self, printer: "Printer", only: str | None) -> Any:
        """One row per customer and instant at which any of the events happens: cid, ts, day, e0, e1 …"""
        import ibis

        kinds = dict.fromkeys((event.table, event.key) for event in self.events)
        branches = []
        for table, key in kinds:
            mine = {n: each for n, each in enumerate(self.events) if (each.table, each.key) == (table, key)}
            clauses = [clause for each in mine.values() for clause in each.where]
            rows, passes = printer.facts(table, key, clauses, only=only)
            for test in printer.in_window(rows, self.window):
                rows = rows.filter(test)
            if self.window.is_since_added:
                rows = printer.since_added(rows)
            flags = {
                f"e{n}": passes.all(rows, mine[n].where) if n in mine else ibis.literal(value=False)
                for n in range(len(self.events))
            }
            branches.append(rows.select("cid", "ts", "day", **flags))
        rows = ibis.union(*branches, distinct=False) if len(branches) > 1 else branches[0]
        names = [f"e{n}" for n in range(len(self.events))]
        grouped = rows.group_by("cid", "ts").agg(day=rows.day.max(), **{name: rows[name].any() for name in names})
        happens = grouped[names[0]]
        for name in names[1:]:
            happens |= grouped[name]
        return grouped.filter(happens)

    def _in_silence(self, rows: Any, absent: Silence, slots: Slots) -> Any:
        import ibis

        later = ibis.window(group_by="cid", order_by="ts", following=(1, None))
        follows = rows[self._flag(absent.event)]
        rows = rows.mutate(
            next_ts=ibis.ifelse(follows, rows.ts, ibis.null()).min().over(later),
            next_day=ibis.ifelse(follows, rows.day, ibis.null()).min().over(later),
        )
        is_near = _allows(absent.gap, rows.ts, rows.day, rows.next_ts, rows.next_day)
        if absent.gap.days is not None:
            is_over = slots.today().delta(rows.day, unit="day") > absent.gap.days
        else:
            is_over = rows.ts < slots.hours_ago(absent.gap.hours or 0)
        return rows.filter(rows.reached & is_over & ~is_near.fill_null(False))

    def _flag(self, event: Feature) -> str:
        return f"e{self.events.index(event)}"

    def _any(self, rows: Any, events: tuple[Feature, ...]) -> Any:
        import ibis

        found = ibis.literal(value=False)
        for event in events:
            found |= rows[self._flag(event)]
        return found

    def reached(self, subject: Subject) -> list[Instant]:
        """The instants at which a customer came to the end of the chain, oldest first."""
        instants = self._of(subject)
        reached = [each for each in instants if 0 in each.events]
        for stage in self.stages[1:]:
            between = {self.events.index(event) for event in stage.without}
            reached = list(self._next(instants, reached, stage, between))
        if self.absent is None:
            return reached
        number = self.events.index(self.absent.event)
        return [each for each in reached if self._is_silent(each, instants, self.absent.gap, number, subject.moment)]

    def _next(
        self, instants: list[Instant], reached: list[Instant], stage: Stage, between: set[int]
    ) -> Iterator[Instant]:
        number = self.events.index(stage.event)
        for each in instants:
            before = [one for one in reached if one.at < each.at]
            if number not in each.events or not before:
                continue
            last = before[-1]
            disturbed = any(last.at < one.at < each.at and one.events & between for one in instants)
            if (stage.gap is None or stage.gap.allows(last, each)) and not disturbed:
                yield each

    def _is_silent(self, last: Instant, instants: list[Instant], gap: Gap, number: int, moment: Moment) -> bool:
        followed = any(one.at > last.at and number in one.events and gap.allows(last, one) for one in instants)
        return gap.is_over(last, moment) and not followed

    def _of(self, subject: Subject) -> list[Instant]:
        found = [(happening, number) for number, event in enumerate(self.events) for happening in event.rows(subject)]
        ordered = sorted(found, key=lambda pair: pair[0].at)
        return [
            Instant(at, rows[0][0].day, frozenset(number for _, number in rows))
            for at, rows in ((at, list(rows)) for at, rows in groupby(ordered, key=_at))
        ]


def _at(pair: tuple[Happening, int]) -> datetime:
    return pair[0].at


def _allows(gap: Gap, before_ts: Any, before_day: Any, after_ts: Any, after_day: Any) -> Any:
    import ibis

    if gap.days is not None:
        return after_day.delta(before_day, unit="day") <= gap.days
    return after_ts <= before_ts + ibis.interval(hours=gap.hours)


@dataclass(frozen=True, slots=True)
class SequenceLeaf(BoundLeaf):
    chain: Chain

    @property
    def source(self) -> Chain:
        return self.chain

    @property
    def hours(self) -> frozenset[int]:
        """Hours between two events do not move; those of the window and of a silence do."""
        silent = self.chain.absent.gap.hours if self.chain.absent is not None else None
        return self.chain.window.hours | ({silent} if silent is not None else frozenset())

    @property
    def looks_back(self) -> frozenset[tuple[str, Window]]:
        return frozenset((each.table, self.chain.window) for each in self.chain.events)

    def row(self, table: Any, slots: Slots) -> Any:  # noqa: ARG002  every row is one
        return table.cid.notnull()

    def single(self, subject: Subject) -> Answer:
        reached = self.chain.reached(subject)
        if not reached:
            return Answer(ok=False, zh="没有走完", en="not gone through")
        last = reached[-1]
        return Answer(True, f"{last.day} 走完", f"gone through on {last.day}", last.at)

    def say(self, words: Words, *, negated: bool = False) -> str:
        said = "".join(self._steps(words))
        span = say_span(self.chain.stages[0].event, words)
        if words.zh:
            return f"{span}{'没有' if negated else ''}{said}"
        whole = f"{said}{', ' + span if span else ''}"
        return f"not ({whole})" if negated else whole

    def _steps(self, words: Words) -> Iterator[str]:
        for n, stage in enumerate(self.chain.stages):
            event = say_what(stage.event, words)
            if n == 0:
                yield words.pick(f"先{event}", event)
                continue
            gap = stage.gap.say(words) if stage.gap else ""
            yield words.pick(f"，{gap}再{event}", f", then {event}{' ' + gap if gap else ''}")
            if stage.without:
                named = words.pick("、", " or ").join(say_what(each, words) for each in stage.without)
                yield words.pick(f"（中间没有{named}）", f" (no {named} in between)")
        if self.chain.absent is not None:
            event, gap = say_what(self.chain.absent.event, words), self.chain.absent.gap.say(words)
            yield words.pick(f"，之后 {gap}没有{event}", f", then no {event} {gap}")
