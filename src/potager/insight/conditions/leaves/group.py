"""The group leaf: in which group chats the customer is, or was, as the events of joining and leaving tell.

Of each chat the last join and the last leave count. Somebody is in it whose last join is later than the last leave; at
one instant the leave counts.
"""

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING, Any, ClassVar, Final, Literal

from pydantic import Field as Schema
from pydantic import JsonValue

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Node, Rows, Subject, Words, Written
from potager.insight.conditions.ops import Op, Test, make_test
from potager.insight.conditions.paths import join
from potager.insight.fields import Field, Kind
from potager.insight.moment import Moment, say_window
from potager.insight.slots import Slots

if TYPE_CHECKING:
    from potager.insight.sql import Printer

JOINED: Final = "group_joined"
LEFT: Final = "group_left"
_CHAT, _PURPOSE = "group_chat", "purpose"


class GroupOf(Node):
    """Which chats count, by their ids and what they are for. Without: any chat."""

    chat: str | tuple[str, ...] = Schema(default=(), max_length=1000)
    purpose: str | None = Schema(default=None, min_length=1, max_length=200)
    state: Literal["active", "left", "any"] = "active"
    joined_within: JsonValue = None


class Group(Written):
    """`{"group": {"chat": "wr-001", "purpose": "福利", "state": "active", "joined_within": "7d"}}`."""

    KEY: ClassVar[str] = "group"

    group: GroupOf

    def bind(self, binder: Binder, place: str) -> "GroupLeaf":
        wanted = self.group
        chats = (wanted.chat,) if isinstance(wanted.chat, str) else wanted.chat
        joined = None
        if wanted.joined_within is not None:
            field, here = Field("joined", Kind.TIME, "joined", "进群时间", "joined"), join(place, "group")
            currency = binder.fields.currency
            joined = make_test(
                field, Op.WITHIN, wanted.joined_within, currency=currency, place=here, key="joined_within"
            )
        return GroupLeaf(tuple(sorted(set(chats))), wanted.purpose, wanted.state, joined)


@dataclass(frozen=True, slots=True)
class Stay:
    """What is known of a customer and a chat: the last join with what the chat was for, the last leave."""

    joined: datetime | None
    gone: datetime | None
    purpose: str

    @property
    def is_over(self) -> bool:
        return self.gone is not None and (self.joined is None or self.joined <= self.gone)


@dataclass(frozen=True, slots=True)
class Stays(Rows):
    """One row per customer and chat: chat, joined, gone, purpose."""

    NAME: ClassVar[str] = "group chats"

    def table(self, printer: "Printer", only: str | None) -> Any:
        import ibis

        joins, _ = printer.facts("event", JOINED, (), {"p_group_chat": "string", "p_purpose": "string"}, only=only)
        leaves, _ = printer.facts("event", LEFT, (), {"p_group_chat": "string"}, only=only)
        none = ibis.null("timestamp")
        told = ibis.union(
            joins.select("cid", chat="p_group_chat", joined="ts", gone=none, purpose=joins.p_purpose.fill_null("")),
            leaves.select("cid", chat="p_group_chat", joined=none, gone="ts", purpose=ibis.literal("")),
        )
        told = told.filter(told.chat.notnull())
        last = ibis.ifelse(told.joined.notnull(), ibis.struct({"at": told.joined, "value": told.purpose}), ibis.null())
        stays = told.group_by("cid", "chat").agg(joined=told.joined.max(), gone=told.gone.max(), last=last.max())
        return stays.select("cid", "chat", "joined", "gone", purpose=stays["last"]["value"])

    @staticmethod
    def of(subject: Subject) -> Mapping[str, Stay]:
        """The same of one customer, by chat."""
        found: dict[str, Stay] = {}
        told = [each for each in subject.events if each.type in {JOINED, LEFT} and each.at <= subject.moment.at]
        for each in sorted(told, key=lambda one: (one.at, one.props.get(_PURPOSE) or "")):
            if (chat := each.props.get(_CHAT)) is None:
                continue
            known = found.get(chat, Stay(None, None, ""))
            if each.type == LEFT:
                found[chat] = Stay(known.joined, each.at, known.purpose)
            else:
                found[chat] = Stay(each.at, known.gone, each.props.get(_PURPOSE) or "")
        return found


@dataclass(frozen=True, slots=True)
class GroupLeaf(BoundLeaf):
    chats: tuple[str, ...]
    purpose: str | None
    state: str
    joined: Test | None

    @property
    def source(self) -> Stays:
        return Stays()

    def row(self, table: Any, slots: Slots) -> Any:
        is_over = table.gone.notnull() & (table.joined.isnull() | (table.joined <= table.gone))
        test = table.cid.notnull() if self.state == "any" else is_over if self.state == "left" else ~is_over
        if self.chats:
            test &= table.chat.isin(list(self.chats))
        if self.purpose is not None:
            test &= table.purpose == self.purpose
        return test & self.joined.sql(table.joined, slots) if self.joined else test

    def _counts(self, chat: str, stay: Stay, moment: Moment) -> bool:
        return (
            (self.state == "any" or stay.is_over == (self.state == "left"))
            and (not self.chats or chat in self.chats)
            and (self.purpose is None or (stay.joined is not None and stay.purpose == self.purpose))
            and (self.joined is None or self.joined.holds(stay.joined, moment))
        )

    def single(self, subject: Subject) -> Answer:
        stays = {chat: stay for chat, stay in Stays.of(subject).items() if self._counts(chat, stay, subject.moment)}
        if not stays:
            return Answer(ok=False, zh="没有", en="none")
        since = min((stay.joined for stay in stays.values() if stay.joined is not None), default=None)
        return Answer(ok=True, zh="、".join(sorted(stays)), en=", ".join(sorted(stays)), since=since)

    def say(self, words: Words, *, negated: bool = False) -> str:
        chats = words.pick("、", ", ").join(self.chats)
        purpose = words.pick(f"定位为「{self.purpose}」的", f"{self.purpose} ") if self.purpose is not None else ""
        when = say_window(self.joined.value, words.language) if self.joined else ""
        if words.zh:
            verb = {"active": "在{}里", "left": "已退出{}", "any": "进过{}"}[self.state]
            said = (f"{when}进群，" if when else "") + verb.format(f"{purpose}群" + (f"「{chats}」" if chats else "聊"))
            return f"并非（{said}）" if negated else said
        verb = {"active": "in {}", "left": "left {}", "any": "ever in {}"}[self.state]
        said = verb.format(f"{purpose}group chat {chats}" if chats else f"any {purpose}group chat")
        said += f", joined {when}" if when else ""
        return f"not ({said})" if negated else said
