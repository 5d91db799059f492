"""What crosses HTTP. Money is integer minor units in fields named *_minor; times are ISO UTC."""

from datetime import date, datetime
from typing import Any

from pydantic import BaseModel, Field

from potager.core.paging import PageQuery
from potager.facts import plan, queries
from potager.facts.imports.mapping import FIELDS, GENERATED, PERSONAL_KINDS, FileMapping, Kind
from potager.facts.imports.parse import Reject
from potager.facts.imports.run import Checked
from potager.facts.imports.sniff import Shape
from potager.facts.models import ImportRun, PropertyKind
from potager.facts.timeline import MOST, Moment


class PropertyOut(BaseModel):
    """own: said by this house, not shipped with the program. misfits: values that did not fit the kind."""

    key: str
    name_zh: str
    name_en: str
    kind: PropertyKind
    misfits: int
    own: bool


class EventOut(BaseModel):
    """count is 0 and first_seen, last_seen are null while nothing was heard of it."""

    key: str
    name_zh: str
    name_en: str
    system: bool
    planned: bool
    count: int
    first_seen: datetime | None
    last_seen: datetime | None
    properties: list[PropertyOut]

    @classmethod
    def of(cls, event: plan.Event, heard: queries.Heard | None, misfits: dict[tuple[str, str], int]) -> "EventOut":
        return cls(
            key=event.key,
            name_zh=event.zh,
            name_en=event.en,
            system=event.system,
            planned=event.planned,
            count=heard.count if heard else 0,
            first_seen=heard.first if heard else None,
            last_seen=heard.last if heard else None,
            properties=[
                PropertyOut(
                    key=each.key,
                    name_zh=each.zh,
                    name_en=each.en,
                    kind=each.kind,
                    misfits=misfits.get((event.key, each.key), 0),
                    own=each.key not in plan.SYSTEM_PROPERTIES,
                )
                for each in event.properties
            ],
        )


class EventList(BaseModel):
    items: list[EventOut]
    total: int


class EventNames(BaseModel):
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)


class PropertyChange(EventNames):
    kind: PropertyKind


class UnplannedProperty(BaseModel):
    """n: how many of the newest events carry it."""

    key: str
    n: int


class UnplannedProperties(BaseModel):
    items: list[UnplannedProperty]
    total: int


class TimelineAsk(BaseModel):
    """keys: only these events; before: only what was earlier, for the next page."""

    keys: list[str] = []
    before: datetime | None = None
    limit: int = Field(100, ge=1, le=MOST)


class MomentOut(BaseModel):
    at: datetime
    kind: str
    key: str
    name_zh: str
    name_en: str
    channel: str
    amount_minor: int | None
    detail: dict[str, Any]

    @classmethod
    def of(cls, moment: Moment) -> "MomentOut":
        return cls(
            at=moment.at,
            kind=moment.kind,
            key=moment.key,
            name_zh=moment.zh,
            name_en=moment.en,
            channel=moment.channel,
            amount_minor=moment.amount,
            detail=dict(moment.detail),
        )


class MomentList(BaseModel):
    items: list[MomentOut]
    total: int


class ProductOut(BaseModel):
    product: str
    name: str | None
    category: str | None
    brand: str | None
    price_minor: int | None
    cost_minor: int | None
    life_days: int | None

    @classmethod
    def of(cls, row: queries.Product) -> "ProductOut":
        return cls(
            product=row.product,
            name=row.name,
            category=row.category,
            brand=row.brand,
            price_minor=row.price,
            cost_minor=row.cost,
            life_days=row.life_days,
        )


class ProductPage(PageQuery):
    items: list[ProductOut]
    total: int


class CostOut(BaseModel):
    day: date
    source: str
    channel: str
    amount_minor: int

    @classmethod
    def of(cls, row: queries.Cost) -> "CostOut":
        return cls(day=row.day, source=row.source, channel=row.channel, amount_minor=row.amount)


class CostPage(PageQuery):
    items: list[CostOut]
    total: int


class KindOut(BaseModel):
    """What a kind of import understands; generated: the keys that may be made from the whole row."""

    kind: Kind
    required: list[str]
    optional: list[str]
    generated: list[str]
    personal: bool

    @classmethod
    def of(cls, kind: Kind) -> "KindOut":
        required, optional = FIELDS[kind]
        return cls(
            kind=kind,
            required=sorted(required),
            optional=sorted(optional),
            generated=sorted(GENERATED.get(kind, ())),
            personal=kind in PERSONAL_KINDS,
        )


class ImportOut(BaseModel):
    """read = loaded + duplicate + rejected once state is finished; brought counts what else came of the rows."""

    id: int
    file_name: str
    kind: str
    state: str
    mapping: dict[str, Any]
    read: int
    loaded: int
    duplicate: int
    rejected: int
    brought: dict[str, int]
    error_zh: str
    error_en: str
    created_by: str
    created_at: datetime
    finished_at: datetime | None

    @classmethod
    def of(cls, run: ImportRun) -> "ImportOut":
        return cls(**{name: getattr(run, name) for name in cls.model_fields})


class ImportPage(PageQuery):
    items: list[ImportOut]
    total: int


class ImportAsk(BaseModel):
    """How to read an uploaded file."""

    kind: Kind
    mapping: FileMapping = FileMapping()


class PreviewOut(BaseModel):
    """What the file is, its first rows as texts, and a guess at the mapping where none was given."""

    format: str
    encoding: str
    delimiter: str
    header: bool
    sheet: str
    columns: list[str]
    rows: list[list[str]]
    mapping: FileMapping

    @classmethod
    def of(cls, shape: Shape, rows: list[list[str]], mapping: FileMapping) -> "PreviewOut":
        return cls(
            format=shape.format,
            encoding=shape.encoding,
            delimiter=shape.delimiter,
            header=shape.header,
            sheet=shape.sheet,
            columns=list(shape.columns),
            rows=rows,
            mapping=mapping,
        )


class RejectOut(BaseModel):
    line: int
    column: str
    code: str
    reason_zh: str
    reason_en: str
    value: str

    @classmethod
    def of(cls, reject: Reject) -> "RejectOut":
        line, column, code, reason_zh, reason_en, value = reject.cells()
        return cls.model_validate(
            {
                "line": line,
                "column": column,
                "code": code,
                "reason_zh": reason_zh,
                "reason_en": reason_en,
                "value": value,
            }
        )


class CheckOut(BaseModel):
    """A dry run over the first rows: complete says whether that was the whole file."""

    read: int
    rejected: int
    duplicate: int
    would_load: int
    complete: bool
    rejects: list[RejectOut]

    @classmethod
    def of(cls, checked: Checked, *, most: int) -> "CheckOut":
        return cls(
            read=checked.read,
            rejected=checked.rejected,
            duplicate=checked.duplicate,
            would_load=checked.would_load,
            complete=checked.read < most,
            rejects=[RejectOut.of(reject) for reject in checked.rejects],
        )
