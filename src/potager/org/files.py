"""The organisation as a file: departments, stores and staff, each entry stated whole. apply(export()) changes nothing.

    kind: org
    departments:
    - {key: sales, name: 销售部}
    - {key: east, name: 华东区, parent: sales}
    stores:
    - {key: jingan, name: 静安店, city: 上海}
    staff:
    - {key: lin, name: 林小雨, department: east, store: jingan}
    - {key: wang, name: 王强, active: false}

An entry left out of the file is left as it is: nobody is removed or deactivated by not being named.
"""

import difflib
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass
from typing import Any, Literal, TypeVar

import yaml

from potager.core.errors import Problem
from potager.org import departments, organisation, staff, stores
from potager.org.access import Actor
from potager.org.models import Department, Staff, Store
from potager.org.organisation import KIND, DepartmentEntry, Entry, Organisation, StaffEntry, StoreEntry
from potager.org.schemas import StaffChange

__all__ = ["KIND", "Planned", "apply", "export", "plan"]

Change = Literal["new", "changed", "unchanged"]
E = TypeVar("E", bound=Entry)


@dataclass(frozen=True, slots=True)
class Planned:
    """What applying a file would change, as a person can read it."""

    key: str
    change: Change
    diff: str


def plan(document: Mapping[str, Any]) -> Planned:
    """Compare a document with what is stored of the things it names. Raises Problem("org.file")."""
    wanted = organisation.read(document)
    return _compare(_stored(wanted), _by_key(wanted))


def apply(actor: Actor, document: Mapping[str, Any]) -> Planned:
    """Make the organisation what the document says, one audited change for each difference.

    Raises Problem("org.file"); the caller's transaction then keeps nothing.
    """
    wanted = organisation.read(document)
    stored = _stored(wanted)
    _apply_departments(actor, wanted, {each.key for each in stored.departments})
    known = {each.key for each in stored.stores}
    for n, shop in enumerate(wanted.stores):
        with _at(f"stores[{n}]"):
            write = stores.change if shop.key in known else stores.create
            write(actor, shop.key, name=shop.name, city=shop.city)
    known = {each.key for each in stored.staff}
    for n, member in enumerate(wanted.staff):
        with _at(f"staff[{n}]"):
            if member.key in known:
                _change_member(actor, member)
            else:
                staff.create(actor, **member.model_dump())
    return _compare(stored, _by_key(wanted))


def export() -> str:
    """The whole organisation as YAML, ready to be applied again."""
    return _dump(_stored(None))


def _compare(stored: Organisation, wanted: Organisation) -> Planned:
    if stored == wanted:
        return Planned(KIND, "unchanged", "")
    new = _dump(wanted)
    if stored == Organisation():
        return Planned(KIND, "new", new)
    lines = difflib.unified_diff(_dump(stored).splitlines(), new.splitlines(), "stored", "file", lineterm="", n=2)
    return Planned(KIND, "changed", "\n".join(lines))


def _apply_departments(actor: Actor, wanted: Organisation, known: set[str]) -> None:
    """From the top down: a department moves when all that will be above it stand where they shall, so that turning
    a branch upside down never passes through a circle."""
    above = organisation.parents(wanted)
    numbered = enumerate(wanted.departments)
    for n, entry in sorted(numbered, key=lambda each: len(list(organisation.upwards(each[1].key, above)))):
        with _at(f"departments[{n}]"):
            if entry.key in known:
                departments.rename(actor, entry.key, entry.name)
                departments.move(actor, entry.key, entry.parent)
            else:
                departments.create(actor, entry.key, name=entry.name, parent=entry.parent)


def _change_member(actor: Actor, member: StaffEntry) -> None:
    said = StaffChange(name=member.name, department=member.department, store=member.store)
    staff.change(actor, member.key, said)
    turn = staff.reactivate if member.active else staff.deactivate
    turn(actor, member.key)


def _stored(wanted: Organisation | None) -> Organisation:
    """What is stored of the things a file names, or everything there is, by key."""
    found = Organisation(
        departments=tuple(
            DepartmentEntry(key=key, name=name, parent=parent)
            for key, name, parent in Department.objects.values_list("key", "name", "parent__key")
        ),
        stores=tuple(
            StoreEntry(key=key, name=name, city=city)
            for key, name, city in Store.objects.values_list("key", "name", "city")
        ),
        staff=tuple(
            StaffEntry(key=key, name=name, department=department, store=store, active=active)
            for key, name, department, store, active in Staff.objects.values_list(
                "key", "name", "department__key", "store__key", "active"
            )
        ),
    )
    if wanted is not None:
        found = Organisation(
            departments=_named(found.departments, wanted.departments),
            stores=_named(found.stores, wanted.stores),
            staff=_named(found.staff, wanted.staff),
        )
    return _by_key(found)


def _named(entries: Iterable[E], others: Iterable[E]) -> tuple[E, ...]:
    keys = {entry.key for entry in others}
    return tuple(entry for entry in entries if entry.key in keys)


def _by_key(whole: Organisation) -> Organisation:
    """The same organisation in the order of its keys, as two are compared."""

    def order(entries: Iterable[E]) -> tuple[E, ...]:
        return tuple(sorted(entries, key=lambda entry: entry.key))

    return Organisation(departments=order(whole.departments), stores=order(whole.stores), staff=order(whole.staff))


def _dump(whole: Organisation) -> str:
    """Without what goes without saying: no parent, no city, active."""
    body = whole.model_dump(exclude_defaults=True, mode="json")
    return yaml.safe_dump({"kind": KIND, **body}, allow_unicode=True, sort_keys=False, width=120)


@contextmanager
def _at(place: str) -> Iterator[None]:
    """Refusals that only the change itself can know of (the last owner's account) name the entry too."""
    try:
        yield
    except Problem as refused:
        raise organisation.problem(place, refused.zh, refused.en) from refused
