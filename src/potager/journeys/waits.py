"""What a run's context keeps of its rests: the outcome that ended one, and events that came early. Pure."""

from datetime import datetime

from potager.core.journal import to_us
from potager.journeys.parts import Json

# Where a run's context keeps the instant (microseconds) of its move to another version: nothing lets it go before.
MOVED = "moved:"
# Where it keeps how long the journey stood still with it inside (microseconds): its days are counted that much later.
SHIFTED = "shifted:"


def product_of(context: Json) -> str:
    """The main product of the order that started the run, "" when there is none."""
    return str(context.get("product", ""))


def outcome_key(step: str) -> str:
    """Where a run's context keeps what ended its rest in a step."""
    return f"outcome:{step}"


def early_key(step: str) -> str:
    """Where a run's context keeps events that came while it was late, for a wait that lay ahead: {"seen": [[at in
    microseconds, journal entry, type], …]}."""
    return f"early:{step}"


def early_end(context: Json, step: str, arrived: datetime, until: datetime) -> tuple[int, int, str] | None:
    """The first noted event that ends a wait between these instants, as [at, entry, type]; None when none does.

    What can still end a later visit stays noted in the context.
    """
    noted = context.pop(early_key(step), None)
    if noted is None:
        return None
    begin, over = to_us(arrived), to_us(until)
    found = min((tuple(each) for each in noted["seen"] if begin <= each[0] < over), default=None)
    left = [each for each in noted["seen"] if (each[0] >= over if found is None else tuple(each) > found)]
    if left:
        context[early_key(step)] = {"seen": left}
    return found
