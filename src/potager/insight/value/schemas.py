"""What a fit found, as it is kept in the warehouse and as it crosses HTTP. Money is in minor units."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel

from potager.insight.value.settings import ValueSettings


class Estimated(BaseModel):
    """A number with its 95 % interval."""

    point: float
    low: float
    high: float


class ValueParameter(Estimated):
    """A parameter of a model by the name its paper gives it."""

    name: str


class ValueBucket(BaseModel):
    """Customers with `least` to `most` repeats before the cut: about a tenth of all, or all with equally many.

    expected, actual  purchases per customer in the days held out
    error             standard error of the actual mean
    """

    least: int
    most: int
    customers: int
    expected: float
    actual: float
    error: float


class ValueWeek(BaseModel):
    """Repeats in the seven days from `start`, of all who had bought by the cut. held_out: the fit did not see it."""

    start: date
    expected: float
    actual: int
    held_out: bool


class ValueHoldout(BaseModel):
    """The fit repeated without the last `days`, held against what then happened."""

    cut: date
    days: int
    customers: int
    expected: float
    actual: int
    buckets: list[ValueBucket]
    weeks: list[ValueWeek]


class ValueDecile(BaseModel):
    """A tenth of the customers by CLV, highest first. lowest: the least CLV in it; share: of all CLV, null of none."""

    customers: int
    lowest_minor: int
    clv_minor: float
    share: float | None
    p_alive: float
    orders: float


class ValueReport(BaseModel):
    """What a fit found.

    customers    live customers who ever bought; repeaters: on two days or more; repeats: purchases after the first
    margin       applied; margin_from: set by the house, taken from orders with costs, or none: money is then revenue
    correlation  of how often and how much among repeaters, which the models take as independent; null when undefined
    alive        how many are expected to be customers still; alive_tenths: customers by p_alive, 0–0.1 … 0.9–1
    """

    settings: ValueSettings
    margin: float
    margin_from: Literal["set", "orders", "none"]
    first_day: date
    customers: int
    repeaters: int
    repeats: int
    buying: list[ValueParameter]
    spending: list[ValueParameter]
    mean_spend_minor: float
    correlation: float | None
    orders: Estimated
    profit_minor: Estimated
    clv_minor: Estimated
    alive: float
    alive_tenths: list[int]
    deciles: list[ValueDecile]
    holdout: ValueHoldout | None


class ValueProblem(BaseModel):
    """Why a fit found nothing, and when it was tried."""

    code: str
    sentence: str
    computed_at: datetime


class ValueOut(BaseModel):
    """Customer value as last fitted: as of when, computed when and how long, with what settings the next one will be.

    report   null until a fit succeeded
    problem  of the newest fit, if it found nothing; `report` then stands as it was
    """

    as_of: datetime | None
    computed_at: datetime | None
    ms: int | None
    report: ValueReport | None
    problem: ValueProblem | None
    settings: ValueSettings


class CustomerValue(BaseModel):
    """What is expected of one customer. repeats: purchases after the first; recency and age: days from the first to
    the last and to the day of the fit. clv_low and clv_high: 95 % interval of the expectation."""

    cid: int
    as_of: datetime
    p_alive: float
    expected_orders: float
    expected_profit_minor: int
    clv_minor: int
    clv_low_minor: int
    clv_high_minor: int
    repeats: int
    recency: int
    age: int
    sentence: str
