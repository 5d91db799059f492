"""What crosses HTTP about metrics."""

from datetime import date, datetime
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, JsonValue

from potager.insight.metrics.terms import Unit
from potager.insight.specs import KEY


class Wording(BaseModel):
    """The same in both languages."""

    zh: str
    en: str


class LevelOut(BaseModel):
    """A value with what it is made of; without one, `why` says what is missing."""

    value: float | None
    numerator: int | None
    denominator: int | None
    why: Wording | None


class MeasureOut(BaseModel):
    """A metric as declared.

    unit  people, relations, orders, pieces, touches: counts; minor: money in minor units; rate: a share; times: a ratio
    """

    key: str
    name: Wording
    unit: Unit
    line: Wording
    time: Wording
    cuts: list[str]


class DimensionOut(BaseModel):
    """A dimension as declared. takes: what stands behind its colon; absent: why nothing can be cut by it yet.

    options  what may stand behind the colon in this house
    """

    key: str
    name: Wording
    line: Wording
    takes: Wording | None
    absent: Wording | None
    options: list["Option"]


class Option(BaseModel):
    key: str
    name: Wording


class MetricCatalog(BaseModel):
    measures: list[MeasureOut]
    dimensions: list[DimensionOut]


class AskIn(BaseModel):
    """A question. by: at most one grain of time and three other dimensions; from, to: business days, both included, the
    last 30 days by default, or period, a window of conditions ("90d", "last_month"); where: a condition that narrows
    whose facts count; limit: rows at most."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    measures: list[str]
    by: list[str] = Field(default_factory=list)
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    period: str | None = None
    where: dict[str, JsonValue] | None = None
    as_of: str | None = None
    compare: bool = False
    limit: int = Field(1000, ge=1, le=10_000)


class RowOut(BaseModel):
    """by: dimension → value, None for facts without one; now and before: measure → level."""

    by: dict[str, str | None]
    now: dict[str, LevelOut]
    before: dict[str, LevelOut] | None


class AnswerOut(BaseModel):
    """rows: by time, then the largest first. more: rows beyond the limit. labels: dimension → value → name.

    before_start, before_end  what the whole is compared with; a piece of time is compared with the piece before it
    sentence                  the condition in words, "" without one
    """

    as_of: datetime
    start: date
    end: date
    before_start: date | None
    before_end: date | None
    currency: str
    measures: list[MeasureOut]
    by: list[str]
    rows: list[RowOut]
    whole: RowOut
    more: int
    labels: dict[str, dict[str, Wording]]
    sentence: str


class StageIn(BaseModel):
    """A step of a funnel: an event of the plan and tests of its properties, as in a condition's event leaf."""

    model_config = ConfigDict(extra="forbid")

    event: str
    where: list[dict[str, JsonValue]] = Field(default_factory=list)


class FunnelIn(BaseModel):
    """steps in order; within: days from the first step to the last; by: one dimension of people."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    steps: list[StageIn]
    within: int = 30
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    period: str | None = None
    where: dict[str, JsonValue] | None = None
    by: str | None = None
    as_of: str | None = None


class StageOut(BaseModel):
    """people who came this far; of_first and of_previous as shares; median seconds since the step before."""

    event: str
    name: Wording
    people: int
    of_first: float | None
    of_previous: float | None
    median_seconds: float | None


class FunnelGroup(BaseModel):
    """value: of the dimension, None for people without one; the whole when not cut."""

    value: str | None
    stages: list[StageOut]


class FunnelOut(BaseModel):
    as_of: datetime
    start: date
    end: date
    within: int
    open: int
    whole: list[StageOut]
    groups: list[FunnelGroup]
    labels: dict[str, dict[str, Wording]]
    sentence: str


class RetentionIn(BaseModel):
    """first: what puts a person in a cohort; back: what counts as coming back; mode as in docs/concepts/metrics.md."""

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    first: StageIn
    back: StageIn
    grain: Literal["day", "week", "month"] = "week"
    mode: Literal["classic", "rolling", "bounded"] = "classic"
    periods: int = Field(8, ge=1, le=60)
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    period: str | None = None
    where: dict[str, JsonValue] | None = None
    as_of: str | None = None


class CohortOut(BaseModel):
    """people of the cohort; back[n] who came back in period n, None where that period is not over."""

    cohort: str
    people: int
    back: list[int | None]


class RetentionOut(BaseModel):
    """overall[n]: over the cohorts for which period n is over, people back ÷ people."""

    as_of: datetime
    start: date
    end: date
    grain: str
    mode: str
    cohorts: list[CohortOut]
    overall: list[LevelOut]
    sentence: str


class ChartSpec(BaseModel):
    """A question somebody keeps, and how it is drawn. question: AskIn, FunnelIn or RetentionIn by `kind`."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=KEY)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)
    kind: Literal["metrics", "funnel", "retention"] = "metrics"
    shape: Literal["line", "bar", "table"] = "line"
    question: dict[str, JsonValue]
    note: str = Field("", max_length=300)


class DashboardSpec(BaseModel):
    """Charts in order, for a role: what its people look at first. Anybody who sees reports may open it."""

    model_config = ConfigDict(extra="forbid")

    key: str = Field(pattern=KEY)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)
    charts: list[str] = Field(min_length=1, max_length=20)
    note: str = Field("", max_length=300)


class ChartOut(ChartSpec):
    used_by: list[str]


class ReportList(BaseModel):
    charts: list[ChartOut]
    dashboards: list[DashboardSpec]


class FocusIn(BaseModel):
    """who: what people are, a dimension of people such as layer_before:rfm or audience:key.

    minutes     of staff time for each act
    wage_minor  what an hour of staff costs, in minor units
    """

    model_config = ConfigDict(extra="forbid", populate_by_name=True)

    who: str
    start: date | None = Field(None, alias="from")
    end: date | None = Field(None, alias="to")
    period: str | None = None
    as_of: str | None = None
    minutes: float = Field(2.0, ge=0, le=240)
    wage_minor: int = Field(0, ge=0)


class FocusPart(BaseModel):
    """Money, time and return of some people.

    return_minor    profit − money − staff time at the wage
    per_hour_minor  (profit − money) for each hour of staff, None where nobody spent any
    """

    people: int
    gmv_minor: int
    profit_minor: int
    money_minor: float
    touches: float
    minutes: float
    return_minor: float
    per_hour_minor: float | None


class FocusCategory(FocusPart):
    """A share of a group. category is None for what lines leave open; bought is false for people who bought nothing."""

    category: str | None
    bought: bool


class FocusRow(FocusPart):
    """A group: source × what people are. low, high: the 95 % interval of the return per person, None with too few."""

    source: str | None
    who: str | None
    low_minor: float | None
    high_minor: float | None
    verdict: Literal["grow", "keep", "stop", "unknown"]
    why: Wording
    categories: list[FocusCategory]


class FocusOut(BaseModel):
    """rows: those to stop first, the worst first; then the rest by return, the best first."""

    as_of: datetime
    start: date
    end: date
    rows: list[FocusRow]
    labels: dict[str, dict[str, Wording]]
