"""What a journey earned: people and arms from operations, outcomes from the warehouse, intervals from `stats`."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from typing import Literal

from potager.core import choices, house
from potager.core.errors import NotFound
from potager.evidence import queries, schemas, stats, verdict
from potager.evidence.arms import BUCKETS, holdout, holdout_key
from potager.evidence.models import Experiment
from potager.evidence.people import (
    JOURNEY,
    Contrast,
    People,
    journey_experiments,
    of_house,
    of_journey,
    of_split,
    people,
    split_experiments,
    together,
)
from potager.evidence.queries import Attributed, Before, Day
from potager.evidence.stats import Amount, Arm, CannotCompute, Comparison, Estimate, Share

ATTRIBUTION_DAYS = "evidence.attribution_days"
# Below this share of GMV with known item cost, profit decides nothing and GMV is the deciding figure.
COSTED_ENOUGH = 0.98


def journey(key: str, as_of: datetime) -> schemas.JourneyResult:
    """The result of one journey's experiment, of people whose window had closed by `as_of`.

    Raises NotFound when the journey never had an experiment.
    """
    experiment = Experiment.objects.filter(key=f"{JOURNEY}{key}").first()
    if experiment is None:
        raise NotFound("实验", "experiment", key)
    return _results([of_journey(experiment)], as_of)[0]


def journeys(as_of: datetime) -> list[schemas.JourneyResult]:
    """The results of all journeys that have had an experiment, by key."""
    return _results([of_journey(each) for each in journey_experiments()], as_of)


def overall(as_of: datetime) -> schemas.JourneyResult | None:
    """What all journeys together earned: the global holdout against everybody else; None without a holdout."""
    experiment = Experiment.objects.filter(key=holdout_key(holdout())).first()
    return None if experiment is None else _results([of_house(experiment)], as_of)[0]


def splits(key: str, as_of: datetime) -> list[schemas.SplitResult]:
    """What the variants of each split inside a journey earned, against the first variant of the split."""
    contrasts = [each for experiment in split_experiments(key) for each in of_split(experiment)]
    return [
        schemas.SplitResult(
            step=contrast.name.split("/")[1], base=contrast.base, variant=contrast.against or "", result=result
        )
        for contrast, result in zip(contrasts, _results(contrasts, as_of), strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Deeds:
    """What the people of all journeys asked for did; see queries."""

    days: Mapping[str, Sequence[Day]]
    reactions: Mapping[tuple[str, str, bool], int]
    before: Mapping[tuple[str, bool], Before]
    attributed: Mapping[str, Attributed]
    within_days: int


def _results(contrasts: Sequence[Contrast], as_of: datetime) -> list[schemas.JourneyResult]:
    groups = [people(each, as_of) for each in contrasts]
    rows = together(groups)
    within = int(choices.get(ATTRIBUTION_DAYS, 7))
    deeds = _Deeds(
        days=queries.days(rows),
        reactions=queries.reactions(rows),
        before=queries.before(rows),
        attributed=queries.attributed(rows, within),
        within_days=within,
    )
    return [_result(each, who, deeds, as_of) for each, who in zip(contrasts, groups, strict=True)]


def _result(contrast: Contrast, who: People, deeds: _Deeds, as_of: datetime) -> schemas.JourneyResult:
    key, window_days = contrast.name, contrast.experiment.window_days
    credited = deeds.attributed.get(key, Attributed())
    (one, zero), daily = run_through(who, deeds.days.get(key, []), window_days)
    ratio = stats.sample_ratio([who.control, who.treated], [who.control_share, BUCKETS - who.control_share])
    balance = stats.balance(*(_before(who, deeds, key, treated=arm) for arm in (True, False)))
    reactions = {
        name: (
            Share(who.treated, deeds.reactions.get((key, name, True), 0)),
            Share(who.control, deeds.reactions.get((key, name, False), 0)),
        )
        for name in (queries.REACHED, queries.REPLIED, queries.LOST, queries.OPTED_OUT)
    }
    profit, gmv = (one.profit, zero.profit), (one.gmv, zero.gmv)
    by_profit = one.uncosted + zero.uncosted <= (1 - COSTED_ENOUGH) * (one.gmv.total + zero.gmv.total)
    lost, opted_out = reactions[queries.LOST], reactions[queries.OPTED_OUT]
    found = verdict.Evidence(
        deciding=profit if by_profit else gmv,
        by_profit=by_profit,
        lost=lost,
        opted_out=opted_out,
        ratio=_known(ratio),
        balance=_known(balance),
        attributed_gmv=credited.gmv,
        currency=house.facts().currency,
    )
    return schemas.JourneyResult(
        journey=key,
        as_of=as_of,
        window_days=window_days,
        control_share=who.control_share,
        since=who.since,
        verdict=verdict.judge(found),
        people=schemas.Pair(treated=who.treated, control=who.control),
        left_out=schemas.LeftOut(
            open_treated=who.open_treated, open_control=who.open_control, held_out=who.held_out, earlier=who.earlier
        ),
        mixed=who.mixed,
        checks=[_check("sample_ratio", found.ratio), _check("balance", found.balance)],
        reached=_arms(reactions[queries.REACHED]),
        replied=_arms(reactions[queries.REPLIED]),
        figures=[
            figure("buyers", "people", (one.buyers, zero.buyers)),
            figure("gmv", "minor", gmv),
            figure("profit", "minor", profit),
        ],
        guardrails=[figure("lost", "people", lost), figure("opted_out", "people", opted_out)],
        refunds_minor=schemas.Pair(treated=one.refunds, control=zero.refunds),
        touch_cost_minor=schemas.Pair(treated=one.touch_cost, control=zero.touch_cost),
        uncosted_gmv_minor=schemas.Pair(treated=one.uncosted, control=zero.uncosted),
        attributed=schemas.Attributed(
            within_days=deeds.within_days,
            orders=credited.orders,
            buyers=credited.buyers,
            gmv_minor=credited.gmv,
            margin_minor=credited.margin,
        ),
        daily=daily,
    )


def _before(who: People, deeds: _Deeds, key: str, *, treated: bool) -> Amount:
    found = deeds.before.get((key, treated), Before())
    return Amount(who.treated if treated else who.control, found.total, found.squares, found.active)


class Outcome:
    """An arm's sums so far, fed day by day."""

    def __init__(self, people: int) -> None:
        self._people = people
        self._buyers = 0
        self._gmv, self._gmv_squares = 0, 0.0
        self._profit, self._profit_squares = 0, 0.0
        self.refunds = self.touch_cost = self.uncosted = 0

    def add(self, day: Day) -> None:
        self._buyers += day.new_buyers
        self._gmv += day.gmv
        self._gmv_squares += day.gmv_squares
        self._profit += day.profit
        self._profit_squares += day.profit_squares
        self.refunds += day.refunds
        self.touch_cost += day.touch_cost
        self.uncosted += day.uncosted_gmv

    @property
    def buyers(self) -> Share:
        return Share(self._people, self._buyers)

    @property
    def gmv(self) -> Amount:
        return Amount(self._people, self._gmv, self._gmv_squares, self._buyers)

    @property
    def profit(self) -> Amount:
        return Amount(self._people, self._profit, self._profit_squares, self._buyers)


