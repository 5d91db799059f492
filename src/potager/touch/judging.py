"""From touches to verdicts: every rule reads its ground once for the whole batch, whatever the number of touches."""

from collections.abc import Mapping, Sequence
from datetime import datetime

from potager.touch import places
from potager.touch.people import Known
from potager.touch.places import Book
from potager.touch.policy import Case, Scene, Verdict, judge_all
from potager.touch.rules import RULES
from potager.touch.settings import Policy


def verdicts(
    cases: Sequence[Case], known: Mapping[int, Known], policy: Policy, now: datetime
) -> tuple[list[Verdict], list[int]]:
    """What policy says of each at `now`, and the ids of the touches whose places they took (`places.give_way`)."""
    if not cases:
        return [], []
    scene = Scene(now, known, policy)
    counted = [since for rule in RULES if (since := rule.since(scene)) is not None]
    book = places.book({case.person_key for case in cases}, min(counted, default=None), now, policy.costs)
    return by_book(cases, scene, book), book.yielded


def by_book(cases: Sequence[Case], scene: Scene, book: Book) -> list[Verdict]:
    """What policy says of each, the places taken so far being those of the book."""
    return judge_all(cases, [(rule, rule.ground(cases, scene)) for rule in RULES], book)
