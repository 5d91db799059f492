"""The life of a touch as a list of transition rules. Pure.

    intended → deferred | skipped | dropped | queued → handed_over → staff_confirmed → delivered | failed | expired
    | cancelled | unknown; then read, clicked, replied where the channel can know.

Receipts come late, twice and out of order. A state only ever gives way to one that says more, and what proves that
the message arrived beats every verdict that it did not; so the same receipts in any order end in the same state.
"""

from dataclasses import dataclass
from enum import StrEnum


class State(StrEnum):
    INTENDED = "intended"
    DEFERRED = "deferred"
    SKIPPED = "skipped"
    DROPPED = "dropped"
    QUEUED = "queued"
    WITHHELD = "withheld"
    UNKNOWN = "unknown"
    HANDED_OVER = "handed_over"
    STAFF_CONFIRMED = "staff_confirmed"
    EXPIRED = "expired"
    CANCELLED = "cancelled"
    FAILED = "failed"
    DELIVERED = "delivered"
    READ = "read"
    CLICKED = "clicked"
    REPLIED = "replied"


# Still waiting for its time or for policy.
PENDING = frozenset({State.INTENDED, State.DEFERRED})
# The channel has it, and may still tell more.
OUT = frozenset({State.UNKNOWN, State.HANDED_OVER, State.STAFF_CONFIRMED})
# Verdicts that the message did not arrive; only a receipt that it did overrules them.
LOST = frozenset({State.EXPIRED, State.CANCELLED, State.FAILED})
ANSWERS = frozenset({State.READ, State.CLICKED, State.REPLIED})
# The message is with the person as far as the channel can know.
REACHED = frozenset({State.STAFF_CONFIRMED, State.DELIVERED}) | ANSWERS
# Nothing more is expected: what a journey that waits for an outcome waits for.
SETTLED = frozenset({State.SKIPPED, State.DROPPED, State.WITHHELD, State.UNKNOWN, State.DELIVERED}) | LOST | ANSWERS
# Give their place under the frequency caps back.
RELEASING = frozenset({State.SKIPPED, State.DROPPED}) | LOST


@dataclass(frozen=True, slots=True)
class Transition:
    """From any of these states, news of `to` is accepted. `why` is the reason the rule exists."""

    to: State
    frm: frozenset[State]
    why: str


_HANDED = frozenset({State.QUEUED, State.UNKNOWN})
RULES: tuple[Transition, ...] = (
    Transition(
        State.DEFERRED,
        frozenset({State.INTENDED, State.QUEUED}),
        "policy says later",
    ),
    Transition(State.SKIPPED, PENDING | {State.QUEUED}, "policy says not this message"),
    Transition(State.DROPPED, PENDING | {State.QUEUED}, "policy says nothing more to this person from this run"),
    Transition(State.QUEUED, PENDING, "policy says send"),
    Transition(State.WITHHELD, PENDING, "policy says send, and the person is in a control group"),
    Transition(State.UNKNOWN, frozenset({State.QUEUED}), "a crash hid whether the channel got it, and it cannot tell"),
    Transition(State.HANDED_OVER, _HANDED, "the channel took it"),
    Transition(
        State.STAFF_CONFIRMED,
        _HANDED | {State.HANDED_OVER, State.EXPIRED, State.CANCELLED},
        "the staff member sent it",
    ),
    Transition(State.EXPIRED, PENDING | _HANDED | {State.HANDED_OVER}, "its send window closed"),
    Transition(State.CANCELLED, PENDING | _HANDED | {State.HANDED_OVER, State.EXPIRED}, "taken back in time"),
    Transition(State.FAILED, _HANDED | OUT | {State.EXPIRED, State.CANCELLED}, "the channel says it did not arrive"),
    Transition(State.DELIVERED, _HANDED | OUT | LOST, "the channel says it arrived"),
    Transition(State.READ, _HANDED | OUT | LOST | {State.DELIVERED}, "the person opened it"),
    Transition(State.CLICKED, _HANDED | OUT | LOST | {State.DELIVERED, State.READ}, "the person followed its link"),
    Transition(
        State.REPLIED,
        _HANDED | OUT | LOST | {State.DELIVERED, State.READ, State.CLICKED},
        "the person answered",
    ),
)
_MAY = {rule.to: rule.frm for rule in RULES}

# What happened to the person re-enters the journal under these types; waiting in our own queue did not happen to them.
EVENTS: dict[State, str] = {
    State.HANDED_OVER: "touch_sent",
    State.STAFF_CONFIRMED: "touch_confirmed",
    **{
        state: f"touch_{state.value}"
        for state in (
            *(State.DEFERRED, State.SKIPPED, State.DROPPED, State.UNKNOWN, State.EXPIRED, State.CANCELLED),
            *(State.FAILED, State.DELIVERED, State.READ, State.CLICKED, State.REPLIED),
        )
    },
}


def advances(current: State, news: State) -> bool:
    """Whether a touch in `current` moves to `news` on hearing of it."""
    return current in _MAY.get(news, frozenset())
