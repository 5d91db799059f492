"""What policy would say of messages nobody sends: the same rules, against places kept in memory."""

from collections.abc import Sequence
from datetime import datetime

from potager.touch import judging, places
from potager.touch.drafts import Draft, Intent, write_out
from potager.touch.places import LONGEST, Book, Place
from potager.touch.policy import Scene, Verdict
from potager.touch.settings import policy


class Ledger:
    """The places people had taken at an instant, and those foreseen messages take after it. Writes nothing."""

    def __init__(self, since: datetime) -> None:
        self._since = since
        self._policy = policy()
        self._places: dict[str, list[Place]] = {}

    def drafts(self, batch: Sequence[Intent], now: datetime) -> list[Draft]:
        """The messages as they would be written, in the order of the intents."""
        written = write_out(batch, self._policy, now)
        return [written[intent.key] for intent in batch]

    def judge(self, drafts: Sequence[Draft], now: datetime) -> list[Verdict]:
        """Verdicts as of an instant in the order of the drafts; who may be sent takes a place."""
        people = {draft.person_key for draft in drafts}
        unread = people - self._places.keys()
        if unread:
            self._places |= places.taken_between(unread, self._since - LONGEST, self._since)
        scene = Scene(now, {draft.cid: draft.known for draft in drafts if draft.known}, self._policy)
        book = Book(now, {person: self._places[person] for person in people}, self._policy.costs)
        verdicts = judging.by_book(drafts, scene, book)
        for draft, verdict in zip(drafts, verdicts, strict=True):
            if verdict.decision == "send":
                taken = Place(now, draft.channel, draft.purpose, draft.shadow, draft.journey, draft.priority)
                self._places[draft.person_key].append(taken)
        return verdicts
