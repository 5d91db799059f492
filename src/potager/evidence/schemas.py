"""What a journey's result says, over HTTP and on the command line alike."""

from datetime import datetime
from typing import Literal

from pydantic import BaseModel

Code = Literal["gain", "loss", "veto", "undecided", "too_few", "sample_ratio", "imbalance"]


class Said(BaseModel):
    """One plain sentence per language."""

    zh: str
    en: str


class Interval(BaseModel):
    """A value with its 95 % interval."""

    value: float
    low: float
    high: float


class Count(BaseModel):
    """A rate with what it is made of."""

    numerator: int
    denominator: int


class Pair(BaseModel):
    """A sum in both arms."""

    treated: int
    control: int


class Arms(BaseModel):
    """The same rate in both arms."""

    treated: Count
    control: Count


class Figure(BaseModel):
    """One outcome, treated against control.

    unit          people (who did it) or minor (money in minor units)
    treated, control  Σ over the people of the arm and how many people that are
    per_thousand  difference per 1,000 people entered
    relative      the difference ÷ control mean; absent when the control mean may be zero
    total         the difference over all treated people
    detectable    per 1,000: the smallest true difference this many people would show in 80 of 100 experiments
    missing       why there are no numbers, when there are none
    """

    key: Literal["buyers", "gmv", "profit", "lost", "opted_out"]
    unit: Literal["people", "minor"]
    treated: Count
    control: Count
    per_thousand: Interval | None = None
    relative: Interval | None = None
    total: Interval | None = None
    detectable: float | None = None
    missing: Said | None = None


class Verdict(BaseModel):
    """The result in one sentence; `code` for colour and sorting.

    gain, loss    the interval of the deciding figure lies on one side of 0
    veto          a gain, but more people deleted us or opted out than in the control
    undecided     the interval holds 0
    too_few, sample_ratio, imbalance  no effect is claimed, and the sentence says why
    """

    code: Code
    zh: str
    en: str


class Check(BaseModel):
    """A gate before any effect is claimed. p: the chance of what was seen if assignment works; None = unknown."""

    key: Literal["sample_ratio", "balance"]
    passed: bool
    p: float | None


class LeftOut(BaseModel):
    """Who is not in the comparison, and why."""

    open_treated: int
    open_control: int
    held_out: int
    earlier: int


class Attributed(BaseModel):
    """Last touch: orders of treated people at most `within_days` after a delivered touch of this journey."""

    within_days: int
    orders: int
    buyers: int
    gmv_minor: int
    margin_minor: int


class DayPoint(BaseModel):
    """The running difference per 1,000 people, `day` days after entry (0 = the first 24 hours)."""

    day: int
    buyers: Interval | None
    gmv: Interval | None
    profit: Interval | None


class JourneyResult(BaseModel):
    """What a journey earned, by random assignment; attribution beside it.

    journey     its key; "" for all journeys together, "<journey>/<step>/<variant>" for a variant of a split
    uncosted_gmv_minor  GMV of orders whose item cost is unknown; they add nothing to profit
    """

    journey: str
    as_of: datetime
    window_days: int
    control_share: int
    since: datetime | None
    verdict: Verdict
    people: Pair
    left_out: LeftOut
    mixed: int
    checks: list[Check]
    reached: Arms
    replied: Arms
    figures: list[Figure]
    guardrails: list[Figure]
    refunds_minor: Pair
    touch_cost_minor: Pair
    uncosted_gmv_minor: Pair
    attributed: Attributed
    daily: list[DayPoint]


class SplitResult(BaseModel):
    """A variant of a split inside a journey (`treated` in the result) against the split's first variant (`control`)."""

    step: str
    base: str
    variant: str
    result: JourneyResult


class Overall(BaseModel):
    """What all journeys together earned; `result` is absent while nobody was ever held out."""

    result: JourneyResult | None


class ResultPage(BaseModel):
    items: list[JourneyResult]
    total: int
