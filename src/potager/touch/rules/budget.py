"""月度预算: what messages may cost in a calendar month of the business zone; over it they wait for the next month.

What a message costs stands in the policy by channel. It is reserved with the message's place, and given back with it
unless the channel had the message already: what was handed over was paid for.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass, replace

from pydantic import BaseModel, ConfigDict, Field

from potager.core import house, money
from potager.touch import places
from potager.touch.periods import Period, period_of
from potager.touch.places import Book
from potager.touch.policy import Case, Detail, Rule, Scene, Setting, Verdict, Words
from potager.touch.purposes import Purpose


class BudgetSetting(BaseModel):
    """What all channels together may cost in a month, in minor units of the house's currency; None is no limit.

    purposes  which messages it holds back; those of the other purposes are paid for whatever is left
    """

    model_config = ConfigDict(extra="forbid")

    month_minor: int | None = Field(None, ge=0)
    purposes: list[Purpose] = ["marketing", "service"]


@dataclass(frozen=True, slots=True)
class Month:
    """The month that runs: what may be spent and was, before this batch, what one message costs by channel, and for
    which purposes none is sent over the budget."""

    period: Period
    budget: int
    spent: int
    costs: Mapping[str, int]
    purposes: Collection[str]

    def cost(self, case: Case) -> int:
        """What the message would cost where the budget holds it back, else 0."""
        return self.costs.get(case.channel, 0) if case.purpose in self.purposes else 0


class Budget(Rule[Month | None]):
    """Its ground: the month; None where no message of the batch can be held back."""

    NAME = "budget"
    RANK = 80
    SETTING = Setting("budget", BudgetSetting, Field(default_factory=BudgetSetting))

    def ground(self, cases: Sequence[Case], scene: Scene) -> Month | None:
        setting: BudgetSetting = scene.setting(self)
        if setting.month_minor is None:
            return None
        period = period_of(scene.now, "month")
        month = Month(period, setting.month_minor, 0, scene.policy.costs, setting.purposes)
        if not any(month.cost(case) for case in cases):
            return None
        return replace(month, spent=places.spent(period.start))

    def judge(self, case: Case, ground: Month | None, book: Book) -> Verdict | None:
        cost = ground.cost(case) if ground else 0
        if ground is None or not cost:
            return None
        spent = ground.spent + book.spent
        if spent + cost <= ground.budget:
            return None
        numbers = {"budget": ground.budget, "spent": spent, "cost": cost, "currency": house.facts().currency}
        return Verdict("defer", self.NAME, numbers, ground.period.end)

    def why(self, detail: Detail) -> Words:
        currency = str(detail.get("currency"))
        budget, spent, cost = (
            money.show(int(str(detail.get(key, 0))), currency) for key in ("budget", "spent", "cost")
        )
        return Words(
            f"本月预算 {budget}，已用 {spent}，再发一条要 {cost}",
            f"This month's budget is {budget}, {spent} is spent, one more costs {cost}",
        )
