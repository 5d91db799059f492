"""How people answer messages: the true effects, stated. Everything the product may conclude is checked against this."""

from collections import defaultdict
from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from potager.demo.life import LAYERS, Lives, layer_of
from potager.demo.parameters import Bools, Floats, Ints
from potager.demo.people import Population


@dataclass(frozen=True, slots=True)
class Effect:
    """What one message of a journey does to the person who gets it.

    lift         extra share on the daily chance to buy, by the layer (新老客四态) the person is in when it comes
    days         for how many days, from the next morning at nine
    coupon       fen off the next order it carries (0 none), good for `coupon_days`; only in `coupon_steps` if given
    reply        multiplies the person's readiness to answer
    """

    lift: Mapping[str, float]
    days: int
    coupon: int = 0
    coupon_days: int = 0
    coupon_steps: tuple[str, ...] = ()
    reply: float = 1.0

    def carries_coupon(self, step: str) -> bool:
        return self.coupon > 0 and (not self.coupon_steps or step in self.coupon_steps)


def _same(lift: float) -> dict[str, float]:
    return dict.fromkeys(LAYERS, lift)


NEWCOMER, REPURCHASE, WIN_BACK = "new-customer-7d", "repurchase-reminder", "win-back"

EFFECTS: Mapping[str, Effect] = {
    # A reminder when the bottle is nearly empty helps, regulars most.
    REPURCHASE: Effect(
        lift={"new_no_order": 0.2, "new_bought": 0.6, "old_bought": 0.9, "old_repeat": 1.2}, days=7, reply=1.3
    ),
    # Seven days of friendly texts are answered, and change nothing about buying.
    NEWCOMER: Effect(lift=_same(0.0), days=7, reply=1.6),
    # Sleepers who come back come back for the sale; the large coupon mostly pays those who were coming anyway.
    WIN_BACK: Effect(lift=_same(0.06), days=10, coupon=10_000, coupon_days=21, reply=0.6),
}
# Whatever else an operator thinks of sending.
ORDINARY = Effect(lift={"new_no_order": 0.03, "new_bought": 0.06, "old_bought": 0.05, "old_repeat": 0.1}, days=4)
JOURNEYS = tuple(EFFECTS)
# Courses of the world: what happens, no message at all, and per journey the opposite arm for everybody.
ACTUAL, UNTOUCHED, FLIPPED = 0, 1, 2
COURSES = FLIPPED + len(JOURNEYS)
REPLY_SHARE = 0.55
DELETE_SHARE = 0.08
# Newcomers who have not bought yet bear less.
NEWCOMER_PATIENCE = 0.85


@dataclass(frozen=True, slots=True)
class Message:
    """One message as its receiver knows it, and what it cost in fen.

    A shadow message was not sent: its receiver is in a control group.
    """

    who: int
    journey: str
    step: str
    day: int
    second: int
    shadow: bool = False
    cost: int = 0


def flipped(journey: str) -> int:
    """The course in which everybody has the opposite arm of this journey."""
    return FLIPPED + JOURNEYS.index(journey)


def counts_in(message: Message, course: int) -> bool:
    """Whether the message reaches its receiver in a course."""
    if course == UNTOUCHED:
        return False
    if course >= FLIPPED and JOURNEYS[course - FLIPPED] == message.journey:
        return message.shadow
    return not message.shadow


def work(people: Population, lives: Lives, messages: list[Message], tomorrow: int) -> None:
    """Let messages do to people's minds what they do, in every course: buying from `tomorrow` on, and annoyance."""
    groups: dict[tuple[str, str, bool], list[Message]] = defaultdict(list)
    for message in messages:
        groups[message.journey, message.step, message.shadow].append(message)
    for (journey, step, _), group in groups.items():
        who = np.array([m.who for m in group], dtype=np.int64)
        effect = EFFECTS.get(journey, ORDINARY)
        source = JOURNEYS.index(journey) if journey in EFFECTS else len(JOURNEYS)
        for course in range(COURSES):
            if not counts_in(group[0], course):
                continue
            near = who[lives.friend[course, who]]
            layer = layer_of(people, lives, course, tomorrow - 1, near)
            lives.lift[course, near, source] = np.array([effect.lift[name] for name in LAYERS])[layer]
            lives.lift_until[course, near, source] = tomorrow - 1 + effect.days
            np.add.at(lives.annoyance[course], near, 1.0)
            if effect.carries_coupon(step):
                lives.coupon[course, near] = effect.coupon
                lives.coupon_until[course, near] = tomorrow - 1 + effect.coupon_days


def replies(people: Population, messages: list[Message], u: Floats) -> list[Message]:
    """Which messages are answered; `u` is one uniform per person."""
    return [
        m
        for m in messages
        if not m.shadow and u[m.who] < people.talkative[m.who] * REPLY_SHARE * EFFECTS.get(m.journey, ORDINARY).reply
    ]


def deletes(people: Population, lives: Lives, day: int, who: Ints, u: Floats) -> Ints:
    """Who of the people just written to deletes the sender, in what really happens; other courses follow silently."""
    bears = people.patience[who] * np.where(layer_of(people, lives, ACTUAL, day, who) == 0, NEWCOMER_PATIENCE, 1.0)
    gone = _fed_up(lives.annoyance[:, who], bears) & (u[who] < DELETE_SHARE) & lives.friend[:, who]
    lives.friend[:, who] &= ~gone
    leaving: Ints = who[gone[ACTUAL]]
    return leaving


def _fed_up(annoyance: Floats, bears: Floats) -> Bools:
    return annoyance > bears
