"""Scheduled audiences: computed when they are due, and unchanged in between.

A run asks the condition as of the instant it was due, puts the members in as a new version, and writes down who came
and went, as a refresh does. Times missed are made up for by one run, as of the last of them. A crash between the
warehouse and operations leaves the run due; done again it changes nothing that it had done.
"""

import logging
import time
from dataclasses import dataclass
from datetime import UTC, datetime, timedelta
from typing import Final

import pyarrow as pa
from pyroaring import BitMap

from potager.core import clock, house, jobs, store
from potager.core.errors import Conflict
from potager.core.ids import new_token
from potager.core.models import Watermark
from potager.core.store import Lane
from potager.facts.warehouse import Warehouse
from potager.insight import catalogue, forwarder, refresh, sets, swap, tables
from potager.insight.conditions import bind_rule
from potager.insight.conditions.logic import Bound, every_leaf
from potager.insight.models import Audience
from potager.insight.programs import Output
from potager.insight.schedules import Schedule
from potager.insight.statements import fingerprint
from potager.insight.swap import REFRESH, Log
from potager.org import audit
from potager.org.access import Actor, require_write

logger = logging.getLogger("potager.scheduled")

# A run that begins later than this after it was due says so.
LATE: Final = timedelta(minutes=5)

_RUN_FIELDS: Final[list[tuple[str, pa.DataType]]] = [
    ("audience", pa.string()),
    ("as_of", pa.timestamp("us")),
    ("planned", pa.timestamp("us")),
    ("ran_at", pa.timestamp("us")),
    ("computed_at", pa.timestamp("us")),
    ("ms", pa.int64()),
    ("n", pa.int64()),
    ("definition_hash", pa.string()),
]
_RUN: Final = pa.schema(_RUN_FIELDS)


@dataclass(frozen=True, slots=True)
class Run:
    """What one run did. planned: when it was due; None when somebody asked for it."""

    key: str
    as_of: datetime
    planned: datetime | None
    n: int
    changes: int


def run_due() -> list[Run]:
    """Run every audience that is due, once each, whatever it missed. One that cannot be computed stays due, and keeps
    no other waiting."""
    done = []
    for row in _due(clock.now()):
        try:
            done.append(_run(row, planned=_planned(row)))
        except Exception:
            logger.exception("scheduled audience %s was not computed", row.key)
    return done


def run_now(actor: Actor, row: Audience) -> Run:
    """Compute an audience as of now, besides its times.

    Raises Conflict("audience.unscheduled") for one that is not scheduled.
    """
    require_write(actor)
    if row.schedule is None:
        raise Conflict(
            "audience.unscheduled",
            zh="只有定时人群可以手动运行；实时人群自己跟着数据走，冻结人群不变",
            en="Only a scheduled audience is run by hand: a live one follows the data, a frozen one never changes",
            place="key",
        )
    return _run(row, planned=None, actor=actor)


def _due(now: datetime) -> list[Audience]:
    return list(Audience.objects.filter(due_at__lte=now).defer("members").order_by("due_at", "key"))


def _planned(row: Audience) -> datetime:
    """The last time it was due: those before it are made up for by the same run."""
    due: datetime | None = row.due_at
    if due is None:
        raise ValueError(f"audience {row.key} is not due")
    return Schedule.model_validate(row.schedule).newest(due, clock.now(), house.facts().zone)


def _run(row: Audience, *, planned: datetime | None, actor: Actor | None = None) -> Run:
    fields = catalogue.load()
    bound = bind_rule(row.condition, fields)
    as_of = planned or clock.now()
    if any(leaf.needs for leaf in every_leaf(bound)):
        # Layers and audiences it looks up are brought up first: at midnight yesterday's would answer.
        refresh.merge()
    owner = tables.opened(fields)
    with owner.heavy():
        begun = time.perf_counter()
        members = BitMap(sets.members(bound, as_of, fields=fields, guarded=False))
        changes = _put(owner, row, bound, members, as_of=as_of, planned=planned, begun=begun)
    with store.write(Lane.TICK if actor is None else Lane.WEB):
        _note(row, as_of, actor, members)
    forwarder.forward_all()
    return Run(row.key, as_of, planned, len(members), changes)


def _put(
    owner: Warehouse,
    row: Audience,
    bound: Bound,
    members: BitMap,
    *,
    as_of: datetime,
    planned: datetime | None,
    begun: float,
) -> int:
    """The new version, who came and went, and the run, in one warehouse transaction. Returns how many came and went."""
    name, text = f"audience:{row.key}", fingerprint(bound)
    after = Watermark.objects.filter(name=forwarder.WATERMARK).values_list("seq", flat=True).first() or 0
    with owner.write() as writer:
        last = writer.query(
            "SELECT definition_hash AS h FROM audience_run WHERE audience = ? ORDER BY as_of DESC LIMIT 1", [row.key]
        ).to_pylist()
        is_edited = row.runs > 0 and bool(last) and last[0]["h"] != text
        log = Log(
            writer,
            refresh_id=new_token("r"),
            at=as_of,
            after=after,
            all_cause=REFRESH,
            edited=frozenset({name}) if is_edited else frozenset(),
            fresh=frozenset() if row.runs else frozenset({name}),
        )
        swap.put_version(writer, row.key, members, as_of, log)
        changes = log.finish()
        writer.execute("DELETE FROM audience_run WHERE audience = ? AND as_of = ?", [row.key, _naive(as_of)])
        told = {
            "audience": row.key,
            "as_of": _naive(as_of),
            "planned": None if planned is None else _naive(planned),
            "ran_at": _naive(clock.now()),
            "computed_at": clock.wall().replace(tzinfo=None),
            "ms": round((time.perf_counter() - begun) * 1000),
            "n": len(members),
            "definition_hash": text,
        }
        writer.append("audience_run", pa.Table.from_pylist([told], schema=_RUN))
    return changes


def _note(row: Audience, as_of: datetime, actor: Actor | None, members: BitMap) -> None:
    """The next time, and that there is a newer list: whatever looks at it is computed anew."""
    stored = Audience.objects.select_for_update().filter(id=row.pk).first()
    if stored is None or stored.schedule is None:
        return
    stored.runs += 1
    stored.ran_at = as_of
    stored.due_at = Schedule.model_validate(stored.schedule).next_after(clock.now(), house.facts().zone)
    stored.save(update_fields=["runs", "ran_at", "due_at"])
    if actor is not None:
        audit.record(actor, "audience.run", f"{Output.AUDIENCE}:{row.key}", {"customers": len(members)})
    jobs.enqueue("insight.refresh_now", lane="heavy", dedupe_key="insight.refresh_now")


def _naive(at: datetime) -> datetime:
    return at.astimezone(UTC).replace(tzinfo=None)
