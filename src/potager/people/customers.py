"""What is stated of customers: names, owners and attributes, by way of the identity they came with."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import datetime
from enum import IntEnum

from potager.core import clock, store
from potager.core.bulk import insert_rows
from potager.core.errors import Problem
from potager.core.journal import to_us
from potager.org import audit
from potager.org.access import SYSTEM, Actor
from potager.org.models import Staff
from potager.people import attributes, profile, queries
from potager.people.identify import IdentityRef, resolve
from potager.people.models import Attribute, Statement
from potager.people.schemas import CustomerChange, CustomerCreate


class _Change(IntEnum):
    """What a statement did to what was known: nothing, confirmed it later, or changed it."""

    NONE = 0
    TIME = 1
    VALUE = 2


@dataclass(frozen=True, slots=True)
class Said:
    """`values` were stated of the person behind an identity (iid, and cid as resolved) at an instant.

    Keys are declared attributes or the reserved `name` and `owner` (a staff key). None takes a value back.
    extras   what nobody declared, kept with the identity as it came
    """

    iid: int
    cid: int
    at: datetime
    values: Mapping[str, object]
    extras: Mapping[str, object] | None = None


def put(actor: Actor, said: Sequence[Said]) -> None:
    """Store statements and derive the customers they concern again; each changed customer is journalled.

    Raises Problem("people.attribute") with the attribute and the cure, place "said[i].attrs.key"; nothing is kept then.
    """
    if not store.is_writing():
        raise RuntimeError("customers.put needs a store.write transaction")
    reader = Reader()
    rows = {iid: (dict(values), dict(extras)) for iid, values, extras in _stored({each.iid for each in said})}
    written: set[int] = set()
    changed: set[int] = set()
    for index, each in enumerate(said):
        values, extras = rows.setdefault(each.iid, ({}, {}))
        us = to_us(each.at)
        try:
            checked = {key: reader.stored(key, value) for key, value in each.values.items()}
        except Problem as problem:
            raise Problem(
                problem.code, zh=problem.zh, en=problem.en, place=f"said[{index}].{problem.place}"
            ) from problem
        change = max(_state(values, checked, us), _state(extras, each.extras or {}, us))
        if change:
            written.add(each.iid)
        if change == _Change.VALUE:
            changed.add(each.cid)
    insert_rows(
        Statement._meta.db_table,
        {"identity_id": "bigint", "values": "jsonb", "extras": "jsonb"},
        [(iid, *rows[iid]) for iid in sorted(written)],
        on_conflict='ON CONFLICT (identity_id) DO UPDATE SET "values" = excluded."values", extras = excluded.extras',
    )
    profile.derive(changed)
    if actor != SYSTEM:
        for cid in sorted({each.cid for each in said}):
            keys = sorted({key for each in said if each.cid == cid for key in each.values})
            audit.record(actor, "customer.put", f"customer:{cid}", {"keys": keys})


def add(actor: Actor, new: CustomerCreate) -> int:
    """A person enters a customer by identities; a known one is found and what is stated added. Returns the cid."""
    claim = [IdentityRef(each.type, each.realm, each.value) for each in new.identities]
    now = clock.now()
    (found,) = resolve([claim], at=[now], source=[new.source])
    put(actor, [Said(found.iid, found.cid, now, _values(new))])
    audit.record(actor, "customer.add", f"customer:{found.cid}", {"new": found.is_new})
    return found.cid


def edit(actor: Actor, cid: int, change: CustomerChange, at: datetime) -> None:
    """A person changes a customer's name, owner or attributes.

    Raises NotFound when the actor may not see the customer.
    """
    customer = queries.customer(actor, cid)
    put(actor, [Said(queries.speaker(customer.id), customer.id, at, _values(change))])


def _values(change: CustomerChange) -> dict[str, object]:
    """What was sent, and only that: a field left out is no statement."""
    values = dict(change.attrs)
    for key in change.model_fields_set & {profile.NAME, profile.OWNER}:
        values[key] = getattr(change, key)
    return values


class Reader:
    """Checks stated values against the declarations, read once."""

    def __init__(self) -> None:
        self.attributes: Mapping[str, Attribute] = attributes.declared()
        self._staff: frozenset[str] | None = None

    def stored(self, key: str, value: object) -> object:
        """The value as it is kept. Raises Problem("people.attribute") naming key and cure."""
        if key == profile.NAME:
            return str(value).strip()[:200] if value else None
        if key == profile.OWNER:
            return self._owner(value)
        if key not in self.attributes:
            raise Problem(
                "people.attribute",
                zh=f"没有声明过属性「{key}」：请先在 设置 → 客户属性 里声明",
                en=f"No attribute “{key}” is declared: declare it under Settings → Customer attributes",
                place=f"attrs.{key}",
            )
        return attributes.stored(self.attributes[key], value)

    def _owner(self, value: object) -> str | None:
        if not value:
            return None
        if self._staff is None:
            self._staff = frozenset(Staff.objects.values_list("key", flat=True))
        if value not in self._staff:
            raise Problem(
                "people.attribute",
                zh=f"没有工号为「{value}」的员工：请先导入员工",
                en=f"There is no staff member “{value}”: add the staff member first",
                place="attrs.owner",
            )
        return str(value)


def _state(into: dict[str, object], values: Mapping[str, object], us: int) -> _Change:
    """Note values stated at `us`; an older statement never replaces a newer one."""
    change = _Change.NONE
    for key, value in values.items():
        held, kept = into.get(key), value
        if not isinstance(held, (list, tuple)):
            change = _Change.VALUE
        elif (us, profile.text_of(value)) <= (held[1], profile.text_of(held[0])):
            continue
        elif profile.text_of(value) == profile.text_of(held[0]):
            # The same thing said again, later: only its time counts, and a sealed value need not be sealed anew.
            kept, change = held[0], max(change, _Change.TIME)
        else:
            change = _Change.VALUE
        into[key] = (kept, us)
    return change


def _stored(iids: set[int]) -> list[tuple[int, dict[str, object], dict[str, object]]]:
    return list(Statement.objects.filter(identity_id__in=iids).values_list("identity_id", "values", "extras"))
