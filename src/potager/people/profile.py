"""A customer's row, derived from the identities that make the customer up and what was stated by way of them.

Per key the newest statement counts; an attribute nobody stated newer stays. So the row does not depend on the order
in which statements and merges came, and splitting gives back what merging mixed.
"""

from collections import defaultdict
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from potager.core import clock, journal
from potager.core.journal import Fact, from_us
from potager.org.models import Staff
from potager.people import attributes
from potager.people.models import Customer, Identity, State, Statement
from potager.people.sql import execute, table_of, written

Values = Mapping[str, tuple[object, int]]
NAME, OWNER = "name", "owner"


@dataclass(frozen=True, slots=True)
class Row:
    """A customer's row as plain values."""

    cid: int
    name: str
    created_at: datetime
    first_seen_at: datetime
    source: str
    owner_id: int | None
    attrs: Mapping[str, object]
    state: str
    merged_into: int | None
    revision: int


_COLUMNS = (
    "id",
    "name",
    "created_at",
    "first_seen_at",
    "source",
    "owner_id",
    "attrs",
    "state",
    "merged_into_id",
    "revision",
)


def customer_fact(
    row: Row, before: Row | None, *, at: datetime, owner: str = "", personal: Collection[str] = ()
) -> Fact:
    """The full versioned row as the journal carries it: never a name, a contact or a personal attribute.

    Its type says what became of the customer since `before`: customer_added, customer_merged (anew, or into another),
    customer_restored, customer_deleted, or else customer_changed.
    """
    if before is None:
        kind = "customer_added"
    elif row.state == State.DELETED != before.state:
        kind = "customer_deleted"
    elif (row.state, row.merged_into) == (before.state, before.merged_into):
        kind = "customer_changed"
    else:
        kind = "customer_merged" if row.state == State.MERGED else "customer_restored"
    body = {
        "created_at": row.created_at.isoformat(),
        "first_seen_at": row.first_seen_at.isoformat(),
        "source": row.source,
        "owner": owner,
        "state": row.state,
        "attrs": {key: value for key, value in row.attrs.items() if key not in personal},
    }
    return Fact("customer", kind, "people", f"customer:{row.cid}:{row.revision}", at, body, cid=row.cid)


def derive(cids: Iterable[int]) -> None:
    """Bring these customers' rows up to date and journal those that changed."""
    wanted = sorted(set(cids))
    if not wanted:
        return
    rows = [Row(*values) for values in Customer.objects.filter(id__in=wanted).order_by("id").values_list(*_COLUMNS)]
    heard = _heard(wanted)
    said = _said(wanted)
    heirs = _heirs([cid for cid in wanted if cid not in heard])
    staff = dict(Staff.objects.values_list("key", "id")) if any(OWNER in values for values in _flat(said)) else {}
    changed: list[tuple[Row, Row]] = []
    for row in rows:
        now = _derived(row, heard.get(row.cid), said.get(row.cid, ()), staff, heirs.get(row.cid))
        if now != row:
            changed.append((row, replace(now, revision=row.revision + 1)))
    _write(changed)


def bury(cids: Iterable[int]) -> None:
    """Take from these customers' rows what tells of a person, for ever, and journal the empty rows.

    First seen and source stay: they count people, and name none.
    """
    rows = [Row(*values) for values in Customer.objects.filter(id__in=set(cids)).order_by("id").values_list(*_COLUMNS)]
    _write(
        [
            (row, replace(row, name="", owner_id=None, attrs={}, state=State.DELETED, revision=row.revision + 1))
            for row in rows
            if row.state != State.DELETED
        ]
    )


def newest(statements: Iterable[Values]) -> dict[str, object]:
    """Per key the newest value; of two as new the greater text, so that order never matters. Nulls fall away."""
    best: dict[str, tuple[int, str, object]] = {}
    for values in statements:
        for key, (value, us) in values.items():
            candidate = (us, text_of(value), value)
            if key not in best or candidate[:2] > best[key][:2]:
                best[key] = candidate
    return {key: value for key, (_, _, value) in best.items() if value is not None}


def text_of(value: object) -> str:
    """What two statements of a value are compared by: for a sealed one, its lookup."""
    return str(value["lookup"]) if isinstance(value, Mapping) and "lookup" in value else str(value)


def _derived(
    row: Row, heard: tuple[int, str] | None, said: Sequence[Values], staff: Mapping[str, int], heir: int | None
) -> Row:
    if row.state == State.DELETED:
        return row
    if heard is None:
        return replace(row, state=State.MERGED, merged_into=heir)
    us, source = heard
    values = newest(said)
    owner = values.pop(OWNER, None)
    return replace(
        row,
        name=str(values.pop(NAME, "")),
        first_seen_at=from_us(us),
        source=source,
        owner_id=staff.get(str(owner)),
        attrs=values,
        state=State.LIVE,
        merged_into=None,
    )


def _heard(cids: Sequence[int]) -> dict[int, tuple[int, str]]:
    """When each customer was first heard of, and the source then; customers without identities are absent."""
    found: dict[int, tuple[int, str, int]] = {}
    rows = Identity.objects.filter(customer_id__in=cids).values_list("customer_id", "first_us", "source", "id")
    for cid, us, source, iid in rows:
        # A source heard at the same instant as none wins over none.
        if cid not in found or (us, not source, source, iid) < (found[cid][0], not found[cid][1], *found[cid][1:]):
            found[cid] = (us, source, iid)
    return {cid: (us, source) for cid, (us, source, _) in found.items()}


def _said(cids: Sequence[int]) -> dict[int, list[Values]]:
    found: dict[int, list[Values]] = defaultdict(list)
    rows = Statement.objects.filter(identity__customer_id__in=cids).values_list("identity__customer_id", "values")
    for cid, values in rows:
        found[cid].append(values)
    return found


def _flat(said: Mapping[int, Sequence[Values]]) -> Iterable[Values]:
    return (values for each in said.values() for values in each)


def _heirs(cids: Sequence[int]) -> dict[int, int]:
    """Where the identities went that were at home with customers who hold none now; of several, the oldest's."""
    rows = (
        Identity.objects.filter(home_cid__in=cids).order_by("-id").values_list("home_cid", "customer_id")
        if cids
        else ()
    )
    return dict(rows)


def _write(changes: Sequence[tuple[Row, Row]]) -> None:
    """Store rows that changed (before, after) and journal them."""
    if not changes:
        return
    rows = [after for _, after in changes]
    source, data = table_of(
        [
            (
                r.cid,
                r.name,
                written(r.first_seen_at),
                r.source,
                r.owner_id,
                dict(r.attrs),
                r.state,
                r.merged_into,
                r.revision,
            )
            for r in rows
        ],
        ("integer", "text", "timestamptz", "text", "bigint", "jsonb", "text", "integer", "integer"),
    )
    execute(
        f"""UPDATE people_customer SET name = v.c1, first_seen_at = v.c2, source = v.c3, owner_id = v.c4, attrs = v.c5,
            state = v.c6, merged_into_id = v.c7, revision = v.c8 FROM {source} WHERE id = v.c0""",
        data,
    )
    owners = {row.owner_id for row in rows if row.owner_id is not None}
    keys: dict[int | None, str] = dict(Staff.objects.filter(id__in=owners).values_list("id", "key")) if owners else {}
    personal = attributes.personal_keys()
    now = clock.now()
    journal.append(
        [
            customer_fact(row, before, at=now, owner=keys.get(row.owner_id, ""), personal=personal)
            for before, row in changes
        ]
    )
