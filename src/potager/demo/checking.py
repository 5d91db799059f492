"""The twin's answer beside the product's: arms, sums and effects of every SOP."""

from collections.abc import Mapping
from dataclasses import asdict, dataclass
from datetime import datetime, timedelta

import numpy as np

from potager.core.ids import bucket_of
from potager.core.journal import to_us
from potager.demo import response, truth
from potager.demo.phones import person_key
from potager.demo.truth import Effect, Entrants
from potager.demo.twin import Twin
from potager.evidence import people, report
from potager.evidence.arms import BUCKETS, UNTREATED
from potager.evidence.models import Assignment, Experiment
from potager.evidence.schemas import JourneyResult

Sums = Mapping[str, int]
FIGURES = ("buyers", "gmv", "profit")


@dataclass(frozen=True, slots=True)
class Check:
    """One SOP: what the twin knows, what the product reports.

    arms_differ  people whose stored arm is not the one the twin derives itself
    treated, control, reported_treated, reported_control   sums over the people whose window has closed
    effect       the realised effect per person over all of them; money in fen
    reported     figure → (estimate, low, high) per person, where the product gives one
    """

    journey: str
    window_days: int
    arms_differ: int
    treated: Sums
    control: Sums
    reported_treated: Sums
    reported_control: Sums
    effect: Effect
    reported: Mapping[str, tuple[float, float, float]]

    @property
    def is_equal(self) -> bool:
        """Whether arms and sums agree exactly."""
        pairs = ((self.treated, self.reported_treated), (self.control, self.reported_control))
        return not self.arms_differ and all(mine[key] == theirs[key] for mine, theirs in pairs for key in theirs)

    def as_json(self) -> dict[str, object]:
        return asdict(self) | {"is_equal": self.is_equal}


def check(twin: Twin, journey: str, as_of: datetime) -> Check:
    """Compare an SOP's evidence report with the twin's ledger."""
    experiment = Experiment.objects.get(key=f"{people.JOURNEY}{journey}")
    entrants, arms_differ = _entrants(twin, experiment, as_of)
    mine = truth.outcomes(twin, entrants)
    said = report.journey(journey, as_of)
    return Check(
        journey=journey,
        window_days=experiment.window_days,
        arms_differ=arms_differ,
        treated=mine.total(entrants.treated),
        control=mine.total(~entrants.treated),
        reported_treated=_reported(said, "treated"),
        reported_control=_reported(said, "control"),
        effect=truth.effect(twin, journey, entrants),
        reported=_intervals(said),
    )


def check_all(twin: Twin, as_of: datetime) -> list[Check]:
    """Every SOP whose effect is known and that has an experiment."""
    known = set(Experiment.objects.values_list("key", flat=True))
    return [check(twin, journey, as_of) for journey in response.JOURNEYS if f"{people.JOURNEY}{journey}" in known]


def _entrants(twin: Twin, experiment: Experiment, as_of: datetime) -> tuple[Entrants, int]:
    """Who entered and whose window has closed, arms as the twin derives them; and how many stored arms differ."""
    window = timedelta(days=experiment.window_days)
    allocation = experiment.allocations.order_by("-n")[0]
    people = {person_key(i): i for i in range(twin.lives.people)}
    rows = Assignment.objects.filter(experiment=experiment, superseded=False, first_entry_at__lte=as_of - window)
    who, treated, start, differ = [], [], [], 0
    for key, arm, entered in rows.order_by("id").values_list("person_key", "arm", "first_entry_at"):
        mine = bucket_of(allocation.salt, key, BUCKETS) >= allocation.control_share
        differ += mine == (arm in UNTREATED)
        who.append(people[key])
        treated.append(mine)
        start.append(to_us(entered))
    length = window // timedelta(microseconds=1)
    entrants = Entrants(
        np.array(who, dtype=np.int64), np.array(treated, dtype=np.bool_), np.array(start, dtype=np.int64), length
    )
    return entrants, differ


def _reported(said: JourneyResult, arm: str) -> Sums:
    figures: dict[str, int] = {figure.key: getattr(figure, arm).numerator for figure in said.figures}
    return {
        "people": getattr(said.people, arm),
        **{key: figures[key] for key in FIGURES},
        "refunds": getattr(said.refunds_minor, arm),
        "touch_cost": getattr(said.touch_cost_minor, arm),
    }


def _intervals(said: JourneyResult) -> dict[str, tuple[float, float, float]]:
    return {
        figure.key: (each.value / 1000, each.low / 1000, each.high / 1000)
        for figure in said.figures
        if (each := figure.per_thousand) is not None
    }
