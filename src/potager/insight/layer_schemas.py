"""What crosses HTTP about layer models."""

from datetime import date
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field

from potager.insight.schemas import Named, Written
from potager.insight.specs import Card


class LayerSize(Named):
    n: int
    share: float


class Limits(BaseModel):
    """RFM thresholds in force on a day: high is at most `days`, at least `orders` and `amount_minor`.

    cuts  by quintiles instead: the ends of the first four fifths of days (r), orders (f) and money in minor units (m)
    """

    day: date
    buyers: int
    days: float | None
    orders: float | None
    amount_minor: float | None
    cuts: dict[str, list[int]] | None


class LayerOut(Named):
    """A layer model with the sizes of its layers on a day; thresholds for RFM; cards by layer."""

    kind: str
    settings: Written
    day: date
    layers: list[LayerSize]
    thresholds: Limits | None
    sentences: dict[str, str]
    cards: dict[str, Card]
    used_by: list[str]


class LayerList(BaseModel):
    items: list[LayerOut]
    total: int


class Flow(BaseModel):
    """How many customers went from one layer to another between two days. null: not in the model yet, or gone."""

    from_layer: str | None
    to_layer: str | None
    n: int


class FlowOut(BaseModel):
    start: date
    end: date
    items: list[Flow]
    total: int


class DivisionIn(BaseModel):
    """Layers of a model that is being written, in order: the condition of each, `else` for the rest."""

    model_config = ConfigDict(extra="forbid")

    whens: list[Written] = Field(min_length=1, max_length=60)


class DivisionOut(BaseModel):
    """How many customers would stand in each layer, how many fit its condition alone, and who is left for the rest.

    sentences  the conditions in words
    """

    sizes: list[int]
    alone: list[int]
    rest: int
    total: int
    sentences: list[str]


class LayerPeriodOut(BaseModel):
    """A layer in a period that begins on `start`, told of the people who stood in it on that day.

    buyers        of `people`, with a paid order in the period
    gmv_minor     money of these orders
    costed_minor  of that, orders whose item cost is known
    profit_minor  Σ (amount − cost) of those, before refunds
    stayed        of `people`, in the same layer when the next period began; null while it has not
    """

    layer: str
    start: date
    people: int
    buyers: int
    gmv_minor: int
    costed_minor: int
    profit_minor: int
    stayed: int | None


class DwellOut(BaseModel):
    """People in a layer now and the median days they have been there; spells that ended (left) and the median days they
    lasted. A spell begun before the history is counted from its first day."""

    layer: str
    now: int
    age_days: float | None
    left: int
    stay_days: float | None


class TrendOut(BaseModel):
    grain: Literal["week", "month"]
    items: list[LayerPeriodOut]
    dwell: list[DwellOut]


class SizesOfDay(BaseModel):
    day: date
    sizes: dict[str, int]


class HistoryOut(BaseModel):
    items: list[SizesOfDay]
    total: int
