"""Ask one rule, or some, about one message."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Any

from potager.core.journal import to_us
from potager.touch.people import Known
from potager.touch.places import Book, Place
from potager.touch.policy import Rule, Scene, Verdict, judge_all
from potager.touch.settings import Policy

NOON = datetime(2026, 11, 1, 4, tzinfo=UTC)
HOUR, DAY = timedelta(hours=1), timedelta(days=1)


@dataclass(frozen=True)
class Message:
    """A message nothing speaks against, due at noon in Shanghai."""

    run_id: int = 1
    cid: int = 7
    person_key: str = "p1"
    channel: str = "sms"
    purpose: str = "marketing"
    sender: str = ""
    arm: str = ""
    shadow: bool = False
    text: str = "你好"
    missing: Sequence[str] = ()
    zone: str = "Asia/Shanghai"
    expires: datetime = NOON + DAY
    journey: str = ""
    priority: int = 50

    @property
    def expires_us(self) -> int:
        return to_us(self.expires)


def known(cid: int = 7, *, gone: bool = False) -> dict[int, Known]:
    return {cid: Known(cid, 1, "p1", "小雨", "lin", "Asia/Shanghai", gone, {})}


def ask_all(
    rules: Sequence[Rule[Any]],
    messages: Sequence[Message],
    *,
    at: datetime = NOON,
    places: Sequence[Place] = (),
    policy: Any = None,
    people: Mapping[int, Known] | None = None,
) -> list[Verdict]:
    """Verdicts of these rules, in this order; `places` are those p1 took before."""
    policy = policy or Policy()
    scene = Scene(at, known() if people is None else people, policy)
    book = Book(at, {"p1": list(places)}, getattr(policy, "costs", {}))
    return judge_all(messages, [(rule, rule.ground(messages, scene)) for rule in rules], book)


def ask(rule: Rule[Any], message: Message, **about: Any) -> Verdict:
    return ask_all([rule], [message], **about)[0]


def sent(*ago: timedelta, channel: str = "sms", purpose: str = "marketing", shadow: bool = False) -> list[Place]:
    """Places p1 took so long before noon."""
    return [Place(NOON - each, channel, purpose, shadow) for each in ago]
