"""Arms: drawn once, at a person's first entry, stored for ever.

Order: global holdout → the experiment's control → its variants. The draw is a pure function of (salt, person_key);
what is stored is what counts, so a later change of shares never moves anybody.
"""

from collections.abc import Collection, Mapping, Sequence
from datetime import UTC, datetime
from typing import NamedTuple

from pydantic import BaseModel, Field

from potager.core import choices, clock
from potager.core.bulk import insert_rows
from potager.core.errors import Problem
from potager.core.ids import bucket_of
from potager.evidence.models import Allocation, Assignment, Experiment
from potager.org import audit
from potager.org.access import Actor

BUCKETS = 10_000
HOLDOUT, CONTROL, TREATED = "holdout", "control", "treated"
UNTREATED = frozenset({HOLDOUT, CONTROL})
HOLDOUT_SETTING = "evidence.holdout"


class Person(NamedTuple):
    """Somebody entering an experiment at an instant of business time."""

    person_key: str
    cid: int
    at: datetime


class Share(NamedTuple):
    """A variant and its share of 10,000 among the people who are not control."""

    key: str
    share: int


class Holdout(BaseModel):
    """The global holdout: `share` of 10,000 whom no journey treats, redrawn when `rotation` changes; what everybody
    did is summed over `window_days` from their first entry into any journey."""

    share: int = Field(0, ge=0, le=2_000)
    rotation: int = Field(1, ge=1)
    window_days: int = Field(90, ge=7, le=365)


def holdout() -> Holdout:
    return Holdout.model_validate(choices.get(HOLDOUT_SETTING, {}))


def holdout_key(rule: Holdout) -> str:
    """The key of the experiment this holdout is drawn in."""
    return f"holdout:{rule.rotation}"


def keep_holdout(actor: Actor, rule: Holdout) -> Holdout:
    """Set the share of customers no journey treats. Those drawn already keep their place until the next rotation.

    Raises Problem("evidence.holdout") for a rotation that goes back: its people were treated meanwhile.
    """
    before = holdout()
    if rule.rotation < before.rotation:
        raise Problem(
            "evidence.holdout",
            zh=f"轮次只能往前：现在是第 {before.rotation} 轮，之前留白的人已经被触达过",
            en=f"The rotation only goes forward: it is {before.rotation}, and earlier holdouts were treated since",
            place="rotation",
        )
    choices.put(HOLDOUT_SETTING, rule.model_dump())
    audit.record(actor, "evidence.holdout", "holdout", {"before": before.model_dump(), "after": rule.model_dump()})
    return rule


def define(key: str, *, control_share: int, window_days: int, variants: Sequence[Share] = ()) -> Experiment:
    """The experiment of this key, drawing from now on as said. The same definition again changes nothing."""
    now = clock.now()
    experiment, _ = Experiment.objects.get_or_create(key=key, defaults={"window_days": window_days, "created_at": now})
    if experiment.window_days != window_days:
        experiment.window_days = window_days
        experiment.save(update_fields=["window_days"])
    stored = [{"key": each.key, "share": each.share} for each in variants]
    latest = experiment.allocations.order_by("-n").first()
    if latest is None or (latest.control_share, latest.variants) != (control_share, stored):
        Allocation.objects.create(
            experiment=experiment,
            n=1 if latest is None else latest.n + 1,
            # The salt belongs to the experiment, not to the allocation: raising a share keeps those drawn before.
            salt=key if latest is None else latest.salt,
            control_share=control_share,
            variants=stored,
            since=now,
        )
    return experiment


def arm_of(allocation: Allocation, person_key: str) -> str:
    """The arm this allocation gives a person, global holdout aside. Pure."""
    if bucket_of(allocation.salt, person_key, BUCKETS) < allocation.control_share:
        return CONTROL
    return variant_of(allocation, person_key) or TREATED


def variant_of(allocation: Allocation, person_key: str) -> str:
    """The variant of a person, control aside; "" when the allocation has none. Pure."""
    # Its own salt: the variant must not depend on how near the person was to the control's border.
    bucket = bucket_of(f"{allocation.salt}#variant", person_key, BUCKETS)
    reached = 0
    for variant in allocation.variants:
        reached += variant["share"]
        if bucket < reached:
            return str(variant["key"])
    return str(allocation.variants[-1]["key"]) if allocation.variants else ""


