"""When waits end: by their time, or by an event. Pure."""

from collections.abc import Mapping
from datetime import datetime, timedelta
from zoneinfo import ZoneInfo

from potager.core.journal import to_us
from potager.journeys.graph import Json, Wait
from potager.journeys.times import at_local, into_window, next_at, span, time_of_day


def product_of(context: Json) -> str:
    """The main product of the order that started the run, "" when there is none."""
    return str(context.get("product", ""))


def wait_until(
    wait: Wait, at: datetime, zone: ZoneInfo, *, entered: datetime, context: Json, lives: Mapping[str, int]
) -> datetime:
    """When somebody arriving `at` may go on; not after `at` means at once."""
    if wait.for_ is not None:
        return at + span(wait.for_)
    if wait.between is not None:
        start, end = (time_of_day(text) for text in wait.between)
        return into_window(at, start, end, zone)
    if wait.until is not None:
        clock_time = time_of_day(wait.until)
        if wait.day is None:
            return next_at(at, clock_time, zone)
        return at_local(entered, clock_time, zone, plus_days=wait.day)
    assert wait.life is not None
    assert wait.default is not None
    days = lives.get(product_of(context))
    if not days:
        return at + span(wait.default)
    quantity = max(float(context.get("qty", 1) or 1), 1.0)
    return at + timedelta(days=days * quantity * wait.life)


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
