"""The household leaf: what role the customer has at home, and what holds for somebody they live with.

Households are kept by operations as they are now; like attributes they answer so for every instant.
"""

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, ClassVar, Final

from pydantic import Field as Schema
from pydantic import JsonValue

from potager.insight.conditions.base import Answer, Binder, BoundLeaf, Node, Rows, Subject, Words, Written
from potager.insight.conditions.logic import Bound, every_leaf, say
from potager.insight.conditions.paths import join
from potager.insight.fields import nearest, refusal
from potager.insight.single import holds
from potager.insight.slots import Slots
from potager.people.households import ROLES

if TYPE_CHECKING:
    from potager.insight.sql import Printer

HOUSEHOLD: Final = "household"
_COLUMNS: Final = {"household": "int64", "cid": "int32", "role": "string"}


def _everybody() -> JsonValue:
    return {"all": []}


class Someone(Node):
    """Another live customer of the same household, in one of these roles if any are named, for whom `who` holds."""

    role: tuple[str, ...] = ()
    who: JsonValue = Schema(default_factory=_everybody)


class HouseholdOf(Node):
    """The roles of the customer, any when none is named; and somebody else there."""

    role: tuple[str, ...] = ()
    someone: Someone | None = None


class Household(Written):
    """`{"household": {"role": ["buyer"], "someone": {"role": ["child"], "who": {"attr": "age", "op": "lt", …}}}}`."""

    KEY: ClassVar[str] = "household"

    household: HouseholdOf

    def bind(self, binder: Binder, place: str) -> "HouseholdLeaf":
        here = join(place, "household")
        roles = _roles(self.household.role, join(here, "role"))
        if (someone := self.household.someone) is None:
            return HouseholdLeaf(Home(roles, None, ()))
        who = binder.condition(someone.who, join(here, "someone.who"))
        if any(isinstance(leaf, HouseholdLeaf) for leaf in every_leaf(who)):
            raise refusal(
                "家人的条件里不能再问家人",
                "A condition on a relative cannot ask about their relatives",
                join(here, "someone.who"),
            )
        return HouseholdLeaf(Home(roles, who, _roles(someone.role, join(here, "someone.role"))))


def _roles(written: tuple[str, ...], place: str) -> tuple[str, ...]:
    for i, role in enumerate(written):
        if role not in ROLES:
            close = nearest(role, ROLES)
            raise refusal(
                f"没有家庭角色「{role}」" + (f"，是不是「{close}」？" if close else f"，可用：{'、'.join(ROLES)}"),
                f"There is no household role “{role}”; use one of {', '.join(ROLES)}",
                join(place, f"[{i}]"),
            )
    return tuple(sorted(set(written)))


@dataclass(frozen=True, slots=True)
class Home(Rows):
    """Customers with such a role in a household; with `who`, of households where it holds for somebody else."""

    NAME: ClassVar[str] = "household"

    roles: tuple[str, ...]
    who: Bound | None
    their_roles: tuple[str, ...]

    def table(self, printer: "Printer", only: str | None) -> Any:
        mine = _members(printer, self.roles)
        if self.who is not None:
            them = _members(printer, self.their_roles).semi_join(printer.members(self.who), "cid")
            theirs = them.select("household", other="cid")
            mine = mine.join(theirs, "household").filter(lambda pair: pair.cid != pair.other)
        return printer.restricted(mine.select("cid").distinct(), only)


def _members(printer: "Printer", roles: tuple[str, ...]) -> Any:
    table = printer.table(HOUSEHOLD, _COLUMNS, cid=False)
    return table.filter(table.role.isin(list(roles))) if roles else table


@dataclass(frozen=True, slots=True)
class HouseholdLeaf(BoundLeaf):
    home: Home

    @property
    def source(self) -> Home:
        return self.home

    @property
    def beside(self) -> tuple[str, ...]:
        return (HOUSEHOLD,)

    @property
    def is_own(self) -> bool:
        return False

    @property
    def inner(self) -> tuple[Bound, ...]:
        return () if self.home.who is None else (self.home.who,)

    def row(self, table: Any, slots: Slots) -> Any:  # noqa: ARG002  every row is one
        return table.cid.notnull()

    def single(self, subject: Subject) -> Answer:
        mine = {household: sorted(roles & set(self.home.roles or ROLES)) for household, roles in subject.roles.items()}
        found = {household: roles for household, roles in mine.items() if roles}
        if self.home.who is None:
            named = "、".join(sorted({role for roles in found.values() for role in roles}))
            return Answer(bool(found), named or "没有", named.replace("、", ", ") or "none")
        number = sum(
            relative.household in found
            and (not self.home.their_roles or relative.role in self.home.their_roles)
            and holds(self.home.who, relative.subject)
            for relative in subject.relatives()
        )
        return Answer(bool(number), f"{number} 位家人", f"{number} relatives")

    def say(self, words: Words, *, negated: bool = False) -> str:
        said = _role(words, self.home.roles)
        if self.home.who is not None:
            who, role = say(self.home.who, words, inner=True), "/".join(self.home.their_roles)
            someone = words.pick(
                f"家里有{role or '人'}：{who}", f"somebody at home{f' ({role})' if role else ''}: {who}"
            )
            said = someone if not self.home.roles else words.pick(f"{said}，{someone}", f"{said}, {someone}")
        return words.pick(f"并非（{said}）", f"not ({said})") if negated else said


def _role(words: Words, roles: tuple[str, ...]) -> str:
    if not roles:
        return words.pick("有家庭", "in a household")
    listed = words.pick("、", " or ").join(roles)
    return words.pick(f"在家里是 {listed}", f"{listed} at home")