def draw(experiment: Experiment, persons: Sequence[Person]) -> dict[str, str]:
    """person_key → arm. People known to the experiment inherit their arm; the others are drawn and stored.

    A few statements whatever the number of people. Must be called inside store.write.
    """
    first: dict[str, Person] = {}
    for person in persons:
        if person.person_key not in first or person.at < first[person.person_key].at:
            first[person.person_key] = person
    arms = _stored(experiment, first)
    fresh = [person for key, person in first.items() if key not in arms]
    if not fresh:
        return arms
    allocation = experiment.allocations.order_by("-n")[0]
    held = _held_out(fresh)
    drawn = {p.person_key: HOLDOUT if p.person_key in held else arm_of(allocation, p.person_key) for p in fresh}
    _store(experiment, allocation.n, fresh, drawn)
    # Another transaction may have drawn the same person first; what is stored is what counts.
    return arms | drawn | _stored(experiment, drawn)


def foreseen(
    key: str, person_keys: Collection[str], *, control_share: int = 0, variants: Sequence[Share] = ()
) -> dict[str, str]:
    """person_key → the arm they have or would be drawn into by an experiment as said, the global holdout left out;
    it need not exist yet, and nothing is stored."""
    experiment = Experiment.objects.filter(key=key).first()
    latest = experiment.allocations.order_by("-n").first() if experiment else None
    told = [{"key": each.key, "share": each.share} for each in variants]
    said = Allocation(salt=latest.salt if latest else key, control_share=control_share, variants=told)
    stored = _stored(experiment, dict.fromkeys(person_keys)) if experiment else {}
    return {person: arm_of(said, person) for person in person_keys} | stored


def held_out(person_keys: Collection[str]) -> set[str]:
    """Whom of these the global holdout holds. Who was not drawn yet is as they would be drawn now; nothing is stored:
    being asked about is not entering."""
    rule = holdout()
    if not rule.share:
        return set()
    key = holdout_key(rule)
    stored = Assignment.objects.filter(experiment__key=key, person_key__among=person_keys)
    arms = dict(stored.values_list("person_key", "arm"))
    now = Allocation(salt=key, control_share=rule.share, variants=[])
    return {
        person_key
        for person_key in person_keys
        if (arms[person_key] == HOLDOUT if person_key in arms else arm_of(now, person_key) == CONTROL)
    }


def unify(kept: str, dropped: str, cid: int) -> None:
    """Two person keys turned out to be one person: the older assignment is kept, mixed exposure is marked."""
    mine = {a.experiment_id: a for a in Assignment.objects.filter(person_key=kept)}
    for other in Assignment.objects.filter(person_key=dropped, superseded=False):
        own = mine.get(other.experiment_id)
        if own is None:
            Assignment.objects.filter(id=other.id).update(person_key=kept, cid=cid)
            continue
        older, younger = (own, other) if own.first_entry_at <= other.first_entry_at else (other, own)
        mixed = older.arm != younger.arm or own.mixed or other.mixed
        # The younger row keeps the free key first: a person has one row per experiment at every moment.
        Assignment.objects.filter(id=own.id).update(person_key=f"~{own.id}")
        Assignment.objects.filter(id=younger.id).update(person_key=f"~{younger.id}", cid=cid, superseded=True)
        Assignment.objects.filter(id=older.id).update(person_key=kept, cid=cid, mixed=mixed)


def _held_out(persons: Sequence[Person]) -> set[str]:
    rule = holdout()
    if not rule.share:
        return set()
    experiment = define(holdout_key(rule), control_share=rule.share, window_days=rule.window_days)
    allocation = experiment.allocations.order_by("-n")[0]
    keys = {person.person_key: person for person in persons}
    arms = _stored(experiment, keys)
    fresh = [person for person_key, person in keys.items() if person_key not in arms]
    drawn = {p.person_key: HOLDOUT if arm_of(allocation, p.person_key) == CONTROL else TREATED for p in fresh}
    _store(experiment, allocation.n, fresh, drawn)
    return {person_key for person_key, arm in (drawn | arms).items() if arm == HOLDOUT}


def _stored(experiment: Experiment, keys: Mapping[str, object]) -> dict[str, str]:
    rows = Assignment.objects.filter(experiment=experiment, person_key__among=keys)
    return dict(rows.values_list("person_key", "arm"))


def _store(experiment: Experiment, n: int, persons: Sequence[Person], arms: Mapping[str, str]) -> None:
    insert_rows(
        Assignment._meta.db_table,
        {
            "experiment_id": "bigint",
            "person_key": "text",
            "cid": "bigint",
            "arm": "text",
            "n": "integer",
            "first_entry_at": "timestamptz",
            "mixed": "boolean",
            "superseded": "boolean",
        },
        [(experiment.pk, p.person_key, p.cid, arms[p.person_key], n, _stamp(p.at), False, False) for p in persons],
        on_conflict="ON CONFLICT DO NOTHING",
    )


def _stamp(at: datetime) -> str:
    """An instant as both stores write one: naive UTC."""
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(" ")
