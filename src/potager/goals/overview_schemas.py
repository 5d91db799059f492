"""What the overview says, over HTTP and on the command line alike."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, Field

from potager.evidence.schemas import Attributed, Figure, Pair, Verdict
from potager.goals.schemas import GoalOut, Level
from potager.goals.tree import Key, Unit

MetricKey = Literal[
    "customers",
    "customers_new",
    "friends",
    "relations_new",
    "relations_lost",
    "loss_rate",
    "gmv",
    "orders",
    "refunds",
    "refund_rate",
    "profit",
    "margin_rate",
]
MetricUnit = Literal["people", "relations", "orders", "minor", "rate"]


class Metric(BaseModel):
    """A number of the period and of the equally long period before it.

    unit    people, relations, orders: counts; minor: money in minor units; rate: numerator ÷ denominator
    change  for counts and money (now − before) ÷ before, for rates now − before; None when there is nothing before
    """

    key: MetricKey
    zh: str
    en: str
    unit: MetricUnit
    now: Level
    before: Level
    change: float | None


class TreeNode(BaseModel):
    """A factor of the GMV tree in both periods."""

    key: Key
    parent: Key | None
    unit: Unit
    zh: str
    en: str
    now: Level
    before: Level
    change: float | None


class DayOut(BaseModel):
    day: date
    gmv_minor: int
    orders: int
    buyers: int
    customers_new: int


class LayerCount(BaseModel):
    """People in a layer at the end of the day before the period, and at the period's end."""

    key: str
    zh: str
    en: str
    before: int
    now: int


class LayerMove(BaseModel):
    """People who stood in one layer before the period and in another at its end. "" = not yet a customer, or gone."""

    source: str
    target: str
    people: int


class LayerFlow(BaseModel):
    model: str
    zh: str
    en: str
    layers: list[LayerCount]
    moves: list[LayerMove]


class SopOut(BaseModel):
    """What a journey earned: incremental (by random assignment) and attributed (last touch), side by side.

    journey  its key; "" for all journeys together, which a house with a global holdout can know
    """

    journey: str
    zh: str
    en: str
    verdict: Verdict
    people: Pair
    figures: list[Figure]
    guardrails: list[Figure]
    attributed: Attributed


class OverviewQuery(BaseModel):
    """The period in the address: ?from=2026-10-01&to=2026-10-31&as_of=2026-11-05; each may be left out."""

    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    as_of: str | None = None


class Overview(BaseModel):
    """The house in a period of business days, both ends included, as known at `as_of`.

    costed_gmv_minor  GMV of the period whose item cost is known: what gross profit speaks of
    before_daily      the days of the period before, one for each of `daily`
    """

    as_of: datetime
    start: date
    end: date
    before_start: date
    before_end: date
    currency: str
    metrics: list[Metric]
    costed_gmv_minor: int
    tree: list[TreeNode]
    daily: list[DayOut]
    before_daily: list[DayOut]
    layers: list[LayerFlow]
    sops: list[SopOut]
    goals: list[GoalOut]
