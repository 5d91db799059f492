"""What an edit of a live journey does to the people inside: 12 edits × 3 choices × where the person is.

The journey as it is: A, two days, B, four days, C, two days, D. It is edited at noon. `before` has been in it for one
day and rests before B; `after` has been in it for seven days and rests between C and D. `at` is where the edit is:
resting in the four days (since two days), or, where C is edited, due to take it this minute.

What they get from then on is written as "text@hours after the edit"; a run that ends early as "!reason".
"""

from datetime import datetime, timedelta

import pytest
from django.db.models import Min

from potager.core import clock
from potager.core.journal import from_us, to_us
from potager.journeys.models import Run
from potager.touch.models import Touch

A, B, C, D, X = ({"id": key, "message": {"text": key.upper(), "purpose": "service"}} for key in "abcdx")
W1 = {"id": "w1", "wait": {"for": "2d"}}
W2 = {"id": "w2", "wait": {"for": "4d"}}
W3 = {"id": "w3", "wait": {"for": "2d"}}
AS_IT_IS = [A, W1, B, W2, C, W3, D]


def wait(**how: object) -> dict[str, object]:
    return {"id": "w2", "wait": how}


# name → (the new steps, how long `at` has been inside)
EDITS = {
    "C is reworded": ([A, W1, B, W2, {**C, "message": {"text": "C2", "purpose": "service"}}, W3, D], 6),
    "C is removed": ([A, W1, B, W2, W3, D], 6),
    "X is put before C": ([A, W1, B, W2, X, C, W3, D], 6),
    "X is put after C": ([A, W1, B, W2, C, X, W3, D], 6),
    "C goes to the end": ([A, W1, B, W2, {**C, "next": "end"}], 6),
    "the wait gets shorter": ([A, W1, B, wait(**{"for": "3d"}), C, W3, D], 4),
    "the wait gets so short that it is over": ([A, W1, B, wait(**{"for": "1d"}), C, W3, D], 4),
    "the wait gets longer": ([A, W1, B, wait(**{"for": "9d"}), C, W3, D], 4),
    "the wait is until a time of day": ([A, W1, B, wait(until="20:00"), C, W3, D], 4),
    "the wait is removed": ([A, W1, B, C, W3, D], 4),
    "the wait becomes a message": ([A, W1, B, {**X, "id": "w2"}, C, W3, D], 4),
    "the wait leads past C": ([A, W1, B, {**W2, "next": "d"}, D], 4),
}
WHERE = ("before", "at", "after")
OLD = {"before": "B@24 C@120 D@168", "after": "D@24"}
MOVED = {
    #                                          before                        at                      after
    "C is reworded": ("B@24 C2@120 D@168", "C2@0 D@48", "D@24"),
    "C is removed": ("B@24 D@168", "D@48", "D@24"),
    "X is put before C": ("B@24 X@120 C@120 D@168", "X@0 C@0 D@48", "D@24"),
    "X is put after C": ("B@24 C@120 X@120 D@168", "C@0 X@0 D@48", "D@24"),
    # Who rests behind C stands where nothing is left of the way.
    "C goes to the end": ("B@24 C@120", "C@0", "!published"),
    "the wait gets shorter": ("B@24 C@96 D@144", "C@24 D@72", "D@24"),
    "the wait gets so short that it is over": ("B@24 C@48 D@96", "C@0 D@48", "D@24"),
    "the wait gets longer": ("B@24 C@240 D@288", "C@168 D@216", "D@24"),
    # The evening of the day they came to the wait is long over for `at`.
    "the wait is until a time of day": ("B@24 C@32 D@80", "C@0 D@48", "D@24"),
    "the wait is removed": ("B@24 C@24 D@72", "C@0 D@48", "D@24"),
    "the wait becomes a message": ("B@24 X@24 C@24 D@72", "X@0 C@0 D@48", "D@24"),
    "the wait leads past C": ("B@24 D@120", "D@48", "D@0"),
}


INSIDE = {"before": 1, "after": 7}


def live(garden, until: datetime) -> None:
    """Let time pass to an instant, stopping wherever something is due before it."""
    while (due := Run.objects.filter(due_us__lt=to_us(until)).aggregate(first=Min("due_us"))["first"]) is not None:
        garden.at(max(garden.now, from_us(due)), load=False)
    clock.set_world(until)
    garden.now = until


def lived(cid: int, since: datetime) -> str:
    """What a person got from an instant on, and how it ended when it ended early."""
    touches = Touch.objects.filter(cid=cid, due_us__gte=to_us(since)).exclude(state="cancelled")
    got = [
        f"{text}@{(from_us(due) - since) / timedelta(hours=1):g}"
        for text, due in touches.order_by("due_us", "id").values_list("text", "due_us")
    ]
    reason = Run.objects.get(subject_id=cid).end_reason
    return " ".join(got if reason == "done" else [*got, f"!{reason}"])


def expected(edit: str, choice: str, days: int) -> dict[str, str]:
    """What before, at and after get."""
    if choice == "exit":
        return dict.fromkeys(WHERE, "!published")
    if choice == "move":
        return dict(zip(WHERE, MOVED[edit], strict=True))
    return {**OLD, "at": "C@48 D@96" if days == 4 else "C@0 D@48"}


@pytest.mark.parametrize("choice", ["finish", "move", "exit"])
@pytest.mark.parametrize("edit", EDITS)
def test_the_table(garden, edit, choice):
    steps, days = EDITS[edit]
    garden.publish(steps=AS_IT_IS, goal={"event": "friend_lost"})
    edited_at = garden.now + timedelta(days=7)
    people = {}
    for where, inside in sorted({**INSIDE, "at": days}.items(), key=lambda each: -each[1]):
        live(garden, edited_at - timedelta(days=inside))
        people[where] = garden.person()
        garden.tell("friend_added", people[where])
    # What is due at the very instant of the edit is taken after it.
    live(garden, edited_at)
    garden.publish(choice, steps=steps, goal={"event": "friend_lost"})
    live(garden, edited_at + timedelta(days=20))
    assert {where: lived(cid, edited_at) for where, cid in people.items()} == expected(edit, choice, days)
