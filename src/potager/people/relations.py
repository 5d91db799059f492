"""客户关系: which staff follow which customer, and the events of beginning and ending."""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime

from potager.core import clock, journal
from potager.core.bulk import insert_rows
from potager.core.journal import Fact
from potager.people.models import FollowRelation
from potager.people.sql import execute, table_of, written


@dataclass(frozen=True, slots=True)
class Follow:
    """A staff member (by id) and the person behind an identity became connected."""

    iid: int
    cid: int
    staff_id: int
    since: datetime
    source: str = ""
    remark: str = ""


@dataclass(frozen=True, slots=True)
class Loss:
    """The customer behind an identity deleted the staff member, or the other way round."""

    iid: int
    staff_id: int
    at: datetime


def begin(follows: Sequence[Follow]) -> int:
    """Store new relations; one that is active already, or was stored with the same beginning, is left as it is.

    Returns how many are new. Each new one is journalled as a relation and as the event `friend_added`.
    """
    rows = insert_rows(
        FollowRelation._meta.db_table,
        {
            "identity_id": "bigint",
            "customer_id": "integer",
            "staff_id": "bigint",
            "since": "timestamptz",
            "state": "text",
            "source": "text",
            "remark": "text",
        },
        [(f.iid, f.cid, f.staff_id, written(f.since), "active", f.source, f.remark) for f in follows],
        on_conflict="ON CONFLICT DO NOTHING",
        returning=("id",),
    )
    began = _read(int(str(row[0])) for row in rows)
    known = [_fact(each, "relation_added", each.since) for each in began]
    journal.append(known + [_event(each, "friend_added", each.since) for each in began])
    return len(began)


def end(losses: Sequence[Loss]) -> int:
    """End the active relations named; returns how many ended. Each is journalled, and as the event `friend_lost`."""
    if not losses:
        return 0
    active = FollowRelation.objects.filter(
        state=FollowRelation.State.ACTIVE, identity_id__in={loss.iid for loss in losses}
    ).values_list("identity_id", "staff_id", "id", "since")
    found = {(iid, staff): (id_, since) for iid, staff, id_, since in active}
    ends = {
        found[key][0]: loss.at
        for loss in losses
        if (key := (loss.iid, loss.staff_id)) in found and loss.at >= found[key][1]
    }
    if not ends:
        return 0
    source, data = table_of([(id_, written(at)) for id_, at in ends.items()], ("bigint", "timestamptz"))
    execute(f"UPDATE people_followrelation SET state = 'lost', until = v.c1 FROM {source} WHERE id = v.c0", data)
    ended = _read(ends)
    known = [_fact(each, "relation_lost", ends[each.id]) for each in ended]
    journal.append(known + [_event(each, "friend_lost", ends[each.id]) for each in ended])
    return len(ended)


def leaving(moves: Mapping[int, int]) -> None:
    """Before identities move (iid → number of the move): their relations end in the rows of the present customers."""
    _pass_on(moves, "relation_moved")


def arrived(moves: Mapping[int, int]) -> None:
    """After identities moved: their relations stand in the rows of the new customers, as they were."""
    _pass_on(moves, "relation_added")


def _pass_on(moves: Mapping[int, int], kind: str) -> None:
    now = clock.now()
    facts = [_fact(row, kind, now) for row in _of(moves)]
    journal.append([replace(f, message_id=f"{f.message_id}:{moves[f.iid or 0]}") for f in facts])


def _of(iids: Iterable[int]) -> list[FollowRelation]:
    return list(FollowRelation.objects.filter(identity_id__in=list(iids)).select_related("staff").order_by("id"))


def _read(ids: Iterable[int]) -> list[FollowRelation]:
    return list(FollowRelation.objects.filter(id__in=list(ids)).select_related("staff").order_by("id"))


def _fact(row: FollowRelation, kind: str, at: datetime) -> Fact:
    """One relation as a versioned row of its customer; `relation_moved` closes it there."""
    body = {
        "staff": row.staff.key,
        "since": row.since.isoformat(),
        "until": row.until.isoformat() if row.until else None,
        "state": "moved" if kind == "relation_moved" else row.state,
        "source": row.source,
    }
    return Fact(
        "relation", kind, "people", f"relation:{row.id}:{kind}", at, body, iid=row.identity_id, cid=row.customer_id
    )


def _event(row: FollowRelation, kind: str, at: datetime) -> Fact:
    body = {"staff": row.staff.key, "source": row.source}
    message_id = f"relation:{row.id}:event:{kind}"
    return Fact("event", kind, "people", message_id, at, body, iid=row.identity_id, cid=row.customer_id)