def run_through(
    who: People, days: Sequence[Day], window_days: int
) -> tuple[tuple[Outcome, Outcome], list[schemas.DayPoint]]:
    """The arms' sums at the end of the window, treated and control, and the running differences on the way."""
    one, zero = Outcome(who.treated), Outcome(who.control)
    points = []
    for number in range(window_days):
        for day in days:
            if day.day == number:
                (one if day.treated else zero).add(day)
        points.append(
            schemas.DayPoint(
                day=number,
                buyers=_per_thousand(stats.compare(one.buyers, zero.buyers)),
                gmv=_per_thousand(stats.compare(one.gmv, zero.gmv)),
                profit=_per_thousand(stats.compare(one.profit, zero.profit)),
            )
        )
    return (one, zero), points


def figure(
    key: Literal["buyers", "gmv", "profit", "lost", "opted_out"],
    unit: Literal["people", "minor"],
    arms: tuple[Arm, Arm],
) -> schemas.Figure:
    """One outcome with all that is said of it, or why nothing can be."""
    treated, control = arms
    shown = schemas.Figure(key=key, unit=unit, treated=_count(treated), control=_count(control))
    result = stats.compare(treated, control)
    if isinstance(result, CannotCompute):
        shown.missing = verdict.why_not(result)
        return shown
    shown.per_thousand = _interval(result.difference.times(1000))
    shown.total = _interval(result.difference.times(treated.n))
    shown.detectable = result.detectable * 1000
    shown.relative = _interval(result.relative) if isinstance(result.relative, Estimate) else None
    return shown


def _per_thousand(result: Comparison | CannotCompute) -> schemas.Interval | None:
    return _interval(result.difference.times(1000)) if isinstance(result, Comparison) else None


def _interval(estimate: Estimate) -> schemas.Interval:
    return schemas.Interval(value=estimate.value, low=estimate.low, high=estimate.high)


def _count(arm: Arm) -> schemas.Count:
    return schemas.Count(numerator=arm.hits if isinstance(arm, Share) else int(arm.total), denominator=arm.n)


def _arms(arms: tuple[Share, Share]) -> schemas.Arms:
    return schemas.Arms(treated=_count(arms[0]), control=_count(arms[1]))


def _known(p: float | CannotCompute) -> float | None:
    return None if isinstance(p, CannotCompute) else p


def _check(key: Literal["sample_ratio", "balance"], p: float | None) -> schemas.Check:
    return schemas.Check(key=key, passed=p is None or p >= stats.ALARM, p=p)
