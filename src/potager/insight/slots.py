"""What a compiled statement leaves open until it runs: the instant it is asked for, and dictionary numbers.

So one compiled text serves every as_of: printing SQL costs tens of milliseconds, filling slots none. A slot is a
token between control characters, which no value of a condition may contain.
"""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import UTC, date, datetime, timedelta
from typing import TYPE_CHECKING, Any

from potager.insight.lunar import lunar_days
from potager.insight.moment import Bounds, Moment, bounds_of

if TYPE_CHECKING:
    from potager.insight.conditions.features import Window

_ONE = timedelta(days=1)


@dataclass(frozen=True, slots=True)
class Binding:
    """What slots are filled from: the moment, and the numbers of event types and channels in this warehouse."""

    moment: Moment
    types: Mapping[str, int] = field(default_factory=dict)
    channels: Mapping[str, int] = field(default_factory=dict)


Give = Callable[[Binding], str]


class Slots:
    """The slots of one statement, collected while it is being built."""

    def __init__(self) -> None:
        self.given: dict[str, Give] = {}
        self._numbers: dict[str, int] = {}

    def _token(self, name: str, give: Give) -> str:
        # Numbered, so that no name in a token can be escaped by the printer.
        token = f"\x02{self._numbers.setdefault(name, len(self._numbers))}\x03"
        self.given[token] = give
        return token

    def _scalar(self, name: str, kind: str, give: Give) -> Any:
        import ibis

        return ibis.literal(self._token(name, give)).cast(kind)

    def as_of(self) -> Any:
        """The instant asked for, as UTC without zone."""
        return self._scalar("as_of", "timestamp", lambda b: utc_text(b.moment.at))

    def today(self) -> Any:
        """The business date of the instant asked for."""
        return self._scalar("today", "date", lambda b: b.moment.day.isoformat())

    def first(self, window: "str | Window") -> Any:
        """The first business date of a window."""
        return self._scalar(f"first:{window}", "date", lambda b: str(_bounds(window, b.moment).first))

    def last(self, window: "str | Window") -> Any:
        """The last business date of a window."""
        return self._scalar(f"last:{window}", "date", lambda b: str(_bounds(window, b.moment).last))

    def after(self, window: "Window") -> Any:
        """The instant after which a window of hours begins."""
        return self._scalar(f"after:{window}", "timestamp", lambda b: utc_text(_bounds(window, b.moment).after))

    def until(self, window: "Window") -> Any:
        """The instant with which a window of hours ends."""
        return self._scalar(f"until:{window}", "timestamp", lambda b: utc_text(_bounds(window, b.moment).until))

    def hours_ago(self, hours: int) -> Any:
        """The instant so many hours before the one asked for."""
        return self._scalar(f"ago:{hours}", "timestamp", lambda b: utc_text(b.moment.at - timedelta(hours=hours)))

    def floor(self, windows: Sequence["Window"]) -> Any:
        """The earliest business date any of these windows looks at. None of them may be open at the start."""

        def give(binding: Binding) -> str:
            starts = []
            for bounds in (window.bounds(binding.moment) for window in windows):
                starts += [bounds.first] if bounds.first else []
                starts += [binding.moment.date_of(bounds.after)] if bounds.after else []
            return str(min(starts))

        names = ",".join(sorted(str(window) for window in windows))
        return self._scalar(f"floor:{names}", "date", give)

    def start_of(self, day: date) -> Any:
        """The first instant of a fixed business day."""
        return self._scalar(f"start:{day}", "timestamp", lambda b: utc_text(b.moment.start_of(day)))

    def start_of_first(self, window: str) -> Any:
        """The first instant of a named window of days."""

        def give(binding: Binding) -> str:
            first = bounds_of(window, binding.moment).first
            return utc_text(binding.moment.start_of(first) if first else None)

        return self._scalar(f"opens:{window}", "timestamp", give)

    def end_of_last(self, window: str) -> Any:
        """The first instant after a named window of days."""

        def give(binding: Binding) -> str:
            last = bounds_of(window, binding.moment).last
            return utc_text(binding.moment.start_of(last + _ONE) if last else None)

        return self._scalar(f"ends:{window}", "timestamp", give)

    def month_days(self, days: tuple[int, int]) -> Any:
        """month * 100 + day of the dates so many days from today, as a comma-framed list."""
        import ibis

        give: Give = lambda b: framed(month_days(b.moment.day, days))  # noqa: E731
        return ibis.literal(self._token(f"anniversary:{days}", give))

    def lunar_days(self, days: tuple[int, int]) -> Any:
        """The same in the lunar calendar."""
        import ibis

        return ibis.literal(self._token(f"lunar:{days}", lambda b: framed(lunar_days(b.moment.day, days))))

    def event_type(self, key: str) -> Any:
        """The number of an event type here; -1 when this warehouse never saw it."""
        return self._scalar(f"type:{key}", "int16", lambda b: str(b.types.get(key, -1)))

    def channel(self, key: str) -> Any:
        """The number of a channel here; -1 when this warehouse never saw it."""
        return self._scalar(f"channel:{key}", "int16", lambda b: str(b.channels.get(key, -1)))


def _bounds(window: "str | Window", moment: Moment) -> Bounds:
    return bounds_of(window, moment) if isinstance(window, str) else window.bounds(moment)


def is_slot(text: str) -> bool:
    """Whether a text value is a slot: slots are always the whole of one."""
    return text.startswith("\x02") and text.endswith("\x03")


def fill(sql: str, given: Mapping[str, Give], binding: Binding) -> str:
    """The statement with every slot filled."""
    for token, give in given.items():
        sql = sql.replace(token, give(binding))
    return sql


def utc_text(at: datetime | None) -> str:
    """An instant as the warehouse writes it: UTC without zone, microseconds."""
    if at is None:
        raise ValueError("this window has no such edge")
    return at.astimezone(UTC).replace(tzinfo=None).isoformat(sep=" ")


def month_days(today: date, days: tuple[int, int]) -> frozenset[int]:
    """month * 100 + day of the dates so many days from today, both ends included: (-3, 7) from three days ago to a
    week ahead. 29 February is kept on the 28th in a common year."""
    coming = [today + n * _ONE for n in range(days[0], days[1] + 1)]
    found = {day.month * 100 + day.day for day in coming}
    if any(day.month == 2 and day.day == 28 and (day + _ONE).month == 3 for day in coming):
        found.add(229)
    return frozenset(found)


def framed(numbers: Iterable[int]) -> str:
    """ ",228,301," for a test by text position."""
    return "," + ",".join(str(n) for n in sorted(numbers)) + ","
