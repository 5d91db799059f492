"""The relation leaf: by whom the customer is, or was, added."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any, ClassVar, Literal

from pydantic import JsonValue

from potager.insight.conditions.base import Answer, Binder, Bond, BoundLeaf, Node, Subject, Words, Written
from potager.insight.conditions.ops import Op, Test, make_test
from potager.insight.fields import Field, Kind, nearest, refusal
from potager.insight.moment import Moment, say_window
from potager.insight.slots import Slots


class RelationOf(Node):
    """Which relations count. Without staff: anybody's."""

    staff: str | tuple[str, ...] | None = None
    state: Literal["active", "lost", "any"] = "active"
    source: str | None = None
    added_within: JsonValue = None


class Relation(Written):
    """`{"relation": {"staff": "zhangsan", "state": "active", "added_within": "7d"}}`."""

    KEY: ClassVar[str] = "relation"

    relation: RelationOf

    def bind(self, binder: Binder, place: str) -> "RelationLeaf":
        fields = binder.fields
        wanted, here = self.relation, f"{place}.relation".lstrip(".")
        staff = (wanted.staff,) if isinstance(wanted.staff, str) else wanted.staff or ()
        for key in staff:
            if key not in fields.staff:
                close = nearest(key, fields.staff)
                raise refusal(
                    f"没有员工「{key}」" + (f"，是不是「{close}」？" if close else ""),
                    f"There is no staff member “{key}”" + (f"; did you mean “{close}”?" if close else ""),
                    f"{here}.staff",
                )
        added = None
        if wanted.added_within is not None:
            since = Field("since", Kind.TIME, "since", "添加时间", "added")
            added = make_test(
                since, Op.WITHIN, wanted.added_within, currency=fields.currency, place=here, key="added_within"
            )
        return RelationLeaf(tuple(sorted(set(staff))), wanted.state, wanted.source, added, fields.staff)


@dataclass(frozen=True, slots=True)
class RelationLeaf(BoundLeaf):
    staff: tuple[str, ...]
    state: str
    from_source: str | None
    added: Test | None
    names: Mapping[str, str] = field(default_factory=dict, repr=False, compare=False)

    @property
    def source(self) -> str:
        return "relation"

    def row(self, table: Any, slots: Slots) -> Any:
        now = slots.as_of()
        test = table.since <= now
        if self.state == "active":
            test &= table.until.isnull() | (table.until > now)
        elif self.state == "lost":
            test &= table.until <= now
        if self.staff:
            test &= table.staff.isin(list(self.staff))
        if self.from_source is not None:
            test &= table.source == self.from_source
        return test & self.added.sql(table.since, slots) if self.added else test

    def _counts(self, bond: Bond, moment: Moment) -> bool:
        over = bond.until is not None and bond.until <= moment.at
        return (
            bond.since <= moment.at
            and (self.state == "any" or over == (self.state == "lost"))
            and (not self.staff or bond.staff in self.staff)
            and (self.from_source is None or bond.source == self.from_source)
            and (self.added is None or self.added.holds(bond.since, moment))
        )

    def single(self, subject: Subject) -> Answer:
        bonds = sorted((bond.since, bond.staff) for bond in subject.bonds if self._counts(bond, subject.moment))
        if not bonds:
            return Answer(ok=False, zh="没有", en="none")
        found = [self.names.get(staff, staff) for _, staff in bonds]
        return Answer(ok=True, zh="、".join(found), en=", ".join(found), since=bonds[0][0])

    def say(self, words: Words, *, negated: bool = False) -> str:
        names = [words.fields.staff.get(key, key) for key in self.staff]
        who = words.pick("、", ", ").join(names) or words.pick("任一员工", "anybody on the staff")
        when = f"{say_window(self.added.value, words.language)}" if self.added else ""
        source = self.from_source and words.fields.sources.get(self.from_source, self.from_source)
        if words.zh:
            verb = {"active": "是{}的好友", "lost": "已与{}解除好友", "any": "曾是{}的好友"}[self.state].format(who)
            said = (f"{when}新加，" if when else "") + verb + (f"（来自{source}）" if source else "")
            return f"并非（{said}）" if negated else said
        forms = {"active": "a friend of {}", "lost": "no longer a friend of {}", "any": "ever a friend of {}"}
        said = (
            forms[self.state].format(who) + (f", added {when}" if when else "") + (f", from {source}" if source else "")
        )
        return f"not ({said})" if negated else said
