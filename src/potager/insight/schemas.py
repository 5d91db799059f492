"""What crosses HTTP about conditions, tags and audiences; layers are in layer_schemas."""

from datetime import date, datetime
from typing import Any, Literal

from pydantic import BaseModel, Field, JsonValue

from potager.core.paging import PageQuery
from potager.insight.fields import TagOrigin
from potager.insight.schedules import Schedule
from potager.insight.specs import Colour
from potager.people.schemas import CustomerState

Written = dict[str, JsonValue]


class Named(BaseModel):
    key: str
    name_zh: str
    name_en: str


class FieldOut(Named):
    """A value conditions can compare. kind: text, choice, number, money, bool, date or time."""

    kind: str
    ops: list[str]
    options: list[Named]


class EventFieldOut(Named):
    """items: what a line of an order has, for events that have lines."""

    props: list[FieldOut]
    items: list[FieldOut]


class TagFieldOut(Named):
    """kind is null for a tag one simply has or has not."""

    kind: str | None
    ops: list[str]
    options: list[Named]


class LayerFieldOut(Named):
    layers: list[Named]


class Catalogue(BaseModel):
    """Everything a condition may name in this house. measured_ops: per kind, what a measure may be compared with."""

    attrs: list[FieldOut]
    events: list[EventFieldOut]
    tags: list[TagFieldOut]
    layers: list[LayerFieldOut]
    audiences: list[Named]
    lists: list[Named]
    staff: list[Named]
    sources: list[Named]
    windows: list[Named]
    household_roles: list[str]
    measured_ops: dict[str, list[str]]


class CountIn(BaseModel):
    condition: Written
    as_of: str | None = None


class Sample(BaseModel):
    cid: int
    name: str


class FindingOut(BaseModel):
    """Something odd about a condition, and where: code never or always."""

    code: str
    place: str
    message: str


class CountOut(BaseModel):
    """How many customers, of how many, ten of them, how long it took; and the condition as a sentence.

    rows      how many rows of facts were looked at for it: none when the results of the last refresh told
    findings  its parts that can never hold, or always do
    """

    count: int
    total: int
    share: float
    samples: list[Sample]
    ms: int
    rows: int
    sentence: str
    findings: list[FindingOut]


class ExplainIn(BaseModel):
    condition: Written
    cid: int
    as_of: str | None = None


class LeafOut(BaseModel):
    """One leaf: its place, what it asks, whether it holds, the value found, and since when."""

    path: str
    sentence: str
    ok: bool
    found: str
    since: datetime | None


class ExplainOut(BaseModel):
    ok: bool
    sentence: str
    leaves: list[LeafOut]


class ValueCount(Named):
    """How many customers have this value of a tag."""

    n: int


class TagOut(Named):
    """A tag. count and share: customers who have it, of all live ones, when it was last computed (null: not yet).

    used_by  other definitions that refer to it ("audience:…", "tag:…", "layer:…", "journey:…")
    """

    group: str
    colour: Colour
    source: str
    value_kind: str
    options: list[Named]
    rule: Written | None
    expires_after_days: int | None
    note: str
    sentence: str
    count: int | None
    share: float | None
    values: list[ValueCount]
    used_by: list[str]
    computed_at: datetime | None


class TagDay(BaseModel):
    """How many had the tag at the end of a business day."""

    day: date
    n: int


class TagOverlap(Named):
    """A tag often found with this one. n have it; both have both; share: both of those who have this one; lift: both
    over what chance alone would give; jaccard: both over who has either."""

    value: Named | None
    n: int
    both: int
    share: float
    lift: float
    jaccard: float


class TagOriginCount(BaseModel):
    origin: TagOrigin
    n: int


class TagInsight(BaseModel):
    """What the numbers of a tag are and were.

    origins  of a tag without a rule, how many came by it each way, the commonest first
    computed_at, ms  the refresh they come from; null by hand or not yet
    """

    n: int
    origins: list[TagOriginCount]
    trend: list[TagDay]
    overlaps: list[TagOverlap]
    computed_at: datetime | None
    as_of: datetime | None
    ms: int | None


class TagList(BaseModel):
    items: list[TagOut]
    total: int


class TagChange(BaseModel):
    """Whom to tag or untag: customers by id, or everybody a condition selects. value only when adding."""

    cids: list[int] = Field(default_factory=list, max_length=10_000)
    condition: Written | None = None
    value: str | None = None


class Changed(BaseModel):
    changed: int


class Reason(BaseModel):
    """Why a customer has a tag or not. By hand: who gave it, and when. By rule: what each leaf found."""

    has: bool
    value: str | None
    by: str | None
    since: datetime | None
    leaves: list[LeafOut]


class CustomerTag(Named):
    """A tag somebody has. By hand: who gave it, since when, and the midnight it is taken away if it has a term."""

    group: str
    colour: str
    source: str
    value: str | None
    by: str | None
    since: datetime | None
    until: datetime | None


class CustomerLayer(Named):
    """The layer of one model a customer stands in, and since which business date."""

    layer: str
    layer_zh: str
    layer_en: str
    since: date


class Knowledge(BaseModel):
    """What insight knows of one customer."""

    tags: list[CustomerTag]
    layers: list[CustomerLayer]
    audiences: list[Named]


class UsedBy(BaseModel):
    """A definition that refers to another ("audience:…", "tag:…", "layer:…", "journey:…"), and what it is called."""

    user: str
    name: str


class AudienceDay(BaseModel):
    """How many were in an audience at the end of a business day; null before it was first computed."""

    day: date
    n: int | None


class AudienceOut(Named):
    """An audience. n: members of the newest version (null: not computed yet).

    kind         live, scheduled or frozen
    next_run     of a scheduled one: when it is computed next
    late_from    its last run made up for this time, well after it
    computed_at  when, by the machine's clock, and `ms` how long it took
    trend        the last 30 days; none for a frozen one
    """

    kind: Literal["live", "scheduled", "frozen"]
    schedule: Schedule | None
    next_run: datetime | None
    late_from: datetime | None
    computed_at: datetime | None
    ms: int | None
    trend: list[AudienceDay]
    used_by: list[UsedBy]
    condition: Written
    note: str
    sentence: str
    frozen_at: datetime | None
    created_at: datetime
    n: int | None
    as_of: datetime | None
    version: int | None


class AudienceList(BaseModel):
    items: list[AudienceOut]
    total: int


class FreezeIn(BaseModel):
    """The key and names of the frozen copy."""

    key: str
    name_zh: str
    name_en: str = ""


class SelectIn(PageQuery):
    """The customer list by condition, with the list's own filters beside."""

    condition: Written
    as_of: str | None = None
    search: str = ""
    source: str = ""
    owner: str = ""
    store: str = ""
    state: CustomerState = "live"
    sort: str = "-first_seen"


class RefreshOut(BaseModel):
    """What a refresh did; mode: full, merge or none."""

    mode: str
    as_of: datetime
    upto_seq: int
    changes: int
    names: int
    ms: int


class SchemaOut(BaseModel):
    """The JSON Schema of a condition."""

    condition: dict[str, Any]
