"""What crosses HTTP about rules, next products, lookalikes and bundles."""

from datetime import date, datetime

from pydantic import BaseModel, Field

from potager.core.paging import PageQuery
from potager.insight.affinity.queries import Sort
from potager.insight.affinity.settings import Basket, Grain
from potager.insight.specs import KEY


class AffinityItem(BaseModel):
    """A product, category or brand by its key and name."""

    key: str
    name: str


class AffinityItemBought(AffinityItem):
    buyers: int


class AffinityItems(BaseModel):
    items: list[AffinityItemBought]
    total: int


class AffinityRun(BaseModel):
    """What results stand at: mined from so many baskets and items, complete from these counts on (sets of 2, 3 …)."""

    as_of: datetime
    computed_at: datetime
    ms: int
    baskets: int
    items: int
    minimums: list[int]


class AffinityRule(BaseModel):
    """Of n_left baskets with everything on the left, n have the right item too; n_right of all baskets have it.

    q   the false discovery rate at which the rule would still be called one
    """

    left: list[AffinityItem]
    right: AffinityItem
    n: int
    n_left: int
    n_right: int
    baskets: int
    support: float
    confidence: float
    lift: float
    p: float
    q: float


class AffinityRuleQuery(PageQuery):
    """Rules by grain and basket, narrowed."""

    by: Grain = Grain.PRODUCT
    basket: Basket = Basket.CUSTOMER
    item: str = ""
    min_lift: float = Field(0, ge=0)
    min_n: int = Field(0, ge=0)
    max_q: float = Field(1, ge=0, le=1)
    sort: Sort = "q"


class AffinityRules(BaseModel):
    """run is null before anything was mined."""

    items: list[AffinityRule]
    total: int
    page: int
    size: int
    days: int
    run: AffinityRun | None


class NextProduct(BaseModel):
    """A product to offer next.

    kind     rule: they bought everything in `because`, whose buyers also buy this · again: its life is over
    due      when what they have of it is used up; null where it is new to them
    last_day when they last bought what is in `because`, the latest
    """

    product: AffinityItem
    kind: str
    because: list[AffinityItem]
    last_day: date | None
    confidence: float
    lift: float
    score: float
    q: float | None
    due: date | None


class NextProducts(BaseModel):
    items: list[NextProduct]
    total: int
    as_of: datetime | None


class LookalikeIn(BaseModel):
    """Bought any of `have` (anything else when empty), none of `lack`; the `size` most like those who bought both."""

    by: Grain = Grain.PRODUCT
    have: list[str] = Field(default_factory=list, max_length=50)
    lack: list[str] = Field(min_length=1, max_length=50)
    size: int = Field(100, ge=1, le=100_000)
    as_of: str | None = None


class LookalikeSave(LookalikeIn):
    """The key and names of the frozen audience."""

    key: str = Field(pattern=KEY)
    name_zh: str = Field(min_length=1, max_length=100)
    name_en: str = Field("", max_length=100)


class LookalikeFeature(BaseModel):
    """kind: product, category, brand, source or an attribute's key. Shares of those with and without the target."""

    kind: str
    name: str
    buyers_share: float
    others_share: float
    weight: float


class LookalikePerson(BaseModel):
    cid: int
    name: str
    score: float
    because: list[str]


class LookalikeOut(BaseModel):
    """buyers taught, candidates were ranked; auc on unseen people, null where it cannot be measured."""

    sentence: str
    buyers: int
    candidates: int
    auc: float | None
    people: list[LookalikePerson]
    features: list[LookalikeFeature]


class LookalikeSaved(BaseModel):
    key: str
    customers: int


class BundleIn(BaseModel):
    """Two to four products and the bundle's price, a decimal in the house's currency."""

    products: list[str] = Field(max_length=10)
    price: str


class BundlePart(AffinityItem):
    """paid: the price is what was paid on average, for want of a list price."""

    price_minor: int | None
    paid: bool
    cost_minor: int | None
    buyers: int


class BundleGroup(BaseModel):
    """People with exactly `have`; `both` of the `of` people who have these have all: that share is the expectation."""

    have: list[AffinityItem]
    lack: list[AffinityItem]
    people: int
    both: int
    of: int
    rate: float
    low: float
    high: float


class BundleOut(BaseModel):
    """Money per bundle in minor units; null where a price or a cost is unknown.

    break_even  the relative rise of take-up at which the bundle earns what its takers would have paid apart
    never       no take-up is enough: the bundle's price does not cover its cost
    """

    customers: int
    have_all: int
    parts: list[BundlePart]
    groups: list[BundleGroup]
    takers: float
    takers_low: float
    takers_high: float
    takers_needed: int | None
    price_minor: int
    apart_minor: int | None
    discount_minor: int | None
    margin_minor: int | None
    margin_apart_minor: int | None
    break_even: float | None
    never: bool
