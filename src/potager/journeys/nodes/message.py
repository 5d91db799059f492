from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import ClassVar, Literal

from pydantic import Field

from potager.content import render
from potager.content.links import personal as links
from potager.core import choices, house, money
from potager.core.errors import Problem
from potager.insight.fields import Fields
from potager.journeys.faults import fault
from potager.journeys.nodes.node import Act, Acting, Writing
from potager.journeys.parts import Key, Part
from potager.journeys.times import Span, span
from potager.journeys.walker import Walker
from potager.touch import channels, intents, settings
from potager.touch.drafts import Draft, Intent, write_out
from potager.touch.drafts import Key as DraftKey
from potager.touch.life import State
from potager.touch.models import Lane

CHANNEL_SETTING = "journeys.channel"
# Filled from what started the run: name → what an operator reads.
RUN_VARIABLES = {
    "product_name": ("商品名", "product of the order"),
    "商品": ("商品名", "product of the order"),
    "order_amount": ("订单金额", "amount of the order"),
    "订单金额": ("订单金额", "amount of the order"),
}


class Offer(Part):
    """What the message gives away. `cost` is what one use costs, for whoever reads and approves the journey; evidence
    counts it where it happens, in the discount of the order.
    """

    key: Key
    name: str
    cost: str = Field("0", pattern=r"^\d{1,9}(\.\d{1,3})?$")


@dataclass(frozen=True, slots=True)
class _Ready:
    """Intents by run (a walk acts once), and their drafts."""

    wanted: Mapping[int, Intent]
    written: Mapping[DraftKey, Draft]


class Message(Part, Acting):
    """A message to the person. `valid`: later than this after its time it is not sent any more."""

    KIND: ClassVar[str] = "message"

    text: str = Field(min_length=1, max_length=4000)
    channel: str | None = None
    purpose: Literal["marketing", "service", "transactional"] = "marketing"
    sender: Literal["owner", "brand"] = "owner"
    valid: Span = "1d"
    offer: Offer | None = None

    def line(self) -> str:
        return self.text.split("\n", 1)[0]

    def templates(self) -> Iterator[str]:
        yield self.text

    def problems(self, place: str, fields: Fields) -> Iterator[Problem]:
        try:
            render.check(self.text, variables(fields), f"{place}.message.text")
            links.check(self.text, f"{place}.message.text")
        except Problem as problem:
            yield problem
        if self.channel is not None and self.channel not in channels.installed():
            yield fault(
                "channel",
                f"{place}.message.channel",
                f"没有触达渠道「{self.channel}」；可以用：{'、'.join(channels.installed())}",
                f"There is no channel “{self.channel}”; there are {', '.join(channels.installed())}",
            )

    @classmethod
    def prepare(cls, acts: "Sequence[Act[Message]]", writing: Writing) -> "_Ready":
        """Write the messages out, which takes longer than to judge them."""
        channel = str(choices.get(CHANNEL_SETTING, "handout"))
        wanted = {act.walker.run_id: act.node.intent(act, writing, channel) for act in acts}
        return _Ready(wanted, write_out(list(wanted.values()), settings.policy(), writing.now))

    @classmethod
    def write(cls, acts: "Sequence[Act[Message]]", writing: Writing) -> None:
        """Intend the messages; a verdict that drops the run ends it where it stands."""
        ready: _Ready = writing.ready[cls]
        batch = [ready.wanted[act.walker.run_id] for act in acts]
        for act, answer in zip(acts, intents.intend(batch, ready.written), strict=True):
            act.passed.outcome = answer.state.value
            act.passed.detail = {"touch": answer.id}
            if answer.rule:
                act.passed.detail["rule"] = answer.rule
            if answer.until is not None:
                act.passed.detail["until"] = answer.until.isoformat()
            if answer.state == State.DROPPED:
                act.walker.end_at(act.passed, f"policy:{answer.rule}")

    def intent(self, act: "Act[Message]", writing: Writing, channel: str) -> Intent:
        """What is asked of the contact policy; `channel` is the house's own, for messages that name none."""
        w, passed = act.walker, act.passed
        return Intent(
            cid=w.cid,
            channel=self.channel or channel,
            template=self.text,
            run_id=w.run_id,
            step=passed.step,
            visit=passed.visit,
            purpose=self.purpose,
            lane=self._lane(act),
            journey=writing.journey,
            sender=str(w.context.get("staff", "")) if w.context.get("event") == "friend_added" else "",
            person_key=w.person_key,
            arm=w.arm,
            shadow=w.shadow,
            due=passed.at,
            expires=passed.at + span(self.valid),
            values=values_of(w, writing.names),
            priority=writing.priority,
        )

    def _lane(self, act: "Act[Message]") -> Lane:
        if self.purpose == "transactional":
            return Lane.TRANSACTIONAL
        welcome = act.walker.context.get("event") == "friend_added" and act.passed.at == act.walker.entered
        return Lane.WELCOME if welcome else Lane.SOP


def variables(fields: Fields) -> set[str]:
    """Names a message may use without a default: known for everybody or for every run of the journey."""
    return {*RUN_VARIABLES, *fields.attrs}


def values_of(walker: Walker, product_names: Mapping[str, str]) -> dict[str, object]:
    """The variables a message knows from what started the run; the customer's and the sender's come with the touch."""
    context = walker.context
    product = str(context.get("product", ""))
    values: dict[str, object] = {f"event.{key}": value for key, value in context.items() if not isinstance(value, dict)}
    if product:
        values["product_name"] = values["商品"] = product_names.get(product, product)
    if isinstance(amount := context.get("amount"), int):
        said = money.show(amount, house.facts().currency)
        values["order_amount"] = values["订单金额"] = said
    return values
