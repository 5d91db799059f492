"""The phones of the twin's people: what reached them, and what they do about it, through the simulated platform."""

from collections.abc import Sequence
from typing import NamedTuple

from potager.core.ids import key_of
from potager.core.journal import from_us
from potager.demo import brand
from potager.demo.arrivals import people_of
from potager.demo.clockwork import at, day_of
from potager.demo.parameters import Ints
from potager.demo.people import Population, external_userid
from potager.demo.response import Message
from potager.demo.telling import Register
from potager.touch.channels.simulator import Simulator
from potager.touch.life import State
from potager.touch.models import TouchMark

_REPLIES = (
    "好的，谢谢提醒～",
    "请问敏感肌可以用吗？",
    "最近有活动吗？",
    "收到啦",
    "上次买的还没用完，用完再来",
    "可以帮我推荐一套吗？",
    "价格还能优惠吗？",
    "嗯嗯，我看看",
)


class Arrived(NamedTuple):
    """A message on a phone: as the twin hears it, and by which touch and sender, to be answered."""

    message: Message
    token: str
    sender: str


def person_key(i: int) -> str:
    """The key the house draws this person's arms by: made of the identity that created the customer."""
    k1, k2 = key_of("external_userid", brand.CORP, external_userid(i))
    return f"{k1 & (1 << 64) - 1:016x}{k2 & (1 << 64) - 1:016x}"


def arrived(after: int, register: Register) -> tuple[list[Arrived], int]:
    """Messages delivered, and those only withheld from control people, since the mark numbered `after`.

    Returns them in order with the number of the last mark read.
    """
    marks = TouchMark.objects.filter(id__gt=after, state__in=(State.DELIVERED, State.WITHHELD)).order_by("id")
    rows = list(marks.values_list("id", "state", "at_us", *(f"touch__{name}" for name in _FIELDS)))
    people = people_of((row[3] for row in rows), register)
    found = []
    for _, state, at_us, cid, journey, step, token, sender, cost in rows:
        if (who := people.get(cid)) is not None:
            day, second = day_of(from_us(at_us))
            shadow = state == State.WITHHELD
            found.append(Arrived(Message(who, journey, step, day, second, shadow, cost), token, sender))
    return found, rows[-1][0] if rows else after


_FIELDS = ("cid", "journey", "step", "token", "sender", "cost_minor")


def reply(simulator: Simulator, arrived: Sequence[Arrived], answered: Sequence[Message]) -> None:
    """People answer these of the messages that arrived."""
    wanted = set(answered)
    acts = [
        {
            "kind": "reply",
            "person": person_key(each.message.who),
            "sender": each.sender,
            "token": each.token,
            "text": _REPLIES[each.message.who % len(_REPLIES)],
            "at": at(each.message.day, each.message.second + _pause(each.message.who)).isoformat(),
        }
        for each in arrived
        if each.message in wanted
    ]
    if acts:
        simulator.act(acts)


def departures(arrived: Sequence[Arrived], leaving: Sequence[int]) -> list[tuple[int, int, int]]:
    """(person, day, second) of those who delete the sender after reading."""
    last = {each.message.who: each.message for each in arrived}
    return [(who, last[who].day, last[who].second + _pause(who) + 60) for who in leaving]


def delete(simulator: Simulator, people: Population, losses: Sequence[tuple[int, int, int]]) -> None:
    """(person, day, second) of those who delete their staff member."""
    if losses:
        simulator.act(
            [
                {
                    "kind": "delete",
                    "person": person_key(who),
                    "sender": brand.STAFF[people.owner[who]].key,
                    "at": at(day, second).isoformat(),
                }
                for who, day, second in losses
            ]
        )


def losses_between(who: Ints, second: Ints, day: int, since: int, until: int) -> list[tuple[int, int, int]]:
    """Those of a day's losses that fall into these seconds of it."""
    return [(int(i), day, int(s)) for i, s in zip(who, second, strict=True) if since <= s < until]


def _pause(who: int) -> int:
    """How many seconds a person takes to answer; well within clockwork.ANSWERED."""
    return 60 + who * 37 % 1_300
