"""Who would have come to a journey in a span of days gone by: the events and slots that open its ways in."""

from collections import defaultdict
from collections.abc import Collection, Iterator, Sequence
from datetime import datetime, timedelta

from potager.core import journal
from potager.core.ids import bucket_of
from potager.core.journal import from_us, to_us
from potager.evidence import arms
from potager.journeys import intakes, live
from potager.journeys.entry import Candidate, Drawn
from potager.journeys.graph import Definition
from potager.journeys.live import Live
from potager.journeys.models import Run
from potager.journeys.subscriber import candidate_of, starts
from potager.journeys.times import span
from potager.journeys.triggers.trigger import Timed
from potager.people.models import Customer

# No two slots lie closer together.
_CLOSEST = timedelta(minutes=15)
_SHARES = 10_000


def candidates(draft: Live, since: datetime, until: datetime) -> list[Candidate]:
    """Everybody who would have come, the earliest first, as the triggers themselves choose."""
    ways: dict[str, list[live.Way]] = {}
    for event, way in live.ways_into(draft):
        ways.setdefault(event, []).append(way)
    found = [
        candidate_of(draft, way.trigger, entry)
        for entry in (journal.between(since, until, ways) if ways else ())
        for way in starts(ways[entry.fact.type], entry, entry.fact.at)
    ]
    for trigger in draft.definition.triggers:
        if isinstance(trigger, Timed):
            found += _by_calendar(draft.definition, trigger, since, until)
    return sorted(found, key=lambda each: (each.at, each.seq))


def _by_calendar(definition: Definition, trigger: Timed, since: datetime, until: datetime) -> Iterator[Candidate]:
    steps = (until - since) // _CLOSEST + 1
    slots = {slot for n in range(steps + 1) for slot in trigger.slots(min(since + n * _CLOSEST, until))}
    for slot in sorted(slot for slot in slots if since <= slot < until):
        key = "" if definition.entry == "once" else trigger.slot_key(slot)
        for cid in intakes.members(trigger.condition(slot, slot), slot):
            yield Candidate(cid, key, slot, 0, {"event": trigger.KIND})


def person_keys(cids: Collection[int]) -> dict[int, str]:
    """Of customers who can enter, the person each is."""
    return dict(Customer.objects.filter(id__among=cids, state="live").values_list("id", "person_key"))


def drawn(key: str, people: Sequence[str], share: float) -> set[str]:
    """This share of the people, always the same ones."""
    return {person for person in people if bucket_of(f"simulate:{key}", person, _SHARES) < share * _SHARES}


def arms_of(definition: Definition, people: Collection[str]) -> dict[str, Drawn]:
    """The arm and variants each person has, or would be drawn into; nothing is stored."""
    own = live.experiment_key(definition.key)
    found = arms.foreseen(own, people, control_share=round(definition.control * 100))
    found |= dict.fromkeys(arms.held_out(people), arms.HOLDOUT)
    splits = {
        step.id: arms.foreseen(live.split_key(definition.key, step.id), people, variants=shares)
        for step in definition.steps
        if (shares := step.node.variants())
    }
    return {
        person: Drawn(arm, {step: drawn[person] for step, drawn in splits.items()}) for person, arm in found.items()
    }


class Door:
    """Entry rules: a name enters once, and the gap is kept. Begins with who had entered before."""

    def __init__(self, journey_id: int, definition: Definition, cids: Collection[int], since: datetime) -> None:
        self._gap = span(definition.gap) if definition.gap is not None else None
        self._used: set[tuple[int, str]] = set()
        self._entries: dict[int, list[datetime]] = defaultdict(list)
        before = Run.objects.filter(
            journey_id=journey_id, subject_kind="customer", subject_id__among=cids, entered_us__lt=to_us(since)
        ).exclude(arm="", ended_us__isnull=False)
        for cid, key, at_us in before.order_by("entered_us").values_list("subject_id", "entry_key", "entered_us"):
            self._used.add((cid, key))
            self._entries[cid].append(from_us(at_us))

    def refuses(self, each: Candidate) -> str:
        """Why somebody does not come in, "" when they do: their name is used and the gap begins."""
        if (each.cid, each.entry_key) in self._used:
            return "key_used"
        entries = self._entries[each.cid]
        if self._gap is not None and entries and each.at < entries[-1] + self._gap:
            return "gap"
        self._used.add((each.cid, each.entry_key))
        entries.append(each.at)
        return ""

    def give_back(self, each: Candidate) -> None:
        """They did not enter after all: the name is free again, and no gap began."""
        self._used.discard((each.cid, each.entry_key))
        self._entries[each.cid].remove(each.at)
