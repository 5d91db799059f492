"""What crosses HTTP about customers."""

from collections.abc import Mapping
from datetime import datetime
from typing import Any, Literal

from pydantic import BaseModel, Field

from potager.core.paging import PageQuery
from potager.org.models import Staff
from potager.people.models import (
    Attribute,
    Consent,
    Customer,
    FollowRelation,
    HouseholdMember,
    Identity,
    Merge,
    ReviewItem,
    Source,
)

AttributeKind = Literal["text", "number", "money", "date", "bool", "choice"]
CustomerState = Literal["live", "merged", "deleted"]


class CustomerQuery(PageQuery):
    """Filters of the customer list. `search`: part of a name, or exactly a phone, e-mail, member number or other id."""

    search: str = ""
    source: str = ""
    owner: str = Field("", description="staff key")
    store: str = Field("", description="store key: of the owner or of an active staff relation")
    state: CustomerState = "live"
    sort: str = Field("-first_seen", description="first_seen, created, name or id; - in front for descending")


class StaffRef(BaseModel):
    key: str
    name: str

    @classmethod
    def of(cls, staff: Staff) -> "StaffRef":
        return cls(key=staff.key, name=staff.name)


class IdentityOut(BaseModel):
    """An identity; `shown` is the value itself, or a hint when it is sealed (then it can be revealed, audited)."""

    iid: int
    type: str
    realm: str
    shown: str
    sealed: bool

    @classmethod
    def of(cls, row: Identity) -> "IdentityOut":
        sealed = bool(row.sealed)
        return cls(iid=row.id, type=row.type, realm=row.realm, shown=row.hint if sealed else row.value, sealed=sealed)


class CustomerOut(BaseModel):
    """A line of the list. Personal attributes show their hint; money attributes are integer minor units."""

    cid: int
    name: str
    state: CustomerState
    source: str
    owner: StaffRef | None
    created_at: datetime
    first_seen_at: datetime
    attrs: dict[str, Any]
    identities: list[IdentityOut]

    @classmethod
    def of(cls, row: Customer) -> "CustomerOut":
        return cls(
            cid=row.id,
            name=row.name,
            state=row.state,
            source=row.source,
            owner=StaffRef.of(row.owner) if row.owner else None,
            created_at=row.created_at,
            first_seen_at=row.first_seen_at,
            attrs=shown(row.attrs),
            identities=[IdentityOut.of(each) for each in row.identities.all()],
        )


def shown(attrs: Mapping[str, Any]) -> dict[str, Any]:
    """Attribute values as a person may see them: the hint of a sealed one."""
    return {key: value["hint"] if isinstance(value, dict) else value for key, value in attrs.items()}


class CustomerPage(BaseModel):
    items: list[CustomerOut]
    total: int
    page: int
    size: int


class RelationOut(BaseModel):
    staff: StaffRef
    since: datetime
    until: datetime | None
    state: Literal["active", "lost"]
    source: str
    remark: str

    @classmethod
    def of(cls, row: FollowRelation) -> "RelationOut":
        return cls(
            staff=StaffRef.of(row.staff),
            since=row.since,
            until=row.until,
            state=row.state,
            source=row.source,
            remark=row.remark,
        )


class RelativeOut(BaseModel):
    cid: int
    name: str
    role: str

    @classmethod
    def of(cls, row: HouseholdMember) -> "RelativeOut":
        return cls(cid=row.customer_id, name=row.customer.name, role=row.role)


class HouseholdOut(BaseModel):
    key: str
    name: str
    role: str
    others: list[RelativeOut]


class ConsentOut(BaseModel):
    channel: str
    purpose: str
    allowed: bool
    at: datetime
    source: str

    @classmethod
    def of(cls, row: Consent) -> "ConsentOut":
        return cls(channel=row.channel, purpose=row.purpose, allowed=row.allowed, at=row.at, source=row.source)


class MergeOut(BaseModel):
    """A merge made by a person that still stands; it can be taken back."""

    id: int
    iids: list[int]
    at: datetime
    actor: str

    @classmethod
    def of(cls, row: Merge) -> "MergeOut":
        return cls(id=row.id, iids=[row.a_id, row.b_id], at=row.at, actor=row.actor)


class CustomerCard(CustomerOut):
    """The head of the 360° page. `merged_cids` are earlier customers that are part of this one."""

    relations: list[RelationOut]
    households: list[HouseholdOut]
    consents: list[ConsentOut]
    merges: list[MergeOut]
    merged_cids: list[int]
    extras: dict[str, Any] = Field(description="traits that came with no declared attribute")


class CustomerChange(BaseModel):
    """Only what is sent changes; null or "" takes a value back. `owner` is a staff key."""

    name: str | None = None
    owner: str | None = None
    attrs: dict[str, Any] = {}


class CustomerCreate(CustomerChange):
    """A customer known by at least one identity."""

    identities: list["IdentityIn"] = Field(min_length=1)
    source: str = ""


class IdentityIn(BaseModel):
    type: str
    realm: str = ""
    value: str


class MergeIn(BaseModel):
    with_cid: int


class SplitIn(BaseModel):
    iids: list[int] = Field(min_length=1)


class SplitOut(BaseModel):
    """The customers the identities belong to now, the one that kept the cid included."""

    cids: list[int]


class Revealed(BaseModel):
    value: str


class ConsentIn(BaseModel):
    """`*` means every channel or every purpose."""

    channel: str = "*"
    purpose: Literal["marketing", "service", "transactional", "*"] = "marketing"
    allowed: bool = False


class ReviewCustomer(BaseModel):
    cid: int
    name: str
    identities: list[IdentityOut]

    @classmethod
    def of(cls, row: Customer) -> "ReviewCustomer":
        return cls(cid=row.id, name=row.name, identities=[IdentityOut.of(each) for each in row.identities.all()])


class ReviewOut(BaseModel):
    """A contact shared by customers who contradict each other: are they one person?"""

    id: int
    state: Literal["open", "merged", "apart", "settled"]
    contact: IdentityOut
    customers: list[ReviewCustomer]
    opened_at: datetime
    decided_at: datetime | None
    decided_by: str

    @classmethod
    def of(cls, row: ReviewItem, customers: Mapping[int, Customer]) -> "ReviewOut":
        return cls(
            id=row.id,
            state=row.state,
            contact=IdentityOut.of(row.identity),
            customers=[ReviewCustomer.of(customers[cid]) for cid in row.customers if cid in customers],
            opened_at=row.opened_at,
            decided_at=row.decided_at,
            decided_by=row.decided_by,
        )


class ReviewPage(BaseModel):
    items: list[ReviewOut]
    total: int
    page: int
    size: int


class ReviewDecision(BaseModel):
    same: bool = Field(description="true: one person, merge them; false: they stay apart")


class AttributeOut(BaseModel):
    key: str
    name_zh: str
    name_en: str
    kind: AttributeKind
    options: list[str]
    personal: bool

    @classmethod
    def of(cls, row: Attribute) -> "AttributeOut":
        return cls(
            key=row.key,
            name_zh=row.name_zh,
            name_en=row.name_en,
            kind=row.kind,
            options=row.options,
            personal=row.personal,
        )


class AttributeIn(BaseModel):
    """Kind and personal are fixed once declared."""

    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = ""
    kind: AttributeKind
    options: list[str] = []
    personal: bool = False


class SourceOut(BaseModel):
    key: str
    name_zh: str
    name_en: str

    @classmethod
    def of(cls, row: Source) -> "SourceOut":
        return cls(key=row.key, name_zh=row.name_zh, name_en=row.name_en)


class SourceIn(BaseModel):
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = ""
